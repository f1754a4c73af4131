package pages

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
)

// call is one request to the office on its way.
type call struct {
	*Server
	// w is where the answer goes: answer, or what the host put around it.
	w      http.ResponseWriter
	answer *answer
	r      *http.Request
	// inner is the request as the host sees it: without the alias, and with
	// the call in its context.
	inner *http.Request
	// base is the alias as a path; path is what follows it.
	base, path string
	visit      desk.Visit
	secure     bool
	nonce      string
	state      *desk.State
	// identity is who is signed in; nil for nobody.
	identity *desk.Identity
	// form is what was posted, after readForm.
	form url.Values
	// pre is the token of the signed-out cookie, made when it is first needed.
	pre string
	// fresh is the session token that this answer sets, where it shows a page
	// whose forms need it already. Such a page shows what is shown once, so it
	// must not read the store again.
	fresh string
	// wrote says that the answer has begun.
	wrote bool
	// bare says that the answer sets no cookie and holds no form.
	bare bool
	// hosted says that a handler of the host's answers.
	hosted bool
	// postOnly says that the path has no page of its own to go back to.
	postOnly bool
	// outside says that the frame shows nothing of the office but the way out.
	outside bool
}

type contextKey struct{}

// call reads the little of a request that everything needs.
func (s *Server) call(w http.ResponseWriter, r *http.Request, alias string) *call {
	c := &call{Server: s, r: r, base: "/" + alias, path: strings.TrimPrefix(r.URL.Path, "/"+alias)}
	c.answer = &answer{ResponseWriter: w, c: c}
	c.w = c.answer
	c.secure = s.Insecure || s.overTLS(r)
	c.visit = desk.Visit{Address: s.clientAddress(r), UserAgent: r.UserAgent(), Route: r.Method + " " + c.path}
	if s.Desk.Decide != nil {
		c.visit.Header = c.header
	}
	c.visit.RequestID = vault.ID()
	c.inner = r.Clone(context.WithValue(r.Context(), contextKey{}, c))
	c.inner.URL.Path = c.path
	c.inner.URL.RawPath = strings.TrimPrefix(r.URL.RawPath, "/"+alias)
	c.inner.RequestURI = ""
	if c.inner.URL.Path == "" {
		c.inner.URL.Path = "/"
	}
	return c
}

// ctx is the context of the request, with the call in it.
func (c *call) ctx() context.Context { return c.inner.Context() }

// query is what follows the path.
func (c *call) query() url.Values { return c.inner.URL.Query() }

func (c *call) actor() desk.Actor { return c.identity.Actor() }

// id is the variable segment of the path.
func (c *call) id() string { return c.inner.PathValue("id") }

// method is the method as routes know it: a HEAD is a GET.
func (c *call) method() string {
	if c.r.Method == http.MethodHead {
		return http.MethodGet
	}
	return c.r.Method
}

// unsafe says whether the request may change something.
func (c *call) unsafe() bool {
	switch c.r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return false
	}
	return true
}

// makeNonce is fresh for each answer (ASVS 3.4.3).
func (c *call) makeNonce() string {
	if c.nonce == "" {
		c.nonce = base64.StdEncoding.EncodeToString(vault.Random(16))
	}
	return c.nonce
}

// rescue turns a panic of ours, or of the host, into a page and a log line.
func (c *call) rescue() {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	c.Log.ErrorContext(c.ctx(), "panic while answering", "request", c.visit.RequestID,
		"route", c.visit.Route, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if c.wrote {
		panic(http.ErrAbortHandler)
	}
	c.w = c.answer
	for _, name := range []string{"Content-Encoding", "Content-Disposition", "Etag", "Last-Modified"} {
		c.w.Header().Del(name) // They were about what the host did not get to say.
	}
	c.problem(http.StatusInternalServerError, UnexpectedPage{RequestID: c.visit.RequestID})
}
