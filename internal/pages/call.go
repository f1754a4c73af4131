package pages

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/loglimit"
	"github.com/postern-go/postern/internal/vault"
)

// call is one request to the office, and the context of everything done for it. It
// is never reused: the host may keep the context, which must still name the operator
// of this request. What the host may change in the meantime is behind pointers, so that
// [call.answering] can copy the rest.
type call struct {
	// Context is that of the request as the server made it.
	context.Context
	*Server
	// w is where the answer goes: to answer, or to what the host wrapped it in.
	w      http.ResponseWriter
	answer *flushing
	// r is the request as it came, inner as the host sees it: without the alias,
	// at url, and with the call as its context.
	r     *http.Request
	inner *http.Request
	url   *url.URL
	// base is the office's address as a path, as people see it: the alias, below the
	// path of the community. path is what follows it.
	base, path string
	visit      desk.Visit
	// arrival is who the request came from; secure reports that it came over HTTPS, or
	// need not.
	arrival arrival
	secure  bool
	// policy is the Content-Security-Policy of this answer, with nonce, which no
	// other answer has (ASVS 3.4.3).
	policy, nonce string
	// values are the values of the headers that every answer has.
	values [len(fixedHeaders) + 4]string
	// budget is how long the request may still wait for the store.
	budget *bounded.Budget
	state  *desk.State
	// identity is the operator who is signed in, or nil.
	identity *desk.Identity
	// seeingOver is why the operator no longer sees the office as someone else, at the first
	// request after the end; nil otherwise.
	seeingOver *desk.SeeAsEndedError
	// noSession is why the token that came with the request opened no session.
	noSession error
	// readAt is when state and identity were read, if the request may change
	// something.
	readAt time.Time
	// form is what was posted to a page of ours, or the token of what was posted to the
	// host. It is nil before readForm or readHostForm.
	form url.Values
	// kept is what was read of a body for the host, or nil.
	kept *spool
	// tag is the language of the answer, once something needed it.
	tag string
	// roleNames are the names of roles by their ids, once a sentence needed one.
	roleNames map[string]string
	// claimed is the form whose answer will be kept, until it is; nil if it may be handled
	// again.
	claimed *sentForm
	// pre is the token of the signed-out cookie, made when it is first needed.
	pre string
	// sent is the form token that was accepted.
	sent string
	// begun is the ID of the session that this answer begins, if it also shows a page,
	// whose forms belong to it already.
	begun string
	// bare reports that the answer sets no cookie and contains no form.
	bare bool
	// queued reports that the request has queued an email.
	queued bool
	// hosted reports that the host's handler writes the answer.
	hosted bool
	// front are headers of what is in front of the office.
	front http.Header
	// filling is what was typed before, to be shown in the forms of the page; nil for
	// nearly all. lapsed reports that what was asked for is no longer kept.
	filling *filling
	lapsed  bool
	// left reports that someone signed out to follow a link.
	left bool
	// postOnly reports that the path has no page to go back to.
	postOnly bool
	// outside reports that the frame must show nothing of the office, although
	// someone is signed in.
	outside bool
}

type contextKey struct{}

// room has what every request needs, so that it takes a single allocation.
type room struct {
	call   call
	answer flushing
	inner  http.Request
	url    url.URL
	budget bounded.Budget
}

// newCall reads what every answer needs of a request, and no more.
func (s *Server) newCall(w http.ResponseWriter, r *http.Request, alias string, n int) *call {
	space := &room{call: call{Context: r.Context(), Server: s, r: r, base: r.URL.Path[:n], path: r.URL.Path[n:]}}
	c := &space.call
	c.answer, c.inner, c.url, c.budget = &space.answer, &space.inner, &space.url, &space.budget
	if n < len(s.Desk.Path)+len("/")+len(alias) {
		c.base = s.Desk.Base(alias) // A proxy removed the path of the community.
	}
	c.answer.to, c.answer.c = w, c
	c.w = &c.answer.answer
	c.arrival = s.arrive(r)
	c.secure = s.Insecure || c.arrival.TLS
	c.visit.IP, c.visit.UserAgent = spell(c.arrival.IP, c.arrival.peer, r), r.UserAgent()
	c.visit.Passive = listed(s.Passive, c.path) || c.path == formTokenPath || s.Reports && c.path == reportPath || // browsers report on their own
		c.fromOtherOrigin() // and a sibling host, which is refused, must not keep a session alive
	if s.Desk.Decide != nil {
		c.visit.Header = c.header
	}
	c.makeTexts()
	c.makeInner()
	return c
}

// makeTexts makes the texts that differ for every request. They share one
// allocation.
func (c *call) makeTexts() {
	const nonceLength, idLength = 24, 26
	var space [1024]byte
	b := append(vault.AppendID(space[:0]), policyStart...)
	nonce := len(b)
	b = append(vault.AppendNonce(b), policyMiddle...)
	b = append(b, b[nonce:nonce+nonceLength]...)
	b = append(b, policyEnd...)
	if c.Reports {
		b = append(b, "; report-to office; report-uri "...)
		b = append(append(b, c.base...), reportPath...)
	}
	route := len(b)
	b = append(b, c.r.Method...)
	b = append(b, ' ')
	if page, coded := damagedLink(c.path, ""); coded {
		b = append(b, page...) // What follows may be a secret, and the route is logged.
	} else {
		b = append(b, c.path...)
	}
	all := string(b)
	c.policy, c.nonce = all[idLength:route], all[nonce:nonce+nonceLength]
	c.visit.RequestID, c.visit.Route = all[:idLength], all[route:]
}

