package pages

import (
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// What follows is for packages of this module whose pages a host mounts: they answer as
// the office's own pages do, from templates beside ours.

// Notice is what a page says after a redirect to it; see [Declare].
type Notice struct{ code notice }

// Declare declares a notice, which says the message "notice." with its code. Call it from a
// package variable: it panics if there is one with the code.
func Declare(level view.Level, code string) Notice { return Notice{declare(level, code)} }

// Show answers with a page. If it has a method Crumbs(*messages.Language) []view.Crumb, they
// are above it.
func (s Scope) Show(status int, p view.Page) {
	s.answer("page "+p.Template(), func(c *call) { c.fail(c.show(status, p)) })
}

// Redirect answers with a redirect to a path inside the office. A form that was handled
// successfully ends in one. The page says the notice, unless that is the zero value.
func (s Scope) Redirect(to string, n Notice) {
	if n.code.code != "" {
		to = n.code.with(to)
	}
	s.answer("redirect", func(c *call) { c.fail(c.redirect(to)) })
}

// Refuse answers with the page of an error of the desk, as pages of ours do. It logs one
// that has no page of its own as a fault of the office.
func (s Scope) Refuse(err error) { s.answer(err.Error(), func(c *call) { c.fail(err) }) }

// Over reports whether the request has been answered, so that its operator no longer acts.
func (s Scope) Over() bool { return s.c.answer.over.Load() }

// Words is the language of the answer.
func (s Scope) Words() *messages.Language { return s.c.words() }

// Say says a text, which may be the host's, in the language of the answer.
func (s Scope) Say(t messages.Text) string { return s.c.say(t) }

// Path is the path of the request, without the alias.
func (s Scope) Path() string { return s.c.path }

// MayList counts a page of a list, and returns *desk.LimitedError if the operator turns them
// too fast.
func (s Scope) MayList() error { return s.c.Desk.MayList(s.c.identity, !s.c.navigation()) }

// Navigation reports whether a browser will show the answer as a page, rather than hand it to
// a script.
func (s Scope) Navigation() bool { return s.c.navigation() }

// Crumbs returns the breadcrumbs of a page; nil on the first level.
func Crumbs(in *messages.Language, p view.Page) []view.Crumb {
	switch below := p.(type) {
	case interface {
		crumbs(*messages.Language) []view.Crumb
	}:
		return below.crumbs(in)
	case interface {
		Crumbs(*messages.Language) []view.Crumb
	}:
		return below.Crumbs(in)
	}
	return nil
}

// NothingChanged follows a form that was posted as it was shown.
var NothingChanged = Notice{nothingChanged}
