package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// subject is the operator that a page asks about.
func (c *Call) subject() (desk.Detail, error) {
	return c.Desk.Operator(c.Context(), c.actor(), c.id())
}

// ask shows a page that says what will happen.
func (c *Call) ask(page func(desk.Detail) view.Page) error {
	return c.offer(func(OperatorRights) bool { return true }, page)
}

// offer is ask for an act that is not always to be had. Whoever comes by an old
// link is led to the operator's page, which says why.
func (c *Call) offer(may func(OperatorRights) bool, page func(desk.Detail) view.Page) error {
	o, err := c.subject()
	switch {
	case err != nil:
		return err
	case !o.Within:
		return desk.ErrForbidden
	case !may(c.operatorRights(o)):
		return c.Redirect(operatorPath(o.ID) + "?done=not-now")
	}
	return c.Show(http.StatusOK, page(o))
}

// acted leads back to the operator's page, or shows the form again with what
// is wrong.
func (c *Call) acted(err error, done string, again func(desk.Detail, view.Form) view.Page) error {
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
		return c.Redirect(operatorPath(c.id()) + "?done=" + done)
	}
	if again == nil {
		return err
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.Show(http.StatusUnprocessableEntity, again(o, f))
}

// GetOperatorName asks for an operator's new name.
func GetOperatorName(c *Call) error {
	return c.ask(func(o desk.Detail) view.Page {
		return OperatorNamePage{Person: person(o.Operator), NewName: o.Name, Version: version(o.Version)}
	})
}

// PostOperatorName renames an operator.
func PostOperatorName(c *Call) error {
	err := c.Desk.RenameOperator(c.Context(), c.actor(), c.Visit, c.id(), c.version(), c.Form.Get("name"))
	return c.acted(err, "operator-name", func(o desk.Detail, f view.Form) view.Page {
		return OperatorNamePage{Form: f, Person: person(o.Operator), NewName: c.Form.Get("name"), Version: c.Form.Get("version")}
	})
}

// GetOperatorEmail asks for an operator's new e-mail address.
func GetOperatorEmail(c *Call) error {
	return c.ask(func(o desk.Detail) view.Page {
		return OperatorEmailPage{Person: person(o.Operator), NewEmail: o.Email, Version: version(o.Version), Sessions: o.Sessions}
	})
}

// PostOperatorEmail changes an operator's e-mail address.
func PostOperatorEmail(c *Call) error {
	err := c.Desk.ChangeEmail(c.Context(), c.actor(), c.Visit, c.id(), c.version(), c.Form.Get("email"))
	return c.acted(err, "operator-email", func(o desk.Detail, f view.Form) view.Page {
		return OperatorEmailPage{Form: f, Person: person(o.Operator), NewEmail: c.Form.Get("email"), Version: c.Form.Get("version"), Sessions: o.Sessions}
	})
}

// GetOperatorRoles asks for an operator's roles.
func GetOperatorRoles(c *Call) error {
	o, err := c.subject()
	if err != nil {
		return err
	}
	if !o.Within {
		return desk.ErrForbidden
	}
	return c.showOperatorRoles(http.StatusOK, o, view.Form{}, desk.RolesForm{Version: o.Version, Primary: o.PrimaryRole, Roles: o.Operator.Roles})
}

func (c *Call) showOperatorRoles(status int, o desk.Detail, f view.Form, chosen desk.RolesForm) error {
	p := OperatorRolesPage{Form: f, Person: person(o.Operator), Version: version(chosen.Version), Self: o.ID == c.Identity.Operator.ID}
	var err error
	if p.Primary, p.Additional, err = c.rolesToChoose(chosen); err != nil {
		return err
	}
	return c.Show(status, p)
}

