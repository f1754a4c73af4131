package pages

import (
	"maps"
	"net/http"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// AuditEventsPage documents every event name.
type AuditEventsPage struct{ Areas []EventArea }

// EventArea is the events of one area. ID is what stands before the dot.
type EventArea struct {
	ID, Title string
	Events    []EventName
}

// EventName is one event and what it means.
type EventName struct{ Code, Text string }

func (AuditEventsPage) Template() string { return "audit_events" }

func (AuditEventsPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Audit", Path: "/audit"}, {Label: "Event names"}}
}

// getAuditEvents explains the names of events.
func (c *call) getAuditEvents() error {
	var p AuditEventsPage
	for _, code := range slices.Sorted(maps.Keys(desk.Events)) {
		area := store.Event{Code: code}.Area()
		if len(p.Areas) == 0 || p.Areas[len(p.Areas)-1].ID != area {
			p.Areas = append(p.Areas, EventArea{ID: area, Title: areaTitle(area)})
		}
		last := &p.Areas[len(p.Areas)-1]
		last.Events = append(last.Events, EventName{Code: code, Text: desk.Events[code].Meaning})
	}
	return c.show(http.StatusOK, p)
}
