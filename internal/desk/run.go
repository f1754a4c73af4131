package desk

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/postern-go/postern/store"
)

// How often Run looks, and how long settled things are kept.
const (
	refreshEvery = time.Second
	purgeEvery   = 10 * time.Minute
	keepMails    = 90 * 24 * time.Hour
	keepTokens   = 30 * 24 * time.Hour
	keepDevices  = 365 * 24 * time.Hour
)

// Run does the periodic work until ctx ends: it sends mail, learns of
// parameters changed on other replicas within a second, rolls back an address
// that was not confirmed, and deletes what is past its time. Several replicas
// may run it at once. It returns ctx's error.
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
		d.attempt(ctx, "roll back address", func() error { return d.rollBack(ctx) })
		select {
		case <-delivered:
			// A slow mail server must not hold up the rest.
			go func() {
				defer func() { delivered <- struct{}{} }()
				d.attempt(ctx, "deliver mail", func() error {
					_, err := d.Deliver(ctx)
					return err
				})
			}()
		default:
		}
		if now := d.now(); now.Sub(purged) >= purgeEvery {
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

// overdue is how long a mail may wait before somebody is told that nothing
// sends it: long enough for another process that runs the periodic work.
const overdue = 30 * time.Second

// Neglected says whether mail waits that nobody sends: the periodic work was
// never started in this process, and none other has taken what is due.
func (d *Desk) Neglected(ctx context.Context) (bool, error) {
	if d.running.Load() {
		return false, nil
	}
	queued, err := d.Store.ListMails(ctx, store.MailQuery{State: store.MailQueued, Limit: 50})
	if err != nil {
		return false, fmt.Errorf("list mails: %w", err)
	}
	for _, m := range queued.Rows {
		if d.now().Sub(m.NextAttemptAt) >= overdue {
			return true, nil
		}
	}
	return false, nil
}

// Remind says in the log, once, that mail was queued and the periodic work was
// never started. It is asked on requests, so that a command that sends its own
// mail says nothing.
func (d *Desk) Remind(ctx context.Context) {
	if d.queued.Load() && !d.running.Load() {
		d.reminded.Do(func() {
			d.Log.WarnContext(ctx, "a mail waits, and nothing in this process sends it: call Office.Run in a goroutine")
		})
	}
}

// Purge deletes what is past its time: sessions, links, counters, mails and
// devices, and audit rows past what the parameter keeps.
func (d *Desk) Purge(ctx context.Context) error {
	now := d.now()
	_, err := d.Store.Purge(ctx, store.Purge{
		Now: now, IdleSince: now.Add(-d.Settings().Session.Idle),
		MailsBefore: now.Add(-keepMails), UsedTokensBefore: now.Add(-keepTokens), DevicesBefore: now.Add(-keepDevices),
	})
	if err != nil {
		return fmt.Errorf("purge: %w", err)
	}
	return d.purgeAudit(ctx, now.Add(-d.Settings().AuditKeep))
}

// auditPurged is the event that tells of purged rows, and PurgedThrough the
// detail with the number of the last of them.
const (
	auditPurged         = "audit.purged"
	detailPurgedThrough = "through"
)

// purgeAudit deletes the audit rows up to the first that is not from before a
// time, when there are any. It writes down which as the next row of the chain,
// so that a beginning cut off by anybody else shows.
func (d *Desk) purgeAudit(ctx context.Context, before time.Time) error {
	ends, err := d.Store.AuditEnds(ctx)
	if err != nil {
		return fmt.Errorf("look for old audit rows: %w", err)
	}
	kept, err := d.Store.ListEvents(ctx, store.EventQuery{OldestFirst: true, From: before, Limit: 1})
	if err != nil {
		return fmt.Errorf("look for old audit rows: %w", err)
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
	if err != nil && !IsNotFound(err) { // another replica was quicker
		return fmt.Errorf("purge audit: %w", err)
	}
	return nil
}
