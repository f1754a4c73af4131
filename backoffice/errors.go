package backoffice

import (
	"errors"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

// The errors to tell apart with [errors.Is]. The methods of [Services] return all
// but the last two.
var (
	// ErrSignedOut means that the context is not that of a request which came
	// through the office with an operator signed in.
	ErrSignedOut = errors.New("nobody is signed in to the office here")
	// ErrForbidden means that the signed-in operator lacks a permission, or that
	// the other operator holds more than they do.
	ErrForbidden = desk.ErrForbidden
	// ErrStepUp means that the signed-in operator must confirm their identity
	// again. A [Config.Decide] can also return it.
	ErrStepUp = desk.ErrStepUp
	// ErrSeeingAs means that the signed-in operator sees the office as another one, and
	// so changes nothing; see Operator.SeenBy.
	ErrSeeingAs = desk.ErrSeeingAs
	// ErrNotFound means that there is no such operator, member or parameter.
	ErrNotFound = desk.ErrNotFound
	// ErrChanged means that someone else changed the same thing in the meantime,
	// or that it is already as you asked.
	ErrChanged = desk.ErrChanged
	// ErrLastSuperAdministrator means that no active super-administrator would be
	// left.
	ErrLastSuperAdministrator = desk.ErrLastSuperAdministrator
	// ErrElsewhere means that the operator signs in with the community's password,
	// which the office does not keep.
	ErrElsewhere = desk.ErrElsewhere
	// ErrSecondPerson means that nothing was done, because the two-person rule asks for the
	// approval of a second operator. If a signed-in operator acted, a request now waits for
	// that approval, and [Office.Fail] leads to the request; a job leaves no request.
	ErrSecondPerson = desk.ErrSecondPerson
	// ErrUnreadable means that session values cannot be decrypted, because the master
	// secret was replaced, or because they were damaged. Saving others replaces them.
	ErrUnreadable = errors.New("values cannot be decrypted with any of the master secrets")
	// ErrNoMember is what a [Members] returns if there is no such member.
	ErrNoMember = desk.ErrNoMember
)

// InvalidError means that the input is not valid. [Office.Fail] shows its texts.
type InvalidError struct {
	Problems []Problem
}

// Problem is one mistake in the input.
type Problem struct {
	// Field names the input, e.g. "email", or a parameter.
	Field string
	// Code, e.g. "too_short", is the same in every release.
	Code string
	// Text says to a person what is wrong, in English. [Office.Fail] says problems of the
	// office in the language of the page, and finds other texts in [Config].Messages.
	Text string

	message messages.Text
}

func (p Problem) inside() desk.Problem {
	text := p.message
	if text.String() != p.Text {
		text = messages.Host(p.Text)
	}
	return desk.Problem{Field: p.Field, Code: p.Code, Text: text}
}

// Error returns the texts of all problems.
func (e *InvalidError) Error() string { return e.inside().Error() }

func (e *InvalidError) inside() *desk.InvalidError {
	return &desk.InvalidError{Problems: each(e.Problems, Problem.inside)}
}

// LimitedError means that there were too many attempts.
type LimitedError struct {
	// RetryAt is when the next attempt is allowed. If it is zero, waiting does not
	// help.
	RetryAt time.Time
	// cause remembers whether the audit log has the refusal already.
	cause *desk.LimitedError
}

// Error returns the same text for every limit.
func (e *LimitedError) Error() string { return e.inside().Error() }

func (e *LimitedError) inside() *desk.LimitedError {
	if e.cause != nil {
		return e.cause
	}
	return &desk.LimitedError{RetryAt: e.RetryAt}
}

// outward turns an error of the desk's into the one that is documented here.
func outward(err error) error {
	invalid, limited := (*desk.InvalidError)(nil), (*desk.LimitedError)(nil)
	switch {
	case errors.As(err, &invalid):
		return &InvalidError{each(invalid.Problems, func(p desk.Problem) Problem { return Problem{p.Field, p.Code, p.Text.String(), p.Text} })}
	case errors.As(err, &limited):
		return &LimitedError{limited.RetryAt, limited}
	}
	return err
}

// inward is the way back, for [Office.Fail].
func inward(err error) error {
	invalid, limited := (*InvalidError)(nil), (*LimitedError)(nil)
	switch {
	case errors.As(err, &limited):
		return limited.inside()
	case errors.As(err, &invalid):
		return invalid.inside()
	}
	return err
}
