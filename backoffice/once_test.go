package backoffice_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

// posted is a form that a browser is about to send.
type posted struct {
	b    *browser
	path string
	form url.Values
}

// unsent is what a request would post.
func unsent(b *browser, request func() page) posted {
	p := posted{b: b}
	wire := b.Client.Transport
	b.Client.Transport = transport(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		require.NoError(b.T, err)
		p.path = strings.TrimPrefix(r.URL.Path, b.Site.Base)
		p.form, err = url.ParseQuery(string(body))
		require.NoError(b.T, err)
		w := httptest.NewRecorder()
		w.Header().Set("X-Community", "not sent")
		return w.Result(), nil
	})
	request()
	b.Client.Transport = wire
	return p
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// twice are forms that do something, by the pattern of their route and what is special
// about them.
func twice() map[string]func(*testing.T) (*office, posted) {
	all := map[string]func(*testing.T) (*office, posted){}
	own := func(name string, scene func(*office) (*browser, func() page), change ...func(*backoffice.Config)) {
		all[name] = func(t *testing.T) (*office, posted) {
			o := newOffice(t, change...)
			b, request := scene(o)
			return o, unsent(b, request)
		}
	}
	for name, scene := range map[string]string{
		"/setup": "setting up", "/login": "a password, with the code to come", "/login, without a code": "a password", "/login/code": "a code",
		"/login/recovery": "a recovery code", "/login/enrol": "an enrolment", "/forgot": "a forgotten password", "/reset": "a reset link",
		"/welcome": "an invitation", "/logout": "signing out", "/step-up": "a step-up", "/account/name": "a new name", "/account/password": "a new password",
		"/account/sessions": "ending the other sessions", "/account/two-factor/add": "a second authenticator", "/account/recovery-codes": "new recovery codes",
	} {
		own(name, scenes[scene])
	}
	own("/login/code, with a recovery code", func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		b := o.Browser()
		return form(b, b.Follow(b.Login("Ada", good)), "/login/code", "code", ada.Codes[0])
	})
	own("/forgot, by nobody", func(o *office) (*browser, func() page) {
		b := o.Browser()
		return form(b, b.Get("/forgot"), "/forgot", "email", "nobody@example.org")
	})
	own("/reset, in the session that it ends", func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		ada.Submit(ada.Get("/forgot"), "/forgot", "email", ada.Email)
		return form(ada.Browser, ada.Get("/reset"), "/reset", "token", o.LinkIn("reset"), "password", better, "password_again", better, "code", o.Code(ada.Secret))
	})
	own("/welcome, signing out first", func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		_, err := o.CommandLine().Invite(ctx, "ben@example.org", "Ben", backoffice.Moderator)
		require.NoError(o.T, err)
		return form(ada.Browser, ada.Get("/welcome"), "/welcome", "token", o.LinkIn("welcome"), "action", "sign-out")
	})
	own("/reset, signing out before the link is pasted", func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		return form(ada.Browser, ada.Get("/reset"), "/reset", "action", "sign-out")
	})
	own("/account/sessions, its own", func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		sent := url.Values{"csrf": {ada.Get("/account").Form("/logout").Get("csrf")}, "end": {o.SessionsOf(ada.ID)[0].ID}}
		return ada.Browser, func() page { return ada.Post("/account/sessions", sent) }
	})
	own("/account/sessions, a known browser", func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		return form(ada.Browser, ada.Get("/account/sessions"), "/account/sessions", "remove", "others")
	})
	own("/login/enrol/passkey", func(o *office) (*browser, func() page) {
		o.Person("Ada", backoffice.Moderator)
		b, a := o.Browser(), authenticator.New(o.Cfg.Origin)
		shown := b.Follow(b.Login("Ada", good))
		return form(b, shown, "/login/enrol/passkey", "passkey", shown.Passkey(a), "label", "Laptop")
	}, browse.WithPasskeys)
	own("/login/passkey", func(o *office) (*browser, func() page) {
		_, a := o.Keyed("Ada", backoffice.Moderator)
		b := o.Browser()
		shown := b.Follow(b.Login("Ada", good))
		return form(b, shown, "/login/passkey", "passkey", shown.Passkey(a))
	}, browse.WithPasskeys)
	own("/login/with-passkey", func(o *office) (*browser, func() page) {
		_, a := o.Keyed("Ada", backoffice.Moderator)
		o.Set(map[string]string{"passkeys.alone": "on"})
		b := o.Browser()
		shown := b.Get("/login")
		return form(b, shown, "/login/with-passkey", "passkey", shown.Passkey(a))
	}, browse.WithPasskeys)
	own("/account/passkeys/new", func(o *office) (*browser, func() page) {
		ada, _ := o.Keyed("Ada", backoffice.Moderator)
		shown := ada.Get("/account/passkeys/new")
		return form(ada.Browser, shown, "/account/passkeys/new", "passkey", shown.Passkey(authenticator.New(o.Cfg.Origin)))
	}, browse.WithPasskeys)
	own("/step-up, with a passkey", func(o *office) (*browser, func() page) {
		ada, a := o.Keyed("Ada", backoffice.Moderator)
		shown := ada.Get("/step-up")
		return form(ada.Browser, shown, "/step-up", "passkey", shown.Passkey(a))
	}, browse.WithPasskeys)
	own("/account/appearance", func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		return form(ada.Browser, ada.Get("/account"), "/account/appearance", "scheme", "dark")
	})
	own("/account/language", func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		return form(ada.Browser, ada.Get("/account/language"), "/account/language", "language", "de")
	})
	own("/{$}", func(o *office) (*browser, func() page) {
		o.Set(lax)
		sue := o.Entered("Sue", backoffice.SuperAdministrator)
		return form(sue.Browser, sue.Get("/"), "/", "action", "address")
	})
	own("/account/two-factor/add, the first", func(o *office) (*browser, func() page) {
		ada := o.Plain("Ada", backoffice.Moderator)
		shown := ada.Get("/account/two-factor/add")
		return form(ada.Browser, shown, "/account/two-factor/add", "code", o.Code(shown.Secret()), "label", "Phone")
	})
	own("/account/two-factor/{id}/remove", func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		o.Set(map[string]string{"two_factor.who": "recommended"})
		factors, err := o.Mem.ListFactors(ctx, ada.ID)
		require.NoError(o.T, err)
		at := "/account/two-factor/" + factors[0].ID + "/remove"
		return form(ada.Browser, ada.Get(at), at)
	})
	own("/account/name, at a human's pace", func(o *office) (*browser, func() page) {
		o.Set(map[string]string{"forms.human_pace": "on", "two_factor.who": "recommended"})
		o.Person("Ada", backoffice.Moderator)
		b := o.Browser()
		shown := b.Get("/login")
		o.Clock.Add(time.Minute)
		b.Submit(shown, "/login", "login", "Ada", "password", good)
		shown = b.Get("/account/name")
		o.Clock.Add(time.Minute)
		return form(b, shown, "/account/name", "name", "Adele")
	})
	companyForms(own)
	staged := func(name, path string, fields url.Values) {
		all[name] = func(t *testing.T) (*office, posted) {
			o, _, sue := stage(t)
			token := func() string { return sue.Get("/account").Form("/logout").Get("csrf") }
			if path == "/members/m-mel/revoke" {
				sue.Post("/members/m-mel", url.Values{"csrf": {token()}, "primary": {backoffice.Moderator}, "version": {"0"}, "confirm": {"yes"}})
			}
			sent := url.Values{"csrf": {token()}}
			for field, values := range fields {
				sent[field] = values
			}
			if path == "/parameters/passwords" {
				sent.Set("revision", sue.Get("/parameters/passwords").Filled("/parameters/passwords", "Review").Get("revision"))
			}
			return o, posted{sue.Browser, path, sent}
		}
	}
	for path, fields := range formed() {
		staged(path, at.Replace(path), fields)
	}
	staged("/office/approvals/{id}", "/office/approvals/mine", url.Values{"action": {"withdraw"}})
	staged("/office/approvals/{id}/refuse", "/office/approvals/request/refuse", url.Values{"reason": {"Not asked for"}})
	staged("/operators/{id}/invitation, a link to hand over", "/operators/id-of-invitedlow/invitation", url.Values{"action": {"link"}})
	staged("/operators/{id}/invitation, cancelled", "/operators/id-of-invitedlow/invitation", url.Values{"action": {"cancel"}})
	staged("/operators/{id}/sessions, of all", "/operators/id-of-ada/sessions", url.Values{"end": {"all"}})
	return all
}

