package pages

import (
	"net/http"
	"net/url"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// OperatorPage is everything about one operator.
type OperatorPage struct {
	desk.OperatorDetail
	// Self reports whether the reader is this operator.
	Self bool
	// Refusal says why the reader may not act on this operator; empty if they
	// may.
	Refusal string
	// Provider is the identity provider of the company; empty if there is none.
	Provider string
	// LinkMember links to the member's page.
	LinkMember bool
	// Mails and Events are the newest; empty for a reader who may not see them.
	Mails  []MailRow
	Events []EventRow
	// AuditPath is the audit log of what they did and of what was done to them; empty
	// for a reader who may not see it.
	AuditPath string
}

func (OperatorPage) Template() string { return "operator" }

func (p OperatorPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.operators"), Path: "/operators"}, {Label: p.Name}}
}

// getOperator shows an operator.
func (c *call) getOperator() error {
	o, err := c.subject()
	if err != nil {
		return err
	}
	storedEvents, storedMails, err := c.Desk.Recent(c.ctx(), c.actor(), o.ID)
	if err != nil {
		return err
	}
	mails, events := []MailRow(nil), c.trail(storedEvents, time.UTC)
	for _, m := range storedMails {
		mails = append(mails, c.mailRow(m))
	}
	p := OperatorPage{
		OperatorDetail: o, Self: o.ID == c.identity.Operator.ID, Mails: mails, Events: events,
		Provider: c.Desk.CompanyName(), LinkMember: o.MemberID != "" && c.Desk.CanSearchMembers(),
	}
	switch {
	case !c.identity.Can(desk.PermissionOperatorsManage) && !c.identity.Can(desk.PermissionTwoFactorReset):
		p.Refusal = c.t("operators.look_only")
	case !o.Within:
		p.Refusal = c.t("operators.holds_more")
	}
	if c.identity.Can(desk.PermissionAuditView) {
		p.AuditPath = "/audit?" + url.Values{"person": {o.ID}}.Encode()
	}
	return c.show(http.StatusOK, p)
}

func operatorPath(id string) string { return "/operators/" + url.PathEscape(id) }

// operatorCrumbs lead to a page below an operator's.
func operatorCrumbs(in *messages.Language, o desk.OperatorDetail, label string) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.operators"), Path: "/operators"}, {Label: o.Name, Path: operatorPath(o.ID)}, {Label: label}}
}
