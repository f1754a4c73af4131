package backoffice_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

func TestAScriptGetsAFormToken(t *testing.T) {
	o := newOffice(t)
	o.Inside.HandleFunc("POST /posts", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	token := func(b *browser) string {
		answer := sends(b, "GET", "/account/form-token", nil, fetches, within)
		require.Equal(t, http.StatusOK, answer.Status)
		require.Equal(t, "application/json", answer.Header.Get("Content-Type"))
		var got struct {
			FormToken string `json:"form_token"`
		}
		require.NoError(t, json.Unmarshal([]byte(answer.Body), &got))
		return got.FormToken
	}
	own := token(ada.Browser)
	community := strings.Repeat("A", len(own)) // what a script sends for another library
	for what, headers := range map[string][]string{
		"Rails, htmx":                         {"X-CSRF-Token: " + own},
		"Axios, Angular":                      {"X-XSRF-TOKEN: " + own},
		"both":                                {"X-CSRF-Token: " + own, "X-XSRF-TOKEN: " + own},
		"the community's in the other header": {"X-CSRF-Token: " + own, "X-XSRF-TOKEN: " + community},
		"the community's in the first header": {"X-CSRF-Token: " + community, "X-XSRF-TOKEN: " + own},
	} {
		answer := sends(ada.Browser, "POST", "/posts", strings.NewReader(`{"a":1}`), append(headers, fetches, within, "Content-Type: application/json")...)
		require.Equal(t, http.StatusOK, answer.Status, what)
		require.Equal(t, `{"a":1}`, answer.Body, what)
	}
	answer := sends(ada.Browser, "POST", "/posts", strings.NewReader("csrf="+own), fetches, within, "X-XSRF-TOKEN: "+community)
	require.Equal(t, http.StatusOK, answer.Status, "the community's in a header, ours in the form")

	t.Run("of its own session", func(t *testing.T) {
		eve := o.Enrolled("Eve", backoffice.Moderator)
		for what, bad := range map[string]string{"another operator's": token(eve.Browser), "none": "", "the community's": community, "cut": own[1:]} {
			answer := sends(ada.Browser, "POST", "/posts", nil, fetches, within, "X-CSRF-Token: "+bad)
			require.Equal(t, "stale-form", told(t, answer, what).Type)
			fresh := told(t, answer, what).FormToken
			require.Equal(t, http.StatusOK, sends(ada.Browser, "POST", "/posts", nil, fetches, within, "X-XSRF-TOKEN: "+fresh).Status, "with the fresh one it is done")
		}
	})
	t.Run("which outlives a step-up in another tab, but not the session", func(t *testing.T) {
		posts := func() int {
			return sends(ada.Browser, "POST", "/posts", nil, fetches, within, "X-CSRF-Token: "+own).Status
		}
		before := ada.Cookie(sessionCookie)
		o.Clock.Add(totp.Period)
		require.Equal(t, "/", ada.Submit(ada.Get("/step-up"), "/step-up", "password", good, "code", o.Code(ada.Secret)).Location)
		require.NotEqual(t, before, ada.Cookie(sessionCookie))
		require.Equal(t, http.StatusOK, posts())
		o.Clock.Add(totp.Period)
		other := ada.Again()
		require.Equal(t, http.StatusForbidden, sends(other, "POST", "/posts", nil, fetches, within, "X-CSRF-Token: "+own).Status, "another session of hers")
		ada.Submit(ada.Get("/account"), "/logout")
		require.Equal(t, http.StatusUnauthorized, posts())
		ada.SetCookie(sessionCookie, other.Cookie(sessionCookie))
		require.Equal(t, http.StatusForbidden, posts(), "she signed in again")
	})
	t.Run("without keeping the session alive", func(t *testing.T) {
		ben := o.Enrolled("Ben", backoffice.Moderator)
		for range 4 {
			o.Clock.Add(10 * time.Minute)
			sends(ben.Browser, "GET", "/account/form-token", nil, fetches, within)
		}
		require.Equal(t, http.StatusUnauthorized, sends(ben.Browser, "GET", "/account/form-token", nil, fetches, within).Status)
	})
	t.Run("and no person does", func(t *testing.T) {
		zoe := o.Enrolled("Zoe", backoffice.Moderator)
		require.Equal(t, http.StatusNotFound, zoe.Get("/account/form-token").Status)
		require.Equal(t, http.StatusSeeOther, o.Browser().Get("/account/form-token").Status)
	})
}

// TestNoFormTokenBeforeItsTime asks for one while the operator, or the office, is not ready.
func TestNoFormTokenBeforeItsTime(t *testing.T) {
	for what, c := range map[string]struct {
		change func(o *office, r *rule, ada *person) *browser
		kind   string
	}{
		"after the password alone": {func(o *office, _ *rule, _ *person) *browser {
			b := o.Browser()
			b.Follow(b.Login("Ada", good))
			return b
		}, "signed-out"},
		"after signing out": {func(_ *office, _ *rule, ada *person) *browser {
			ada.Submit(ada.Get("/account"), "/logout")
			return ada.Browser
		}, "signed-out"},
		"who must change the password": {func(o *office, _ *rule, ada *person) *browser {
			o.Change(ada.ID, func(op *store.Operator) { op.MustChangePassword = true })
			return ada.Browser
		}, "new-password-required"},
		"who must enrol": {func(o *office, _ *rule, ada *person) *browser {
			o.Write(store.RemoveFactors{OperatorID: ada.ID, All: true})
			return ada.Browser
		}, "two-factor-required"},
		"whom the host's rule refuses": {func(_ *office, r *rule, ada *person) *browser {
			r.refuses()
			return ada.Browser
		}, "refused"},
		"whom it asks for a step-up": {func(o *office, r *rule, ada *person) *browser {
			o.Clock.Add(6 * time.Minute)
			r.is(func(backoffice.Access) error { return backoffice.ErrStepUp })
			return ada.Browser
		}, "step-up-required"},
		"while the store is down": {func(o *office, _ *rule, ada *person) *browser {
			o.Store.FailMethod("FindSession", errDown)
			return ada.Browser
		}, "unavailable"},
	} {
		t.Run(what, func(t *testing.T) {
			o, r := ruled(t)
			b := c.change(o, r, o.Enrolled("Ada", backoffice.Moderator))
			for _, method := range []string{"GET", "HEAD"} {
				answer := sends(b, method, "/account/form-token", nil, fetches, within)
				require.GreaterOrEqual(t, answer.Status, 400, method)
				require.NotContains(t, answer.Body, "form_token", method)
				if method == "GET" {
					require.Equal(t, c.kind, told(t, answer, what).Type)
				}
			}
		})
	}
	t.Run("from a page that hides its origin, in an older browser", func(t *testing.T) {
		ada := newOffice(t).Enrolled("Ada", backoffice.Moderator)
		answer := sends(ada.Browser, "GET", "/account/form-token", nil, "X-Requested-With: XMLHttpRequest", "Origin: null")
		require.Equal(t, "cross-origin", told(t, answer, "null").Type)
	})
	t.Run("at an alias that was retired", func(t *testing.T) {
		o := newOffice(t)
		ada := o.Enrolled("Ada", backoffice.Moderator)
		former := ada.Request("GET", "/account/form-token", nil)
		former.Header.Set("Sec-Fetch-Mode", "cors")
		_, err := o.RotateAlias(ctx)
		require.NoError(t, err)
		answer := ada.Send(former)
		require.NotContains(t, answer.Body, "form_token")
		require.Empty(t, answer.Header.Get("Content-Security-Policy"), "it is the community's")
	})
}

// A form that was done before a step-up in another tab is not done again after it.
func TestAFormSentAgainAfterAStepUpIsNotDoneAgain(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for _, path := range []string{"/account/recovery-codes", "/account/name"} {
		o.Clock.Add(totp.Period)
		at := map[string]string{"/account/recovery-codes": "/account/recovery-codes/new"}[path]
		if at == "" {
			at = path
		}
		form := ada.Get(at).Form(path)
		form.Set("name", "Adele")
		first := ada.Post(path, form)
		require.Less(t, first.Status, 400, first.Text())
		require.Equal(t, "/", ada.Submit(ada.Get("/step-up"), "/step-up", "password", good, "code", o.Code(ada.Secret)).Location)
		again := ada.Post(path, form)
		require.Equal(t, first.Status, again.Status, again.Text())
		require.Equal(t, first.Body, again.Body)
		require.Equal(t, http.StatusOK, ada.Get("/account").Status, "and her cookie is that of after the step-up")
	}
	require.Equal(t, 1, o.Count("two_factor.codes_replaced"))
}
