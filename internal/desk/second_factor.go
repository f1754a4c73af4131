package desk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// proof is a correct second factor, with the writes that spend it. They are
// committed together with what it is for, so that it is used exactly once.
type proof struct {
	writes []store.Write
	// factor names what was used, for the audit.
	factor string
	// recovery reports that it was a recovery code; left is how many remain.
	recovery bool
	left     int
	try      *attempt
}

// unused takes the attempt back: the code was correct, but nothing came of it.
func (p *proof) unused(ctx context.Context) {
	if p.try != nil {
		p.try.unused(ctx)
	}
}

// recordRecovery adds to a proof by recovery code its audit entry, and the email
// to the owner.
func (d *Desk) recordRecovery(v Visit, o store.Operator, p *proof) error {
	if !p.recovery {
		return nil
	}
	event := d.Audit(v, "recovery.used", Success).By(o).Target(o).With("left", strconv.Itoa(p.left)).Write()
	told, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter { return letters.RecoveryCodeUsed(n, p.left) }, "")
	p.writes = append(p.writes, event, told)
	return err
}

// checkSecond checks a recovery code if input has the shape of one, otherwise an
// authenticator code. It returns ErrCode if the code is wrong,
// *InvalidError if it cannot be one, *LimitedError if there were too many.
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
	try, err := d.rowAttempt(ctx, operatorKey("code", o.ID), d.codeLimit())
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
		w, err := d.method.verify(f, input, d.Now())
		if err != nil {
			// A secret that cannot be opened does not mean that there is no second
			// factor.
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

// recordRefusedCode audits a wrong code. After some of them it also emails the
// owner, as the password must have been correct.
func (d *Desk) recordRefusedCode(ctx context.Context, v Visit, o store.Operator, try *attempt, e *Entry) {
	if try.row == wrongCodesTold {
		d.recordUnusual(ctx, v, o, letters.WrongCodes, e)
		return
	}
	e.Record(ctx)
}

// spent returns ErrCode if a commit refused a proof because it was already used,
// and audits the difference (63B-4 section 3.1.4.2).
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

// factorMethod is a kind of second factor. Authenticator apps are the only one so
// far.
type factorMethod interface {
	// wellFormed returns *InvalidError for what cannot be a response at all.
	wellFormed(input string) error
	// verify returns the write that spends the response, nil if the response is
	// wrong, and an error if the factor itself cannot be read.
	verify(f store.Factor, input string, now time.Time) (store.Write, error)
}

// kindTOTP is the stored kind of authenticator apps.
const kindTOTP = "totp"

// totpMethod is RFC 6238: SHA-1, 6 digits, 30 seconds, one step either way.
type totpMethod struct{ vault *vault.Vault }

var totpOptions = totp.Options{}

func (totpMethod) wellFormed(input string) error {
	_, err := totp.Verify(blankSecret, input, time.Unix(0, 0), totpOptions)
	if errors.Is(err, totp.ErrMalformed) {
		bad := &InvalidError{}
		bad.Add("code", "not_code", "Enter the 6 digits that your authenticator app shows.")
		return bad
	}
	return nil
}

// blankSecret serves to check the form of a code.
var blankSecret = func() totp.Secret {
	s, err := totp.SecretFromBytes(make([]byte, 20))
	if err != nil {
		panic("desk: " + err.Error())
	}
	return s
}()

func (m totpMethod) verify(f store.Factor, input string, now time.Time) (store.Write, error) {
	if f.Kind != kindTOTP {
		return nil, nil
	}
	plain, err := m.vault.Open(vault.FactorSecrets, factorPlace(f.OperatorID, f.ID), f.Secret)
	if err != nil {
		return nil, err
	}
	secret, err := totp.SecretFromBytes(plain)
	clear(plain)
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	step, err := totp.Verify(secret, input, now, totpOptions)
	if errors.Is(err, totp.ErrMismatch) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return store.AdvanceFactor{ID: f.ID, Step: step, At: now}, nil
}

// factorPlace binds a secret to its operator and its row, so that it cannot be
// moved to another's.
func factorPlace(operatorID, factorID string) string {
	return "factors/secret/" + operatorID + "/" + factorID
}
