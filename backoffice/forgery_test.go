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
	"github.com/postern-go/postern/totp"
)

// rename is a change that a form of somebody signed in makes.
func rename(token, name string) url.Values { return url.Values{"csrf": {token}, "name": {name}} }

func TestWhereAFormComesFrom(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for _, c := range []struct {
		what, site, origin string
		ok                 bool
	}{
		{"a browser of today, under no-referrer", "same-origin", "null", true},
		{"a browser that says both", "same-origin", o.Cfg.Origin, true},
		{"a script of ours that says nothing of its origin", "same-origin", "", true},
		{"an older browser", "", o.Cfg.Origin, true},
		{"Safari before 16.4, under no-referrer", "", "null", true},
		{"a proxy that drops both headers", "", "", true},
		{"another site", "cross-site", "https://evil.example", false},
		{"another site, in a sandboxed frame", "cross-site", "null", false},
		{"another site that hides its origin", "cross-site", "", false},
		{"another host of the same site", "same-site", "null", false},
		{"another host of the same site, by the right origin", "same-site", o.Cfg.Origin, false},
		{"typed by hand", "none", "null", false},
		{"two stories", "same-origin", "https://evil.example", false},
		{"an older browser at another site", "", "https://evil.example", false},
		{"an older browser at another host of the same site", "", "https://forum.community.example", false},
		{"null in capitals", "", "NULL", false},
		{"two origins", "", o.Cfg.Origin + " https://evil.example", false},
		{"an extension that makes it a visit", "none", o.Cfg.Origin, false},
		{"another port", "", o.Cfg.Origin + "0", false},
		{"another scheme", "", strings.Replace(o.Cfg.Origin, "https", "http", 1), false},
		{"a slash too many", "", o.Cfg.Origin + "/", false},
		{"upper case", "SAME-ORIGIN", "null", false},
		{"two values", "same-origin, cross-site", o.Cfg.Origin, false},
	} {
		before, forged := ada.Get("/account/name").Form("/account/name"), o.Count("request.forged")
		token := before.Get("csrf")
		r := ada.Request(http.MethodPost, "/account/name", strings.NewReader(rename(token, "Ada "+c.what).Encode()))
		r.Header.Del("Sec-Fetch-Site")
		r.Header.Del("Origin")
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		answer := ada.Send(r)
		if c.ok {
			require.Equal(t, http.StatusSeeOther, answer.Status, c.what)
			require.Equal(t, "Ada "+c.what, o.Find(ada.ID).Name)
			continue
		}
		require.Equal(t, http.StatusForbidden, answer.Status, c.what)
		require.NotEqual(t, "Ada "+c.what, o.Find(ada.ID).Name)
		require.Contains(t, answer.Text(), "Your browser reports that another page sent this", c.what)
		require.Equal(t, forged+1, o.Count("request.forged"), c.what)
	}
}

func TestAFormNeedsTheTokenOfItsOwnSession(t *testing.T) {
	o := newOffice(t)
	ada, ben := o.Enrolled("Ada", backoffice.Moderator), o.Enrolled("Ben", backoffice.Moderator)
	token := func(b *browser) string { return b.Get("/account/name").Form("/account/name").Get("csrf") }
	before := o.Browser().Get("/login").Form("/login").Get("csrf")
	old := token(ada.Browser)
	stepUp := ada.Submit(ada.Get("/step-up"), "/step-up", "password", good, "code", o.Code(ada.Secret))
	require.Equal(t, http.StatusSeeOther, stepUp.Status, stepUp.Text())
	own := token(ada.Browser)
	require.Equal(t, http.StatusSeeOther, ada.Post("/account/name", rename(old, "Ada")).Status, "a page from before a step-up in another tab")
	o.Clock.Add(totp.Period)
	last := token(ada.Again())

	for what, bad := range map[string]string{
		"none": "", "of another operator": token(ben.Browser), "of somebody signed out": before, "of another session of theirs": last,
		"cut": own[:len(own)-1], "longer": own + "A", "padded": own + "=", "in upper case": strings.ToUpper(own), "not base64": "%%%",
		"the session's own token": ada.Cookie(sessionCookie), "zeros": base64.RawURLEncoding.EncodeToString(make([]byte, 32)),
	} {
		audited := o.Count("request.forged")
		answer := ada.Post("/account/name", rename(bad, "Eve"))
		require.Equal(t, http.StatusForbidden, answer.Status, what)
		require.Equal(t, audited+1, o.Count("request.forged"), what)
		require.Contains(t, answer.Text(), "This form is out of date", what)
		require.Contains(t, answer.Body, `href="`+o.Base+`/account/name`, "and leads back to the form")
	}
	require.Equal(t, "Ada", o.Find(ada.ID).Name)

	t.Run("and not of a signed-out cookie that someone planted", func(t *testing.T) {
		eve := o.Browser()
		planted := eve.Get("/login").Form("/login").Get("csrf")
		ada.SetCookie(preCookie, eve.Cookie(preCookie))
		require.Equal(t, http.StatusForbidden, ada.Post("/logout", url.Values{"csrf": {planted}}).Status)
		require.True(t, ada.SignedIn())
	})
	t.Run("and not in the address", func(t *testing.T) {
		r := ada.Request(http.MethodPost, "/account/name?csrf="+own+"&name=Eve", strings.NewReader("name=Eve"))
		require.Equal(t, http.StatusForbidden, ada.Send(r).Status)
		r = ada.Request(http.MethodPost, "/account/name?name=Eve", strings.NewReader(rename(own, "Adele").Encode()))
		require.Equal(t, http.StatusSeeOther, ada.Send(r).Status)
		require.Equal(t, "Adele", o.Find(ada.ID).Name, "what stands in the address is ignored")
	})
	t.Run("or in the header", func(t *testing.T) {
		r := ada.Request(http.MethodPost, "/account/name", strings.NewReader("name=Ada"))
		r.Header.Set("X-CSRF-Token", own)
		require.Equal(t, http.StatusSeeOther, ada.Send(r).Status)
	})
}

