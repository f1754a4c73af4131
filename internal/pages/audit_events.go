package pages

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// AuditEventsPage explains every event name.
type AuditEventsPage struct{ Areas []EventArea }

// EventArea is the events of one area of the library's, or of one group of the host's. ID is the
// part of their names before the dot, or unlike any of those.
type EventArea struct {
	ID, Title string
	Events    []EventName
}

// EventName is one event and what it means.
type EventName struct{ Code, Meaning string }

func (AuditEventsPage) Template() string { return "audit_events" }

func (AuditEventsPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.audit"), Path: "/audit"}, {Label: in.Text("audit.events.title")}}
}

func (c *call) eventAreas() []EventArea {
	var areas []EventArea
	for _, code := range slices.Sorted(maps.Keys(desk.Events)) {
		area := store.Event{Code: code}.Area()
		if len(areas) == 0 || areas[len(areas)-1].ID != area {
			areas = append(areas, EventArea{ID: area, Title: c.areaTitle(area)})
		}
		last := &areas[len(areas)-1]
		last.Events = append(last.Events, EventName{code, c.say(desk.EventMeaning(code))})
	}
	own := len(areas)
	for _, k := range c.Desk.EventKinds() {
		title := c.say(k.Area())
		i := own
		for i < len(areas) && areas[i].Title != title {
			i++
		}
		if i == len(areas) {
			areas = append(areas, EventArea{ID: "host-" + strconv.Itoa(i-own), Title: title})
		}
		areas[i].Events = append(areas[i].Events, EventName{k.Code, c.say(c.Desk.EventMeaning(k.Code))})
	}
	return areas
}

// areas are the parts of the names before the dot.
func (a EventArea) areas() []string {
	var all []string
	for _, e := range a.Events {
		if area := (store.Event{Code: e.Code}).Area(); !slices.Contains(all, area) {
			all = append(all, area)
		}
	}
	return all
}

func (c *call) getAuditEvents() error {
	return c.show(http.StatusOK, AuditEventsPage{c.eventAreas()})
}
