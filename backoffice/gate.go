package backoffice

import (
	"crypto/subtle"
	"net/http"
)

// Wrap returns the gate: a handler that sends requests whose first path segment is
// the office's alias to the office, and all others to the community, untouched except
// that the office's cookies are removed. It must be outside any router and any
// middleware that rewrites or cleans paths. The gates of several offices go directly
// inside one another.
//
// Anyone who does not know the alias sees only the community: the gate reads
// nothing from the store, waits for nothing, allocates nothing and changes
// nothing.
func (o *Office) Wrap(community http.Handler) http.Handler {
	if _, nested := community.(gate); !nested {
		community = cookieless{o, community}
	}
	return gate{o, community}
}

// gate is what Wrap returns.
type gate struct {
	office    *Office
	community http.Handler
}

func (g gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	alias := g.office.desk.Alias()
	if !underAlias(r, alias) || !g.office.server.Serve(w, r, alias) {
		g.community.ServeHTTP(w, r)
	}
}

// cookieless is a community that does not get the office's cookies, so that it
// cannot log a session, pass it on or be tricked into showing it.
type cookieless struct {
	office    *Office
	community http.Handler
}

func (c cookieless) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	own := c.office.server.WithoutCookies(r)
	c.community.ServeHTTP(w, own)
	if own != r {
		// net/http sets these in the request for its callers: the pattern that matched,
		// for metrics, and uploaded files, which the server deletes.
		r.Pattern, r.Form, r.PostForm, r.MultipartForm = own.Pattern, own.Form, own.PostForm, own.MultipartForm
	}
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
