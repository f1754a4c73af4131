package pages

import (
	"net/http"
	"time"
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

func (c *call) getAccount() error {
	ctx, id := c.ctx(), c.identity
	sessions, err := c.Desk.Sessions(ctx, id)
	if err != nil {
		return err
	}
	a, err := c.Desk.Authenticators(ctx, id)
	if err != nil {
		return err
	}
	p := AccountPage{
		Name: id.Operator.Name, Email: id.Operator.Email, Member: id.Operator.MemberID, PasswordSet: id.Operator.PasswordSetAt,
		MemberPassword: c.Desk.PasswordElsewhere(id.Operator), TwoFactor: id.TwoFactor, CodesLeft: a.RecoveryCodes, Sessions: len(sessions),
	}
	for _, r := range id.Roles {
		p.Roles = append(p.Roles, r.Name)
	}
	return c.show(http.StatusOK, p)
}
