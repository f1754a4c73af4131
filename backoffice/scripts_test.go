package backoffice_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// problem is what a script is told.
type problem struct {
	Type, Title, Detail string
	Status              int
	RequestID           string `json:"request_id"`
	Location            string
	FormToken           string `json:"form_token"`
	RetryAfter          int    `json:"retry_after"`
	Errors              []struct{ Field, Detail string }
}

// told reads the problem of an answer, which the documents must have.
func told(t *testing.T, p page, what string) problem {
	t.Helper()
	require.Equal(t, "application/problem+json", p.Header.Get("Content-Type"), "%s: %d %s %s", what, p.Status, p.Location, p.Text())
	var all problem
	require.NoError(t, json.Unmarshal([]byte(p.Body), &all), what)
	require.Equal(t, p.Status, all.Status, what)
	require.NotEmpty(t, all.Title, what)
	require.Len(t, all.RequestID, 26, what)
	require.Empty(t, p.Header["Location"], what)
	page, kind, ok := strings.Cut(all.Type, "#")
	require.True(t, ok && strings.HasSuffix(page, "/docs/embedding.md"), all.Type)
	text, err := os.ReadFile("../docs/embedding.md")
	require.NoError(t, err)
	require.Contains(t, string(text), `<a name="`+kind+`"></a>`, "the URL leads to what it means")
	all.Type = kind
	return all
}

