package pages

import (
	"time"

	"github.com/postern-go/postern/internal/view"
)

// Person is the operator that a page is about.
type Person struct {
	Name, Email string
	// Path is the operator's page, "/operators/1".
	Path string
}

func (p Person) below(label string) []view.Crumb {
	return []view.Crumb{{Label: "Operators", Path: "/operators"}, {Label: p.Name, Path: p.Path}, {Label: label}}
}

// OperatorPage is everything about one operator.
type OperatorPage struct {
	Person
	// State is a word, "Active", and Level its colour.
	State string
	Level view.Level
	// Self says that the reader looks at themselves.
	Self bool
	// Refusal says why the reader may not act on this operator; empty when
	// they may.
	Refusal string
	// Kept says why the operator can be neither disabled nor deleted; empty
	// when they can.
	Kept string

	// Member is the linked member of the community, or empty.
	Member, MemberPath string
	// CreatedBy is a name, empty for the command line.
	CreatedBy             string
	CreatedAt, LastActive time.Time
	Roles                 []RoleHeld

	// Password is where it is and PasswordSet when it was chosen.
	Password    PasswordPlace
	PasswordSet time.Time
	// MustChange says that the present password is a temporary one.
	MustChange bool
	// TemporaryUntil is when it stops signing in; zero leaves that out.
	// TemporaryOver says that it has.
	TemporaryUntil time.Time
	TemporaryOver  bool
	// Authenticators and CodesLeft are counted; Required says that two-factor
	// authentication is a must.
	Authenticators, CodesLeft int
	Required                  bool
	// LockedUntil is zero when too many failures do not keep them out.
	LockedUntil time.Time
	Sessions    int
	// Invitation is set while one is open, or has ended unused.
	Invitation *Invitation
	// Mails and Events are the last few, newest first; nil to who may not see
	// them. MailsPath lists the rest of the mails; empty leaves the link out.
	Mails     []MailRow
	Events    []EventRow
	MailsPath string
	// DidPath and DonePath are the audit of what they did and of what was done to
	// them; empty to who may not see it.
	DidPath, DonePath string
	May               OperatorRights
}

// RoleHeld is a role that somebody has.
type RoleHeld struct {
	Label, Text string
	// Path is the role's page; empty leaves the link out.
	Path    string
	Primary bool
}

// PasswordPlace says who checks an operator's password.
type PasswordPlace string

const (
	// PasswordNone is that there is none yet. It is the meaning of "".
	PasswordNone PasswordPlace = "none"
	// PasswordHere is one of the back office.
	PasswordHere PasswordPlace = "here"
	// PasswordCommunity is that of the community.
	PasswordCommunity PasswordPlace = "community"
)

// Invitation is one that was sent and not used.
type Invitation struct {
	Sent, Expires time.Time
	// Expired says that Expires has passed.
	Expired bool
}

// OperatorRights are what the reader may do to the operator; each shows a
// button.
type OperatorRights struct {
	Roles, Name, Email, Unlock, EndSessions        bool
	Invitation, ResetMail, Link, TemporaryPassword bool
	TwoFactor, Disable, Enable, Delete             bool
}

func (OperatorPage) Template() string { return "operator" }

func (p OperatorPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Operators", Path: "/operators"}, {Label: p.Name}}
}
