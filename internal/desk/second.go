package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/store"
)

// proof is a second factor that was right, and what has to be committed
// together with what it is for, so that it is spent exactly once.
type proof struct {
	writes []store.Write
	// factor names what was used, for the audit.
	factor string
	// recovery says that it was a recovery code; left is how many remain.
	recovery bool
	left     int
	try      *attempt
}

// unused gives the try back: the code was right, but nothing came of it.
func (p *proof) unused(ctx context.Context) {
	if p.try != nil {
		p.try.unused(ctx)
	}
}

// told adds to a proof by recovery code that it is audited and its owner told.
func (d *Desk) told(v Visit, o store.Operator, p *proof) error {
	if !p.recovery {
		return nil
	}
	more, err := d.recoveryUsed(v, o, p.left)
	p.writes = append(p.writes, more...)
	return err
}

// checkSecond checks a code of the authenticator app or, where it has that
// shape, a recovery code. ErrCode when it is wrong, *InvalidError when it
// cannot be one, *LimitedError when there were too many.
func (d *Desk) checkSecond(ctx context.Context, v Visit, o store.Operator, input string) (*proof, error) {
	if code, ok := parseRecoveryCode(input); ok {
		return d.checkRecovery(ctx, v, o, code)
	}
	return d.checkCode(ctx, v, o, input)
}

func (d *Desk) checkCode(ctx context.Context, v Visit, o store.Operator, input string) (*proof, error) {
	if err := d.method.wellFormed(input); err != nil {
		return nil, err
	}
	try, err := d.codeAttempt(ctx, "code", o.ID)
	if err != nil {
		d.limitedCode(ctx, v, o, "authenticator", err)
		return nil, err
	}
	factors, err := d.Store.ListFactors(ctx, o.ID)
	if err != nil {
		return nil, fmt.Errorf("list factors: %w", err)
	}
	var accepted store.Write
	for _, f := range factors {
		w, err := d.method.verify(f, input, d.now())
		if err != nil {
			// A secret that does not open is never "no second factor".
			d.Audit(v, "two_factor.unreadable", Failure).Target(o).Thing("factor", f.ID, f.Label).Record(ctx)
			return nil, fmt.Errorf("verify code: %w", err)
		}
		if w != nil {
			accepted = w
		}
	}
	if accepted == nil {
		d.recordRefusedCode(ctx, v, o, try, d.Audit(v, "code.refused", Failure).Target(o))
		if try.last {
			d.noteLock(ctx, v, o)
		}
		return nil, ErrCode
	}
	return &proof{writes: append(try.succeeded(), accepted), factor: "authenticator", try: try}, nil
}

// recordRefusedCode records a wrong code. The one that makes it many tells the
// owner, whose password must have been right.
func (d *Desk) recordRefusedCode(ctx context.Context, v Visit, o store.Operator, try *attempt, e *Entry) {
	if try.row == wrongCodesTold {
		d.recordUnusual(ctx, v, o, letters.WrongCodes, e)
		return
	}
	e.Record(ctx)
}

// spent turns the refusal of a proof's writes into the same answer as a wrong
// code, and keeps the difference in the audit (63B-4 section 3.1.4.2).
func (d *Desk) spent(ctx context.Context, v Visit, o store.Operator, err error) error {
	switch {
	case errors.Is(err, store.ErrReplayed):
		d.recordUnusual(ctx, v, o, letters.CodeReplayed, d.Audit(v, "code.replayed", Refused).Target(o))
		return ErrCode
	case errors.Is(err, store.ErrUsed):
		d.Audit(v, "recovery.refused", Refused).Target(o).Because("used at the same moment").Record(ctx)
		return ErrCode
	}
	return err
}

// SubmitCode finishes a sign-in with a code of the authenticator app or a
// recovery code. ErrSignInEnded (also as ErrTooManyCodes) means to start
// again, ErrCode to try again.
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
	used, _, ok, err := d.Store.Hit(ctx, mine, store.Limit{Max: most, Window: preSessionLife}, d.now())
	if err != nil {
		return Passed{}, fmt.Errorf("count code: %w", err)
	}
	if !ok {
		// Not ended here: a right code posted many times at once would
		// otherwise end the sign-in before the first of them has passed.
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
			// What cannot be a code, or was not looked at, is no guess.
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
	if err := d.Commit(ctx, store.EndPreSession{Digest: p.pre.Digest}); err != nil && !IsNotFound(err) {
		return fmt.Errorf("end sign-in: %w", err)
	}
	return ErrTooManyCodes
}

// finish makes a session of a pre-session and a proof, in one commit: of many
// at once one wins.
func (d *Desk) finish(ctx context.Context, v Visit, p PreSession, second *proof) (Passed, error) {
	writes := []store.Write{
		store.EndPreSession{Digest: p.pre.Digest},
		store.CheckOperator{ID: p.Operator.ID, Version: p.pre.OperatorVersion},
	}
	if err := d.told(v, p.Operator, second); err != nil {
		return Passed{}, err
	}
	return d.begin(ctx, v, p.Operator, p.pre.Next, second.factor, append(writes, second.writes...))
}
