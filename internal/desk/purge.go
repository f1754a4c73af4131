package desk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
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
	now, elapsed := d.clock.Both()
	lasted, stepped := d.steady.look(now.Round(0), elapsed)
	if stepped {
		d.Log.WarnContext(ctx, "the clock has jumped: no old records are deleted until it has been steady for an hour", "now", now)
	}
	if _, wrong := d.ClockWrong(); wrong || lasted < steadyFor {
		return nil
	}
	return d.PurgeAt(ctx, store.Time(now))
}

// PurgeAt deletes sessions, links, counters, emails, devices and known browsers
// that are past their time, and audit entries older than the parameter allows. If ctx ends it,
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

// auditPurged is the event of a purge. Its details are the number of the last entry that
// was taken out of the log, the time before which they were, and that of the newest.
const (
	auditPurged         = "audit.purged"
	detailPurgedThrough = "through"
	detailPurgedBefore  = "before"
	detailPurgedNewest  = "newest"
)

// auditKeep is the parameter that says how long audit entries are kept.
const auditKeep = "audit.keep"

// purgeAudit takes the audit entries before the first that is not old enough out of the
// log, and returns the last one that the store may delete. What decides that, nobody
// can change who does not know the master secret: the ends must be as the office sealed
// them, the parameter must not be shorter than it was last saved, and the times are those
// of entries that hold in the chain, which records the purge.
func (d *Desk) purgeAudit(ctx context.Context, now time.Time) (through int64, err error) {
	ends, err := d.ends(ctx)
	if err != nil {
		return 0, err
	}
	s, err := d.unseal(ends)
	if err == nil && s.Broken != 0 {
		err = errSeal
	}
	if err != nil {
		return 0, fmt.Errorf("purge audit: nothing is deleted: %w", err)
	}
	keep := s.atLeast(d.Settings().AuditKeep)
	old, newest, err := d.oldEntries(ctx, ends, s, now.Add(-keep))
	if err != nil || old.Seq == 0 {
		return ends.PurgedSeq, err
	}
	event := d.Audit(Visit{}, auditPurged, Success).System().
		With(detailPurgedThrough, strconv.FormatInt(old.Seq, 10)).
		With(detailPurgedBefore, store.Time(now.Add(-keep)).Format(time.RFC3339Nano)).
		With(detailPurgedNewest, newest.Format(time.RFC3339Nano)).Write()
	err = d.Commit(ctx, store.PurgeEvents{Through: old.Seq, MAC: old.MAC, Seal: d.sealPurge}, event)
	if isNotFound(err) { // another replica was quicker
		return ends.PurgedSeq, nil
	}
	if err != nil {
		return ends.PurgedSeq, fmt.Errorf("purge audit: %w", err)
	}
	return old.Seq, nil
}

// oldEntries returns the last entry, of those from the oldest on, that happened before a
// time, and the time of the newest of them. It goes by entries that hold in the chain
// alone. Those before them that cannot be verified, because their secret is no longer
// there or because they were accepted as they were, are older: they were appended earlier.
func (d *Desk) oldEntries(ctx context.Context, ends store.AuditEnds, s seal, before time.Time) (last store.Event, newest time.Time, err error) {
	missing, previous := d.lacksKeyOf(s), ends.PurgedMAC
	// Mostly there is nothing to do, which one entry shows.
	for q := (store.EventQuery{OldestFirst: true, AfterSeq: ends.PurgedSeq, Limit: 1}); ; q.Limit = exportBatch {
		page, err := d.Store.ListEvents(ctx, q)
		if err != nil {
			return last, newest, fmt.Errorf("look for old audit entries: %w", err)
		}
		for _, e := range page.Rows {
			if !e.At.Before(before) {
				return last, newest, nil
			}
			switch holds := e.Seq >= s.From && d.keyOfLink(previous, e) != ""; {
			case holds:
				last = e
				if e.At.After(newest) {
					newest = e.At
				}
			case e.Seq >= s.From && !missing:
				if now, err := d.ends(ctx); err != nil || now.PurgedSeq != ends.PurgedSeq {
					return store.Event{}, newest, err // another replica was quicker
				}
				return store.Event{}, newest, fmt.Errorf("purge audit: nothing is deleted: entry %d was changed", e.Seq)
			}
			previous = e.MAC
		}
		if q.AfterSeq = page.Next; page.Next == 0 {
			return last, newest, nil
		}
	}
}
