package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// SignInForm is what the sign-in page posts.
type SignInForm struct {
	Login, Password string
	// Next is the path inside the office to go on to, checked by the caller.
	Next string
}

// Passed is the result of a step of the sign-in.
type Passed struct {
	// Token is the session token if SignedIn is set. Otherwise it is the token of
	// the pre-session, which waits for the second step.
	Token    string
	SignedIn bool
	// SessionID is that of the session, Name and Email those of its operator.
	SessionID   string
	Name, Email string
	Next        string
	// Browsers replaces what the browser keeps as Visit.Browsers. If nil, nothing
	// changes.
	Browsers []string
}

// SignIn checks a name and a password. If it refuses them, it returns ErrCredentials at
// the cost of one slow hash, without a reason (ASVS 6.3.8). It returns *LimitedError after
// too many failures, and ErrPaused while sign-ins are paused.
func (d *Desk) SignIn(ctx context.Context, v Visit, f SignInForm) (Passed, error) {
	login, began := ParseLogin(f.Login), d.Now()
	try, a, err := d.countSignIn(ctx, v, login)
	if err != nil {
		if limited, ok := errors.AsType[*LimitedError](err); ok {
			limited.noted = true
			d.Audit(v, "signin.limited", Refused).UnknownLogin(login).Record(ctx)
		}
		return Passed{}, err
	}
	ctx, done := counted(ctx)
	defer done()
	defer try.decided()
	outdated, why, err := d.judgeShared(ctx, try, &a, f.Password)
	if err != nil {
		return Passed{}, err
	}
	if why != "" {
		d.refuseSignIn(ctx, v, try, a, login, why)
		return Passed{}, ErrCredentials
	}
	try.keepCounted(try.name) // unless passPassword takes it back: anyone turned away before has shown only a password
	if err := d.refreshAccount(ctx, v, &a); err != nil {
		try.takeBack(ctx)
		return Passed{}, err
	}
	o, err := d.recheckBreached(ctx, v, a.operator, f.Password)
	if err != nil {
		try.takeBack(ctx)
		return Passed{}, err
	}
	a.view.Operator, a.view.PreSession.CreatedAt = o, began
	if outdated {
		d.upgradePassword(ctx, o, f.Password)
	}
	if err := d.admitted(ctx, v, o); err != nil {
		try.takeBack(ctx)
		return Passed{}, err
	}
	var told []store.Write
	if try.failures >= d.Settings().SignIn.Failures {
		if told, err = d.unusual(ctx, v, o, letters.AfterFailures); err != nil {
			return Passed{}, err
		}
	}
	passed, err := d.passPassword(ctx, v, a.view, f.Next, try, told)
	if turnedAway(err) {
		try.takeBack(ctx)
	}
	return passed, err
}

// refreshAccount stores what the community says of an operator who is signing in.
func (d *Desk) refreshAccount(ctx context.Context, v Visit, a *account) error {
	before := a.operator
	if a.member.ID == "" {
		return nil
	}
	o, err := d.refreshed(ctx, v, before, a.member)
	if err != nil || o.Version == before.Version {
		return err
	}
	view, err := d.findSignIn(ctx, v, store.SignInQuery{OperatorID: o.ID})
	if err != nil {
		return err
	}
	// What was found right must be what it was.
	if o = view.Operator; o.State != before.State || !o.PasswordSetAt.Equal(before.PasswordSetAt) || o.MemberID != before.MemberID || !slices.Equal(o.AllRoles(), before.AllRoles()) {
		return ErrSignInEnded
	}
	a.view, a.operator = view, o
	return nil
}

// refuseSignIn records a refused sign-in. It forgets a known browser from which too many
// wrong passwords came.
func (d *Desk) refuseSignIn(ctx context.Context, v Visit, try *attempt, a account, login Login, why string) {
	try.countLater(ctx)
	refused, who := d.Audit(v, "signin.refused", Failure).Because(why), a.operator
	if a.known {
		refused.Target(who)
	} else {
		refused.UnknownLogin(login)
	}
	if !a.known || who.State != store.OperatorActive {
		who = store.Operator{ID: nobody, NameKey: try.password, Name: nobody, Email: nobody + "@example.com"}
	}
	var more []store.Write
	if _, full := try.row(); full && try.browser.ID != "" {
		more = d.endBrowser(v, a.operator, try.browser)
	}
	d.recordFailure(ctx, v, try, refused, who, more...)
}

// countSignIn finds the account of a login and counts the attempt. If attempts that are not
// decided yet reach a limit, it waits for them.
func (d *Desk) countSignIn(ctx context.Context, v Visit, login Login) (*attempt, account, error) {
	ticket := d.flights.ticket()
	for {
		try, a, err := d.countOnce(ctx, v, login)
		if _, limited := errors.AsType[*LimitedError](err); !limited || !ticket.again(ctx, try.refused, try.crowded) {
			return try, a, err
		}
	}
}

