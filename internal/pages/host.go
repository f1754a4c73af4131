package pages

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

// Scope is the part of a request that the host's pages may use.
type Scope struct {
	c *call
	w http.ResponseWriter
}

// FromContext returns the scope of a request, and false outside of an office or
// without a session.
func FromContext(ctx context.Context) (Scope, bool) {
	c, ok := ctx.Value(contextKey{}).(*call)
	if !ok || c.identity == nil {
		return Scope{}, false
	}
	return Scope{c: c}, true
}

// To sends the answers below to w, which the host's middleware may have wrapped.
func (s Scope) To(w http.ResponseWriter) Scope {
	s.w = w
	return s
}

// answer gives an answer of the office, unless the request is over, or the connection
// the host's. Then it logs why there was to be one.
func (s Scope) answer(why string, give func(*call)) {
	c := s.c
	if c.answer.over.Load() || c.answer.taken.Load() {
		c.Desk.Log.WarnContext(c.ctx(), "answer came too late", "request", c.visit.RequestID, "route", c.visit.Route, "answer", why)
		return
	}
	give(c.answering(s.w))
}

// Identity returns the operator who is signed in.
func (s Scope) Identity() *desk.Identity { return s.c.identity }

// Still returns the operator as a request like this one would find them now, or why it
// would not get through to the host: desk.ErrNoSession, desk.ErrForbidden, desk.ErrStepUp
// or a *desk.RefusedError. Another error says nothing about the session.
func (s Scope) Still(ctx context.Context) (*desk.Identity, error) {
	c, last := s.c, s.c.identity.Session
	if seen := s.c.answer.session.Load(); seen != nil {
		last = *seen
	}
	id, err := c.Desk.AuthenticateAgain(ctx, c.visit, last)
	if err != nil {
		return nil, err
	}
	c.answer.session.Swap(&id.Session)
	if id.MustActFirst() {
		return nil, desk.ErrNoSession
	}
	if c.seeing() {
		id, err = c.Desk.SeenStill(ctx, c.visit, id, c.identity)
		if _, ended := errors.AsType[*desk.SeeAsEndedError](err); ended {
			return nil, desk.ErrNoSession
		}
		if err != nil {
			return nil, err
		}
	}
	var permission string
	if !c.ours() {
		takes, _ := c.passes() // the zero value admits no one
		if _, lacks := takes.lacks(id); lacks {
			return nil, desk.ErrForbidden
		}
		permission = takes.permission()
		if of := c.route().permission; of != "" { // of a page of a part
			if permission = of; !id.Can(of) {
				return nil, desk.ErrForbidden
			}
		}
	}
	nobody := context.WithValue(ctx, contextKey{}, nil) // as in decide
	if err := c.Desk.Ask(nobody, desk.AboutRequest(id, c.visit, permission)); err != nil {
		return nil, err
	}
	return id, nil
}

// URL returns a path inside the office as a link needs it.
func (s Scope) URL(path string) string { return s.c.base + path }

// Over reports whether the request has been answered, so that its operator no longer acts.
func (s Scope) Over() bool { return s.c.answer.over.Load() }

// Visit returns where the request comes from.
func (s Scope) Visit() desk.Visit { return s.c.visit }

// Nonce returns the nonce of this answer's Content-Security-Policy.
func (s Scope) Nonce() string { return s.c.nonce }

// FormToken returns the token that the host's forms must post in "csrf", or send in
// a header; see tokenHeaders.
func (s Scope) FormToken() string { return s.c.formToken() }

// Deny refuses an operator who lacks a permission, and audits it.
func (s Scope) Deny(permission string) {
	s.answer("permission denied", func(c *call) { c.fail(c.deny(permission)) })
}

// Forbid refuses an operator who has none of the roles, and audits it.
func (s Scope) Forbid(roles []string) {
	s.answer("permission denied", func(c *call) {
		c.Desk.Denied(c.ctx(), c.visit, c.identity, "role "+strings.Join(roles, " or "))
		c.fail(desk.ErrForbidden)
	})
}

// StepUp sends the operator to the page that confirms their identity, which leads
// back here.
func (s Scope) StepUp() { s.answer("step-up", func(c *call) { c.fail(desk.ErrStepUp) }) }

// NotFound answers that there is no such page.
func (s Scope) NotFound() { s.answer("not found", func(c *call) { c.fail(desk.ErrNotFound) }) }

// Fail logs an error of the host and answers with the page for it. A body that was too
// long is no error of the host's, but the client's.
func (s Scope) Fail(err error) {
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		s.answer(err.Error(), func(c *call) { c.fail(unreadable(err)) })
	} else if err != nil {
		s.answer(err.Error(), func(c *call) { c.fail(errors.Join(errHost, err)) })
	}
}

var errHost = errors.New("page of the host failed")

// Text says a message, which may be the host's, in the language of the answer.
func (s Scope) Text(key string, args ...any) string {
	if l := s.c.words(); l.Has(key) {
		return l.Text(key, args...)
	}
	return key
}

// Render answers with one of the host's pages inside the layout.
func (s Scope) Render(status int, page, title string, data any) {
	s.answer("page "+page, func(c *call) {
		if c.Host == nil {
			c.fail(errors.New("no host pages are configured"))
			return
		}
		f := c.frame()
		f.Title = c.say(messages.Host(title))
		html, err := c.Host.Render(f, page, data)
		if err == nil {
			err = c.write(status, html)
		}
		c.fail(err)
	})
}

// RenderBody answers with a body of the host's inside the layout.
func (s Scope) RenderBody(title string, body func(io.Writer) error) {
	s.answer("a page", func(c *call) {
		f := c.frame()
		f.Title = c.say(messages.Host(title))
		html, err := c.Pages.RenderBody(f, body)
		if err == nil {
			err = c.write(http.StatusOK, html)
		} else {
			err = errors.Join(errHost, err)
		}
		c.fail(err)
	})
}

// Of reports whether the request came through this office, rather than another
// one in the same process.
func (s Scope) Of(server *Server) bool { return s.c.Server == server }
