package pages

import (
	"context"
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var notPossible = info("not-now")

// subject is the operator that a page is about.
func (c *call) subject() (desk.OperatorDetail, error) {
	return c.Desk.Operator(c.ctx(), c.actor(), c.id())
}

// actedOn is the subject after an act. The answer shows a secret of the act, and is needed
// even if the client has left: it may send the form again.
func (c *call) actedOn() (desk.OperatorDetail, error) {
	return c.Desk.Operator(context.WithoutCancel(c), c.actor(), c.id())
}

// target is the subject of a page that acts on it.
func (c *call) target() (desk.OperatorDetail, error) {
	o, err := c.subject()
	if err == nil && !o.Within {
		err = desk.ErrForbidden
	}
	return o, err
}

// actPage makes the page that asks before an act on an operator.
type actPage func(desk.OperatorDetail, view.Form) view.Page

// ask shows the page that asks before an act. If the act is not possible now, it
// leads to the operator's page instead, which says why; that happens to people who
// follow an old link. If may is nil, the act is always possible.
func (c *call) ask(page actPage, may func(desk.OperatorRights) bool) error {
	o, err := c.target()
	if err != nil {
		return err
	}
	if may != nil && !may(o.May) {
		return c.redirect(notPossible.at(operatorPath(o.ID)))
	}
	return c.show(http.StatusOK, page(o, view.Form{}))
}

// acted leads on after an act, or shows the page that asked again, with what is
// wrong. If page is nil, there was none.
func (c *call) acted(err error, to string, page actPage) error {
	if err == nil {
		return c.redirect(to)
	}
	f, ok := c.refusal(err)
	if _, notNow := errors.AsType[*desk.NotNowError](err); !ok || notNow || page == nil {
		return err // a page that asked for what does not fit is not shown again
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.show(http.StatusUnprocessableEntity, page(o, f))
}

// said is the operator's page with a notice.
func (c *call) said(n notice) string { return n.at(operatorPath(c.id())) }
