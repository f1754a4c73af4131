package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/store"
)

// Times that are not parameters.
const (
	// preSessionLife is the time from password to second factor. It is long enough
	// to install an authenticator app.
	preSessionLife = 10 * time.Minute
	// enrolmentLife is how long a QR code can be confirmed.
	enrolmentLife = 10 * time.Minute
	// setupLife is how long a setup link works; each start prints another.
	setupLife = 24 * time.Hour
	// touchEvery is the precision of a session's last use: one write in this time
	// instead of one for each request.
	touchEvery = 15 * time.Second
	// fewBegun is how many sign-ins of an operator can wait for the second factor; one more
	// ends the oldest. It is also how many can stay unfinished in a day before the operator
	// is told.
	fewBegun = 5
)

// Step is what a sign-in needs after its first step.
type Step string

const (
	// StepCode is a second factor that the operator has: a passkey, a code of the
	// authenticator app, or a recovery code.
	StepCode Step = "code"
	// StepEnrol is adding one.
	StepEnrol Step = "enrol"
)

// PreSession is a sign-in after its first step, with its operator.
type PreSession struct {
	store.SignInView
	Step Step
	// Passkeys reports that a passkey can be used, and HasApp that there is an
	// authenticator app. Codes, of apps and recovery codes, are not accepted from
	// operators who must use a passkey and have one.
	Passkeys, HasApp, Codes bool
	// PasskeyRequired reports that a role or parameter requires a passkey, and
	// MayAddPasskey that one can be added at StepEnrol; an app can unless one is required.
	PasskeyRequired, MayAddPasskey bool
}

// PreSession returns the sign-in with a token, or ErrSignInEnded. The operator's
// second factor decides the step, never the browser.
func (d *Desk) PreSession(ctx context.Context, token string) (PreSession, error) {
	return d.preSession(ctx, Visit{}, token)
}

func (d *Desk) preSession(ctx context.Context, v Visit, token string) (PreSession, error) {
	if token == "" {
		return PreSession{}, ErrSignInEnded
	}
	digest := store.DigestOf(token)
	view, err := d.findSignIn(ctx, v, store.SignInQuery{PreSession: digest, Counters: []string{d.codesKey(digest)}})
	switch o, pre, now := view.Operator, view.PreSession, d.Now(); {
	case isNotFound(err):
		return PreSession{}, ErrSignInEnded
	case err != nil:
		return PreSession{}, err
	case !now.Before(pre.ExpiresAt), d.State().endedAll(pre.CreatedAt), ahead(pre.CreatedAt, now), o.Version != pre.OperatorVersion, !d.hasAccess(o),
		Method(pre.Method) == MethodPassword && d.passwordBarred(o):
		return PreSession{}, ErrSignInEnded
	}
	p := PreSession{SignInView: view, Step: StepEnrol, PasskeyRequired: d.mustHavePasskey(view)}
	if len(view.Factors) == 0 {
		p.MayAddPasskey = d.HasPasskeys()
		return p, nil
	}
	p.Step, p.Passkeys, p.HasApp = StepCode, len(d.usable(view.Factors)) > 0, has(view.Factors, store.FactorTOTP)
	p.Codes = !d.onlyPasskey(view)
	return p, nil
}

// codesKey is the key of the counter of codes that were posted in one sign-in.
func (d *Desk) codesKey(pre store.Digest) string { return d.counterKey("sign-in", string(pre[:])) }

// passPassword is passFirst after a password. So that a password alone does not begin any
// number of sign-ins, the attempt of a known browser stays counted until one is completed;
// for a stranger's, see unfinished.
func (d *Desk) passPassword(ctx context.Context, v Visit, view store.SignInView, next string, try *attempt, more []store.Write) (Passed, error) {
	o := view.Operator
	first := firstStep{method: MethodPassword, event: "signin.password", next: next,
		writes: slices.Concat(try.succeeded(browserKey(try.browser)), more), opening: try.unhitName()}
	if try.failures > 0 {
		first.writes = append(first.writes, store.ClearCounter{Key: operatorKey("failed", o.ID)})
	}
	if d.secondStep(view, first) {
		var err error
		if first.waiting, err = d.unfinished(ctx, v, o, try); err != nil {
			return Passed{}, err
		}
	}
	return d.passFirst(ctx, v, view, first)
}

