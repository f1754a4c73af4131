package desk

import (
	"context"
	"time"

	"github.com/postern-go/postern/store"
)

// overdue is how long the queue may stand still before the office says so.
const overdue = 30 * time.Second

// MailQueue is how the queue of emails stands.
type MailQueue struct {
	store.MailQueue
	// Delayed reports that emails wait and the queue does not move: none was sent
	// for half a minute, and either they are due and nothing has taken them, or the
	// newest attempt failed, or nothing was sent since they were queued.
	Delayed bool
	// Refused reports that emails wait and the newest attempt failed: the mail server
	// accepted none since.
	Refused bool
	// Unattended reports that emails have been due for half a minute, and neither
	// this process nor another one sends them.
	Unattended bool
}

// Trouble reports that emails do not leave at the moment.
func (q MailQueue) Trouble() bool { return q.Refused || q.Delayed }

// MailQueue tells how the queue of emails stands. It is the same for everyone, and
// names no one.
func (d *Desk) MailQueue(ctx context.Context) (MailQueue, error) {
	p, err := d.pulse(ctx)
	if err != nil {
		return MailQueue{}, err
	}
	return d.standing(p.Mail), nil
}

// standing tells whether a queue moves.
func (d *Desk) standing(stored store.MailQueue) MailQueue {
	q := MailQueue{MailQueue: stored}
	q.Refused = q.Queued > 0 && q.FailedAt.After(q.SentAt)
	past := func(t time.Time) bool { return d.Now().Sub(t) >= overdue }
	if q.Queued == 0 || !past(q.SentAt) {
		return q
	}
	due := past(q.DueAt)
	q.Delayed = due || past(q.OldestAt) && (q.FailedAt.After(q.SentAt) || q.OldestAt.After(q.SentAt))
	q.Unattended = due && !d.running.Load()
	return q
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
