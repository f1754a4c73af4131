package pages

import (
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var resetSent = success("reset-sent", "A reset link is on its way.")

// OperatorPasswordPage asks before a temporary password is generated.
type OperatorPasswordPage struct {
	view.Form
	Person
	// Sessions are ended with it.
	Sessions int
}

func (OperatorPasswordPage) Template() string { return "operator_password" }

func (p OperatorPasswordPage) crumbs() []view.Crumb { return p.below("Temporary password") }

func temporaryPage(o desk.Detail, f view.Form) view.Page {
	return OperatorPasswordPage{Form: f, Person: person(o.Operator), Sessions: o.Sessions}
}

// getOperatorPassword offers to make a temporary password.
func (c *call) getOperatorPassword() error {
	return c.offer(func(may OperatorRights) bool { return may.TemporaryPassword }, func(o desk.Detail) view.Page { return temporaryPage(o, view.Form{}) })
}

// OperatorPasswordShownPage shows a temporary password, once.
type OperatorPasswordShownPage struct {
	Person
	Password string
	// Expires is when it stops working unused; zero: never.
	Expires time.Time
}

func (OperatorPasswordShownPage) Template() string { return "operator_password_shown" }

func (p OperatorPasswordShownPage) crumbs() []view.Crumb { return p.below("Temporary password") }

// postOperatorPassword makes a temporary password, and shows it once.
func (c *call) postOperatorPassword() error {
	plain, expires, err := c.Desk.TemporaryPassword(c.ctx(), c.actor(), c.visit, c.id())
	if err != nil {
		return c.acted(err, notice{}, temporaryPage)
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, OperatorPasswordShownPage{Person: person(o.Operator), Password: plain, Expires: expires})
}

// postOperatorResetMail mails an operator a link to reset their password.
func (c *call) postOperatorResetMail() error {
	return c.acted(c.Desk.SendReset(c.ctx(), c.actor(), c.visit, c.id()), resetSent, linkPage(c))
}
