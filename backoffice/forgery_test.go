package backoffice_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// rename is a change that a form of somebody signed in makes.
func rename(token, name string) url.Values { return url.Values{"csrf": {token}, "name": {name}} }

func TestWhereAFormComesFrom(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	token := ada.get("/account/name").form("/account/name").Get("csrf")
	for _, c := range []struct {
		what, site, origin string
		ok                 bool
	}{
		{"a browser of today, under no-referrer", "same-origin", "null", true},
		{"a browser that says both", "same-origin", o.cfg.Origin, true},
		{"a script of ours that says nothing of its origin", "same-origin", "", true},
		{"an older browser", "", o.cfg.Origin, true},
		{"neither header", "", "", false},
		{"only a null origin", "", "null", false},
		{"another site", "cross-site", "https://evil.example", false},
		{"another site, in a sandboxed frame", "cross-site", "null", false},
		{"another site that hides its origin", "cross-site", "", false},
		{"another host of the same site", "same-site", "null", false},
		{"another host of the same site, by the right origin", "same-site", o.cfg.Origin, false},
		{"typed by hand", "none", "null", false},
		{"two stories", "same-origin", "https://evil.example", false},
		{"an older browser at another site", "", "https://evil.example", false},
		{"another port", "", o.cfg.Origin + "0", false},
		{"another scheme", "", strings.Replace(o.cfg.Origin, "https", "http", 1), false},
		{"a slash too many", "", o.cfg.Origin + "/", false},
		{"upper case", "SAME-ORIGIN", "null", false},
		{"two values", "same-origin, cross-site", o.cfg.Origin, false},
	} {
		before, forged := ada.get("/account/name").form("/account/name"), o.count("request.forged")
		require.Equal(t, token, before.Get("csrf"))
		r := ada.request(http.MethodPost, "/account/name", strings.NewReader(rename(token, "Ada "+c.what).Encode()))
		r.Header.Del("Sec-Fetch-Site")
		r.Header.Del("Origin")
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		answer := ada.send(r)
		if c.ok {
			require.Equal(t, http.StatusSeeOther, answer.status, c.what)
			require.Equal(t, "Ada "+c.what, o.find(ada.ID).Name)
			continue
		}
		require.Equal(t, http.StatusForbidden, answer.status, c.what)
		require.NotEqual(t, "Ada "+c.what, o.find(ada.ID).Name)
		require.Contains(t, answer.text(), "Your browser reports that another page sent this", c.what)
		require.Equal(t, forged+1, o.count("request.forged"), c.what)
	}
}

func TestAFormNeedsTheTokenOfItsOwnSession(t *testing.T) {
	o := newOffice(t)
	ada, ben := o.enrolled("Ada", backoffice.Moderator), o.enrolled("Ben", backoffice.Moderator)
	token := func(b *browser) string { return b.get("/account/name").form("/account/name").Get("csrf") }
	before := o.browser().get("/login").form("/login").Get("csrf")
	old := token(ada.browser)
	stepUp := ada.submit(ada.get("/step-up"), "/step-up", "password", good, "code", o.code(ada.secret))
	require.Equal(t, http.StatusSeeOther, stepUp.status, stepUp.text())
	own := token(ada.browser)
	require.NotEqual(t, old, own, "a new session token, a new form token")

	for what, bad := range map[string]string{
		"none": "", "of another operator": token(ben.browser), "of somebody signed out": before, "of the session before it was rotated": old,
		"cut": own[:len(own)-1], "longer": own + "A", "padded": own + "=", "in upper case": strings.ToUpper(own), "not base64": "%%%",
		"the session's own token": ada.cookie(sessionCookie), "zeros": base64.RawURLEncoding.EncodeToString(make([]byte, 32)),
	} {
		answer := ada.post("/account/name", rename(bad, "Eve"))
		require.Equal(t, http.StatusForbidden, answer.status, what)
		require.Contains(t, answer.text(), "This form is out of date", what)
		require.Contains(t, answer.body, `href="`+o.base+`/account/name"`, "and leads back to the form")
	}
	require.Equal(t, "Ada", o.find(ada.ID).Name)

	t.Run("and not in the address", func(t *testing.T) {
		r := ada.request(http.MethodPost, "/account/name?csrf="+own+"&name=Eve", strings.NewReader("name=Eve"))
		require.Equal(t, http.StatusForbidden, ada.send(r).status)
		r = ada.request(http.MethodPost, "/account/name?name=Eve", strings.NewReader(rename(own, "Adele").Encode()))
		require.Equal(t, http.StatusSeeOther, ada.send(r).status)
		require.Equal(t, "Adele", o.find(ada.ID).Name, "what stands in the address is ignored")
	})
	t.Run("or in the header", func(t *testing.T) {
		r := ada.request(http.MethodPost, "/account/name", strings.NewReader("name=Ada"))
		r.Header.Set("X-CSRF-Token", own)
		require.Equal(t, http.StatusSeeOther, ada.send(r).status)
	})
}

