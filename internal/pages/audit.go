package pages

import (
	"time"

	"github.com/postern-go/postern/internal/pages/samples"
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

func sampleEvents() []EventRow {
	good, bad, failed := "Success", "Refused", "Failed"
	return []EventRow{
		{"Signed in", "signin.succeeded", "/audit/1042", samples.Ago(2 * time.Minute), "Ada Lovelace", "", "203.0.113.7", good, view.LevelSuccess},
		{"Sign-in refused", "signin.refused", "/audit/1041", samples.Ago(14 * time.Minute), "", "Grace Hopper", "2001:db8:85a3:8d3:1319:8a2e:370:7348", bad, view.LevelWarning},
		{"Roles changed", "operator.roles_changed", "/audit/1040", samples.Ago(3 * time.Hour), "Ada Lovelace", samples.LongName, "203.0.113.7", good, view.LevelSuccess},
		{"Parameters changed", "parameters.changed", "/audit/1039", samples.Ago(26 * time.Hour), samples.ArabicName, "", "203.0.113.7", good, view.LevelSuccess},
		{"Mail failed", "mail.failed", "/audit/1038", samples.Ago(50 * time.Hour), "the office", "sara@community.example", "", failed, view.LevelDanger},
		{samples.Hostile, samples.Hostile, samples.Hostile, samples.Ago(50 * 24 * time.Hour), samples.Hostile, samples.Hostile, samples.Hostile, samples.Hostile, ""},
	}
}

func (AuditPage) states() []samples.State {
	areas := []view.Option{{Value: "signin", Label: "Signing in"}, {Value: "operator", Label: "Operators"}, {Value: "parameters", Label: "Parameters", Chosen: true}}
	names := []view.Option{{Value: "signin.succeeded", Label: "signin.succeeded"}, {Value: "parameters.changed", Label: "parameters.changed", Chosen: true}}
	return []samples.State{
		{Name: "filled", Page: AuditPage{Events: sampleEvents(), Areas: areas[:2], Names: names[:1], MayExport: true, Pager: Pager{Next: "/audit?before=1037"}}},
		{Name: "filtered", Page: AuditPage{Events: sampleEvents()[3:4], Areas: areas, Names: names, Outcome: "success", Actor: "sara@community.example", Address: "203.0.113.7", From: "2026-03-01T00:00", Until: "2026-03-14T09:00",
			Filtered: true, MayExport: true, Fields: []Hidden{{"area", "parameters"}, {"outcome", "success"}}, Pager: Pager{Previous: "/audit?area=parameters"}}},
		{Name: "refused", Page: AuditPage{Form: view.Form{Errors: []view.FieldError{{Field: "until", Text: "“Until” lies before “From”. Swap the two."}}}, Areas: areas, Names: names, From: "2026-03-14T09:00", Until: "2026-03-01T00:00", Filtered: true}},
		{Name: "none", Page: AuditPage{Areas: areas[:2], Names: names[:1], Outcome: "refused", Filtered: true, MayExport: true}},
	}
}

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

func (AuditEventPage) states() []samples.State {
	rows := sampleEvents()
	return []samples.State{
		{Name: "changes", Page: AuditEventPage{
			EventRow: rows[3], Seq: "1039", Text: "The rules of the office were changed.", ActorPath: "/operators/2", Device: "Firefox on Linux", Browser: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
			Route: "POST /parameters", RequestID: "7Q2M-K4XD-P1ZR", Session: "s1",
			Changes: []Change{{"password.min_length", "15", "12"}, {"password.max_age", "", "90 days"}, {"signin.paused_text", samples.Hostile, ""}}, Newer: "/audit/1040", Older: "/audit/1038",
		}},
		{Name: "refused", Page: AuditEventPage{
			EventRow: rows[1], Seq: "1041", Text: "A sign-in was refused; the reason is kept here and shown to nobody.", TargetPath: "/operators/3", Device: "A browser we do not know", Route: "POST /login", RequestID: "7Q2M-K4XD-P1ZS",
			Reason: "The password was wrong.", Details: []Detail{{"login_hash", "mJ3tQ9sZx1Yb7vKd"}, {"failures", "3"}}, Older: "/audit/1040",
		}},
		{Name: "hostile", Page: AuditEventPage{EventRow: rows[5], Seq: "12", Text: samples.Hostile, Browser: samples.Hostile, Route: samples.Hostile, Reason: samples.Hostile, Details: []Detail{{samples.Hostile, samples.Hostile}}}},
	}
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

func (AuditVerifyPage) states() []samples.State {
	from := samples.Ago(400 * 24 * time.Hour)
	return []samples.State{
		{Name: "ask", Page: AuditVerifyPage{Count: 1042}},
		{Name: "whole", Page: AuditVerifyPage{Result: VerifyWhole, Head: "1042:9f86d081884c7d65", Checked: 1042, Took: 3 * time.Second, From: from, Until: samples.Time}},
		{Name: "broken", Page: AuditVerifyPage{Result: VerifyBroken, Checked: 637, Took: 2 * time.Second, From: from, Until: samples.Ago(90 * 24 * time.Hour), Broken: "638", BrokenPath: "/audit/638", Problem: "The row is missing."}},
		{Name: "stopped", Page: AuditVerifyPage{Result: VerifyStopped, Checked: 500, Took: time.Minute}},
	}
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

func (AuditEventsPage) states() []samples.State {
	return []samples.State{{Name: "plain", Page: AuditEventsPage{Areas: []EventArea{
		{"signin", "Signing in", []EventName{{"signin.succeeded", "An operator signed in."}, {"signin.refused", "A sign-in was refused; the reason is kept here and shown to nobody."}, {"signin.names_per_address_limited", "Too many names failed from one address."}}},
		{"operator", "Operators", []EventName{{"operator.invited", "Somebody was invited to the office."}, {"operator.roles_changed", "An operator’s roles were changed."}}},
	}}}}
}