func (d *Desk) countOnce(ctx context.Context, v Visit, login Login) (*attempt, account, error) {
	try := &attempt{d: d, awaited: true}
	defer try.endUncounted()
	err := d.signInAttempt(ctx, v, login, try)
	limited, _ := errors.AsType[*LimitedError](err)
	if err != nil && (limited == nil || len(v.Browsers) == 0) {
		return try, account{}, err
	}
	a, err := d.whoSignsIn(ctx, v, login)
	if err != nil {
		return try, account{}, err
	}
	a.caller = caller(v, a.view.Browser)
	if a.view.Browser.ID != "" {
		own := d.browserAttempt(a.view.Browser)
		err := own.count(ctx)
		if limited, is := errors.AsType[*LimitedError](err); !is || !limited.RetryAt.IsZero() {
			own.failures = own.countOf(browserKey(own.browser)) - 1
			return own, a, err
		}
		a.caller = caller(v, store.Browser{}) // the browser has spent its attempts, so it counts as a stranger's
	}
	if limited != nil {
		return try, account{}, limited
	}
	if a.known {
		try.seeOperator(a.view)
	}
	try.addPassword(a, login)
	try.addFailed(a, login)
	return try, a, try.count(ctx)
}

// admitted returns ErrPaused while sign-ins are paused, except to
// super-administrators. It is asked after the password, and again before the
// session begins, as the pause may have begun in between.
func (d *Desk) admitted(ctx context.Context, v Visit, o store.Operator) error {
	if !d.Settings().Paused || o.IsActiveSuperAdministrator() {
		return nil
	}
	d.Audit(v, "signin.paused", Refused).By(o).Target(o).Record(ctx)
	return ErrPaused
}

// judge checks the password of a counted attempt. It returns why the sign-in is
// refused, only for the audit log, or "". An error does not depend on the account.
func (d *Desk) judge(ctx context.Context, try *attempt, a *account, plain string) (outdated bool, why string, err error) {
	ok, outdated, err := d.tryPassword(ctx, try, *a, plain)
	switch {
	case err != nil:
		return false, "", err
	case a.known && try.barred():
		return false, "password disabled after too many failures", nil
	}
	why, err = d.whyRefused(ctx, a, ok)
	return outdated, why, err
}

// account is the account that a login names.
type account struct {
	operator store.Operator
	// known reports that there is such an operator.
	known bool
	// view is what was read with the operator.
	view store.SignInView
	// memberID is the member whose password the community checks: the one linked
	// to the operator, or one who is not an operator and is refused all the same.
	// Empty for none.
	memberID string
	// member is what the community says of them, once their password is right.
	member Member
	// byMember reports that the community's check decides.
	byMember bool
	// caller is who waits for the slow hashes.
	caller password.Caller
	// other is the account of another operator whose login in the community is this
	// one, or nil.
	other *account
}

// whoSignsIn finds the account of a login. If there is none, it returns an account
// that is not known, and no error.
func (d *Desk) whoSignsIn(ctx context.Context, v Visit, login Login) (account, error) {
	var a account
	if !login.lookable() {
		return a, nil
	}
	err := d.lookUp(ctx, v, &a, store.SignInQuery{Login: login.key})
	if err != nil || d.Members == nil {
		return a, err
	}
	m, err := d.Members.FindMemberByLogin(ctx, login.typed)
	switch {
	case errors.Is(err, ErrNoMember):
	case err != nil:
		return a, fmt.Errorf("find member: %w", err)
	case !a.known:
		a.memberID = m.ID
		if err := d.lookUp(ctx, v, &a, store.SignInQuery{MemberID: memberKey(m.ID)}); err != nil {
			return a, err
		}
	default:
		if err := d.share(ctx, v, &a, m); err != nil {
			return a, err
		}
	}
	if a.known {
		a.memberID = a.operator.MemberID
		a.byMember = a.memberID != "" && d.SSO == nil
	}
	return a, nil
}

// lookUp completes an account, if there is such an operator.
func (d *Desk) lookUp(ctx context.Context, v Visit, a *account, q store.SignInQuery) error {
	view, err := d.findSignIn(ctx, v, q)
	if isNotFound(err) {
		return nil
	}
	a.view, a.operator, a.known = view, view.Operator, err == nil
	return err
}

// operatorCounters are the kinds of an operator's counters that findSignIn reads.
var operatorCounters = []string{"password", "begun", "failed", "step-up", "code", "recovery", "passkey"}

