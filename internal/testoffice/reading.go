package testoffice

// Read is something that pages show of a record.
type Read struct {
	Record, Field string
	// With are the permissions that show it, each on its own. If empty, it is never
	// shown.
	With []string
	// Canary is the value that a test puts into the field and looks for.
	Canary string
}

var (
	seePeople    = []string{"operators.view", "operators.manage", "operators.reset_two_factor", "operators.see_as", "roles.manage"}
	managePeople = []string{"operators.manage"}
	seeAudit     = []string{"audit.view"}
	seeMail      = []string{"mail.view"}
)

// Reads are what pages show of the records of others. Documentation is written from
// it, and every page is compared with it.
var Reads = []Read{
	{"operator", "name", seePeople, "Canaria"},
	{"operator", "first letter and domain of the email address", []string{"operators.view", "operators.see_as", "roles.manage"}, "c…@example.org"},
	{"operator", "whole email address", []string{"operators.manage", "operators.reset_two_factor"}, "canaria@example.org"},
	{"operator", "linked member", seePeople, `/members/m-mel"`},
	{"operator", "password hash", nil, "canary-hash"},
	{"authenticator app", "label", nil, "canary-label"},
	{"authenticator app", "secret", nil, "canary-secret"},
	{"session", "IP address", managePeople, "198.51.100.77"},
	{"session", "browser", managePeople, "iPhone"},
	{"audit entry", "actor", seeAudit, "canary-actor"},
	{"audit entry", "about whom or what", seeAudit, "canary-target"},
	{"audit entry", "IP address", seeAudit, "203.0.113.99"},
	{"audit entry", "browser", seeAudit, "CanaryAgent"},
	{"audit entry", "reason", seeAudit, "canary-reason"},
	{"audit entry", "details", seeAudit, "canary-detail"},
	{"email", "first letter and domain of the recipient", seeMail, "c…@mails.example"},
	{"email", "whole address of the recipient", nil, "canary@mails.example"},
	{"email", "subject", seeMail, "canary-subject"},
	{"email", "the server's answer", seeMail, "canary-answer"},
	{"email", "text", nil, "canary-body"},
	{"parameters", "values", []string{"parameters.manage"}, "canary-parameter"},
}
