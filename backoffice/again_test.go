package backoffice_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

func TestAFormIsSentAgainOnlyByItsBrowser(t *testing.T) {
	// scene is a browser that has posted the code of a sign-in.
	type scene struct {
		o     *office
		ada   *person
		p     posted
		first page
		left  map[cookie]string
	}
	enter := func(t *testing.T) scene {
		o := newOffice(t)
		ada := o.Enrolled("Ada", backoffice.Moderator)
		b := o.Browser()
		shown := b.Follow(b.Login("Ada", good))
		p := unsent(form(b, shown, "/login/code", "code", o.Code(ada.Secret)))
		s := scene{o: o, ada: ada, p: p}
		s.first = b.Post(p.path, p.form)
		require.Equal(t, "/", s.first.Location)
		s.left = cookies(b)
		return s
	}
	for name, c := range map[string]struct {
		change func(*testing.T, scene) *browser
		to     string
	}{
		"another browser":                   {func(_ *testing.T, s scene) *browser { return s.o.Browser() }, ""},
		"another browser that is signed in": {func(_ *testing.T, s scene) *browser { return s.ada.Browser }, "/"},
		"another browser in the middle of a sign-in": {func(_ *testing.T, s scene) *browser {
			b := s.o.Browser()
			b.Login("Ada", good)
			return b
		}, ""},
		"a browser of another kind": {func(_ *testing.T, s scene) *browser {
			b := having(s.p.b, s.left)
			b.Agent += " Other/1.0"
			return b
		}, ""},
		"another code": {func(_ *testing.T, s scene) *browser {
			s.p.form.Set("code", "000000")
			return having(s.p.b, s.left)
		}, "/"},
		"one field more": {func(_ *testing.T, s scene) *browser {
			s.p.form.Set("next", "/account")
			return having(s.p.b, s.left)
		}, "/account"},
		"another page": {func(_ *testing.T, s scene) *browser {
			s.p.form.Set("csrf", s.p.b.Get("/account").Form("/logout").Get("csrf"))
			return having(s.p.b, s.left)
		}, "/"},
		"after five minutes": {func(_ *testing.T, s scene) *browser {
			s.o.Clock.Add(5 * time.Minute)
			return having(s.p.b, s.left)
		}, "/"},
		"after signing out": {func(_ *testing.T, s scene) *browser {
			s.p.b.Submit(s.p.b.Get("/account"), "/logout")
			return having(s.p.b, s.left)
		}, ""},
		"after signing out, with no cookie but the known browser's": {func(_ *testing.T, s scene) *browser {
			s.p.b.Submit(s.p.b.Get("/account"), "/logout")
			return s.p.b
		}, ""},
		"after an administrator ended the session": {func(_ *testing.T, s scene) *browser {
			s.o.Write(store.EndSessions{OperatorID: s.ada.ID, All: true})
			return having(s.p.b, s.left)
		}, ""},
		"after the operator was disabled": {func(_ *testing.T, s scene) *browser {
			s.o.Change(s.ada.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
			return having(s.p.b, s.left)
		}, ""},
		"after the session was rotated": {func(t *testing.T, s scene) *browser {
			s.o.Clock.Add(totp.Period)
			stepped := s.p.b.Submit(s.p.b.Get("/step-up"), "/step-up", "password", good, "code", s.o.Code(s.ada.Secret))
			require.Equal(t, "/", stepped.Location)
			return having(s.p.b, s.left)
		}, ""},
		"from another site": {func(_ *testing.T, s scene) *browser { return having(s.p.b, s.left) }, "/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := enter(t)
			b := c.change(t, s)
			sessions := len(s.o.SessionsOf(s.ada.ID))
			r := b.With(http.MethodPost, s.p.path, s.p.form)
			if name == "from another site" {
				r.Header.Set("Sec-Fetch-Site", "cross-site")
			}
			again := b.Send(r)
			if c.to != "" {
				require.Equal(t, c.to, again.Location, again.Text())
			} else {
				require.Contains(t, []int{http.StatusForbidden, http.StatusSeeOther}, again.Status)
				require.Contains(t, []string{"", "/login?done=ended"}, again.Location)
			}
			require.NotContains(t, strings.Join(again.Header["Set-Cookie"], "\n"), s.o.Named(sessionCookie)+"=")
			require.LessOrEqual(t, len(s.o.SessionsOf(s.ada.ID)), sessions)
		})
	}
	t.Run("the same browser on another network", func(t *testing.T) {
		s := enter(t)
		requireSame(t, s.first, having(s.p.b, s.left).Post(s.p.path, s.p.form), "just now")
		s.o.Clock.Add(5*time.Minute - time.Second)
		requireSame(t, s.first, having(s.p.b, s.left).Post(s.p.path, s.p.form), "almost five minutes later")
	})
}

