package backoffice_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
)

// outcomes has an entry for each route that is open without a session.
func (c *outside) outcomes() map[string][]outcome {
	login := func(name, password string) func(int) *http.Request {
		return func(n int) *http.Request {
			return c.post("/login", "login", strings.ReplaceAll(name, "#", fmt.Sprint(n)), "password", password)
		}
	}
	// With the cookie of a sign-in that was begun.
	with := func(name, path string, pairs ...string) func(int) *http.Request {
		passed, err := c.Desk().SignIn(ctx, testoffice.Home, desk.SignInForm{Login: name, Password: good})
		require.NoError(c.T, err)
		other := *c
		other.pre = passed.Token
		_, body := other.comes(other.request(http.MethodGet, path, nil), testoffice.Home.IP)
		other.csrf = page{T: c.T, Base: c.Base, Body: body}.Form(path).Get("csrf")
		return func(int) *http.Request { return other.post(path, pairs...) }
	}
	link := func(path, which string) func(int) *http.Request {
		return func(int) *http.Request {
			fields := []string{"token", c.links[which], "password", better, "password_again", better}
			if path == "/setup" {
				fields = append(fields, "email", "eve@example.org", "name", "Eve")
			}
			return c.post(path, fields...)
		}
	}
	forgot := func(email string) func(int) *http.Request {
		return func(n int) *http.Request {
			return c.post("/forgot", "email", strings.ReplaceAll(email, "#", fmt.Sprint(n)))
		}
	}
	paused := func(do func()) {
		c.Set(map[string]string{"signin.paused": "on"})
		do()
		c.Set(nil)
	}
	refusing := func(do func()) {
		c.Set(map[string]string{"two_factor.who": "recommended"})
		c.refuses = true
		do()
		c.refuses = false
		c.Set(nil)
	}
	const in, code, asked, reset, welcome = "signin.refused", "code.refused", "password.reset_requested",
		"password.reset_refused", "operator.invitation_refused"
	all := map[string][]outcome{
		"POST /login": {
			{"names that nobody has", in, login("eve#", wrong), nil}, {"a name that nobody has", in, login("eve", wrong), nil},
			{"a wrong password", in, login("Ada", wrong), nil}, {"someone disabled", in, login("Dora", good), nil},
			{"someone invited", in, login("ivan", good), nil}, {"someone without a role", in, login("Norole", good), nil},
			{"a pause", "signin.paused", login("Kept", good), paused}, {"a rule of the host", in, login("Late", good), refusing},
			{"a name that cannot be", in, login(strings.Repeat("x", 300), wrong), nil}, {"nothing", "", login("", ""), nil},
		},
		"POST /login/with-passkey": {
			{"no answer", "", func(int) *http.Request { return c.post("/login/with-passkey", "passkey", "") }, nil},
			{"no passkeys here", "", func(int) *http.Request { return c.post("/login/with-passkey", "passkey", "{}") }, nil},
		},
		"POST /login/passkey": {
			{"no sign-in", "", func(int) *http.Request { return c.post("/login/passkey", "passkey", "{}") }, nil},
		},
		"POST /login/enrol/passkey": {
			{"no sign-in", "", func(int) *http.Request { return c.post("/login/enrol/passkey", "passkey", "{}") }, nil},
		},
		"POST /login/code": {
			{"no sign-in", "", func(int) *http.Request { return c.post("/login/code", "code", "123456") }, nil},
			{"a wrong code", code, with("Boss", "/login/code", "code", "123456"), nil},
			{"no code", "", with("Boss", "/login/code", "code", "x"), nil},
		},
		"POST /login/recovery": {
			{"no sign-in", "", func(int) *http.Request { return c.post("/login/recovery", "code", "AAAA-AAAA-AAAA-AAAA") }, nil},
			{"a wrong code", "recovery.refused", with("Boss", "/login/recovery", "code", "AAAA-AAAA-AAAA-AAAA"), nil},
		},
		"POST /login/enrol": {
			{"no sign-in", "", func(int) *http.Request { return c.post("/login/enrol", "code", "123456") }, nil},
			{"nothing to confirm", "", with("Late", "/login/enrol", "code", "123456"), nil},
		},
		"POST /forgot": {
			{"addresses that nobody has", asked, forgot("eve#@example.org"), nil}, {"an address that nobody has", asked, forgot("eve@example.org"), nil},
			{"someone active", asked, forgot("ada@example.org"), nil}, {"someone disabled", asked, forgot("dora@example.org"), nil},
			{"someone invited", asked, forgot("ivan@example.org"), nil}, {"no address", "", forgot("eve"), nil},
		},
		"POST /reset": {{"a form that is refused", "", func(int) *http.Request {
			return c.post("/reset", "token", c.live, "password", "x", "password_again", "y")
		}, nil}},
		// What else the page of the setup link says is in TestStrangersBeforeTheSetup.
		"POST /setup": {{"an office that is set up", "", link("/setup", "unknown"), nil}},
	}
	for _, which := range slices.Sorted(maps.Keys(c.links)) {
		all["POST /reset"] = append(all["POST /reset"], outcome{"link: " + which, reset, link("/reset", which), nil})
		all["POST /welcome"] = append(all["POST /welcome"], outcome{"link: " + which, welcome, link("/welcome", which), nil})
	}
	for _, path := range []string{"/setup", "/login", "/login/with-passkey", "/login/passkey", "/login/code", "/login/recovery", "/login/enrol", "/login/enrol/passkey", "/login/lost-phone", "/forgot", "/reset", "/welcome", "/logout"} {
		all["GET "+path] = []outcome{{"the page", "", func(int) *http.Request { return c.request(http.MethodGet, path, nil) }, nil}}
	}
	return all
}

