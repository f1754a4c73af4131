package parts

import (
	"errors"
	"fmt"
)

// MaxSeries is how many series a chart has at most: more cannot be told apart.
const MaxSeries = 4

// Chart is numbers over time, or over things that have an order. The parts "bar-chart" and
// "line-chart" draw it; without seeing, it is a list or a table with all the numbers.
type Chart struct {
	// Label names the chart: "New members by week". Required.
	Label string
	// Series are the series of numbers; each point has one number for each. Default: one
	// series. Their labels appear below the chart.
	Series []Series
	Points []Point
}

// Series is one line of a chart, or one part of each bar.
type Series struct {
	// Label names the series: "New members". Required if there are several.
	Label string
	// Figure, if it is not empty, appears after the label: the sum, or the newest number.
	Figure string
	// Level Warning or Danger draws hollow bars, or a dashed line.
	Level Level
}

// Point is one bar, or one place on each line.
type Point struct {
	// Label appears below the point. If there are many points, leave some labels empty.
	Label string
	// Name is the label in full: "Week of 14 March". Default: Label.
	Name string
	// Text replaces Name and the numbers in the sentence of a bar: "14 March: 5 new members."
	Text string
	// URL is where a click on the bar leads. If empty, the bar is not a link.
	URL string
	// Now marks the bar that is still growing.
	Now bool
	// Values has one number for each of Series, none below zero.
	Values []int
}

// Check returns what is wrong with the chart, or nil. A chart that is wrong is not drawn: the
// page fails with this error.
func (c Chart) Check() error {
	var mistakes []error
	if c.Label == "" {
		mistakes = append(mistakes, errors.New("chart: Label is empty, and nobody who cannot see it learns what it shows"))
	}
	most := max(1, len(c.Series))
	if most > MaxSeries {
		mistakes = append(mistakes, fmt.Errorf("chart %q: %d series, and there can be %d", c.Label, most, MaxSeries))
	}
	for i, s := range c.Series {
		if s.Label == "" && most > 1 {
			mistakes = append(mistakes, fmt.Errorf("chart %q: Series[%d].Label is empty", c.Label, i))
		}
	}
	for i, p := range c.Points {
		if len(p.Values) != most {
			mistakes = append(mistakes, fmt.Errorf("chart %q: Points[%d] has %d values for %d series", c.Label, i, len(p.Values), most))
		}
		for _, v := range p.Values {
			if v < 0 {
				mistakes = append(mistakes, fmt.Errorf("chart %q: Points[%d] has the value %d, and a chart begins at zero", c.Label, i, v))
			}
		}
	}
	return errors.Join(mistakes...)
}
