package backoffice

import (
	"crypto/subtle"
	"net/http"
)

// Wrap returns the gate: a handler that sends requests whose first path segment is
// the office's alias to the office, and all others, untouched, to the community.
// It must be outside any router and any middleware that rewrites or cleans paths.
//
// Anyone who does not know the alias sees only the community: the gate reads
// nothing from the store, waits for nothing, allocates nothing and changes
// nothing.
func (o *Office) Wrap(community http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		alias := o.desk.Alias()
		if !underAlias(r, alias) || !o.server.Serve(w, r, alias) {
			community.ServeHTTP(w, r)
		}
	})
}

// underAlias reports whether the first path segment, as it was sent, is the alias.
// RawPath is set whenever that differs from the plain spelling of Path, so an alias
// in another encoding is not the alias.
//
// It checks the length of the segment first, because the length is not secret, and
// then compares the bytes in constant time, so that timing does not reveal how much
// of a guess was right.
func underAlias(r *http.Request, alias string) bool {
	p := r.URL.RawPath
	if p == "" {
		p = r.URL.Path
	}
	n := len(alias) + 1
	if len(p) < n || p[0] != '/' || len(p) > n && p[n] != '/' || alias == "" {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(p[1:n]), []byte(alias)) == 1
}
