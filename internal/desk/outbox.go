package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

const (
	// sendTime is how long one delivery may take; claimTime is longer, so that
	// a mail is taken over only from a replica that died.
	sendTime  = 45 * time.Second
	claimTime = 2 * time.Minute
)

// retries are the waits between attempts; after the last the mail has failed.
var retries = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// Deliver sends every mail that is due, one after the other, and says how many
// it tried. A mail is sent at least once: should a replica die between the
// server's answer and writing it down, it is sent again under the same
// Message-ID.
func (d *Desk) Deliver(ctx context.Context) (int, error) {
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		now := d.now()
		m, err := d.Store.ClaimMail(ctx, now, now.Add(claimTime))
		if IsNotFound(err) {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("claim mail: %w", err)
		}
		if err := d.deliver(ctx, m); err != nil {
			return n, err
		}
	}
}

func (d *Desk) deliver(ctx context.Context, m store.Mail) error {
	settle := store.MoveMail{ID: m.ID, From: store.MailQueued, Attempt: m.Attempts, At: d.now()}
	if !m.ExpiresAt.IsZero() && !d.now().Before(m.ExpiresAt) {
		settle.To, settle.Reply = store.MailFailed, "Not sent in time: its link has expired."
		return d.settle(ctx, m, settle)
	}
	err := d.send(ctx, m)
	settle.At = d.now()
	failure := (*mail.DeliveryError)(nil)
	switch {
	case err == nil:
		settle.To = store.MailSent
	case ctx.Err() != nil:
		// Going down is not the mail's fault: let it be claimed again.
		return ctx.Err()
	case errors.Is(err, vault.ErrOpen):
		settle.To, settle.Reply = store.MailFailed, "The text could not be opened with the secrets this office has now."
	default:
		settle.To, settle.Reply = store.MailQueued, "The mail could not be handed over."
		if errors.As(err, &failure) {
			// A server that never answered has said nothing; the error then
			// says what stood in the way, in words fit for operators.
			settle.Reply = cmp.Or(failure.Reply, failure.Error())
			if failure.Permanent {
				settle.To = store.MailFailed
			}
		}
		if m.Attempts > len(retries) {
			settle.To = store.MailFailed
		}
		if settle.To == store.MailQueued {
			settle.NextAttemptAt = d.now().Add(retries[m.Attempts-1])
		}
		d.Log.WarnContext(ctx, "mail not delivered", "mail", m.ID, "kind", m.Kind, "attempt", m.Attempts, "error", err)
	}
	return d.settle(ctx, m, settle)
}

func (d *Desk) send(ctx context.Context, m store.Mail) error {
	plain, err := d.Vault.Open(vault.MailBodies, mailPlace(m.ID), m.Body)
	if err != nil {
		return err
	}
	var b body
	if err := json.Unmarshal(plain, &b); err != nil {
		return fmt.Errorf("read mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	return d.Sender.Send(ctx, mail.Message{ID: m.ID, Date: m.CreatedAt, To: m.To, Subject: m.Subject, Text: b.Text, HTML: b.HTML})
}

func (d *Desk) settle(ctx context.Context, m store.Mail, s store.MoveMail) error {
	writes := []store.Write{s}
	if s.To == store.MailFailed {
		event := d.Audit(Visit{}, "mail.failed", Failure).System().Thing("mail", m.ID, m.Kind).Because(s.Reply).Write()
		writes = append(writes, event)
	}
	// The server has answered; going down now must not lose that.
	err := d.Commit(context.WithoutCancel(ctx), writes...)
	if IsConflict(err) || IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("settle mail: %w", err)
	}
	return nil
}

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

// attempt does one piece of periodic work; what fails, or panics, is logged and
// tried again next time.
func (d *Desk) attempt(ctx context.Context, what string, work func() error) {
	defer func() {
		if p := recover(); p != nil {
			d.Log.ErrorContext(ctx, what, "panic", fmt.Sprint(p))
		}
	}()
	if err := work(); err != nil && ctx.Err() == nil {
		d.Log.ErrorContext(ctx, what, "error", err)
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

// AuditPurged is the event that tells of purged rows, and PurgedThrough the
// detail with the number of the last of them.
const (
	AuditPurged   = "audit.purged"
	PurgedThrough = "through"
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
	event := d.Audit(Visit{}, AuditPurged, Success).System().With("before", before.Format(time.RFC3339)).
		With(PurgedThrough, strconv.FormatInt(through, 10)).Write()
	err = d.Commit(ctx, store.PurgeEvents{Through: through}, event)
	if err != nil && !IsNotFound(err) { // another replica was quicker
		return fmt.Errorf("purge audit: %w", err)
	}
	return nil
}
