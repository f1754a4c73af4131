package desk

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/postern-go/postern/store"
)

// How long records are kept.
const (
	keepMails   = 90 * 24 * time.Hour
	keepTokens  = 30 * 24 * time.Hour
	keepDevices = 365 * 24 * time.Hour
)

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
