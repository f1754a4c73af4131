package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// MostPasskeys is how many passkeys an operator can have.
const MostPasskeys = 10

// firstPasskey is the name of a passkey that was not given one, as it is stored.
const firstPasskey = "Passkey"

// BeginPasskey returns the options with which a browser makes a new passkey, after a
// step-up.
func (d *Desk) BeginPasskey(ctx context.Context, id *Identity) (options string, err error) {
	if !id.Proved() {
		return "", ErrStepUp
	}
	factors, err := d.Store.ListFactors(ctx, id.Operator.ID)
	if err != nil {
		return "", fmt.Errorf("list factors: %w", err)
	}
	o := store.Operator{ID: id.Operator.ID, Email: id.Operator.Email, Name: id.Operator.Name}
	return d.newPasskeyOptions(o, factors, sessionAsked(toAdd, id))
}

func (d *Desk) newPasskeyOptions(o store.Operator, factors []store.Factor, place string) (string, error) {
	if err := d.mayAddPasskey(factors); err != nil {
		return "", err
	}
	return passkeyOptions(d.Passkeys.CreationOptions, d.newPasskeyRequest(o, factors, d.challenge(place)))
}

// newPasskeyRequest asks for a passkey that authenticators can be asked for alone, if it is
// to be the whole sign-in. Those that the operator has are named, so that no authenticator
// gets two.
func (d *Desk) newPasskeyRequest(o store.Operator, factors []store.Factor, challenge []byte) PasskeyRequest {
	r := d.passkeyRequest(challenge, o.ID, o.Email, o.Name)
	r.Known = known(d.usable(factors))
	r.Discoverable, r.VerifyUser = d.OffersPasskeySignIn(), d.OffersPasskeySignIn()
	return r
}

func (d *Desk) mayAddPasskey(factors []store.Factor) error {
	switch {
	case !d.HasPasskeys():
		return ErrNoPasskeys
	case countOf(factors, store.FactorPasskey) >= MostPasskeys:
		return invalid("passkey", "too_many", messages.New("passkey.problem.too_many", "n", MostPasskeys))
	}
	return nil
}

// newPasskey checks the answer to the options of a new passkey and returns the factor to
// store. Refused ones are limited, as first codes of authenticator apps are.
func (d *Desk) newPasskey(ctx context.Context, v Visit, o store.Operator, factors []store.Factor, a answered, label string) (store.Factor, *attempt, error) {
	if err := d.mayAddPasskey(factors); err != nil {
		return store.Factor{}, nil, err
	}
	try := &attempt{d: d}
	try.addCode(operatorKey("enrol", o.ID))
	if err := try.count(ctx); err != nil {
		d.limitedCode(ctx, v, o, "new passkey", err)
		return store.Factor{}, nil, err
	}
	var made Passkey
	err := d.checkerSays(ctx, func() (err error) {
		made, err = d.Passkeys.Created(d.newPasskeyRequest(o, factors, a.challenge), a.text)
		return err
	})
	if err != nil {
		refused := d.Audit(v, "passkey.refused", Failure).Target(o).Because("new passkey: " + err.Error())
		d.recordFailure(ctx, v, try, refused, o)
		return store.Factor{}, nil, ErrPasskey
	}
	factorID, now := vault.ID(), d.Now()
	sealed, err := d.sealPasskey(o.ID, factorID, passkeyRecord{RPID: d.PasskeyHost(), Passkey: made})
	if err != nil {
		try.takeBack(ctx)
		return store.Factor{}, nil, err
	}
	return store.Factor{
		ID: factorID, OperatorID: o.ID, Kind: store.FactorPasskey, Handle: passkeyHandle(made.ID), Label: label, Secret: sealed,
		Step: int64(made.Counter), CreatedAt: now, ConfirmedAt: now, IP: OneLine(v.IP, 64),
	}, try, nil
}

// passkeyLabel is the name of a new passkey.
func passkeyLabel(label string) (string, error) {
	if label == "" {
		return firstPasskey, nil
	}
	bad := &InvalidError{}
	label = cleanName("label", label, bad)
	return label, bad.Err()
}

// passkeyAdded returns the audit entry of a new passkey, and the email to its owner.
func (d *Desk) passkeyAdded(v Visit, o store.Operator, f store.Factor) ([]store.Write, error) {
	event := d.Audit(v, "passkey.added", Success).By(o).Target(o).With("factor", f.ID).With("label", f.Label).Write()
	told, err := d.tellOwner(v, o, letters.PasskeyAdded, "")
	return []store.Write{event, told}, err
}

// notAdded says why a commit refused a new passkey: its challenge was used before, or it is
// added already, to whichever account.
func (d *Desk) notAdded(ctx context.Context, v Visit, o store.Operator, a answered, err error) error {
	if !errors.Is(err, store.ErrExists) {
		return err
	}
	switch replayed, findErr := d.wasSpent(ctx, a); {
	case findErr != nil:
		return findErr
	case replayed:
		d.Audit(v, "passkey.replayed", Refused).Target(o).Because("new passkey").Record(ctx)
		return ErrStale
	}
	d.Audit(v, "passkey.refused", Refused).Target(o).Because("new passkey: it is added already").Record(ctx)
	return invalid("passkey", "taken", messages.New("passkey.problem.taken"))
}

