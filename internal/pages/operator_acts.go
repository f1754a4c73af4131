package pages

import (
	"time"

	"github.com/postern-go/postern/internal/pages/samples"
	"github.com/postern-go/postern/internal/view"
)

// The pages of this file ask before they act on an operator, or show what the
// act has made.

// OperatorInvitationPage asks before an invitation is cancelled.
type OperatorInvitationPage struct {
	view.Form
	Person
	Invitation Invitation
}

func (OperatorInvitationPage) Template() string       { return "operator_invitation" }
func (p OperatorInvitationPage) crumbs() []view.Crumb { return p.below("Cancel invitation") }
func (OperatorInvitationPage) states() []samples.State {
	return []samples.State{{Name: "plain", Page: OperatorInvitationPage{Person: Person{Name: samples.ArabicName, Email: "sara@community.example", Path: "/operators/2"}, Invitation: Invitation{Sent: samples.Ago(time.Hour), Expires: samples.In(6 * 24 * time.Hour)}}}}
}

// OperatorSessionsPage ends sessions of an operator.
type OperatorSessionsPage struct {
	view.Form
	Person
	Sessions []Session
}

// Session is one signed-in browser.
type Session struct {
	// ID is what the form that ends it sends.
	ID string
	// Device is in words; see [view.Device].
	Device, Address string
	Since, LastSeen time.Time
}

func (OperatorSessionsPage) Template() string       { return "operator_sessions" }
func (p OperatorSessionsPage) crumbs() []view.Crumb { return p.below("Sessions") }

func (OperatorSessionsPage) states() []samples.State {
	return []samples.State{
		{Name: "none", Page: OperatorSessionsPage{Person: sampleGrace}},
		{Name: "several", Page: OperatorSessionsPage{Person: sampleGrace, Sessions: []Session{
			{"s1", "Firefox on Linux", "203.0.113.7", samples.Ago(2 * time.Hour), samples.Ago(time.Minute)},
			{"s2", "Safari on iPhone", "2001:db8:85a3:8d3:1319:8a2e:370:7348", samples.Ago(26 * time.Hour), samples.Ago(9 * time.Minute)},
		}}},
	}
}

// OperatorLinkPage asks before a one-time link is made.
type OperatorLinkPage struct {
	view.Form
	Person
	// Life is how long the link works.
	Life time.Duration
	// Member says that the community checks the operator's password, so that
	// the new one comes beside it.
	Member bool
}

func (OperatorLinkPage) Template() string       { return "operator_link" }
func (p OperatorLinkPage) crumbs() []view.Crumb { return p.below("One-time link") }
func (OperatorLinkPage) states() []samples.State {
	return []samples.State{
		{Name: "plain", Page: OperatorLinkPage{Person: sampleGrace, Life: 30 * time.Minute}},
		{Name: "member", Page: OperatorLinkPage{Person: sampleGrace, Life: 30 * time.Minute, Member: true}},
	}
}

// OperatorLinkShownPage shows a one-time link, once.
type OperatorLinkShownPage struct {
	Person
	Link    string
	Expires time.Time
	// Invitation says that the link is one, and not for a new password.
	Invitation bool
}

const sampleLink = "https://community.example/k7w3/reset#xq5Qm0sNw1B7u9tWq3RkZ2dVhJ6yP8fLcT4aEoIgKjM"

func (OperatorLinkShownPage) Template() string       { return "operator_link_shown" }
func (p OperatorLinkShownPage) crumbs() []view.Crumb { return p.below("One-time link") }
func (OperatorLinkShownPage) states() []samples.State {
	return []samples.State{
		{Name: "plain", Page: OperatorLinkShownPage{Person: sampleGrace, Link: sampleLink, Expires: samples.In(30 * time.Minute)}},
		{Name: "invitation", Page: OperatorLinkShownPage{Person: Person{Name: samples.LongName, Email: samples.LongEmail, Path: "/operators/4"}, Link: sampleLink, Expires: samples.In(7 * 24 * time.Hour), Invitation: true}},
	}
}

// OperatorPasswordPage asks before a temporary password is generated.
type OperatorPasswordPage struct {
	view.Form
	Person
	// Sessions are ended with it.
	Sessions int
}

