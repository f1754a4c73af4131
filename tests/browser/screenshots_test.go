package browser_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
)

var screenshots = flag.String("screenshots", "", "write the README's pictures to this folder")

var (
	// What is long is shown as far as a window goes.
	onDesks = map[string]chrome.Shot{
		"":      {Width: 1280, Height: 880},
		"-dark": {Width: 1280, Height: 880, Dark: true},
	}
	onPhones = map[string]chrome.Shot{
		"-phone":      {Width: 390, Height: 844, Scale: 1.5, Phone: true},
		"-phone-dark": {Width: 390, Height: 844, Scale: 1.5, Phone: true, Dark: true},
	}
)

// keep takes the picture of a page in several looks.
func (p *person) keep(name string, looks ...map[string]chrome.Shot) {
	p.Evaluate("document.activeElement.blur()", nil) // no blinking cursor
	for _, look := range looks {
		for suffix, shot := range look {
			file := filepath.Join(*screenshots, name+suffix+".png")
			require.NoError(p.s.t, os.MkdirAll(*screenshots, 0o755))
			require.NoError(p.s.t, os.WriteFile(file, shrink(p.s.t, p.Screenshot(shot)), 0o644))
		}
	}
	p.Look(chrome.Shot{})
}

// shrink keeps the 256 most frequent colours of a picture, which halves it and
// cannot be seen: the others are the edges of letters.
func shrink(t *testing.T, picture []byte) []byte {
	t.Helper()
	decoded, err := png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	bounds, counts := decoded.Bounds(), map[color.RGBA]int{}
	full := image.NewRGBA(bounds)
	draw.Draw(full, bounds, decoded, bounds.Min, draw.Src)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[full.RGBAAt(x, y)]++
		}
	}
	frequent := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int { return counts[b] - counts[a] })
	var colours color.Palette
	for _, c := range frequent[:min(len(frequent), 256)] {
		colours = append(colours, c)
	}
	nearest := map[color.RGBA]uint8{}
	for c := range counts {
		nearest[c] = uint8(colours.Index(c))
	}
	small := image.NewPaletted(bounds, colours)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.SetColorIndex(x, y, nearest[full.RGBAAt(x, y)])
		}
	}
	var out bytes.Buffer
	require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small))
	return out.Bytes()
}

// inter sets pages in Inter, which is most like what visitors have as the face of their
// system. The browser, which is started later, takes sans-serif for that.
const inter = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><test name="family"><string>sans-serif</string></test><edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit></match>
</fontconfig>
`

// TestScreenshots takes the pictures of the README; see "make screenshots".
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		return
	}
	fonts := filepath.Join(t.TempDir(), "fonts.conf")
	require.NoError(t, os.WriteFile(fonts, []byte(inter), 0o644))
	t.Setenv("FONTCONFIG_FILE", fonts)

	s, ada := story(t)
	ada.Open(s.at("/login"))
	ada.keep("sign-in", onPhones)
	ada.signIn()
	ada.Submit("button[value=hide]") // of the checklist: the chart is what people stay for
	ada.Open(s.at("/"))
	ada.keep("home", onDesks, onPhones)
	ada.PressControl("k")
	ada.Wait("#goto[open]")
	ada.Press("ma")
	ada.Wait("#goto a[href*='/parameters/']")
	ada.keep("search", onDesks)
	for _, page := range []struct {
		path, name string
		looks      []map[string]chrome.Shot
	}{
		{"/operators", "operators", []map[string]chrome.Shot{onDesks, onPhones}},
		{"/parameters", "parameters", []map[string]chrome.Shot{onDesks}},
		{"/audit", "audit", []map[string]chrome.Shot{onDesks, onPhones}},
	} {
		require.Equal(t, 200, ada.Open(s.at(page.path)))
		ada.keep(page.name, page.looks...)
	}
}
