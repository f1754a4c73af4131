package backoffice

import (
	"net/http"
	"strings"
)

// roster says which office a request is for. It does not change: a new one takes its place.
type roster struct {
	named map[string]*Office
	hosts map[string]*tenants
}

var none roster

// place is where an office is: the host with its port, and the path below it, "" if it has
// the whole host.
type place struct{ host, path string }

func placeOf(o *Office) place {
	_, host, _ := strings.Cut(o.desk.Origin, "://")
	return place{host, o.desk.Path}
}

// tenants are the offices of one host.
type tenants struct {
	// only is the office that has no other beside it, nil if there are several.
	only *Office
	at   map[string]*Office // by path
	// deepest is how many segments the longest path has.
	deepest int
}

func newRoster(named map[string]*Office) *roster {
	r := &roster{named: named, hosts: map[string]*tenants{}}
	for _, o := range named {
		at := placeOf(o)
		t := r.hosts[at.host]
		if t == nil {
			t = &tenants{only: o, at: map[string]*Office{}}
			r.hosts[at.host] = t
		} else {
			t.only = nil
		}
		t.at[at.path] = o
		t.deepest = max(t.deepest, strings.Count(at.path, "/"))
	}
	return r
}

// find returns the office of a request, or nil: the one whose path is the longest that the
// request is below. One that is alone on its host also has requests from which a proxy has
// removed the path. It allocates nothing, and looks no further into a path than the offices
// reach.
func (r *roster) find(req *http.Request) *Office {
	t := r.hosts[strings.ToLower(req.Host)]
	if t == nil || t.only != nil {
		if t == nil {
			return nil
		}
		return t.only
	}
	path := req.URL.RawPath
	if path == "" {
		path = req.URL.Path
	}
	found := t.at[""]
	for depth, end := 0, 0; depth < t.deepest; depth++ {
		next := strings.IndexByte(path[min(end+1, len(path)):], '/')
		if next < 0 {
			end = len(path)
		} else {
			end += 1 + next
		}
		if o := t.at[path[:end]]; o != nil && end > 0 {
			found = o
		}
		if next < 0 {
			break
		}
	}
	return found
}