// unstated are the headers that say nothing of where a request comes from.
var unstated = map[string]func(http.Header){
	"Origin is null": func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "null") },
	"no header":      func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Del("Origin") },
}

func TestAFormNeedsItsTokenWhereNoHeaderSaysWhereItComesFrom(t *testing.T) {
	o := newOffice(t)
	reached := 0
	o.Inside.HandleFunc("POST /posts", func(http.ResponseWriter, *http.Request) { reached++ })
	o.Plain("Eve", backoffice.Moderator)
	ada, eve := o.Plain("Ada", backoffice.Moderator), o.Browser()
	own := ada.Get("/account/name").Form("/account/name").Get("csrf")
	foreign := eve.Get("/login").Form("/login").Get("csrf")
	for what, set := range unstated {
		post := func(b *browser, path string, form url.Values) page {
			r := b.Request(http.MethodPost, path, strings.NewReader(form.Encode()))
			set(r.Header)
			return b.Send(r)
		}
		t.Run(what, func(t *testing.T) {
			for _, token := range []string{"", foreign, strings.ToUpper(own)} {
				require.Equal(t, http.StatusForbidden, post(ada.Browser, "/account/name", rename(token, "Eve")).Status)
				require.Equal(t, http.StatusForbidden, post(ada.Browser, "/posts", url.Values{"csrf": {token}}).Status)
			}
			require.Equal(t, http.StatusSeeOther, post(eve, "/account/name", rename(own, "Eve")).Status, "the token without its cookie")
			require.Equal(t, "Ada", o.Find(ada.ID).Name)
			before := reached
			require.Equal(t, http.StatusOK, post(ada.Browser, "/posts", url.Values{"csrf": {own}}).Status)
			require.Equal(t, before+1, reached)
			victim := o.Browser()
			victim.Get("/login")
			require.Equal(t, http.StatusForbidden, post(victim, "/login", url.Values{"csrf": {foreign}, "login": {"Eve"}, "password": {good}}).Status)

			// And such a browser can do all that others can.
			shown := victim.Get("/login").Form("/login")
			shown.Set("login", "Eve")
			shown.Set("password", good)
			require.Equal(t, "/", post(victim, "/login", shown).Location)
			require.True(t, victim.SignedIn())
			require.Equal(t, http.StatusSeeOther, post(victim, "/logout", victim.Get("/account").Form("/logout")).Status)
			require.False(t, victim.SignedIn())
		})
	}
}

func TestNobodyIsSignedInForSomebodyElse(t *testing.T) {
	o := newOffice(t)
	o.Plain("Eve", backoffice.Moderator)
	eve := o.Browser()
	token := eve.Get("/login").Form("/login").Get("csrf")
	victim := o.Browser()
	victim.Get("/login")
	for what, cookie := range map[string]string{"with their own cookie": victim.Cookie(preCookie), "without cookie": ""} {
		victim.SetCookie(preCookie, cookie)
		answer := victim.Post("/login", url.Values{"csrf": {token}, "login": {"Eve"}, "password": {good}})
		require.Equal(t, http.StatusForbidden, answer.Status, what)
		require.Empty(t, victim.Cookie(sessionCookie))
	}
	require.Equal(t, 2, o.Count("request.forged"))
}