// A second person signs in with the browser, or the first may do less by now.
func TestAFormSentAgainGivesNothingThatItsSenderMayNotHaveNow(t *testing.T) {
	t.Run("the end of a session does not take the cookie of the next one", func(t *testing.T) {
		for _, name := range []string{"/logout", "/account/sessions, its own"} {
			o, p := twice()[name](t)
			first := p.b.Post(p.path, p.form)
			require.Contains(t, strings.Join(first.Header["Set-Cookie"], "\n"), o.Named(sessionCookie)+"=;", name)
			o.Clock.Add(time.Second)
			o.Set(map[string]string{"two_factor.who": "recommended"})
			o.Person("Zoe", backoffice.Moderator)
			require.Equal(t, "/", p.b.Login("Zoe", good).Location, name)
			again := p.b.Post(p.path, p.form)
			require.Equal(t, http.StatusForbidden, again.Status, name)
			require.Equal(t, http.StatusOK, p.b.Get("/account").Status, "%s: Zoe stays signed in", name)
		}
	})
	t.Run("what begins a session takes what the host's rule says now", func(t *testing.T) {
		refuse := false
		o := newOffice(t, func(c *backoffice.Config) {
			c.Decide = func(context.Context, backoffice.Access) error {
				if refuse {
					return backoffice.Refuse("Not from here.")
				}
				return nil
			}
		})
		p := unsent(scenes["an enrolment"](o))
		before := cookies(p.b)
		first := p.b.Post(p.path, p.form)
		requireSame(t, first, having(p.b, before).Post(p.path, p.form), "as long as it allows")
		refuse = true
		again := having(p.b, before).Post(p.path, p.form)
		require.NotEqual(t, first.Status, again.Status)
		require.NotContains(t, strings.Join(again.Header["Set-Cookie"], "\n"), o.Named(sessionCookie)+"=")
	})
	t.Run("what a page shows takes the permission still", func(t *testing.T) {
		for name, shows := range map[string]string{
			"/operators/{id}/temporary-password": "password", "/operators/{id}/link": "#", "/operators/{id}/invitation, a link to hand over": "#",
		} {
			o, p := twice()[name](t)
			first := p.b.Post(p.path, p.form)
			require.Equal(t, http.StatusOK, first.Status, name)
			require.Contains(t, first.Body, shows, name)
			o.Person("Root", backoffice.SuperAdministrator)
			o.Change("id-of-sue", func(op *store.Operator) { op.PrimaryRole = backoffice.Moderator })
			again := p.b.Post(p.path, p.form)
			require.Equal(t, http.StatusForbidden, again.Status, name)
		}
	})
}

func TestTheFormerAliasAnswersOnlyTheFormThatMovedTheOffice(t *testing.T) {
	o, p := twice()["/parameters/address"](t)
	var seen []string
	o.Server.Config.Handler = o.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen = append(seen, r.Method+" "+strings.TrimPrefix(r.URL.Path, o.Base)+" "+string(body))
		missing(w, r)
	}))
	earlier := unsent(form(p.b, p.b.Get("/account/name"), "/account/name", "name", "Sue Ann"))
	require.Equal(t, "/account?done=name", p.b.Post(earlier.path, earlier.form).Location)
	first, before := p.b.Post(p.path, p.form), cookies(p.b)
	require.Equal(t, http.StatusSeeOther, first.Status)
	require.Contains(t, first.Location, "/new-kelp-otter-walnut/parameters")
	requireSame(t, first, having(p.b, before).Post(p.path, p.form), "a double click")
	seen, o.Seen = nil, nil

	other := url.Values{"csrf": p.form["csrf"], "action": {"confirm"}}
	for _, b := range []*browser{o.Browser(), having(p.b, before)} {
		require.Equal(t, http.StatusNotFound, b.Post(p.path, other).Status)
		require.Equal(t, http.StatusNotFound, b.Post(earlier.path, earlier.form).Status, "another form, sent before")
		require.Equal(t, http.StatusNotFound, b.Post("/login", url.Values{"a": {"b"}}).Status)
		require.Equal(t, http.StatusNotFound, b.Get(p.path).Status)
	}
	require.Equal(t, http.StatusNotFound, o.Browser().Post(p.path, p.form).Status, "another browser")
	require.Equal(t, []string{
		"POST " + p.path + " " + other.Encode(), "POST /account/name " + earlier.form.Encode(), "POST /login a=b", "GET " + p.path + " ",
		"POST " + p.path + " " + other.Encode(), "POST /account/name " + earlier.form.Encode(), "POST /login a=b", "GET " + p.path + " ", "POST " + p.path + " " + p.form.Encode(),
	}, seen, "the community gets all of it")

	seen = nil
	o.Store.FailMethod("FindAnswer", errDown)
	require.Equal(t, http.StatusNotFound, having(p.b, before).Post(p.path, p.form).Status, "nor is anything there while the store is down")
	require.Equal(t, []string{"POST " + p.path + " " + p.form.Encode()}, seen)
	require.Contains(t, o.Log.String(), "answer to a form not found")
	o.Store.Reset()
	requireSame(t, first, having(p.b, before).Post(p.path, p.form), "once it is back")
}

