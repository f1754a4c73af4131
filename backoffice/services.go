package backoffice

import (
	"context"
	"errors"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/store"
)

// Services does from code what the office's pages do, with the same checks,
// limits, emails and audit entry, in one commit. There are three ways to get it,
// which differ in who acts:
//
//   - An [Office] has it for handlers under Config.Handler: the signed-in
//     operator acts, with their permissions. The methods return ErrForbidden if
//     those do not suffice, ErrStepUp if the operator must confirm their identity
//     first (guard the page with [Office.RequireStepUp] to avoid that), and
//     ErrSignedOut if ctx is not that of a request of theirs. ctx is good for
//     that request only: do not use it in a goroutine that outlives the request.
//   - [Office.CommandLine] has it for programs: no permissions are checked, and
//     the audit log names "command-line".
//   - [Office.As] has it for your own jobs: no permissions are checked, and the audit
//     log names the job.
//
// A parameter called operator is the id, name or email address of one; if there
// is none, the methods return ErrNotFound. roles are ids, the primary role first.
// No one can give more than they hold themselves, or act on someone who holds
// more. The methods return ErrChanged if someone else changed the same thing in
// the meantime or if it is already as asked, ErrLastSuperAdministrator if no
// active super-administrator would be left, [*InvalidError] if the input is not
// valid and [*LimitedError] if there were too many attempts. After any other
// error, nothing has changed. [Office.Fail] has a page for each of them.
//
// Services is safe for concurrent use.
type Services struct {
	services *desk.Desk
	acting   func(context.Context) (acting, error)
}

// acting is who acts.
type acting struct {
	actor desk.Actor
	visit desk.Visit
	// identity is the signed-in operator's; nil for the command line.
	identity *desk.Identity
	// over reports that the request of the operator is over.
	over bool
}

// signedIn finds the operator who is signed in to this office under a context.
func (o *Office) signedIn(ctx context.Context) (acting, error) {
	s, ok := pages.FromContext(ctx)
	if !ok || !s.Of(o.server) {
		return acting{}, ErrSignedOut
	}
	return acting{s.Identity().Actor(), s.Visit(), s.Identity(), s.Over()}, nil
}

// by does something as the actor of ctx. A refusal for lack of the permission is
// audited, as on the office's own pages.
func (s *Services) by(ctx context.Context, permission string, do func(desk.Actor, desk.Visit) error) error {
	a, err := s.acting(ctx)
	if err != nil {
		return err
	}
	if a.identity != nil && a.identity.SeenBy != nil {
		return ErrSeeingAs
	}
	err = do(a.actor, a.visit)
	if errors.Is(err, ErrForbidden) && a.identity != nil {
		s.services.Denied(ctx, a.visit, a.identity, permission)
	}
	return outward(err)
}

// to is by for what is done to an operator.
func (s *Services) to(ctx context.Context, operator, permission string, do func(desk.Actor, desk.Visit, store.Operator) error) error {
	return s.by(ctx, permission, func(a desk.Actor, v desk.Visit) error {
		o, err := s.services.FindOperator(ctx, a, operator)
		if err != nil {
			return err
		}
		return do(a, v, o)
	})
}

// act is a method of the desk that does something to the operator with an id.
type act func(ctx context.Context, a desk.Actor, v desk.Visit, id string) error

// do is to for an act.
func (s *Services) do(ctx context.Context, operator, permission string, do act) error {
	return s.to(ctx, operator, permission, func(a desk.Actor, v desk.Visit, o store.Operator) error { return do(ctx, a, v, o.ID) })
}

// with makes an act of a method that takes one thing more.
func with[T any](do func(context.Context, desk.Actor, desk.Visit, string, T) error, more T) act {
	return func(ctx context.Context, a desk.Actor, v desk.Visit, id string) error { return do(ctx, a, v, id, more) }
}