func (OperatorPasswordPage) Template() string       { return "operator_password" }
func (p OperatorPasswordPage) crumbs() []view.Crumb { return p.below("Temporary password") }
func (OperatorPasswordPage) states() []samples.State {
	return []samples.State{{Name: "plain", Page: OperatorPasswordPage{Person: sampleGrace, Sessions: 2}}}
}

// OperatorPasswordShownPage shows a temporary password, once.
type OperatorPasswordShownPage struct {
	Person
	Password string
	// Expires is when it stops working unused; zero: never.
	Expires time.Time
}

func (OperatorPasswordShownPage) Template() string       { return "operator_password_shown" }
func (p OperatorPasswordShownPage) crumbs() []view.Crumb { return p.below("Temporary password") }
func (OperatorPasswordShownPage) states() []samples.State {
	return []samples.State{{Name: "plain", Page: OperatorPasswordShownPage{Person: sampleGrace, Password: "mT4x-9kWq-Lz7c-Rb2h", Expires: samples.In(24 * time.Hour)}}}
}

// OperatorTwoFactorPage asks before an operator's authenticators are removed.
type OperatorTwoFactorPage struct {
	view.Form
	Person
	// Reason is what was typed.
	Reason string
	// Required says that the next sign-in asks to add a new one.
	Required bool
}

func (OperatorTwoFactorPage) Template() string       { return "operator_two_factor" }
func (p OperatorTwoFactorPage) crumbs() []view.Crumb { return p.below("Reset two-factor") }
func (OperatorTwoFactorPage) states() []samples.State {
	return []samples.State{
		{Name: "required", Page: OperatorTwoFactorPage{Person: sampleGrace, Required: true}},
		{Name: "refused", Page: OperatorTwoFactorPage{
			Form: view.Form{Errors: []view.FieldError{{Field: "reason", Text: "Say why, so that others can see later that it was right."}}}, Person: sampleGrace,
		}},
	}
}

// OperatorDisablePage asks before an operator is kept out.
type OperatorDisablePage struct {
	view.Form
	Person
	Reason string
	// Sessions are ended with it.
	Sessions int
}

func (OperatorDisablePage) Template() string       { return "operator_disable" }
func (p OperatorDisablePage) crumbs() []view.Crumb { return p.below("Disable") }
func (OperatorDisablePage) states() []samples.State {
	return []samples.State{
		{Name: "plain", Page: OperatorDisablePage{Person: sampleGrace, Sessions: 2}},
		{Name: "refused", Page: OperatorDisablePage{
			Form: view.Form{Errors: []view.FieldError{{Text: "Grace is the last active super-administrator. Make somebody else one first."}}}, Person: sampleGrace, Reason: "Left the company.",
		}},
	}
}

// OperatorEnablePage asks before an operator is let in again.
type OperatorEnablePage struct {
	view.Form
	Person
	// Roles are the labels of what they then have.
	Roles []string
}

func (OperatorEnablePage) Template() string       { return "operator_enable" }
func (p OperatorEnablePage) crumbs() []view.Crumb { return p.below("Enable") }
func (OperatorEnablePage) states() []samples.State {
	return []samples.State{{Name: "plain", Page: OperatorEnablePage{Person: sampleGrace, Roles: []string{"Moderator", "Press"}}}}
}

// OperatorDeletePage asks before an operator is deleted.
type OperatorDeletePage struct {
	view.Form
	Person
	Reason string
	// Member is the linked member, who stays one; or empty.
	Member string
	// AuditKeep is for how long their audit entries are kept; zero is for ever.
	AuditKeep time.Duration
	// MayDisable leads to the page that only disables them.
	MayDisable bool
}

func (OperatorDeletePage) Template() string       { return "operator_delete" }
func (p OperatorDeletePage) crumbs() []view.Crumb { return p.below("Delete") }
func (OperatorDeletePage) states() []samples.State {
	return []samples.State{
		{Name: "member", Page: OperatorDeletePage{Person: sampleGrace, Member: "grace_h", MayDisable: true}},
		{Name: "hostile", Page: OperatorDeletePage{
			Form:   view.Form{Errors: []view.FieldError{{Field: "reason", Text: "Use at most 500 characters."}}},
			Person: Person{Name: samples.Hostile, Email: samples.Hostile, Path: samples.Hostile}, Reason: samples.Hostile, AuditKeep: 730 * 24 * time.Hour,
		}},
	}
}
