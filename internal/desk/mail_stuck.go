package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/store"
)

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
