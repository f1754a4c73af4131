package gallery

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// nothing is a token of no link.
var nothing = strings.Repeat("A", 43)

const short = "too short"

func setUp(g *gallery) {
	o := g.open()
	o.Clock.Set(Time)
	b := o.browser(home)
	form := b.Get("/setup")
	o.keep("empty", form)
	o.keep("not-a-token", b.Submit(form, "/setup", "token", "not-it"))
	o.keep("refused", b.Submit(form, "/setup", "token", "not-it", "email", "ada@community.example", "name", longName, "password", testoffice.Good, "password_again", testoffice.Good))
	token, err := o.SetupToken(ctx)
	require.NoError(g.t, err)
	o.keep("checked", b.Submit(form, "/setup", "token", token))
	o.keep("refused-empty", b.Submit(form, "/setup", "token", token, "password", ""))
	o.Rules(map[string]string{
		"password.min_length": "12", "password.lower": "on", "password.upper": "on", "password.digit": "on", "password.symbol": "on", "password.history": "5",
	})
	o.keep("refused-fields", b.Submit(form, "/setup", "token", token, "email", "ada@", "name", hostile, "password", short, "password_again", "too long"))
}

// sso is a company sign-in that members have instead of a password here.
func sso(c *desk.Config, _ *pages.Config) {
	c.SSO = &desk.SSO{URL: "https://contoso.example/", Name: "Contoso Sign-In"}
	c.Members = testoffice.NewDirectory()
}

func signIn(g *gallery) {
	o := g.open()
	o.Clock.Set(Time)
	b := o.browser(home)
	o.keep("empty", b.Get("/login"))
	o.keep("refused", b.Submit(b.Get("/login?next=%2Fanalytics%3Fweek%3D11"), "/login", "login", "ada@community.example", "password", testoffice.Wrong))
	o.keep("missing", b.Submit(b.Get("/login"), "/login"))
	o.keep("hostile", b.Submit(b.Get("/login?next="+url.QueryEscape("/a?"+hostile)), "/login", "login", hostile, "password", hostile))
	o.keep("ended", b.Get("/login?done=ended"))
	o.keep("plain", b.Get("/logout"))
	o.keep("plain", b.From("/analytics?week=11"))
	o.keep("hostile", b.From("/a?to=//evil.example/;url="+url.QueryEscape(hostile)))
	form := b.Get("/forgot")
	o.keep("empty", form)
	o.keep("refused", b.Submit(form, "/forgot", "email", "ada"))
	o.keep("plain", b.Submit(form, "/forgot", "email", "ada@community.example"))

	o = g.open(sso)
	o.Clock.Set(Time)
	o.keep("sso", o.browser(home).Get("/login"))
}

func signInPaused(g *gallery) {
	o := g.open()
	o.Clock.Set(Time)
	o.person("grace", "Grace Hopper", "grace@community.example", store.Operator{}, desk.RoleModerator)
	b := o.browser(home)
	o.Rules(map[string]string{"signin.paused": "on"})
	form := b.Get("/login")
	o.keep("maintenance", form)
	o.keep("plain", b.Submit(form, "/login", "login", "Grace Hopper", "password", testoffice.Good))
	o.Rules(map[string]string{"signin.paused": "on", "signin.paused_text": "We are moving to a new server."})
	o.keep("filled", b.Submit(form, "/login", "login", "Grace Hopper", "password", testoffice.Good))
}

