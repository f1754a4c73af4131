package pages

import (
	"errors"
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

var mailResent = mailed("resent")

// MailMessagePage shows one email, without its text.
type MailMessagePage struct {
	MailRow
	Subject string
	// Operator is the person it is for, OperatorPath their page; both may be
	// empty.
	Operator, OperatorPath string
	// Expires is when its link stops working, or zero.
	Expires  time.Time
	Attempts int
	// Refusal says why the email cannot be resent; empty if it can. NewLink means
	// that resending creates a new link.
	Refusal string
	NewLink bool
}

func (MailMessagePage) Template() string { return "mail_message" }

func (p MailMessagePage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.mail"), Path: "/mail"}, {Label: p.Kind}}
}

func (c *call) getMail() error { return c.showMail(http.StatusOK) }

func (c *call) showMail(status int) error {
	m, err := c.Desk.Mail(c.ctx(), c.actor(), c.id())
	if err != nil {
		return err
	}
	p := MailMessagePage{MailRow: c.mailRow(m), Subject: m.Subject, Expires: m.ExpiresAt, Attempts: m.Attempts}
	var o desk.OperatorDetail
	if m.OperatorID != "" && c.identity.Can(desk.PermissionOperatorsView) {
		o, err = c.Desk.Operator(c.ctx(), c.actor(), m.OperatorID)
		if err != nil && !errors.Is(err, desk.ErrNotFound) {
			return err
		}
	}
	if o.ID != "" {
		p.Operator, p.OperatorPath = o.Name, operatorPath(o.ID)
	}
	again := c.Desk.Resendable(m)
	p.NewLink, p.Refusal = again == desk.ResendNew, c.notAgain(m, again, o)
	return c.show(status, p)
}

// notAgain says why an email to o cannot be resent; empty if it can.
func (c *call) notAgain(m store.Mail, again desk.Resend, o desk.OperatorDetail) string {
	switch {
	case again == desk.ResendSame:
		return ""
	case again == desk.ResendNot && m.State == store.MailQueued:
		return c.t("mails.not_again.on_its_way")
	case again == desk.ResendNot:
		return c.t("mails.not_again.not_kept")
	case !c.identity.Can(desk.PermissionOperatorsManage):
		return c.t("mails.not_again.no_permission")
	case o.ID == "":
		return c.t("mails.not_again.no_operator")
	case !o.Within:
		return c.t("mails.not_again.beyond")
	case o.State == store.OperatorDisabled:
		return c.t("mails.not_again.disabled")
	case len(o.RoleIDs) == 0:
		return c.t("mails.not_again.no_role")
	case o.State == store.OperatorActive && o.PasswordElsewhere:
		return c.t("mails.not_again.elsewhere")
	case m.Kind == "password-reset" && o.State == store.OperatorInvited:
		return c.t("mails.not_again.invited")
	case m.Kind != "password-reset" && o.State == store.OperatorActive:
		return c.t("mails.not_again.chosen")
	}
	return ""
}

// postMail resends an email.
func (c *call) postMail() error {
	if c.form.Get("action") != "resend" {
		return errUnknownAct
	}
	err := c.Desk.ResendMail(c.ctx(), c.actor(), c.visit, c.id())
	if errors.Is(err, desk.ErrElsewhere) {
		// The page says so.
		return c.showMail(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.redirect(mailResent.at("/mail"))
}
