package pages

import (
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

// AuditPage lists the entries of the audit log.
type AuditPage struct {
	view.Form
	Pager
	Events []EventRow
	// Areas and Names are the areas and event names to choose from.
	Areas, Names []view.Option
	// Filters are what was typed or chosen, by field. The export sends them
	// again.
	Filters url.Values
}

// EventRow is one entry of the audit log.
type EventRow struct {
	Sentence Sentence
	// Title is in words, Code the stable name: "Signed in", "signin.succeeded".
	Title, Code, Path string
	At                time.Time
	// Actor and Target are names as they were at the time; empty if unknown.
	Actor, Target, IP string
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
	desk.Success: {"Succeeded", view.LevelSuccess},
	desk.Failure: {"Failed", view.LevelDanger},
	desk.Refused: {"Refused", view.LevelWarning},
}

func (c *call) eventRow(e store.Event) EventRow {
	o := outcomes[e.Outcome]
	row := EventRow{
		Sentence: c.sentence(e), Title: eventTitle(e.Code), Code: e.Code, Path: eventPath(e.Seq), At: e.At,
		Actor: e.ActorName, Target: e.TargetName, IP: e.IP, Outcome: o.word, Level: o.level,
	}
	if e.ActorID == desk.ActorSystem {
		row.Actor = "the office"
	}
	return row
}

func eventPath(seq int64) string { return "/audit/" + strconv.FormatInt(seq, 10) }

// auditQuery reads the filters. A time that cannot be read is refused: ignoring
// it would show, and export, more than was asked for.
func auditQuery(q url.Values) (store.EventQuery, view.Form) {
	var form view.Form
	at := func(name, text string) time.Time {
		for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02"} {
			if t, err := time.Parse(layout, text); err == nil {
				return t
			}
		}
		if text != "" {
			form = form.Refuse(name, "Enter a date and time like 2026-03-14T09:00.")
		}
		return time.Time{}
	}
	query := store.EventQuery{
		Area: q.Get("area"), Code: q.Get("event"), Outcome: q.Get("outcome"), ActorID: q.Get("actor"), TargetID: q.Get("target"),
		IP: strings.TrimSpace(q.Get("address")), From: at("from", q.Get("from")), Until: at("until", q.Get("until")),
	}
	if !query.Until.IsZero() && query.Until.Before(query.From) {
		form = form.Refuse("until", "“Until” is before “From”. Swap them.")
	}
	return query, form
}

// auditPage reads one page of events, newest first. Newer events follow newer,
// older ones precede older; either is zero if there are none. A page reached
// from an older one starts with the oldest events that are newer.
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

func (c *call) getAudit() error { return c.showAudit(c.query()) }

// showAudit shows the events that the filters select, or what is wrong with the
// filters.
func (c *call) showAudit(q url.Values) error {
	query, form := auditQuery(q)
	p := AuditPage{Form: form, Filters: chosen(q, "area", "event", "outcome", "actor", "address", "target", "from", "until")}
	for _, area := range eventAreas() {
		p.Areas = append(p.Areas, view.Option{Value: area.ID, Label: area.Title, Chosen: area.ID == query.Area})
		for _, e := range area.Events {
			p.Names = append(p.Names, view.Option{Value: e.Code, Label: e.Code, Chosen: e.Code == query.Code})
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
		p.Events = append(p.Events, c.eventRow(e))
	}
	return c.show(http.StatusOK, p)
}

// named lets people filter by name or email address where events have ids.
func (c *call) named(q store.EventQuery) (store.EventQuery, error) {
	for _, id := range []*string{&q.ActorID, &q.TargetID} {
		var err error
		if *id, err = c.Desk.AuditSubject(c.ctx(), c.actor(), *id); err != nil {
			return q, err
		}
	}
	return q, nil
}