func TestATokenThatWasNeverGivenOutIsNotAdopted(t *testing.T) {
	o := newOffice(t)
	fixed := base64.RawURLEncoding.EncodeToString([]byte("thirty-two bytes that Eve chose!"))
	o.Plain("Ada", backoffice.Moderator)
	b := o.Browser()
	b.SetCookie(preCookie, fixed)
	b.SetCookie(sessionCookie, fixed)
	require.Equal(t, "/login?next=%2Faccount", b.Get("/account").Location)
	require.Equal(t, fixed, b.Cookie(sessionCookie), "it stays and opens nothing")
	answer := b.Login("Ada", good)
	require.Equal(t, "/", answer.Location, answer.Text())
	require.NotEqual(t, fixed, b.Cookie(sessionCookie))
	require.Empty(t, b.Cookie(preCookie))
	require.True(t, b.SignedIn())

	t.Run("a sign-in begun gets a new one, too", func(t *testing.T) {
		o.Set(nil)
		o.Person("Ben", backoffice.Moderator)
		b := o.Browser()
		b.SetCookie(preCookie, fixed)
		require.Equal(t, "/login/code", b.Login("Ben", good).Location)
		require.NotEqual(t, fixed, b.Cookie(preCookie))
		thief := o.Browser()
		thief.SetCookie(sessionCookie, b.Cookie(preCookie))
		require.False(t, thief.SignedIn(), "the token of a sign-in begun opens nothing")
	})
}

func TestTwoCookiesOfOneNameAreNone(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	token, name := ada.Cookie(sessionCookie), o.Named(sessionCookie)
	thief := o.Browser()
	for _, header := range []string{
		name + "=" + token + "; " + name + "=" + token,
		name + "=x; " + name + "=" + token,
		"office=" + token, strings.ToLower(name) + "=" + token, name + "=" + token + "A", name + "=" + token[1:],
	} {
		r := thief.Request(http.MethodGet, "/account", nil)
		r.Header.Set("Cookie", header)
		require.Equal(t, http.StatusSeeOther, thief.Send(r).Status, header)
	}
	for _, place := range []func(*http.Request){
		func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) },
		func(r *http.Request) { r.Header.Set("X-Session", token) },
		func(r *http.Request) { r.URL.RawQuery = "office=" + token },
	} {
		r := thief.Request(http.MethodGet, "/account", nil)
		place(r)
		require.Equal(t, http.StatusSeeOther, thief.Send(r).Status)
	}
	require.True(t, ada.SignedIn())
}

func TestBodiesThatAreNotAForm(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	token := ada.Get("/account/name").Form("/account/name").Get("csrf")
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
		r := ada.Request(http.MethodPost, "/account/name", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		if c.kind == "" {
			r.Header.Del("Content-Type")
		}
		require.Equal(t, c.status, ada.Send(r).Status, what)
		require.Contains(t, []string{"Ada", "Adele"}, o.Find(ada.ID).Name, what)
		require.Equal(t, backoffice.Moderator, o.Find(ada.ID).PrimaryRole)
	}
}

func TestAnotherSitesPagesGetNothing(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for _, mode := range []string{"cors", "no-cors", "websocket", ""} {
		r := ada.Request(http.MethodGet, "/account", nil)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Sec-Fetch-Mode", mode)
		require.Equal(t, http.StatusForbidden, ada.Send(r).Status, mode)
	}
	preflight := ada.Request(http.MethodOptions, "/account/name", nil)
	preflight.Header.Set("Origin", "https://evil.example")
	preflight.Header.Set("Access-Control-Request-Method", "POST")
	require.Equal(t, http.StatusMethodNotAllowed, ada.Send(preflight).Status)
	for _, name := range []string{"callback", "jsonp"} {
		require.NotContains(t, ada.Get("/account?"+name+"=alert").Body, "alert(")
	}
}

func TestALinkFromWebMailWorksForSomebodySignedIn(t *testing.T) {
	o := newOffice(t)
	ada := o.Plain("Ada", backoffice.Moderator)
	o.Clock.Add(2 * time.Minute)
	require.Equal(t, http.StatusOK, ada.Submit(ada.Get("/forgot"), "/forgot", "email", ada.Email).Status)
	token := o.LinkIn("reset")
	// Coming from another site, the browser keeps the cookies to itself.
	arriving := o.Browser()
	r := arriving.Request(http.MethodGet, "/reset", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	shown := arriving.Send(r)
	ada.SetCookie(preCookie, arriving.Cookie(preCookie))
	answer := ada.Submit(shown, "/reset", "token", token, "password", better, "password_again", better)
	require.Equal(t, "/login?done=reset", answer.Location, answer.Text())
	require.False(t, ada.SignedIn())

	t.Run("but nothing else takes the token of somebody signed out", func(t *testing.T) {
		ada.Login("Ada", better)
		require.True(t, ada.SignedIn())
		ada.SetCookie(preCookie, arriving.Cookie(preCookie))
		require.Equal(t, http.StatusForbidden, ada.Post("/account/name", rename(shown.Form("/reset").Get("csrf"), "Eve")).Status)
	})
}
