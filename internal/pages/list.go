package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/view"
)

// rowsPerPage is how many rows a page of a list has at most.
const rowsPerPage = 50

// Pager leads to other pages of a list; an empty path leaves a link out. Lists
// that can be read one way only lead back to their First page.
type Pager struct {
	First, Previous, Next string
	// List follows the path of a row's own page, whose breadcrumb then leads back to
	// this list as it is filtered; see [call.listed]. Empty for a list that is not.
	List string
}

// maxList is the longest query of a list that its rows carry, in bytes.
const maxList = 512

// listed returns what [Pager.List] is for this list.
func (c *call) listed() string {
	_, query, _ := strings.Cut(c.following("", nil, "list"), "?")
	if query == "" || len(query) > maxList {
		return ""
	}
	return "?" + url.Values{"list": {query}}.Encode()
}

// backToList leads the first of the breadcrumbs to its list as it was filtered, if the
// link that was followed says how.
func (c *call) backToList(crumbs []view.Crumb) {
	query := c.query().Get("list")
	if query == "" || len(query) > maxList || len(crumbs) < 2 || !c.isList(crumbs[0].Path) {
		return
	}
	filters, err := url.ParseQuery(query)
	if err != nil {
		return
	}
	filters.Del("done") // a link says nothing in the name of the office
	if encoded := filters.Encode(); encoded != "" {
		crumbs[0].Path += "?" + encoded
	}
}

// isList reports whether a path inside the office is that of a list.
func (c *call) isList(path string) bool {
	e := c.routes[path]
	if e == nil {
		e = c.endpointOf(&url.URL{Path: path})
	}
	return e[http.MethodGet].list
}

// following is the address of a list with other values for some fields; an empty
// one takes the field out.
func (c *call) following(path string, set map[string]string, drop ...string) string {
	q := url.Values{}
	for name, values := range c.query() {
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

// chosen are the filters that are in use.
func chosen(q url.Values, names ...string) url.Values {
	filters := url.Values{}
	for _, name := range names {
		if v := q.Get(name); v != "" {
			filters.Set(name, v)
		}
	}
	return filters
}
