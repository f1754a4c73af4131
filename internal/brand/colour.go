package brand

import (
	"fmt"
	"math"
	"strconv"
)

// Colour is an opaque sRGB colour.
type Colour struct{ R, G, B uint8 }

var (
	white = Colour{255, 255, 255}
	black = Colour{0, 0, 0}
)

// minContrast is WCAG 2.2, success criterion 1.4.3.
const minContrast = 4.5

// ParseColour reads "#rrggbb". It accepts nothing else, because the text ends up in
// a stylesheet.
func ParseColour(s string) (Colour, error) {
	if len(s) != 7 || s[0] != '#' {
		return Colour{}, fmt.Errorf("%q is not a colour: write it as #rrggbb", s)
	}
	// ParseUint takes signs and underscores only in other bases.
	v, err := strconv.ParseUint(s[1:], 16, 24)
	if err != nil {
		return Colour{}, fmt.Errorf("%q is not a colour: write it as #rrggbb", s)
	}
	return Colour{uint8(v >> 16), uint8(v >> 8), uint8(v)}, nil
}

// String returns "#rrggbb".
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// Contrast returns the contrast ratio of WCAG 2.2, from 1 to 21.
func Contrast(a, b Colour) float64 {
	la, lb := a.luminance(), b.luminance()
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func (c Colour) luminance() float64 {
	channel := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(c.R) + 0.7152*channel(c.G) + 0.0722*channel(c.B)
}

// mix returns c with a share of other: 0 is c, 1 is other.
func (c Colour) mix(other Colour, share float64) Colour {
	m := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*share)) }
	return Colour{m(c.R, other.R), m(c.G, other.G), m(c.B, other.B)}
}

// ink returns white or black, whichever is easier to read on c. One of them always
// has a contrast above 4.58.
func (c Colour) ink() Colour {
	if Contrast(c, white) >= minContrast || Contrast(c, white) > Contrast(c, black) {
		return white
	}
	return black
}

// readable mixes c with another colour until it can be read on all grounds.
func (c Colour) readable(grounds []Colour, towards Colour) Colour {
	for share := 0.0; share < 1; share += 0.02 {
		moved := c.mix(towards, share)
		if worst(moved, grounds) >= minContrast {
			return moved
		}
	}
	return towards
}

func worst(c Colour, grounds []Colour) float64 {
	lowest := math.Inf(1)
	for _, g := range grounds {
		lowest = math.Min(lowest, Contrast(c, g))
	}
	return lowest
}
