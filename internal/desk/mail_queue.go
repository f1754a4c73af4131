package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	if isConflict(err) || IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("settle mail: %w", err)
	}
	return nil
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
