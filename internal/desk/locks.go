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

// lock is a counter that can keep an operator out.
type lock struct {
	key   string
	limit store.Limit
	// codes says that it counts codes, not passwords.
	codes bool
}

// passwordLocks are the counters of wrong passwords. A linked member signs in
// with the community's name and address for them, too.
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

// clearLocks forgets every failure that keeps an operator out, under their
// names here and, for a linked member, under those that the community knows.
func (d *Desk) clearLocks(ctx context.Context, o store.Operator) ([]store.Write, error) {
	locks, err := d.passwordLocks(ctx, o)
	if err != nil {
		return nil, err
	}
	locks = append(locks, lock{key: operatorKey("step-up", o.ID)})
	return append(cleared(locks), cleared(d.codeLocks(o))...), nil
}

// clearCodeLocks forgets wrong codes.
func (d *Desk) clearCodeLocks(o store.Operator) []store.Write { return cleared(d.codeLocks(o)) }

func cleared(locks []lock) []store.Write {
	var writes []store.Write
	for _, l := range locks {
		writes = append(writes, store.ClearCounter{Key: l.key})
	}
	return writes
}

// forGood stands for a lock that no time ends.
const forGood = 10 * 365 * 24 * time.Hour

// withLock adds to writes how long an operator who is shown as locked is kept
// out once they have cleared what counters they clear. The counters decide;
// what is shown is for lists.
func (d *Desk) withLock(ctx context.Context, o store.Operator, writes []store.Write) ([]store.Write, error) {
	if o.LockedUntil.IsZero() {
		return writes, nil
	}
	kept, err := d.lockAfter(ctx, o, writes)
	return append(writes, store.MarkLocked{OperatorID: o.ID, Until: kept.until}), err
}

// keptOut is until when somebody is; zero when they are not.
type keptOut struct {
	until time.Time
	// blocked says that no time ends it, codes that it is for codes.
	blocked, codes bool
}

// lockAfter is how long the counters keep an operator out, but for those that
// writes clear.
func (d *Desk) lockAfter(ctx context.Context, o store.Operator, writes []store.Write) (keptOut, error) {
	var kept keptOut
	locks, err := d.passwordLocks(ctx, o)
	if err != nil {
		return kept, err
	}
	for _, l := range append(locks, d.codeLocks(o)...) {
		c, err := d.Store.FindCounter(ctx, l.key)
		if err != nil && !IsNotFound(err) {
			return kept, fmt.Errorf("find counter: %w", err)
		}
		at, ok := l.limit.Check(c, d.now())
		if ok || slices.Contains(writes, store.Write(store.ClearCounter{Key: l.key})) {
			continue
		}
		next := keptOut{until: at, codes: l.codes}
		if at.IsZero() {
			next.until, next.blocked = d.now().Add(forGood), true
		}
		if next.until.After(kept.until) {
			kept = next
		}
	}
	return kept, nil
}

// nobody stands in for an operator, where what follows must cost the same
// whether or not there is one.
const nobody = "nobody"

// noteFull is noteLock after a row of wrong passwords became full under a name.
// Names are counted without regard to case, which the community may regard, so
// one that it does not know may still be that of an operator.
func (d *Desk) noteFull(ctx context.Context, v Visit, a account, key string) {
	if !a.known {
		var err error
		if a, err = d.whoSignsIn(ctx, key); err != nil {
			d.Log.ErrorContext(ctx, "lock not noted", "error", err)
			return
		}
	}
	if !a.known || a.operator.State != store.OperatorActive {
		a.operator = store.Operator{ID: nobody, NameKey: key, EmailKey: key, Name: nobody, Email: nobody + "@example.com"}
	}
	d.noteLock(ctx, v, a.operator)
}

// noteLock shows, after a failure, whether it was the one that keeps the
// operator out, and tells them so, once an hour at most. That it fails is only
// logged.
func (d *Desk) noteLock(ctx context.Context, v Visit, o store.Operator) {
	if err := d.markLock(context.WithoutCancel(ctx), v, o); err != nil {
		d.Log.ErrorContext(ctx, "lock not noted", "error", err)
	}
}

func (d *Desk) markLock(ctx context.Context, v Visit, o store.Operator) error {
	kept, err := d.lockAfter(ctx, o, nil)
	if err != nil || kept.until.IsZero() {
		return err
	}
	who := []string{o.ID}
	if o.ID == nobody {
		who = append(who, o.NameKey)
	}
	_, _, first, err := d.Store.Hit(ctx, d.counterKey("told-of-failures", who...), store.Limit{Max: 1, Window: time.Hour}, d.now())
	if err != nil {
		return fmt.Errorf("count letter: %w", err)
	}
	// Laid out for everybody, as that takes its time.
	letter, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter {
		return letters.ManyFailures(n, letters.Failures{Until: kept.until, Blocked: kept.blocked, Codes: kept.codes})
	}, "")
	if err != nil {
		return err
	}
	writes := []store.Write{store.MarkLocked{OperatorID: o.ID, Until: kept.until}}
	if first && o.ID != nobody {
		writes = append(writes, letter)
	}
	return d.Commit(ctx, writes...)
}

// Unlock clears the failures that keep somebody out.
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