// repeatable only read: sent twice, they are handled twice.
var repeatable = []string{"/audit/export", "/audit/verify"}

func TestEveryFormIsSentTwice(t *testing.T) {
	known := map[string]bool{}
	for name := range twice() {
		path, _, _ := strings.Cut(name, ",")
		known[path] = true
	}
	for _, r := range pages.Routes() {
		// Stopping twice is stopping: see internal/desk.TestStoppingEndsEveryCopy.
		if r.Method == http.MethodPost && r.Path != "/account/see-as" {
			require.True(t, known[r.Path], "%s is in no form of twice()", r.Path)
			delete(known, r.Path)
		}
	}
	require.Empty(t, known, "forms without a route")
}

// cookies are those of a browser.
func cookies(b *browser) map[cookie]string {
	all := map[cookie]string{}
	for _, name := range []cookie{sessionCookie, preCookie, browserCookie} {
		all[name] = b.Cookie(name)
	}
	return all
}

// having is a browser with these cookies and no others.
func having(b *browser, cookies map[cookie]string) *browser {
	own := *b
	own.Client = b.Site.Browser().Client
	for name, value := range cookies {
		own.SetCookie(name, value)
	}
	return &own
}

// requireSame requires that an answer is the same to the byte.
func requireSame(t *testing.T, first, again page, what string) {
	t.Helper()
	require.Equal(t, first.Status, again.Status, "%s: %s %s", what, again.Location, again.Text())
	for _, name := range []string{"Location", "Set-Cookie", "Content-Type", "Content-Security-Policy", "Content-Length", "Clear-Site-Data", "Cache-Control"} {
		require.Equal(t, first.Header[name], again.Header[name], "%s: %d %s", what, again.Status, again.Text())
	}
	require.Equal(t, first.Body, again.Body, what)
}

