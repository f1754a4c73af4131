package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// Authenticators is an operator's second factor: their authenticator apps and passkeys, and
// how many unused recovery codes are left of the set made at RecoveryCodesMade.
type Authenticators struct {
	Apps, Passkeys    []Authenticator
	RecoveryCodes     int
	RecoveryCodesMade time.Time
	// Required reports that the operator must have two-factor authentication, and
	// PasskeyRequired that they must have a passkey.
	Required, PasskeyRequired bool
}

// Authenticator is one authenticator app or passkey. LastUsed is zero before the first use.
type Authenticator struct {
	ID, Label       string
	Added, LastUsed time.Time
	// Passkey reports that it is a passkey. Synced is set for one that its owner's other
	// devices have, too, and Unusable for one that cannot be used here: it is bound to
	// another host, cannot be decrypted, or the office has no passkeys any more.
	Passkey, Synced, Unusable bool
}

// Title is the name of the app or passkey: what the operator called it, or that it is one.
func (a Authenticator) Title() messages.Text {
	switch {
	case a.Label == firstLabel && !a.Passkey:
		return messages.New("account.app.first")
	case a.Label == firstPasskey && a.Passkey:
		return messages.New("passkey.name.first")
	}
	return messages.Plain(a.Label)
}

// MayRemove reports whether one can be removed: not the only factor, or the only passkey,
// while it is required.
func (a Authenticators) MayRemove(one Authenticator) bool {
	if one.Passkey && a.PasskeyRequired && len(a.Passkeys) == 1 {
		return false
	}
	return a.MayRemoveAny()
}

// MayRemoveAny reports whether there is more than the one factor that is required.
func (a Authenticators) MayRemoveAny() bool { return !a.Required || len(a.Apps)+len(a.Passkeys) > 1 }

// LonePasskey reports that an operator who must use a passkey has only one: if they lose it,
// somebody has to reset their two-factor authentication.
func (a Authenticators) LonePasskey() bool { return a.PasskeyRequired && len(a.Passkeys) == 1 }

// MayAddPasskey reports whether there is room for one more passkey.
func (a Authenticators) MayAddPasskey() bool { return len(a.Passkeys) < MostPasskeys }

// Authenticators returns the operator's own authenticator apps.
func (d *Desk) Authenticators(ctx context.Context, id *Identity) (Authenticators, error) {
	factors, err := d.Store.ListFactors(ctx, id.Operator.ID)
	if err != nil {
		return Authenticators{}, fmt.Errorf("list factors: %w", err)
	}
	set, err := d.Store.FindRecoverySet(ctx, id.Operator.ID)
	if err != nil && !isNotFound(err) {
		return Authenticators{}, fmt.Errorf("find recovery codes: %w", err)
	}
	a := Authenticators{RecoveryCodes: len(set.Hashes), RecoveryCodesMade: set.CreatedAt, Required: d.mustHave(id), PasskeyRequired: id.PasskeyRequired}
	here := d.usable(factors)
	for _, f := range factors {
		one := Authenticator{ID: f.ID, Label: f.Label, Added: f.ConfirmedAt, LastUsed: f.LastUsedAt, Passkey: f.Kind == store.FactorPasskey}
		if !one.Passkey {
			a.Apps = append(a.Apps, one)
			continue
		}
		i := slices.IndexFunc(here, func(h held) bool { return h.Factor.ID == f.ID })
		one.Unusable, one.Synced = i < 0, i >= 0 && here[i].Copied
		a.Passkeys = append(a.Passkeys, one)
	}
	return a, nil
}

// RecoveryCodesLeft returns how many unused recovery codes the operator has.
func (d *Desk) RecoveryCodesLeft(ctx context.Context, id *Identity) (int, error) {
	set, err := d.Store.FindRecoverySet(ctx, id.Operator.ID)
	if err != nil && !isNotFound(err) {
		return 0, fmt.Errorf("find recovery codes: %w", err)
	}
	return len(set.Hashes), nil
}

// mustHave reports whether the operator must have a second factor. The day from
// which it is required only spares those who have none yet.
func (d *Desk) mustHave(id *Identity) bool {
	rule := id.State.Settings.TwoFactorWho
	if !id.TwoFactor {
		rule = id.State.Settings.TwoFactor(d.Now())
	}
	return id.PasskeyRequired || mustHaveTwoFactor(rule, id.Roles)
}

// BeginEnrolment returns a new authenticator app to show, after a step-up.
func (d *Desk) BeginEnrolment(id *Identity) (Enrolment, error) {
	if !id.Proved() {
		return Enrolment{}, ErrStepUp
	}
	secret, err := totp.NewSecret(d.totpOptions().Algorithm)
	if err != nil {
		return Enrolment{}, fmt.Errorf("make enrolment: %w", err)
	}
	return d.enrol(id.Operator.Email, sessionPlace(id), secret)
}

// ShownEnrolment returns the enrolment that a refused form came with.
func (d *Desk) ShownEnrolment(id *Identity, sealed string) (Enrolment, error) {
	e, _, err := d.openEnrolment(id.Operator.Email, sessionPlace(id), sealed)
	return e, err
}

func sessionPlace(id *Identity) string { return "session/" + id.Operator.ID + "/" + id.Session.ID }

