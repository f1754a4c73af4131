package pages

import (
	"time"

	"github.com/postern-go/postern/internal/view"
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

// AuditVerifyPage checks the chain of the audit.
type AuditVerifyPage struct {
	// Result is what was found; empty asks whether to begin.
	Result VerifyResult
	// Checked counts the events that are as they were written, Took is how
	// long it took.
	Checked int
	Took    time.Duration
	// From and Until are the times of the first and the last event checked.
	From, Until time.Time
	// Broken is the first event that does not fit, with its page where it is
	// still there; Problem says in which way.
	Broken, BrokenPath, Problem string
	// Count is how many events there are to check.
	Count int
	// Head is the newest event, as a later check compares with it.
	Head string
}

// VerifyResult is how a check of the audit ended.
type VerifyResult string

const (
	VerifyWhole  VerifyResult = "whole"
	VerifyBroken VerifyResult = "broken"
	// VerifyStopped is that there was no answer: the store failed, or time ran
	// out.
	VerifyStopped VerifyResult = "stopped"
)

func (AuditVerifyPage) Template() string { return "audit_verify" }

func (AuditVerifyPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Audit", Path: "/audit"}, {Label: "Verify"}}
}

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