// left counts what a form leaves.
func (o *office) left() map[string]int {
	n := map[string]int{}
	for _, e := range o.Events() {
		n[e.Code]++
	}
	mails, err := o.Mem.ListMails(ctx, store.MailQuery{Limit: 100})
	require.NoError(o.T, err)
	operators, err := o.Mem.ListOperators(ctx, store.OperatorQuery{Limit: 100})
	require.NoError(o.T, err)
	n["mails"], n["operators"] = len(mails.Rows), len(operators.Rows)
	for _, op := range operators.Rows {
		n["sessions"] += len(o.SessionsOf(op.ID))
	}
	if n["session.all_ended"] > 0 {
		// A request with the cookie of a session that ended so removes the session.
		delete(n, "session.expired")
		delete(n, "sessions")
	}
	return n
}

func TestAFormSentTwiceIsHandledOnce(t *testing.T) {
	for name, set := range twice() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, p := set(t)
			there := o.replica()
			before := cookies(p.b)
			o.Store.Reset()
			first := p.b.Post(p.path, p.form)
			moments := []moment{{"AppendEvent", 1}}
			for _, call := range o.Store.Calls() {
				if call == "Hit" {
					moments = append(moments, moment{call, len(moments)})
				}
			}
			if name == "/account/appearance" || leadsAway[name] { // sets a cookie, and nothing else
				moments = []moment{{"ClaimAnswer", 1}}
			}
			if name == "/setup" { // the same for all
				moments = append(moments, moment{"ClaimAnswer", 1})
			}
			require.Less(t, first.Status, 400, first.Text())
			left, once, stored := cookies(p.b), o.left(), o.Dump()
			if name == repeatable[0] || name == repeatable[1] {
				require.Equal(t, http.StatusOK, p.b.Post(p.path, p.form).Status)
				require.NotEqual(t, once, o.left(), "it was read twice, and the audit log says so")
				return
			}
			for what, b := range map[string]*browser{
				"a double click": having(p.b, before), "a browser that repeats it": having(p.b, left),
				"a double click, on another replica": having(p.b, before).At(there), "a browser that repeats it, on another replica": having(p.b, left).At(there),
			} {
				requireSame(t, first, b.Post(p.path, p.form), what)
				require.True(t, stored == o.Dump() || name == "/parameters/sessions", "%s: nothing is written again", what)
				require.Equal(t, once, o.left(), what)
			}

			o, p = set(t)
			here, also := p.b, having(p.b, cookies(p.b)).At(o.replica())
			both := sameMoment(t, o, func() page { return here.Post(p.path, p.form) }, func() page { return also.Post(p.path, p.form) })
			requireSame(t, both[0], both[1], "at the same moment")
			require.Equal(t, first.Status, both[0].Status)
			require.Equal(t, once, o.left())

			for _, when := range moments {
				o, p = set(t)
				left = leave(o, p, when)
				again := having(p.b, left).Post(p.path, p.form)
				require.Equal(t, first.Status, again.Status, "after a first one that left after %v: %s", when, again.Text())
				require.Equal(t, once, o.left(), "after a first one that left after %v", when)
			}
		})
	}
}

