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
		Title: "Save your recovery codes", Text: "They sign you in if you lose your phone.",
		Link: "Create codes", Path: "/account/recovery-codes/new",
	}
	if !c.identity.TwoFactor {
		codesStep.Text, codesStep.Link, codesStep.Path = "You get them with an authenticator app. They sign you in if you lose your phone.", "Add an app", enrolPath
	}
	for _, s := range []struct {
		done bool
		ChecklistStep
	}{
		{l.Mail, ChecklistStep{
			Title: "Check that emails arrive", Text: "Open the link in the email that you got at the setup, or in a test email.",
			Link: "Send a test email", Path: "/mail/test",
		}},
		{l.RecoveryCodes, codesStep},
		{l.AddressKept, ChecklistStep{
			Title: "Keep the office address", Text: "Bookmark this page. Nothing in the community links to it, and no one can guess it.",
			Link: "I have kept it", Act: desk.TickAddress,
		}},
		{l.SecondSuperAdministrator, ChecklistStep{
			Title: "Have a second super-administrator", Text: "If you cannot sign in, they can help. Invite one, or give an operator that role.",
			Link: "Invite one", Path: "/operators/new",
		}},
		{l.RoleGiven, ChecklistStep{
			Title: "Give someone a role that is just right", Text: "Moderators do not need every permission. Use a built-in role, or create your own.",
			Link: "See the roles", Path: "/roles",
		}},
		{l.Contact, ChecklistStep{
			Title: "Say whom to ask", Text: "Operators who are stuck read it when they sign in, and in every email.",
			Link: "Set a contact", Path: "/parameters/look#field-office.contact",
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
