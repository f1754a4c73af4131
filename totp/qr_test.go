package totp_test

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/totp"
)

// largestKey fills every bound that a key has.
func largestKey(t testing.TB) totp.Key {
	t.Helper()
	s, err := totp.SecretFromBytes(bytes.Repeat([]byte{0xA5}, totp.MaxSecretBytes))
	require.NoError(t, err)
	k, err := totp.NewKey(strings.Repeat("é", totp.MaxIssuerBytes/2), strings.Repeat("&", totp.MaxAccountBytes), s,
		totp.Options{Algorithm: totp.SHA512, Digits: 8})
	require.NoError(t, err)
	return k
}

func drawPNG(t testing.TB, k totp.Key, size int) image.Image {
	t.Helper()
	data, err := k.PNG(size)
	require.NoError(t, err)
	img, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	return img
}

func black(img image.Image, x, y int) bool {
	r, _, _, _ := img.At(x, y).RGBA()
	return r == 0
}

// firstBlack returns the first black pixel of the diagonal: the corner of the
// finder pattern, behind the quiet zone.
func firstBlack(img image.Image) int {
	for i := range img.Bounds().Dx() {
		if black(img, i, i) {
			return i
		}
	}
	return -1
}

func TestPNGHasEvenModulesAndAQuietZone(t *testing.T) {
	ordinary := newKey(t, "ACME Co", "ada@example.org", totp.Options{})
	for name, k := range map[string]totp.Key{"ordinary": ordinary, "largest": largestKey(t)} {
		for _, size := range []int{1, 57, 200, 256, 300, 511, 1024} {
			img := drawPNG(t, k, size)
			side := img.Bounds().Dx()
			require.Equal(t, side, img.Bounds().Dy())
			require.GreaterOrEqual(t, side, size)

			require.Zero(t, firstBlack(img)%4, "%s at %d", name, size)
			module := firstBlack(img) / 4 // the quiet zone is four modules wide
			require.Positive(t, module)
			require.Zero(t, side%module)
			require.True(t, side < size+side/module, "%s at %d: more than one pixel a module too large", name, size)
			require.Zero(t, (side/module-8-17)%4, "a symbol of version v has 17 + 4v modules")

			for y := range side {
				for x := range side {
					c := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y
					if c != 0 && c != 255 {
						t.Fatalf("%s at %d: pixel %d,%d is neither black nor white", name, size, x, y)
					}
					if black(img, x, y) != black(img, x-x%module, y-y%module) {
						t.Fatalf("%s at %d: module of pixel %d,%d is uneven", name, size, x, y)
					}
					if black(img, x, y) && min(x, y, side-1-x, side-1-y) < 4*module {
						t.Fatalf("%s at %d: pixel %d,%d of the quiet zone is black", name, size, x, y)
					}
				}
			}
		}
	}
}

func TestPNGHasNoTransparency(t *testing.T) {
	img := drawPNG(t, newKey(t, "ACME Co", "ada@example.org", totp.Options{}), 256)
	require.True(t, img.(interface{ Opaque() bool }).Opaque(), "a dark page would show through")
}

func TestPNGRefusesSizesThatAreNone(t *testing.T) {
	k := newKey(t, "ACME Co", "ada@example.org", totp.Options{})
	for _, size := range []int{0, -1, -5, totp.MaxPNGSize + 1, math.MaxInt} {
		data, err := k.PNG(size)
		require.ErrorContains(t, err, "want 1 to 2048")
		require.Nil(t, data)
	}
	_, err := k.PNG(totp.MaxPNGSize)
	require.NoError(t, err)
}

