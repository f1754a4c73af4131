package pages

import (
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// AuditPage lists what was done.
type AuditPage struct {
	view.Form
	Pager
	Events []EventRow
	// Areas and Names are the areas and event names to choose from.
	Areas, Names []view.Option
	// Outcome, Actor, Address, Target, From and Until are what was typed or
	// chosen.
	Outcome, Actor, Address, Target, From, Until string
	Filtered                                     bool
	// MayExport shows the buttons, which export what the filters select.
	MayExport bool
	// Fields are the filters, for the export to send.
	Fields []Hidden
}

// EventRow is one event of a list.
type EventRow struct {
	// Title is in words, Code the stable name: "Signed in", "signin.succeeded".
	Title, Code, Path string
	At                time.Time
	// Actor and Target are names as they were then; empty for nobody known.
	Actor, Target, Address string
	// Outcome is a word, and Level its colour.
	Outcome string
	Level   view.Level
}

func (AuditPage) Template() string { return "audit" }

// outcomes are the outcomes of events as pages say them.
var outcomes = map[string]struct {
	word  string
	level view.Level
}{
	desk.Success: {"Success", view.LevelSuccess},
	desk.Failure: {"Failed", view.LevelDanger},
	desk.Refused: {"Refused", view.LevelWarning},
}

func eventRow(e store.Event) EventRow {
	o := outcomes[e.Outcome]
	row := EventRow{
		Title: eventTitle(e.Code), Code: e.Code, Path: "/audit/" + strconv.FormatInt(e.Seq, 10), At: e.At,
		Actor: e.ActorName, Target: e.TargetName, Address: e.IP, Outcome: o.word, Level: o.level,
	}
	if e.ActorID == desk.ActorSystem {
		row.Actor = "the office"
	}
	return row
}

// auditQuery reads the filters of the page. A time that cannot be read is
// refused: leaving it out would show, and export, more than was asked for.
func auditQuery(q url.Values) (store.EventQuery, view.Form) {
	var form view.Form
	at := func(name string) time.Time {
		text := q.Get(name)
		for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02"} {
			if t, err := time.Parse(layout, text); err == nil {
				return t
			}
		}
		if text != "" {
			form = form.Refuse(name, "Enter a day and a time like 2026-03-14T09:00.")
		}
		return time.Time{}
	}
	query := store.EventQuery{
		Area: q.Get("area"), Code: q.Get("event"), Outcome: q.Get("outcome"), ActorID: q.Get("actor"), TargetID: q.Get("target"),
		IP: strings.TrimSpace(q.Get("address")), From: at("from"), Until: at("until"),
	}
	if !query.Until.IsZero() && query.Until.Before(query.From) {
		form = form.Refuse("until", "“Until” lies before “From”. Swap the two.")
	}
	return query, form
}

// auditPage reads one page of events, newest first, and says after which number
// newer ones begin, and before which older ones; zero where there are none.
// Towards newer ones it starts from the oldest of them.
func (c *call) auditPage(q url.Values, query store.EventQuery) (events []store.Event, newer, older int64, err error) {
	query.Limit = rowsPerPage
	query.BeforeSeq, _ = strconv.ParseInt(q.Get("before"), 10, 64)
	if after, err := strconv.ParseInt(q.Get("newer"), 10, 64); err == nil && after > 0 && after < math.MaxInt64 {
		query.OldestFirst, query.AfterSeq, query.BeforeSeq = true, after, 0
	}
	page, err := c.Desk.AuditPage(c.ctx(), c.actor(), query)
	if err != nil {
		return nil, 0, 0, err
	}
	if query.OldestFirst {
		slices.Reverse(page.Rows)
		return page.Rows, page.Next, query.AfterSeq + 1, nil
	}
	return page.Rows, max(query.BeforeSeq-1, 0), page.Next, nil
}

// getAudit lists events, newest first.
func (c *call) getAudit() error {
	return c.showAudit(c.query())
}

// showAudit shows the events that filters select, or what is wrong with the
// filters.
func (c *call) showAudit(q url.Values) error {
	query, form := auditQuery(q)
	p := AuditPage{
		Form: form, Outcome: q.Get("outcome"), Actor: q.Get("actor"), Address: q.Get("address"), Target: q.Get("target"), From: q.Get("from"), Until: q.Get("until"),
		MayExport: !form.Failed(),
	}
	areas := map[string]bool{}
	for _, code := range slices.Sorted(maps.Keys(desk.Events)) {
		area := store.Event{Code: code}.Area()
		if !areas[area] {
			areas[area] = true
			p.Areas = append(p.Areas, view.Option{Value: area, Label: areaTitle(area), Chosen: area == query.Area})
		}
		p.Names = append(p.Names, view.Option{Value: code, Label: code, Chosen: code == query.Code})
	}
	for _, name := range []string{"area", "event", "outcome", "actor", "address", "target", "from", "until"} {
		if v := q.Get(name); v != "" {
			p.Filtered = true
			p.Fields = append(p.Fields, Hidden{Name: name, Value: v})
		}
	}
	if form.Failed() {
		return c.show(http.StatusUnprocessableEntity, p)
	}
	query, err := c.named(query)
	if err != nil {
		return err
	}
	events, newer, older, err := c.auditPage(q, query)
	if err != nil {
		return err
	}
	if newer > 0 {
		p.Previous = c.following("/audit", map[string]string{"newer": version(newer)}, "before")
	}
	if older > 0 {
		p.Next = c.following("/audit", map[string]string{"before": version(older)}, "newer")
	}
	for _, e := range events {
		p.Events = append(p.Events, eventRow(e))
	}
	return c.show(http.StatusOK, p)
}

// named lets people filter by name or e-mail address where events have ids.
func (c *call) named(q store.EventQuery) (store.EventQuery, error) {
	for _, id := range []*string{&q.ActorID, &q.TargetID} {
		var err error
		if *id, err = c.Desk.AuditSubject(c.ctx(), c.actor(), *id); err != nil {
			return q, err
		}
	}
	return q, nil
}
