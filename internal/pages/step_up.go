package pages

import (
	"errors"
	"net/http"
	"net/url"
	"path"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// StepUpPage confirms the operator's identity before something sensitive.
type StepUpPage struct {
	view.Form
	// Next is the path inside the office to go on to.
	Next string
	// Kept reports that Next is a form with what was typed. Cancel leads to the nearest
	// page above Next that opens without this; to Next itself if it is a kept form that does.
	Kept   bool
	Cancel string
	// AskCode asks for a code too, as the operator has a second factor.
	AskCode bool
	// Passkey are the options for a passkey, in JSON; empty if the operator has none. Only
	// reports that nothing else will do. AskPassword asks for the password with the passkey,
	// which did not check a PIN, a fingerprint or a face.
	Passkey           string
	Only, AskPassword bool
}

func (StepUpPage) Template() string { return "step_up" }

func (c *call) getStepUp() error {
	return c.showStepUp(http.StatusOK, c.stepUpPage(c.next(c.query())))
}

// showStepUp adds the options for a passkey, which are for one answer.
func (c *call) showStepUp(status int, p StepUpPage) error {
	var err error
	if p.Passkey, err = c.Desk.StepUpPasskey(c.ctx(), c.identity); err != nil {
		return err
	}
	p.Only = p.Passkey != "" && c.identity.PasskeyRequired
	return c.show(status, p)
}

func (c *call) stepUpPage(next string) StepUpPage {
	p := StepUpPage{Next: next, AskCode: c.identity.TwoFactor, Cancel: "/"}
	to, err := url.Parse(next)
	if err != nil {
		return p
	}
	if p.Kept = to.Query().Has(keptField); p.Kept && c.opens(to) {
		p.Cancel = next
		return p
	}
	for above := path.Dir(to.EscapedPath()); len(above) > 1; above = path.Dir(above) {
		if u, err := url.Parse(above); err == nil && c.opens(u) {
			p.Cancel = above
			break
		}
	}
	return p
}

// opens reports whether the reader may open a page without confirming their identity.
func (c *call) opens(to *url.URL) bool {
	_, pattern := c.mux.Handler(&http.Request{Method: http.MethodGet, Host: c.inner.Host, URL: to})
	e := c.routes[pattern]
	if e == nil {
		e = c.endpointOf(to)
	}
	page, ok := e[http.MethodGet]
	return ok && page.access == session && page.handle != nil && (page.permission == "" || c.identity.Can(page.permission)) && (page.part == "" || c.identity.Can(page.part))
}

func (c *call) postStepUp() error {
	p := c.stepUpPage(c.next(c.form))
	if c.form.Has(passkeyField) {
		return c.postStepUpPasskey(p)
	}
	token, err := c.Desk.StepUp(c.ctx(), c.visit, c.identity, c.form.Get("password"), c.form.Get("code"))
	bad := (*desk.InvalidError)(nil)
	switch {
	case errors.As(err, &bad):
		p.Form = c.problems(bad)
	case errors.Is(err, desk.ErrPasskeyNeeded):
		p.Form = p.Refuse("", c.t("passkey.needed_here"))
	case errors.Is(err, desk.ErrCredentials):
		p.Form = p.Refuse("password", c.t("signin.step_up.wrong"))
	case errors.Is(err, desk.ErrCode), errors.Is(err, desk.ErrUnreadable):
		p.Form = p.Refuse("code", c.wrongCode(err, "signin.code.wrong"))
	case err != nil:
		return err
	default:
		c.setCookie(sessionCookie, token)
		return c.redirect(p.Next)
	}
	return c.showStepUp(http.StatusUnprocessableEntity, p)
}

// postStepUpPasskey confirms the operator's identity with a passkey.
func (c *call) postStepUpPasskey(p StepUpPage) error {
	f, missing := c.noAnswer()
	if !missing {
		token, err := c.Desk.StepUpWithPasskey(c.ctx(), c.visit, c.identity, c.form.Get(passkeyField), c.form.Get("password"))
		if err == nil {
			c.setCookie(sessionCookie, token)
			return c.redirect(p.Next)
		}
		var refused bool
		if f, refused = c.passkeyRefused(err); !refused && errors.Is(err, desk.ErrCredentials) {
			f, refused = f.Refuse("password", c.t("signin.step_up.wrong")), true
		}
		if !refused {
			return err
		}
	}
	p.Form, p.AskPassword = f, f.Error("password") != ""
	return c.showStepUp(http.StatusUnprocessableEntity, p)
}
