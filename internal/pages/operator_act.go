package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var notPossible = info("not-now", "That is not possible for this operator now.")

// subject is the operator that a page asks about.
func (c *call) subject() (desk.Detail, error) {
	return c.Desk.Operator(c.ctx(), c.actor(), c.id())
}

// ask shows a page that says what will happen.
func (c *call) ask(page func(desk.Detail) view.Page) error {
	return c.offer(func(OperatorRights) bool { return true }, page)
}

// offer is ask for an act that is not always to be had. Whoever comes by an old
// link is led to the operator's page, which says why.
func (c *call) offer(may func(OperatorRights) bool, page func(desk.Detail) view.Page) error {
	o, err := c.subject()
	switch {
	case err != nil:
		return err
	case !o.Within:
		return desk.ErrForbidden
	case !may(c.operatorRights(o)):
		return c.redirect(notPossible.at(operatorPath(o.ID)))
	}
	return c.show(http.StatusOK, page(o))
}

// acted leads back to the operator's page, or shows the form again with what
// is wrong.
func (c *call) acted(err error, said notice, again func(desk.Detail, view.Form) view.Page) error {
	bad := (*desk.InvalidError)(nil)
	var f view.Form
	switch {
	case errors.As(err, &bad):
		f = Problems(bad)
	case errors.Is(err, desk.ErrLastSuperAdministrator):
		f = view.Form{}.Refuse("", "This is the last active super-administrator. Make somebody else one first.")
	case errors.Is(err, desk.ErrElsewhere):
		f = view.Form{}.Refuse("", "This operator signs in with the password of the community.")
	case err != nil:
		return err
	default:
		return c.redirect(said.at(operatorPath(c.id())))
	}
	if again == nil {
		return err
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.show(http.StatusUnprocessableEntity, again(o, f))
}
