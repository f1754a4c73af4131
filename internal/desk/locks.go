package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// lock is a counter that can lock an operator out.
type lock struct {
	key   string
	limit store.Limit
	// codes reports that it counts codes, not passwords.
	codes bool
}

// passwordLock returns the counter of wrong passwords. The counters that strangers share
// lock no one out: they do not apply to a known browser, nor to a link.
func (d *Desk) passwordLock(o store.Operator) lock {
	key := operatorKey("password", o.ID)
	if o.ID == nobody {
		key = o.NameKey
	}
	return lock{key: key, limit: d.passwordLimit()}
}

func (d *Desk) codeLocks(o store.Operator) []lock {
	return []lock{
		{key: operatorKey("code", o.ID), limit: d.codeLimit(), codes: true},
		{key: operatorKey("recovery", o.ID), limit: d.codeLimit(), codes: true},
		{key: operatorKey("passkey", o.ID), limit: d.codeLimit(), codes: true},
		{key: operatorKey("enrol", o.ID), limit: d.codeLimit(), codes: true},
	}
}

// clearLocks returns the writes that clear every failure that is counted for an operator
// alone.
func (d *Desk) clearLocks(ctx context.Context, o store.Operator) ([]store.Write, error) {
	browsers, err := d.Store.ListBrowsers(ctx, o.ID)
	if err != nil {
		return nil, fmt.Errorf("list browsers: %w", err)
	}
	locks := append(d.codeLocks(o), d.passwordLock(o), lock{key: operatorKey("step-up", o.ID)})
	for _, b := range browsers {
		locks = append(locks, lock{key: browserKey(b)})
	}
	return cleared(locks), nil
}

// clearCodeLocks returns the writes that clear wrong codes.
func (d *Desk) clearCodeLocks(o store.Operator) []store.Write { return cleared(d.codeLocks(o)) }

func cleared(locks []lock) []store.Write {
	var writes []store.Write
	for _, l := range locks {
		writes = append(writes, store.ClearCounter{Key: l.key})
	}
	return writes
}

// forGood is how long a lock lasts that does not end on its own.
const forGood = 10 * 365 * 24 * time.Hour

// withLock adds to writes how long an operator who is shown as locked stays locked
// once the writes have cleared their counters. The counters decide; what is shown
// is for lists.
func (d *Desk) withLock(ctx context.Context, o store.Operator, writes []store.Write) ([]store.Write, error) {
	if o.LockedUntil.IsZero() {
		return writes, nil
	}
	kept, err := d.lockAfter(ctx, o, writes)
	return append(writes, store.MarkLocked{OperatorID: o.ID, Until: kept.until}), err
}

// keptOut is until when an operator is locked out. It is zero if they are not.
type keptOut struct {
	until time.Time
	// blocked reports that it does not end on its own, codes that it is for wrong
	// codes.
	blocked, codes bool
}

// lockAfter returns how long the counters lock an operator out, except for those
// that writes clear.
func (d *Desk) lockAfter(ctx context.Context, o store.Operator, writes []store.Write) (keptOut, error) {
	var kept keptOut
	locks := append(d.codeLocks(o), d.passwordLock(o))
	var keys []string
	for _, l := range locks {
		keys = append(keys, l.key)
	}
	found, err := d.Store.FindCounters(ctx, keys...)
	if err != nil {
		return kept, fmt.Errorf("find counters: %w", err)
	}
	counters := make(map[string]store.Counter, len(found))
	for _, c := range found {
		counters[c.Key] = c
	}
	for _, l := range locks {
		at, ok := l.limit.Check(counters[l.key], d.Now())
		if ok || slices.Contains(writes, store.Write(store.ClearCounter{Key: l.key})) {
			continue
		}
		next := keptOut{until: at, codes: l.codes}
		if at.IsZero() {
			next.until, next.blocked = d.Now().Add(forGood), true
		}
		if next.until.After(kept.until) {
			kept = next
		}
	}
	return kept, nil
}

// nobody is the id of the stand-in for an operator who does not exist, so that the work
// takes as long as for one who does. Its NameKey is the key of the row of failures.
const nobody = "nobody"

// recordFailure audits a failed attempt against an operator, or nobody. If they are to be
// told, the commit also shows them as locked, if they are, and emails them once a day. If
// that cannot be found out, the failure is audited all the same.
func (d *Desk) recordFailure(ctx context.Context, v Visit, try *attempt, e *Entry, o store.Operator, more ...store.Write) {
	ctx = context.WithoutCancel(ctx)
	if _, tell := try.row(); tell {
		told, err := d.tellFailures(ctx, v, o, try.browser.ID != "")
		if err != nil {
			d.Log.ErrorContext(ctx, "lock not noted", "error", err)
		}
		more = append(more, told...)
	}
	e.Record(ctx, more...)
}

// tellFailures returns the writes that tell an operator of many failures, perhaps from
// a known browser, and show them as locked, if they are.
func (d *Desk) tellFailures(ctx context.Context, v Visit, o store.Operator, browser bool) ([]store.Write, error) {
	kept, err := d.lockAfter(ctx, o, nil)
	if err != nil {
		return nil, err
	}
	first, err := d.first(ctx, day, "told-of-failures", strconv.FormatBool(kept.blocked), strconv.FormatBool(kept.codes), strconv.FormatBool(browser), o.ID, o.NameKey)
	if err != nil {
		return nil, err
	}
	// Laid out in every case, because that takes time, which is longer for the first letter
	// in a language.
	d.spoken()
	letter, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter {
		return letters.ManyFailures(n, letters.Failures{Until: kept.until, Blocked: kept.blocked, Codes: kept.codes, Browser: browser})
	}, "")
	if err != nil {
		return nil, err
	}
	var writes []store.Write
	if !kept.until.IsZero() {
		writes = append(writes, store.MarkLocked{OperatorID: o.ID, Until: kept.until})
	}
	if first && o.ID != nobody {
		writes = append(writes, letter)
	}
	return writes, nil
}

// Unlock clears the failures that lock an operator out. The counters that strangers
// share stay as they are, because strangers would see them end. An operator who has to
// wait because of those can use a known browser, or "Forgot your password?".
func (d *Desk) Unlock(ctx context.Context, a Actor, v Visit, id string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	event := d.Audit(v, "operator.unlocked", Success).Actor(a).Target(o).Write()
	writes, err := d.clearLocks(ctx, o)
	if err != nil {
		return err
	}
	writes = append(writes, store.MarkLocked{OperatorID: o.ID}, event)
	return d.commitAs(ctx, a, "unlock", writes...)
}
