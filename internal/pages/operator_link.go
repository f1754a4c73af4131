package pages

import (
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/qr"
	"github.com/postern-go/postern/internal/view"
)

// OperatorLinkPage asks before a one-time link is created.
type OperatorLinkPage struct {
	view.Form
	desk.OperatorDetail
	// Life is how long the link works.
	Life time.Duration
}

func (OperatorLinkPage) Template() string { return "operator_link" }

func (p OperatorLinkPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("operators.link"))
}

func (c *call) operatorLinkPage(o desk.OperatorDetail, f view.Form) view.Page {
	return OperatorLinkPage{Form: f, OperatorDetail: o, Life: c.state.Settings.Reset.Life}
}

// getOperatorLink offers to create a link to hand over.
func (c *call) getOperatorLink() error {
	return c.ask(c.operatorLinkPage, func(may desk.OperatorRights) bool { return may.Reset })
}

// OperatorLinkShownPage shows a one-time link, once.
type OperatorLinkShownPage struct {
	desk.OperatorDetail
	Link    string
	Expires time.Time
	// QR is a PNG of the link, in the element with the id link-qr.
	QR []byte
}

// Code is the part of the link that can be read aloud.
func (p OperatorLinkShownPage) Code() string {
	_, code, _ := strings.Cut(p.Link, "#")
	return code
}

// Page is the URL of the page that takes the code.
func (p OperatorLinkShownPage) Page() string {
	page, _, _ := strings.Cut(p.Link, "#")
	return page
}

// showHandOver shows a link to hand over, once.
func (c *call) showHandOver(o desk.OperatorDetail, link string, expires time.Time) error {
	picture, err := qr.PNG(link, 480)
	if err != nil {
		return fmt.Errorf("draw link: %w", err)
	}
	return c.showDone(OperatorLinkShownPage{o, link, expires, picture})
}

func (OperatorLinkShownPage) Template() string { return "operator_link_shown" }

func (p OperatorLinkShownPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("operators.link"))
}

// postOperatorLink creates a link that sets a password, and shows it once.
func (c *call) postOperatorLink() error {
	link, expires, err := c.Desk.PasswordLink(c.ctx(), c.actor(), c.visit, c.id())
	if err != nil {
		return c.acted(err, "", c.operatorLinkPage)
	}
	o, err := c.actedOn()
	if err != nil {
		return err
	}
	return c.showHandOver(o, link, expires)
}

var resetSent = mailed("reset-sent")

// postOperatorResetMail mails an operator a link to reset their password.
func (c *call) postOperatorResetMail() error {
	return c.acted(c.Desk.SendReset(c.ctx(), c.actor(), c.visit, c.id()), c.said(resetSent), c.operatorLinkPage)
}
