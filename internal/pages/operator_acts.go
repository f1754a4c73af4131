package pages

import (
	"time"

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

// OperatorLinkShownPage shows a one-time link, once.
type OperatorLinkShownPage struct {
	Person
	Link    string
	Expires time.Time
	// Invitation says that the link is one, and not for a new password.
	Invitation bool
}

func (OperatorLinkShownPage) Template() string       { return "operator_link_shown" }
func (p OperatorLinkShownPage) crumbs() []view.Crumb { return p.below("One-time link") }

// OperatorPasswordPage asks before a temporary password is generated.
type OperatorPasswordPage struct {
	view.Form
	Person
	// Sessions are ended with it.
	Sessions int
}

func (OperatorPasswordPage) Template() string       { return "operator_password" }
func (p OperatorPasswordPage) crumbs() []view.Crumb { return p.below("Temporary password") }

// OperatorPasswordShownPage shows a temporary password, once.
type OperatorPasswordShownPage struct {
	Person
	Password string
	// Expires is when it stops working unused; zero: never.
	Expires time.Time
}

func (OperatorPasswordShownPage) Template() string       { return "operator_password_shown" }
func (p OperatorPasswordShownPage) crumbs() []view.Crumb { return p.below("Temporary password") }

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

// OperatorEnablePage asks before an operator is let in again.
type OperatorEnablePage struct {
	view.Form
	Person
	// Roles are the labels of what they then have.
	Roles []string
}

func (OperatorEnablePage) Template() string       { return "operator_enable" }
func (p OperatorEnablePage) crumbs() []view.Crumb { return p.below("Enable") }

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
