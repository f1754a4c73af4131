package backoffice

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// Wrap returns the gate: a handler that sends requests whose first path segment is
// the office's alias to the office, and all others, untouched, to the community.
// It must be outside any router and any middleware that rewrites or cleans paths.
//
// Anyone who does not know the alias sees only the community: the gate reads
// nothing from the store, allocates nothing and changes nothing on the way.
func (o *Office) Wrap(community http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		alias := o.desk.Alias()
		if !sameSegment(firstSegment(r), alias) || !o.server.Serve(w, r, alias) {
			community.ServeHTTP(w, r)
		}
	})
}

// firstSegment is the first path segment as it was sent. RawPath is set
// whenever that differs from the plain spelling of Path, so an alias in
// another encoding is not the alias.
func firstSegment(r *http.Request) string {
	p := r.URL.RawPath
	if p == "" {
		p = r.URL.Path
	}
	p, rooted := strings.CutPrefix(p, "/")
	if !rooted {
		return ""
	}
	segment, _, _ := strings.Cut(p, "/")
	return segment
}

// sameSegment compares every byte whatever the first ones are, so that the
// time taken tells nothing about how much of a guess was right.
func sameSegment(segment, alias string) bool {
	if alias == "" || len(segment) != len(alias) {
		return false
	}
	var diff byte
	for i := range len(alias) {
		diff |= segment[i] ^ alias[i]
	}
	return subtle.ConstantTimeByteEq(diff, 0) == 1
}
