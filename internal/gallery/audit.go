package gallery

import (
	"net/url"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func sampleEvents() []pages.EventRow {
	good, bad, failed := "Succeeded", "Refused", "Failed"
	return []pages.EventRow{
		{Title: "Signed in", Code: "signin.succeeded", Path: "/audit/1042", At: ago(2 * time.Minute), Actor: "Ada Lovelace", Target: "", IP: "203.0.113.7", Outcome: good, Level: view.LevelSuccess},
		{Title: "Sign-in refused", Code: "signin.refused", Path: "/audit/1041", At: ago(14 * time.Minute), Actor: "", Target: "Grace Hopper", IP: "2001:db8:85a3:8d3:1319:8a2e:370:7348", Outcome: bad, Level: view.LevelWarning},
		{Title: "Roles of an operator changed", Code: "operator.roles_changed", Path: "/audit/1040", At: ago(3 * time.Hour), Actor: "Ada Lovelace", Target: longName, IP: "203.0.113.7", Outcome: good, Level: view.LevelSuccess},
		{Title: "Parameters changed", Code: "parameters.changed", Path: "/audit/1039", At: ago(26 * time.Hour), Actor: arabicName, Target: "", IP: "203.0.113.7", Outcome: good, Level: view.LevelSuccess},
		{Title: "Email failed", Code: "mail.failed", Path: "/audit/1038", At: ago(50 * time.Hour), Actor: "the office", Target: "invitation", IP: "", Outcome: failed, Level: view.LevelDanger},
		{Title: hostile, Code: hostile, Path: hostile, At: ago(50 * 24 * time.Hour), Actor: hostile, Target: hostile, IP: hostile, Outcome: hostile, Level: ""},
	}
}

func auditPage() []state {
	areas := []view.Option{{Value: "signin", Label: "Sign-in"}, {Value: "operator", Label: "Operators"}, {Value: "parameters", Label: "Parameters", Chosen: true}}
	names := []view.Option{{Value: "signin.succeeded", Label: "signin.succeeded"}, {Value: "parameters.changed", Label: "parameters.changed", Chosen: true}}
	return []state{
		{Name: "filled", Page: pages.AuditPage{Events: sampleEvents(), Areas: areas[:2], Names: names[:1], Pager: pages.Pager{Next: "/audit?before=1037"}}},
		{Name: "filtered", Page: pages.AuditPage{Events: sampleEvents()[3:4], Areas: areas, Names: names,
			Filters: url.Values{"area": {"parameters"}, "event": {"parameters.changed"}, "outcome": {"success"}, "actor": {"sara@community.example"}, "address": {"203.0.113.7"}, "from": {"2026-03-01T00:00"}, "until": {"2026-03-14T09:00"}},
			Pager:   pages.Pager{Previous: "/audit?area=parameters"}}},
		{Name: "refused", Page: pages.AuditPage{Form: view.Form{Errors: []view.FieldError{{Field: "until", Text: "“Until” is before “From”. Swap them."}}}, Areas: areas, Names: names, Filters: url.Values{"from": {"2026-03-14T09:00"}, "until": {"2026-03-01T00:00"}}}},
		{Name: "none", Page: pages.AuditPage{Areas: areas[:2], Names: names[:1], Filters: url.Values{"outcome": {"refused"}}}},
	}
}

func auditEventPage() []state {
	rows := sampleEvents()
	return []state{
		{Name: "changes", Page: pages.AuditEventPage{
			EventRow: rows[3], Meaning: desk.Events["parameters.changed"].Meaning, ActorPath: "/operators/2", Device: "Firefox on Linux",
			Record:  desk.AuditRecord{Seq: 1039, UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Route: "POST /parameters", Request: "7Q2M-K4XD-P1ZR", Session: "s1"},
			Changes: []pages.Change{{Label: "password.min_length", Before: "15", After: "12"}, {Label: "password.max_age", Before: "", After: "90 days"}, {Label: "signin.paused_text", Before: hostile, After: ""}}, Newer: "/audit/1040", Older: "/audit/1038",
		}},
		{Name: "refused", Page: pages.AuditEventPage{
			EventRow: rows[1], Meaning: desk.Events["signin.refused"].Meaning, TargetPath: "/operators/3", Device: letters.Device(""),
			Record:  desk.AuditRecord{Seq: 1041, Route: "POST /login", Request: "7Q2M-K4XD-P1ZS", Reason: "wrong password"},
			Details: []pages.Detail{{Label: "Login hash", Value: "mJ3tQ9sZx1Yb7vKd"}, {Label: "Login length", Value: "12"}}, Older: "/audit/1040",
		}},
		{Name: "hostile", Page: pages.AuditEventPage{EventRow: rows[5], Meaning: hostile, Record: desk.AuditRecord{Seq: 12, UserAgent: hostile, Route: hostile, Reason: hostile}, Details: []pages.Detail{{Label: hostile, Value: hostile}}}},
	}
}

func auditVerifyPage() []state {
	from := ago(400 * 24 * time.Hour)
	return []state{
		{Name: "ask", Page: pages.AuditVerifyPage{Count: 1042}},
		{Name: "whole", Page: pages.AuditVerifyPage{Verdict: &desk.Verdict{Head: "1042:9f86d081884c7d65", Checked: 1042, FromAt: from, ToAt: Time}, Took: 3 * time.Second}},
		{Name: "broken", Page: pages.AuditVerifyPage{Verdict: &desk.Verdict{Checked: 637, FromAt: from, ToAt: ago(90 * 24 * time.Hour), Broken: 638, Problem: "The entry is missing."}, BrokenPath: "/audit/638"}},
	}
}

func auditEventsPage() []state {
	return one(pages.AuditEventsPage{Areas: []pages.EventArea{
		{ID: "signin", Title: "Sign-in", Events: []pages.EventName{{Code: "signin.succeeded", Meaning: "An operator signed in."}, {Code: "signin.refused", Meaning: desk.Events["signin.refused"].Meaning}}},
		{ID: "operator", Title: "Operators", Events: []pages.EventName{{Code: "operator.invited", Meaning: "Someone was invited to the office."}, {Code: "operator.invitation_cancelled", Meaning: "An invitation was cancelled."}}},
	}})
}