// sends is a request with these headers, "Name: value" each, and of the browser's own
// only who it is.
func sends(b *browser, method, path string, body io.Reader, headers ...string) page {
	r := b.Request(method, path, body)
	for _, name := range []string{"Sec-Fetch-Site", "Sec-Fetch-Mode", "Origin"} {
		r.Header.Del(name)
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	return b.Send(r)
}

const (
	fetches   = "Sec-Fetch-Mode: cors"
	within    = "Sec-Fetch-Site: same-origin"
	wantsHTML = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	agent     = "User-Agent: "
	safari    = agent + "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Safari/605.1.15"
)

func TestScriptsGetAnswersForScripts(t *testing.T) {
	o := newOffice(t)
	for what, c := range map[string]struct {
		script  bool
		headers []string
	}{
		// With Sec-Fetch-Mode, the browser has said it.
		"a link":                                {false, []string{"Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", wantsHTML}},
		"a frame":                               {false, []string{"Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe", wantsHTML}},
		"a frame, in older Chromium":            {false, []string{"Sec-Fetch-Mode: nested-navigate", wantsHTML}},
		"an object":                             {false, []string{"Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: object", "Accept: */*"}},
		"a download":                            {false, []string{"Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: empty", wantsHTML}},
		"a page that is loaded ahead":           {false, []string{"Sec-Fetch-Mode: navigate", "Sec-Purpose: prefetch;prerender", wantsHTML}},
		"a service worker passes a visit on":    {false, []string{"Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Service-Worker-Navigation-Preload: true", wantsHTML}},
		"a visit that says it wants JSON":       {false, []string{"Sec-Fetch-Mode: navigate", "Accept: application/json"}},
		"fetch":                                 {true, []string{fetches, within, "Accept: */*"}},
		"fetch, same-origin":                    {true, []string{"Sec-Fetch-Mode: same-origin", within, "Accept: */*"}},
		"fetch that wants HTML":                 {true, []string{fetches, within, "Accept: text/html"}},
		"a picture":                             {true, []string{"Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image", "Accept: image/avif,image/webp,*/*;q=0.8"}},
		"a script tag":                          {true, []string{"Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script", "Accept: */*"}},
		"a beacon":                              {true, []string{"Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: empty", "Accept: */*"}},
		"prefetch":                              {true, []string{"Sec-Fetch-Mode: no-cors", "Sec-Purpose: prefetch", wantsHTML}},
		"EventSource":                           {true, []string{fetches, within, "Accept: text/event-stream"}},
		"WebSocket":                             {true, []string{"Sec-Fetch-Mode: websocket", within, "Connection: Upgrade", "Upgrade: websocket", "Origin: " + o.Cfg.Origin}},
		"Turbo":                                 {true, []string{fetches, within, "Accept: text/html, application/xhtml+xml", "Turbo-Frame: orders"}},
		"htmx":                                  {true, []string{fetches, within, "Accept: */*", "HX-Request: true"}},
		"htmx, boosted":                         {true, []string{fetches, within, "Accept: */*", "HX-Request: true", "HX-Boosted: true"}},
		"a sibling's fetch":                     {true, []string{fetches, "Sec-Fetch-Site: same-site", "Origin: https://forum.community.example"}},
		"another site's fetch":                  {true, []string{fetches, "Sec-Fetch-Site: cross-site", "Origin: https://evil.example"}},
		"another site's picture":                {true, []string{"Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: cross-site"}},
		"what a preflight asks":                 {true, []string{fetches, "Sec-Fetch-Site: cross-site", "Access-Control-Request-Method: PUT"}},
		"Safari 15: a link":                     {false, []string{wantsHTML, safari}},
		"Safari 15: fetch":                      {true, []string{"Accept: */*", safari}},
		"Safari 15: axios":                      {true, []string{"Accept: application/json, text/plain, */*", safari}},
		"Safari 15: jQuery":                     {true, []string{"Accept: text/html, */*; q=0.01", "X-Requested-With: XMLHttpRequest", safari}},
		"Safari 15: htmx":                       {true, []string{wantsHTML, "HX-Request: true", safari}},
		"Safari 15: a picture":                  {true, []string{"Accept: image/webp,image/*,*/*;q=0.8", safari}},
		"Safari 15: EventSource":                {true, []string{"Accept: text/event-stream", safari}},
		"Safari 15: WebSocket":                  {true, []string{"Connection: Upgrade", "Upgrade: websocket", "Origin: " + o.Cfg.Origin, safari}},
		"a web view of Android, with its app":   {false, []string{wantsHTML, "X-Requested-With: org.example.app", safari}},
		"an Accept in upper case, in two lines": {false, []string{"Accept: APPLICATION/JSON;q=0.1, Text/HTML;level=1", safari}},
		"curl":                                  {false, []string{"Accept: */*", agent + "curl/8.5.0"}},
		"curl that wants JSON":                  {true, []string{"Accept: application/json", agent + "curl/8.5.0"}},
		"a program that states nothing":         {false, []string{agent + "Go-http-client/1.1"}},
		"a program that says it is a script":    {true, []string{"X-Requested-With: fetch", agent + "Go-http-client/1.1"}},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete} {
			for _, path := range []string{"/posts?page=2", "/account"} {
				if method != http.MethodGet && path == "/account" || strings.Contains(what, "WebSocket") && (path == "/account" || method != http.MethodGet) {
					continue
				}
				answer := sends(o.Browser(), method, path, nil, c.headers...)
				if !c.script {
					require.Equal(t, http.StatusSeeOther, answer.Status, "%s, %s %s", what, method, path)
					continue
				}
				require.Equal(t, http.StatusUnauthorized, answer.Status, "%s, %s %s: %s", what, method, path, answer.Text())
				require.Equal(t, `Cookie realm="office"`, answer.Header.Get("WWW-Authenticate"))
				require.Empty(t, answer.Header["Set-Cookie"], "%s: nothing is set for a script without a session", what)
				if method == http.MethodHead {
					require.Empty(t, answer.Body)
					continue
				}
				p := told(t, answer, what)
				require.Equal(t, "signed-out", p.Type)
				require.True(t, strings.HasPrefix(p.Location, o.Base+"/login"), p.Location)
				require.Empty(t, p.FormToken)
				require.Equal(t, strings.HasPrefix(what, "htmx") || strings.Contains(what, ": htmx"), answer.Header.Get("HX-Redirect") != "", what)
			}
		}
	}
}

