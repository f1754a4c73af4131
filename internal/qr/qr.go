// Package qr draws QR codes. It is the one place that knows the traps of the encoder
// behind it.
package qr

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"

	qrcode "github.com/skip2/go-qrcode"
)

// Grid returns the modules of the QR code of a text, rows first, true for black, with
// the quiet zone of four modules around them. Level M restores 15 % of the symbol and keeps
// the modules larger than the levels above. The error leaves out the text, which may be a
// secret.
func Grid(text string) ([][]bool, error) {
	// One encoder for each call: it changes its own state while it draws.
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, errors.New("draw qr code: the text is too long")
	}
	return drawn(code.Bitmap)
}

// drawn calls draw and turns a panic into an error: the encoder reports its own
// mistakes by log.Panic, which must not end the host's request or process. The
// error leaves out the panic value, because the content is the secret. The line
// that log.Panic has written by then names lengths and bits, never the content.
func drawn(draw func() [][]bool) (rows [][]bool, err error) {
	defer func() {
		if recover() != nil {
			rows, err = nil, errors.New("draw qr code: the encoder failed")
		}
	}()
	return draw(), nil
}

// PNG draws the QR code of a text in black on white, at least size pixels wide and high.
// Every module is a square of the same whole number of pixels, so the image may be up to
// one pixel per module larger. Serve the picture of a secret with Cache-Control: no-store.
func PNG(text string, size int) ([]byte, error) {
	grid, err := Grid(text)
	if err != nil {
		return nil, err
	}
	scale := (size + len(grid) - 1) / len(grid) // rounded up
	side := scale * len(grid)
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y, row := range grid {
		line := img.Pix[y*scale*img.Stride:][:side]
		for x, black := range row {
			if black {
				for i := range scale {
					line[x*scale+i] = 1
				}
			}
		}
		for i := 1; i < scale; i++ {
			copy(img.Pix[(y*scale+i)*img.Stride:], line)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw qr code: %w", err)
	}
	return b.Bytes(), nil
}
