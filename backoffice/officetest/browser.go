package officetest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice/markup"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// UserAgent is the User-Agent of browsers. A session is valid only with that.
const UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// Browser is a browser with cookies of its own. Make it with [Office.SignIn] or
// [Office.Browser].
//
// Paths are inside the office: "/analytics". The alias is added in front, unless it is already
// there, as in links of a page. A URL that begins with Config.Origin is requested as it is, so
// that tests can also reach the community.
//
// Redirects inside the office are followed, except those to sign in, to confirm one's identity
// or to change the password: of these, Page has the status and To.
type Browser struct {
	// Operator is who is signed in.
	Operator Operator

	t      testing.TB
	office *Office
	window *window
}

// window is what is the same for all that use a browser.
type window struct {
	// client does not follow redirects.
	client http.Client

	mu sync.Mutex
	// shown is the page that was last loaded.
	shown *Page
}

// Browser returns a browser in which nobody is signed in.
func (o *Office) Browser(t testing.TB) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatalf("officetest: %v", err)
	}
	b := &Browser{t: t, office: o, window: &window{}}
	b.window.client = http.Client{
		Jar: jar, Transport: road{b},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return b
}

// In returns the same browser for a subtest, which then fails in place of the test that the
// browser was made for.
func (b *Browser) In(t testing.TB) *Browser {
	other := *b
	other.t = t
	return &other
}

// Client returns a client that is the browser: it has its cookies, and adds the form token of
// the session to every request inside the office that can change something and has no header
// X-CSRF-Token. Like any client, it follows redirects. Make URLs with [Office.URL].
func (b *Browser) Client() *http.Client {
	return &http.Client{Jar: b.window.client.Jar, Transport: b.window.client.Transport}
}

// Get opens a page. A one-time link is opened as the script of its page opens it: the token in
// the fragment is sent, and the answer is the form behind the link.
func (b *Browser) Get(path string) *Page {
	b.t.Helper()
	u := b.address("Get", path)
	p := b.open(path, b.request(http.MethodGet, u, nil))
	if u.Fragment == "" || p.Status != http.StatusOK {
		return p
	}
	target, token := *u, u.Fragment
	target.Fragment, target.RawFragment = "", ""
	if f := b.formOn(p, b.inside(&target)); f != nil && slices.ContainsFunc(f.Controls, func(c markup.Control) bool { return c.Name == "token" }) {
		return b.Submit(target.String(), "token", token)
	}
	return p
}

// Post sends these fields, given as names and values in turn, and the form token, without
// looking at a page: as a script would, or someone who tampers with a form. A field "csrf"
// replaces the token.
func (b *Browser) Post(path string, fields ...string) *Page {
	b.t.Helper()
	u, sent := b.address("Post", path), url.Values{}
	for _, pair := range b.pairs("Post", fields) {
		sent.Add(pair[0], pair[1])
	}
	if !sent.Has("csrf") {
		sent.Set("csrf", b.formToken())
	}
	return b.open(path, b.request(http.MethodPost, u, sent))
}

// Do sends a request that the test made, such as one of [httptest.NewRequest] with the headers of
// a script. It adds cookies, and the form token as [Browser.Client] does, and follows no
// redirects.
func (b *Browser) Do(r *http.Request) *Page {
	b.t.Helper()
	own := r.Clone(r.Context())
	own.URL, own.RequestURI, own.Host, own.TLS, own.RemoteAddr = b.address("Do", r.URL.String()), "", "", nil, ""
	return b.send(own)
}

// StepUp confirms the operator's identity, as if they had entered password and code: their
// session is as fresh as after a sign-in. It opens no page.
func (b *Browser) StepUp() {
	b.t.Helper()
	o := b.office
	view, err := o.reach.Desk.Store.FindSession(context.WithoutCancel(b.t.Context()), store.DigestOf(b.cookie()))
	if err != nil {
		b.t.Fatalf("officetest: StepUp: nobody is signed in in this browser (%v)", err)
	}
	token, fresh := vault.Token(), view.Session
	fresh.Digest, fresh.SeenAt, fresh.ProvedAt = store.DigestOf(token), o.Now(), o.Now()
	fresh.EndsAt = o.Now().Add(o.reach.Desk.Settings().Session.Absolute)
	o.commit(b.t, store.ReplaceSession{Old: view.Session.Digest, New: fresh})
	b.keep(token)
}

