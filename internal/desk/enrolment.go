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

// Enrolment is an authenticator app about to be added. It is not stored but
// travels in the page, sealed. So showing a page changes nothing, a refused code
// keeps the QR code that was scanned, and two tabs do not disturb each other.
type Enrolment struct {
	// Key is what the app scans.
	Key totp.Key
	// Sealed comes back with the code. It contains the secret and its expiry, bound
	// to one session or sign-in.
	Sealed string
}

// pending is what Sealed contains.
type pending struct {
	FactorID string
	Secret   []byte
	Until    time.Time
}

// enrol creates an enrolment that can be confirmed only in this session or
// sign-in.
func (d *Desk) enrol(email, place string, secret totp.Secret) (Enrolment, error) {
	id := vault.ID()
	plain, err := json.Marshal(pending{id, secret.Bytes(), d.Now().Add(enrolmentLife)})
	if err != nil {
		return Enrolment{}, fmt.Errorf("make enrolment: %w", err)
	}
	sealed := d.Vault.Seal(vault.Enrolments, place, plain)
	return d.enrolment(email, secret, hex.EncodeToString(sealed))
}

func (d *Desk) enrolment(email string, secret totp.Secret, sealed string) (Enrolment, error) {
	key, err := totp.NewKey(issuer(d.Name()), email, secret, d.totpOptions())
	if err != nil {
		return Enrolment{}, fmt.Errorf("make enrolment: %w", err)
	}
	return Enrolment{Key: key, Sealed: sealed}, nil
}

// issuer returns the office's name for authenticator apps, which cut it at a colon.
func issuer(name string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(name, ":", " ")), " ")
}

// openEnrolment reads an enrolment that came back, or returns ErrStale.
func (d *Desk) openEnrolment(email, place, sealed string) (Enrolment, pending, error) {
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
	if now := d.Now(); !now.Before(p.Until) || ahead(p.Until, now.Add(enrolmentLife)) {
		return Enrolment{}, pending{}, ErrStale
	}
	secret, err := totp.SecretFromBytes(p.Secret)
	if err != nil {
		return Enrolment{}, pending{}, fmt.Errorf("read enrolment: %w", err)
	}
	e, err := d.enrolment(email, secret, sealed)
	return e, p, err
}

// ClockError means that a code is correct for another time, so the phone's clock is
// wrong. Only enrolment says so, where the operator sees the secret anyway, so it
// helps no one to guess.
type ClockError struct {
	// Off is how far the phone's clock is ahead; negative is behind.
	Off time.Duration
}

func (e *ClockError) Error() string { return "the phone's clock is off by " + e.Off.String() }

// confirm checks the first code of an enrolment and returns the factor to store, and
// the counted attempt. Wrong codes are limited, as at sign-in.
func (d *Desk) confirm(ctx context.Context, v Visit, o store.Operator, place, sealed, code, label string) (store.Factor, *attempt, error) {
	code, recovery, err := readCode(code)
	if recovery {
		err = notCode()
	}
	if err != nil {
		return store.Factor{}, nil, err
	}
	e, p, err := d.openEnrolment(o.Email, place, sealed)
	if err != nil {
		return store.Factor{}, nil, err
	}
	try := &attempt{d: d}
	try.addCode(operatorKey("enrol", o.ID))
	if err := try.count(ctx); err != nil {
		d.limitedCode(ctx, v, o, "new authenticator", err)
		return store.Factor{}, nil, err
	}
	step, err := totp.Verify(e.Key.Secret, code, d.Now(), d.totpOptions())
	if err != nil {
		refused := d.Audit(v, "code.refused", Failure).Target(o).Because("first code of a new authenticator")
		d.recordFailure(ctx, v, try, refused, o)
		if steps, ok := totp.Drift(e.Key.Secret, code, d.Now(), d.totpOptions()); ok {
			return store.Factor{}, nil, &ClockError{Off: time.Duration(steps) * totp.Period}
		}
		return store.Factor{}, nil, ErrCode
	}
	sealedSecret := d.Vault.Seal(vault.FactorSecrets, FactorPlace(o.ID, p.FactorID), p.Secret)
	now := d.Now()
	return store.Factor{
		ID: p.FactorID, OperatorID: o.ID, Kind: store.FactorTOTP, Label: label, Secret: sealedSecret, Step: step,
		CreatedAt: now, ConfirmedAt: now, LastUsedAt: now, IP: OneLine(v.IP, 64),
	}, try, nil
}

// firstLabel is the name of an authenticator app that was not given one, as it is stored.
const firstLabel = "Authenticator app"

// factorAdded returns the audit entry of a new authenticator app, and the email to
// its owner.
func (d *Desk) factorAdded(v Visit, o store.Operator, f store.Factor) ([]store.Write, error) {
	event := d.Audit(v, "two_factor.added", Success).By(o).Target(o).With("factor", f.ID).With("label", f.Label).Write()
	told, err := d.tellOwner(v, o, letters.TwoFactorAdded, "")
	if err != nil {
		return nil, err
	}
	return []store.Write{event, told}, nil
}
