package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// Times that are not parameters.
const (
	// preSessionLife is the time from password to second factor. It is long enough
	// to install an authenticator app (N-PRE).
	preSessionLife = 10 * time.Minute
	// enrolmentLife is how long a QR code can be confirmed.
	enrolmentLife = 10 * time.Minute
	// setupLife is how long a setup link works; each start prints another.
	setupLife = 24 * time.Hour
	// touchEvery is the precision of a session's last use: one write in this time
	// instead of one for each request.
	touchEvery = 15 * time.Second
)

// Step is what a sign-in needs after the password.
type Step string

const (
	// StepCode is a code of the authenticator app, or a recovery code.
	StepCode Step = "code"
	// StepEnrol is adding an authenticator app.
	StepEnrol Step = "enrol"
)

// PreSession is a sign-in after the password, with its operator.
type PreSession struct {
	pre      store.PreSession
	Operator store.Operator
	Step     Step
}

// PreSession returns the sign-in with a token, or ErrSignInEnded. The operator's
// second factor decides the step, never the browser.
func (d *Desk) PreSession(ctx context.Context, token string) (PreSession, error) {
	if token == "" {
		return PreSession{}, ErrSignInEnded
	}
	pre, err := d.Store.FindPreSession(ctx, store.DigestOf(token))
	if isNotFound(err) {
		return PreSession{}, ErrSignInEnded
	}
	if err != nil {
		return PreSession{}, fmt.Errorf("find sign-in: %w", err)
	}
	if now := d.Now(); !now.Before(pre.ExpiresAt) || ahead(pre.CreatedAt, now) {
		return PreSession{}, ErrSignInEnded
	}
	o, err := d.Store.FindOperator(ctx, pre.OperatorID)
	if isNotFound(err) {
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
	}
	return p, nil
}

// passPassword begins the pre-session, or the session of an operator who neither
// has nor needs a second factor.
func (d *Desk) passPassword(ctx context.Context, v Visit, o store.Operator, roles []Role, next string, cleared []store.Write) (Passed, error) {
	factors, err := d.Store.ListFactors(ctx, o.ID)
	if err != nil {
		return Passed{}, fmt.Errorf("list factors: %w", err)
	}
	writes := append([]store.Write{store.CheckOperator{ID: o.ID, Version: o.Version}}, cleared...)
	if len(factors) == 0 && !mustHaveTwoFactor(d.Settings().TwoFactor(d.Now()), roles) {
		return d.begin(ctx, v, o, next, "password", writes)
	}
	token := vault.Token()
	event := d.Audit(v, "signin.password", Success).By(o).Target(o).Write()
	writes = append(writes, store.PutPreSession{PreSession: store.PreSession{
		Digest: store.DigestOf(token), OperatorID: o.ID, OperatorVersion: o.Version,
		CreatedAt: d.Now(), ExpiresAt: d.Now().Add(preSessionLife), Next: next,
		IP: OneLine(v.IP, 64), UserAgent: OneLine(v.UserAgent, 512),
	}}, event)
	if err := d.Commit(ctx, writes...); err != nil {
		return Passed{}, signInError(err)
	}
	return Passed{Token: token, Next: next}, nil
}

// begin commits a session together with the writes that led to it.
func (d *Desk) begin(ctx context.Context, v Visit, o store.Operator, next, factor string, writes []store.Write) (Passed, error) {
	if err := d.admitted(ctx, v, o); err != nil {
		return Passed{}, err
	}
	if err := d.askSignIn(ctx, v, o, factor != "password"); err != nil {
		return Passed{}, err
	}
	token, now := vault.Token(), d.Now()
	session := store.Session{
		Digest: store.DigestOf(token), ID: vault.ID(), OperatorID: o.ID,
		CreatedAt: now, SeenAt: now, ProvedAt: now, EndsAt: now.Add(d.Settings().Session.Absolute),
		IP: OneLine(v.IP, 64), UserAgent: OneLine(v.UserAgent, 512),
	}
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
	if writes, err = d.withLock(ctx, o, writes); err != nil {
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

// signInError ends the sign-in if a commit found something changed. It starts
// again, and every check is made again.
func signInError(err error) error {
	if errors.Is(err, store.ErrConflict) || isNotFound(err) {
		return ErrSignInEnded
	}
	return fmt.Errorf("commit sign-in: %w", err)
}

// SubmitCode finishes a sign-in with a code of the authenticator app or a recovery
// code. After ErrCode the operator can try again; after ErrSignInEnded, which
// ErrTooManyCodes is too, they must start again.
func (d *Desk) SubmitCode(ctx context.Context, v Visit, token, input string) (Passed, error) {
	p, err := d.PreSession(ctx, token)
	if err != nil {
		return Passed{}, err
	}
	if p.Step != StepCode {
		return Passed{}, ErrSignInEnded
	}
	if err := d.admitted(ctx, v, p.Operator); err != nil {
		return Passed{}, err
	}
	mine, most := d.counterKey("sign-in", string(p.pre.Digest[:])), d.Settings().SignIn.Codes
	used, _, ok, err := d.Store.Hit(ctx, mine, store.Limit{Max: most, Window: preSessionLife}, d.Now())
	if err != nil {
		return Passed{}, fmt.Errorf("count code: %w", err)
	}
	if !ok {
		// Not ended here: a correct code posted many times at once would end the
		// sign-in before the first of them has passed.
		return Passed{}, ErrTooManyCodes
	}
	ctx, done := counted(ctx)
	defer done()
	second, err := d.checkSecond(ctx, v, p.Operator, input)
	if errors.Is(err, ErrCode) && used.Count >= most {
		return Passed{}, d.endSignIn(ctx, p)
	}
	if err != nil {
		if !errors.Is(err, ErrCode) {
			// An input that cannot be a code, or was not checked, is not a guess.
			(&attempt{d: d, undo: []string{mine}}).takeBack(ctx)
		}
		return Passed{}, err
	}
	passed, err := d.finish(ctx, v, p, second)
	if turnedAway(err) {
		second.unused(ctx)
	}
	if err = d.spent(ctx, v, p.Operator, err); errors.Is(err, ErrCode) && used.Count >= most {
		return Passed{}, d.endSignIn(ctx, p)
	}
	return passed, err
}

func (d *Desk) endSignIn(ctx context.Context, p PreSession) error {
	if err := d.Commit(ctx, store.EndPreSession{Digest: p.pre.Digest}); err != nil && !isNotFound(err) {
		return fmt.Errorf("end sign-in: %w", err)
	}
	return ErrTooManyCodes
}

// finish turns a pre-session and a second factor into a session, in one commit. Of
// several at once, one wins.
func (d *Desk) finish(ctx context.Context, v Visit, p PreSession, second *proof) (Passed, error) {
	writes := []store.Write{
		store.EndPreSession{Digest: p.pre.Digest},
		store.CheckOperator{ID: p.Operator.ID, Version: p.pre.OperatorVersion},
	}
	if err := d.recordRecovery(v, p.Operator, second); err != nil {
		return Passed{}, err
	}
	return d.begin(ctx, v, p.Operator, p.pre.Next, second.factor, append(writes, second.writes...))
}
