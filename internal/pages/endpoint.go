package pages

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// endpoint is the methods of one path.
type endpoint map[string]route

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

// both is a form and what it posts.
func both(a access, form, posted func(*call) error) endpoint {
	return join(get(a, form), post(a, posted))
}

// join is a path whose methods ask for different things.
func join(e, other endpoint) endpoint {
	maps.Copy(e, other)
	return e
}

// free marks what stays open to somebody who must do something first.
func free(e endpoint) endpoint {
	for m, r := range e {
		r.free = true
		e[m] = r
	}
	return e
}

// needs asks for a permission.
func needs(permission string, e endpoint) endpoint {
	for m, r := range e {
		r.permission = permission
		e[m] = r
	}
	return e
}
