package pages

import (
	"time"

	"github.com/postern-go/postern/internal/pages/samples"
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

var sampleGrace = Person{Name: "Grace Hopper", Email: "grace@community.example", Path: "/operators/3"}

func (OperatorPage) states() []samples.State {
	every := OperatorRights{Roles: true, Name: true, Email: true, EndSessions: true, ResetMail: true, Link: true, TwoFactor: true, Disable: true, Delete: true}
	locked := every
	locked.Unlock, locked.TemporaryPassword = true, true
	invited := OperatorRights{Roles: true, Name: true, Invitation: true, Delete: true}
	disabled := OperatorRights{Roles: true, Enable: true, Delete: true}
	moderator := []RoleHeld{{Label: "Moderator", Text: "Decides on reported posts and members.", Path: "/roles/moderator", Primary: true}}
	return []samples.State{
		{Name: "active", Page: OperatorPage{
			Person: sampleGrace, State: "Active", Level: view.LevelSuccess, CreatedBy: "Ada Lovelace", CreatedAt: samples.Ago(200 * 24 * time.Hour), LastActive: samples.Ago(9 * time.Minute),
			Member: "grace_h", MemberPath: "/members/77",
			Roles:    append(moderator, RoleHeld{Label: "Press", Text: "Publishes announcements.", Path: "/roles/press"}),
			Password: PasswordHere, PasswordSet: samples.Ago(40 * 24 * time.Hour), Authenticators: 1, CodesLeft: 8, Required: true, Sessions: 2,
			Mails: sampleMails()[:2], Events: sampleEvents()[:4], MailsPath: "/mail?operator=3", DidPath: "/audit?actor=3", DonePath: "/audit?target=3", May: every,
		}},
		{Name: "locked", Page: OperatorPage{
			Person: Person{Name: samples.LongName, Email: samples.LongEmail, Path: "/operators/4"}, State: "Locked", Level: view.LevelDanger, CreatedAt: samples.Ago(20 * 24 * time.Hour), LastActive: samples.Ago(72 * time.Hour),
			Roles: moderator, Password: PasswordHere, PasswordSet: samples.Ago(time.Hour), MustChange: true, TemporaryUntil: samples.In(23 * time.Hour), Required: true, LockedUntil: samples.In(12 * time.Minute),
			Mails: sampleMails()[2:], Events: sampleEvents()[4:], May: locked,
		}},
		{Name: "invited", Page: OperatorPage{
			Person: Person{Name: samples.ArabicName, Email: "sara@community.example", Path: "/operators/2"}, State: "Invited", Level: view.LevelInfo, CreatedBy: "Ada Lovelace", CreatedAt: samples.Ago(24 * time.Hour),
			Roles: moderator, Required: true, Invitation: &Invitation{Sent: samples.Ago(24 * time.Hour), Expires: samples.In(6 * 24 * time.Hour)}, Mails: sampleMails()[:1], Events: []EventRow{}, May: invited,
		}},
		{Name: "expired", Page: OperatorPage{
			Person: Person{Name: "Mary Somerville", Email: "mary@community.example", Path: "/operators/5"}, State: "Invitation expired", Level: view.LevelWarning, CreatedAt: samples.Ago(8 * 24 * time.Hour),
			Invitation: &Invitation{Sent: samples.Ago(8 * 24 * time.Hour), Expires: samples.Ago(24 * time.Hour), Expired: true}, May: invited,
		}},
		{Name: "disabled", Page: OperatorPage{
			Person: sampleGrace, State: "Disabled", CreatedAt: samples.Ago(200 * 24 * time.Hour), LastActive: samples.Ago(90 * 24 * time.Hour), Member: "grace_h", Roles: moderator, Password: PasswordCommunity, Authenticators: 2, CodesLeft: 10, May: disabled,
		}},
		{Name: "temporary", Page: OperatorPage{
			Person: sampleGrace, State: "Active", Level: view.LevelSuccess, CreatedAt: samples.Ago(200 * 24 * time.Hour), LastActive: samples.Ago(90 * time.Hour),
			Roles: moderator, Password: PasswordHere, PasswordSet: samples.Ago(72 * time.Hour), MustChange: true, TemporaryUntil: samples.Ago(48 * time.Hour), TemporaryOver: true, May: every,
		}},
		{Name: "self", Page: OperatorPage{
			Person: Person{Name: "Ada Lovelace", Email: "ada@community.example", Path: "/operators/1"}, State: "Active", Level: view.LevelSuccess, Self: true, CreatedAt: samples.Ago(900 * 24 * time.Hour), LastActive: samples.Time,
			Kept: "Ada is the last active super-administrator. Make somebody else one first.", Roles: []RoleHeld{{Label: "Super-administrator", Text: "May do everything.", Path: "/roles/super-administrator", Primary: true}},
			Password: PasswordHere, PasswordSet: samples.Ago(12 * 24 * time.Hour), Authenticators: 1, CodesLeft: 10, Required: true, Sessions: 3, Events: sampleEvents()[:1], May: OperatorRights{Roles: true},
		}},
		{Name: "above", Page: OperatorPage{
			Person: Person{Name: samples.Hostile, Email: samples.Hostile, Path: samples.Hostile}, State: "Active", Level: view.LevelSuccess, CreatedBy: samples.Hostile, Member: samples.Hostile, CreatedAt: samples.Ago(time.Hour), LastActive: samples.Ago(time.Hour),
			Refusal: "They hold more than you do, so you can look, but not change anything.", Roles: []RoleHeld{{Label: samples.Hostile, Text: samples.Hostile, Primary: true}}, Password: PasswordCommunity,
		}},
	}
}
