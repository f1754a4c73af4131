package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/store"
)

const (
	// KeptLife is how long what was typed into a form is kept for after a step-up or a
	// sign-in.
	KeptLife = time.Hour
	// keptForms is how many forms of one operator are kept in KeptLife, and keptInAll how
	// many of all in a minute, in one process. Each is as large as a form may be.
	keptForms, keptInAll = 40, 300
	// keptClaim is in place of the ID of a request, none of which is like it.
	keptClaim = "kept"
)

// KeepForm keeps what was typed into a form of an operator for KeptLife, sealed, under a
// key that was not used before. It returns *LimitedError beyond the bounds.
func (d *Desk) KeepForm(ctx context.Context, operatorID string, key store.Digest, sealed []byte) error {
	now := d.Now()
	if err := d.tempo.check("kept:"+operatorID, keptForms, KeptLife, now); err != nil {
		return err
	}
	if err := d.tempo.check("kept forms", keptInAll, time.Minute, now); err != nil {
		return err
	}
	a := store.Answer{Key: key, Claim: keptClaim, ExpiresAt: now.Add(KeptLife)}
	if _, err := d.Store.ClaimAnswer(ctx, now, a); err != nil {
		return fmt.Errorf("keep form: %w", err)
	}
	a.Sealed = sealed
	if err := d.Store.SettleAnswer(ctx, a); err != nil {
		return fmt.Errorf("keep form: %w", err)
	}
	return nil
}

// KeptForm returns what KeepForm kept, or nil if it is gone.
func (d *Desk) KeptForm(ctx context.Context, key store.Digest) ([]byte, error) {
	a, err := d.Store.FindAnswer(ctx, key)
	switch {
	case isNotFound(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("find kept form: %w", err)
	case !d.Now().Before(a.ExpiresAt):
		return nil, nil
	}
	return a.Sealed, nil
}

// ForgetForm deletes what KeepForm kept, because it is saved now. That is a courtesy: if it
// fails, it lapses.
func (d *Desk) ForgetForm(ctx context.Context, key store.Digest) {
	ctx = bounded.Each(context.WithoutCancel(ctx), courtesyTime)
	if err := d.Store.SettleAnswer(ctx, store.Answer{Key: key, Claim: keptClaim}); err != nil {
		d.Log.WarnContext(ctx, "kept form not deleted", "error", err)
	}
}
