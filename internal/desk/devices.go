package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// device returns the digest of the browser and network of a visit.
func (d *Desk) device(v Visit) store.Digest {
	return store.Digest(d.Vault.MAC(vault.AuditHashes, "device", OneLine(v.UserAgent, 512), netgroup.Smallest(v.IP)))
}

// newDevice returns the email to the owner of an account if the browser and network
// of a sign-in are new to it. Its first sign-in is not reported.
func (d *Desk) newDevice(ctx context.Context, v Visit, view store.SignInView) ([]store.Write, error) {
	o := view.Operator
	switch {
	case o.LastActiveAt.IsZero():
		return nil, nil
	case d.Now().Sub(o.LastActiveAt) >= longUnused:
		return d.unusual(ctx, v, o, letters.LongUnused)
	case !view.Device.Digest.IsZero():
		return nil, nil
	}
	told, err := d.tellOwner(v, o, letters.NewDevice, "")
	return []store.Write{told}, err
}

const (
	day = 24 * time.Hour
	// longUnused is the time after which a sign-in is reported to its owner.
	longUnused = 90 * 24 * time.Hour
	// wrongCodesTold wrong codes in a row after a correct password are reported,
	// too.
	wrongCodesTold = 3
)

// unusual returns the email about a sign-in that may not have been the owner's, at
// most one an hour for each reason (ASVS 6.3.5), to commit with that sign-in.
func (d *Desk) unusual(ctx context.Context, v Visit, o store.Operator, why letters.Suspicion) ([]store.Write, error) {
	within := time.Hour
	if why == letters.Unfinished {
		within = day
	}
	first, err := d.first(ctx, within, "told-of-unusual", string(why), o.ID)
	if err != nil || !first {
		return nil, err
	}
	told, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter {
		return letters.UnusualSignIn(n, why)
	}, "")
	if err != nil {
		return nil, err
	}
	return []store.Write{told}, nil
}

// first reports whether a letter is the first within a time.
func (d *Desk) first(ctx context.Context, within time.Duration, kind string, parts ...string) (bool, error) {
	_, first, err := d.Store.Hit(ctx, d.Now(), store.Hit{Key: d.counterKey(kind, parts...), Limit: store.Limit{Max: 1, Window: within}})
	if err != nil {
		return false, fmt.Errorf("count letter: %w", err)
	}
	return first, nil
}

// notified is unusual for a refusal, which is audited even if its email cannot be
// made.
func (d *Desk) notified(ctx context.Context, v Visit, o store.Operator, why letters.Suspicion) []store.Write {
	ctx = context.WithoutCancel(ctx)
	told, err := d.unusual(ctx, v, o, why)
	if err != nil {
		d.Log.ErrorContext(ctx, "operator not notified of an unusual sign-in", "operator", o.ID, "error", err)
	}
	return told
}
