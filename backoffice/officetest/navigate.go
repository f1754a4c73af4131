package officetest

import (
	"io"
	"iter"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/postern-go/postern/internal/pages"
)

// address returns the URL of what a test calls a path.
func (b *Browser) address(by, path string) *url.URL {
	b.t.Helper()
	root := b.office.root()
	u, err := url.Parse(path)
	switch {
	case err != nil:
		b.t.Fatalf("officetest: %s(%q): %v", by, path, err)
	case u.Host != "" && (u.Host != root.Host || u.Scheme != root.Scheme):
		b.t.Fatalf("officetest: %s(%q): only %s can be reached", by, path, root.Scheme+"://"+root.Host)
	case u.Host == "" && !strings.HasPrefix(path, "/"):
		b.t.Fatalf("officetest: %s(%q): a path inside the office begins with \"/\"", by, path)
	case u.Host == "":
		if _, inside := b.cut(u); !inside {
			if u, err = url.Parse(b.office.URL(path)); err != nil {
				b.t.Fatalf("officetest: %s(%q): %v", by, path, err)
			}
		}
	}
	u.Scheme, u.Host = root.Scheme, root.Host
	return u
}

// cut returns a URL's path without the alias, and whether it has it.
func (b *Browser) cut(u *url.URL) (path string, inside bool) {
	home, err := url.Parse(b.office.HomeURL())
	if err != nil {
		return "", false
	}
	base := strings.TrimSuffix(home.Path, "/")
	if path, inside = strings.CutPrefix(u.EscapedPath(), base); path != "" && path[0] != '/' {
		return "", false
	}
	return path, inside
}

// inside writes a URL as Page.Path does.
func (b *Browser) inside(u *url.URL) string {
	if u == nil {
		return ""
	}
	path, inside := b.cut(u)
	if root := b.office.root(); !inside || u.Host != root.Host {
		return u.String()
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		path += "#" + u.EscapedFragment()
	}
	return path
}

// against is where a link leads on the page that came from a path.
func (b *Browser) against(path, link string) *url.URL {
	b.t.Helper()
	u, err := b.address("Link", path).Parse(link)
	if err != nil {
		return nil
	}
	return u
}

// gates are the pages where the office asks for something first.
var gates = []string{"/login", "/step-up", "/account/password", "/account/two-factor/add"}

// within reports whether a path is a page, or one below it.
func within(path, page string) bool { return path == page || strings.HasPrefix(path, page+"/") }

// open sends a request that a person made, and follows where it leads.
func (b *Browser) open(asked string, r *http.Request) *Page {
	b.t.Helper()
	p := b.send(r)
	from, _ := b.cut(r.URL)
	for n := 0; p.To != "" && b.follows(from, p); n++ {
		if n == 10 {
			b.t.Fatalf("officetest: %s %s: the redirects do not end: the last was to %s", r.Method, asked, p.To)
		}
		first := p.asked
		p = b.send(b.request(http.MethodGet, b.address("redirect to ", p.To), nil))
		p.asked = first
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown = p
	return p
}

// follows reports whether a browser goes on to where a page leads.
func (b *Browser) follows(from string, p *Page) bool {
	if p.Status == http.StatusTemporaryRedirect || p.Status == http.StatusPermanentRedirect {
		if !strings.HasPrefix(p.asked, http.MethodGet) {
			return false
		}
	}
	if !strings.HasPrefix(p.To, "/") && p.To != "" {
		return false
	}
	to, _, _ := strings.Cut(p.To, "?")
	for _, gate := range gates {
		if within(to, gate) && !within(from, gate) {
			return false
		}
	}
	return true
}

// send sends a request as it is.
func (b *Browser) send(r *http.Request) *Page {
	b.t.Helper()
	p := &Page{browser: b, Path: b.inside(r.URL)}
	p.asked = r.Method + " " + p.Path
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatalf("officetest: %s: %v", p.asked, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatalf("officetest: %s: the answer breaks off: %v", p.asked, err)
	}
	p.Status, p.Header, p.Body = answer.StatusCode, answer.Header, string(body)
	if to := answer.Header.Get("Location"); to != "" && p.Status/100 == 3 {
		if u, err := r.URL.Parse(to); err == nil {
			p.To = b.inside(u)
		}
	}
	return p
}

// pairs are names and values that were given in turn.
func (b *Browser) pairs(by string, fields []string) iter.Seq2[string, string] {
	b.t.Helper()
	if len(fields)%2 != 0 {
		b.t.Fatalf("officetest: %s: fields are names and values in turn, and the last, %q, has no value", by, fields[len(fields)-1])
	}
	return func(yield func(string, string) bool) {
		for i := 0; i < len(fields); i += 2 {
			if !yield(fields[i], fields[i+1]) {
				return
			}
		}
	}
}

// own reports whether the office has a page of its own at a path.
func (o *Office) own(p string) bool { return pages.Reserved(path.Clean("/" + p)) }
