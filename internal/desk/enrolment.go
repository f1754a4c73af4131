package desk

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// Enrolment is an authenticator app about to be attached. Nothing of it is
// stored: it travels in the page, sealed, so that showing a page changes
// nothing, a refused code keeps the QR code already scanned, and two tabs do
// not disturb each other.
type Enrolment struct {
	// Key is what the app scans.
	Key totp.Key
	// Sealed comes back with the code. It holds the secret, a limited time, and
	// whom it is for.
	Sealed string
}

// pending is what Sealed holds.
type pending struct {
	FactorID string
	Secret   []byte
	Until    time.Time
}

// enrol makes an enrolment that only the holder of this pre-session or session
// can confirm.
func (d *Desk) enrol(o store.Operator, place string) (Enrolment, error) {
	id := vault.ID()
	secret, err := totp.NewSecret(totpOptions.Algorithm)
	if err != nil {
		return Enrolment{}, fmt.Errorf("make enrolment: %w", err)
	}
	plain, err := json.Marshal(pending{id, secret.Bytes(), d.now().Add(enrolmentLife)})
	if err != nil {
		return Enrolment{}, fmt.Errorf("make enrolment: %w", err)
	}
	sealed := d.Vault.Seal(vault.Enrolments, place, plain)
	return d.enrolment(o, secret, hex.EncodeToString(sealed))
}

func (d *Desk) enrolment(o store.Operator, secret totp.Secret, sealed string) (Enrolment, error) {
	key, err := totp.NewKey(issuer(d.Name()), o.Email, secret, totpOptions)
	if err != nil {
		return Enrolment{}, fmt.Errorf("make enrolment: %w", err)
	}
	return Enrolment{Key: key, Sealed: sealed}, nil
}

// issuer is the office's name as authenticator apps can take it: a colon would
// end it there.
func issuer(name string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(name, ":", " ")), " ")
}

// openEnrolment reads what came back, or ErrStale.
func (d *Desk) openEnrolment(o store.Operator, place, sealed string) (Enrolment, pending, error) {
	raw, err := hex.DecodeString(sealed)
	if err != nil {
		return Enrolment{}, pending{}, ErrStale
	}
	plain, err := d.Vault.Open(vault.Enrolments, place, raw)
	if err != nil {
		return Enrolment{}, pending{}, ErrStale
	}
	var p pending
	if err := json.Unmarshal(plain, &p); err != nil {
		return Enrolment{}, pending{}, fmt.Errorf("read enrolment: %w", err)
	}
	if !d.now().Before(p.Until) {
		return Enrolment{}, pending{}, ErrStale
	}
	secret, err := totp.SecretFromBytes(p.Secret)
	if err != nil {
		return Enrolment{}, pending{}, fmt.Errorf("read enrolment: %w", err)
	}
	e, err := d.enrolment(o, secret, sealed)
	return e, p, err
}

// ClockError says that a code was right for another time: the phone's clock is
// wrong. It is told only while enrolling, where the person sees the secret
// anyway, so it helps nobody to guess.
type ClockError struct {
	// Off is how far ahead the phone's clock is; negative is behind.
	Off time.Duration
}

func (e *ClockError) Error() string { return "the phone's clock is off by " + e.Off.String() }

// confirm checks the first code of a new authenticator and gives the factor to
// store. Guesses are bounded like those of any other code.
func (d *Desk) confirm(ctx context.Context, v Visit, o store.Operator, place, sealed, code, label string) (store.Factor, []store.Write, error) {
	if err := d.method.wellFormed(code); err != nil {
		return store.Factor{}, nil, err
	}
	e, p, err := d.openEnrolment(o, place, sealed)
	if err != nil {
		return store.Factor{}, nil, err
	}
	try, err := d.codeAttempt(ctx, "enrol", o.ID)
	if err != nil {
		d.limitedCode(ctx, v, o, "new authenticator", err)
		return store.Factor{}, nil, err
	}
	step, err := totp.Verify(e.Key.Secret, code, d.now(), totpOptions)
	if err != nil {
		d.Audit(v, "code.refused", Failure).Target(o).Because("first code of a new authenticator").Record(ctx)
		if try.last {
			d.noteLock(ctx, v, o)
		}
		if steps, ok := totp.Drift(e.Key.Secret, code, d.now(), totpOptions); ok {
			return store.Factor{}, nil, &ClockError{Off: time.Duration(steps) * totp.Period}
		}
		return store.Factor{}, nil, ErrCode
	}
	sealedSecret := d.Vault.Seal(vault.FactorSecrets, factorPlace(o.ID, p.FactorID), p.Secret)
	now := d.now()
	return store.Factor{
		ID: p.FactorID, OperatorID: o.ID, Kind: kindTOTP, Label: label, Secret: sealedSecret, Step: step,
		CreatedAt: now, ConfirmedAt: now, LastUsedAt: now, IP: OneLine(v.Address, 64),
	}, try.succeeded(), nil
}

// firstLabel is what an authenticator is called until its owner says better.
const firstLabel = "Authenticator app"

// factorAdded audits a new authenticator and tells its owner.
func (d *Desk) factorAdded(v Visit, o store.Operator, f store.Factor) ([]store.Write, error) {
	event := d.Audit(v, "two_factor.added", Success).By(o).Target(o).With("factor", f.ID).With("label", f.Label).Write()
	told, err := d.tellOwner(v, o, letters.TwoFactorAdded, "")
	if err != nil {
		return nil, err
	}
	return []store.Write{event, told}, nil
}
