package pages

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"github.com/postern-go/postern/internal/view"
)

// show renders a page in memory, then answers with it.
func (c *call) show(status int, p view.Page) error {
	html, err := c.render(status, p)
	if err != nil {
		return err
	}
	return c.write(status, html)
}

// showDone shows the page that says that a form was handled, such as one that shows a
// secret once. The same form sent again shows it again.
func (c *call) showDone(p view.Page) error {
	html, err := c.render(http.StatusOK, p)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", contentType)
	c.keep(http.StatusOK, html)
	return c.write(http.StatusOK, html)
}

func (c *call) render(status int, p view.Page) ([]byte, error) {
	f := c.frame()
	if status >= http.StatusBadRequest && status != http.StatusUnprocessableEntity {
		f.Here = "/" // a refusal repeats nothing of what was asked for
	}
	if _, paused := p.(MaintenancePage); paused {
		f.Pause = nil // the page says the same
	}
	f.Breadcrumbs = crumbsOf(c.words(), p)
	c.backToList(f.Breadcrumbs)
	html, err := c.Pages.Render(f, p)
	if err != nil {
		return nil, fmt.Errorf("show page: %w", err)
	}
	if c.filling == nil {
		return html, nil
	}
	filled, changed := c.fill(html)
	if notice := c.filling.notice; changed && notice.Text != "" {
		f.Notices = append(f.Notices, notice)
		if html, err = c.Pages.Render(f, p); err != nil {
			return nil, fmt.Errorf("show page: %w", err)
		}
		filled, _ = c.fill(html)
	}
	return filled, nil
}

const contentType = "text/html; charset=utf-8"

func (c *call) write(status int, html []byte) error { return c.writeAs(status, contentType, html) }

func (c *call) writeAs(status int, kind string, body []byte) error {
	c.release()
	c.varies()
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
	c.varies()
	c.w.Header().Set("Location", c.base+to)
	c.w.Header().Set("Content-Length", "0") // to HEAD too
	c.keep(http.StatusSeeOther, nil)
	c.w.WriteHeader(http.StatusSeeOther)
	return nil
}