// rolesToChoose are the controls of a form about somebody's roles.
func (c *Call) rolesToChoose(chosen desk.RolesForm) ([]view.Option, []RoleChoice, error) {
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

func (c *Call) rolesForm() desk.RolesForm {
	return desk.RolesForm{Version: c.version(), Primary: c.Form.Get("primary"), Roles: c.Form["role"]}
}

// PostOperatorRoles changes an operator's roles, after showing the difference.
func PostOperatorRoles(c *Call) error {
	ctx, f := c.Context(), c.rolesForm()
	again := func(o desk.Detail, form view.Form) error {
		return c.showOperatorRoles(http.StatusUnprocessableEntity, o, form, f)
	}
	if c.confirmed() {
		err := c.Desk.ChangeRoles(ctx, c.actor(), c.Visit, c.id(), f)
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
	return c.Show(http.StatusOK, OperatorRolesConfirmPage{Person: person(o.Operator), RoleChanges: roleChanges(change), Fields: c.again()})
}

func roleChanges(r desk.RoleChange) RoleChanges {
	return RoleChanges{
		Before: r.PrimaryBefore, After: r.PrimaryAfter, Adds: r.Added, Removes: r.Removed, Gains: r.Gains, Loses: r.Loses,
		TwoFactor: r.TwoFactor, NoAccess: r.NoAccess,
	}
}

// rolesRefused shows a form about roles again, or goes on.
func (c *Call) rolesRefused(err error, to string, again func(desk.Detail, view.Form) error) error {
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
		return c.Redirect(to)
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return again(o, f)
}

// GetOperatorInvitation shows what can be done about an invitation.
func GetOperatorInvitation(c *Call) error {
	return c.offer(func(may OperatorRights) bool { return may.Invitation }, func(o desk.Detail) view.Page { return invitationPage(o, view.Form{}) })
}

func invitationPage(o desk.Detail, f view.Form) view.Page {
	return OperatorInvitationPage{Form: f, Person: person(o.Operator),
		Invitation: Invitation{Sent: o.UpdatedAt, Expires: o.InviteExpiresAt}}
}

// PostOperatorInvitation sends an invitation again, shows a new link of it once, or cancels it.
func PostOperatorInvitation(c *Call) error {
	ctx, s := c.Context(), c.Desk
	switch c.Form.Get("action") {
	case "resend":
		_, err := s.ResendInvitation(ctx, c.actor(), c.Visit, c.id())
		return c.acted(err, "invited", invitationPage)
	case "link":
		link, err := s.ResendInvitation(ctx, c.actor(), c.Visit, c.id())
		if err != nil {
			return c.acted(err, "", invitationPage)
		}
		o, err := c.subject()
		if err != nil {
			return err
		}
		return c.Show(http.StatusOK, OperatorLinkShownPage{Person: person(o.Operator), Link: link, Expires: o.InviteExpiresAt, Invitation: true})
	case "cancel":
		if err := s.CancelInvitation(ctx, c.actor(), c.Visit, c.id()); err != nil {
			return c.acted(err, "", invitationPage)
		}
		return c.Redirect("/operators?done=invitation-cancelled")
	}
	return ErrUnknownAct
}

// PostOperatorUnlock unlocks an account.
func PostOperatorUnlock(c *Call) error {
	return c.acted(c.Desk.Unlock(c.Context(), c.actor(), c.Visit, c.id()), "unlocked", nil)
}

// GetOperatorSessions lists the sessions of an operator.
func GetOperatorSessions(c *Call) error {
	return c.ask(func(o desk.Detail) view.Page { return c.sessionsPage(o, view.Form{}) })
}

func (c *Call) sessionsPage(o desk.Detail, f view.Form) view.Page {
	p := OperatorSessionsPage{Form: f, Person: person(o.Operator)}
	for _, s := range o.Live {
		p.Sessions = append(p.Sessions, Session{ID: s.ID, Device: view.Device(s.UserAgent), Address: s.Address, Since: s.CreatedAt, LastSeen: s.SeenAt})
	}
	return p
}

// PostOperatorSessions ends one of them, or all.
func PostOperatorSessions(c *Call) error {
	return c.acted(c.Desk.EndSessions(c.Context(), c.actor(), c.Visit, c.id(), c.Form.Get("end")), "operator-sessions", c.sessionsPage)
}

// PostOperatorResetMail mails an operator a link to reset their password.
func PostOperatorResetMail(c *Call) error {
	return c.acted(c.Desk.SendReset(c.Context(), c.actor(), c.Visit, c.id()), "reset-sent", linkPage(c))
}

func linkPage(c *Call) func(desk.Detail, view.Form) view.Page {
	return func(o desk.Detail, f view.Form) view.Page {
		return OperatorLinkPage{Form: f, Person: person(o.Operator), Life: c.State.Settings.Reset.Life, Member: o.PasswordElsewhere}
	}
}

// GetOperatorLink offers to make a link to hand over.
func GetOperatorLink(c *Call) error {
	return c.offer(func(may OperatorRights) bool { return may.Link }, func(o desk.Detail) view.Page { return linkPage(c)(o, view.Form{}) })
}

// PostOperatorLink makes a link that sets a password, and shows it once.
func PostOperatorLink(c *Call) error {
	link, expires, err := c.Desk.PasswordLink(c.Context(), c.actor(), c.Visit, c.id())
	if err != nil {
		return c.acted(err, "", linkPage(c))
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.Show(http.StatusOK, OperatorLinkShownPage{Person: person(o.Operator), Link: link, Expires: expires})
}

// GetOperatorPassword offers to make a temporary password.
func GetOperatorPassword(c *Call) error {
	return c.offer(func(may OperatorRights) bool { return may.TemporaryPassword }, func(o desk.Detail) view.Page { return temporaryPage(o, view.Form{}) })
}

func temporaryPage(o desk.Detail, f view.Form) view.Page {
	return OperatorPasswordPage{Form: f, Person: person(o.Operator), Sessions: o.Sessions}
}

// PostOperatorPassword makes a temporary password, and shows it once.
func PostOperatorPassword(c *Call) error {
	plain, expires, err := c.Desk.TemporaryPassword(c.Context(), c.actor(), c.Visit, c.id())
	if err != nil {
		return c.acted(err, "", temporaryPage)
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.Show(http.StatusOK, OperatorPasswordShownPage{Person: person(o.Operator), Password: plain, Expires: expires})
}

// GetOperatorTwoFactor asks why to reset two-factor authentication.
func GetOperatorTwoFactor(c *Call) error {
	return c.ask(func(o desk.Detail) view.Page { return c.twoFactorPage(o, view.Form{}) })
}

func (c *Call) twoFactorPage(o desk.Detail, f view.Form) view.Page {
	return OperatorTwoFactorPage{Form: f, Person: person(o.Operator), Reason: c.Form.Get("reason"), Required: o.MustHaveTwoFactor}
}

// PostOperatorTwoFactor resets an operator's two-factor authentication.
func PostOperatorTwoFactor(c *Call) error {
	err := c.Desk.ResetTwoFactor(c.Context(), c.actor(), c.Visit, c.id(), c.Form.Get("reason"))
	return c.acted(err, "two-factor-reset", c.twoFactorPage)
}

// GetOperatorDisable asks whether to disable an account.
func GetOperatorDisable(c *Call) error {
	return c.offer(func(may OperatorRights) bool { return may.Disable }, func(o desk.Detail) view.Page { return c.disablePage(o, view.Form{}) })
}

func (c *Call) disablePage(o desk.Detail, f view.Form) view.Page {
	return OperatorDisablePage{Form: f, Person: person(o.Operator), Reason: c.Form.Get("reason"), Sessions: o.Sessions}
}

// PostOperatorDisable disables an account.
func PostOperatorDisable(c *Call) error {
	err := c.Desk.Disable(c.Context(), c.actor(), c.Visit, c.id(), c.Form.Get("reason"))
	return c.acted(err, "disabled", c.disablePage)
}

// GetOperatorEnable asks whether to enable an account.
func GetOperatorEnable(c *Call) error {
	return c.offer(func(may OperatorRights) bool { return may.Enable }, func(o desk.Detail) view.Page { return enablePage(o, view.Form{}) })
}

func enablePage(o desk.Detail, f view.Form) view.Page {
	p := OperatorEnablePage{Form: f, Person: person(o.Operator)}
	for _, r := range o.Roles {
		p.Roles = append(p.Roles, r.Name)
	}
	return p
}

// PostOperatorEnable enables an account.
func PostOperatorEnable(c *Call) error {
	return c.acted(c.Desk.Enable(c.Context(), c.actor(), c.Visit, c.id()), "enabled", enablePage)
}

// GetOperatorDelete asks whether to delete an operator.
func GetOperatorDelete(c *Call) error {
	return c.offer(func(may OperatorRights) bool { return may.Delete }, func(o desk.Detail) view.Page { return c.deletePage(o, view.Form{}) })
}

func (c *Call) deletePage(o desk.Detail, f view.Form) view.Page {
	return OperatorDeletePage{Form: f, Person: person(o.Operator), Reason: c.Form.Get("reason"), Member: o.MemberID, MayDisable: c.operatorRights(o).Disable,
		AuditKeep: c.State.Settings.AuditKeep}
}

// PostOperatorDelete deletes an operator.
func PostOperatorDelete(c *Call) error {
	if err := c.Desk.Delete(c.Context(), c.actor(), c.Visit, c.id(), c.Form.Get("reason")); err != nil {
		return c.acted(err, "", c.deletePage)
	}
	return c.Redirect("/operators?done=deleted")
}
