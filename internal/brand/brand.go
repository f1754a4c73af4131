// Package brand turns a host's logo and colours into what pages need, and keeps
// pages readable: with any colours, text on them and in them has a contrast of at
// least 4.5 to 1 (WCAG 2.2, 1.4.3). It also has what sentences call an office.
package brand

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// Brand is a backoffice.Look.
type Brand struct {
	Logo       []byte
	LogoURL    string
	Accent     string
	AccentDark string
}

const maxLogoBytes = 256 << 10

// DefaultAccent is our own accent colour, that of static/postern.css.
const DefaultAccent = "#0f5f66"

// leastStandOut is the least contrast of a button to the page (WCAG 2.2, 1.4.11).
const leastStandOut = 3

// The grounds of accent text on light and dark pages, as in static/postern.css.
var (
	lightGrounds = []Colour{{0xf4, 0xf6, 0xf6}, {0xff, 0xff, 0xff}, {0xed, 0xf1, 0xf1}}
	darkGrounds  = []Colour{{0x10, 0x15, 0x16}, {0x18, 0x1e, 0x1f}, {0x0c, 0x10, 0x11}}
)

// Check reports every mistake, naming the field.
func (b Brand) Check() error {
	var mistakes []error
	check := func(field, value string) {
		if value == "" {
			return
		}
		if _, err := ParseColour(value); err != nil {
			mistakes = append(mistakes, fmt.Errorf("brand %s: %w", field, err))
		}
	}
	check("Accent", b.Accent)
	check("AccentDark", b.AccentDark)
	if b.AccentDark != "" && b.Accent == "" {
		mistakes = append(mistakes, errors.New("brand AccentDark: set Accent too"))
	}
	if b.LogoURL != "" && (!strings.HasPrefix(b.LogoURL, "/") || strings.HasPrefix(b.LogoURL, "//") || strings.Contains(b.LogoURL, `\`)) {
		mistakes = append(mistakes, fmt.Errorf("brand LogoURL: %q is not a path on this site; it must begin with one /", b.LogoURL))
	}
	if b.LogoURL != "" && len(b.Logo) > 0 {
		mistakes = append(mistakes, errors.New("brand Logo and LogoURL: set one of them"))
	}
	if len(b.Logo) > maxLogoBytes {
		mistakes = append(mistakes, fmt.Errorf("brand Logo: %d bytes, at most %d", len(b.Logo), maxLogoBytes))
	} else if len(b.Logo) > 0 && logoType(b.Logo) == "" {
		mistakes = append(mistakes, errors.New("brand Logo: neither PNG, JPEG, WebP nor SVG"))
	}
	return errors.Join(mistakes...)
}

// CheckAccent refuses what is not a colour, and a colour so light that buttons
// would hardly stand out from a light page. For dark pages, and for text, a
// readable shade of it is chosen automatically.
func CheckAccent(accent string) error {
	c, err := ParseColour(accent)
	if err != nil {
		return err
	}
	if contrast := worst(c, lightGrounds); contrast < leastStandOut {
		return fmt.Errorf("%q has a contrast of %.1f to a light page; %d is the least", accent, contrast, leastStandOut)
	}
	return nil
}

// LogoType returns the content type and file extension of Logo, or "" without one.
func (b Brand) LogoType() (contentType, ext string) {
	contentType = logoType(b.Logo)
	return contentType, map[string]string{
		"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/svg+xml": ".svg",
	}[contentType]
}

// InkOn returns the colour of text on an accent colour: white or black, whichever is
// easier to read.
func InkOn(accent string) string {
	c, err := ParseColour(accent)
	if err != nil {
		return white.String()
	}
	return c.ink().String()
}

func logoType(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return "image/webp"
	}
	head := bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
	if (bytes.HasPrefix(head, []byte("<?xml")) || bytes.HasPrefix(head, []byte("<!--")) ||
		bytes.HasPrefix(head, []byte("<svg"))) && bytes.Contains(head, []byte("<svg")) {
		return "image/svg+xml"
	}
	return ""
}

// Stylesheet returns the custom properties that depend on the host's colours, or a
// comment if there are none. Call Check first: colours that do not parse are left
// out.
func (b Brand) Stylesheet() string {
	light, err := ParseColour(b.Accent)
	if err != nil {
		return "/* This office uses the colours it came with. */\n"
	}
	dark, err := ParseColour(b.AccentDark)
	if err != nil {
		dark = light.readable(darkGrounds, white)
	}
	var css strings.Builder
	css.WriteString("/* Made from the host's accent colours. */\n:root {\n")
	onDark := shades(dark, darkGrounds, white)
	for i, p := range shades(light, lightGrounds, black) {
		fmt.Fprintf(&css, "  --%s: var(--light, %s) var(--dark, %s);\n", p.name, p.colour, onDark[i].colour)
	}
	css.WriteString("}\n")
	return css.String()
}

// shade is a custom property and its colour.
type shade struct {
	name   string
	colour Colour
}

// shades returns the properties of one colour scheme. Text is mixed with towards
// until it can be read.
func shades(accent Colour, grounds []Colour, towards Colour) []shade {
	soft := accent.mix(grounds[1], 0.88)
	// Accent text is also used on the soft accent (current entry, step number).
	text := accent.readable(append([]Colour{soft}, grounds...), towards)
	on := accent.ink()
	// Hover moves away from the ink, so the label stays readable.
	hover := accent.mix(white, 0.15)
	if on == white {
		hover = accent.mix(black, 0.2)
	}
	return []shade{{"accent", accent}, {"accent-hover", hover}, {"on-accent", on}, {"accent-text", text}, {"accent-soft", soft}}
}
