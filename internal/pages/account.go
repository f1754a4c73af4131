package pages

import (
	"time"

	"github.com/postern-go/postern/internal/view"
)

// AccountPage is the operator's own account at a glance.
type AccountPage struct {
	Name, Email string
	// Roles are labels, the primary one first.
	Roles []string
	// Member is the name of the linked member of the community, or empty.
	Member string
	// PasswordSet is when the password was chosen; zero means that there is
	// none here.
	PasswordSet time.Time
	// MemberPassword says that the community checks the password.
	MemberPassword bool
	TwoFactor      bool
	// CodesLeft counts unused recovery codes, Sessions live sessions, this one
	// included.
	CodesLeft, Sessions int
}

func (AccountPage) Template() string { return "account" }

// AccountNamePage changes what the operator is called.
type AccountNamePage struct {
	view.Form
	// Name is what was typed.
	Name string
}

func (AccountNamePage) Template() string { return "account_name" }
