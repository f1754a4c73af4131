package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

const (
	// sendTime is how long one delivery may take: longer than a mail server may
	// need to accept a message.
	sendTime = 15 * time.Minute
	// claimTime is how long a claim lasts unless it is renewed: another replica
	// takes an email over only if the first one died. It is longer than the sender
	// needs to hand a message over, so that a replica that cannot renew its claim
	// does not hand over what another one may be sending.
	claimTime  = 2 * time.Minute
	renewEvery = 30 * time.Second
)

// retries are the waits between attempts. After the last one the email has failed.
var retries = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// deliver sends a claimed email and records what became of it.
func (d *Desk) deliver(ctx context.Context, m store.Mail) error {
	if !m.ExpiresAt.IsZero() && !d.Now().Before(m.ExpiresAt) {
		return d.settle(ctx, m, store.MoveMail{To: store.MailFailed, Reply: "Not sent in time: its link has expired."})
	}
	switch held, err := d.heldBack(ctx, m); {
	case err != nil:
		return err
	case held != nil:
		return d.settle(ctx, m, *held)
	}
	if vault.Newer(m.Body) {
		return d.record(ctx, "leave email to a newer version", store.RenewMail{ID: m.ID, Attempt: m.Attempts, Until: d.Now().Add(mailWait), GiveBack: true})
	}
	b, err := d.mailBody(m)
	switch w := d.readdress(ctx, m, &b).(type) {
	case store.RenewMail:
		return d.record(ctx, "postpone email", w)
	case store.MoveMail:
		return d.settle(ctx, m, w)
	}
	sending, stop := context.WithTimeout(ctx, sendTime)
	defer stop()
	release := d.keepClaim(ctx, m, stop)
	if err == nil {
		err = d.send(sending, m, b)
	}
	if lost := release(); lost {
		// Another replica sends it now, and records the result.
		d.Log.WarnContext(ctx, "claim on email lost", "mail", m.ID, "kind", m.Kind, "attempt", m.Attempts, "error", err)
		return nil
	}
	if err == nil {
		return d.settle(ctx, m, store.MoveMail{To: store.MailSent})
	}
	failure := (*mail.DeliveryError)(nil)
	known := errors.As(err, &failure)
	if ctx.Err() != nil && !(known && failure.Reply != "") {
		if known && !failure.InDoubt {
			return d.giveBack(ctx, m)
		}
		// The message may have been sent. The claim expires on its own, which gives a
		// late copy the time to arrive first.
		return ctx.Err()
	}
	settle := store.MoveMail{To: store.MailQueued, Reply: "The email could not be handed to the mail server."}
	switch {
	case errors.Is(err, vault.ErrOpen):
		settle.To, settle.Reply = store.MailFailed, "Its text could not be decrypted with the present secrets."
	case known:
		// If the server never replied, the error says why, in words for operators.
		settle.Reply = cmp.Or(failure.Reply, failure.Error())
		if failure.Permanent {
			settle.To = store.MailFailed
		}
	}
	if settle.To == store.MailQueued {
		settle = d.again(m, settle.Reply)
	}
	d.Log.WarnContext(ctx, "email not delivered", "mail", m.ID, "kind", m.Kind, "attempt", m.Attempts, "error", err)
	return d.settle(ctx, m, settle)
}

// again returns how an attempt ends that is made again, unless it was the last one.
func (d *Desk) again(m store.Mail, reply string) store.MoveMail {
	if m.Attempts > len(retries) {
		return store.MoveMail{To: store.MailFailed, Reply: reply}
	}
	return store.MoveMail{To: store.MailQueued, Reply: reply, NextAttemptAt: d.Now().Add(retries[m.Attempts-1])}
}

// mailBody returns what an email holds.
func (d *Desk) mailBody(m store.Mail) (b body, err error) {
	plain, err := d.Vault.Open(vault.MailBodies, mailPlace(m.ID), m.Body)
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(plain, &b); err != nil {
		return b, fmt.Errorf("read email: %w", err)
	}
	return b, nil
}

func (d *Desk) send(ctx context.Context, m store.Mail, b body) error {
	return safely(func() error {
		message := mail.Message{ID: m.ID, Date: m.CreatedAt, To: m.To, Subject: m.Subject, Text: b.Text, HTML: b.HTML}
		if d.Logo != nil && strings.Contains(b.HTML, `src="cid:`+mail.LogoID+`"`) {
			message.Pictures = []mail.Picture{*d.Logo} // not queued with each email
		}
		return d.Sender.Send(ctx, message)
	})
}

// keepClaim renews the claim on an email until release is called, which reports
// whether someone else has claimed it. In that case stop is called at once.
func (d *Desk) keepClaim(ctx context.Context, m store.Mail, stop func()) (release func() (lost bool)) {
	ctx = context.WithoutCancel(ctx)
	released, lost := make(chan struct{}), make(chan bool, 1)
	go func() {
		tick := time.NewTicker(renewEvery)
		defer tick.Stop()
		for {
			select {
			case <-released:
				lost <- false
				return
			case <-tick.C:
			}
			// After any other error the claim may still be ours, and the next renewal
			// may be in time.
			err := d.Commit(ctx, store.RenewMail{ID: m.ID, Attempt: m.Attempts, Until: d.Now().Add(claimTime)})
			if isConflict(err) || isNotFound(err) {
				stop()
				lost <- true
				return
			}
		}
	}()
	return func() bool {
		close(released)
		return <-lost
	}
}

// giveBack ends a claim before its email was sent: another replica sends it
// immediately, and the attempt does not count.
func (d *Desk) giveBack(ctx context.Context, m store.Mail) error {
	return d.record(ctx, "give email back", store.RenewMail{ID: m.ID, Attempt: m.Attempts, Until: d.Now(), GiveBack: true})
}

// settle records how an attempt ended.
func (d *Desk) settle(ctx context.Context, m store.Mail, s store.MoveMail) error {
	s.ID, s.From, s.Attempt, s.At = m.ID, store.MailQueued, m.Attempts, d.Now()
	writes := []store.Write{s}
	if s.To == store.MailFailed {
		event := d.Audit(Visit{}, "mail.failed", Failure).System().Thing("mail", m.ID, m.Kind).Because(s.Reply).Write()
		writes = append(writes, event)
	}
	return d.record(ctx, "settle email", writes...)
}

// record commits what became of an email, even if the process stops. While the store
// is down it tries again, for as long as the claim lasts: what is not recorded is sent
// a second time.
func (d *Desk) record(ctx context.Context, what string, writes ...store.Write) error {
	for until := d.Now().Add(claimTime); ; {
		err := d.Commit(context.WithoutCancel(ctx), writes...)
		if err == nil || isConflict(err) || isNotFound(err) {
			return nil
		}
		if !errors.Is(err, store.ErrUnavailable) || !d.Now().Before(until) {
			return fmt.Errorf("%s: %w", what, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, err)
		case <-time.After(lookAgain):
		}
	}
}
