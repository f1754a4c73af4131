package pages

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// AuditPage lists the entries of the audit log.
type AuditPage struct {
	view.Form
	Pager
	Events []EventRow
	// Kinds are the kinds of events to choose from, by area.
	Kinds []KindGroup
	// Outcomes are the outcomes to choose from. Declared reports that the host has kinds of
	// its own, whose targets can be looked for.
	Outcomes []view.Option
	Declared bool
	// Periods are the periods to choose from, Zone the difference of the reader's time
	// from UTC in minutes, as their browser says, and ZoneName its name: "UTC+2". They are
	// empty in UTC.
	Periods        []view.Option
	Zone, ZoneName string
	// People are the names to suggest: those on the page.
	People []string
	// Unknown is what was typed as a person if no one has that name. Alike are the names
	// that contain it, to choose from.
	Unknown string
	Alike   []view.Crumb
	// Filters are what was typed or chosen, by field. The export sends them
	// again.
	Filters url.Values
	// Chart is how many entries there are over time; nil if the filters are wrong.
	Chart *parts.Chart
}

// KindGroup is an area of the audit log and its events, as a filter offers them.
type KindGroup struct {
	Title  string
	Events []view.Option
}

func (AuditPage) Template() string { return "audit" }

// More reports whether a filter is in use that a short form does not show.
func (p AuditPage) More() bool {
	return p.Filters.Get("as")+p.Filters.Get("about")+p.Filters.Get("address")+p.Filters.Get("session")+p.Filters.Get("from")+p.Filters.Get("until") != "" ||
		p.Filters.Get("period") == periodCustom
}

// Filtered reports whether a filter is in use. A zone alone selects nothing.
func (p AuditPage) Filtered() bool {
	return len(p.Filters) > 1 || len(p.Filters) == 1 && !p.Filters.Has("zone")
}

func (c *call) getAudit() error { return c.showAudit(c.query()) }

// showAudit shows the events that the filters select, or what is wrong with the
// filters.
func (c *call) showAudit(q url.Values) error {
	f, form, err := c.auditFilters(q)
	if err != nil {
		return err
	}
	p := AuditPage{Form: form, Filters: f.chosen, Kinds: c.kindGroups(q.Get("kind")), Zone: f.chosen.Get("zone"), ZoneName: f.zoneName(), Periods: f.periods(c.words()),
		Outcomes: c.outcomeOptions(f.chosen.Get("outcome")), Declared: c.Desk.DeclaresEvents()}
	if form.Failed() {
		return c.show(http.StatusUnprocessableEntity, p)
	}
	events, newer, older, err := c.auditPage(q, f)
	if err != nil {
		return err
	}
	if newer > 0 {
		p.Previous = c.following("/audit", map[string]string{"newer": version(newer)}, "before")
	}
	if older > 0 {
		p.Next = c.following("/audit", map[string]string{"before": version(older)}, "newer")
	}
	p.Events, p.Unknown, p.People = c.trail(events, f.zone), f.unknown, f.alike
	for _, name := range f.alike {
		p.Alike = append(p.Alike, view.Crumb{Label: name, Path: c.following("/audit", map[string]string{"person": name}, "before", "newer")})
	}
	for _, e := range events {
		for _, name := range []string{e.ActorName, operatorName(e)} {
			if name != "" && !slices.Contains(p.People, name) {
				p.People = append(p.People, name)
			}
		}
	}
	if p.Chart, err = c.auditChart(f); err != nil {
		return err
	}
	return c.show(http.StatusOK, p)
}

// operatorName is the name of the operator that an event is about, or empty.
func operatorName(e store.Event) string {
	if e.TargetKind != "operator" {
		return ""
	}
	return e.TargetName
}

// auditPage reads one page of events, newest first. Newer events follow newer,
// older ones precede older; either is zero if there are none. A page reached
// from an older one starts with the oldest events that are newer.
func (c *call) auditPage(q url.Values, f auditFilters) (events []store.Event, newer, older int64, err error) {
	query := f.query
	query.Limit = rowsPerPage
	query.BeforeSeq, _ = strconv.ParseInt(q.Get("before"), 10, 64)
	if after, err := strconv.ParseInt(q.Get("newer"), 10, 64); err == nil && after > 0 && after < math.MaxInt64 {
		query.OldestFirst, query.AfterSeq, query.BeforeSeq = true, after, 0
	}
	page, err := c.Desk.Trail(c.ctx(), c.actor(), query, f.person)
	if err == nil && query.Outcome == "" {
		page.Rows, err = c.Desk.FoldActs(c.ctx(), page.Rows)
	}
	if err != nil {
		return nil, 0, 0, err
	}
	if query.OldestFirst {
		slices.Reverse(page.Rows)
		return page.Rows, page.Next, query.AfterSeq + 1, nil
	}
	return page.Rows, max(query.BeforeSeq-1, 0), page.Next, nil
}
