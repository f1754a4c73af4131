package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// SignInForm is what the sign-in page posts.
type SignInForm struct {
	Login, Password string
	// Next is a path inside the office, checked by the caller.
	Next string
}

// Passed is what a step of signing in came to: the token for the cookie, and
// which cookie that is.
type Passed struct {
	Token string
	// SignedIn says that the token is of a session; otherwise it is of a
	// pre-session and the second step is still to come.
	SignedIn bool
	Next     string
}

// SignIn checks name and password. Whoever they are wrong for, the answer is
// ErrCredentials at the cost of one slow hash (ASVS 6.3.8); *LimitedError
// when there were too many failures; ErrPaused while sign-ins are paused.
func (d *Desk) SignIn(ctx context.Context, v Visit, f SignInForm) (Passed, error) {
	key := loginKey(f.Login)
	try, err := d.signInAttempt(ctx, v, key)
	if err != nil {
		if limited, ok := errors.AsType[*LimitedError](err); ok {
			limited.noted = true
			d.Audit(v, "signin.limited", Refused).UnknownLogin(key).Note(ctx)
		}
		return Passed{}, err
	}
	ctx, done := counted(ctx)
	defer done()
	a, outdated, why, err := d.judge(ctx, try, f)
	if err != nil {
		return Passed{}, err
	}
	if why != "" {
		try.failed(ctx)
		refused := d.Audit(v, "signin.refused", Failure).Because(why)
		if a.known {
			refused.Target(a.operator)
		} else {
			refused.UnknownLogin(key)
		}
		refused.Record(ctx)
		if try.last {
			d.noteFull(ctx, v, a, key)
		}
		return Passed{}, ErrCredentials
	}
	o, err := d.recheckBreached(ctx, v, a.operator, f.Password)
	if err != nil {
		try.unused(ctx)
		return Passed{}, err
	}
	if outdated {
		d.upgradePassword(ctx, o, f.Password)
	}
	roles, err := d.loadRoles(ctx, o)
	if err != nil {
		return Passed{}, err
	}
	if err := d.admitted(ctx, v, o); err != nil {
		try.takeBack(ctx)
		return Passed{}, err
	}
	writes := try.succeeded()
	if try.row > d.Settings().SignIn.Failures {
		told, err := d.unusual(ctx, v, o, letters.AfterFailures)
		if err != nil {
			return Passed{}, err
		}
		writes = append(writes, told...)
	}
	passed, err := d.passPassword(ctx, v, o, roles, f.Next, writes)
	if err != nil {
		if turnedAway(err) {
			try.unused(ctx)
		}
		return Passed{}, err
	}
	try.takeBack(ctx)
	return passed, nil
}

// admitted is ErrPaused while sign-ins are paused, but for super-administrators.
// It is asked where a password was right, and again where the session begins:
// a pause holds for who began to sign in before it, too.
func (d *Desk) admitted(ctx context.Context, v Visit, o store.Operator) error {
	if !d.Settings().Paused || o.IsActiveSuperAdministrator() {
		return nil
	}
	d.Audit(v, "signin.paused", Refused).By(o).Target(o).Record(ctx)
	return ErrPaused
}

// judge finds whom a login means and checks the password. An error is the same
// for everybody.
func (d *Desk) judge(ctx context.Context, try *attempt, f SignInForm) (a account, outdated bool, why string, err error) {
	if a, err = d.whoSignsIn(ctx, f.Login); err != nil {
		try.takeBack(ctx) // nothing was looked at yet
		return a, false, "", err
	}
	ok, outdated, err := d.tryPassword(ctx, try, a, f.Password)
	if err != nil {
		return a, false, "", err
	}
	disabled, err := try.hitPassword(ctx, a, loginKey(f.Login))
	if err != nil {
		return a, false, "", err
	}
	if disabled {
		return a, false, "password disabled after too many failures", nil
	}
	why, err = d.whyRefused(ctx, a, ok)
	return a, outdated, why, err
}

// account is whom a login may mean.
type account struct {
	operator store.Operator
	// known says that there is such an operator.
	known bool
	// memberID is whose password the community checks: the linked member's, or
	// a plain member's, who is refused all the same; empty for nobody.
	memberID string
	// byMember says that the password counts that the community checks.
	byMember bool
}

