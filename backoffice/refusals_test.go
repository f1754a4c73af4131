package backoffice_test

import (
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
	ben := o.entered("Ben", backoffice.Moderator)
	stranger := o.browser()
	home := sue.get("/account")
	for _, c := range []struct {
		name, code, reason, who string
		status                  int
		send                    func() page
	}{
		{"a page without the right", "permission.denied", "", ben.ID, http.StatusForbidden, func() page { return ben.get("/audit") }},
		{"a form without its token", "request.forged", "", "", http.StatusForbidden,
			func() page { return sue.post("/logout", url.Values{"csrf": {"guess"}}) }},
		{"a method that the page has not", "request.malformed", "another method", sue.ID, http.StatusMethodNotAllowed,
			func() page { return sue.send(sue.request(http.MethodDelete, "/audit", nil)) }},
		{"the same from somebody who is not signed in", "request.malformed", "another method", "", http.StatusMethodNotAllowed,
			func() page { return stranger.send(stranger.request(http.MethodPut, "/login", nil)) }},
		{"a body that is no form", "request.malformed", "request cannot be read", sue.ID, http.StatusUnsupportedMediaType, func() page {
			r := sue.request(http.MethodPost, "/account/password", strings.NewReader(`{"password":"x"}`))
			r.Header.Set("Content-Type", "application/json")
			return sue.send(r)
		}},
		{"a field that comes twice", "request.malformed", "request cannot be read", sue.ID, http.StatusBadRequest, func() page {
			form := home.form("/logout")
			form["password"] = []string{"a", "b"}
			return sue.post("/step-up", form)
		}},
		{"an act that the form has not", "request.malformed", "form asks for no act of its page", sue.ID, http.StatusBadRequest, func() page {
			form := home.form("/logout")
			form.Set("action", "drop")
			o.mailed(1, func(int, *store.Mail) {})
			return sue.post("/mail/mail-000", form)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := o.count(c.code)
			require.Equal(t, c.status, c.send().status)
			require.Equal(t, before+1, o.count(c.code))
			events := o.events()
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
	b := o.browser()
	token := strings.Repeat("A", 43)
	for _, c := range []struct {
		name, code, who string
		send            func() page
	}{
		{"sign-ins", "signin.limited", "", func() page { return b.login("nobody", wrong) }},
		{"links", "request.limited", "", func() page { return b.use("/reset", token, better) }},
		{"requests for a link", "request.limited", "", func() page { return b.submit(b.get("/forgot"), "/forgot", "email", "nobody@example.org") }},
		{"step-ups", "request.limited", sue.ID, func() page { return sue.submit(sue.get("/step-up"), "/step-up", "password", wrong) }},
		{"test mails", "request.limited", sue.ID, func() page { return sue.press(sue.get("/mail/test"), "/mail/test", "Send test email") }},
		{"exports", "request.limited", sue.ID, func() page { return sue.press(sue.get("/audit"), "/audit/export", "CSV") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			signins, requests := o.count("signin.limited"), o.count("request.limited")
			for n := 0; c.send().status != http.StatusTooManyRequests; n++ {
				require.Less(t, n, 50)
			}
			require.Equal(t, signins+requests+1, o.count("signin.limited")+o.count("request.limited"))
			events := o.events()
			e := events[len(events)-1]
			require.Equal(t, []string{c.code, "refused", c.who}, []string{e.Code, e.Outcome, e.ActorID})
			require.True(t, strings.HasPrefix(e.Route, "POST /"), e.Route)
		})
	}
}
