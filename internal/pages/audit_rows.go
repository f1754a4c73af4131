package pages

import (
	"net/url"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// EventRow is one entry of the audit log.
type EventRow struct {
	Sentence Sentence
	// Title is in words, Code the stable name: "Signed in", "signin.succeeded". Path
	// leads to the entry, Href with the address of the office before it.
	Title, Code, Path, Href string
	At                      time.Time
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

// Trail leads to a part of the audit log: "Everything by Ada". Name is the name in it,
// or empty.
type Trail struct{ Text, Name, Path string }

// Plain reports whether the outcome needs no badge.
func (r EventRow) Plain() bool { return r.Level == view.LevelSuccess }

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
		Sentence: c.sentence(e), Title: eventTitle(e.Code), Code: e.Code, Path: eventPath(e.Seq), Href: c.base + eventPath(e.Seq), At: e.At,
		Actor: e.ActorName, Target: e.TargetName, IP: e.IP, Outcome: o.word, Level: o.level, Trails: c.trails(e),
	}
	if e.ActorID == desk.ActorSystem {
		row.Actor = "the office"
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
		if day := dayHeading(e.At, c.Desk.Now(), zone); day != last {
			row.Day, last = day, day
		}
		rows = append(rows, row)
	}
	return rows
}

// dayHeading is the day of a time: "Today", "Yesterday", "Monday 23 November", and the
// year unless it is this one. The script writes it for the reader's zone.
func dayHeading(t, now time.Time, zone *time.Location) string {
	t, now = t.In(zone), now.In(zone)
	day, today := midnight(t), midnight(now)
	switch {
	case day.Equal(today):
		return "Today"
	case day.Equal(today.AddDate(0, 0, -1)):
		return "Yesterday"
	case t.Year() == now.Year():
		return t.Format("Monday 2 January")
	}
	return t.Format("Monday 2 January 2006")
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
	add := func(text, name string, q url.Values) {
		list = append(list, Trail{text, name, c.base + "/audit?" + q.Encode()})
	}
	if e.SessionID != "" {
		add("Everything in this session", "", url.Values{"session": {e.SessionID}})
	}
	if e.ActorID != "" && e.ActorID != desk.ActorSystem && e.ActorID != desk.ActorCommandLine && e.ActorName != "" {
		add("Everything by", e.ActorName, url.Values{"person": {e.ActorID}, "as": {"by"}})
	}
	if e.TargetKind == "operator" && e.TargetName != "" {
		add("Everything about", e.TargetName, url.Values{"person": {e.TargetID}, "as": {"about"}})
	}
	if e.IP != "" {
		add("Everything from", e.IP, url.Values{"address": {e.IP}})
	}
	return list
}
