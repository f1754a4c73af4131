package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var passwordReset = success("reset")

// ResetPage sets a new password with a link from an email. It asks for the token first, and
// for the password once that works. The script takes the token from the URL after "#" and
// posts it; without script it is pasted.
type ResetPage struct {
	view.Form
	// Token is what was posted. Without an error it works, and is kept in a hidden input.
	Token string
	Rules view.PasswordRules
	// AskCode asks for a code too, if the account has a second factor. Passkey are the options
	// for a passkey in place of it, in JSON; empty if it has none.
	AskCode bool
	Passkey string
	// SSO reports that the password works only here.
	SSO bool
}

func (ResetPage) Template() string { return "reset" }

// Path is where the form is posted.
func (ResetPage) Path() string { return "/reset" }

// getReset answers the same for every link. The token is in the fragment, which no
// server sees, and nothing is spent before a password is posted, so mail scanners may
// open the page, and let its script ask about the link, as often as they like.
func (c *call) getReset() error { return c.showReset(http.StatusOK, ResetPage{}) }

func (c *call) showReset(status int, p ResetPage) error {
	p.Rules, p.SSO = c.rules(), c.Desk.SSO != nil
	if p.AskCode && c.Desk.HasPasskeys() {
		var err error
		if p.Passkey, err = c.Desk.ResetPasskey(c.ctx(), p.Token); err != nil && !errors.Is(err, desk.ErrLink) {
			return err
		}
	}
	return c.showForLink(status, p)
}

func (c *call) linkForm() desk.LinkForm {
	return desk.LinkForm{
		Token: c.form.Get("token"), Password: c.form.Get("password"), Again: c.form.Get("password_again"), Code: c.form.Get("code"),
		Passkey: c.form.Get(passkeyField),
	}
}

func (c *call) postReset() error {
	f := c.linkForm()
	p := ResetPage{Token: f.Token, AskCode: c.form.Has("code")}
	if c.asksAboutLink() {
		err := c.checkLink(func(token string) (err error) {
			p.AskCode, err = c.Desk.CheckReset(c.ctx(), c.visit, token)
			return err
		})
		return c.linkChecked(err, func(status int, form view.Form) error {
			p.Form = form
			return c.showReset(status, p)
		})
	}
	browsers, err := c.Desk.Reset(c.ctx(), c.browserVisit(), f)
	bad := (*desk.InvalidError)(nil)
	if errors.As(err, &bad) {
		p.Form = c.problems(bad)
	}
	if refused, ok := c.passkeyRefused(err); ok && f.Passkey != "" && (bad == nil || refused.Error("") != "") {
		p.AskCode, p.Form = true, refused
		return c.showReset(http.StatusUnprocessableEntity, p)
	}
	switch {
	case errors.Is(err, desk.ErrCodeNeeded):
		needed := "link.reset.code"
		if c.Desk.HasPasskeys() {
			needed = "passkey.reset.needed"
		}
		p.AskCode = true
		p.Form = p.Refuse("code", c.t(needed))
	case errors.Is(err, desk.ErrCode), errors.Is(err, desk.ErrUnreadable):
		p.AskCode = true
		p.Form = p.Refuse("code", c.wrongCode(err, "signin.code.wrong"))
	case bad != nil:
	case err != nil:
		return err
	default:
		c.keepBrowsers(browsers)
		return c.redirect(passwordReset.at(c.signInPath()))
	}
	return c.showReset(http.StatusUnprocessableEntity, p)
}