func TestNobodyIsSignedInForSomebodyElse(t *testing.T) {
	o := newOffice(t)
	o.plain("Eve", backoffice.Moderator)
	eve := o.browser()
	token := eve.get("/login").form("/login").Get("csrf")
	victim := o.browser()
	victim.get("/login")
	for what, cookie := range map[string]string{"with their own cookie": victim.cookie(preCookie), "without cookie": ""} {
		victim.setCookie(preCookie, cookie)
		answer := victim.post("/login", url.Values{"csrf": {token}, "login": {"Eve"}, "password": {good}})
		require.Equal(t, http.StatusForbidden, answer.status, what)
		require.Empty(t, victim.cookie(sessionCookie))
	}
	require.Equal(t, 2, o.count("request.forged"))
}

func TestATokenThatWasNeverGivenOutIsNotAdopted(t *testing.T) {
	o := newOffice(t)
	fixed := base64.RawURLEncoding.EncodeToString([]byte("thirty-two bytes that Eve chose!"))
	o.plain("Ada", backoffice.Moderator)
	b := o.browser()
	b.setCookie(preCookie, fixed)
	b.setCookie(sessionCookie, fixed)
	require.Equal(t, "/login?next=%2Faccount", b.get("/account").location)
	require.Equal(t, fixed, b.cookie(sessionCookie), "it stays and opens nothing")
	answer := b.login("Ada", good)
	require.Equal(t, "/", answer.location, answer.text())
	require.NotEqual(t, fixed, b.cookie(sessionCookie))
	require.Empty(t, b.cookie(preCookie))
	require.True(t, b.signedIn())

	t.Run("a sign-in begun gets a new one, too", func(t *testing.T) {
		o.rules(nil)
		o.add(store.Operator{}, "Ben", backoffice.Moderator)
		b := o.browser()
		b.setCookie(preCookie, fixed)
		require.Equal(t, "/login/code", b.login("Ben", good).location)
		require.NotEqual(t, fixed, b.cookie(preCookie))
		thief := o.browser()
		thief.setCookie(sessionCookie, b.cookie(preCookie))
		require.False(t, thief.signedIn(), "the token of a sign-in begun opens nothing")
	})
}

func TestTwoCookiesOfOneNameAreNone(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	token := ada.cookie(sessionCookie)
	thief := o.browser()
	for _, header := range []string{
		sessionCookie + "=" + token + "; " + sessionCookie + "=" + token,
		sessionCookie + "=x; " + sessionCookie + "=" + token,
		"office=" + token, "__host-office=" + token, sessionCookie + "=" + token + "A", sessionCookie + "=" + token[1:],
	} {
		r := thief.request(http.MethodGet, "/account", nil)
		r.Header.Set("Cookie", header)
		require.Equal(t, http.StatusSeeOther, thief.send(r).status, header)
	}
	for _, place := range []func(*http.Request){
		func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) },
		func(r *http.Request) { r.Header.Set("X-Session", token) },
		func(r *http.Request) { r.URL.RawQuery = "office=" + token },
	} {
		r := thief.request(http.MethodGet, "/account", nil)
		place(r)
		require.Equal(t, http.StatusSeeOther, thief.send(r).status)
	}
	require.True(t, ada.signedIn())
}