// ConfirmEnrolment adds an authenticator app. With the first one come recovery
// codes, to be shown once; with another one the old codes stay, and none are
// returned. Other sessions end.
func (d *Desk) ConfirmEnrolment(ctx context.Context, v Visit, id *Identity, sealed, code, label string) (token string, codes []string, err error) {
	switch {
	case !id.Proved():
		return "", nil, ErrStepUp
	case id.MustAddPasskey:
		return "", nil, ErrPasskeyNeeded
	}
	bad := &InvalidError{}
	if label == "" {
		label = firstLabel
	}
	label = cleanName("label", label, bad)
	if err := bad.Err(); err != nil {
		return "", nil, err
	}
	o, err := d.own(ctx, id)
	if err != nil {
		return "", nil, err
	}
	ctx, done := counted(ctx)
	defer done()
	factor, try, err := d.confirm(ctx, v, o, sessionPlace(id), sealed, code, label)
	if err != nil {
		return "", nil, err
	}
	o.UpdatedAt = d.Now()
	writes := append(try.succeeded(), store.PutOperator{Operator: o}, store.PutFactor{Factor: factor})
	if !id.TwoFactor {
		made, set, err := d.newRecoveryCodes(ctx, o.ID)
		if err != nil {
			return "", nil, err
		}
		codes, writes = made, append(writes, set)
	}
	added, err := d.factorAdded(v, o, factor)
	if err != nil {
		return "", nil, err
	}
	token, err = d.commitOwn(ctx, id, append(writes, added...))
	if errors.Is(err, store.ErrExists) {
		return "", nil, ErrStale
	}
	if err != nil {
		return "", nil, err
	}
	return token, codes, nil
}

// RemoveAuthenticator removes an authenticator app or a passkey. The last one cannot be
// removed while two-factor authentication is required (ErrRequired), nor the last passkey
// while one is (ErrPasskeyRequired); otherwise the recovery codes are deleted with the last
// one. Other sessions end.
func (d *Desk) RemoveAuthenticator(ctx context.Context, v Visit, id *Identity, factorID string) (string, error) {
	if !id.Proved() {
		return "", ErrStepUp
	}
	factors, err := d.Store.ListFactors(ctx, id.Operator.ID)
	if err != nil {
		return "", fmt.Errorf("list factors: %w", err)
	}
	i := slices.IndexFunc(factors, func(f store.Factor) bool { return f.ID == factorID })
	if i < 0 {
		return "", ErrNotFound
	}
	passkey := factors[i].Kind == store.FactorPasskey
	switch {
	case passkey && id.PasskeyRequired && countOf(factors, store.FactorPasskey) == 1:
		return "", ErrPasskeyRequired
	case len(factors) == 1 && d.mustHave(id):
		return "", ErrRequired
	}
	o, err := d.own(ctx, id)
	if err != nil {
		return "", err
	}
	code := "two_factor.removed"
	letter := letters.TwoFactorRemoved
	if passkey {
		code = "passkey.removed"
		letter = letters.PasskeyRemoved
	}
	event := d.Audit(v, code, Success).By(o).Target(o).Session(id.Session).With("factor", factorID).With("label", factors[i].Label).Write()
	told, err := d.tellOwner(v, o, letter, "")
	if err != nil {
		return "", err
	}
	o.UpdatedAt = d.Now()
	// Putting the operator lets only one of two removals at once succeed, so that
	// together they cannot remove the last one.
	writes := []store.Write{store.PutOperator{Operator: o}, store.RemoveFactors{OperatorID: o.ID, ID: factorID}, event, told}
	if len(factors) == 1 {
		writes = append(writes, store.RemoveFactors{OperatorID: o.ID, All: true})
	}
	return d.commitOwn(ctx, id, writes)
}

// ResetTwoFactor removes an operator's authenticator apps and recovery codes and
// ends their sessions. It requires a reason. They are notified by email.
func (d *Desk) ResetTwoFactor(ctx context.Context, a Actor, v Visit, id, reason string) error {
	o, err := d.target(ctx, &a, PermissionTwoFactorReset, id)
	if err != nil {
		return err
	}
	reason = cleanReason(reason)
	if reason == "" {
		return invalid("reason", "required", messages.New("account.reason_required"))
	}
	a = a.proposing(proposal{Act: ApprovalTwoFactor, ID: o.ID, Reason: reason})
	return d.resetTwoFactor(ctx, a, v, o, reason)
}

// resetTwoFactor is ResetTwoFactor of an operator who may be acted on, after other
// writes.
func (d *Desk) resetTwoFactor(ctx context.Context, a Actor, v Visit, o store.Operator, reason string, before ...store.Write) error {
	event := d.Audit(v, "two_factor.reset", Success).Actor(a).Target(o).Because(reason).Write()
	told, err := d.tellOwner(v, o, letters.TwoFactorReset, signature(a))
	if err != nil {
		return err
	}
	o.UpdatedAt = d.Now()
	writes, err := d.withLock(ctx, o, append(before, d.clearCodeLocks(o)...))
	if err != nil {
		return err
	}
	writes = append(writes, store.PutOperator{Operator: o}, store.RemoveFactors{OperatorID: o.ID, All: true},
		store.EndSessions{OperatorID: o.ID, All: true}, store.DeleteBrowsers{OperatorID: o.ID, All: true}, event, told)
	return d.countStranger(ctx, a, o, func() error { return d.commitAs(ctx, a, "reset two-factor", writes...) })
}