func secondStep(g *gallery) {
	o := g.open()
	ada := o.at(ago(time.Hour), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	b := o.browser(home)
	form := b.Follow(b.Login("ada@community.example", testoffice.Good))
	o.keep("empty", form)
	o.keep("refused", b.Submit(form, "/login/code", "code", o.WrongCode(ada.Secret)))
	o.keep("malformed", b.Submit(form, "/login/code", "code", "12 34"))
	o.keep("several", b.Submit(form, "/login/code", "code", "123456 654321"))
	form = b.Get("/login/recovery")
	o.keep("empty", form)
	o.keep("refused", b.Submit(form, "/login/recovery", "code", "AAAA-BBBB-CCCC-DDDD"))
	o.keep("malformed", b.Submit(form, "/login/recovery", "code", "AAAA-BBBB"))
	o.keep("plain", b.Get("/login/lost-phone"))
	form = b.Get("/login/code")
	o.Unreadable("ada")
	o.keep("unreadable", b.Submit(form, "/login/code", "code", o.Code(ada.Secret)))
}

func enrolling(g *gallery) {
	o := g.open()
	o.Clock.Set(Time)
	o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator)
	b := o.browser(home)
	form := b.Follow(b.Login("ada@community.example", testoffice.Good))
	o.keep("empty", form)
	secret, old := form.Secret(), form.Form("/login/enrol").Get("enrolment")
	o.keep("refused", b.Submit(form, "/login/enrol", "code", o.WrongCode(secret)))
	o.keep("clock", b.Submit(form, "/login/enrol", "code", testoffice.CodeAt(g.t, secret, Time.Add(4*time.Minute))))
	o.keep("plain", b.Submit(form, "/login/enrol", "code", o.Code(secret)))

	b = o.browser(home)
	o.person("grace", "Grace Hopper", "grace@community.example", store.Operator{}, desk.RoleModerator)
	form = b.Follow(b.Login("grace@community.example", testoffice.Good))
	o.keep("expired", b.Submit(form, "/login/enrol", "enrolment", old, "code", "123456"))
}

