package browse

import (
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
)

// Cookie is one of the office's cookies, in the order of [pages.CookieNames]; [Site.Named]
// has its name.
type Cookie int

const (
	SessionCookie Cookie = iota
	PreCookie
	BrowserCookie
	SchemeCookie
	KeptCookie
	FlowCookie
	SeeAsCookie
)

// Named is the name of a cookie of this office.
func (s *Site) Named(c Cookie) string {
	p, err := s.Under.LoadParameters(ctx)
	require.NoError(s.T, err)
	return pages.NamesOf(p.Office, s.Cfg.Origin)[c]
}

// Browser sends what a browser sends, and does not follow redirects.
type Browser struct {
	Site   *Site
	T      testing.TB
	Client *http.Client
	Agent  string
	// More slips into each form that is posted, where it has no such field itself.
	More url.Values
	// Bare says that the answers are not only the office's.
	Bare bool
}

// Browser opens a window with cookies of its own.
func (s *Site) Browser() *Browser {
	s.T.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(s.T, err)
	client := *s.Server.Client()
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Browser{Site: s, T: s.T, Client: &client, Agent: testoffice.Agent}
}

// At is the same browser at another server.
func (b *Browser) At(srv *httptest.Server) *Browser {
	other, s := *b, *b.Site
	s.Server = srv
	other.Site = &s
	return &other
}

// Moved is the same browser at another alias.
func (b *Browser) Moved(base string) *Browser {
	other, s := *b, *b.Site
	s.Base = base
	other.Site = &s
	return &other
}

// Send sends a request as it is.
func (b *Browser) Send(r *http.Request) Page {
	b.T.Helper()
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", b.Agent)
	}
	if r.Header.Get("Accept-Encoding") == "" {
		r.Header.Set("Accept-Encoding", "identity") // or the transport decompresses, and hides that
	}
	res, err := b.Client.Do(r)
	require.NoError(b.T, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(b.T, err)
	base := b.Site.Base
	p := Page{
		T: b.T, Base: base, Status: res.StatusCode, Header: res.Header, Body: string(body),
		Path: strings.TrimPrefix(r.URL.Path, base), Location: strings.TrimPrefix(res.Header.Get("Location"), base),
	}
	if b.Site.Seen != nil {
		b.Site.Seen(b, r, p)
	}
	return p
}

