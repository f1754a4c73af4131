package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func sampleEvents() []pages.EventRow {
	good, bad, failed := "Success", "Refused", "Failed"
	return []pages.EventRow{
		{Title: "Signed in", Code: "signin.succeeded", Path: "/audit/1042", At: ago(2 * time.Minute), Actor: "Ada Lovelace", Target: "", Address: "203.0.113.7", Outcome: good, Level: view.LevelSuccess},
		{Title: "Sign-in refused", Code: "signin.refused", Path: "/audit/1041", At: ago(14 * time.Minute), Actor: "", Target: "Grace Hopper", Address: "2001:db8:85a3:8d3:1319:8a2e:370:7348", Outcome: bad, Level: view.LevelWarning},
		{Title: "Roles changed", Code: "operator.roles_changed", Path: "/audit/1040", At: ago(3 * time.Hour), Actor: "Ada Lovelace", Target: longName, Address: "203.0.113.7", Outcome: good, Level: view.LevelSuccess},
		{Title: "Parameters changed", Code: "parameters.changed", Path: "/audit/1039", At: ago(26 * time.Hour), Actor: arabicName, Target: "", Address: "203.0.113.7", Outcome: good, Level: view.LevelSuccess},
		{Title: "Mail failed", Code: "mail.failed", Path: "/audit/1038", At: ago(50 * time.Hour), Actor: "the office", Target: "sara@community.example", Address: "", Outcome: failed, Level: view.LevelDanger},
		{Title: hostile, Code: hostile, Path: hostile, At: ago(50 * 24 * time.Hour), Actor: hostile, Target: hostile, Address: hostile, Outcome: hostile, Level: ""},
	}
}

func auditPage() []state {
	areas := []view.Option{{Value: "signin", Label: "Signing in"}, {Value: "operator", Label: "Operators"}, {Value: "parameters", Label: "Parameters", Chosen: true}}
	names := []view.Option{{Value: "signin.succeeded", Label: "signin.succeeded"}, {Value: "parameters.changed", Label: "parameters.changed", Chosen: true}}
	return []state{
		{Name: "filled", Page: pages.AuditPage{Events: sampleEvents(), Areas: areas[:2], Names: names[:1], MayExport: true, Pager: pages.Pager{Next: "/audit?before=1037"}}},
		{Name: "filtered", Page: pages.AuditPage{Events: sampleEvents()[3:4], Areas: areas, Names: names, Outcome: "success", Actor: "sara@community.example", Address: "203.0.113.7", From: "2026-03-01T00:00", Until: "2026-03-14T09:00",
			Filtered: true, MayExport: true, Fields: []pages.Hidden{{Name: "area", Value: "parameters"}, {Name: "outcome", Value: "success"}}, Pager: pages.Pager{Previous: "/audit?area=parameters"}}},
		{Name: "refused", Page: pages.AuditPage{Form: view.Form{Errors: []view.FieldError{{Field: "until", Text: "“Until” lies before “From”. Swap the two."}}}, Areas: areas, Names: names, From: "2026-03-14T09:00", Until: "2026-03-01T00:00", Filtered: true}},
		{Name: "none", Page: pages.AuditPage{Areas: areas[:2], Names: names[:1], Outcome: "refused", Filtered: true, MayExport: true}},
	}
}

func auditEventPage() []state {
	rows := sampleEvents()
	return []state{
		{Name: "changes", Page: pages.AuditEventPage{
			EventRow: rows[3], Seq: "1039", Text: "The rules of the office were changed.", ActorPath: "/operators/2", Device: "Firefox on Linux", Browser: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
			Route: "POST /parameters", RequestID: "7Q2M-K4XD-P1ZR", Session: "s1",
			Changes: []pages.Change{{Label: "password.min_length", Before: "15", After: "12"}, {Label: "password.max_age", Before: "", After: "90 days"}, {Label: "signin.paused_text", Before: hostile, After: ""}}, Newer: "/audit/1040", Older: "/audit/1038",
		}},
		{Name: "refused", Page: pages.AuditEventPage{
			EventRow: rows[1], Seq: "1041", Text: "A sign-in was refused; the reason is kept here and shown to nobody.", TargetPath: "/operators/3", Device: "A browser we do not know", Route: "POST /login", RequestID: "7Q2M-K4XD-P1ZS",
			Reason: "The password was wrong.", Details: []pages.Detail{{Label: "login_hash", Value: "mJ3tQ9sZx1Yb7vKd"}, {Label: "failures", Value: "3"}}, Older: "/audit/1040",
		}},
		{Name: "hostile", Page: pages.AuditEventPage{EventRow: rows[5], Seq: "12", Text: hostile, Browser: hostile, Route: hostile, Reason: hostile, Details: []pages.Detail{{Label: hostile, Value: hostile}}}},
	}
}

func auditVerifyPage() []state {
	from := ago(400 * 24 * time.Hour)
	return []state{
		{Name: "ask", Page: pages.AuditVerifyPage{Count: 1042}},
		{Name: "whole", Page: pages.AuditVerifyPage{Result: pages.VerifyWhole, Head: "1042:9f86d081884c7d65", Checked: 1042, Took: 3 * time.Second, From: from, Until: Time}},
		{Name: "broken", Page: pages.AuditVerifyPage{Result: pages.VerifyBroken, Checked: 637, Took: 2 * time.Second, From: from, Until: ago(90 * 24 * time.Hour), Broken: "638", BrokenPath: "/audit/638", Problem: "The row is missing."}},
		{Name: "stopped", Page: pages.AuditVerifyPage{Result: pages.VerifyStopped, Checked: 500, Took: time.Minute}},
	}
}

func auditEventsPage() []state {
	return []state{{Name: "plain", Page: pages.AuditEventsPage{Areas: []pages.EventArea{
		{ID: "signin", Title: "Signing in", Events: []pages.EventName{{Code: "signin.succeeded", Text: "An operator signed in."}, {Code: "signin.refused", Text: "A sign-in was refused; the reason is kept here and shown to nobody."}, {Code: "signin.names_per_address_limited", Text: "Too many names failed from one address."}}},
		{ID: "operator", Title: "Operators", Events: []pages.EventName{{Code: "operator.invited", Text: "Somebody was invited to the office."}, {Code: "operator.roles_changed", Text: "An operator’s roles were changed."}}},
	}}}}
}
