package pages

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/postern-go/postern/internal/view"
)

// answer notices that the answer has begun, so that a late error cannot append
// a second page to half of the first.
type answer struct {
	http.ResponseWriter
	c *call
}

func (a *answer) WriteHeader(status int) {
	if status >= 200 {
		a.c.wrote = true
	}
	if a.c.hosted && status >= 300 && status < 400 {
		a.c.keepInside(a.Header())
	}
	a.ResponseWriter.WriteHeader(status)
}

// keepInside puts the alias in front of a redirect of the host's that only adds
// or takes the slash at the end of the path it was asked for. http.ServeMux
// answers so by itself, and knows nothing of the alias. Any other address is
// the host's own affair: it may well be one of the community's.
func (c *call) keepInside(h http.Header) {
	to, err := url.Parse(h.Get("Location"))
	if err != nil || !strings.HasPrefix(to.Path, "/") || to.Scheme != "" || to.Host != "" || to.User != nil || to.Opaque != "" || to.Fragment != "" || to.RawQuery != c.inner.URL.RawQuery {
		return
	}
	asked, there := c.inner.URL.EscapedPath(), to.EscapedPath()
	if there == asked+"/" || there+"/" == asked {
		h.Set("Location", c.base+h.Get("Location"))
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.c.wrote = true
	return a.ResponseWriter.Write(b)
}

// Flush is for handlers of the host's that ask for http.Flusher itself.
func (a *answer) Flush() {
	a.c.wrote = true
	_ = http.NewResponseController(a.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController through.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// show renders a page into memory and then answers with it.
func (c *call) show(status int, p view.Page) error {
	f := c.frame()
	f.Breadcrumbs = Crumbs(p)
	html, err := c.Pages.Render(f, p)
	if err != nil {
		return fmt.Errorf("show page: %w", err)
	}
	return c.write(status, html)
}

func (c *call) write(status int, html []byte) error {
	h := c.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(html)))
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		// The connection may be gone; there is nobody left to tell.
		_, _ = bytes.NewReader(html).WriteTo(c.w)
	}
	return nil
}

// redirect leads to a path inside the office.
func (c *call) redirect(to string) error {
	c.w.Header().Set("Location", c.base+to)
	c.w.WriteHeader(http.StatusSeeOther)
	return nil
}
