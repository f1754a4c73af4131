package pages

import (
	"maps"
	"net/http"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// AuditEventsPage explains every event name.
type AuditEventsPage struct{ Areas []EventArea }

// EventArea is the events of one area. ID is the part of their names before the
// dot.
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
	return areas
}

func (c *call) getAuditEvents() error {
	return c.show(http.StatusOK, AuditEventsPage{c.eventAreas()})
}
