package pages

import (
	"net/url"
	"slices"
)

// rowsPerPage is how many rows a page of a list has at most.
const rowsPerPage = 50

// Pager leads to other pages of a list; an empty path leaves a link out. Lists
// that can be read one way only lead back to their First page.
type Pager struct{ First, Previous, Next string }

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