// AddPasskey adds a passkey to the operator's own account. With the first second factor come
// recovery codes, to be shown once; with another one the old codes stay, and none are
// returned. Other sessions end, and this one was proved with the passkey.
func (d *Desk) AddPasskey(ctx context.Context, v Visit, id *Identity, text, label string) (token string, codes []string, err error) {
	switch {
	case !d.HasPasskeys():
		return "", nil, ErrNoPasskeys
	case !id.Proved():
		return "", nil, ErrStepUp
	}
	if label, err = passkeyLabel(label); err != nil {
		return "", nil, err
	}
	a, err := d.answer(sessionAsked(toAdd, id), text)
	if err != nil {
		return "", nil, err
	}
	o, err := d.own(ctx, id)
	if err != nil {
		return "", nil, err
	}
	factors, err := d.Store.ListFactors(ctx, o.ID)
	if err != nil {
		return "", nil, fmt.Errorf("list factors: %w", err)
	}
	ctx, done := counted(ctx)
	defer done()
	factor, try, err := d.newPasskey(ctx, v, o, factors, a, label)
	if err != nil {
		return "", nil, err
	}
	o.UpdatedAt = d.Now()
	// Putting the operator lets only one of two changes at once succeed, so that together
	// they cannot pass the limit, or add recovery codes twice.
	writes := append(try.succeeded(), d.spendChallenge(a, o.ID), store.PutOperator{Operator: o}, store.PutFactor{Factor: factor})
	if !id.TwoFactor {
		made, set, err := d.newRecoveryCodes(ctx, o.ID)
		if err != nil {
			return "", nil, err
		}
		codes, writes = made, append(writes, set)
	}
	added, err := d.passkeyAdded(v, o, factor)
	if err != nil {
		return "", nil, err
	}
	proved := *id
	proved.Session.Method = string(MethodPasskey)
	token, err = d.commitOwn(ctx, &proved, append(writes, added...))
	if err != nil {
		try.takeBack(ctx)
		return "", nil, d.notAdded(ctx, v, o, a, err)
	}
	return token, codes, nil
}

// SignInPasskeyNew returns the options with which a browser makes the first second factor of
// an operator, during sign-in.
func (d *Desk) SignInPasskeyNew(ctx context.Context, token string) (options string, err error) {
	p, err := d.addingPasskey(ctx, Visit{}, token)
	if err != nil {
		return "", err
	}
	return d.newPasskeyOptions(p.Operator, nil, preAsked(toAdd, p))
}

func (d *Desk) addingPasskey(ctx context.Context, v Visit, token string) (PreSession, error) {
	p, err := d.preSession(ctx, v, token)
	switch {
	case err != nil:
		return p, err
	case p.Step != StepEnrol:
		return p, ErrSignInEnded
	case !p.MayAddPasskey:
		return p, ErrNoPasskeys
	}
	return p, nil
}

// ConfirmSignInPasskey adds the passkey and signs in. One commit spends the sign-in, stores
// the passkey with recovery codes, and begins the session. The codes are returned to be
// shown once.
func (d *Desk) ConfirmSignInPasskey(ctx context.Context, v Visit, token, text, label string) (Passed, []string, error) {
	p, err := d.addingPasskey(ctx, v, token)
	if err != nil {
		return Passed{}, nil, err
	}
	o := p.Operator
	if err := d.admitted(ctx, v, o); err != nil {
		return Passed{}, nil, err
	}
	if label, err = passkeyLabel(label); err != nil {
		return Passed{}, nil, err
	}
	a, err := d.answer(preAsked(toAdd, p), text)
	if err != nil {
		return Passed{}, nil, err
	}
	ctx, done := counted(ctx)
	defer done()
	factor, try, err := d.newPasskey(ctx, v, o, p.Factors, a, label)
	if err != nil {
		return Passed{}, nil, err
	}
	codes, set, err := d.newRecoveryCodes(ctx, o.ID)
	if err != nil {
		return Passed{}, nil, err
	}
	added, err := d.passkeyAdded(v, o, factor)
	if err != nil {
		return Passed{}, nil, err
	}
	// Putting the operator moves its version, as in ConfirmSignInEnrolment.
	o.UpdatedAt = d.Now()
	writes := slices.Concat([]store.Write{
		store.EndPreSession{Digest: p.PreSession.Digest}, d.spendChallenge(a, o.ID),
		store.PutOperator{Operator: o}, store.PutFactor{Factor: factor}, set,
	}, added, try.succeeded())
	passed, err := d.begin(ctx, v, p.SignInView, p.PreSession.Next, p.adding(MethodPasskey), writes)
	if err != nil {
		try.takeBack(ctx) // the answer was right
		return Passed{}, nil, d.notAdded(ctx, v, o, a, err)
	}
	return passed, codes, nil
}
