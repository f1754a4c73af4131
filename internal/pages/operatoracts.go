package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

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
		return c.redirect(operatorPath(o.ID) + "?done=not-now")
	}
	return c.show(http.StatusOK, page(o))
}

// acted leads back to the operator's page, or shows the form again with what
// is wrong.
func (c *call) acted(err error, done string, again func(desk.Detail, view.Form) view.Page) error {
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
		return c.redirect(operatorPath(c.id()) + "?done=" + done)
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

// getOperatorName asks for an operator's new name.
func (c *call) getOperatorName() error {
	return c.ask(func(o desk.Detail) view.Page {
		return OperatorNamePage{Person: person(o.Operator), NewName: o.Name, Version: version(o.Version)}
	})
}

// postOperatorName renames an operator.
func (c *call) postOperatorName() error {
	err := c.Desk.RenameOperator(c.ctx(), c.actor(), c.visit, c.id(), c.version(), c.form.Get("name"))
	return c.acted(err, "operator-name", func(o desk.Detail, f view.Form) view.Page {
		return OperatorNamePage{Form: f, Person: person(o.Operator), NewName: c.form.Get("name"), Version: c.form.Get("version")}
	})
}

// getOperatorEmail asks for an operator's new e-mail address.
func (c *call) getOperatorEmail() error {
	return c.ask(func(o desk.Detail) view.Page {
		return OperatorEmailPage{Person: person(o.Operator), NewEmail: o.Email, Version: version(o.Version), Sessions: o.Sessions}
	})
}

// postOperatorEmail changes an operator's e-mail address.
func (c *call) postOperatorEmail() error {
	err := c.Desk.ChangeEmail(c.ctx(), c.actor(), c.visit, c.id(), c.version(), c.form.Get("email"))
	return c.acted(err, "operator-email", func(o desk.Detail, f view.Form) view.Page {
		return OperatorEmailPage{Form: f, Person: person(o.Operator), NewEmail: c.form.Get("email"), Version: c.form.Get("version"), Sessions: o.Sessions}
	})
}

// getOperatorRoles asks for an operator's roles.
func (c *call) getOperatorRoles() error {
	o, err := c.subject()
	if err != nil {
		return err
	}
	if !o.Within {
		return desk.ErrForbidden
	}
	return c.showOperatorRoles(http.StatusOK, o, view.Form{}, desk.RolesForm{Version: o.Version, Primary: o.PrimaryRole, Roles: o.Operator.Roles})
}

func (c *call) showOperatorRoles(status int, o desk.Detail, f view.Form, chosen desk.RolesForm) error {
	p := OperatorRolesPage{Form: f, Person: person(o.Operator), Version: version(chosen.Version), Self: o.ID == c.identity.Operator.ID}
	var err error
	if p.Primary, p.Additional, err = c.rolesToChoose(chosen); err != nil {
		return err
	}
	return c.show(status, p)
}

// rolesToChoose are the controls of a form about somebody's roles.
func (c *call) rolesToChoose(chosen desk.RolesForm) ([]view.Option, []RoleChoice, error) {
	additional, err := c.roleChoices(chosen.Roles)
	if err != nil {
		return nil, nil, err
	}
	primary := []view.Option{{Value: "", Label: "Registered user (no access)", Chosen: chosen.Primary == ""}}
	for _, r := range additional {
		primary = append(primary, view.Option{Value: r.ID, Label: r.Label, Chosen: r.ID == chosen.Primary, Refusal: r.Refusal})
	}
	return primary, additional, nil
}

func (c *call) rolesForm() desk.RolesForm {
	return desk.RolesForm{Version: c.version(), Primary: c.form.Get("primary"), Roles: c.form["role"]}
}

// postOperatorRoles changes an operator's roles, after showing the difference.
func (c *call) postOperatorRoles() error {
	ctx, f := c.ctx(), c.rolesForm()
	again := func(o desk.Detail, form view.Form) error {
		return c.showOperatorRoles(http.StatusUnprocessableEntity, o, form, f)
	}
	if c.confirmed() {
		err := c.Desk.ChangeRoles(ctx, c.actor(), c.visit, c.id(), f)
		return c.rolesRefused(err, operatorPath(c.id())+"?done=roles", again)
	}
	change, err := c.Desk.PreviewRoles(ctx, c.actor(), c.id(), f)
	if err != nil {
		return c.rolesRefused(err, "", again)
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, OperatorRolesConfirmPage{Person: person(o.Operator), RoleChanges: roleChanges(change), Fields: c.again()})
}

func roleChanges(r desk.RoleChange) RoleChanges {
	return RoleChanges{
		Before: r.PrimaryBefore, After: r.PrimaryAfter, Adds: r.Added, Removes: r.Removed, Gains: r.Gains, Loses: r.Loses,
		TwoFactor: r.TwoFactor, NoAccess: r.NoAccess,
	}
}

// rolesRefused shows a form about roles again, or goes on.
func (c *call) rolesRefused(err error, to string, again func(desk.Detail, view.Form) error) error {
	bad := (*desk.InvalidError)(nil)
	var f view.Form
	switch {
	case errors.As(err, &bad):
		f = Problems(bad)
	case errors.Is(err, desk.ErrLastSuperAdministrator):
		f = view.Form{}.Refuse("", "This is the last active super-administrator. Make somebody else one first.")
	case err != nil:
		return err
	default:
		return c.redirect(to)
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return again(o, f)
}

// getOperatorInvitation shows what can be done about an invitation.
func (c *call) getOperatorInvitation() error {
	return c.offer(func(may OperatorRights) bool { return may.Invitation }, func(o desk.Detail) view.Page { return invitationPage(o, view.Form{}) })
}

func invitationPage(o desk.Detail, f view.Form) view.Page {
	return OperatorInvitationPage{Form: f, Person: person(o.Operator),
		Invitation: Invitation{Sent: o.UpdatedAt, Expires: o.InviteExpiresAt}}
}

// postOperatorInvitation sends an invitation again, shows a new link of it once, or cancels it.
func (c *call) postOperatorInvitation() error {
	ctx, s := c.ctx(), c.Desk
	switch c.form.Get("action") {
	case "resend":
		_, err := s.ResendInvitation(ctx, c.actor(), c.visit, c.id())
		return c.acted(err, "invited", invitationPage)
	case "link":
		link, err := s.ResendInvitation(ctx, c.actor(), c.visit, c.id())
		if err != nil {
			return c.acted(err, "", invitationPage)
		}
		o, err := c.subject()
		if err != nil {
			return err
		}
		return c.show(http.StatusOK, OperatorLinkShownPage{Person: person(o.Operator), Link: link, Expires: o.InviteExpiresAt, Invitation: true})
	case "cancel":
		if err := s.CancelInvitation(ctx, c.actor(), c.visit, c.id()); err != nil {
			return c.acted(err, "", invitationPage)
		}
		return c.redirect("/operators?done=invitation-cancelled")
	}
	return ErrUnknownAct
}

// postOperatorUnlock unlocks an account.
func (c *call) postOperatorUnlock() error {
	return c.acted(c.Desk.Unlock(c.ctx(), c.actor(), c.visit, c.id()), "unlocked", nil)
}

// getOperatorSessions lists the sessions of an operator.
func (c *call) getOperatorSessions() error {
	return c.ask(func(o desk.Detail) view.Page { return c.sessionsPage(o, view.Form{}) })
}

func (c *call) sessionsPage(o desk.Detail, f view.Form) view.Page {
	p := OperatorSessionsPage{Form: f, Person: person(o.Operator)}
	for _, s := range o.Live {
		p.Sessions = append(p.Sessions, Session{ID: s.ID, Device: view.Device(s.UserAgent), Address: s.Address, Since: s.CreatedAt, LastSeen: s.SeenAt})
	}
	return p
}

// postOperatorSessions ends one of them, or all.
func (c *call) postOperatorSessions() error {
	return c.acted(c.Desk.EndSessions(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("end")), "operator-sessions", c.sessionsPage)
}

// postOperatorResetMail mails an operator a link to reset their password.
func (c *call) postOperatorResetMail() error {
	return c.acted(c.Desk.SendReset(c.ctx(), c.actor(), c.visit, c.id()), "reset-sent", linkPage(c))
}

func linkPage(c *call) func(desk.Detail, view.Form) view.Page {
	return func(o desk.Detail, f view.Form) view.Page {
		return OperatorLinkPage{Form: f, Person: person(o.Operator), Life: c.state.Settings.Reset.Life, Member: o.PasswordElsewhere}
	}
}

// getOperatorLink offers to make a link to hand over.
func (c *call) getOperatorLink() error {
	return c.offer(func(may OperatorRights) bool { return may.Link }, func(o desk.Detail) view.Page { return linkPage(c)(o, view.Form{}) })
}

// postOperatorLink makes a link that sets a password, and shows it once.
func (c *call) postOperatorLink() error {
	link, expires, err := c.Desk.PasswordLink(c.ctx(), c.actor(), c.visit, c.id())
	if err != nil {
		return c.acted(err, "", linkPage(c))
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, OperatorLinkShownPage{Person: person(o.Operator), Link: link, Expires: expires})
}

// getOperatorPassword offers to make a temporary password.
func (c *call) getOperatorPassword() error {
	return c.offer(func(may OperatorRights) bool { return may.TemporaryPassword }, func(o desk.Detail) view.Page { return temporaryPage(o, view.Form{}) })
}

func temporaryPage(o desk.Detail, f view.Form) view.Page {
	return OperatorPasswordPage{Form: f, Person: person(o.Operator), Sessions: o.Sessions}
}

// postOperatorPassword makes a temporary password, and shows it once.
func (c *call) postOperatorPassword() error {
	plain, expires, err := c.Desk.TemporaryPassword(c.ctx(), c.actor(), c.visit, c.id())
	if err != nil {
		return c.acted(err, "", temporaryPage)
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, OperatorPasswordShownPage{Person: person(o.Operator), Password: plain, Expires: expires})
}

// getOperatorTwoFactor asks why to reset two-factor authentication.
func (c *call) getOperatorTwoFactor() error {
	return c.ask(func(o desk.Detail) view.Page { return c.twoFactorPage(o, view.Form{}) })
}

func (c *call) twoFactorPage(o desk.Detail, f view.Form) view.Page {
	return OperatorTwoFactorPage{Form: f, Person: person(o.Operator), Reason: c.form.Get("reason"), Required: o.MustHaveTwoFactor}
}

// postOperatorTwoFactor resets an operator's two-factor authentication.
func (c *call) postOperatorTwoFactor() error {
	err := c.Desk.ResetTwoFactor(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("reason"))
	return c.acted(err, "two-factor-reset", c.twoFactorPage)
}

// getOperatorDisable asks whether to disable an account.
func (c *call) getOperatorDisable() error {
	return c.offer(func(may OperatorRights) bool { return may.Disable }, func(o desk.Detail) view.Page { return c.disablePage(o, view.Form{}) })
}

func (c *call) disablePage(o desk.Detail, f view.Form) view.Page {
	return OperatorDisablePage{Form: f, Person: person(o.Operator), Reason: c.form.Get("reason"), Sessions: o.Sessions}
}

// postOperatorDisable disables an account.
func (c *call) postOperatorDisable() error {
	err := c.Desk.Disable(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("reason"))
	return c.acted(err, "disabled", c.disablePage)
}

// getOperatorEnable asks whether to enable an account.
func (c *call) getOperatorEnable() error {
	return c.offer(func(may OperatorRights) bool { return may.Enable }, func(o desk.Detail) view.Page { return enablePage(o, view.Form{}) })
}

func enablePage(o desk.Detail, f view.Form) view.Page {
	p := OperatorEnablePage{Form: f, Person: person(o.Operator)}
	for _, r := range o.Roles {
		p.Roles = append(p.Roles, r.Name)
	}
	return p
}

// postOperatorEnable enables an account.
func (c *call) postOperatorEnable() error {
	return c.acted(c.Desk.Enable(c.ctx(), c.actor(), c.visit, c.id()), "enabled", enablePage)
}

// getOperatorDelete asks whether to delete an operator.
func (c *call) getOperatorDelete() error {
	return c.offer(func(may OperatorRights) bool { return may.Delete }, func(o desk.Detail) view.Page { return c.deletePage(o, view.Form{}) })
}

func (c *call) deletePage(o desk.Detail, f view.Form) view.Page {
	return OperatorDeletePage{Form: f, Person: person(o.Operator), Reason: c.form.Get("reason"), Member: o.MemberID, MayDisable: c.operatorRights(o).Disable,
		AuditKeep: c.state.Settings.AuditKeep}
}

// postOperatorDelete deletes an operator.
func (c *call) postOperatorDelete() error {
	if err := c.Desk.Delete(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("reason")); err != nil {
		return c.acted(err, "", c.deletePage)
	}
	return c.redirect("/operators?done=deleted")
}