func TestPicturesMayBeDrawnConcurrently(t *testing.T) {
	k := newKey(t, "ACME Co", "ada@example.org", totp.Options{})
	wantPNG, err := k.PNG(256)
	require.NoError(t, err)
	wantSVG, err := k.SVG()
	require.NoError(t, err)

	const drawers = 16
	var pngs, svgs [drawers][]byte
	var errs [2 * drawers]error
	var wg sync.WaitGroup
	for i := range drawers {
		wg.Go(func() {
			pngs[i], errs[2*i] = k.PNG(256)
			svgs[i], errs[2*i+1] = k.SVG()
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	for i := range drawers {
		require.Equal(t, wantPNG, pngs[i])
		require.Equal(t, wantSVG, svgs[i])
	}
}

// svgDocument is all that a picture may consist of.
type svgDocument struct {
	XMLName xml.Name   `xml:"http://www.w3.org/2000/svg svg"`
	ViewBox string     `xml:"viewBox,attr"`
	Width   int        `xml:"width,attr"`
	Height  int        `xml:"height,attr"`
	Role    string     `xml:"role,attr"`
	Title   string     `xml:"title"`
	Paths   []svgPath  `xml:"path"`
	Others  []xml.Name `xml:",any"`
}

type svgPath struct {
	Fill string `xml:"fill,attr"`
	D    string `xml:"d,attr"`
}

func parseSVG(t testing.TB, data []byte) svgDocument {
	t.Helper()
	var doc svgDocument
	require.NoError(t, xml.Unmarshal(data, &doc))
	return doc
}

var svgRun = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1H(\d+)z`)

// rasterise draws the black path of an SVG at scale pixels a unit.
func rasterise(t testing.TB, data []byte, scale int) image.Image {
	t.Helper()
	doc := parseSVG(t, data)
	fields := strings.Fields(doc.ViewBox)
	require.Len(t, fields, 4)
	side, err := strconv.Atoi(fields[3])
	require.NoError(t, err)
	require.Len(t, doc.Paths, 2)
	require.Equal(t, svgPath{"#fff", "M0 0h" + fields[2] + "v" + fields[3] + "H0z"}, doc.Paths[0])
	require.Equal(t, "#000", doc.Paths[1].Fill)

	img := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	d := doc.Paths[1].D
	require.Empty(t, svgRun.ReplaceAllString(d, ""), "the path holds something else than runs")
	for _, m := range svgRun.FindAllStringSubmatch(d, -1) {
		x, y, width := atoi(t, m[1]), atoi(t, m[2]), atoi(t, m[3])
		require.Equal(t, x, atoi(t, m[4]), "a run does not close where it began")
		draw.Draw(img, image.Rect(x*scale, y*scale, (x+width)*scale, (y+1)*scale), image.Black, image.Point{}, draw.Src)
	}
	return img
}

func atoi(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	require.NoError(t, err)
	return n
}

func TestSVGShowsTheSameModulesAsPNG(t *testing.T) {
	for _, k := range []totp.Key{newKey(t, "ACME Co", "ada@example.org", totp.Options{}), largestKey(t)} {
		svg, err := k.SVG()
		require.NoError(t, err)
		fromPNG, fromSVG := drawPNG(t, k, 1), rasterise(t, svg, 1)
		require.Equal(t, fromPNG.Bounds(), fromSVG.Bounds())
		for y := range fromPNG.Bounds().Dy() {
			for x := range fromPNG.Bounds().Dx() {
				require.Equal(t, black(fromPNG, x, y), black(fromSVG, x, y))
			}
		}
	}
}

func TestSVGIsStandaloneAndNamesItself(t *testing.T) {
	k := newKey(t, `<script>alert("1")</script> & Co`, `a]]>"'<b>@example.org`, totp.Options{})
	data, err := k.SVG()
	require.NoError(t, err)
	doc := parseSVG(t, data)
	require.Equal(t, `QR code that adds <script>alert("1")</script> & Co (a]]>"'<b>@example.org) to an authenticator app`, doc.Title)
	require.Equal(t, "img", doc.Role)
	require.Positive(t, doc.Width)
	require.Equal(t, doc.Width, doc.Height)
	require.Empty(t, doc.Others)

	// Every element and attribute is one of these: nothing runs, nothing loads,
	// and no id can clash with the page around it.
	allowed := map[string][]string{
		"svg":   {"xmlns", "width", "height", "viewBox", "role", "shape-rendering"},
		"title": nil,
		"path":  {"fill", "d"},
	}
	decoder := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			require.Contains(t, allowed, token.Name.Local)
			for _, a := range token.Attr {
				require.Contains(t, allowed[token.Name.Local], a.Name.Local)
			}
		case xml.EndElement, xml.CharData:
		default:
			t.Fatalf("unexpected %T", token)
		}
	}
	require.NotContains(t, string(data), k.Secret.Base32())
	require.NotContains(t, string(data), "otpauth")
}
