package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// auditKeys returns the last entry of the audit log that was chained with each
// secret, by its index, and whether the newest one was with none of them.
//
// It does not read the whole log. A secret that was replaced is never used again, so if
// two entries have the same secret, so do all entries between them.
func (d *Desk) auditKeys(ctx context.Context) (last map[int]int64, stranger bool, err error) {
	for tries := 0; ; tries++ {
		ends, err := d.ends(ctx)
		if err != nil {
			return nil, false, err
		}
		c := chainKeys{d, ends, map[int]int64{}}
		if err := c.search(ctx); err != nil {
			return nil, false, err
		}
		// Entries that were purged in the meantime look as if a secret were missing.
		now, err := d.ends(ctx)
		if err != nil {
			return nil, false, err
		}
		if now.PurgedSeq == ends.PurgedSeq || tries == 3 {
			return c.last, ends.LastSeq > ends.PurgedSeq && c.last[vault.Unknown] >= ends.LastSeq, nil
		}
	}
}

// chainKeys finds which secrets the chain was made with.
type chainKeys struct {
	d    *Desk
	ends store.AuditEnds
	last map[int]int64
}

func (c chainKeys) search(ctx context.Context) error {
	from, to := c.ends.PurgedSeq+1, c.ends.LastSeq
	if from > to {
		return nil
	}
	first, err := c.of(ctx, from)
	if err != nil {
		return err
	}
	newest, err := c.of(ctx, to)
	if err != nil {
		return err
	}
	return c.between(ctx, from, to, first, newest)
}

// between notes the secrets of the entries from one to another, of which these are
// the first and the last.
func (c chainKeys) between(ctx context.Context, from, to int64, first, last int) error {
	c.last[first], c.last[last] = max(c.last[first], from), max(c.last[last], to)
	if first == last || to-from <= 1 {
		return nil
	}
	middle := from + (to-from)/2
	key, err := c.of(ctx, middle)
	if err != nil {
		return err
	}
	if err := c.between(ctx, from, middle, first, key); err != nil {
		return err
	}
	return c.between(ctx, middle, to, key, last)
}

// of returns the secret of an entry.
func (c chainKeys) of(ctx context.Context, seq int64) (int, error) {
	// The one before is read for its hash.
	previous, q := c.ends.PurgedMAC, store.EventQuery{OldestFirst: true, AfterSeq: seq - 1, Limit: 1}
	if seq > c.ends.PurgedSeq+1 {
		q.AfterSeq, q.Limit = seq-2, 2
	}
	events, err := c.d.Store.ListEvents(ctx, q)
	if err != nil {
		return vault.Unknown, fmt.Errorf("list events: %w", err)
	}
	for _, e := range events.Rows {
		if e.Seq == seq {
			return c.d.Vault.KeyOfMAC(vault.AuditChain, e.MAC, string(previous), chained(e)), nil
		}
		previous = e.MAC
	}
	return vault.Unknown, nil
}
