package pages

import (
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// OperatorLinkPage asks before a one-time link is made.
type OperatorLinkPage struct {
	view.Form
	Person
	// Life is how long the link works.
	Life time.Duration
	// Member says that the community checks the operator's password, so that
	// the new one comes beside it.
	Member bool
}

func (OperatorLinkPage) Template() string { return "operator_link" }

func (p OperatorLinkPage) crumbs() []view.Crumb { return p.below("One-time link") }

func linkPage(c *call) func(desk.Detail, view.Form) view.Page {
	return func(o desk.Detail, f view.Form) view.Page {
		return OperatorLinkPage{Form: f, Person: person(o.Operator), Life: c.state.Settings.Reset.Life, Member: o.PasswordElsewhere}
	}
}

// getOperatorLink offers to make a link to hand over.
func (c *call) getOperatorLink() error {
	return c.offer(func(may OperatorRights) bool { return may.Link }, func(o desk.Detail) view.Page { return linkPage(c)(o, view.Form{}) })
}

// OperatorLinkShownPage shows a one-time link, once.
type OperatorLinkShownPage struct {
	Person
	Link    string
	Expires time.Time
	// Invitation says that the link is one, and not for a new password.
	Invitation bool
}

func (OperatorLinkShownPage) Template() string { return "operator_link_shown" }

func (p OperatorLinkShownPage) crumbs() []view.Crumb { return p.below("One-time link") }

// postOperatorLink makes a link that sets a password, and shows it once.
func (c *call) postOperatorLink() error {
	link, expires, err := c.Desk.PasswordLink(c.ctx(), c.actor(), c.visit, c.id())
	if err != nil {
		return c.acted(err, notice{}, linkPage(c))
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, OperatorLinkShownPage{Person: person(o.Operator), Link: link, Expires: expires})
}
