// Package admin answers the pages on which operators are run and the office
// itself: what package internal/admin does, and internal/pages/admin shows.
// Package web, which calls it, decides who reaches which of them: its table of
// routes has let every [Call] in before it comes here.
package pages

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// Call is one request to a page, from somebody whom its route let in.
type Call struct {
	Desk     *desk.Desk
	Identity *desk.Identity
	// State is the parameters in force.
	State *desk.State
	Visit desk.Visit
	// Request is read for its context, its query and the id in its path.
	Request *http.Request
	// Form is what was posted, without the form token; nil where nothing was.
	Form url.Values
	// W is for answers that are no page.
	W http.ResponseWriter
	// Show answers with a page.
	Show func(status int, p view.Page) error
	// Redirect leads to a path inside the office.
	Redirect func(to string) error
	// Move makes redirects lead to another alias.
	Move func(alias string)
}

// ErrUnknownAct says that a form asks for something that its page does not do.
var ErrUnknownAct = errors.New("form asks for no act of its page")

// Context is that of the request.
func (c *Call) Context() context.Context { return c.Request.Context() }

// Query is what follows the path.
func (c *Call) Query() url.Values { return c.Request.URL.Query() }

func (c *Call) actor() desk.Actor { return c.Identity.Actor() }

// id is the variable segment of the path.
func (c *Call) id() string { return c.Request.PathValue("id") }

// version is that of the record when the form was shown; what is no number fits
// none.
func (c *Call) version() int64 {
	n, err := strconv.ParseInt(c.Form.Get("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func version(n int64) string { return strconv.FormatInt(n, 10) }

// confirmed says whether the difference was shown already.
func (c *Call) confirmed() bool { return c.Form.Get("confirm") == "yes" }

// again is what was posted, for the page that shows the difference, whose form
// adds the confirmation.
func (c *Call) again() []Hidden {
	var fields []Hidden
	for _, name := range slices.Sorted(maps.Keys(c.Form)) {
		if name == "confirm" {
			continue
		}
		for _, v := range c.Form[name] {
			fields = append(fields, Hidden{Name: name, Value: v})
		}
	}
	return fields
}

// rowsPerPage is how many rows a page of a list has at most.
const rowsPerPage = 50

// following is the address of a list with other values for some fields; an empty
// one takes the field out.
func (c *Call) following(path string, set map[string]string, drop ...string) string {
	q := url.Values{}
	for name, values := range c.Query() {
		if len(values) == 1 && values[0] != "" && name != "done" && !slices.Contains(drop, name) {
			q.Set(name, values[0])
		}
	}
	for name, value := range set {
		q.Set(name, value)
		if value == "" {
			q.Del(name)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Problems puts what is wrong beside its fields.
func Problems(bad *desk.InvalidError) view.Form {
	var f view.Form
	for _, p := range bad.Problems {
		f.Errors = append(f.Errors, view.FieldError{Field: p.Field, Text: p.Text})
	}
	return f
}
