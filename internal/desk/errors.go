package desk

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// Errors that callers of the desk can branch on. Any other error is a fault of the
// office: nothing opens, the page names only the request, and the cause is logged.
var (
	// ErrCredentials means that the name or the password is wrong, or that the
	// account may not sign in. It does not say which, on purpose.
	ErrCredentials = errors.New("name or password not accepted")
	// ErrCode means that the code is wrong, or was already used.
	ErrCode = errors.New("code not accepted")
	// ErrUnreadable means that the secret of an authenticator app cannot be decrypted,
	// so that its codes cannot be checked; usually because the master secret was
	// replaced. Recovery codes work. If the code was also checked with another app,
	// the error is an ErrCode, too.
	ErrUnreadable     = errors.New("authenticator secret cannot be decrypted")
	errCodeUnreadable = fmt.Errorf("%w: %w", ErrCode, ErrUnreadable)
	// ErrSignInEnded means that the sign-in must start again: it took too long,
	// had too many wrong codes, or continued elsewhere.
	ErrSignInEnded = errors.New("sign-in ended")
	// ErrTooManyCodes is ErrSignInEnded after too many wrong codes.
	ErrTooManyCodes = fmt.Errorf("%w: too many wrong codes", ErrSignInEnded)
	// ErrNoSession means that no one is signed in.
	ErrNoSession = errors.New("not signed in")
	// ErrEvicted is ErrNoSession for a browser whose session made room for another.
	ErrEvicted = fmt.Errorf("%w: signed in elsewhere too often", ErrNoSession)
	// ErrUnknownSession is ErrNoSession for a token that no session has: one that has
	// ended, or a guess.
	ErrUnknownSession = fmt.Errorf("%w: unknown token", ErrNoSession)
	// ErrLink means that a link is unknown, used or expired.
	ErrLink = errors.New("link not accepted")
	// ErrCodeNeeded means that the account has a second factor, so the link alone
	// is not enough.
	ErrCodeNeeded = errors.New("code needed")
	// ErrForbidden means that a permission, or a role to give, is missing.
	ErrForbidden = errors.New("not allowed")
	// ErrStepUp means that the operator must confirm their identity again.
	ErrStepUp = errors.New("step-up needed")
	// ErrPaused means that sign-ins are paused.
	ErrPaused = errors.New("sign-ins are paused")
	// ErrSetUp means that the office is already set up.
	ErrSetUp = errors.New("office is set up")
	// ErrStale means that an enrolment has expired, or belongs to another sign-in.
	ErrStale = errors.New("form is out of date")
	// ErrNotFound means that the record does not exist.
	ErrNotFound = errors.New("not found")
	// ErrChanged means that someone else changed the record in the meantime.
	ErrChanged = errors.New("changed in the meantime")
	// ErrRequired means that two-factor authentication is required, so the last
	// authenticator app cannot be removed.
	ErrRequired = errors.New("two-factor authentication is required")
	// ErrPasskey means that the answer of a passkey is not accepted. ErrPasskeyUnknown is
	// one of a passkey that the operator does not have, or no longer, ErrPasskeyCounter one
	// whose signature counter did not go up: it may be a copy.
	ErrPasskey        = errors.New("passkey not accepted")
	ErrPasskeyUnknown = fmt.Errorf("%w: not known", ErrPasskey)
	ErrPasskeyCounter = fmt.Errorf("%w: its counter did not go up", ErrPasskey)
	// ErrPasskeyNeeded means that codes, apps and passwords are not enough for the account:
	// a role or parameter requires a passkey.
	ErrPasskeyNeeded = errors.New("passkey needed")
	// ErrPasskeyRequired means that the last passkey cannot be removed, because a role or
	// parameter requires one.
	ErrPasskeyRequired = fmt.Errorf("%w: with a passkey", ErrRequired)
	// ErrNoPasskeys means that the office has no passkeys, or not as the whole sign-in.
	ErrNoPasskeys = fmt.Errorf("%w: no passkeys here", ErrNotFound)
	// ErrLastSuperAdministrator means that no super-administrator would be left.
	ErrLastSuperAdministrator = errors.New("last active super-administrator")
	// ErrElsewhere means that the community keeps the password.
	ErrElsewhere = errors.New("password is kept by the community")
)

// LastSuperAdministratorText says [ErrLastSuperAdministrator] to people.
var LastSuperAdministratorText = messages.New("operators.last_super_administrator")

// NotNowError is an ErrChanged that says why an act does not fit the present state of an
// account, and which act does.
type NotNowError struct{ Text messages.Text }

func (e *NotNowError) Error() string { return e.Text.String() }

// Is makes it an ErrChanged.
func (e *NotNowError) Is(target error) bool { return target == ErrChanged }

// LimitedError means that there were too many attempts.
type LimitedError struct {
	// RetryAt is when the next attempt may be made. It is zero if only a new
	// password, or a colleague, helps.
	RetryAt time.Time
	// noted reports that it is already audited, under a name of its own.
	noted bool
}

func (e *LimitedError) Error() string { return "too many attempts" }

// InvalidError says what is wrong with a form.
type InvalidError struct {
	Problems []Problem
}

// Problem is what is wrong with a field.
type Problem struct {
	// Field is the form field, e.g. "password".
	Field string
	// Code is stable, e.g. "too_short".
	Code string
	// Text is for people.
	Text messages.Text
}

// Error returns the texts of all problems, in English.
func (e *InvalidError) Error() string {
	var texts []string
	for _, p := range e.Problems {
		texts = append(texts, p.Text.String())
	}
	return strings.Join(texts, " ")
}

func (e *InvalidError) Add(field, code string, text messages.Text) {
	e.Problems = append(e.Problems, Problem{field, code, text})
}

func (e *InvalidError) addReasons(field string, reasons []password.Reason) {
	for _, r := range reasons {
		e.Add(field, r.Code, messages.New("password.reason."+r.Code, "n", r.Limit))
	}
}

func invalid(field, code string, text messages.Text) error {
	return &InvalidError{Problems: []Problem{{field, code, text}}}
}

// Err returns e, or nil if it has no problems.
func (e *InvalidError) Err() error {
	if len(e.Problems) == 0 {
		return nil
	}
	return e
}

// isNotFound reports whether the store, or a method of the desk that asked it,
// found nothing.
func isNotFound(err error) bool {
	return errors.Is(err, store.ErrNotFound) || errors.Is(err, ErrNotFound)
}

func isConflict(err error) bool { return errors.Is(err, store.ErrConflict) }