// moment is the nth call of a method of the store.
type moment struct {
	method string
	n      int
}

// leave sends a form, and leaves at a moment, as a browser does that sends it again. It
// returns the browser's cookies.
func leave(o *office, p posted, at moment) map[cookie]string {
	o.T.Helper()
	leaving, cancel := context.WithCancel(ctx)
	o.Store.Reset()
	o.Store.After(at.method, at.n, cancel)
	r := p.b.With(http.MethodPost, p.path, p.form).WithContext(leaving)
	r.Header.Set("User-Agent", p.b.Agent)
	r.TLS, r.RemoteAddr = &tls.ConnectionState{}, "127.0.0.1:50000"
	for name, value := range cookies(p.b) {
		if value != "" {
			r.AddCookie(&http.Cookie{Name: o.Named(name), Value: value})
		}
	}
	o.Server.Config.Handler.ServeHTTP(httptest.NewRecorder(), r)
	require.Error(o.T, leaving.Err())
	return cookies(p.b)
}

// sameMoment sends two requests, the second to another replica while the first is about
// to commit.
func sameMoment(t *testing.T, o *office, requests ...func() page) []page {
	t.Helper()
	waits := make(chan struct{})
	o.Store.After("ClaimAnswer", 2, func() { close(waits) })
	o.Store.Before("Commit", func() {
		select {
		case <-waits:
		case <-time.After(5 * time.Second):
			t.Error("no one else claims the form")
		}
	})
	return together(requests...)
}

// together sends requests at once.
func together(requests ...func() page) []page {
	answers := make([]page, len(requests))
	var all sync.WaitGroup
	for i, request := range requests {
		all.Go(func() { answers[i] = request() })
	}
	all.Wait()
	return answers
}

func TestOfAFormSentManyTimesAtOnceOneIsHandled(t *testing.T) {
	o, p := twice()["/login/enrol"](t)
	before := cookies(p.b)
	requests := make([]func() page, 20)
	for i := range requests {
		b := having(p.b, before)
		requests[i] = func() page { return b.Post(p.path, p.form) }
	}
	o.Store.Reset()
	answers := together(requests...)
	for _, answer := range answers {
		requireSame(t, answers[0], answer, "at once")
	}
	require.Equal(t, 1, o.left()["sessions"])
	waits := 0
	for _, call := range o.Store.Calls() {
		if call == "FindAnswer" {
			waits++
		}
	}
	require.Equal(t, len(requests)-1, waits, "who waits does not ask the store all the time")
}
