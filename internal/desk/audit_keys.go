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
// It does not read the whole log. One secret follows another, so if two entries
// have the same one, so have those between them. The exception is the time during
// which replicas are restarted one by one and their secrets alternate: after the
// last entry found for a secret, the search continues until a whole page has no
// other.
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
	if err := c.between(ctx, from, to, first, newest); err != nil {
		return err
	}
	for index := range c.last {
		for more := true; more; {
			through := c.last[index]
			keys, err := c.page(ctx, through, exportBatch)
			if err != nil {
				return err
			}
			for i, key := range keys {
				if key == index {
					c.last[index] = through + int64(i)
				}
			}
			more = c.last[index] > through
		}
	}
	return nil
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
	keys, err := c.page(ctx, seq, 1)
	if err != nil || len(keys) == 0 {
		return vault.Unknown, err
	}
	return keys[0], nil
}

// page returns the secrets of at most so many entries, beginning with one.
func (c chainKeys) page(ctx context.Context, seq int64, most int) ([]int, error) {
	previous := c.ends.PurgedMAC
	q := store.EventQuery{OldestFirst: true, AfterSeq: seq - 1, Limit: most}
	if seq > c.ends.PurgedSeq+1 {
		// The one before is read for its hash.
		q.AfterSeq, q.Limit = seq-2, min(most+1, exportBatch)
	}
	events, err := c.d.Store.ListEvents(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	var keys []int
	for _, e := range events.Rows {
		if e.Seq >= seq {
			keys = append(keys, c.d.Vault.KeyOfMAC(vault.AuditChain, e.MAC, string(previous), chained(e)))
		}
		previous = e.MAC
	}
	return keys, nil
}
