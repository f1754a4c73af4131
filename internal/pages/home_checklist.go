package pages

import (
	"errors"

	"github.com/postern-go/postern/internal/desk"
)

var (
	addressKept     = success("address-kept")
	checklistHidden = success("checklist-hidden")
	checklistShown  = success("checklist-shown")
	mailArrives     = success("mail-arrives")
)

// ChecklistCard is the setup checklist. If it is Hidden, only the way back is shown.
type ChecklistCard struct {
	Hidden bool
	// Done is how many of Total steps are done.
	Done, Total int
	// Steps are those to do, DoneSteps the titles of the others.
	Steps     []ChecklistStep
	DoneSteps []string
}

// ChecklistStep is a step to do. With Act, its button posts that; otherwise it leads to
// Path.
type ChecklistStep struct {
	Title, Text     string
	Link, Path, Act string
}

// checklist returns what is left of setting the office up for the reader, who has this
// many recovery codes, and whether the last step is done for the first time.
func (c *call) checklist(codes int) (card *ChecklistCard, finished bool, err error) {
	l, err := c.Desk.Checklist(c.ctx(), c.identity, codes)
	if err != nil || l == nil {
		return nil, false, err
	}
	if l.Hidden {
		return &ChecklistCard{Hidden: true}, false, nil
	}
	card = &ChecklistCard{Done: l.Done(), Total: desk.SetupSteps}
	if card.Done == card.Total {
		c.Desk.FinishSetup(c.ctx())
		return nil, true, nil
	}
	codesStep := ChecklistStep{
		Title: c.t("home.checklist.codes"), Text: c.t("home.checklist.codes.text"),
		Link: c.t("home.checklist.codes.link"), Path: "/account/recovery-codes/new",
	}
	switch {
	case c.identity.TwoFactor:
	case c.Desk.HasPasskeys():
		codesStep.Text, codesStep.Link, codesStep.Path = c.t("passkey.home.codes"), c.t("passkey.add"), passkeyPath
	default:
		codesStep.Text, codesStep.Link, codesStep.Path = c.t("home.checklist.codes.app"), c.t("home.checklist.codes.app.link"), enrolPath
	}
	for _, s := range []struct {
		done bool
		ChecklistStep
	}{
		{l.Mail, ChecklistStep{
			Title: c.t("home.checklist.mail"), Text: c.t("home.checklist.mail.text"),
			Link: c.t("home.checklist.mail.link"), Path: "/mail/test",
		}},
		{l.RecoveryCodes, codesStep},
		{l.AddressKept, ChecklistStep{
			Title: c.t("home.checklist.address"), Text: c.t("home.checklist.address.text"),
			Link: c.t("home.checklist.address.link"), Act: desk.TickAddress,
		}},
		{l.SecondSuperAdministrator, ChecklistStep{
			Title: c.t("home.checklist.second"), Text: c.t("home.checklist.second.text"),
			Link: c.t("home.checklist.second.link"), Path: "/operators/new",
		}},
		{l.RoleGiven, ChecklistStep{
			Title: c.t("home.checklist.role"), Text: c.t("home.checklist.role.text"),
			Link: c.t("home.checklist.role.link"), Path: "/roles",
		}},
		{l.Contact, ChecklistStep{
			Title: c.t("home.checklist.contact"), Text: c.t("home.checklist.contact.text"),
			Link: c.t("home.checklist.contact.link"), Path: "/parameters/look#field-office.contact",
		}},
	} {
		if s.done {
			card.DoneSteps = append(card.DoneSteps, s.Title)
		} else {
			card.Steps = append(card.Steps, s.ChecklistStep)
		}
	}
	return card, false, nil
}

// postHome ticks a step of the checklist, or hides it or brings it back.
func (c *call) postHome() error {
	act := c.form.Get("action")
	done := map[string]notice{desk.TickAddress: addressKept, desk.HideChecklist: checklistHidden, desk.ShowChecklist: checklistShown}[act]
	err := c.Desk.TickChecklist(c.ctx(), c.visit, c.identity, act)
	if errors.Is(err, desk.ErrNoSuchTick) {
		return errUnknownAct
	}
	if err != nil {
		return err
	}
	return c.redirect(done.at("/"))
}

// getMailArrived is where the link of a test email leads.
func (c *call) getMailArrived() error {
	if err := c.Desk.Arrived(c.ctx(), c.visit, c.identity, c.id()); err != nil {
		return err
	}
	return c.redirect(mailArrives.at("/"))
}
