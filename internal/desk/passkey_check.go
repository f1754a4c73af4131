package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/store"
)

// usedPasskey is a right answer of a passkey.
type usedPasskey struct {
	held
	answered
	use PasskeyUse
}

// passkeyResponse is a passkey as a second factor that is counted.
func passkeyResponse(operatorID string) response {
	return response{factor: MethodPasskey.factor(), row: operatorKey("passkey", operatorID)}
}

// judgePasskey checks an answer against the passkeys of an operator, and returns why it is
// refused, only for the audit log, or "". It reads and writes nothing.
func (d *Desk) judgePasskey(ctx context.Context, view store.SignInView, a answered, verifyUser bool) (used usedPasskey, why string) {
	o := view.Operator
	own := d.usable(view.Factors)
	i := slices.IndexFunc(own, func(h held) bool { return bytes.Equal(h.Passkey.ID, a.id) })
	used = usedPasskey{answered: a}
	// The same work is done for a passkey that is not known, so that the answer takes as
	// long.
	of := strangersPasskey(a.id)
	if i >= 0 {
		used.held, of = own[i], own[i].Passkey
	}
	r := d.passkeyRequest(a.challenge, o.ID, o.Email, o.Name)
	r.VerifyUser = verifyUser
	err := d.checkerSays(ctx, func() (err error) {
		used.use, err = d.Passkeys.Used(r, of, a.text)
		return err
	})
	switch {
	case i < 0:
		return used, unknownPasskey
	case err != nil:
		return used, err.Error()
	case !advances(used.Factor.Step, used.use.Counter):
		return used, counterBack
	}
	return used, ""
}

// checkerSays asks the checker of passkeys. If it panics, the answer is refused: it came from
// outside.
func (d *Desk) checkerSays(ctx context.Context, check func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			d.Log.ErrorContext(ctx, "panic in Passkeys", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = errors.New("malformed answer")
		}
	}()
	return check()
}

const (
	unknownPasskey = "not a passkey of this operator"
	counterBack    = "its counter did not go up"
	usedBefore     = "its answer was used before"
)

// advances reports whether a signature counter went up, or the authenticator does not count
// (Web Authentication section 7.2).
func advances(before int64, now uint32) bool { return int64(now) > before || before == 0 && now == 0 }

// spendPasskey returns the writes that use up an answer, and what is new about its passkey.
func (d *Desk) spendPasskey(o store.Operator, used usedPasskey) ([]store.Write, error) {
	advance := store.AdvanceFactor{ID: used.Factor.ID, Step: int64(used.use.Counter), At: d.Now(), Counts: true}
	if r := used.passkeyRecord; r.Copied != used.use.Copied {
		r.Copied = used.use.Copied
		sealed, err := d.sealPasskey(o.ID, used.Factor.ID, r)
		if err != nil {
			return nil, err
		}
		advance.Secret = sealed
	}
	return []store.Write{d.spendChallenge(used.answered, o.ID), advance}, nil
}

// checkPasskey checks the answer of a passkey that was counted in a row of the attempt. If it
// is refused, that is audited, and the error is an ErrPasskey.
func (d *Desk) checkPasskey(ctx context.Context, v Visit, view store.SignInView, a answered, try *attempt) (proof, error) {
	o := view.Operator
	used, why := d.judgePasskey(ctx, view, a, false)
	if why == "" {
		writes, err := d.spendPasskey(o, used)
		if err != nil {
			try.takeBack(ctx)
		}
		return proof{writes: writes, method: MethodPasskey, passkey: &used}, err
	}
	why, err := d.whyBack(ctx, a, why)
	if err != nil {
		try.takeBack(ctx)
		return proof{}, err
	}
	more := try.failed()
	// The first step was right, so the owner is told after several wrong ones.
	if row, _ := try.row(); row == wrongCodesTold && why != counterBack {
		more = append(more, d.notified(ctx, v, o, letters.WrongCodes)...)
	}
	entry, told := d.refusedPasskey(ctx, v, o, used, why)
	d.recordFailure(ctx, v, try, entry, o, append(more, told...)...)
	try.done()
	return proof{}, passkeyError(why)
}

func passkeyError(why string) error {
	switch why {
	case unknownPasskey:
		return ErrPasskeyUnknown
	case counterBack:
		return ErrPasskeyCounter
	case usedBefore:
		return ErrStale
	}
	return ErrPasskey
}

// whyBack tells an answer that was used before from one of a copy: both have a counter that
// does not go up.
func (d *Desk) whyBack(ctx context.Context, a answered, why string) (string, error) {
	if why != counterBack {
		return why, nil
	}
	replayed, err := d.wasSpent(ctx, a)
	if replayed {
		why = usedBefore
	}
	return why, err
}

// refusedPasskey returns the audit entry of a refused passkey, and the email to the owner of
// one that may be a copy.
func (d *Desk) refusedPasskey(ctx context.Context, v Visit, o store.Operator, used usedPasskey, why string) (e *Entry, told []store.Write) {
	e = d.Audit(v, "passkey.refused", Failure)
	switch why {
	case usedBefore:
		e = d.Audit(v, "passkey.replayed", Refused)
	case counterBack:
		e = d.Audit(v, "passkey.cloned", Refused).
			With("before", strconv.FormatInt(used.Factor.Step, 10)).With("after", strconv.FormatUint(uint64(used.use.Counter), 10))
		told = d.notified(ctx, v, o, letters.PasskeyCounter)
	}
	if used.Factor.ID != "" {
		e.With("factor", used.Factor.ID).With("label", used.Factor.Label)
	}
	return e.Target(o).Because(why), told
}

// unspent is spent for whichever factor was used: if a commit refused a passkey, its answer
// was used before, or its counter went up in the meantime.
func (d *Desk) unspent(ctx context.Context, v Visit, o store.Operator, known bool, second proof, err error) error {
	if second.passkey == nil || err == nil {
		return d.spent(ctx, v, o, known, err)
	}
	if !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrReplayed) && !errors.Is(err, ErrSignInEnded) && !isNotFound(err) {
		return err
	}
	switch replayed, findErr := d.wasSpent(ctx, second.passkey.answered); {
	case findErr != nil:
		return findErr
	case replayed:
		entry, _ := d.refusedPasskey(ctx, v, o, *second.passkey, usedBefore)
		entry.Record(ctx)
		if errors.Is(err, ErrSignInEnded) {
			return err
		}
		return ErrStale
	case errors.Is(err, store.ErrReplayed):
		entry, told := d.refusedPasskey(ctx, v, o, *second.passkey, counterBack)
		entry.Record(ctx, told...)
		return ErrPasskeyCounter
	}
	return err
}

// codeUnaccepted refuses a code, or a password, where only a passkey is accepted. Nothing is
// looked at, so nothing is counted or spent.
func (d *Desk) codeUnaccepted(ctx context.Context, v Visit, o store.Operator) error {
	d.Audit(v, "code.refused", Refused).Target(o).Because("a passkey is required").Record(ctx)
	return ErrPasskeyNeeded
}

// strangersKey is a public key for ES256, as COSE_Key: the base point of P-256. An answer that
// it checks is refused, whatever comes out.
var strangersKey = []byte("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" +
	"\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96" +
	"\x22\x58\x20" +
	"\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5")

// strangersPasskey stands in for a passkey that does not exist.
func strangersPasskey(id []byte) Passkey { return Passkey{ID: id, PublicKey: strangersKey} }
