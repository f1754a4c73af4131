package admin

import (
	"net/http"

	"github.com/postern-go/postern/examples/community/garden"
)

// weeksShown is how far back the page looks.
const weeksShown = 8

// barWidth is the length of the longest bar, in pixels.
const barWidth = 160

// week is a row of pages/analytics.html.
type week struct {
	garden.Week
	MembersBar, PostsBar int
}

func (p *pages) getAnalytics(w http.ResponseWriter, r *http.Request) error {
	weeks, err := p.garden.Weeks(r.Context(), weeksShown)
	if err != nil {
		return err
	}
	most := 1
	for _, wk := range weeks {
		most = max(most, wk.Members, wk.Posts)
	}
	rows := make([]week, len(weeks))
	for i, wk := range weeks {
		rows[i] = week{wk, wk.Members * barWidth / most, wk.Posts * barWidth / most}
	}
	p.office.Render(w, r, "analytics.html", "Analytics", rows)
	return nil
}
