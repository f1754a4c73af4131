package backoffice_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// TestWhatIsRefusedIsAudited goes through ways to get around a page, and looks
// for the one row that each of them leaves.
func TestWhatIsRefusedIsAudited(t *testing.T) {
	o, sue := seated(t)
	ben, adam := o.Entered("Ben", backoffice.Moderator), o.Entered("Adam", backoffice.Administrator)
	stranger := o.Browser()
	home := sue.Get("/account")
	for _, c := range []struct {
		name, code, reason, who string
		status                  int
		send                    func() page
	}{
		{"a page without the right", "permission.denied", "", ben.ID, http.StatusForbidden, func() page { return ben.Get("/audit") }},
		{"an act on someone who holds more", "permission.denied", "", adam.ID, http.StatusForbidden, func() page {
			form := adam.Get("/account").Form("/logout")
			form.Set("reason", "mine now")
			return adam.Post("/operators/"+sue.ID+"/disable", form)
		}},
		{"a form without its token", "request.forged", "", "", http.StatusForbidden,
			func() page { return sue.Post("/logout", url.Values{"csrf": {"guess"}}) }},
		{"a method that the page has not", "request.malformed", "another method", sue.ID, http.StatusMethodNotAllowed,
			func() page { return sue.Send(sue.Request(http.MethodDelete, "/audit", nil)) }},
		{"the same from someone who is not signed in", "request.malformed", "another method", "", http.StatusMethodNotAllowed,
			func() page { return stranger.Send(stranger.Request(http.MethodPut, "/login", nil)) }},
		{"a body that is no form", "request.malformed", "request cannot be read", sue.ID, http.StatusUnsupportedMediaType, func() page {
			r := sue.Request(http.MethodPost, "/account/password", strings.NewReader(`{"password":"x"}`))
			r.Header.Set("Content-Type", "application/json")
			return sue.Send(r)
		}},
		{"a field that comes twice", "request.malformed", "request cannot be read", sue.ID, http.StatusBadRequest, func() page {
			form := home.Form("/logout")
			form["password"] = []string{"a", "b"}
			return sue.Post("/step-up", form)
		}},
		{"an act that the form has not", "request.malformed", "form asks for no act of its page", sue.ID, http.StatusBadRequest, func() page {
			form := home.Form("/logout")
			form.Set("action", "drop")
			o.mailed(1, func(int, *store.Mail) {})
			return sue.Post("/mail/mail-000", form)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := o.Count(c.code)
			require.Equal(t, c.status, c.send().Status)
			require.Equal(t, before+1, o.Count(c.code))
			events := o.Events()
			e := events[len(events)-1]
			require.Equal(t, []string{c.code, "refused", c.who}, []string{e.Code, e.Outcome, e.ActorID})
			require.Equal(t, c.who != "", e.SessionID != "")
			require.NotEmpty(t, e.IP+e.Route+e.RequestID)
			if c.reason != "" {
				require.Equal(t, c.reason, e.Reason)
			}
		})
	}
}

// TestEveryLimitIsAuditedOnce brings every kind of limit about, and looks for
// the row of what came after.
func TestEveryLimitIsAuditedOnce(t *testing.T) {
	o, sue := seated(t)
	b := o.Browser()
	token := strings.Repeat("A", 43)
	for _, c := range []struct {
		name, code, who string
		send            func() page
	}{
		{"sign-ins", "signin.limited", "", func() page { return b.Login("nobody", wrong) }},
		{"links", "request.limited", "", func() page { return b.Use("/reset", token, better) }},
		{"requests for a link", "request.limited", "", func() page { return b.Submit(b.Get("/forgot"), "/forgot", "email", "nobody@example.org") }},
		{"step-ups", "request.limited", sue.ID, func() page { return sue.Submit(sue.Get("/step-up"), "/step-up", "password", wrong) }},
		{"test mails", "request.limited", sue.ID, func() page { return sue.Press(sue.Get("/mail/test"), "/mail/test", "Send test email") }},
		{"exports", "request.limited", sue.ID, func() page { return sue.Press(sue.Get("/audit"), "/audit/export", "CSV") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			signins, requests := o.Count("signin.limited"), o.Count("request.limited")
			for n := 0; c.send().Status != http.StatusTooManyRequests; n++ {
				require.Less(t, n, 50)
			}
			require.Equal(t, signins+requests+1, o.Count("signin.limited")+o.Count("request.limited"))
			events := o.Events()
			e := events[len(events)-1]
			require.Equal(t, []string{c.code, "refused", c.who}, []string{e.Code, e.Outcome, e.ActorID})
			require.True(t, strings.HasPrefix(e.Route, "POST /"), e.Route)
		})
	}
}

func TestFaultsAreAudited(t *testing.T) {
	o, sue := seated(t, withDirectory)
	o.Inside.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("host-canary") })
	o.Inside.HandleFunc("/fails", func(w http.ResponseWriter, r *http.Request) { o.Fail(w, r, errors.New("host-canary")) })
	for path, why := range map[string]string{"/panic": "panic", "/fails": "unexpected error"} {
		require.Equal(t, http.StatusInternalServerError, sue.Get(path).Status)
		e := o.Last()
		require.Equal(t, []string{"request.failed", "failure", sue.ID, why}, []string{e.Code, e.Outcome, e.ActorID, e.Reason})
		require.Contains(t, o.Log.String(), e.RequestID, "under which the log has the cause")
	}
	require.NotContains(t, o.Dump(), "host-canary")
}

func TestEveryRequestIsAuditedIfTheParameterSaysSo(t *testing.T) {
	o, sue := seated(t)
	o.Inside.Handle("/posts", silent)
	sue.Get("/audit")
	require.Zero(t, o.Count("request.allowed"), "off unless chosen")
	o.Set(map[string]string{"two_factor.who": "recommended", "audit.requests": "on"})
	ben := o.Entered("Ben", backoffice.Moderator)
	before := o.Count("request.allowed")
	for _, path := range []string{"/operators/" + ben.ID, "/posts"} {
		require.Equal(t, http.StatusOK, sue.Get(path).Status)
	}
	require.Equal(t, http.StatusForbidden, ben.Get("/audit").Status)
	o.Browser().Get("/login")
	require.Equal(t, before+2, o.Count("request.allowed"))
	events := o.Events()
	e := events[len(events)-3]
	require.Equal(t, []string{"request.allowed", sue.ID, "GET /operators/" + ben.ID, "operators.view"}, []string{e.Code, e.ActorID, e.Route, e.Detail["permission"]})
}

func TestTheAuditSaysHowTheOfficeIsConfigured(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) { c.SSO = &backoffice.SSO{URL: "https://sso.example/", Name: "SSO"} })
	ctx, stop := context.WithCancel(ctx)
	stop()
	require.ErrorIs(t, o.Run(ctx), context.Canceled)
	events := o.Events()
	require.Equal(t, "office.stopped", events[len(events)-1].Code)
	started := events[len(events)-2]
	require.Equal(t, "office.started", started.Code)
	require.Equal(t, []string{o.Cfg.Origin, "https://sso.example/", "false"}, []string{started.Detail["origin"], started.Detail["sign-in of members"], started.Detail["plain http"]})
	require.NotContains(t, fmt.Sprint(started), string(o.Cfg.Secret))
}
