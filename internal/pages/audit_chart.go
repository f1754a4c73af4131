package pages

import (
	"maps"
	"time"

	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/internal/messages"
)

// chartMost is where counting the entries of a bar stops, chartBars how many bars a chart
// has at most.
const (
	chartMost = 500
	chartBars = 36
)

// chartSpan is how long a bar of the chart is: until next, from the beginning of one.
type chartSpan struct {
	// longest is the longest period that is shown so.
	longest time.Duration
	start   func(time.Time) time.Time
	next    func(time.Time) time.Time
	// text names the time of a bar. What appears below it is a number, as this layout, or
	// a message of its own.
	text, label messages.DateForm
	layout      string
}

const day = 24 * time.Hour

var chartSpans = []chartSpan{
	{2 * day, hour, func(t time.Time) time.Time { return t.Add(time.Hour) }, "audit.chart.hour", "", "15"},
	{31 * day, midnight, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }, "audit.chart.day", "", "2"},
	{31 * 7 * day, midnight, func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }, "audit.chart.week", "audit.chart.below.week", ""},
	{1 << 62, month, func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }, "audit.chart.month", "audit.chart.below.month", ""},
}

func hour(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), 0, 0, 0, t.Location())
}

func month(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
}

// chartBounds are where the bars of a chart begin, and where the last one ends, in the
// zone of the filters. Without a beginning it is 30 days; at most chartBars bars are
// shown, the last.
func (f auditFilters) chartBounds() ([]time.Time, chartSpan) {
	from, until := f.query.From.In(f.zone), f.query.Until.In(f.zone)
	if tomorrow := midnight(f.now.In(f.zone)).AddDate(0, 0, 1); f.query.Until.IsZero() || until.After(tomorrow) {
		until = tomorrow
	}
	if f.query.From.IsZero() {
		from = midnight(until.Add(-1)).AddDate(0, 0, -29)
	}
	if !from.Before(until) {
		return nil, chartSpan{}
	}
	if long := until.AddDate(0, -chartBars, 0); from.Before(long) {
		from = long
	}
	span := chartSpans[0]
	for _, s := range chartSpans {
		if span = s; until.Sub(from) <= s.longest+time.Hour {
			break
		}
	}
	bounds := []time.Time{from}
	for t := span.next(span.start(from)); t.Before(until); t = span.next(t) {
		bounds = append(bounds, t)
	}
	bounds = append(bounds, until)
	return bounds[max(0, len(bounds)-1-chartBars):], span
}

// auditChart counts the entries that the filters select over time. Every bar leads to
// those of its time. It is nil if there is nothing to show or only one bar.
func (c *call) auditChart(f auditFilters) (*parts.Chart, error) {
	bounds, span := f.chartBounds()
	if len(bounds) < 3 {
		return nil, nil
	}
	counts, err := c.Desk.CountTrail(c.ctx(), c.actor(), f.query, f.person, bounds, chartMost)
	if err != nil {
		return nil, err
	}
	chart, all := parts.Chart{Label: c.t("audit.chart.label")}, 0
	every := (len(counts) + 7) / 8
	for i, n := range counts {
		q := maps.Clone(f.chosen)
		q.Set("period", periodCustom)
		q.Set("from", bounds[i].Format("2006-01-02T15:04"))
		q.Set("until", bounds[i+1].Format("2006-01-02T15:04"))
		bar := parts.Point{Text: c.chartText(counted{n, n >= chartMost}, onWall(bounds[i], span.text)), Values: []int{n}, Now: !f.now.Before(bounds[i]) && f.now.Before(bounds[i+1])}
		if i%every == 0 {
			if bar.Label = bounds[i].Format(span.layout); span.label != "" {
				bar.Label = c.words().Date(onWall(bounds[i], span.label))
			}
		}
		if n > 0 {
			bar.URL = c.base + "/audit?" + q.Encode()
		}
		all += n
		chart.Points = append(chart.Points, bar)
	}
	if all == 0 {
		return nil, nil
	}
	return &chart, nil
}

// chartText says how many entries a bar counts.
func (c *call) chartText(p counted, when messages.Date) string {
	switch {
	case p.n == 0:
		return c.t("audit.chart.none", "when", when)
	case p.more:
		return c.t("audit.chart.entries.more", "when", when, "n", p.n)
	}
	return c.t("audit.chart.entries", "when", when, "n", p.n)
}
