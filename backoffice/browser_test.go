package backoffice_test

import (
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// browser sends what a browser sends, and follows no redirect by itself.
type browser struct {
	o      *office
	t      testing.TB
	client *http.Client
	agent  string
	// more slips into each form that is posted, where it has no such field itself.
	more url.Values
	// bare looks at no headers: the answers are not only the office's.
	bare bool
}

// browser opens a window with cookies of its own.
func (o *office) browser() *browser {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(o.t, err)
	client := *o.srv.Client()
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{o: o, t: o.t, client: &client, agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
}

// page is an answer. Paths in it are without the alias.
type page struct {
	t        testing.TB
	base     string
	status   int
	header   http.Header
	body     string
	path     string
	location string
}

// send sends a request as it is, and keeps the exchange.
func (b *browser) send(r *http.Request) page {
	b.t.Helper()
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", b.agent)
	}
	res, err := b.client.Do(r)
	require.NoError(b.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(b.t, err)
	p := page{
		t: b.t, base: b.o.base, status: res.StatusCode, header: res.Header, body: string(body),
		path: strings.TrimPrefix(r.URL.Path, b.o.base), location: strings.TrimPrefix(res.Header.Get("Location"), b.o.base),
	}
	b.o.wire.add(r, p)
	if p.header.Get("X-Community") == "" && !b.bare {
		requireHeaders(b.t, r, p, b.o.cfg.InsecurePlainHTTP)
	}
	return p
}

// request makes a request for a path inside the office, as the browser would
// for a link or a form of ours. Our own pages are sent with no-referrer, so a
// form comes with "Origin: null".
func (b *browser) request(method, path string, body io.Reader) *http.Request {
	b.t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, b.o.srv.URL+b.o.base+path, body)
	require.NoError(b.t, err)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	if method == http.MethodPost {
		r.Header.Set("Origin", "null")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// get fetches one page.
func (b *browser) get(path string) page {
	b.t.Helper()
	return b.send(b.request(http.MethodGet, path, nil))
}

// open fetches a page and follows where it leads.
func (b *browser) open(path string) page {
	b.t.Helper()
	return b.follow(b.get(path))
}

func (b *browser) follow(p page) page {
	b.t.Helper()
	for range 6 {
		if p.status != http.StatusSeeOther {
			return p
		}
		p = b.get(p.location)
	}
	require.Fail(b.t, "the redirects do not end", p.location)
	return p
}

// post posts fields as they are.
func (b *browser) post(path string, fields url.Values) page {
	b.t.Helper()
	sent := maps.Clone(fields)
	for name, values := range b.more {
		if !sent.Has(name) {
			sent[name] = values
		}
	}
	return b.send(b.request(http.MethodPost, path, strings.NewReader(sent.Encode())))
}

var (
	formTag   = regexp.MustCompile(`(?s)<form[^>]* method="post" action="([^"]*)"[^>]*>(.*?)</form>`)
	hiddenTag = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
)

// form is the form of a page that posts to a path, with its hidden fields.
func (p page) form(path string) url.Values {
	p.t.Helper()
	for _, m := range formTag.FindAllStringSubmatch(p.body, -1) {
		if html.UnescapeString(m[1]) != p.base+path {
			continue
		}
		fields := url.Values{}
		for _, h := range hiddenTag.FindAllStringSubmatch(m[2], -1) {
			fields.Set(h[1], html.UnescapeString(h[2]))
		}
		return fields
	}
	require.Fail(p.t, "no form that posts to "+path, "status %d at %s\n%s", p.status, p.path, p.text())
	return nil
}

var tag = regexp.MustCompile(`(?s)<(script|style|svg).*?</(script|style|svg)>|<[^>]*>`)

// text is what people read on a page.
func (p page) text() string {
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(p.body, " "))), " ")
}

// submit fills in the form of a page and posts it.
func (b *browser) submit(p page, path string, pairs ...string) page {
	b.t.Helper()
	fields := p.form(path)
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return b.post(path, fields)
}

