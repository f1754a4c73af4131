package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var nameChanged = success("name")

// AccountNamePage changes the operator's own name. Name is what was typed.
type AccountNamePage struct {
	view.Form
	Name string
}

func (AccountNamePage) Template() string { return "account_name" }

func (c *call) getName() error {
	return c.show(http.StatusOK, AccountNamePage{Name: c.identity.Operator.Name})
}

func (c *call) postName() error {
	name := c.form.Get("name")
	err := c.Desk.Rename(c.ctx(), c.visit, c.identity, name)
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.show(http.StatusUnprocessableEntity, AccountNamePage{Form: c.problems(bad), Name: name})
	}
	if err != nil {
		return err
	}
	return c.redirect(nameChanged.at("/account"))
}
