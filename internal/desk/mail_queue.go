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
	// sendTime is how long one delivery may take. claimTime is longer, so that
	// another replica takes over an email only if the first one died.
	sendTime  = 45 * time.Second
	claimTime = 2 * time.Minute
)

// retries are the waits between attempts. After the last one the email has failed.
var retries = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// Deliver sends every email that is due, one after the other, and returns how many
// it tried to send. An email is sent at least once: if a replica dies between the
// server's reply and storing it, the email is sent again with the same Message-ID.
func (d *Desk) Deliver(ctx context.Context) (int, error) {
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		now := d.Now()
		m, err := d.Store.ClaimMail(ctx, now, now.Add(claimTime))
		if isNotFound(err) {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("claim email: %w", err)
		}
		if err := d.deliver(ctx, m); err != nil {
			return n, err
		}
	}
}

func (d *Desk) deliver(ctx context.Context, m store.Mail) error {
	settle := store.MoveMail{ID: m.ID, From: store.MailQueued, Attempt: m.Attempts, At: d.Now()}
	if !m.ExpiresAt.IsZero() && !d.Now().Before(m.ExpiresAt) {
		settle.To, settle.Reply = store.MailFailed, "Not sent in time: its link has expired."
		return d.settle(ctx, m, settle)
	}
	err := d.send(ctx, m)
	settle.At = d.Now()
	failure := (*mail.DeliveryError)(nil)
	switch {
	case err == nil:
		settle.To = store.MailSent
	case ctx.Err() != nil:
		// The process is stopping. The email can be claimed again.
		return ctx.Err()
	case errors.Is(err, vault.ErrOpen):
		settle.To, settle.Reply = store.MailFailed, "Its text could not be decrypted with the present secrets."
	default:
		settle.To, settle.Reply = store.MailQueued, "The email could not be handed to the mail server."
		if errors.As(err, &failure) {
			// If the server never replied, the error says why, in words for
			// operators.
			settle.Reply = cmp.Or(failure.Reply, failure.Error())
			if failure.Permanent {
				settle.To = store.MailFailed
			}
		}
		if m.Attempts > len(retries) {
			settle.To = store.MailFailed
		}
		if settle.To == store.MailQueued {
			settle.NextAttemptAt = d.Now().Add(retries[m.Attempts-1])
		}
		d.Log.WarnContext(ctx, "email not delivered", "mail", m.ID, "kind", m.Kind, "attempt", m.Attempts, "error", err)
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
		return fmt.Errorf("read email: %w", err)
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
	// The server has replied, which must be stored even if the process stops.
	err := d.Commit(context.WithoutCancel(ctx), writes...)
	if isConflict(err) || isNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("settle email: %w", err)
	}
	return nil
}

// attempt does one piece of periodic work. An error or a panic is logged, and the
// work is tried again next time.
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