func TestBodiesThatAreNotAForm(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	token := ada.get("/account/name").form("/account/name").Get("csrf")
	const form = "application/x-www-form-urlencoded"
	many := ""
	for n := range 100 {
		many += fmt.Sprintf("&field%d=x", n)
	}
	for what, c := range map[string]struct {
		kind, body string
		status     int
	}{
		"plain text":           {"text/plain", rename(token, "Eve").Encode(), 415},
		"JSON":                 {"application/json", `{"csrf":"` + token + `","name":"Eve"}`, 415},
		"no content type":      {"", rename(token, "Eve").Encode(), 415},
		"a malformed type":     {"application/", rename(token, "Eve").Encode(), 415},
		"multipart":            {"multipart/form-data; boundary=x", "--x--", 415},
		"another charset":      {form + "; charset=utf-16", rename(token, "Adele").Encode(), 303},
		"a field twice":        {form, "csrf=" + token + "&name=Eve&name=Mallory", 400},
		"the token twice":      {form, "csrf=" + token + "&csrf=" + token + "&name=Eve", 400},
		"not UTF-8":            {form, "csrf=" + token + "&name=%ff%fe", 400},
		"a NUL":                {form, "csrf=" + token + "&name=Eve%00", 400},
		"a broken escape":      {form, "csrf=" + token + "&name=%zz", 400},
		"a semicolon":          {form, "csrf=" + token + "&name=Eve;x=1", 400},
		"more than 100 fields": {form, "csrf=" + token + "&name=Eve" + many, 400},
		"more than 64 KiB":     {form, "csrf=" + token + "&name=" + strings.Repeat("a", 64<<10), 413},
		"nothing at all":       {form, "", 403},
		"a field nobody asks":  {form, "csrf=" + token + "&name=Ada&is_super=1&state=active&primary_role=super-administrator", 303},
	} {
		r := ada.request(http.MethodPost, "/account/name", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		if c.kind == "" {
			r.Header.Del("Content-Type")
		}
		require.Equal(t, c.status, ada.send(r).status, what)
		require.Contains(t, []string{"Ada", "Adele"}, o.find(ada.ID).Name, what)
		require.Equal(t, backoffice.Moderator, o.find(ada.ID).PrimaryRole)
	}
}

func TestAnotherSitesPagesGetNothing(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	for _, mode := range []string{"cors", "no-cors", "websocket", ""} {
		r := ada.request(http.MethodGet, "/account", nil)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Sec-Fetch-Mode", mode)
		require.Equal(t, http.StatusForbidden, ada.send(r).status, mode)
	}
	preflight := ada.request(http.MethodOptions, "/account/name", nil)
	preflight.Header.Set("Origin", "https://evil.example")
	preflight.Header.Set("Access-Control-Request-Method", "POST")
	require.Equal(t, http.StatusMethodNotAllowed, ada.send(preflight).status)
	for _, name := range []string{"callback", "jsonp"} {
		require.NotContains(t, ada.get("/account?"+name+"=alert").body, "alert(")
	}
}

func TestALinkFromWebMailWorksForSomebodySignedIn(t *testing.T) {
	o := newOffice(t)
	ada := o.plain("Ada", backoffice.Moderator)
	o.clock.Add(2 * time.Minute)
	require.Equal(t, http.StatusOK, ada.submit(ada.get("/forgot"), "/forgot", "email", ada.Email).status)
	token := o.linkIn("reset")
	// Coming from another site, the browser keeps the cookies to itself.
	arriving := o.browser()
	r := arriving.request(http.MethodGet, "/reset", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	shown := arriving.send(r)
	ada.setCookie(preCookie, arriving.cookie(preCookie))
	answer := ada.submit(shown, "/reset", "token", token, "password", better, "password_again", better)
	require.Equal(t, "/login?done=reset", answer.location, answer.text())
	require.False(t, ada.signedIn())

	t.Run("but nothing else takes the token of somebody signed out", func(t *testing.T) {
		ada.login("Ada", better)
		require.True(t, ada.signedIn())
		ada.setCookie(preCookie, arriving.cookie(preCookie))
		require.Equal(t, http.StatusForbidden, ada.post("/account/name", rename(shown.form("/reset").Get("csrf"), "Eve")).status)
	})
}
