package pages

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/internal/view"
)

// PartPages are the pages of a part of this module. They are served as the office's own are:
// the same checks in the same order, forms that are handled once, and what was typed is kept
// for after a step-up or a sign-in. It returns the page at a path below that of the part, of
// which it gets the segments, unescaped; nil if there is none. What there is must not depend
// on anything else, as it is asked before anyone is known to be signed in.
type PartPages func(segments []string) *PartPage

// PartPage is one page of a part.
type PartPage struct {
	// Get and Post are its methods. A nil one is refused.
	Get, Post *PartRoute
}

// PartRoute is one method of a page of a part.
type PartRoute struct {
	// Permission is what it takes, besides that of the part. If empty, that suffices.
	Permission string
	// Proved requires that the operator confirmed their identity recently.
	Proved bool
	// List counts towards the limit of lists in a minute.
	List bool
	// Reads marks a form that only reads: sent twice, it is handled twice. Previews marks
	// one that, without its confirmation, only shows what it would do.
	Reads, Previews bool
	// Fields are those of the form; any other is dropped. Asked are those by which its page
	// is asked for.
	Fields, Asked []string
	// MaxBytes is the most bytes of the form, if that is more than forms of ours have.
	MaxBytes int64
	// Handle answers the request. An error becomes the page for it.
	Handle func(PartRequest) (Answer, error)
}

// Answer is what a page answers. Use [ShowPage], [ShowDone], [GoTo] or [Stream].
type Answer func(*call) error

// ShowPage answers with a page.
func ShowPage(status int, p view.Page) Answer {
	return func(c *call) error { return c.show(status, p) }
}

// ShowDone answers a form that was handled with a page. Sent again, it shows it again.
func ShowDone(p view.Page) Answer { return func(c *call) error { return c.showDone(p) } }

// GoTo answers with a redirect to a path inside the office, which says the notice, unless
// that is zero.
func GoTo(path string, n Notice) Answer {
	if n.code.code != "" {
		path = n.code.with(path)
	}
	return func(c *call) error { return c.redirect(path) }
}

// Stream answers with a file, which write writes. After an error that comes when some of it
// has been written, the connection is broken, so that a part cannot pass for the whole.
func Stream(contentType, name string, write func(http.ResponseWriter) error) Answer {
	return func(c *call) error {
		h := c.w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
		return write(c.w)
	}
}

// Notice is what a page says after a redirect to it; see [Declare].
type Notice struct{ code notice }

// Declare declares a notice, which says the message "notice." with its code. Call it from a
// package variable: it panics if there is one with the code.
func Declare(level view.Level, code string) Notice { return Notice{declare(level, code)} }

// NothingChanged follows a form that was posted as it was shown.
var NothingChanged = Notice{nothingChanged}

// PartRequest is a request for a page of a part. Its operator may have the page.
type PartRequest struct{ c *call }

// Context is that of the request: it acts as the operator.
func (r PartRequest) Context() context.Context { return r.c.ctx() }

// Query are the parameters after the path, Form is what was posted.
func (r PartRequest) Query() url.Values { return r.c.query() }
func (r PartRequest) Form() url.Values  { return r.c.form }

// Following is the address of a list at path with other values for some parameters; an empty
// one takes the parameter out, as do those in drop.
func (r PartRequest) Following(path string, set map[string]string, drop ...string) string {
	return r.c.following(path, set, drop...)
}

// Listed is what [Pager].List is for this list.
func (r PartRequest) Listed() string { return r.c.listed() }

// Words is the language of the answer.
func (r PartRequest) Words() *messages.Language { return r.c.words() }

// Say says a text of the host's in that language.
func (r PartRequest) Say(text string) string { return r.c.say(messages.Host(text)) }

// T says a message of the catalogue.
func (r PartRequest) T(key string, args ...any) string { return r.c.t(key, args...) }

// Can reports whether the operator has a permission.
func (r PartRequest) Can(permission string) bool {
	return permission == "" || r.c.identity.Can(permission)
}

