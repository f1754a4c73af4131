package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
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
	key := LoginKey(f.Login)
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
	roles, err := d.LoadRoles(ctx, o)
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
	disabled, err := try.hitPassword(ctx, a, LoginKey(f.Login))
	if err != nil {
		return a, false, "", err
	}
	if disabled {
		return a, false, "password disabled after too many failures", nil
	}
	why, err = d.whyRefused(ctx, a, ok)
	return a, outdated, why, err
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
	member, err := d.StillMember(ctx, o)
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
	until := d.TemporaryUntil(o)
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

// passPassword begins the pre-session, or the session for somebody who neither
// has nor needs a second factor.
func (d *Desk) passPassword(ctx context.Context, v Visit, o store.Operator, roles []Role, next string, cleared []store.Write) (Passed, error) {
	factors, err := d.Store.ListFactors(ctx, o.ID)
	if err != nil {
		return Passed{}, fmt.Errorf("list factors: %w", err)
	}
	writes := append([]store.Write{store.CheckOperator{ID: o.ID, Version: o.Version}}, cleared...)
	if len(factors) == 0 && !MustHaveTwoFactor(d.Settings().TwoFactor(d.now()), roles) {
		return d.begin(ctx, v, o, next, "password", writes)
	}
	token := vault.Token()
	event := d.Audit(v, "signin.password", Success).By(o).Target(o).Write()
	writes = append(writes, store.PutPreSession{PreSession: store.PreSession{
		Digest: store.DigestOf(token), OperatorID: o.ID, OperatorVersion: o.Version,
		CreatedAt: d.now(), ExpiresAt: d.now().Add(preSessionLife), Next: next,
		IP: OneLine(v.Address, 64), UserAgent: OneLine(v.UserAgent, 512),
	}}, event)
	if err := d.Commit(ctx, writes...); err != nil {
		return Passed{}, signInError(err)
	}
	return Passed{Token: token, Next: next}, nil
}

// begin commits a session together with what led to it.
func (d *Desk) begin(ctx context.Context, v Visit, o store.Operator, next, factor string, writes []store.Write) (Passed, error) {
	if err := d.admitted(ctx, v, o); err != nil {
		return Passed{}, err
	}
	if err := d.askSignIn(ctx, v, o); err != nil {
		return Passed{}, err
	}
	token, session := d.newSession(v, o)
	event := d.Audit(v, "signin.succeeded", Success).By(o).Target(o).Session(session).With("factor", factor).Write()
	device, told, err := d.device(ctx, v, o)
	if err != nil {
		return Passed{}, err
	}
	evicted, err := d.evict(ctx, v, o)
	if err != nil {
		return Passed{}, err
	}
	writes = slices.Concat(writes, told, evicted)
	if writes, err = d.WithLock(ctx, o, writes); err != nil {
		return Passed{}, err
	}
	writes = append(writes,
		store.PutSession{Session: session, Keep: d.Settings().Session.PerOperator, Device: device},
		event)
	if err := d.Commit(ctx, writes...); err != nil {
		return Passed{}, signInError(err)
	}
	return Passed{Token: token, SignedIn: true, Next: next}, nil
}

func (d *Desk) newSession(v Visit, o store.Operator) (string, store.Session) {
	token, now := vault.Token(), d.now()
	return token, store.Session{
		Digest: store.DigestOf(token), ID: vault.ID(), OperatorID: o.ID,
		CreatedAt: now, SeenAt: now, ProvedAt: now, EndsAt: now.Add(d.Settings().Session.Absolute),
		IP: OneLine(v.Address, 64), UserAgent: OneLine(v.UserAgent, 512),
	}
}

// signInError turns what a commit found changed meanwhile into the end of the
// sign-in: start again, and every check is made again.
func signInError(err error) error {
	if errors.Is(err, store.ErrConflict) || IsNotFound(err) {
		return ErrSignInEnded
	}
	return fmt.Errorf("commit sign-in: %w", err)
}

// LoadRoles resolves an operator's roles outside a session.
func (d *Desk) LoadRoles(ctx context.Context, o store.Operator) ([]Role, error) {
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	return d.RolesOf(o, custom), nil
}

// Step is where a sign-in begun stands.
type Step string

const (
	// StepCode asks for a code of the authenticator app.
	StepCode Step = "code"
	// StepEnrol asks to attach one.
	StepEnrol Step = "enrol"
)

// PreSession is a sign-in begun, with its operator.
type PreSession struct {
	pre      store.PreSession
	Operator store.Operator
	Step     Step
	// RecoveryCodes says whether any are left.
	RecoveryCodes bool
}

// Next is where the sign-in leads.
func (p PreSession) Next() string { return p.pre.Next }

// Until is when the sign-in has to be finished.
func (p PreSession) Until() time.Time { return p.pre.ExpiresAt }

// PreSession finds the sign-in begun under a token, or ErrSignInEnded. Which
// step it stands at follows from what the operator has, never from the
// browser.
func (d *Desk) PreSession(ctx context.Context, token string) (PreSession, error) {
	if token == "" {
		return PreSession{}, ErrSignInEnded
	}
	pre, err := d.Store.FindPreSession(ctx, store.DigestOf(token))
	if IsNotFound(err) {
		return PreSession{}, ErrSignInEnded
	}
	if err != nil {
		return PreSession{}, fmt.Errorf("find sign-in: %w", err)
	}
	if !d.now().Before(pre.ExpiresAt) {
		return PreSession{}, ErrSignInEnded
	}
	o, err := d.Store.FindOperator(ctx, pre.OperatorID)
	if IsNotFound(err) {
		return PreSession{}, ErrSignInEnded
	}
	if err != nil {
		return PreSession{}, fmt.Errorf("find operator: %w", err)
	}
	if o.Version != pre.OperatorVersion || o.State != store.OperatorActive {
		return PreSession{}, ErrSignInEnded
	}
	factors, err := d.Store.ListFactors(ctx, o.ID)
	if err != nil {
		return PreSession{}, fmt.Errorf("list factors: %w", err)
	}
	p := PreSession{pre: pre, Operator: o, Step: StepEnrol}
	if len(factors) > 0 {
		p.Step = StepCode
		set, err := d.Store.FindRecoverySet(ctx, o.ID)
		if err != nil && !IsNotFound(err) {
			return PreSession{}, fmt.Errorf("find recovery codes: %w", err)
		}
		p.RecoveryCodes = len(set.Hashes) > 0
	}
	return p, nil
}