// Each refusal has a status, a type and what helps.
func TestWhatScriptsAreTold(t *testing.T) {
	var rule error
	o := newOffice(t, func(c *backoffice.Config) {
		c.Decide = func(context.Context, backoffice.Access) error { return rule }
	})
	reached := 0
	o.Inside.HandleFunc("/posts", func(http.ResponseWriter, *http.Request) { reached++ })
	o.Inside.Handle("/numbers", o.Require("analytics.view")(hello))
	o.Inside.Handle("/team", o.RequireRole(backoffice.Administrator)(hello))
	o.Inside.Handle("/delete", o.RequireStepUp()(hello))
	o.Inside.HandleFunc("/missing", o.NotFound)
	o.Inside.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("host fell over") })
	for path, err := range map[string]error{
		"/fails": io.ErrUnexpectedEOF, "/fail/forbidden": backoffice.ErrForbidden, "/fail/changed": backoffice.ErrChanged,
		"/fail/invalid": &backoffice.InvalidError{Problems: []backoffice.Problem{{Field: "title", Code: "empty", Text: "Enter a title."}}},
		"/fail/limited": &backoffice.LimitedError{RetryAt: o.Clock.Now().Add(8 * time.Minute)}, "/fail/last": backoffice.ErrLastSuperAdministrator,
	} {
		o.Inside.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { o.Fail(w, r, err) })
	}
	ada := o.Enrolled("Ada", backoffice.Moderator)
	o.Clock.Add(6 * time.Minute)
	asks := func(b *browser, method, path string, headers ...string) page {
		return sends(b, method, path, nil, append([]string{fetches, within, "Accept: */*"}, headers...)...)
	}
	for _, c := range []struct {
		method, path string
		status       int
		kind         string
		more         func(p problem, answer page)
	}{
		{"GET", "/numbers", 403, "forbidden", func(p problem, _ page) { require.Contains(t, p.Detail, "“See the numbers”") }},
		{"GET", "/team", 403, "forbidden", nil},
		{"GET", "/fail/forbidden", 403, "forbidden", nil},
		{"GET", "/operators", 403, "forbidden", nil},
		{"GET", "/delete", 403, "step-up-required", func(p problem, answer page) {
			require.Equal(t, o.Base+"/step-up", p.Location)
			require.Empty(t, answer.Header["Www-Authenticate"])
		}},
		{"GET", "/account/name", 403, "step-up-required", nil},
		{"GET", "/missing", 404, "not-found", nil},
		{"GET", "/static/none.css", 404, "not-found", nil},
		{"POST", "/account", 405, "method-not-allowed", func(_ problem, answer page) { require.Equal(t, "GET, HEAD", answer.Header.Get("Allow")) }},
		{"GET", "/fail/changed", 409, "changed", nil},
		{"POST", "/posts", 403, "stale-form", func(p problem, _ page) {
			require.NotEmpty(t, p.FormToken)
			require.Contains(t, p.Detail, "reload it", "scripts show this to people")
		}},
		{"POST", "/account/name", 403, "stale-form", func(p problem, _ page) { require.NotEmpty(t, p.FormToken) }},
		{"GET", "/fail/invalid", 422, "not-done", func(p problem, _ page) {
			require.Equal(t, "title", p.Errors[0].Field)
			require.Equal(t, "Enter a title.", p.Errors[0].Detail)
		}},
		{"GET", "/fail/last", 422, "not-done", nil},
		{"GET", "/fail/limited", 429, "too-many-attempts", func(p problem, answer page) {
			require.Equal(t, 90, p.RetryAfter)
			require.Equal(t, "90", answer.Header.Get("Retry-After"))
		}},
		{"GET", "/fails", 500, "unexpected", func(p problem, answer page) {
			require.NotContains(t, answer.Body, "EOF")
			require.Contains(t, o.Log.String(), p.RequestID)
		}},
		{"GET", "/panic", 500, "unexpected", nil},
	} {
		answer := asks(ada.Browser, c.method, c.path)
		what := c.method + " " + c.path
		require.Equal(t, c.status, answer.Status, "%s: %s", what, answer.Text())
		p := told(t, answer, what)
		require.Equal(t, c.kind, p.Type, what)
		if c.more != nil {
			c.more(p, answer)
		}
		page := ada.Send(ada.Request(c.method, c.path, nil))
		require.NotEqual(t, "application/problem+json", page.Header.Get("Content-Type"), "%s: a person reads a page", what)
	}
	require.Zero(t, reached)

	t.Run("a body that cannot be read", func(t *testing.T) {
		for kind, want := range map[string]int{"application/json": 415, "application/x-www-form-urlencoded": 413} {
			answer := sends(ada.Browser, "POST", "/account/name", strings.NewReader("name="+strings.Repeat("a", 65<<10)), fetches, within, "Content-Type: "+kind)
			require.Equal(t, want, answer.Status)
			require.Equal(t, "unreadable", told(t, answer, kind).Type)
		}
	})
	t.Run("from elsewhere, and no token", func(t *testing.T) {
		for site, origin := range map[string]string{"same-site": "https://forum.community.example", "cross-site": "https://evil.example", "": "https://evil.example"} {
			for _, path := range []string{"/posts", "/account/form-token"} {
				headers := []string{fetches, "Origin: " + origin}
				if site != "" {
					headers = append(headers, "Sec-Fetch-Site: "+site)
				}
				method := map[bool]string{true: "GET", false: "POST"}[path == "/account/form-token"]
				answer := sends(ada.Browser, method, path, nil, headers...)
				require.Equal(t, http.StatusForbidden, answer.Status)
				p := told(t, answer, site+path)
				require.Equal(t, "cross-origin", p.Type)
				require.Empty(t, p.FormToken)
			}
		}
	})
	t.Run("the store is down, or takes no writes", func(t *testing.T) {
		defer o.Store.Reset()
		o.Store.FailMethod("FindSession", errDown)
		answer := asks(ada.Browser, "GET", "/posts")
		require.Equal(t, http.StatusServiceUnavailable, answer.Status)
		require.Equal(t, "unavailable", told(t, answer, "down").Type)
		require.Equal(t, 10, told(t, answer, "down").RetryAfter)
		o.Store.FailMethod("FindSession", store.ErrReadOnly)
		require.Equal(t, "read-only", told(t, asks(ada.Browser, "GET", "/posts"), "read-only").Type)
	})
	t.Run("over plain HTTP", func(t *testing.T) {
		r := httptest.NewRequest(http.MethodGet, o.Base+"/posts", nil)
		r.Header.Set("Sec-Fetch-Mode", "cors")
		w := httptest.NewRecorder()
		o.Wrap(silent).ServeHTTP(w, r)
		p := told(t, page{T: t, Status: w.Code, Header: w.Header(), Body: w.Body.String()}, "plain HTTP")
		require.Equal(t, "plain-http", p.Type)
		require.Contains(t, p.Detail, "The server trusts no proxy")
	})
	t.Run("by the host's rule", func(t *testing.T) {
		rule = backoffice.Refuse("Not from here.")
		p := told(t, asks(ada.Browser, "GET", "/posts"), "a rule")
		require.Equal(t, "refused Not from here.", p.Type+" "+p.Detail)
		rule = backoffice.ErrStepUp
		require.Equal(t, "step-up-required", told(t, asks(ada.Browser, "GET", "/posts"), "a rule").Type)
		rule = errDown
		p = told(t, asks(ada.Browser, "GET", "/posts"), "a rule")
		require.Equal(t, "refused", p.Type)
		require.Equal(t, http.StatusServiceUnavailable, p.Status)
		rule = nil
	})
	t.Run("a step that comes first", func(t *testing.T) {
		o.Change(ada.ID, func(op *store.Operator) { op.MustChangePassword = true })
		for _, path := range []string{"/posts", "/account"} {
			p := told(t, asks(ada.Browser, "GET", path), path)
			require.Equal(t, "new-password-required", p.Type)
			require.Equal(t, 403, p.Status)
			require.Equal(t, o.Base+"/account/password", p.Location)
		}
		require.Equal(t, http.StatusOK, asks(ada.Browser, "GET", "/account/password").Status)
		o.Change(ada.ID, func(op *store.Operator) { op.MustChangePassword = false })
		eve := o.Plain("Eve", backoffice.Moderator)
		o.Set(map[string]string{"two_factor.who": "everyone"})
		p := told(t, asks(eve.Browser, "GET", "/posts"), "enrolment")
		require.Equal(t, "two-factor-required", p.Type)
		require.Equal(t, o.Base+"/account/two-factor/add", p.Location)
	})
	t.Run("the steps of a sign-in", func(t *testing.T) {
		for _, path := range []string{"/login/code", "/login/enrol"} {
			p := told(t, asks(o.Browser(), "GET", path), path)
			require.Equal(t, "signed-out", p.Type)
			require.Equal(t, o.Base+"/login?done=ended", p.Location)
		}
		require.Equal(t, http.StatusOK, asks(o.Browser(), "GET", "/login").Status)
		require.Equal(t, "signed-out", told(t, sends(o.Browser(), "GET", "/setup", nil, fetches), "it is set up").Type)
	})
	t.Run("a session that has ended", func(t *testing.T) {
		o.Write(store.EndSessions{OperatorID: ada.ID, All: true})
		require.Equal(t, "signed-out", told(t, asks(ada.Browser, "GET", "/posts"), "ended").Type)
		require.Equal(t, "signed-out", told(t, asks(ada.Browser, "POST", "/posts", "X-CSRF-Token: x"), "ended").Type)
	})
}

