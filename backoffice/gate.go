package backoffice

import (
	"crypto/subtle"
	"net/http"
	"sync/atomic"

	"github.com/postern-go/postern/internal/pages"
)

// Wrap returns the gate: a handler that sends requests whose first path segment is
// the office's alias to the office, and all others to the community, untouched except
// that the office's cookies are removed, and the address and form token of a page of the
// office that asks. If Config.Origin has a path, it may stand in front of the alias or
// have been removed by a proxy or [http.StripPrefix]. Wrap must be outside any router and
// any middleware that cleans paths. The gates of several offices go inside one another,
// and middleware may be between them.
//
// Before an operator moves the office to an alias that someone chose, and once for each such
// alias in [Office.Run], the community gets a few GET requests without cookies, from
// 192.0.2.1, for the alias and for a random path: if it has a page there, the office warns
// that the alias hides it. If the handler that Wrap returned has served fewer than two
// requests, as with middleware of a framework that calls Wrap for each, it is not asked.
//
// With Config.Company, the gate also answers at its two paths, but only what the identity
// provider has sent or led there; anything else there is the community's as well.
//
// Anyone who does not know the alias sees only the community: the gate reads
// nothing from the store, waits for nothing, allocates nothing and changes
// nothing.
func (o *Office) Wrap(community http.Handler) http.Handler {
	o.hiding()
	g := gate{office: o, community: cookieless{o.server, community}, lasting: &lasting{community: community}}
	g.returns, g.logout = o.server.CompanyPaths()
	return g
}

// lasting is a community that can be asked whether it has a page. Frameworks such as gin,
// Echo and Fiber make a gate for each request, around what answers that request only: so
// one that has served a second request lasts.
type lasting struct {
	community http.Handler // it gets no cookies, so there are none to remove
	served    atomic.Uint32
}

func (l *lasting) serves(o *Office) {
	if l.served.Load() < 2 && l.served.Add(1) == 2 {
		o.community.Store(&l.community)
		o.missRun()
	}
}

// gate is what Wrap returns.
type gate struct {
	office    *Office
	community http.Handler
	lasting   *lasting
	// returns and logout are the paths that the company's identity provider knows; empty
	// without one.
	returns, logout string
}

func (g gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.lasting.serves(g.office)
	alias := g.office.desk.Alias()
	if n := underAlias(r, g.office.desk.Path, alias); n > 0 {
		r = g.office.server.Whole(r)
		if g.office.server.Serve(w, r, alias, n) {
			return
		}
	}
	if r.Method == http.MethodPost {
		former := g.office.desk.FormerAlias()
		if n := underAlias(r, g.office.desk.Path, former); n > 0 {
			r = g.office.server.Whole(r)
			if g.office.server.ServeFormer(w, r, former, n) {
				return
			}
		}
	}
	if g.returns != "" && g.answersProvider(w, r) {
		return
	}
	g.community.ServeHTTP(w, r)
}

// answersProvider answers what the company's identity provider has sent or led here, at
// the two paths that it knows. To everyone else, these are the community's.
func (g gate) answersProvider(w http.ResponseWriter, r *http.Request) bool {
	switch path := g.office.desk.Path; {
	case isPath(r, path, g.returns):
		return g.office.server.ServeReturn(w, g.office.server.Whole(r))
	case isPath(r, path, g.logout):
		return g.office.server.ServeCompanyLogout(w, r)
	}
	return false
}

// isPath reports whether a request is for exactly this path of the community, as it was
// sent. The path of Config.Origin may stand in front of it, or have been removed.
func isPath(r *http.Request, below, path string) bool {
	p := r.URL.RawPath
	if p == "" {
		p = r.URL.Path
	}
	if len(p) == len(below)+len(path) && p[:len(below)] == below {
		return p[len(below):] == path
	}
	return p == path
}

// cookieless is a community that gets neither the office's cookies nor its alias, so that
// it cannot log them, pass them on or be tricked into showing them. The gate of another office
// in it still finds its own: see Whole of its server.
type cookieless struct {
	office    *pages.Server // nil if the request is for none
	community http.Handler
}

func (c cookieless) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	own := c.office.ForCommunity(r)
	c.community.ServeHTTP(w, own)
	if own != r {
		// net/http sets these in the request for its callers: the pattern that matched,
		// for metrics, and uploaded files, which the server deletes.
		r.Pattern, r.Form, r.PostForm, r.MultipartForm = own.Pattern, own.Form, own.PostForm, own.MultipartForm
	}
}

// underAlias returns how many bytes of the path belong to the office's address: the
// alias as the first segment, as it was sent, and in front of it the path of
// Config.Origin, unless someone on the way removed that. It returns 0 for a request
// that is not the office's. RawPath is set whenever it differs from the plain spelling
// of Path, so an alias in another encoding is not the alias.
//
// It checks the length of the segment first, because the length is not secret, and
// then compares the bytes in constant time, so that timing does not reveal how much
// of a guess was right.
func underAlias(r *http.Request, path, alias string) int {
	p := r.URL.RawPath
	if p == "" {
		p = r.URL.Path
	}
	from := 1
	if path != "" && len(p) > len(path) && p[len(path)] == '/' && p[:len(path)] == path {
		from += len(path)
	}
	n := from + len(alias)
	if len(p) < n || p[0] != '/' || len(p) > n && p[n] != '/' || alias == "" {
		return 0
	}
	return n * subtle.ConstantTimeCompare([]byte(p[from:n]), []byte(alias))
}