// cookie is the value of a cookie of the office; empty when there is none.
func (b *browser) cookie(name string) string {
	u, err := url.Parse(b.o.srv.URL)
	require.NoError(b.t, err)
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// setCookie puts a cookie into the browser; an empty value deletes it.
func (b *browser) setCookie(name, value string) {
	u, err := url.Parse(b.o.srv.URL)
	require.NoError(b.t, err)
	c := &http.Cookie{Name: name, Value: value, Path: "/", Secure: true}
	if value == "" {
		c.MaxAge = -1
	}
	b.client.Jar.SetCookies(u, []*http.Cookie{c})
}

// The names of the office's cookies.
const (
	sessionCookie = "__Host-office"
	preCookie     = "__Host-office-pre"
)

// signedIn says whether this browser can open the account page.
func (b *browser) signedIn() bool { return b.get("/account").status == http.StatusOK }

// person is an operator at a browser, with what is in their phone and head.
type person struct {
	*browser
	store.Operator
	password string
	secret   totp.Secret
	codes    []string
}

// login posts the sign-in form and returns the answer.
func (b *browser) login(login, password string) page {
	b.t.Helper()
	return b.submit(b.get("/login"), "/login", "login", login, "password", password)
}

// code is what the authenticator app shows now.
func (o *office) code(s totp.Secret) string {
	o.t.Helper()
	code, err := totp.Code(s, o.clock.Now(), totp.Options{})
	require.NoError(o.t, err)
	return code
}

// badCode is a code that the app shows at no time near now.
func (o *office) badCode(s totp.Secret) string {
	taken := map[string]bool{}
	for step := -totp.DriftSteps; step <= totp.DriftSteps; step++ {
		code, err := totp.Code(s, o.clock.Now().Add(totp.Period*(time.Duration(step))), totp.Options{})
		require.NoError(o.t, err)
		taken[code] = true
	}
	for n := 0; ; n++ {
		if code := fmt.Sprintf("%06d", n); !taken[code] {
			return code
		}
	}
}

var secretTag = regexp.MustCompile(`id="totp-secret"[^>]*>([^<]+)<`)

// shown is the secret that an enrolment page shows.
func (p page) shown() totp.Secret {
	p.t.Helper()
	m := secretTag.FindStringSubmatch(p.body)
	require.NotNil(p.t, m, "no secret on %s: %s", p.path, p.text())
	secret, err := totp.ParseSecret(m[1])
	require.NoError(p.t, err)
	return secret
}

var codeTag = regexp.MustCompile(`<li><code>([A-Z2-7-]+)</code></li>`)

// recoveryCodes are the codes that a page shows.
func (p page) recoveryCodes() []string {
	p.t.Helper()
	var codes []string
	for _, m := range codeTag.FindAllStringSubmatch(p.body, -1) {
		codes = append(codes, m[1])
	}
	require.Len(p.t, codes, 10, "%s: %s", p.path, p.text())
	return codes
}

// enrol goes on from a sign-in to a session, with a new authenticator.
func (p *person) enrol(shown page) page {
	p.t.Helper()
	p.secret = shown.shown()
	done := p.submit(shown, "/login/enrol", "code", p.o.code(p.secret))
	require.Equal(p.t, http.StatusOK, done.status, done.text())
	p.codes = done.recoveryCodes()
	p.o.clock.Add(totp.Period) // the code just shown is spent
	return done
}

// enrolled is a new operator who is signed in with two factors.
func (o *office) enrolled(name string, roles ...string) *person {
	o.t.Helper()
	p := &person{browser: o.browser(), Operator: o.add(store.Operator{}, name, roles...), password: good}
	answer := p.login(name, good)
	require.Equal(o.t, http.StatusSeeOther, answer.status, answer.text())
	p.enrol(p.follow(answer))
	require.True(o.t, p.signedIn())
	return p
}

// again signs the person in once more in another browser.
func (p *person) again() *browser {
	p.t.Helper()
	b := p.o.browser()
	shown := b.follow(b.login(p.Email, p.password))
	answer := b.submit(shown, "/login/code", "code", p.o.code(p.secret))
	require.Equal(p.t, http.StatusSeeOther, answer.status, answer.text())
	p.o.clock.Add(totp.Period)
	return b
}

// plain is a new operator without second factor, who is signed in because none
// is asked for.
func (o *office) plain(name string, roles ...string) *person {
	o.t.Helper()
	o.rules(map[string]string{"two_factor.who": "recommended"})
	p := &person{browser: o.browser(), Operator: o.add(store.Operator{}, name, roles...), password: good}
	answer := p.login(name, good)
	require.Equal(o.t, "/", answer.location, answer.text())
	return p
}
