package desk

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// BeginSignInEnrolment returns the authenticator app to add, during sign-in. Its secret is
// the same each time: while the authenticator app is open, a phone often drops the page
// and has to load it again, and the app already has the secret of the first time.
func (d *Desk) BeginSignInEnrolment(ctx context.Context, token string) (Enrolment, error) {
	p, err := d.enrolling(ctx, Visit{}, token)
	if err != nil {
		return Enrolment{}, err
	}
	place := preSessionPlace(p)
	secret, err := d.signInSecret(place)
	if err != nil {
		return Enrolment{}, err
	}
	return d.enrol(p.Operator.Email, place, secret)
}

// signInSecret derives a secret of 20 bytes, as a random one for SHA-1 has. The place holds
// the digest of the sign-in's random token, and no other sign-in has it.
func (d *Desk) signInSecret(place string) (totp.Secret, error) {
	secret, err := totp.SecretFromBytes(d.Vault.MAC(vault.EnrolmentSecrets, place)[:20])
	if err != nil {
		return totp.Secret{}, fmt.Errorf("make enrolment: %w", err)
	}
	return secret, nil
}

// ShownSignInEnrolment returns the enrolment that a refused form came with.
func (d *Desk) ShownSignInEnrolment(ctx context.Context, token, sealed string) (Enrolment, error) {
	p, err := d.enrolling(ctx, Visit{}, token)
	if err != nil {
		return Enrolment{}, err
	}
	e, _, err := d.openEnrolment(p.Operator.Email, preSessionPlace(p), sealed)
	return e, err
}

func (d *Desk) enrolling(ctx context.Context, v Visit, token string) (PreSession, error) {
	p, err := d.preSession(ctx, v, token)
	switch {
	case err != nil:
	case p.Step != StepEnrol:
		err = ErrSignInEnded
	case p.PasskeyRequired:
		err = ErrPasskeyNeeded
	}
	return p, err
}

func preSessionPlace(p PreSession) string {
	return "pre-session/" + p.Operator.ID + "/" + hex.EncodeToString(p.PreSession.Digest[:])
}

// ConfirmSignInEnrolment adds the authenticator app and signs in. One commit spends
// the sign-in, stores the app with its recovery codes, and begins the session. The
// codes are returned to be shown once.
func (d *Desk) ConfirmSignInEnrolment(ctx context.Context, v Visit, token, sealed, code string) (Passed, []string, error) {
	p, err := d.enrolling(ctx, v, token)
	if err != nil {
		return Passed{}, nil, err
	}
	o := p.Operator
	if err := d.admitted(ctx, v, o); err != nil {
		return Passed{}, nil, err
	}
	ctx, done := counted(ctx)
	defer done()
	factor, try, err := d.confirm(ctx, v, o, preSessionPlace(p), sealed, code, firstLabel)
	if err != nil {
		return Passed{}, nil, err
	}
	codes, set, err := d.newRecoveryCodes(ctx, o.ID)
	if err != nil {
		return Passed{}, nil, err
	}
	added, err := d.factorAdded(v, o, factor)
	if err != nil {
		return Passed{}, nil, err
	}
	// Putting the operator moves its version, so that another sign-in with the same
	// password cannot add an app of its own. It has to start again, and needs a
	// code of this one.
	o.UpdatedAt = d.Now()
	writes := append([]store.Write{
		store.EndPreSession{Digest: p.PreSession.Digest},
		store.PutOperator{Operator: o},
		store.PutFactor{Factor: factor}, set,
	}, append(added, try.succeeded()...)...)
	passed, err := d.begin(ctx, v, p.SignInView, p.PreSession.Next, p.adding(MethodTOTP), writes)
	if turnedAway(err) {
		// The code was correct, so this is not a failed attempt.
		try.takeBack(ctx)
	}
	if errors.Is(err, store.ErrExists) {
		err = ErrSignInEnded
	}
	if err != nil {
		return Passed{}, nil, err
	}
	return passed, codes, nil
}
