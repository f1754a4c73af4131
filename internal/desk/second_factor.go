package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// response is a second factor as it was typed, of the right form but not checked.
type response struct {
	code string
	// factor names it for the audit; recovery reports that it is a recovery code.
	factor   string
	recovery bool
	// row is the key of the operator's wrong ones of this kind.
	row string
	// passkey is the answer of one, which is then what this is.
	passkey *answered
}

// parseSecond reads a second factor as it was typed.
func (d *Desk) parseSecond(operatorID, input string) (response, error) {
	code, recovery, err := readCode(input)
	if recovery {
		return response{code: code, factor: "recovery code", recovery: true, row: operatorKey("recovery", operatorID)}, err
	}
	return response{code: code, factor: "authenticator", row: operatorKey("code", operatorID)}, err
}

// method is what it proves if it is correct.
func (r response) method() Method {
	if r.recovery {
		return MethodRecovery
	}
	return MethodTOTP
}

// proof is a correct second factor, with the writes that spend it. They are
// committed together with what it is for, so that it is used exactly once.
type proof struct {
	writes []store.Write
	method Method
	// provider is the key of the session at the company's identity provider, if they
	// confirmed their identity there.
	provider string
	// passkey is what was used, of a passkey.
	passkey *usedPasskey
}

// checkSecond checks a second factor that was counted in a row of the attempt. If it
// is wrong, checkSecond audits that and returns ErrCode, or an ErrPasskey. If an authenticator secret
// cannot be read, the error is also ErrUnreadable, and only that if none can: then
// nothing was guessed.
func (d *Desk) checkSecond(ctx context.Context, v Visit, view store.SignInView, r response, try *attempt) (proof, error) {
	if r.passkey != nil {
		return d.checkPasskey(ctx, v, view, *r.passkey, try)
	}
	check := d.checkCode
	if r.recovery {
		check = d.checkRecovery
	}
	spend, err := check(ctx, v, view, r)
	if err != nil && !errors.Is(err, ErrCode) {
		try.takeBack(ctx) // it was not a guess
		return proof{}, err
	}
	if spend != nil {
		return proof{writes: spend, method: r.method()}, nil
	}
	o := view.Operator
	refused := d.Audit(v, "code.refused", Failure)
	if r.recovery {
		refused = d.Audit(v, "recovery.refused", Failure)
	}
	more := try.failed()
	// The password was correct, so the owner is told after several wrong codes.
	if row, _ := try.row(); row == wrongCodesTold {
		more = append(more, d.notified(ctx, v, o, letters.WrongCodes)...)
	}
	d.recordFailure(ctx, v, try, refused.Target(o), o, more...)
	try.done()
	return proof{}, cmp.Or(err, ErrCode)
}

// checkCode returns the writes that spend a code of an authenticator app, or none if
// it is wrong. If no app accepts it and some cannot be read, it returns ErrUnreadable;
// as ErrCode, if the code was checked with another.
func (d *Desk) checkCode(ctx context.Context, v Visit, view store.SignInView, r response) (spend []store.Write, err error) {
	var unreadable []*Entry
	apps := 0
	for _, f := range view.Factors {
		if f.Kind != store.FactorTOTP {
			continue
		}
		apps++
		w, err := d.method.verify(f, r.code, d.Now())
		switch {
		case err != nil:
			unreadable = append(unreadable, d.Audit(v, "two_factor.unreadable", Failure).Target(view.Operator).With("factor", f.ID).With("label", f.Label))
		case w != nil:
			spend = []store.Write{w}
		}
	}
	if spend != nil || len(unreadable) == 0 {
		return spend, nil
	}
	for _, entry := range unreadable {
		entry.Record(ctx)
	}
	if len(unreadable) < apps {
		return nil, errCodeUnreadable
	}
	return nil, ErrUnreadable
}

// spent returns ErrCode if a commit refused a proof because it was already used,
// and audits the difference (63B-4 section 3.1.4.2). In a browser that is known, it is
// the owner who did not wait for the next code, such as right after enrolling, so no
// email tells them.
func (d *Desk) spent(ctx context.Context, v Visit, o store.Operator, known bool, err error) error {
	switch {
	case errors.Is(err, store.ErrReplayed):
		var told []store.Write
		if !known {
			told = d.notified(ctx, v, o, letters.CodeReplayed)
		}
		d.Audit(v, "code.replayed", Refused).Target(o).Record(ctx, told...)
		return ErrCode
	case errors.Is(err, store.ErrUsed):
		d.Audit(v, "recovery.refused", Refused).Target(o).Because("used at the same moment").Record(ctx)
		return ErrCode
	}
	return err
}

// factorMethod is a kind of second factor of which people type codes. Authenticator apps are
// the only one.
type factorMethod interface {
	// verify returns the write that spends the response, nil if the response is
	// wrong, and an error if the factor itself cannot be read.
	verify(f store.Factor, input string, now time.Time) (store.Write, error)
}

// totpMethod is RFC 6238: SHA-1, 6 digits, 30 seconds, one step either way unless a
// parameter says none.
type totpMethod struct {
	vault   *vault.Vault
	options func() totp.Options
}

func (d *Desk) totpOptions() totp.Options {
	return totp.Options{StrictWindow: d.Settings().StrictCodes}
}

func (m totpMethod) verify(f store.Factor, input string, now time.Time) (store.Write, error) {
	if f.Kind != store.FactorTOTP {
		return nil, nil
	}
	plain, err := m.vault.Open(vault.FactorSecrets, FactorPlace(f.OperatorID, f.ID), f.Secret)
	if err != nil {
		return nil, err
	}
	secret, err := totp.SecretFromBytes(plain)
	clear(plain)
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	step, err := totp.Verify(secret, input, now, m.options())
	if errors.Is(err, totp.ErrMismatch) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return store.AdvanceFactor{ID: f.ID, Step: step, At: now}, nil
}

// FactorPlace binds a secret to its operator and its row, so that it cannot be
// moved to another's.
func FactorPlace(operatorID, factorID string) string {
	return "factors/secret/" + operatorID + "/" + factorID
}
