// Package visitor is a browser that measures cost little: it opens the pages of an
// office and posts their forms, over the network or straight into a handler. It
// knows nothing but the public API, so that it can visit earlier versions too.
package visitor

import (
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/totp"
)

// Password is the password of everyone here, and Alias that of every replica.
const (
	Password = "plum-kettle-orbit-93-sail"
	Alias    = "measured-alias-42"
)

// Visitor is a browser at one office. It is not safe for concurrent use.
type Visitor struct {
	// Base is what the paths of the office begin with: the origin of the server,
	// and the alias.
	Base string
	// IP is the address that a trusted proxy reports, if it is set.
	IP string
	// Through sends the requests.
	Through http.RoundTripper

	cookies map[string]string
}

// Page is an answer.
type Page struct {
	Status int
	Header http.Header
	Body   string
}

// Into sends requests straight into a handler.
func Into(h http.Handler) http.RoundTripper { return direct{h} }

type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	in := httptest.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), r.Body)
	in.Header = r.Header
	d.handler.ServeHTTP(w, in)
	return w.Result(), nil
}

// Request makes a request as this browser sends it.
func (v *Visitor) Request(method, path string, form url.Values) (*http.Request, error) {
	r, err := http.NewRequest(method, v.Base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	if v.IP != "" {
		r.Header.Set("X-Forwarded-For", v.IP)
	}
	if method == http.MethodPost {
		r.Header.Set("Origin", "null") // as our Referrer-Policy makes browsers do
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return r, nil
}

func (v *Visitor) send(method, path string, form url.Values) (Page, error) {
	r, err := v.Request(method, path, form)
	if err != nil {
		return Page{}, err
	}
	res, err := v.Through.RoundTrip(r)
	if err != nil {
		return Page{}, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	for _, c := range res.Cookies() {
		if v.cookies == nil {
			v.cookies = map[string]string{}
		}
		if v.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	return Page{res.StatusCode, res.Header, string(body)}, err
}

// Get opens a page.
func (v *Visitor) Get(path string) (Page, error) { return v.send(http.MethodGet, path, nil) }

// Post posts what a form on a page would: its hidden fields, the ticked boxes, and
// the given fields.
func (v *Visitor) Post(from Page, path string, fields url.Values) (Page, error) {
	form := from.form(v.path(path))
	if form == nil {
		return from, fmt.Errorf("no form that posts to %s: %w", path, from.unexpected())
	}
	for name, values := range fields {
		form[name] = values
	}
	return v.send(http.MethodPost, path, form)
}

// Submit opens a page and posts its form; the answer must have this status.
func (v *Visitor) Submit(path string, fields url.Values, status int) (Page, error) {
	page, err := v.Get(path)
	if err == nil {
		page, err = v.Post(page, path, fields)
	}
	if err == nil && page.Status != status {
		err = fmt.Errorf("POST %s: %w", path, page.unexpected())
	}
	return page, err
}

// StatusError is an answer that was not expected.
type StatusError struct {
	Status int
	// RetryAfter is how long the answer asks to wait; zero if it does not.
	RetryAfter time.Duration
}

func (e StatusError) Error() string { return fmt.Sprintf("status %d", e.Status) }

func (p Page) unexpected() error {
	seconds, _ := strconv.Atoi(p.Header.Get("Retry-After"))
	return StatusError{p.Status, time.Duration(seconds) * time.Second}
}

// path is what a page calls a path: behind the alias, without the server.
func (v *Visitor) path(path string) string {
	base, err := url.Parse(v.Base + path)
	if err != nil {
		return path
	}
	return base.Path
}

var (
	forms      = regexp.MustCompile(`(?s)<form\b[^>]* action="([^"]*)".*?</form>`)
	inputs     = regexp.MustCompile(`<input\b[^>]*>`)
	attributes = regexp.MustCompile(`([a-z-]+)="([^"]*)"`)
)

func (p Page) form(action string) url.Values {
	for _, f := range forms.FindAllStringSubmatch(p.Body, -1) {
		if html.UnescapeString(f[1]) != action {
			continue
		}
		fields := url.Values{}
		for _, input := range inputs.FindAllString(f[0], -1) {
			a := map[string]string{}
			for _, m := range attributes.FindAllStringSubmatch(input, -1) {
				a[m[1]] = html.UnescapeString(m[2])
			}
			if a["type"] == "hidden" || a["type"] == "checkbox" && strings.Contains(input, " checked") {
				fields.Add(a["name"], a["value"])
			}
		}
		return fields
	}
	return nil
}

// SetUp makes the first operator, with a link that the office prints.
func (v *Visitor) SetUp(link, name string) error {
	_, token, _ := strings.Cut(link, "#")
	_, err := v.Submit("/setup", url.Values{
		"token": {token}, "email": {name + "@community.example"}, "name": {name}, "password": {Password}, "password_again": {Password},
	}, http.StatusSeeOther)
	return err
}

var shown = regexp.MustCompile(`id="totp-secret"[^>]*>([^<]+)<`)

// Enrol signs an operator in who has no second factor yet, and adds one.
func (v *Visitor) Enrol(name string) (*Phone, error) {
	if err := v.password(name); err != nil {
		return nil, err
	}
	page, err := v.Get("/login/enrol")
	if err != nil {
		return nil, err
	}
	found := shown.FindStringSubmatch(page.Body)
	if found == nil {
		return nil, fmt.Errorf("no key at /login/enrol: %w", page.unexpected())
	}
	phone, err := NewPhone(found[1])
	if err != nil {
		return nil, err
	}
	code, _ := phone.Code(time.Now())
	page, err = v.Post(page, "/login/enrol", url.Values{"code": {code}})
	if err == nil && page.Status != http.StatusOK {
		err = fmt.Errorf("POST /login/enrol: %w", page.unexpected())
	}
	return phone, err
}

func (v *Visitor) password(name string) error {
	_, err := v.Submit("/login", url.Values{"login": {name}, "password": {Password}}, http.StatusSeeOther)
	return err
}

// SignIn opens both pages of a sign-in and posts both forms.
func (v *Visitor) SignIn(name string, phone *Phone) error {
	if err := v.password(name); err != nil {
		return err
	}
	code, ok := phone.Code(time.Now())
	if !ok {
		return errors.New("all codes of this time are spent")
	}
	_, err := v.Submit("/login/code", url.Values{"code": {code}}, http.StatusSeeOther)
	return err
}

// Phone has an authenticator app. A code works once, but that of the next step is
// also accepted, so it has two at any time, neither of which can expire on its way.
type Phone struct {
	// Key is the secret as the page shows it.
	Key    string
	secret totp.Secret
	next   int64
}

// NewPhone makes a phone with a key.
func NewPhone(key string) (*Phone, error) {
	secret, err := totp.ParseSecret(key)
	return &Phone{Key: key, secret: secret}, err
}

// Code returns a code that was not returned before, if there is one now.
func (p *Phone) Code(now time.Time) (code string, ok bool) {
	step := max(p.next, totp.Step(now))
	if step > totp.Step(now)+1 {
		return "", false
	}
	p.next = step + 1
	code, err := totp.Code(p.secret, time.Unix(step*int64(totp.Period/time.Second), 0), totp.Options{})
	return code, err == nil
}

// Forget makes Code return the current codes again, once the office has forgotten
// them too.
func (p *Phone) Forget() { p.next = 0 }
