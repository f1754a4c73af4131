package pages

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/postern-go/postern/internal/view"
)

// answer notes that the answer has begun, so that a late error cannot append a
// second page to half of the first.
type answer struct {
	http.ResponseWriter
	c *call
	// kept are the headers of ours that the host keeps as its own. A handler that
	// http.TimeoutHandler has given up may still change them.
	kept atomic.Pointer[[]string]
}

func (a *answer) WriteHeader(status int) {
	if !a.c.wrote {
		a.c.settleHeaders(a.ResponseWriter.Header())
	}
	if status >= 200 {
		a.c.wrote = true
	}
	if a.c.hosted && status >= 300 && status < 400 {
		a.c.keepInside(a.Header())
	}
	a.ResponseWriter.WriteHeader(status)
}

// keepInside puts the alias in front of a redirect by the host that only adds
// or removes the slash at the end of the path. http.ServeMux answers so on its own
// and knows nothing of the alias. Any other redirect is the host's affair: it may
// well lead into the community.
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
	if !a.c.wrote {
		a.WriteHeader(http.StatusOK)
	}
	return a.ResponseWriter.Write(b)
}

// Flush serves the host's handlers that look for http.Flusher.
func (a *answer) Flush() {
	if !a.c.wrote {
		a.WriteHeader(http.StatusOK)
	}
	_ = http.NewResponseController(a.ResponseWriter).Flush()
}

// Hijack serves http.ResponseController.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(a.ResponseWriter).Hijack()
	a.c.hijacked = err == nil
	return conn, buffered, err
}

// Unwrap serves http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// show renders a page in memory, then answers with it.
func (c *call) show(status int, p view.Page) error {
	html, err := c.render(p)
	if err != nil {
		return err
	}
	return c.write(status, html)
}

// showDone shows the page that says that a form was handled, such as one that shows a
// secret once. The same form sent again shows it again.
func (c *call) showDone(p view.Page) error {
	html, err := c.render(p)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", contentType)
	c.keep(http.StatusOK, html)
	return c.write(http.StatusOK, html)
}

func (c *call) render(p view.Page) ([]byte, error) {
	f := c.frame()
	if _, paused := p.(MaintenancePage); paused {
		f.Maintenance = "" // the page says the same
	}
	f.Breadcrumbs = Crumbs(p)
	html, err := c.Pages.Render(f, p)
	if err != nil {
		return nil, fmt.Errorf("show page: %w", err)
	}
	return html, nil
}

const contentType = "text/html; charset=utf-8"

func (c *call) write(status int, html []byte) error { return c.writeAs(status, contentType, html) }

func (c *call) writeAs(status int, kind string, body []byte) error {
	c.release()
	h := c.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		// If the connection is gone, there is no one left to tell.
		_, _ = bytes.NewReader(body).WriteTo(c.w)
	}
	return nil
}

// redirect answers with a redirect to a path inside the office. A form that is handled
// successfully ends in one, or in showDone.
func (c *call) redirect(to string) error {
	if c.path == "/setup" && !c.unsafe() {
		to += "#" // or the browser keeps the token of the printed link in its address bar
	}
	c.w.Header().Set("Location", c.base+to)
	c.w.Header().Set("Content-Length", "0") // to HEAD too
	c.keep(http.StatusSeeOther, nil)
	c.w.WriteHeader(http.StatusSeeOther)
	return nil
}