// find looks somebody up by what they sign in with. Nobody is not an error.
func (d *Desk) whoSignsIn(ctx context.Context, login string) (account, error) {
	var a account
	if !lookable(loginKey(login)) {
		return a, nil
	}
	o, err := d.Store.FindOperatorByLogin(ctx, loginKey(login))
	switch {
	case err == nil:
		a.operator, a.known = o, true
	case !IsNotFound(err):
		return a, fmt.Errorf("find operator: %w", err)
	}
	if d.Members == nil {
		return a, nil
	}
	m, err := d.Members.FindMemberByLogin(ctx, strings.TrimSpace(login))
	switch {
	case errors.Is(err, ErrNoMember):
	case err != nil:
		return a, fmt.Errorf("find member: %w", err)
	case !a.known:
		a.memberID = m.ID
		o, err := d.Store.FindOperatorByMember(ctx, m.ID)
		switch {
		case err == nil:
			a.operator, a.known = o, true
		case !IsNotFound(err):
			return a, fmt.Errorf("find operator by member: %w", err)
		}
	}
	if a.known {
		a.memberID = a.operator.MemberID
		a.byMember = a.memberID != "" && d.SSO == nil
	}
	return a, nil
}

// checkPassword compares a password in one slow hash of ours, whoever it is
// for and whether or not they exist, and one check of the community's where
// it has passwords.
func (d *Desk) checkPassword(ctx context.Context, a account, password string) (ok, outdated bool, err error) {
	memberOK := false
	if d.Members != nil && d.SSO == nil {
		memberOK, err = d.Members.CheckMemberPassword(ctx, a.memberID, password)
		if err != nil {
			return false, false, fmt.Errorf("check member password: %w", err)
		}
	}
	encoded := ""
	if a.known && !a.byMember {
		encoded = a.operator.Password
	}
	result, err := d.Hasher.Verify(ctx, password, encoded)
	if err != nil {
		return false, false, fmt.Errorf("verify password: %w", err)
	}
	if a.byMember {
		return memberOK, false, nil
	}
	return a.known && result.Match, result.Outdated, nil
}

// tryPassword is checkPassword for a try that was counted. It counts, unless no
// hash began: what fails later has cost one.
func (d *Desk) tryPassword(ctx context.Context, try *attempt, a account, plain string) (ok, outdated bool, err error) {
	ok, outdated, err = d.checkPassword(ctx, a, plain)
	if errors.Is(err, password.ErrBusy) {
		try.takeBack(ctx)
	}
	return ok, outdated, err
}

// whyRefused says why an account may not go on, for the audit alone.
func (d *Desk) whyRefused(ctx context.Context, a account, passwordOK bool) (string, error) {
	if !a.known {
		return "unknown", nil
	}
	o := a.operator
	member, err := d.stillMember(ctx, o)
	if err != nil {
		return "", err
	}
	if !passwordOK {
		return "wrong password", nil
	}
	if why, err := d.whyTemporaryRefused(ctx, o); err != nil || why != "" {
		return why, err
	}
	switch {
	case o.State != store.OperatorActive:
		return "account is " + string(o.State), nil
	case !member:
		return "no longer a member", nil
	case len(o.AllRoles()) == 0:
		return "no role", nil
	}
	return "", nil
}

// whyTemporaryRefused says why a password that somebody else made is not
// accepted: it is past its time, or whoever made it, and knows it, could not make
// it any more.
func (d *Desk) whyTemporaryRefused(ctx context.Context, o store.Operator) (string, error) {
	until := d.temporaryUntil(o)
	if until.IsZero() {
		return "", nil
	}
	if !d.now().Before(until) {
		return "temporary password is past its time", nil
	}
	may, err := d.mayStill(ctx, o.PasswordBy, o)
	if err != nil || may {
		return "", err
	}
	return "whoever made the temporary password may not any more", nil
}

// upgradePassword stores the same password under today's cost. That it fails
// keeps nobody out.
func (d *Desk) upgradePassword(ctx context.Context, o store.Operator, plain string) {
	encoded, err := d.Hasher.Hash(ctx, plain)
	if err == nil {
		err = d.Commit(ctx, store.UpgradePassword{OperatorID: o.ID, Old: o.Password, New: encoded})
	}
	if err != nil && !errors.Is(err, password.ErrBusy) && !errors.Is(err, store.ErrConflict) {
		d.Log.ErrorContext(ctx, "password hash not upgraded", "operator", o.ID, "error", err)
	}
}
