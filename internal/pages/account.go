package pages

import (
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

// AccountPage is an overview of the operator's own account.
type AccountPage struct {
	Name, Email string
	// Roles are the names of roles, the primary one first.
	Roles []messages.Text
	// Member is the linked member of the community, or empty.
	Member string
	// PasswordSet is when the password was chosen; zero if there is none here.
	PasswordSet time.Time
	// MemberPassword reports that the community checks the password.
	MemberPassword bool
	desk.Authenticators
	// Company is the identity provider of the company; empty if there is none.
	Company string
	desk.CompanyLinked
	// Language is what the language that they chose calls itself, or empty; LanguageTag is
	// its tag.
	Language, LanguageTag string
	// Sessions counts them, this one included.
	Sessions int
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
		MemberPassword: id.PasswordElsewhere(), Authenticators: a, Sessions: len(sessions),
	}
	if p.Company = c.Desk.CompanyName(); p.Company != "" {
		if p.CompanyLinked, err = c.Desk.CompanyAccount(ctx, id); err != nil {
			return err
		}
	}
	if tag := id.Operator.Language; c.Desk.HasLanguage(tag) {
		p.Language, p.LanguageTag = c.Desk.LanguageName(tag), tag
	}
	for _, r := range id.Roles {
		p.Roles = append(p.Roles, r.Title())
	}
	return c.show(http.StatusOK, p)
}