func links(g *gallery) {
	o := g.open(sso)
	o.Clock.Set(Time)
	_, invited := o.Invited("sara@community.example", arabicName, desk.RoleModerator)
	b := o.browser(home)
	form := b.Get("/welcome")
	o.keep("empty", form)
	o.keep("checked", b.Submit(form, "/welcome", "token", invited))
	o.keep("refused", b.Submit(form, "/welcome", "token", invited, "password", short, "password_again", "too long"))

	ada := o.at(ago(time.Hour), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	grace := o.at(ago(2*time.Minute), o.person("grace", "Grace Hopper", "grace@community.example", store.Operator{}, desk.RoleModerator))
	o.keep("signed-in", grace.Submit(grace.Get("/welcome"), "/welcome", "token", invited))
	o.keep("signed-in", grace.Get("/reset"))
	o.keep("plain", grace.Get("/logout"))
	token := o.ResetLink("ada@community.example")
	form = b.Get("/reset")
	o.keep("empty", form)
	o.keep("checked", b.Submit(form, "/reset", "token", token))
	o.keep("refused", b.Submit(form, "/reset", "token", token, "password", short, "password_again", "too long"))
	asks := b.Submit(form, "/reset", "token", token, "password", testoffice.Better, "password_again", testoffice.Better)
	o.keep("code", asks)
	o.keep("wrong-code", b.Submit(asks, "/reset", "password", testoffice.Better, "password_again", testoffice.Better, "code", o.WrongCode(ada.Secret)))
	o.Unreadable("ada")
	o.keep("unreadable", b.Submit(asks, "/reset", "password", testoffice.Better, "password_again", testoffice.Better, "code", o.Code(ada.Secret)))
	again := []string{"password", testoffice.Better, "password_again", testoffice.Better}
	use := func(token string) browse.Page {
		return b.Submit(form, "/reset", append([]string{"token", token}, again...)...)
	}
	o.keep("misplaced", use(invited))
	o.keep("cut", use("https://community.example/k7w3/reset"))
	o.keep("not-a-token", use(nothing[1:]))
	o.keep("plain", b.Get("/reset%23"+nothing))
	o.keep("plain", b.Submit(form, "/reset", "token", nothing, "password", testoffice.Better, "password_again", testoffice.Better))
}

// refusals are answers to what does not go on, to people who are signed out and
// who are signed in.
func refusals(g *gallery) {
	o := g.open()
	o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator)
	o.person("mary", "Mary Somerville", "mary@community.example", store.Operator{}, desk.RoleAdministrator)
	o.inside.HandleFunc("/analytics", func(http.ResponseWriter, *http.Request) { panic("a mistake of the host") })
	o.inside.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		scope, _ := pages.FromContext(r.Context())
		scope.To(w).NotFound()
	})
	o.inside.HandleFunc("POST /bans", func(w http.ResponseWriter, r *http.Request) {
		scope, _ := pages.FromContext(r.Context())
		scope.To(w).Fail(o.Disable(r.Context(), scope.Identity().Actor(), scope.Visit(), "ada", "Left the company."))
	})
	mary := o.at(ago(2*time.Minute), o.Find("mary"))
	ada := o.at(ago(2*time.Minute), o.Find("ada"))
	b := o.browser(home)

	form := b.Get("/login")
	o.keep("plain", b.Post("/login", url.Values{"login": {"ada"}, "csrf": {"stale"}}))
	r := b.Request(http.MethodPost, "/login", strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	o.keep("plain", b.Send(r))
	r = b.Request(http.MethodPost, "/login", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	o.keep("plain", b.Send(r))
	o.keep("plain", b.Send(b.Request(http.MethodPut, "/login", nil)))
	o.keep("plain", b.Get("/static/gone.css"))
	plain := o.browser(home)
	plain.Client.Transport = address{o: o, ip: home, plain: true}
	o.keep("plain", plain.Get("/login"))
	o.Store.FailMethod("FindSignIn", &password.BusyError{RetryAfter: password.DefaultQueueWait}) // as a full queue answers
	o.keep("plain", b.Submit(form, "/login", "login", "Ada Lovelace", "password", testoffice.Good))
	o.Store.FailMethod("FindSignIn", errors.New("this one query fails"))
	o.keep("plain", b.Submit(form, "/login", "login", "Ada Lovelace", "password", testoffice.Good))
	o.Store.FailMethod("FindSignIn", testoffice.ErrDown)
	o.keep("sent", b.Submit(form, "/login", "login", "Ada Lovelace", "password", testoffice.Good))
	o.Store.FailMethod("ParametersRevision", testoffice.ErrDown)
	o.keep("plain", b.Get("/login"))
	o.Store.Reset()
	o.Store.FailMethod("Hit", store.ErrReadOnly)
	o.keep("plain", b.Submit(form, "/login", "login", "Ada Lovelace", "password", testoffice.Good))
	o.Store.Reset()

	o.keep("plain", ada.Get("/nowhere"))
	rename := ada.Get("/account/name")
	o.Store.FailMethod("Commit", store.ErrReadOnly)
	o.keep("signed-in", ada.Submit(rename, "/account/name", "name", "Ada King"))
	o.Store.Reset()
	o.keep("plain", ada.Get("/analytics"))
	o.keep("plain", ada.Post("/bans", url.Values{"csrf": ada.Get("/account").Form("/logout")["csrf"]}))
	o.keep("named", mary.Get("/parameters"))
	o.keep("plain", mary.Get("/operators/ada/name"))

	o.Rules(map[string]string{"signin.failures": "5", "signin.wait": "1s", "signin.disable_after": "10"})
	again := func(b *browse.Browser, page string, fields ...string) browse.Page {
		p := b.Submit(b.Get(page), page, fields...)
		for range 20 {
			if p.Status == http.StatusTooManyRequests {
				break
			}
			p = b.Submit(b.Get(page), page, fields...)
		}
		require.Equal(g.t, http.StatusTooManyRequests, p.Status)
		return p
	}
	o.keep("plain", again(b, "/login", "login", "Grace Hopper", "password", testoffice.Wrong))
	stepUp := func() browse.Page { return again(ada.Browser, "/step-up", "password", testoffice.Wrong) }
	o.keep("plain", stepUp())
	for range 6 {
		o.Clock.Add(40 * time.Second)
		stepUp()
	}
	o.keep("open", stepUp())
	o.Clock.Set(Time)
}

// refusedByHost is what a rule of the host's comes to.
func refusedByHost(g *gallery) {
	var rule error
	o := g.open(func(c *desk.Config, _ *pages.Config) {
		c.Decide = func(_ context.Context, _ desk.Question) error { return rule }
	})
	o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator)
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	ada := o.at(ago(2*time.Minute), o.Find("ada"))
	b := o.browser(home)
	rule = &desk.RefusedError{Text: "The back office is open from Monday to Friday, 8:00 to 18:00."}
	o.keep("plain", b.Login("Ada Lovelace", testoffice.Good))
	rule = &desk.RefusedError{Text: "Use the network of the office, or the VPN."}
	o.keep("signed-in", ada.Get("/"))
	rule = errors.New("a mistake of the host")
	o.keep("failed", ada.Get("/"))
}
