package view

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/internal/messages"
)

// drawn is a chart as its partials show it. Heights are in percent.
type drawn struct {
	Label string
	Many  bool
	Keys  []parts.Series
	Bars  []drawnBar
	// Of a chart of lines: what the scale says, from above, the lines, and what stands below.
	Scale []string
	Lines []drawnLine
	Below []drawnLabel
	Rows  []drawnRow
}

// drawnBar is one bar. Text says all of it.
type drawnBar struct {
	Label, Text, URL string
	Now              bool
	Parts            []drawnPart
}

// drawnPart is a part of a bar, Top below the top. Those of Warning and Danger are hollow, so
// that they differ in more than colour.
type drawnPart struct {
	Percent, Top int
	Level        parts.Level
}

// drawnLine is one line, as a path of SVG, and dots that are paths as well: circles would be
// stretched.
type drawnLine struct {
	Number     int
	Level      parts.Level
	Path, Dots string
}

// drawnLabel stands below a point: X is how far from the left, Anchor which end of it is there.
type drawnLabel struct{ X, Anchor, Text string }

// drawnRow is a row of the table that says what the lines show.
type drawnRow struct {
	Name    string
	Figures []string
}

// inARow is how many bars stand beside each other at most before they get narrow.
const inARow = 14

// levels are what series without a level are drawn as: the first in the colour of the office.
var levels = [parts.MaxSeries]parts.Level{parts.Info, parts.Warning, parts.Success, parts.Danger}

// draw checks a chart and works out what both kinds have.
func draw(part string, value any) (parts.Chart, drawn, error) {
	v, err := given(part, value)
	if err != nil {
		return parts.Chart{}, drawn{}, err
	}
	c := v.(parts.Chart)
	if err := c.Check(); err != nil {
		return parts.Chart{}, drawn{}, err
	}
	d := drawn{Label: c.Label, Many: len(c.Points) > inARow}
	c.Series = slices.Clone(c.Series)
	for i := range c.Series {
		s := &c.Series[i]
		s.Level = cmp.Or(s.Level, levels[i])
		if s.Label != "" {
			d.Keys = append(d.Keys, *s)
		}
	}
	return c, d, nil
}

// drawBars gives the highest bar 100 percent. A part that is not zero can be seen.
func drawBars(value any, l *messages.Language) (drawn, error) {
	c, d, err := draw("bar-chart", value)
	if err != nil {
		return d, err
	}
	highest := 0
	for _, p := range c.Points {
		sum := 0
		for _, v := range p.Values {
			sum += v
		}
		highest = max(highest, sum)
	}
	for _, p := range c.Points {
		bar := drawnBar{Label: p.Label, Text: p.Text, URL: p.URL, Now: p.Now}
		if bar.Text == "" {
			bar.Text = say(c, p, l)
		}
		top := 100
		for i, v := range p.Values {
			part := drawnPart{Level: levels[i]}
			if len(c.Series) > 0 {
				part.Level = c.Series[i].Level
			}
			if v > 0 {
				part.Percent = min(max((v*100+highest-1)/highest, 4), top)
			}
			top -= part.Percent
			part.Top = top
			bar.Parts = append(bar.Parts, part)
		}
		d.Bars = append(d.Bars, bar)
	}
	return d, nil
}

// drawLines draws between zero and a round number above the highest.
func drawLines(value any, l *messages.Language) (drawn, error) {
	c, d, err := draw("line-chart", value)
	if err != nil {
		return d, err
	}
	highest := 0
	for _, p := range c.Points {
		for _, v := range p.Values {
			highest = max(highest, v)
		}
		row := drawnRow{Name: fullName(p)}
		for _, v := range p.Values {
			row.Figures = append(row.Figures, l.Number(v))
		}
		d.Rows = append(d.Rows, row)
	}
	d.Below = below(c.Points, l.Dir() == "rtl")
	highest = roundUp(highest)
	d.Scale = []string{l.Number(highest), l.Number(highest / 2), l.Number(0)}
	for s := range max(1, len(c.Series)) {
		line := drawnLine{Number: s, Level: levels[s]}
		if len(c.Series) > 0 {
			line.Level = c.Series[s].Level
		}
		var path, dots strings.Builder
		for i, p := range c.Points {
			at := coordinate(across(i, len(c.Points))) + " " + coordinate(100-float64(p.Values[s])*100/float64(highest))
			path.WriteByte("ML"[min(i, 1)])
			path.WriteString(at)
			if len(c.Points) <= 2*inARow {
				dots.WriteString("M" + at + "h0")
			}
		}
		line.Path, line.Dots = path.String(), dots.String()
		d.Lines = append(d.Lines, line)
	}
	if len(d.Keys) == 0 {
		d.Keys = []parts.Series{{Label: c.Label}}
	}
	return d, nil
}

// say is the text of a bar that has none.
func say(c parts.Chart, p parts.Point, l *messages.Language) string {
	if len(c.Series) < 2 {
		return fullName(p) + ": " + l.Number(p.Values[0])
	}
	said := make([]string, len(p.Values))
	for i, v := range p.Values {
		said[i] = c.Series[i].Label + " " + l.Number(v)
	}
	return fullName(p) + ": " + l.List(said)
}

func fullName(p parts.Point) string { return cmp.Or(p.Name, p.Label) }

// roundUp returns a round number, at least v, of which a half is whole.
func roundUp(v int) int {
	for power := 1; ; power *= 10 {
		for _, n := range []int{2, 4, 6, 8} {
			if n*power >= v {
				return n * power
			}
		}
	}
}

// labelsBelow is how many labels have room below a chart on a phone.
const labelsBelow = 6

// below returns some of the labels, among them the first and the last that there are.
func below(points []parts.Point, mirrored bool) (labels []drawnLabel) {
	var named []int
	for i, p := range points {
		if p.Label != "" {
			named = append(named, i)
		}
	}
	n := min(len(named), labelsBelow)
	for k := range n {
		i := named[k*(len(named)-1)/max(1, n-1)]
		x, anchor := across(i, len(points)), "middle"
		switch i {
		case 0:
			anchor = "start"
		case len(points) - 1:
			anchor = "end"
		}
		if mirrored {
			x = 100 - x
		}
		labels = append(labels, drawnLabel{coordinate(x) + "%", anchor, points[i].Label})
	}
	return labels
}

// across is how far the point i of n is from the beginning, in percent.
func across(i, n int) float64 {
	if n < 2 {
		return 50
	}
	return float64(i) * 100 / float64(n-1)
}

// coordinate is a number of an SVG, to a tenth.
func coordinate(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }
