package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// device returns the browser and network of a sign-in, and the email to the owner
// if they are new. The first sign-in of an account is not reported.
func (d *Desk) device(ctx context.Context, v Visit, o store.Operator) (store.Digest, []store.Write, error) {
	device := store.Digest(d.Vault.MAC(vault.AuditHashes, "device", o.ID, OneLine(v.UserAgent, 512), ipGroup(v.IP)))
	if o.LastActiveAt.IsZero() {
		return device, nil, nil
	}
	if d.Now().Sub(o.LastActiveAt) >= longUnused {
		told, err := d.unusual(ctx, v, o, letters.LongUnused)
		return device, told, err
	}
	_, err := d.Store.FindDevice(ctx, o.ID, device)
	if err == nil {
		return device, nil, nil
	}
	if !isNotFound(err) {
		return device, nil, fmt.Errorf("find device: %w", err)
	}
	told, err := d.tellOwner(v, o, letters.NewDevice, "")
	return device, []store.Write{told}, err
}

const (
	// longUnused is the time after which a sign-in is reported to its owner.
	longUnused = 90 * 24 * time.Hour
	// wrongCodesTold wrong codes in a row after a correct password are reported,
	// too.
	wrongCodesTold = 3
)

// unusual returns the email about a sign-in that may not have been the owner's, at
// most one an hour for each reason (ASVS 6.3.5), to commit with that sign-in.
func (d *Desk) unusual(ctx context.Context, v Visit, o store.Operator, why letters.Suspicion) ([]store.Write, error) {
	_, _, first, err := d.Store.Hit(ctx, d.counterKey("told-of-unusual", string(why), o.ID), store.Limit{Max: 1, Window: time.Hour}, d.Now())
	if err != nil {
		return nil, fmt.Errorf("count letter: %w", err)
	}
	if !first {
		return nil, nil
	}
	told, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter {
		return letters.UnusualSignIn(n, why)
	}, "")
	if err != nil {
		return nil, err
	}
	return []store.Write{told}, nil
}

// recordUnusual audits a refusal and emails its owner about it. If the email cannot
// be made, the refusal is audited all the same.
func (d *Desk) recordUnusual(ctx context.Context, v Visit, o store.Operator, why letters.Suspicion, e *Entry) {
	ctx = context.WithoutCancel(ctx)
	told, err := d.unusual(ctx, v, o, why)
	if err != nil {
		d.Log.ErrorContext(ctx, "operator not notified of an unusual sign-in", "operator", o.ID, "error", err)
	}
	e.Record(ctx, told...)
}
