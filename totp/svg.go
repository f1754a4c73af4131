package totp

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// svgScale is the natural size of a module in CSS pixels; a style sheet may
// choose another size for the image.
const svgScale = 5

// SVG draws the key as a QR code in black on white: a standalone document in
// UTF-8 that can also be embedded in HTML. It has no script, style, link, id or
// text except its title, which names issuer and account for screen readers. The
// quiet zone of four modules is included.
//
// The image contains the secret: serve it only during enrolment, with
// Cache-Control: no-store. An invalid key is an error.
func (k Key) SVG() ([]byte, error) {
	grid, err := k.grid()
	if err != nil {
		return nil, err
	}
	n := len(grid)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" shape-rendering="crispEdges"><title>`,
		n*svgScale, n*svgScale, n, n)
	title := fmt.Sprintf("QR code that adds %s (%s) to an authenticator app", k.Issuer, k.Account)
	if err := xml.EscapeText(&b, []byte(title)); err != nil {
		return nil, fmt.Errorf("draw qr code: %w", err)
	}
	fmt.Fprintf(&b, `</title><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="`, n, n)
	for y, row := range grid {
		writeRuns(&b, y, row)
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes(), nil
}

// writeRuns adds one rectangle for each unbroken run of black modules in row y.
func writeRuns(b *bytes.Buffer, y int, row []bool) {
	for x := 0; x < len(row); x++ {
		if !row[x] {
			continue
		}
		start := x
		for x < len(row) && row[x] {
			x++
		}
		fmt.Fprintf(b, "M%d %dh%dv1H%dz", start, y, x-start, start)
	}
}
