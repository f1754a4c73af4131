package pages

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// OperatorPasswordPage asks before a temporary password is generated.
type OperatorPasswordPage struct {
	view.Form
	desk.OperatorDetail
}

func (OperatorPasswordPage) Template() string { return "operator_password" }

func (p OperatorPasswordPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("operators.temporary"))
}

func operatorPasswordPage(o desk.OperatorDetail, f view.Form) view.Page {
	return OperatorPasswordPage{f, o}
}

// getOperatorPassword offers to generate a temporary password.
func (c *call) getOperatorPassword() error {
	return c.ask(operatorPasswordPage, func(may desk.OperatorRights) bool { return may.TemporaryPassword })
}

// OperatorPasswordShownPage shows a temporary password, once.
type OperatorPasswordShownPage struct {
	desk.OperatorDetail
	Password string
	// Expires is when it stops working unused; zero means never.
	Expires time.Time
}

func (OperatorPasswordShownPage) Template() string { return "operator_password_shown" }

func (p OperatorPasswordShownPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("operators.temporary"))
}

// postOperatorPassword generates a temporary password, and shows it once.
func (c *call) postOperatorPassword() error {
	plain, expires, err := c.Desk.TemporaryPassword(c.ctx(), c.actor(), c.visit, c.id())
	if err != nil {
		return c.acted(err, "", operatorPasswordPage)
	}
	o, err := c.actedOn()
	if err != nil {
		return err
	}
	return c.showDone(OperatorPasswordShownPage{o, plain, expires})
}
