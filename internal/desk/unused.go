package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/store"
)

// unusedNotice is how long an account that has gone unused is left after its first warning.
const unusedNotice = 7 * day

// warnedFor is how long a warning counts. One sent longer ago is of an earlier time, when
// the parameter was on before, or Run had stopped.
const warnedFor = 21 * day

// DisableUnused is DisableUnusedAt now, if the clock can be trusted: see [Desk.Purge].
func (d *Desk) DisableUnused(ctx context.Context) error {
	now, trusted := d.steadyNow(ctx)
	if !trusted {
		return nil
	}
	return d.DisableUnusedAt(ctx, now)
}

// DisableUnusedAt disables the accounts that were not used for as long as the parameter
// says, and warns those that soon will be. None is disabled within unusedNotice of its first
// warning. Each is done once, however many replicas do it. While sign-ins are paused, no one
// can use an account, so nothing is done.
func (d *Desk) DisableUnusedAt(ctx context.Context, now time.Time) error {
	after := d.Settings().UnusedAfter
	if after == 0 || d.Settings().Paused {
		return nil
	}
	var failed error
	q := store.OperatorQuery{InactiveBefore: unusedSince(after, now)}
	err := d.eachOperator(ctx, q, func(o store.Operator) error {
		failed = errors.Join(failed, d.judgeUnused(ctx, o, after, now))
		return ctx.Err()
	})
	return errors.Join(failed, err)
}

// unusedSince is before when an account was last used that is to be disabled, or to be warned.
func unusedSince(after time.Duration, now time.Time) time.Time {
	return now.Add(warnings[0] + time.Microsecond - after)
}

// seenUnused is what is known of an account that was looked at: nothing is to be done before
// until, unless it changes.
type seenUnused struct {
	version    int64
	lastActive time.Time
	after      time.Duration
	until      time.Time
}

// judgeUnused warns an operator whose account is unused, or disables it, if it is time.
func (d *Desk) judgeUnused(ctx context.Context, o store.Operator, after time.Duration, now time.Time) error {
	if d.closedTo(o, true) != "" {
		return nil // it opens nothing, so its operator could do nothing about it
	}
	seen := seenUnused{version: o.Version, lastActive: o.LastActiveAt, after: after}
	if known, ok := d.unused.Load(o.ID); ok {
		known := known.(seenUnused)
		seen.until = known.until
		if known == seen && now.Before(known.until) {
			return nil
		}
	}
	used, err := d.lastUse(ctx, o, now)
	if err != nil {
		return err
	}
	seen.until, err = d.actOnUnused(ctx, o, used.Add(after), used, now)
	if err == nil {
		d.unused.Store(o.ID, seen)
	}
	return err
}

// actOnUnused does what is due for an account that was last used at a time, and would be
// disabled at due. It returns until when there is nothing more to do.
func (d *Desk) actOnUnused(ctx context.Context, o store.Operator, due, used, now time.Time) (until time.Time, err error) {
	if first := due.Add(-warnings[0]); now.Before(first) {
		return first, nil
	}
	sent, err := d.Store.ListMails(ctx, store.MailQuery{OperatorID: o.ID, Kind: unusedKind})
	if err != nil {
		return zero, fmt.Errorf("list warnings: %w", err)
	}
	first, before := zero, 0
	for _, m := range sent.Rows { // newest first
		switch {
		case m.CreatedAt.Before(used):
		case now.Sub(m.CreatedAt) >= warnedFor:
			before++
		default:
			first = m.CreatedAt
		}
	}
	deadline := latest(due, first.Add(unusedNotice))
	if first.IsZero() {
		deadline = latest(due, now.Add(unusedNotice))
	}
	how := disabling{
		due: due, letter: letters.AccountDormant, quiet: true,
		entry: d.Audit(Visit{}, "operator.dormant", Success).System().Target(o).With("unused_since", used.UTC().Format(time.DateOnly)).With("before", string(o.State)),
	}
	if o.IsActiveSuperAdministrator() {
		switch _, err := d.otherSuperAdministrator(ctx, o); {
		case errors.Is(err, errLastOne) && now.Before(due):
			return due, nil // they stay, so a warning would be wrong
		case errors.Is(err, errLastOne):
			return now.Add(day), d.keep(ctx, o, how)
		case err != nil:
			return zero, err
		}
	}
	if !now.Before(deadline) {
		return now, d.disableBySystem(ctx, o, how)
	}
	w := warningDue(deadline, now)
	// The number of earlier warnings tells those of another time apart.
	id := warningID(fmt.Sprint(unusedKind, " ", before), o.ID, used, w)
	if err := d.remindAs(ctx, id, o, deadline, letters.AccountUnused(d.about(o), deadline)); err != nil {
		return zero, err
	}
	return nextWarning(deadline, now), nil
}

// nextWarning is when there is something to do before an end, or at it.
func nextWarning(end, now time.Time) time.Time {
	for _, w := range warnings {
		if at := end.Add(-w); at.After(now) {
			return at
		}
	}
	return end
}

// lastUse returns when an account was last used, or given back by a colleague who enabled it.
func (d *Desk) lastUse(ctx context.Context, o store.Operator, now time.Time) (time.Time, error) {
	used := latest(o.LastActiveAt, o.CreatedAt)
	if o.PasswordBy == "" {
		used = latest(used, o.PasswordSetAt) // its operator chose it
	}
	if !o.UpdatedAt.After(used) {
		return used, nil
	}
	if now.Sub(used) >= d.Settings().AuditKeep {
		return latest(used, o.UpdatedAt), nil // the audit log may no longer tell what changed
	}
	for _, code := range []string{"operator.enabled", "operator.invited"} {
		at, err := d.newestEvent(ctx, store.EventQuery{Code: code, Outcome: Success, TargetID: o.ID, From: used})
		if err != nil {
			return zero, err
		}
		used = latest(used, at)
	}
	return used, nil
}

// newestEvent returns when the newest event that a query selects happened; zero if there is
// none.
func (d *Desk) newestEvent(ctx context.Context, q store.EventQuery) (time.Time, error) {
	for {
		page, err := d.Store.ListEvents(ctx, q)
		if err != nil {
			return zero, fmt.Errorf("list events: %w", err)
		}
		if len(page.Rows) > 0 {
			return page.Rows[0].At, nil
		}
		if q.BeforeSeq = page.Next; q.BeforeSeq == 0 {
			return zero, nil
		}
	}
}

// latest returns the later of two times.
func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