// makeInner makes the request that the host sees. What the host changes in it must
// not reach the request as it came: its URL is a copy, and its header becomes one
// in serveHost. The rest that a copy shares is rarely there, or the server fills it
// in later, as it does the trailer. What a router outside has matched is left out: it
// is another path, and may name the alias.
func (c *call) makeInner() {
	came := c.r
	if came.Form != nil || came.PostForm != nil || came.MultipartForm != nil {
		came = came.Clone(c)
	}
	*c.url = *c.r.URL
	c.url.Path, c.url.RawPath = cmp.Or(c.path, "/"), c.rawPath()
	*c.inner = *(&http.Request{
		Method: came.Method, URL: c.url, Proto: came.Proto, ProtoMajor: came.ProtoMajor, ProtoMinor: came.ProtoMinor,
		Header: came.Header, Body: came.Body, GetBody: came.GetBody, ContentLength: came.ContentLength,
		TransferEncoding: slices.Clone(came.TransferEncoding), Close: came.Close, Host: came.Host,
		Form: came.Form, PostForm: came.PostForm, MultipartForm: came.MultipartForm, Trailer: c.r.Trailer,
		RemoteAddr: came.RemoteAddr, RequestURI: c.requestURI(), TLS: came.TLS, Response: came.Response,
	}).WithContext(c)
}

// rawPath returns the path without the alias as it was sent, or "" if its usual
// spelling says the same.
func (c *call) rawPath() string {
	u := c.r.URL
	if u.RawPath == "" {
		return ""
	}
	return u.RawPath[len(u.Path)-len(c.path):] // what was removed has no escapes
}

// requestURI returns the target of the request without the alias, as it was sent. If
// nothing needs an escape, it is a part of the original and costs nothing.
func (c *call) requestURI() string {
	if n := len(c.r.URL.Path) - len(c.path); strings.HasPrefix(c.r.RequestURI, c.r.URL.Path[:n]) {
		rest := c.r.RequestURI[n:]
		if path, query, _ := strings.Cut(rest, "?"); query == c.url.RawQuery && !c.url.ForceQuery && path == cmp.Or(c.url.RawPath, c.url.Path) {
			return rest
		}
	}
	return c.url.RequestURI()
}

// answering returns a copy of the call that answers to w, for what the host asks the
// office to answer. The host may ask in a goroutine of its own, such as that of
// [http.TimeoutHandler], while the call is being answered in another.
func (c *call) answering(w http.ResponseWriter) *call {
	d := *c
	d.w = w
	return &d
}

// Value finds the call in its own context, and what it may spend.
func (c *call) Value(key any) any {
	switch key := key.(type) {
	case contextKey:
		return c
	case bounded.Key:
		return c.budget
	case cameKey:
		return nil // What an office around this one has kept is not for what the host makes of the context.
	case loglimit.SignedIn:
		return c.identity != nil
	case fmt.Stringer:
		if key.String() == chiRoute {
			return nil
		}
	}
	return c.Context.Value(key)
}

// chiRoute is the key under which chi, outside the office, keeps how it routed the request.
// A chi inside would take itself for a part of that one, and go on where that one stopped,
// which is at a path with the alias.
const chiRoute = "chi context value RouteContext"

// Format keeps the contents of the call out of the logs of hosts that print
// contexts.
func (c *call) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "office request %s", c.visit.RequestID)
}

// unasked is the context of a call before its request was checked: it does not
// act as the operator.
type unasked struct{ *call }

func (u unasked) Value(key any) any {
	if _, ok := key.(contextKey); ok {
		return u.Context.Value(key)
	}
	return u.call.Value(key)
}

// ctx returns the context of the request, with the call in it.
func (c *call) ctx() context.Context { return c }

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

// recoverPanic turns a panic, in the office or in the host, into a page and a log line.
func (c *call) recoverPanic() {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	c.Desk.Log.ErrorContext(c.ctx(), "panic while answering", "request", c.visit.RequestID,
		"route", c.visit.Route, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	c.Desk.Failed(c.ctx(), c.visit, c.identity, "panic")
	switch {
	case c.answer.taken.Load():
		return // The connection is the host's.
	case c.wrote():
		panic(http.ErrAbortHandler)
	}
	c = c.answering(&c.answer.answer)
	c.takeOver()
	c.problem(http.StatusInternalServerError, UnexpectedPage{RequestID: c.visit.RequestID, Again: c.sameForm()})
}

// takeOver says that the office answers in place of the host, whose body is not to come.
// Middleware around the gate may have set its Content-Encoding, for what it compresses; so
// may middleware inside, and then the answer goes through it.
func (c *call) takeOver() {
	c.answer.refused.Swap(true)
	if !c.hosted {
		return
	}
	switch c.w.(type) {
	case *answer, *flushing, *hijacking, *pushing:
		h := c.w.Header()
		h.Del("Content-Encoding")
		if before := c.front["Content-Encoding"]; before != nil {
			h["Content-Encoding"] = before
		}
	}
}
