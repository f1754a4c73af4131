package desk

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// What a caller of the desk can branch on. Any other error means that
// something of ours failed: no access, a calm page, a log line.
var (
	// ErrCredentials says that name or password are wrong, or that the account
	// may not sign in; on purpose it does not say which.
	ErrCredentials = errors.New("name or password not accepted")
	// ErrCode says that the code was not accepted.
	ErrCode = errors.New("code not accepted")
	// ErrSignInEnded says that the sign-in begun is over: too old, too many
	// wrong codes, or gone on with elsewhere.
	ErrSignInEnded = errors.New("sign-in ended")
	// ErrTooManyCodes is why it ended, where that is safe to say.
	ErrTooManyCodes = fmt.Errorf("%w: too many wrong codes", ErrSignInEnded)
	// ErrNoSession says that nobody is signed in.
	ErrNoSession = errors.New("not signed in")
	// ErrLink says that a link is unknown, used or expired.
	ErrLink = errors.New("link not accepted")
	// ErrCodeNeeded says that the account has a second factor, so the link
	// alone is not enough.
	ErrCodeNeeded = errors.New("code needed")
	// ErrForbidden says that the rights do not reach.
	ErrForbidden = errors.New("not allowed")
	// ErrStepUp says that the operator must prove who they are again.
	ErrStepUp = errors.New("step-up needed")
	// ErrPaused says that sign-ins are paused.
	ErrPaused = errors.New("sign-ins are paused")
	// ErrSetUp says that the office is set up already.
	ErrSetUp = errors.New("office is set up")
	// ErrStale says that an enrolment form is too old, or not of this sign-in.
	ErrStale = errors.New("form is out of date")
	// ErrNotFound says that what was asked for is not there.
	ErrNotFound = errors.New("not found")
	// ErrChanged says that somebody changed the same thing meanwhile.
	ErrChanged = errors.New("changed meanwhile")
	// ErrRequired says that two-factor authentication is required, so the last
	// authenticator stays.
	ErrRequired = errors.New("two-factor authentication is required")
	// ErrLastSuperAdministrator says that nobody could run the office any more.
	ErrLastSuperAdministrator = errors.New("last active super-administrator")
	// ErrElsewhere says that the password is not kept here.
	ErrElsewhere = errors.New("password is kept by the community")
)

// LimitedError says that there were too many tries.
type LimitedError struct {
	// RetryAt is when the next may be made; zero when only a new password, or
	// an administrator, helps.
	RetryAt time.Time
	// noted says that the audit has it already, under a name of its own.
	noted bool
}

func (e *LimitedError) Error() string { return "too many tries" }

// InvalidError says what is wrong with what was entered.
type InvalidError struct {
	Problems []Problem
}

// Problem belongs beside a field.
type Problem struct {
	// Field is the form field, e.g. "password".
	Field string
	// Code is stable, e.g. "too_short"; Text is for people.
	Code, Text string
}

// Error is what is wrong, in words for people.
func (e *InvalidError) Error() string {
	var texts []string
	for _, p := range e.Problems {
		texts = append(texts, p.Text)
	}
	return strings.Join(texts, " ")
}

func (e *InvalidError) Add(field, code, text string) {
	e.Problems = append(e.Problems, Problem{field, code, text})
}

func (e *InvalidError) addReasons(field string, reasons []password.Reason) {
	for _, r := range reasons {
		e.Add(field, r.Code, r.Text)
	}
}

func invalid(field, code, text string) error {
	return &InvalidError{Problems: []Problem{{field, code, text}}}
}

// Err is nil when nothing is wrong.
func (e *InvalidError) Err() error {
	if len(e.Problems) == 0 {
		return nil
	}
	return e
}

func IsNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

func isConflict(err error) bool { return errors.Is(err, store.ErrConflict) }
