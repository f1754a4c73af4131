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

// Authenticators is what the two-factor page shows.
type Authenticators struct {
	Factors []store.Factor
	// RecoveryCodes is how many are left of the set that was made at
	// RecoveryCodesMade.
	RecoveryCodes     int
	RecoveryCodesMade time.Time
	// Required says that the rules in force ask for two-factor authentication.
	Required bool
}

// Authenticators lists one's own authenticators, without their secrets.
func (d *Desk) Authenticators(ctx context.Context, id *Identity) (Authenticators, error) {
	factors, err := d.Store.ListFactors(ctx, id.Operator.ID)
	if err != nil {
		return Authenticators{}, fmt.Errorf("list factors: %w", err)
	}
	for i := range factors {
		factors[i].Secret = nil
	}
	set, err := d.Store.FindRecoverySet(ctx, id.Operator.ID)
	if err != nil && !IsNotFound(err) {
		return Authenticators{}, fmt.Errorf("find recovery codes: %w", err)
	}
	return Authenticators{factors, len(set.Hashes), set.CreatedAt, d.mustHave(id)}, nil
}

// mustHave says whether the rules ask for a second factor. The day from which
// they bind is for who has none yet.
func (d *Desk) mustHave(id *Identity) bool {
	rule := id.State.Settings.TwoFactorWho
	if !id.TwoFactor {
		rule = id.State.Settings.TwoFactor(d.now())
	}
	return mustHaveTwoFactor(rule, id.Roles)
}

// BeginEnrolment shows a new authenticator to somebody signed in, after a
// step-up.
func (d *Desk) BeginEnrolment(_ context.Context, id *Identity) (Enrolment, error) {
	if !id.Proved() {
		return Enrolment{}, ErrStepUp
	}
	return d.enrol(id.Operator, sessionPlace(id))
}

// ShownEnrolment is the enrolment a refused form came with.
func (d *Desk) ShownEnrolment(_ context.Context, id *Identity, sealed string) (Enrolment, error) {
	e, _, err := d.openEnrolment(id.Operator, sessionPlace(id), sealed)
	return e, err
}

func sessionPlace(id *Identity) string { return "session/" + id.Operator.ID + "/" + id.Session.ID }

// ConfirmEnrolment attaches one more authenticator. With the first one come
// recovery codes, to be shown once; with a further one the old codes stay and
// none are returned. Other sessions end.
func (d *Desk) ConfirmEnrolment(ctx context.Context, v Visit, id *Identity, sealed, code, label string) (token string, codes []string, err error) {
	if !id.Proved() {
		return "", nil, ErrStepUp
	}
	bad := &InvalidError{}
	if label == "" {
		label = firstLabel
	}
	label = cleanName("label", label, bad)
	if err := bad.Err(); err != nil {
		return "", nil, err
	}
	o := id.Operator
	ctx, done := counted(ctx)
	defer done()
	factor, writes, err := d.confirm(ctx, v, o, sessionPlace(id), sealed, code, label)
	if err != nil {
		return "", nil, err
	}
	o.UpdatedAt = d.now()
	writes = append(writes, store.PutOperator{Operator: o}, store.PutFactor{Factor: factor})
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

// RemoveAuthenticator detaches one. The last one stays while the rules ask for
// two-factor authentication (ErrRequired); otherwise the recovery codes go with
// it. Other sessions end.
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
	if len(factors) == 1 && d.mustHave(id) {
		return "", ErrRequired
	}
	o := id.Operator
	event := d.Audit(v, "two_factor.removed", Success).By(o).Target(o).Session(id.Session).With("factor", factorID).With("label", factors[i].Label).Write()
	told, err := d.tellOwner(v, o, letters.TwoFactorRemoved, "")
	if err != nil {
		return "", err
	}
	o.UpdatedAt = d.now()
	// Putting the operator makes two removals at once take turns, so that
	// together they cannot remove the last one.
	writes := []store.Write{store.PutOperator{Operator: o}, store.RemoveFactors{OperatorID: o.ID, ID: factorID}, event, told}
	if len(factors) == 1 {
		writes = append(writes, store.RemoveFactors{OperatorID: o.ID, All: true})
	}
	return d.commitOwn(ctx, id, writes)
}
