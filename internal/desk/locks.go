package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// passwordLocks returns the counters of wrong passwords. A linked member also signs
// in with the name and the email address that the community has for them.
func (d *Desk) passwordLocks(ctx context.Context, o store.Operator) ([]lock, error) {
	names := []string{o.NameKey, o.EmailKey}
	if o.MemberID != "" && d.Members != nil {
		m, err := d.Members.FindMember(ctx, o.MemberID)
		if err != nil && !errors.Is(err, ErrNoMember) {
			return nil, fmt.Errorf("find member: %w", err)
		}
		if err == nil {
			names = append(names, loginKey(m.Name), loginKey(m.Email))
		}
	}
	var locks []lock
	for _, name := range names {
		locks = append(locks, lock{d.counterKey("signin-name", name), d.nameLimit(), false})
	}
	return append(locks, lock{operatorKey("password", o.ID), d.passwordLimit(), false}), nil
}

func (d *Desk) codeLocks(o store.Operator) []lock {
	return []lock{
		{operatorKey("code", o.ID), d.codeLimit(), true},
		{operatorKey("recovery", o.ID), d.codeLimit(), true},
		{operatorKey("enrol", o.ID), d.codeLimit(), true},
	}
}

// clearLocks returns the writes that clear every failure of an operator.
func (d *Desk) clearLocks(ctx context.Context, o store.Operator) ([]store.Write, error) {
	locks, err := d.passwordLocks(ctx, o)
	if err != nil {
		return nil, err
	}
	locks = append(locks, lock{key: operatorKey("step-up", o.ID)})
	return append(cleared(locks), cleared(d.codeLocks(o))...), nil
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
	locks, err := d.passwordLocks(ctx, o)
	if err != nil {
		return kept, err
	}
	locks = append(locks, d.codeLocks(o)...)
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

// nobody stands in for an operator, so that what follows costs the same whether or
// not there is one.
const nobody = "nobody"

// ofName returns the operator whose row of wrong passwords under a name is full. Names
// are counted without case, but the community may not ignore case, so a name that
// it does not know can still be an operator's.
func (d *Desk) ofName(ctx context.Context, v Visit, a account, key string) (store.Operator, error) {
	if !a.known {
		var err error
		if a, err = d.whoSignsIn(ctx, v, key); err != nil {
			return store.Operator{}, err
		}
	}
	if !a.known || a.operator.State != store.OperatorActive {
		a.operator = store.Operator{ID: nobody, NameKey: key, EmailKey: key, Name: nobody, Email: nobody + "@example.com"}
	}
	return a.operator, nil
}

// recordFailure audits a failed attempt. If its row is full, the commit also shows
// whoever is kept out by that as locked, and emails them at most once an hour. If
// that cannot be found out, the failure is audited all the same.
func (d *Desk) recordFailure(ctx context.Context, v Visit, try *attempt, e *Entry, who func() (store.Operator, error), more ...store.Write) {
	ctx = context.WithoutCancel(ctx)
	if _, full := try.row(); full {
		o, err := who()
		var lock []store.Write
		if err == nil {
			lock, err = d.markLock(ctx, v, o)
		}
		if err != nil {
			d.Log.ErrorContext(ctx, "lock not noted", "error", err)
		}
		more = append(more, lock...)
	}
	e.Record(ctx, more...)
}

// markLock returns the writes that show an operator as locked, if they are.
func (d *Desk) markLock(ctx context.Context, v Visit, o store.Operator) ([]store.Write, error) {
	kept, err := d.lockAfter(ctx, o, nil)
	if err != nil || kept.until.IsZero() {
		return nil, err
	}
	who := []string{o.ID}
	if o.ID == nobody {
		who = append(who, o.NameKey)
	}
	first, err := d.first(ctx, "told-of-failures", who...)
	if err != nil {
		return nil, err
	}
	// Laid out in every case, because that takes time.
	letter, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter {
		return letters.ManyFailures(n, letters.Failures{Until: kept.until, Blocked: kept.blocked, Codes: kept.codes})
	}, "")
	if err != nil {
		return nil, err
	}
	writes := []store.Write{store.MarkLocked{OperatorID: o.ID, Until: kept.until}}
	if first && o.ID != nobody {
		writes = append(writes, letter)
	}
	return writes, nil
}

// Unlock clears the failures that lock an operator out.
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
