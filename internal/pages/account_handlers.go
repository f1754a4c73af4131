package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

func (c *call) getAccount() error {
	ctx, id := c.ctx(), c.identity
	sessions, err := c.Desk.Sessions(ctx, id)
	if err != nil {
		return err
	}
	a, err := c.Desk.Authenticators(ctx, id)
	if err != nil {
		return err
	}
	p := AccountPage{
		Name: id.Operator.Name, Email: id.Operator.Email, Member: id.Operator.MemberID, PasswordSet: id.Operator.PasswordSetAt,
		MemberPassword: c.Desk.PasswordElsewhere(id.Operator), TwoFactor: id.TwoFactor, CodesLeft: a.RecoveryCodes, Sessions: len(sessions),
	}
	for _, r := range id.Roles {
		p.Roles = append(p.Roles, r.Name)
	}
	return c.show(http.StatusOK, p)
}

func (c *call) getName() error {
	return c.show(http.StatusOK, AccountNamePage{Name: c.identity.Operator.Name})
}

func (c *call) postName() error {
	name := c.form.Get("name")
	err := c.Desk.Rename(c.ctx(), c.visit, c.identity, name)
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.show(http.StatusUnprocessableEntity, AccountNamePage{Form: Problems(bad), Name: name})
	}
	if err != nil {
		return err
	}
	return c.redirect("/account?done=name")
}

func (c *call) getPassword() error {
	if c.Desk.PasswordElsewhere(c.identity.Operator) {
		return desk.ErrNotFound
	}
	return c.showPassword(http.StatusOK, view.Form{})
}

func (c *call) showPassword(status int, f view.Form) error {
	return c.show(status, AccountPasswordPage{
		Form: f, Rules: c.rules(), SSO: c.Desk.SSO != nil, Forced: c.identity.MustChangePassword,
	})
}

func (c *call) postPassword() error {
	token, err := c.Desk.ChangePassword(c.ctx(), c.visit, c.identity,
		c.form.Get("current_password"), c.form.Get("password"), c.form.Get("password_again"))
	bad := (*desk.InvalidError)(nil)
	switch {
	case errors.As(err, &bad):
		return c.showPassword(http.StatusUnprocessableEntity, Problems(bad))
	case errors.Is(err, desk.ErrElsewhere):
		return desk.ErrNotFound
	case err != nil:
		return err
	}
	c.setCookie(sessionCookie, token)
	return c.redirect("/account?done=password")
}

func (c *call) getSessions() error {
	sessions, err := c.Desk.Sessions(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	var p SessionsPage
	for _, s := range sessions {
		p.Sessions = append(p.Sessions, SessionRow{
			ID: s.ID, Device: view.Device(s.UserAgent), Address: s.Address, Since: s.CreatedAt, LastSeen: s.SeenAt,
			Current: s.ID == c.identity.Session.ID,
		})
	}
	return c.show(http.StatusOK, p)
}

func (c *call) postSessions() error {
	ctx, end := c.ctx(), c.form.Get("end")
	if end == "others" {
		if err := c.Desk.EndOtherSessions(ctx, c.visit, c.identity); err != nil {
			return err
		}
		return c.redirect("/account/sessions?done=sessions-ended")
	}
	err := c.Desk.EndSession(ctx, c.visit, c.identity, end)
	if errors.Is(err, desk.ErrNotFound) {
		return c.redirect("/account/sessions?done=session-gone")
	}
	if err != nil {
		return err
	}
	if end == c.identity.Session.ID {
		c.setCookie(sessionCookie, "")
		return c.redirect("/logout")
	}
	return c.redirect("/account/sessions?done=session-ended")
}