// findSignIn reads everything by which a step of a sign-in is decided, and makes the
// parameters as fresh as that.
func (d *Desk) findSignIn(ctx context.Context, v Visit, q store.SignInQuery) (store.SignInView, error) {
	q.Device, q.Browsers = d.device(v), browserDigests(v)
	for _, kind := range operatorCounters {
		q.OperatorCounters = append(q.OperatorCounters, operatorKey(kind, ""))
	}
	asked := d.clock.Ask()
	view, err := d.Store.FindSignIn(ctx, q)
	if err != nil {
		return store.SignInView{}, fmt.Errorf("find operator: %w", err)
	}
	d.hear(ctx, asked, view.Reading)
	view.Browser = d.known(view.Browser)
	_, err = d.refresh(ctx, view.Revision)
	return view, err
}

// checkPassword compares a password with one slow hash of the office, whether or
// not the account exists, and with one check by the community if it has passwords.
func (d *Desk) checkPassword(ctx context.Context, a account, plain string) (ok, outdated bool, err error) {
	memberOK := false
	if d.Members != nil && d.SSO == nil && a.other == nil { // the other's was checked
		memberOK, err = d.Members.CheckMemberPassword(password.WithCaller(ctx, a.caller), a.memberID, plain)
		if err != nil {
			return false, false, fmt.Errorf("check member password: %w", err)
		}
	}
	encoded := ""
	if a.known && !a.byMember {
		encoded = a.operator.Password
	}
	result, err := d.Hasher.Verify(waiting(ctx, a.caller), plain, encoded)
	switch {
	case errors.Is(err, password.ErrMalformed):
		return false, false, fmt.Errorf("verify password: %w", err)
	case err != nil:
		return false, false, unhashedError{fmt.Errorf("verify password: %w", err)}
	}
	if a.byMember {
		return memberOK, false, nil
	}
	return a.known && result.Match, result.Outdated, nil
}

// tryPassword is checkPassword for a counted attempt, which is taken back only if
// no hash began.
func (d *Desk) tryPassword(ctx context.Context, try *attempt, a account, plain string) (ok, outdated bool, err error) {
	ok, outdated, err = d.checkPassword(ctx, a, plain)
	if _, unhashed := errors.AsType[unhashedError](err); unhashed {
		try.takeBack(ctx)
	}
	return ok, outdated, err
}

// unhashedError means that no hash began: its turn did not come, or the client left.
type unhashedError struct{ error }

func (e unhashedError) Unwrap() error { return e.error }

// whyRefused returns why an account may not sign in, only for the audit log, or "". It
// adds to the account what the community says of the member.
func (d *Desk) whyRefused(ctx context.Context, a *account, passwordOK bool) (string, error) {
	if !a.known {
		return "unknown", nil
	}
	o := a.operator
	if !passwordOK {
		return wrongPassword, nil // the directory is asked no more than for nobody
	}
	m, member, err := d.stillMember(ctx, o)
	if err != nil {
		return "", err
	}
	a.member = m
	if why, err := d.whyTemporaryRefused(ctx, o); err != nil || why != "" {
		return why, err
	}
	return d.whyClosed(o, member), nil
}

// whyClosed returns why an account gives no access, whatever proves who its owner is, or "".
func (d *Desk) whyClosed(o store.Operator, member bool) string {
	if o.State == store.OperatorInvited {
		return "account is invited"
	}
	return closedReasons[closedTo(o, member)]
}

// whyTemporaryRefused returns why a temporary password is refused, or "": it has
// expired, or the operator who created it, and knows it, could no longer do so.
func (d *Desk) whyTemporaryRefused(ctx context.Context, o store.Operator) (string, error) {
	until := d.temporaryUntil(o)
	if until.IsZero() {
		return "", nil
	}
	if now := d.Now(); !now.Before(until) || ahead(o.PasswordSetAt, now) {
		return "temporary password has expired", nil
	}
	may, err := d.mayStill(ctx, o.PasswordBy, o)
	if err != nil || may {
		return "", err
	}
	return "its creator may no longer create temporary passwords", nil
}

// upgradePassword stores the same password at today's cost. If that fails, the
// sign-in continues.
func (d *Desk) upgradePassword(ctx context.Context, o store.Operator, plain string) {
	encoded, err := d.Hasher.Hash(waiting(ctx, insider(o.ID)), plain)
	if err == nil {
		err = d.Commit(ctx, store.UpgradePassword{OperatorID: o.ID, Old: o.Password, New: encoded})
	}
	if err != nil && !errors.Is(err, password.ErrBusy) && !errors.Is(err, store.ErrConflict) {
		d.Log.ErrorContext(ctx, "password hash not upgraded", "operator", o.ID, "error", err)
	}
}
