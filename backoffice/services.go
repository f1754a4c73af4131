package backoffice

import (
	"context"
	"errors"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/store"
)

// Services is what code can have done in the office. Each method is what a page
// of the office does, with the same checks, limits, mails and audit row, in one
// commit. There are two ways to them, which differ in who acts:
//
//   - An [Office] has them for handlers under Config.Admin: whoever is signed in
//     acts, with their rights. ErrForbidden says that those do not reach,
//     ErrStepUp that they must prove again who they are (guard the page with
//     [Office.RequireStepUp] and it does not happen), ErrSignedOut that the
//     context is not that of a request of theirs. It is good for that request
//     alone: hand it to no goroutine that goes on afterwards.
//   - [Office.CommandLine] has them for programs: nobody is asked for rights, and
//     the audit says "command-line".
//
// who names an operator by id, name or e-mail address; ErrNotFound says that
// there is none. roles are ids, the first is the primary one; nobody can give
// more than they hold themselves, nor act on somebody who holds more. ErrChanged
// says that somebody changed the same thing meanwhile, or that it is so already;
// ErrLastSuperAdministrator that nobody could run the office any more;
// [*InvalidError] what is wrong with what was given; [*LimitedError] that there
// were too many of the kind. Any other error is a failure, and nothing happened.
// [Office.Fail] has a page for each of them.
//
// It is safe for concurrent use.
type Services struct {
	services *desk.Desk
	acting   func(context.Context) (acting, error)
}

// acting is who has something done.
type acting struct {
	actor desk.Actor
	visit desk.Visit
	// identity is who is signed in; nil for the command line.
	identity *desk.Identity
}

// What a caller of [Services] can branch on.
var (
	// ErrSignedOut says that nobody is signed in under the context: it is not
	// that of a request that came through the office.
	ErrSignedOut = errors.New("nobody is signed in to the office here")
	// ErrForbidden says that the rights of who is signed in do not reach.
	ErrForbidden = desk.ErrForbidden
	// ErrStepUp says that who is signed in must prove again who they are.
	ErrStepUp = desk.ErrStepUp
	// ErrNotFound says that there is no such operator, or member.
	ErrNotFound = desk.ErrNotFound
	// ErrChanged says that somebody changed the same thing meanwhile, or that it
	// is as asked for already.
	ErrChanged = desk.ErrChanged
	// ErrLastSuperAdministrator says that nobody could run the office any more.
	ErrLastSuperAdministrator = desk.ErrLastSuperAdministrator
	// ErrElsewhere says that the password is the community's.
	ErrElsewhere = desk.ErrElsewhere
)

type (
	// InvalidError says what is wrong with what was given, in words for the
	// person who gave it.
	InvalidError = desk.InvalidError
	// Problem is one thing that is wrong: Field is where it belongs, Code does
	// not change between releases, Text is for people.
	Problem = desk.Problem
	// LimitedError says that there were too many tries. RetryAt is when the next
	// may be made.
	LimitedError = desk.LimitedError
)

// signedIn finds who is signed in to this office under a context.
func (o *Office) signedIn(ctx context.Context) (acting, error) {
	s, ok := pages.FromContext(ctx)
	if !ok || !s.Of(o.server) {
		return acting{}, ErrSignedOut
	}
	return acting{s.Identity().Actor(), s.Visit(), s.Identity()}, nil
}

// by has something done by who acts. A right that did not reach is written
// down, as it is for the office's own pages.
func (s *Services) by(ctx context.Context, permission string, do func(desk.Actor, desk.Visit) error) error {
	a, err := s.acting(ctx)
	if err != nil {
		return err
	}
	err = do(a.actor, a.visit)
	if errors.Is(err, ErrForbidden) && a.identity != nil {
		s.services.Denied(ctx, a.visit, a.identity, permission)
	}
	return err
}

// to is by for what is done to an operator.
func (s *Services) to(ctx context.Context, who, permission string, do func(desk.Actor, desk.Visit, store.Operator) error) error {
	return s.by(ctx, permission, func(a desk.Actor, v desk.Visit) error {
		o, err := s.services.FindOperator(ctx, a, who)
		if err != nil {
			return err
		}
		return do(a, v, o)
	})
}