// Now is the time of the office.
func (r PartRequest) Now() time.Time { return r.c.Desk.Now() }

// Deny audits that the operator lacks a permission, and returns the refusal.
func (r PartRequest) Deny(permission string) error { return r.c.deny(permission) }

// Decide asks the host's rule about a permission that this request takes besides that of its
// route.
func (r PartRequest) Decide(permission string) error { return r.c.askRule(permission) }

// Proved reports whether the operator confirmed their identity recently.
func (r PartRequest) Proved() bool { return r.c.identity.Proved() }

// Log logs an error that the answer does not name.
func (r PartRequest) Log(what string, err error) {
	r.c.Desk.Log.ErrorContext(r.c.ctx(), what, "request", r.c.visit.RequestID, "route", r.c.visit.Route, "error", err)
}

// MayExport counts an export of the operator's, and returns *desk.LimitedError if there were
// too many.
func (r PartRequest) MayExport() error { return r.c.Desk.MayExport(r.c.ctx(), r.c.actor()) }

// NoTimeLimit gives each call of the store its own time, as for an export.
func (r PartRequest) NoTimeLimit() context.Context { return desk.EachInTime(r.c.ctx()) }

// Seal makes a text that only [PartRequest.Open] reads, for the same operator and place.
func (r PartRequest) Seal(place string, plain []byte) string {
	return base64.RawURLEncoding.EncodeToString(r.c.Vault.Seal(vault.PartStates, r.place(place), plain))
}

// Open reads what Seal made, and returns false for anything else.
func (r PartRequest) Open(place, text string) ([]byte, bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(sealed) == 0 {
		return nil, false
	}
	plain, err := r.c.Vault.Open(vault.PartStates, r.place(place), sealed)
	return plain, err == nil
}

func (r PartRequest) place(place string) string {
	return r.c.identity.Operator.ID + "\x00" + place
}

// URL is a path inside the office as a link needs it.
func (r PartRequest) URL(path string) string { return r.c.base + path }

// ServeHTTP is for a wrapper of the part that has lost what its pages require.
func (PartPages) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	if s, ok := FromContext(r.Context()); ok {
		s.Fail(errors.New("the pages of a part of Postern cannot be wrapped: put the part itself into Config.Parts"))
	}
}

// endpointOf returns the page of a part at a path of ours, as it came; nil for any other.
func (s *Server) endpointOf(u *url.URL) endpoint {
	if len(s.parts) == 0 {
		return nil
	}
	first, rest, deep := strings.Cut(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	p := s.parts[first]
	if p == nil {
		return nil
	}
	all, ok := p.handler.(PartPages)
	if !ok {
		return nil
	}
	var segments []string
	if deep {
		for _, segment := range strings.Split(rest, "/") {
			plain, err := url.PathUnescape(segment)
			if err != nil || plain == "" {
				return missing
			}
			segments = append(segments, plain)
		}
	}
	page := all(segments)
	if page == nil {
		return missing
	}
	e := endpoint{}
	for method, r := range map[string]*PartRoute{http.MethodGet: page.Get, http.MethodPost: page.Post} {
		if r != nil {
			e[method] = r.route(p.permission)
		}
	}
	return e
}

// missing answers a path that no page of a part has.
var missing = func() endpoint {
	r := route{access: session, handle: func(*call) error { return desk.ErrNotFound }, repeatable: true}
	return endpoint{http.MethodGet: r, http.MethodPost: r}
}()

func (r *PartRoute) route(part string) route {
	of := route{
		access: session, part: part, permission: r.Permission, list: r.List, repeatable: r.Reads, previews: r.Previews,
		fields: r.Fields, asked: r.Asked, most: r.MaxBytes,
		handle: func(c *call) error {
			answer, err := r.Handle(PartRequest{c})
			if err != nil {
				return err
			}
			return answer(c)
		},
	}
	if r.Proved {
		of.access = proved
	}
	return of
}
