package brand_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/brand"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		name    string
		brand   brand.Brand
		refused string // empty: accepted
	}{
		{"our own look", brand.Brand{}, ""},
		{"a colour for both schemes", brand.Brand{Accent: "#c0FFee", AccentDark: "#123456"}, ""},
		{"a path for the logo", brand.Brand{LogoURL: "/logo.svg"}, ""},
		{"a PNG", brand.Brand{Logo: []byte("\x89PNG\r\n\x1a\n....")}, ""},
		{"an SVG after a comment", brand.Brand{Logo: []byte("\xef\xbb\xbf <!-- made by hand --> <svg xmlns='x'/>")}, ""},
		{"a colour by name", brand.Brand{Accent: "teal"}, `brand Accent: "teal" is not a colour`},
		{"a colour with more behind it", brand.Brand{Accent: "#000000;}"}, "brand Accent"},
		{"a colour with a sign", brand.Brand{Accent: "#+12345"}, "brand Accent"},
		{"a colour with an underscore", brand.Brand{Accent: "#12_345"}, "brand Accent"},
		{"a dark colour alone", brand.Brand{AccentDark: "#123456"}, "brand AccentDark: set Accent too"},
		{"a logo from elsewhere", brand.Brand{LogoURL: "https://cdn.example/logo.png"}, "brand LogoURL"},
		{"a logo from a host without a scheme", brand.Brand{LogoURL: "//cdn.example/logo.png"}, "brand LogoURL"},
		{"a backslash that browsers read as a slash", brand.Brand{LogoURL: `/\cdn.example`}, "brand LogoURL"},
		{"two logos", brand.Brand{LogoURL: "/l.png", Logo: []byte("<svg/>")}, "set one of them"},
		{"a page in place of a logo", brand.Brand{Logo: []byte("<html><script>")}, "neither PNG, JPEG, WebP nor SVG"},
		{"a huge logo", brand.Brand{Logo: make([]byte, 300<<10)}, "at most 262144"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.brand.Check()
			if tt.refused == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.refused)
		})
	}
}

func TestAnAccentStandsOutFromALightPage(t *testing.T) {
	for _, accent := range []string{brand.DefaultAccent, "#000000", "#c0392b", "#767676"} {
		require.NoError(t, brand.CheckAccent(accent), accent)
	}
	for accent, why := range map[string]string{
		"#ffffff": "contrast of 1.0", "#ffd400": "contrast of 1.3", "#999999": "3 is the least", "": "not a colour", "navy": "not a colour",
	} {
		require.ErrorContains(t, brand.CheckAccent(accent), why, accent)
	}
}

func TestAnyColourStaysReadable(t *testing.T) {
	for _, accent := range []string{"#000000", "#ffffff", "#ffff00", "#ff0000", "#00ff00", "#0000ff", "#808080", "#767676", "#0f5f66", "#ffd1dc", "#101516"} {
		t.Run(accent, func(t *testing.T) { readable(t, accent) })
	}
}

func FuzzAnyColourStaysReadable(f *testing.F) {
	f.Add("#ff8800")
	f.Add("#zzzzzz")
	f.Fuzz(func(t *testing.T, accent string) {
		if brand.Brand.Check(brand.Brand{Accent: accent}) == nil && accent != "" {
			readable(t, accent)
		}
	})
}

// declaration has the name of a custom property, and its colours on light and dark pages.
var declaration = regexp.MustCompile(`--([a-z-]+): var\(--light, (#[0-9a-f]{6})\) var\(--dark, (#[0-9a-f]{6})\);`)

func readable(t *testing.T, accent string) {
	css := brand.Brand{Accent: accent}.Stylesheet()
	for scheme, under := range map[int][]string{2: {"#ffffff", "#f4f6f6", "#edf1f1"}, 3: {"#101516", "#181e1f", "#0c1011"}} {
		colours := map[string]brand.Colour{}
		for _, m := range declaration.FindAllStringSubmatch(css, -1) {
			colours[m[1]] = colour(t, m[scheme])
		}
		require.Len(t, colours, 5)
		require.GreaterOrEqual(t, brand.Contrast(colours["on-accent"], colours["accent"]), 4.5)
		require.GreaterOrEqual(t, brand.Contrast(colours["on-accent"], colours["accent-hover"]), 4.5)
		require.GreaterOrEqual(t, brand.Contrast(colours["accent-text"], colours["accent-soft"]), 4.5)
		for _, ground := range under {
			require.GreaterOrEqual(t, brand.Contrast(colours["accent-text"], colour(t, ground)), 4.5, "on %s", ground)
		}
	}
}

func colour(t *testing.T, s string) brand.Colour {
	c, err := brand.ParseColour(s)
	require.NoError(t, err)
	return c
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	black, white := brand.Colour{}, brand.Colour{R: 255, G: 255, B: 255}
	require.InDelta(t, 21, brand.Contrast(black, white), 0.001)
	require.InDelta(t, 1, brand.Contrast(white, white), 0.001)
	require.InDelta(t, 4.54, brand.Contrast(brand.Colour{R: 0x76, G: 0x76, B: 0x76}, white), 0.01)
}
