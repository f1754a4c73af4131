package desk

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/postern-go/postern/store"
)

// How often Run works, and how long records are kept.
const (
	refreshEvery = time.Second
	purgeEvery   = 10 * time.Minute
	keepMails    = 90 * 24 * time.Hour
	keepTokens   = 30 * 24 * time.Hour
	keepDevices  = 365 * 24 * time.Hour
)

// Run does the periodic work until ctx ends: it sends email, reads parameters that
// other replicas changed within a second, restores the old alias if a new one was
// not confirmed, and purges. Several replicas may run it at once. It returns the
// error of ctx.
func (d *Desk) Run(ctx context.Context) error {
	d.running.Store(true)
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	delivered := make(chan struct{}, 1)
	delivered <- struct{}{}
	var purged time.Time
	for {
		d.attempt(ctx, "refresh parameters", func() error {
			_, err := d.Fresh(ctx)
			return err
		})
		d.attempt(ctx, "roll back alias", func() error { return d.rollBack(ctx) })
		select {
		case <-delivered:
			// A slow mail server must not hold up the rest.
			go func() {
				defer func() { delivered <- struct{}{} }()
				d.attempt(ctx, "deliver email", func() error {
					_, err := d.Deliver(ctx)
					return err
				})
			}()
		default:
		}
		if now := d.Now(); now.Sub(purged) >= purgeEvery {
			purged = now
			d.attempt(ctx, "purge", func() error { return d.Purge(ctx) })
		}
		select {
		case <-ctx.Done():
			<-delivered
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// overdue is how long an email may wait before the office reports that nothing
// sends it: long enough for another process that does the periodic work.
const overdue = 30 * time.Second

// Neglected reports whether emails wait and nothing sends them: the periodic work
// was never started in this process, and no other process has taken what is due.
func (d *Desk) Neglected(ctx context.Context) (bool, error) {
	if d.running.Load() {
		return false, nil
	}
	queued, err := d.Store.ListMails(ctx, store.MailQuery{State: store.MailQueued, Limit: 50})
	if err != nil {
		return false, fmt.Errorf("list emails: %w", err)
	}
	for _, m := range queued.Rows {
		if d.Now().Sub(m.NextAttemptAt) >= overdue {
			return true, nil
		}
	}
	return false, nil
}

// Remind logs, once, that email was queued and the periodic work was never
// started. It is called on requests, so that commands, which send their own email,
// do not log it.
func (d *Desk) Remind(ctx context.Context) {
	if d.queued.Load() && !d.running.Load() {
		d.reminded.Do(func() {
			d.Log.WarnContext(ctx, "emails are waiting, and this process does not send them: call Office.Run in a goroutine")
		})
	}
}

// Purge deletes sessions, links, counters, emails and devices that are past their
// time, and audit entries that are older than the parameter keeps them.
func (d *Desk) Purge(ctx context.Context) error {
	now := d.Now()
	_, err := d.Store.Purge(ctx, store.Purge{
		Now: now, IdleSince: now.Add(-d.Settings().Session.Idle),
		MailsBefore: now.Add(-keepMails), UsedTokensBefore: now.Add(-keepTokens), DevicesBefore: now.Add(-keepDevices),
	})
	if err != nil {
		return fmt.Errorf("purge: %w", err)
	}
	return d.purgeAudit(ctx, now.Add(-d.Settings().AuditKeep))
}

// auditPurged is the event of a purge. Its detail is the number of the last event
// that was deleted.
const (
	auditPurged         = "audit.purged"
	detailPurgedThrough = "through"
)

// purgeAudit deletes the audit entries before the first that is not older than a
// time. The chain records the purge, so that entries deleted by anyone else are
// detected.
func (d *Desk) purgeAudit(ctx context.Context, before time.Time) error {
	ends, err := d.ends(ctx)
	if err != nil {
		return err
	}
	kept, err := d.Store.ListEvents(ctx, store.EventQuery{OldestFirst: true, From: before, Limit: 1})
	if err != nil {
		return fmt.Errorf("look for old audit entries: %w", err)
	}
	through := ends.LastSeq
	if len(kept.Rows) > 0 {
		through = kept.Rows[0].Seq - 1
	}
	if through <= ends.PurgedSeq {
		return nil
	}
	event := d.Audit(Visit{}, auditPurged, Success).System().With("before", before.Format(time.RFC3339)).
		With(detailPurgedThrough, strconv.FormatInt(through, 10)).Write()
	err = d.Commit(ctx, store.PurgeEvents{Through: through}, event)
	if err != nil && !isNotFound(err) { // another replica was quicker
		return fmt.Errorf("purge audit: %w", err)
	}
	return nil
}
