package pages

import (
	"math"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// Bars is a bar chart: a list whose texts say everything that the bars show. The partial
// "bars" renders it.
type Bars struct {
	// Label names the chart for screen readers.
	Label string
	Bars  []Bar
	// Legend names the parts of a bar, in their order from below, with their sums.
	Legend []BarKey
}

// Bar is one bar.
type Bar struct {
	// Label appears below it, Text says all of it: "14 March. Signed in: 5."
	Label, Text string
	// Path is where it leads, as a link needs it, with the alias; empty for no link.
	Path string
	// Now marks the bar that still grows.
	Now   bool
	Parts []BarPart
}

// BarPart is a part of a bar. Percent is its height, and Top how far below the top it
// begins, of the highest bar; [Bars.scale] sets both. Parts of [view.LevelWarning] and
// [view.LevelDanger] are hollow, so that they differ in more than colour.
type BarPart struct {
	Value, Percent, Top int
	Level               view.Level
	// More means that counting stopped at Value.
	More bool
}

// BarKey is the sum of the parts of a level.
type BarKey struct {
	Level view.Level
	// Number is an argument of a message.
	Number any
}

// number is Value as an argument of a message.
func (p BarPart) number() any {
	if p.More {
		return messages.New("home.sign_ins.more", "number", p.Value)
	}
	return p.Value
}

// scale sets the height of every part, so that the highest bar has 100 percent. A part
// that is not zero can be seen.
func (b Bars) scale() Bars {
	highest := 1
	for _, bar := range b.Bars {
		highest = max(highest, sum(bar.Parts))
	}
	for _, bar := range b.Bars {
		top := 100
		for i := range bar.Parts {
			p := &bar.Parts[i]
			p.Percent = int(math.Ceil(float64(p.Value) * 100 / float64(highest)))
			if p.Value > 0 {
				p.Percent = max(p.Percent, 4)
			}
			p.Percent = min(p.Percent, top)
			top -= p.Percent
			p.Top = top
		}
	}
	return b
}

func sum(parts []BarPart) int {
	n := 0
	for _, p := range parts {
		n += p.Value
	}
	return n
}
