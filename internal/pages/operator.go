package pages

import (
	"net/http"
	"net/url"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

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

// lookOnly says why nothing can be changed.
const lookOnly = "Your roles let you look, not change."

// getOperator shows an operator.
func (c *call) getOperator() error {
	ctx, actor := c.ctx(), c.actor()
	o, err := c.Desk.Operator(ctx, actor, c.id())
	if err != nil {
		return err
	}
	p := OperatorPage{
		Person: person(o.Operator), State: states[o.Show].word, Level: states[o.Show].level, Self: o.ID == c.identity.Operator.ID,
		Member: o.MemberID, CreatedBy: o.CreatedByName, CreatedAt: o.CreatedAt, LastActive: o.LastActiveAt,
		PasswordSet: o.PasswordSetAt, MustChange: o.MustChangePassword, TemporaryUntil: o.TemporaryUntil, TemporaryOver: o.TemporaryOver, Authenticators: o.Factors, CodesLeft: o.CodesLeft,
		Required: o.MustHaveTwoFactor, Sessions: o.Sessions, Kept: o.Kept,
	}
	if o.Show == store.ShowLocked {
		p.LockedUntil = o.LockedUntil
	}
	switch {
	case o.PasswordElsewhere:
		p.Password = PasswordCommunity
	case o.HasPassword:
		p.Password = PasswordHere
	}
	if o.MemberID != "" && c.Desk.CanSearchMembers() {
		p.MemberPath = "/members/" + url.PathEscape(o.MemberID)
	}
	for _, r := range o.Roles {
		p.Roles = append(p.Roles, RoleHeld{Label: r.Name, Text: r.Description, Path: "/roles/" + url.PathEscape(r.ID), Primary: r.ID == o.PrimaryRole})
	}
	if o.State == store.OperatorInvited {
		p.Invitation = &Invitation{Sent: o.UpdatedAt, Expires: o.InviteExpiresAt, Expired: o.Show == store.ShowExpired}
	}
	switch {
	case !c.identity.Can(desk.PermissionOperatorsManage) && !c.identity.Can(desk.PermissionTwoFactorReset):
		p.Refusal = lookOnly
	case !o.Within:
		p.Refusal = "This operator holds more than you do, so you cannot act on them."
	}
	for _, m := range o.Mails {
		p.Mails = append(p.Mails, mailRow(m))
	}
	for _, e := range o.Events {
		p.Events = append(p.Events, eventRow(e))
	}
	if c.identity.Can(desk.PermissionAuditView) {
		p.DidPath, p.DonePath = auditOf("actor", o.Name), auditOf("target", o.Name)
	}
	if len(p.Mails) > 0 {
		p.MailsPath = "/mail?operator=" + url.QueryEscape(o.ID)
	}
	p.May = c.operatorRights(o)
	return c.show(http.StatusOK, p)
}

// operatorRights are the buttons of an operator's page. Each page behind them
// asks again.
func (c *call) operatorRights(o desk.Detail) OperatorRights {
	if !o.Within || !c.identity.Can(desk.PermissionOperatorsManage) {
		return OperatorRights{TwoFactor: o.Within && o.Factors > 0 && c.identity.Can(desk.PermissionTwoFactorReset)}
	}
	active, invited := o.State == store.OperatorActive, o.State == store.OperatorInvited
	here := active && !o.PasswordElsewhere
	return OperatorRights{
		Roles: true, Name: true, Email: !invited, Unlock: o.Show == store.ShowLocked, EndSessions: o.Sessions > 0, Invitation: invited,
		ResetMail: here, Link: here, TemporaryPassword: here && c.state.Settings.TemporaryPasswords,
		TwoFactor: o.Factors > 0 && c.identity.Can(desk.PermissionTwoFactorReset),
		Disable:   active && o.Kept == "", Enable: o.State == store.OperatorDisabled, Delete: !invited && o.Kept == "",
	}
}

// Person is the operator that a page is about.
type Person struct {
	Name, Email string
	// Path is the operator's page, "/operators/1".
	Path string
}

func (p Person) below(label string) []view.Crumb {
	return []view.Crumb{{Label: "Operators", Path: "/operators"}, {Label: p.Name, Path: p.Path}, {Label: label}}
}

func person(o store.Operator) Person {
	return Person{Name: o.Name, Email: o.Email, Path: operatorPath(o.ID)}
}
