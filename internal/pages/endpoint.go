package pages

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// endpoint is one path: a route for each method.
type endpoint map[string]route

// allow returns the value of the Allow header.
func (e endpoint) allow() string {
	var names []string
	for name := range e {
		names = append(names, name)
		if name == http.MethodGet {
			names = append(names, http.MethodHead)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func get(a access, h func(*call) error) endpoint {
	return endpoint{http.MethodGet: {access: a, handle: h}}
}

func post(a access, h func(*call) error) endpoint {
	return endpoint{http.MethodPost: {access: a, handle: h}}
}

// both is a form: its page, and what its button posts.
func both(a access, form, posted func(*call) error) endpoint {
	return join(get(a, form), post(a, posted))
}

// join puts methods with different requirements on one path.
func join(e, other endpoint) endpoint {
	maps.Copy(e, other)
	return e
}

// free keeps a path open to operators with a required step.
func free(e endpoint) endpoint {
	for m, r := range e {
		r.free = true
		e[m] = r
	}
	return e
}

// needs adds a permission to what a path requires.
func needs(permission string, e endpoint) endpoint {
	for m, r := range e {
		r.permission = permission
		e[m] = r
	}
	return e
}
