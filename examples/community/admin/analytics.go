package admin

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/examples/community/garden"
)

const (
	// weeksShown is how far back the page looks.
	weeksShown = 8
	// downloaded is the kind of audit entry for its figures as a file.
	downloaded = "analytics.downloaded"
)

// analytics is the data of pages/analytics.html.
type analytics struct {
	Weeks []garden.Week
	Chart parts.Chart
}

func (p *pages) getAnalytics(w http.ResponseWriter, r *http.Request) error {
	weeks, err := p.garden.Weeks(r.Context(), weeksShown)
	if err != nil {
		return err
	}
	say := func(key string, args ...any) string { return backoffice.Text(r.Context(), key, args...) }
	chart := parts.Chart{Label: say("Weeks"), Series: []parts.Series{{Label: say("New members")}, {Label: say("Posts")}}}
	for i := range weeks {
		wk := weeks[len(weeks)-1-i] // the oldest first
		chart.Points = append(chart.Points, parts.Point{
			Label: strconv.Itoa(wk.From.Day()), Name: say("garden.week", "day", wk.From), Values: []int{wk.Members, wk.Posts}, Now: i == len(weeks)-1,
		})
	}
	p.office.Render(w, r, "analytics.html", "Analytics", analytics{weeks, chart})
	return nil
}

// postAnalytics sends the figures as a file. Whoever takes figures with them leaves a trace.
func (p *pages) postAnalytics(w http.ResponseWriter, r *http.Request) error {
	weeks, err := p.garden.Weeks(r.Context(), weeksShown)
	if err != nil {
		return err
	}
	err = p.office.Record(r.Context(), backoffice.Act{Code: downloaded, After: map[string]string{"weeks": strconv.Itoa(len(weeks))}})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="analytics.csv"`)
	out := csv.NewWriter(w)
	_ = out.Write([]string{"from", "members", "posts"}) // errors stay until Flush, and then nobody is there to read of them
	for _, wk := range weeks {
		_ = out.Write([]string{wk.From.Format(time.DateOnly), strconv.Itoa(wk.Members), strconv.Itoa(wk.Posts)})
	}
	out.Flush()
	return nil
}