// Request makes a request for a path inside the office, as the browser would
// for a link or a form of ours. Our own pages are sent with no-referrer, so a
// form comes with "Origin: null".
func (b *Browser) Request(method, path string, body io.Reader) *http.Request {
	b.T.Helper()
	r, err := http.NewRequestWithContext(ctx, method, b.Site.Server.URL+b.Site.Base+path, body)
	require.NoError(b.T, err)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	if method == http.MethodPost {
		r.Header.Set("Origin", "null")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// With makes a request with a form, by any method.
func (b *Browser) With(method, path string, form url.Values) *http.Request {
	b.T.Helper()
	if form == nil {
		return b.Request(method, path, nil)
	}
	r := b.Request(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Origin", "null")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// Get fetches one page.
func (b *Browser) Get(path string) Page {
	b.T.Helper()
	return b.Send(b.Request(http.MethodGet, path, nil))
}

// From follows a link of another site: the browser sends no cookie of ours, as
// they are SameSite=Strict, and keeps those that the answer sets.
func (b *Browser) From(path string) Page {
	b.T.Helper()
	jar := b.Client.Jar
	b.Client.Jar = nil
	r := b.Request(http.MethodGet, path, nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	p := b.Send(r)
	b.Client.Jar = jar
	jar.SetCookies(r.URL, (&http.Response{Header: p.Header}).Cookies())
	return p
}

// Open fetches a page and follows where it leads.
func (b *Browser) Open(path string) Page {
	b.T.Helper()
	return b.Follow(b.Get(path))
}

// Follow follows where an answer leads.
func (b *Browser) Follow(p Page) Page {
	b.T.Helper()
	for range 6 {
		if p.Status != http.StatusSeeOther {
			return p
		}
		p = b.Get(p.Location)
	}
	require.Fail(b.T, "the redirects do not end", p.Location)
	return p
}

// Post posts fields as they are.
func (b *Browser) Post(path string, fields url.Values) Page {
	b.T.Helper()
	sent := maps.Clone(fields)
	for name, values := range b.More {
		if !sent.Has(name) {
			sent[name] = values
		}
	}
	return b.Send(b.Request(http.MethodPost, path, strings.NewReader(sent.Encode())))
}

// Submit fills in the form of a page and posts it.
func (b *Browser) Submit(p Page, path string, pairs ...string) Page {
	b.T.Helper()
	fields := p.Form(path)
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return b.Post(path, fields)
}

// Use posts the form that a one-time link opens.
func (b *Browser) Use(path, token, password string, more ...string) Page {
	b.T.Helper()
	return b.Submit(b.Get(path), path, append([]string{"token", token, "password", password, "password_again", password}, more...)...)
}

// Press fills in a form and presses a button of it. Edits are "name=value",
// "+name=value" for one more of the same name, and "-name" for what is unticked.
func (b *Browser) Press(p Page, path, button string, edits ...string) Page {
	b.T.Helper()
	fields := p.Filled(path, button)
	for _, edit := range edits {
		name, value, ok := strings.Cut(edit, "=")
		switch {
		case strings.HasPrefix(name, "+"):
			fields.Add(name[1:], value)
		case strings.HasPrefix(name, "-"):
			fields.Del(name[1:])
		default:
			require.True(b.T, ok, edit)
			fields.Set(name, value)
		}
	}
	p = b.Post(path, fields)
	if b.More == nil {
		_, unknown, found := strings.Cut(b.Site.Log.String(), "fields that the form does not have")
		require.False(b.T, found, "the office does not know a field of its own form %s%s", path, unknown)
	}
	return p
}

// Does posts a form and asks for where it leads.
func (b *Browser) Does(p Page, path, button string, edits ...string) Page {
	b.T.Helper()
	answer := b.Press(p, path, button, edits...)
	require.Equal(b.T, http.StatusSeeOther, answer.Status, answer.Text())
	return b.Follow(answer)
}

// WalkPages follows "Next page" from a page to the end of its list, and returns
// the rows of each page.
func (b *Browser) WalkPages(first, prefix string) (pages []Page, all []string) {
	b.T.Helper()
	for at := first; at != ""; {
		p := b.Get(at)
		require.Equal(b.T, http.StatusOK, p.Status, p.Text())
		pages = append(pages, p)
		all = append(all, p.Rows(prefix)...)
		at = p.Link("Next page")
		require.Less(b.T, len(pages), 20, "the list does not end")
	}
	sorted := slices.Sorted(slices.Values(all))
	require.Len(b.T, slices.Compact(sorted), len(all), "a row comes twice")
	return pages, all
}

// jarred is where the browser keeps the cookies of the office.
func (b *Browser) jarred() *url.URL {
	u, err := url.Parse(b.Site.Server.URL + b.Site.CookiePath())
	require.NoError(b.T, err)
	return u
}

// Cookie is the value of a cookie of the office; empty when there is none.
func (b *Browser) Cookie(which Cookie) string {
	name := b.Site.Named(which)
	for _, c := range b.Client.Jar.Cookies(b.jarred()) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// SetCookie puts a cookie into the browser; an empty value deletes it.
func (b *Browser) SetCookie(which Cookie, value string) {
	u := b.jarred()
	c := &http.Cookie{Name: b.Site.Named(which), Value: value, Path: u.Path, Secure: true}
	if value == "" {
		c.MaxAge = -1
	}
	b.Client.Jar.SetCookies(u, []*http.Cookie{c})
}