// refusals are the ways in which any route refuses.
func (c *outside) refusals(method, path string) []outcome {
	change := func(f func(r *http.Request)) func(int) *http.Request {
		return func(int) *http.Request {
			r := c.request(method, path, url.Values{"csrf": {c.csrf}})
			f(r)
			return r
		}
	}
	all := []outcome{
		{"plain HTTP", "", change(func(r *http.Request) { r.TLS = nil }), nil},
		{"another method", "", change(func(r *http.Request) { r.Method = http.MethodPatch }), nil},
	}
	if method != http.MethodPost {
		return append(all, outcome{"a link of another site", "", change(func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }), nil})
	}
	return append(all,
		outcome{"as it is", "", change(func(*http.Request) {}), nil},
		outcome{"another site", "", change(func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }), nil},
		outcome{"another origin", "", change(func(r *http.Request) { r.Header.Set("Origin", "https://elsewhere.example") }), nil},
		outcome{"no form", "", change(func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }), nil},
		outcome{"a forged token", "", func(int) *http.Request { return c.request(method, path, url.Values{"csrf": {"guess"}}) }, nil},
		outcome{"a field twice", "", func(int) *http.Request {
			return c.request(method, path, url.Values{"csrf": {c.csrf}, "login": {"a", "b"}})
		}, nil},
	)
}

// own are the outcomes of each route that is open to strangers.
func (c *outside) own() []outcome {
	known := c.outcomes()
	var all []outcome
	for _, r := range pages.Routes() {
		if r.SignedIn {
			continue
		}
		route := r.Method + " " + r.Path
		require.NotEmpty(c.T, known[route], "%s is open to strangers: add its outcomes", route)
		for _, o := range known[route] {
			o.name = route + ": " + o.name
			all = append(all, o)
		}
	}
	return all
}

// refused are the refusals of every route, and of what is none.
func (c *outside) refused() []outcome {
	var all []outcome
	for _, r := range pages.Routes() {
		all = append(all, c.refusals(r.Method, strings.NewReplacer("{$}", "", "{id}", "x").Replace(r.Path))...)
	}
	for _, path := range []string{"", "/nothing", "//login", "/login/../audit", "/static/nothing.css", "/static/../login", "x/login"} {
		all = append(append(all, c.refusals(http.MethodGet, path)...), c.refusals(http.MethodPost, path)...)
	}
	return all
}
