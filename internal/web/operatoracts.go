package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/postern-go/postern/internal/admin"
	"github.com/postern-go/postern/internal/desk"
	show "github.com/postern-go/postern/internal/pages/admin"
	"github.com/postern-go/postern/internal/pages/view"
)

// subject is the operator that a page asks about.
func (c *call) subject() (admin.Detail, error) {
	return c.s.Services.Operator(c.r.Context(), c.actor(), c.id())
}

// ask shows a page that says what will happen.
func (c *call) ask(page func(admin.Detail) view.Page) error {
	o, err := c.subject()
	if err != nil {
		return err
	}
	if !o.Within {
		return desk.ErrForbidden
	}
	return c.show(http.StatusOK, page(o))
}

// acted leads back to the operator's page, or shows the form again with what
// is wrong.
func (c *call) acted(err error, done string, again func(admin.Detail, view.Form) view.Page) error {
	bad := (*desk.InvalidError)(nil)
	var f view.Form
	switch {
	case errors.As(err, &bad):
		f = problems(bad)
	case errors.Is(err, desk.ErrLastSuperAdministrator):
		f = problem("", "This is the last active super-administrator. Make somebody else one first.")
	case errors.Is(err, desk.ErrElsewhere):
		f = problem("", "This operator signs in with the password of the community.")
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

func (c *call) getOperatorName() error {
	return c.ask(func(o admin.Detail) view.Page {
		return show.OperatorNamePage{Person: person(o.Operator), NewName: o.Name, Version: version(o.Version)}
	})
}

func (c *call) postOperatorName() error {
	err := c.s.Services.RenameOperator(c.r.Context(), c.actor(), c.visit, c.id(), c.version(), c.form.Get("name"))
	return c.acted(err, "operator-name", func(o admin.Detail, f view.Form) view.Page {
		return show.OperatorNamePage{Form: f, Person: person(o.Operator), NewName: c.form.Get("name"), Version: c.form.Get("version")}
	})
}

func version(n int64) string { return strconv.FormatInt(n, 10) }

// version is that of the record when the form was shown; what is no number fits
// none.
func (c *call) version() int64 {
	n, err := strconv.ParseInt(c.form.Get("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (c *call) getOperatorRoles() error {
	o, err := c.subject()
	if err != nil {
		return err
	}
	if !o.Within {
		return desk.ErrForbidden
	}
	return c.showOperatorRoles(http.StatusOK, o, view.Form{}, admin.RolesForm{Version: o.Version, Primary: o.PrimaryRole, Roles: o.Operator.Roles})
}

func (c *call) showOperatorRoles(status int, o admin.Detail, f view.Form, chosen admin.RolesForm) error {
	p := show.OperatorRolesPage{Form: f, Person: person(o.Operator), Version: version(chosen.Version), Self: o.ID == c.identity.Operator.ID}
	var err error
	if p.Primary, p.Additional, err = c.rolesToChoose(chosen); err != nil {
		return err
	}
	return c.show(status, p)
}

// rolesToChoose are the controls of a form about somebody's roles.
func (c *call) rolesToChoose(chosen admin.RolesForm) ([]view.Option, []show.RoleChoice, error) {
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

func (c *call) rolesForm() admin.RolesForm {
	return admin.RolesForm{Version: c.version(), Primary: c.form.Get("primary"), Roles: c.form["role"]}
}

// confirmed says whether the difference was shown already.
func (c *call) confirmed() bool { return c.form.Get("confirm") == "yes" }

// again is what was posted, for the page that shows the difference, whose form
// adds the confirmation.
func (c *call) again() []show.Hidden {
	var fields []show.Hidden
	for _, name := range slices.Sorted(maps.Keys(c.form)) {
		if name == tokenField || name == "confirm" {
			continue
		}
		for _, v := range c.form[name] {
			fields = append(fields, show.Hidden{Name: name, Value: v})
		}
	}
	return fields
}

func (c *call) postOperatorRoles() error {
	ctx, f := c.r.Context(), c.rolesForm()
	again := func(o admin.Detail, form view.Form) error {
		return c.showOperatorRoles(http.StatusUnprocessableEntity, o, form, f)
	}
	if c.confirmed() {
		err := c.s.Services.ChangeRoles(ctx, c.actor(), c.visit, c.id(), f)
		return c.rolesRefused(err, operatorPath(c.id())+"?done=roles", again)
	}
	change, err := c.s.Services.PreviewRoles(ctx, c.actor(), c.id(), f)
	if err != nil {
		return c.rolesRefused(err, "", again)
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, show.OperatorRolesConfirmPage{Person: person(o.Operator), RoleChanges: roleChanges(change), Fields: c.again()})
}

func roleChanges(r admin.RoleChange) show.RoleChanges {
	return show.RoleChanges{
		Before: r.PrimaryBefore, After: r.PrimaryAfter, Adds: r.Added, Removes: r.Removed, Gains: r.Gains, Loses: r.Loses,
		TwoFactor: r.TwoFactor, NoAccess: r.NoAccess,
	}
}

// rolesRefused shows a form about roles again, or goes on.
func (c *call) rolesRefused(err error, to string, again func(admin.Detail, view.Form) error) error {
	bad := (*desk.InvalidError)(nil)
	var f view.Form
	switch {
	case errors.As(err, &bad):
		f = problems(bad)
	case errors.Is(err, desk.ErrLastSuperAdministrator):
		f = problem("", "This is the last active super-administrator. Make somebody else one first.")
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

func (c *call) getOperatorInvitation() error {
	return c.ask(func(o admin.Detail) view.Page { return invitationPage(o, view.Form{}) })
}

func invitationPage(o admin.Detail, f view.Form) view.Page {
	return show.OperatorInvitationPage{Form: f, Person: person(o.Operator),
		Invitation: show.Invitation{Sent: o.UpdatedAt, Expires: o.InviteExpiresAt}}
}

func (c *call) postOperatorInvitation() error {
	ctx, s := c.r.Context(), c.s.Services
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
		return c.show(http.StatusOK, show.OperatorLinkShownPage{Person: person(o.Operator), Link: link, Expires: o.InviteExpiresAt, Invitation: true})
	case "cancel":
		if err := s.CancelInvitation(ctx, c.actor(), c.visit, c.id()); err != nil {
			return c.acted(err, "", invitationPage)
		}
		return c.redirect("/operators?done=invitation-cancelled")
	}
	return badRequest(http.StatusBadRequest)
}

func (c *call) postOperatorUnlock() error {
	return c.acted(c.s.Services.Unlock(c.r.Context(), c.actor(), c.visit, c.id()), "unlocked", nil)
}

func (c *call) getOperatorSessions() error {
	return c.ask(func(o admin.Detail) view.Page { return c.sessionsPage(o, view.Form{}) })
}

func (c *call) sessionsPage(o admin.Detail, f view.Form) view.Page {
	p := show.OperatorSessionsPage{Form: f, Person: person(o.Operator)}
	for _, s := range o.Live {
		p.Sessions = append(p.Sessions, show.Session{ID: s.ID, Device: view.Device(s.UserAgent), Address: s.Address, Since: s.CreatedAt, LastSeen: s.SeenAt})
	}
	return p
}

func (c *call) postOperatorSessions() error {
	return c.acted(c.s.Services.EndSessions(c.r.Context(), c.actor(), c.visit, c.id(), c.form.Get("end")), "operator-sessions", c.sessionsPage)
}

func (c *call) postOperatorResetMail() error {
	return c.acted(c.s.Services.SendReset(c.r.Context(), c.actor(), c.visit, c.id()), "reset-sent", linkPage(c))
}

func linkPage(c *call) func(admin.Detail, view.Form) view.Page {
	return func(o admin.Detail, f view.Form) view.Page {
		return show.OperatorLinkPage{Form: f, Person: person(o.Operator), Life: c.state.Settings.Reset.Life, Member: o.PasswordElsewhere}
	}
}

func (c *call) getOperatorLink() error {
	return c.ask(func(o admin.Detail) view.Page { return linkPage(c)(o, view.Form{}) })
}

func (c *call) postOperatorLink() error {
	link, expires, err := c.s.Services.PasswordLink(c.r.Context(), c.actor(), c.visit, c.id())
	if err != nil {
		return c.acted(err, "", linkPage(c))
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, show.OperatorLinkShownPage{Person: person(o.Operator), Link: link, Expires: expires})
}

func (c *call) getOperatorPassword() error {
	return c.ask(func(o admin.Detail) view.Page { return temporaryPage(o, view.Form{}) })
}

func temporaryPage(o admin.Detail, f view.Form) view.Page {
	return show.OperatorPasswordPage{Form: f, Person: person(o.Operator), Sessions: o.Sessions}
}

func (c *call) postOperatorPassword() error {
	plain, err := c.s.Services.TemporaryPassword(c.r.Context(), c.actor(), c.visit, c.id())
	if err != nil {
		return c.acted(err, "", temporaryPage)
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, show.OperatorPasswordShownPage{Person: person(o.Operator), Password: plain})
}

func (c *call) getOperatorTwoFactor() error {
	return c.ask(func(o admin.Detail) view.Page { return c.twoFactorPage(o, view.Form{}) })
}

func (c *call) twoFactorPage(o admin.Detail, f view.Form) view.Page {
	return show.OperatorTwoFactorPage{Form: f, Person: person(o.Operator), Reason: c.form.Get("reason"), Required: o.MustHaveTwoFactor}
}

func (c *call) postOperatorTwoFactor() error {
	err := c.s.Services.ResetTwoFactor(c.r.Context(), c.actor(), c.visit, c.id(), c.form.Get("reason"))
	return c.acted(err, "two-factor-reset", c.twoFactorPage)
}

func (c *call) getOperatorDisable() error {
	return c.ask(func(o admin.Detail) view.Page { return c.disablePage(o, view.Form{}) })
}

func (c *call) disablePage(o admin.Detail, f view.Form) view.Page {
	return show.OperatorDisablePage{Form: f, Person: person(o.Operator), Reason: c.form.Get("reason"), Sessions: o.Sessions}
}

func (c *call) postOperatorDisable() error {
	err := c.s.Services.Disable(c.r.Context(), c.actor(), c.visit, c.id(), c.form.Get("reason"))
	return c.acted(err, "disabled", c.disablePage)
}

func (c *call) getOperatorEnable() error {
	return c.ask(func(o admin.Detail) view.Page { return enablePage(o, view.Form{}) })
}

func enablePage(o admin.Detail, f view.Form) view.Page {
	p := show.OperatorEnablePage{Form: f, Person: person(o.Operator)}
	for _, r := range o.Roles {
		p.Roles = append(p.Roles, r.Name)
	}
	return p
}

func (c *call) postOperatorEnable() error {
	return c.acted(c.s.Services.Enable(c.r.Context(), c.actor(), c.visit, c.id()), "enabled", enablePage)
}

func (c *call) getOperatorDelete() error {
	return c.ask(func(o admin.Detail) view.Page { return c.deletePage(o, view.Form{}) })
}

func (c *call) deletePage(o admin.Detail, f view.Form) view.Page {
	return show.OperatorDeletePage{Form: f, Person: person(o.Operator), Reason: c.form.Get("reason"), Member: o.MemberID,
		AuditYears: int(c.state.Settings.AuditKeep.Hours() / 24 / 365)}
}

func (c *call) postOperatorDelete() error {
	if err := c.s.Services.Delete(c.r.Context(), c.actor(), c.visit, c.id(), c.form.Get("reason")); err != nil {
		return c.acted(err, "", c.deletePage)
	}
	return c.redirect("/operators?done=deleted")
}