// unfinished returns the writes for a sign-in that begins in an unknown browser. They take
// the attempt back under its name. But if fewBegun others were begun within a day, and none
// was completed, it stays counted, so that a password alone costs few hashes, and an email
// tells the operator that someone has their password.
func (d *Desk) unfinished(ctx context.Context, v Visit, o store.Operator, try *attempt) ([]store.Write, error) {
	if try.browser.ID != "" {
		return nil, nil
	}
	key := operatorKey("begun", o.ID)
	_, few, err := d.Store.Hit(ctx, d.Now(), store.Hit{Key: key, Limit: store.Limit{Max: fewBegun, Window: day}, Seen: try.seen[key]})
	if err != nil {
		return nil, fmt.Errorf("count sign-in begun: %w", err)
	}
	if few {
		return try.unhitName(), nil
	}
	return d.unusual(ctx, v, o, letters.Unfinished)
}

// completed returns the writes that clear what was counted on the way to a session, but
// nothing that strangers share.
func (d *Desk) completed(view store.SignInView) []store.Write {
	o := view.Operator
	writes := []store.Write{store.ClearCounter{Key: operatorKey("begun", o.ID)}}
	if b := view.Browser; b.ID != "" {
		writes = append(writes, store.ClearCounter{Key: browserKey(b)}, store.ClearCounter{Key: operatorKey("password", o.ID)})
	}
	return writes
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
	p, err := d.preSession(ctx, v, token)
	if err != nil {
		return Passed{}, err
	}
	if p.Step != StepCode {
		return Passed{}, ErrSignInEnded
	}
	if err := d.admitted(ctx, v, p.Operator); err != nil {
		return Passed{}, err
	}
	if !p.Codes {
		return Passed{}, d.codeUnaccepted(ctx, v, p.Operator)
	}
	second, err := d.parseSecond(p.Operator.ID, input)
	if err != nil {
		return Passed{}, err
	}
	return d.trySecond(ctx, v, p, second, func(ctx context.Context, try *attempt) (proof, error) {
		return d.checkSecond(ctx, v, p.SignInView, second, try)
	})
}

// trySecond counts an answer to the second step of a sign-in, has it checked, and finishes
// the sign-in. Too many wrong ones end it.
func (d *Desk) trySecond(ctx context.Context, v Visit, p PreSession, second response, check func(context.Context, *attempt) (proof, error)) (Passed, error) {
	try := &attempt{d: d}
	mine, most := d.codesKey(p.PreSession.Digest), d.Settings().SignIn.Codes
	try.seeOperator(p.SignInView, mine)
	try.add(mine, store.Limit{Max: most, Window: preSessionLife})
	try.addCode(second.row)
	if err := try.count(ctx); err != nil {
		if try.refused == mine {
			// Not ended here: a correct code posted many times at once would end the
			// sign-in before the first of them has passed.
			return Passed{}, ErrTooManyCodes
		}
		d.limitedCode(ctx, v, p.Operator, second.factor, err)
		return Passed{}, err
	}
	last := try.countOf(mine) >= most
	ctx, done := counted(ctx)
	defer done()
	var passed Passed
	proof, err := check(ctx, try)
	if err == nil {
		passed, err = d.finish(ctx, v, p, proof, try)
	}
	if last && (errors.Is(err, ErrCode) || errors.Is(err, ErrPasskey)) {
		return Passed{}, d.endSignIn(ctx, p)
	}
	return passed, err
}

func (d *Desk) endSignIn(ctx context.Context, p PreSession) error {
	if err := d.Commit(ctx, store.EndPreSession{Digest: p.PreSession.Digest}); err != nil && !isNotFound(err) {
		return fmt.Errorf("end sign-in: %w", err)
	}
	return ErrTooManyCodes
}

// finish turns a pre-session and a second factor into a session, in one commit. Of
// several at once, one wins.
func (d *Desk) finish(ctx context.Context, v Visit, p PreSession, second proof, try *attempt) (Passed, error) {
	writes := slices.Concat([]store.Write{
		store.EndPreSession{Digest: p.PreSession.Digest},
		store.CheckOperator{ID: p.Operator.ID, Version: p.PreSession.OperatorVersion},
	}, try.succeeded(d.codesKey(p.PreSession.Digest)), second.writes) // that row ends with the sign-in
	passed, err := d.begin(ctx, v, p.SignInView, p.PreSession.Next, p.then(second.method), writes)
	if turnedAway(err) {
		try.takeBack(ctx)
	}
	return passed, d.unspent(ctx, v, p.Operator, p.Browser.ID != "", second, err)
}
