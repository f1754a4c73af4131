package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/postern-go/postern/store"
)

// How long records are kept.
const (
	keepMails   = 90 * 24 * time.Hour
	keepTokens  = 30 * 24 * time.Hour
	keepDevices = 365 * 24 * time.Hour
)

// Before anything is deleted, the clock must have been steady for steadyFor.
const (
	steadyFor = time.Hour
	// stepMost is how far the time and the monotonic clock may drift apart between
	// two looks.
	stepMost = time.Minute
)

// steady watches whether the time advances as the monotonic clock does. Stored
// rows cannot vouch for a clock, because their times come from it.
type steady struct {
	mu sync.Mutex
	// now and elapsed are both clocks at the last look; since is the monotonic one
	// when they were first seen to agree.
	now            time.Time
	elapsed, since time.Duration
}

// look returns how long the clock has been steady; stepped reports that it has
// just jumped.
func (s *steady) look(now time.Time, elapsed time.Duration) (lasted time.Duration, stepped bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	step := now.Sub(s.now) - (elapsed - s.elapsed)
	stepped = !s.now.IsZero() && step.Abs() > stepMost
	if stepped || s.now.IsZero() {
		s.since = elapsed
	}
	s.now, s.elapsed = now, elapsed
	return elapsed - s.since, stepped
}

// Purge is PurgeAt now, if the time can be trusted: a clock that was set wrong must
// not delete in seconds what years collected. This machine's clock must not be
// wrong, and the time that is used must have been steady for an hour of calls, so a
// first call deletes nothing. See docs/decisions/016.
func (d *Desk) Purge(ctx context.Context) error {
	now, trusted := d.steadyNow(ctx)
	if !trusted {
		return nil
	}
	return d.PurgeAt(ctx, now)
}

// steadyNow returns the time, and whether it can be trusted for what cannot be undone.
func (d *Desk) steadyNow(ctx context.Context) (now time.Time, trusted bool) {
	now, elapsed := d.clock.Both()
	lasted, stepped := d.steady.look(now.Round(0), elapsed)
	if stepped {
		d.Log.WarnContext(ctx, "the clock has jumped: no old records are deleted and no accounts end until it has been steady for an hour", "now", now)
	}
	_, wrong := d.ClockWrong()
	return store.Time(now), !wrong && lasted >= steadyFor
}

// PurgeAt deletes sessions, links, counters, answers, emails, devices and known browsers
// that are past their time, and audit entries older than the parameter allows. If ctx ends first,
// the next call deletes the rest.
func (d *Desk) PurgeAt(ctx context.Context, now time.Time) error {
	// First, because the store then deletes what this takes out of the audit log.
	// An account without the right to do so still purges the rest.
	through, auditErr := d.purgeAudit(ctx, now)
	_, err := d.Store.Purge(ctx, store.Purge{
		Now: now, IdleSince: now.Add(-d.Settings().Session.Idle), EventsThrough: through,
		MailsBefore: now.Add(-keepMails), UsedTokensBefore: now.Add(-keepTokens), DevicesBefore: now.Add(-keepDevices),
		BrowsersBefore: now.Add(-BrowserLife),
	})
	if err != nil {
		err = fmt.Errorf("purge: %w", err)
	}
	return errors.Join(auditErr, err)
}