func TestARefusedFormIsNotAnsweredFromMemory(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	b := o.Browser()
	shown, failed := b.Get("/login"), o.Count("signin.refused")
	for range 2 {
		require.Equal(t, http.StatusUnprocessableEntity, b.Submit(shown, "/login", "login", "Ada", "password", wrong).Status)
	}
	require.Equal(t, failed+2, o.Count("signin.refused"), "two attempts are two")
	code := b.Follow(b.Submit(shown, "/login", "login", "Ada", "password", good))
	require.Equal(t, "/login/code", code.Path)
	right := o.Code(ada.Secret)
	require.Equal(t, http.StatusUnprocessableEntity, b.Submit(code, "/login/code", "code", o.WrongCode(ada.Secret)).Status)
	require.Equal(t, "/", b.Submit(code, "/login/code", "code", right).Location, "and the form can be corrected")

	t.Run("while another waits, which is then handled", func(t *testing.T) {
		shown, also := b.Get("/account/name"), having(b, cookies(b)).At(o.replica())
		p := unsent(form(b, shown, "/account/name", "name", "Adele"))
		waits := make(chan struct{})
		o.Store.After("ClaimAnswer", 2, func() { close(waits) })
		o.Store.Before("FindOperator", func() { <-waits })
		o.Store.FailMethod("Commit", errDown)
		o.Store.After("SettleAnswer", 1, func() { o.Store.FailMethod("Commit", nil) })
		both := together(func() page { return b.Post(p.path, p.form) }, func() page { return also.Post(p.path, p.form) })
		if both[0].Status != http.StatusServiceUnavailable {
			both[0], both[1] = both[1], both[0]
		}
		require.Equal(t, http.StatusServiceUnavailable, both[0].Status)
		require.Equal(t, "/account?done=name", both[1].Location)
		o.Store.Reset()
		require.Equal(t, 1, o.Count("operator.renamed"))
	})
	t.Run("nor a question, which is asked again", func(t *testing.T) {
		_, sue := seated(t)
		shown := sue.Get("/parameters/address").Form("/parameters/address")
		shown.Set("action", "generate")
		require.NotEqual(t, sue.Post("/parameters/address", shown).Text(), sue.Post("/parameters/address", shown).Text())
	})
}

func TestAClaimEndsWithItsProcess(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	p := unsent(form(ada.Browser, ada.Get("/account/name"), "/account/name", "name", "Adele"))
	o.Store.FailMethod("SettleAnswer", errDown)
	require.Equal(t, "/account?done=name", ada.Post(p.path, p.form).Location, "an answer that is not kept is given all the same")
	require.Contains(t, o.Log.String(), "answer to a form not kept")
	o.Store.Reset()
	o.Clock.Add(30 * time.Second)
	require.Equal(t, "/account?done=name", ada.At(o.replica()).Post(p.path, p.form).Location)
	o.Store.Reset()
	require.Equal(t, "/account?done=name", ada.Post(p.path, p.form).Location)
	require.Equal(t, []string{"FindSession", "ClaimAnswer", "FindAnswer"}, o.Store.Calls(), "which was kept")
}
