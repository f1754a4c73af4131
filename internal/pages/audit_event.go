package pages

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// AuditEventPage is everything about one event.
type AuditEventPage struct {
	EventRow
	Seq string
	// Text says what the event means.
	Text string
	// ActorPath and TargetPath lead to operators that still exist.
	ActorPath, TargetPath string
	// Device is in words; Browser is what it said itself.
	Device, Browser           string
	Route, RequestID, Session string
	Reason                    string
	Changes                   []Change
	Details                   []Detail
	// Newer and Older are the neighbours, or empty.
	Newer, Older string
}

// Change is a value before and after. An empty value is none.
type Change struct{ Label, Before, After string }

// Detail is something more that is known.
type Detail struct{ Label, Value string }

func (AuditEventPage) Template() string { return "audit_event" }

func (p AuditEventPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Audit", Path: "/audit"}, {Label: p.Title}}
}

// getAuditEvent shows one event.
func (c *call) getAuditEvent() error {
	seq, err := strconv.ParseInt(c.id(), 10, 64)
	if err != nil || seq < 1 {
		return desk.ErrNotFound
	}
	e, err := c.Desk.AuditEvent(c.ctx(), c.actor(), seq)
	if err != nil {
		return err
	}
	p := AuditEventPage{
		EventRow: eventRow(e), Seq: c.id(), Text: desk.Events[e.Code].Meaning, Device: view.Device(e.UserAgent), Browser: e.UserAgent,
		Route: e.Route, RequestID: e.RequestID, Session: e.SessionID, Reason: e.Reason,
	}
	if c.identity.Can(desk.PermissionOperatorsView) {
		p.ActorPath, p.TargetPath = c.operatorLink(e.ActorID), ""
		if e.TargetKind == "operator" {
			p.TargetPath = c.operatorLink(e.TargetID)
		}
	}
	before, after := e.Detail["before"], e.Detail["after"]
	if before != "" || after != "" {
		p.Changes = append(p.Changes, Change{Label: "Change", Before: before, After: after})
	}
	for _, name := range slices.Sorted(maps.Keys(e.Detail)) {
		value := e.Detail[name]
		if from, to, ok := strings.Cut(value, " → "); ok {
			p.Changes = append(p.Changes, Change{Label: name, Before: from, After: to})
		} else if name != "before" && name != "after" {
			p.Details = append(p.Details, Detail{Label: words(name), Value: value})
		}
	}
	p.Newer, p.Older = c.eventPath(seq+1), c.eventPath(seq-1)
	return c.show(http.StatusOK, p)
}

// eventPath is the page of an event that is there; old ones are deleted.
func (c *call) eventPath(seq int64) string {
	if _, err := c.Desk.AuditEvent(c.ctx(), c.actor(), seq); err != nil {
		return ""
	}
	return "/audit/" + version(seq)
}

// operatorLink is the page of an operator who still exists.
func (c *call) operatorLink(id string) string {
	if id == "" || id == desk.ActorSystem || id == desk.ActorCommandLine {
		return ""
	}
	if _, err := c.Desk.FindOperator(c.ctx(), c.actor(), id); err != nil {
		return ""
	}
	return operatorPath(id)
}