// TestHtmxTakesTheWholePageToSignIn reads where the page goes on to: never outside.
func TestHtmxTakesTheWholePageToSignIn(t *testing.T) {
	for _, below := range []string{"", "/our/forum"} {
		o := newOffice(t, func(c *backoffice.Config) { c.Origin += below })
		here := strings.TrimSuffix(o.Cfg.Origin, below) + o.Base
		for current, next := range map[string]string{
			here + "/orders":                          "/orders",
			here + "/orders?tab=2&q=a%20b#row-3":      "/orders?tab=2&q=a%20b",
			here + "/caf%C3%A9/a%2Fb":                 "/caf%C3%A9/a%2Fb",
			here:                                      "",
			here + "/":                                "",
			here + "/login":                           "",
			here + "/logout":                          "",
			here + "//evil.example":                   "",
			here + `/\evil.example`:                   "",
			here + "/%0d%0aSet-Cookie:x":              "",
			here + "/../community":                    "",
			here + "x/orders":                         "",
			"https://evil.example" + o.Base + "/x":    "",
			"https://u@" + here[len("https://"):]:     "",
			strings.Replace(here, "https", "http", 1): "",
			"javascript:alert(1)":                     "",
			"/orders":                                 "",
			"%zz":                                     "",
			"":                                        "",
			o.Cfg.Origin + "/wrongalias/orders":       "",
			here + "/" + strings.Repeat("a", 3000):    "",
		} {
			answer := sends(o.Browser(), "GET", "/rows?after=7", nil, fetches, within, "HX-Request: true", "HX-Current-URL: "+current)
			want := o.Base + "/login"
			if next != "" {
				want += "?" + url.Values{"next": {next}}.Encode()
			}
			require.Equal(t, want, answer.Header.Get("HX-Redirect"), current)
			require.Equal(t, want, told(t, answer, current).Location)
		}
		boosted := func(method string, more ...string) string {
			return sends(o.Browser(), method, "/orders?tab=2", nil, append(more, fetches, within, "HX-Request: true", "HX-Boosted: true", "HX-Current-URL: "+here+"/home")...).Header.Get("HX-Redirect")
		}
		require.Equal(t, o.Base+"/login?next=%2Forders%3Ftab%3D2", boosted("GET"), "the page that was chosen")
		require.Equal(t, o.Base+"/login?done=unsaved&next=%2Fhome", boosted("POST"))
	}
	o := newOffice(t)
	o.Inside.Handle("/delete", o.RequireStepUp()(hello))
	o.Inside.HandleFunc("/missing", o.NotFound)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	o.Clock.Add(6 * time.Minute)
	htmx := []string{fetches, within, "HX-Request: true", "HX-Current-URL: " + o.Cfg.Origin + o.Base + "/orders"}
	answer := sends(ada.Browser, "GET", "/delete", nil, htmx...)
	require.Equal(t, http.StatusForbidden, answer.Status)
	require.Equal(t, o.Base+"/step-up?next=%2Forders", answer.Header.Get("HX-Redirect"))
	require.Empty(t, sends(ada.Browser, "GET", "/missing", nil, htmx...).Header["Hx-Redirect"])
	page := sends(ada.Browser, "GET", "/missing", nil, append(htmx, "HX-Boosted: true")...)
	require.Equal(t, http.StatusNotFound, page.Status)
	require.Contains(t, page.Text(), "Page not found", "a boosted link wants the page")

	// A script knows its page with the alias, and a route behind the #.
	shown := ada.Get("/step-up?next=" + url.QueryEscape(o.Base+"/orders?tab=2#/7"))
	require.Equal(t, "/orders?tab=2", ada.Submit(shown, "/step-up", "password", good, "code", o.Code(ada.Secret)).Location)
}
