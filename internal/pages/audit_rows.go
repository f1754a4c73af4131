package pages

import (
	"cmp"
	"net/url"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// EventRow is one entry of the audit log.
type EventRow struct {
	Sentence Sentence
	// Code is the stable name: "signin.succeeded". Path leads to the entry, Href with the
	// address of the office before it.
	Code, Path, Href string
	At               time.Time
	// Day is the heading above the first entry of a day: "Today"; otherwise empty.
	Day string
	// Actor and Target are names as they were at the time; empty if unknown.
	Actor, Target, IP string
	// Outcome is a word, and Level its colour.
	Outcome string
	Level   view.Level
	// Trails lead to more of the same, by complete paths.
	Trails []Trail
}

// Trail leads to a part of the audit log: "Everything by Ada". Name is the name in it, or
// empty, between what is said Before and After it.
type Trail struct{ Before, Name, After, Path string }

// Plain reports whether the outcome needs no badge.
func (r EventRow) Plain() bool { return r.Level == view.LevelSuccess }

// outcomes are the levels of the outcomes of events. What one is called is the message
// "audit.outcome." with its code.
var outcomes = map[string]view.Level{
	desk.Success: view.LevelSuccess, desk.Failure: view.LevelDanger, desk.Refused: view.LevelWarning,
	desk.Begun: view.LevelInfo, desk.Unsettled: view.LevelWarning,
}

func (c *call) eventRow(e store.Event) EventRow {
	row := EventRow{
		Sentence: c.sentence(e), Code: e.Code, Path: eventPath(e.Seq), Href: c.base + eventPath(e.Seq), At: e.At,
		Actor: e.ActorName, Target: e.TargetName, IP: e.IP, Level: outcomes[e.Outcome], Trails: c.trails(e),
	}
	if row.Level != "" {
		row.Outcome = c.t("audit.outcome." + e.Outcome)
	}
	switch e.ActorID {
	case desk.ActorSystem:
		row.Actor = c.t("event.office")
	case desk.ActorCommandLine:
		row.Actor = c.t("event.command_line")
	}
	if job := desk.JobOf(e.ActorID); job != "" {
		row.Actor = c.t("event.job", "name", job)
	}
	if row.Target == "" && !desk.Events[e.Code] {
		row.Target = e.TargetID
	}
	return row
}

func eventPath(seq int64) string { return "/audit/" + strconv.FormatInt(seq, 10) }

// trail is events as rows, with their days in a zone as headings.
func (c *call) trail(events []store.Event, zone *time.Location) []EventRow {
	var rows []EventRow
	last := ""
	for _, e := range events {
		row := c.eventRow(e)
		if day := c.dayHeading(e.At, c.Desk.Now(), zone); day != last {
			row.Day, last = day, day
		}
		rows = append(rows, row)
	}
	return rows
}

// dayHeading is the day of a time: "Today", "Yesterday", "Monday 23 November", and the
// year unless it is this one. The script writes it for the reader's zone.
func (c *call) dayHeading(t, now time.Time, zone *time.Location) string {
	t, now = t.In(zone), now.In(zone)
	day, today := midnight(t), midnight(now)
	switch {
	case day.Equal(today):
		return c.t("audit.day.today")
	case day.Equal(today.AddDate(0, 0, -1)):
		return c.t("audit.day.yesterday")
	case t.Year() == now.Year():
		return c.words().Date(onWall(t, "audit.day"))
	}
	return c.words().Date(onWall(t, "audit.day.year"))
}

// onWall is a time in a form as clocks in its zone show it.
func onWall(t time.Time, form messages.DateForm) messages.Date {
	_, offset := t.Zone()
	return messages.Date{At: t.Add(time.Duration(offset) * time.Second), Form: form}
}

// midnight is when the day of a time begins, in its zone.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// trails lead to everything in the session of an event, by its actor and about its
// target.
func (c *call) trails(e store.Event) []Trail {
	if !c.identity.Can(desk.PermissionAuditView) {
		return nil
	}
	var list []Trail
	add := func(key, name string, q url.Values) {
		t := Trail{Path: c.base + "/audit?" + q.Encode()}
		for _, p := range c.words().Pieces(key, 0) {
			switch {
			case p.Arg != "":
				t.Name = name
			case t.Name == "":
				t.Before = p.Text
			default:
				t.After = p.Text
			}
		}
		list = append(list, t)
	}
	if e.SessionID != "" {
		add("audit.trail.session", "", url.Values{"session": {e.SessionID}})
	}
	if e.ActorID != "" && (!desk.NotOperator(e.ActorID) || desk.JobOf(e.ActorID) != "") && e.ActorName != "" {
		add("audit.trail.by", e.ActorName, url.Values{"person": {e.ActorID}, "as": {"by"}})
	}
	if e.TargetKind == "operator" && e.TargetName != "" {
		add("audit.trail.about", e.TargetName, url.Values{"person": {e.TargetID}, "as": {"about"}})
	}
	if e.TargetKind != "operator" && e.TargetID != "" && !desk.Events[e.Code] {
		add("audit.trail.about", cmp.Or(e.TargetName, e.TargetID), url.Values{"kind": {e.Area()}, "about": {e.TargetID}})
	}
	if e.IP != "" {
		add("audit.trail.from", e.IP, url.Values{"address": {e.IP}})
	}
	return list
}
