package backoffice

import (
	"context"
	"net/netip"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// Event is one row of the audit: who (Actor) did what (Code) to whom (Target),
// when, from where, and what came of it (Outcome: "success", "failure" or
// "refused"). What was before and after is in Detail. It holds no password, code,
// token or key.
type Event = store.Event

// EventCodes returns every Code there is, with what it means. A code keeps its
// name and meaning; new ones come with any release, so pass over those that you
// do not know.
func EventCodes() map[string]string { return desk.Meanings() }

// Events reads the audit in the order in which it was committed, on whatever
// replica: at most limit rows (from 1 to 500) with a Seq over after. Seq is 1 for
// the first row and one more for each next, so whoever keeps the last Seq that
// they have dealt with misses none and gets none twice. Rows past the parameter
// audit.keep are gone: the first Seq is then more than one over after.
//
// It asks for the permission audit.view, and returns nothing when there is
// nothing new.
func (s *Services) Events(ctx context.Context, after int64, limit int) ([]Event, error) {
	var events []Event
	err := s.by(ctx, desk.PermissionAuditView, func(a desk.Actor, _ desk.Visit) (err error) {
		page, err := s.services.AuditPage(ctx, a, store.EventQuery{OldestFirst: true, AfterSeq: after, Limit: limit})
		events = page.Rows
		return err
	})
	return events, err
}

// Access is what [Config.Decide] is asked about.
type Access struct {
	// SignIn says that somebody is about to be signed in: password and, where
	// there is one, second factor were right. Otherwise it is one request of a
	// session.
	SignIn bool
	// Operator is who, as the store has them now.
	Operator Operator
	// Address is where from, as far as Config.TrustedProxies lets the office
	// know; the zero Addr, which is in no network, when it does not.
	Address netip.Addr
	// UserAgent is what the browser says of itself.
	UserAgent string
	// Method and Path are those of the request, the path without the alias. At
	// sign-in they are those of the page with the last proof, "/login/code".
	Method, Path string
	// Permission is what a page of the office's asks for; empty for none, and for
	// your own pages, which ask with [Office.Require] afterwards.
	Permission string
	// Header returns the value of a header of the request; empty when there is
	// none, when there are several, and for Cookie. It is never nil, and good only
	// while Decide runs. Anybody can send any header: rely only on one that your
	// proxy always sets itself. In a test, [http.Header.Get] will do.
	Header func(name string) string
}

// Refuse is an error for [Config.Decide] to return: the text, a sentence or two,
// is shown to the person on a page of its own and kept in the audit. An empty
// text says that you do not want to say why.
func Refuse(text string) error {
	if strings.TrimSpace(text) == "" {
		text = "The back office is not open to you right now."
	}
	return &desk.RefusedError{Text: text}
}

// decider puts the host's rule into the terms of the desk.
func decider(decide func(context.Context, Access) error) func(context.Context, desk.Question) error {
	if decide == nil {
		return nil
	}
	return func(ctx context.Context, q desk.Question) error {
		a := Access{
			SignIn: q.SignIn, Operator: operatorOf(q.Identity), UserAgent: q.Visit.UserAgent,
			Permission: q.Permission, Header: q.Visit.Header,
		}
		if a.Header == nil {
			a.Header = func(string) string { return "" }
		}
		a.Method, a.Path, _ = strings.Cut(q.Visit.Route, " ")
		if addr, err := netip.ParseAddr(q.Visit.Address); err == nil {
			a.Address = addr
		}
		return decide(ctx, a)
	}
}
