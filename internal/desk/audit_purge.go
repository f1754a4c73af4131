package desk

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/postern-go/postern/store"
)

// auditPurged is the event that records a purge.
const auditPurged = "audit.purged"

// purgeRecord is what the entry of a purge says about it.
type purgeRecord struct {
	// through is the number of the last entry that was taken out of the log.
	through int64
	// before is the time before which all of them were, newest that of the newest.
	before, newest time.Time
}

const (
	detailPurgedThrough = "through"
	detailPurgedBefore  = "before"
	detailPurgedNewest  = "newest"
)

// readPurge reads what purgeAudit wrote. The caller has verified the event.
func readPurge(e store.Event) (p purgeRecord, err error) {
	if p.through, err = strconv.ParseInt(e.Detail[detailPurgedThrough], 10, 64); err != nil {
		return p, err
	}
	if p.before, err = time.Parse(time.RFC3339Nano, e.Detail[detailPurgedBefore]); err != nil {
		return p, err
	}
	p.newest, err = time.Parse(time.RFC3339Nano, e.Detail[detailPurgedNewest])
	return p, err
}

// auditKeep is the parameter that says how long audit entries are kept.
const auditKeep = "audit.keep"

// purgeAudit takes the audit entries before the first that is not old enough out of the
// log, and returns the last one that the store may delete. No one without the master
// secret can change what decides that: the ends must be as the office sealed them, the
// parameter must not be shorter than it was last saved, and only the times of entries
// that are intact in the chain are used. The chain records the purge.
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

// oldEntries returns the last of the oldest entries that all happened before a time, and
// the time of the newest of them. Only entries that are intact in the chain decide.
// Entries before them that cannot be verified, because their secret is gone or because
// they were accepted as they were, are older, because they were appended earlier.
func (d *Desk) oldEntries(ctx context.Context, ends store.AuditEnds, s seal, before time.Time) (last store.Event, newest time.Time, err error) {
	missing, previous := d.lacksKeyOf(s), ends.PurgedMAC
	// Usually there is nothing to do, and one entry shows that.
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
