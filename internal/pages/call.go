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

// call is one request to the office.
type call struct {
	*Server
	// w is where the answer goes: to answer, or to what the host wrapped it in.
	w      http.ResponseWriter
	answer *answer
	r      *http.Request
	// inner is the request as the host sees it: without the alias, and with the
	// call in its context.
	inner *http.Request
	// base is the alias as a path; path is what follows it.
	base, path string
	visit      desk.Visit
	// secure reports that the request came over HTTPS, or need not.
	secure bool
	nonce  string
	state  *desk.State
	// identity is the operator who is signed in, or nil.
	identity *desk.Identity
	// form is what was posted. It is nil before readForm or readHostForm.
	form url.Values
	// pre is the token of the signed-out cookie, made when it is first needed.
	pre string
	// renewed is the session token that this answer sets, if it also shows a page,
	// whose forms need it already. Such a page shows a secret once, so there is no
	// second request to read the token from.
	renewed string
	// wrote reports that the answer has begun.
	wrote bool
	// bare reports that the answer sets no cookie and contains no form.
	bare bool
	// hosted reports that the host's handler writes the answer.
	hosted bool
	// postOnly reports that the path has no page to go back to.
	postOnly bool
	// outside reports that the frame must show nothing of the office, although
	// someone is signed in.
	outside bool
}

type contextKey struct{}

// newCall reads what every answer needs of a request, and no more.
func (s *Server) newCall(w http.ResponseWriter, r *http.Request, alias string) *call {
	c := &call{Server: s, r: r, base: "/" + alias, path: strings.TrimPrefix(r.URL.Path, "/"+alias)}
	c.answer = &answer{ResponseWriter: w, c: c}
	c.w = c.answer
	c.secure = s.Insecure || s.overTLS(r)
	c.visit = desk.Visit{IP: s.clientIP(r), UserAgent: r.UserAgent(), Route: r.Method + " " + c.path, RequestID: vault.ID()}
	if s.Desk.Decide != nil {
		c.visit.Header = c.header
	}
	c.inner = r.Clone(context.WithValue(r.Context(), contextKey{}, c))
	c.inner.URL.Path = c.path
	c.inner.URL.RawPath = strings.TrimPrefix(r.URL.RawPath, "/"+alias)
	c.inner.RequestURI = ""
	if c.inner.URL.Path == "" {
		c.inner.URL.Path = "/"
	}
	return c
}

// ctx returns the context of the request, with the call in it.
func (c *call) ctx() context.Context { return c.inner.Context() }

// query returns the parameters after the path.
func (c *call) query() url.Values { return c.inner.URL.Query() }

func (c *call) actor() desk.Actor { return c.identity.Actor() }

// id returns the variable segment of the path.
func (c *call) id() string { return c.inner.PathValue("id") }

// method returns the method as routes know it: HEAD is a GET.
func (c *call) method() string {
	if c.r.Method == http.MethodHead {
		return http.MethodGet
	}
	return c.r.Method
}

// unsafe reports whether the method may change something (RFC 9110 section
// 9.2.1). One that is not known may.
func (c *call) unsafe() bool {
	switch c.r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return false
	}
	return true
}

// makeNonce returns the nonce of this answer, which no other has (ASVS 3.4.3).
func (c *call) makeNonce() string {
	if c.nonce == "" {
		c.nonce = base64.StdEncoding.EncodeToString(vault.Random(16))
	}
	return c.nonce
}

// recoverPanic turns a panic, in the office or in the host, into a page and a log line.
func (c *call) recoverPanic() {
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
		c.w.Header().Del(name) // The host set these for another body.
	}
	c.problem(http.StatusInternalServerError, UnexpectedPage{RequestID: c.visit.RequestID})
}