// enter begins a session of the operator.
func (b *Browser) enter() {
	b.t.Helper()
	o, token := b.office, vault.Token()
	now, began := o.Now(), o.Now()
	if all := o.reach.Desk.State().Stored.SessionsFrom; !began.After(all) {
		began = all.Add(1) // Everyone was signed out at this moment of the clock.
	}
	o.commit(b.t, store.PutSession{Session: store.Session{
		Digest: store.DigestOf(token), ID: vault.ID(), OperatorID: b.Operator.ID,
		CreatedAt: began, SeenAt: now, ProvedAt: now, EndsAt: now.Add(o.reach.Desk.Settings().Session.Absolute),
		IP: visitor, UserAgent: UserAgent, Method: string(desk.MethodTOTP),
	}})
	b.keep(token)
}

// sessionCookie is the name of the office's cookie.
func (o *Office) sessionCookie() string {
	d := o.reach.Desk
	return pages.NamesOf(d.State().Stored.Office, d.Origin+d.Path)[0]
}

// root is the address of the community.
func (o *Office) root() *url.URL {
	d := o.reach.Desk
	u, err := url.Parse(d.Origin + d.Path + "/")
	if err != nil {
		o.t.Fatalf("officetest: %v", err)
	}
	return u
}

// keep puts the token of a session into the browser.
func (b *Browser) keep(token string) {
	u := b.office.root()
	b.window.client.Jar.SetCookies(u, []*http.Cookie{{Name: b.office.sessionCookie(), Value: token, Path: u.Path, Secure: u.Scheme == "https"}})
}

// cookie is the token of the session, or "".
func (b *Browser) cookie() string {
	for _, c := range b.window.client.Jar.Cookies(b.office.root()) {
		if c.Name == b.office.sessionCookie() {
			return c.Value
		}
	}
	return ""
}

// formToken asks the office for a token, as scripts do.
func (b *Browser) formToken() string {
	b.t.Helper()
	token, err := b.askToken(b.t.Context())
	if err != nil {
		b.t.Fatalf("officetest: form token: %v", err)
	}
	return token
}

// askToken returns a form token, or "" if nobody is signed in.
func (b *Browser) askToken(ctx context.Context) (string, error) {
	if b.cookie() == "" {
		return "", nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.office.URL("/account/form-token"), nil)
	if err != nil {
		return "", err
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Mode", "cors")
	answer, err := b.window.client.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var document struct {
		Token string `json:"form_token"`
	}
	if answer.StatusCode != http.StatusOK {
		return "", nil // The request itself shows why.
	}
	err = json.NewDecoder(answer.Body).Decode(&document)
	return document.Token, err
}

// road is where requests of a browser go: to the office alone.
type road struct{ b *Browser }

func (r road) RoundTrip(request *http.Request) (*http.Response, error) {
	root := r.b.office.root()
	if request.URL.Host != root.Host || request.URL.Scheme != root.Scheme {
		return nil, fmt.Errorf("officetest: %s://%s is not the community's origin, and nothing else is there", request.URL.Scheme, request.URL.Host)
	}
	request = request.Clone(request.Context())
	if request.Header.Get("User-Agent") == "" {
		request.Header.Set("User-Agent", UserAgent)
	}
	switch request.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
	default:
		_, has := request.Header["X-Csrf-Token"]
		if _, inside := r.b.cut(request.URL); !has && inside {
			token, err := r.b.askToken(request.Context())
			if err != nil {
				return nil, err
			}
			if token != "" {
				request.Header.Set("X-Csrf-Token", token)
			}
		}
	}
	return r.b.office.wire.transport.RoundTrip(request)
}

// request makes a request as a browser does for a link or a form of a page. Pages of the
// office are sent with no-referrer, so a form comes with "Origin: null".
func (b *Browser) request(method string, u *url.URL, form url.Values) *http.Request {
	b.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	bare := *u
	bare.Fragment, bare.RawFragment = "", "" // which browsers do not send
	r, err := http.NewRequestWithContext(context.WithoutCancel(b.t.Context()), method, bare.String(), body)
	if err != nil {
		b.t.Fatalf("officetest: %v", err)
	}
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Dest", "document")
	if form != nil {
		r.Header.Set("Origin", "null")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header["X-Csrf-Token"] = nil // the token is in the form
	}
	return r
}
