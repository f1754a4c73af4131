package commands

import (
	"context"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

const (
	defaultRows = 20
	maxRows     = 500
)

// mailKinds are the commands about emails.
var mailKinds = []*kind{
	{name: "mail", anySecret: true, summary: messages.New("commands.mail.summary"), example: "mail -state failed", run: mails, see: "operators",
		text: messages.New("commands.mail.text"),
		flags: []option{
			choice("state", "", "commands.mail.flag.state", string(store.MailQueued), string(store.MailSent), string(store.MailFailed), string(store.MailCancelled)),
			text("to", "commands.mail.flag.to"), limit(defaultRows, maxRows), asJSON,
		}},
	{name: "mail show", anySecret: true, operands: "ID", summary: messages.New("commands.mail_show.summary"), example: "mail show k7w3m5xq2fhz6tnp4ydc7w3m5x", run: mailShow, see: "mail", flags: []option{asJSON},
		text: messages.New("commands.mail_show.text")},
	{name: "mail retry", operands: "ID", summary: messages.New("commands.mail_retry.summary"), example: "mail retry k7w3m5xq2fhz6tnp4ydc7w3m5x", run: mailRetry, see: "mail",
		text: messages.New("commands.mail_retry.text")},
	{name: "mail test", operands: "EMAIL", summary: messages.New("commands.mail_test.summary"), example: "mail test you@example.com", run: mailTest,
		text: messages.New("commands.mail_test.text")},
}

// mailRecord is an email in JSON: never its text.
type mailRecord struct {
	ID            string          `json:"id"`
	Kind          string          `json:"kind"`
	Operator      string          `json:"operator,omitempty"`
	To            string          `json:"to"`
	Subject       string          `json:"subject"`
	State         store.MailState `json:"state"`
	Attempts      int             `json:"attempts"`
	Reply         string          `json:"reply,omitempty"`
	CreatedAt     time.Time       `json:"created_at"`
	SentAt        time.Time       `json:"sent_at,omitzero"`
	NextAttemptAt time.Time       `json:"next_attempt_at,omitzero"`
	ExpiresAt     time.Time       `json:"expires_at,omitzero"`
}

func newMailRecord(m store.Mail) mailRecord {
	r := mailRecord{m.ID, m.Kind, m.OperatorID, m.To, m.Subject, m.State, m.Attempts, m.Reply, m.CreatedAt, m.SentAt, m.NextAttemptAt, m.ExpiresAt}
	if m.State != store.MailQueued {
		r.NextAttemptAt = time.Time{}
	}
	return r
}

var mailColumns = columns[mailRecord]{
	[]string{"created", "id", "kind", "to", "state", "attempts", "answer"},
	func(_ *call, m mailRecord) []any {
		return []any{m.CreatedAt, m.ID, m.Kind, m.To, m.State, m.Attempts, desk.Why(m.Reply)}
	},
}

// mails lists those that a query selects, at most so many.
func (c *call) mails(ctx context.Context, q store.MailQuery, most int) ([]mailRecord, error) {
	return collect(most, newMailRecord, func(limit int) ([]store.Mail, bool, error) {
		q.Limit = limit
		page, err := c.desk.Mails(ctx, c.by, q)
		q.After = page.Next
		return page.Rows, page.Next != nil, err
	})
}

func mails(ctx context.Context, c *call) error {
	q := store.MailQuery{State: store.MailState(c.flags.value("state"))}
	if to := c.flags.value("to"); to != "" {
		o, err := c.operator(ctx, to)
		if err != nil {
			return err
		}
		q.OperatorID = o.ID
	}
	rows, err := c.mails(ctx, q, c.flags.limit())
	if err != nil {
		return err
	}
	if q.State == "" {
		q.State = store.MailFailed
		failed, err := c.mails(ctx, q, c.flags.limit())
		if err != nil {
			return err
		}
		others := slices.DeleteFunc(rows, func(m mailRecord) bool { return m.State == store.MailFailed })
		rows = append(failed, others...)
		rows = rows[:min(len(rows), c.flags.limit())]
	}
	return list(c, rows, "commands.mail.none", mailColumns)
}

func mailShow(ctx context.Context, c *call) error {
	found, err := c.mail(ctx)
	if err != nil {
		return err
	}
	m := newMailRecord(found)
	return c.show(m, "id", m.ID, "kind", m.Kind, "to", m.To, "subject", m.Subject, "state", m.State, "attempts", m.Attempts, "answer", desk.Why(m.Reply),
		"created", m.CreatedAt, "sent", m.SentAt, "next_attempt", m.NextAttemptAt, "link_expires", m.ExpiresAt)
}

func mailTest(ctx context.Context, c *call) error {
	id, err := c.desk.TestMailTo(ctx, c.by, c.visit, c.arg(0))
	if err != nil {
		return err
	}
	return c.delivered(ctx, id)
}

func mailRetry(ctx context.Context, c *call) error {
	m, err := c.mail(ctx)
	if err != nil {
		return err
	}
	again := c.desk.Resendable(m)
	err = c.desk.ResendMail(ctx, c.by, c.visit, m.ID)
	switch {
	case err == desk.ErrChanged:
		return notAgain(m)
	case err != nil:
		return err
	case again == desk.ResendSame:
		return c.delivered(ctx, m.ID)
	}
	// The new email is queued, so it is no failure if it cannot be found now.
	newest, err := c.mails(ctx, store.MailQuery{OperatorID: m.OperatorID, Kind: m.Kind}, 1)
	if err != nil || len(newest) == 0 {
		c.print("commands.mail_retry.queued")
		return nil
	}
	return c.delivered(ctx, newest[0].ID)
}

// notAgain says why an email cannot be sent again.
func notAgain(m store.Mail) error {
	switch m.State {
	case store.MailQueued:
		return wrong("commands.mail_retry.still_queued")
	case store.MailFailed:
		return wrong("commands.mail_retry.expired")
	}
	return wrong("commands.mail_retry.not_kept", "state", string(m.State))
}

// delivered sends what is due and says what became of one email.
func (c *call) delivered(ctx context.Context, id string) error {
	end := time.After(deliverWithin)
	if err := c.send(ctx); err != nil {
		return wrong("commands.mail_test.not_delivered", "why", textOf(err)).of(err)
	}
	for {
		m, err := c.desk.Mail(ctx, c.by, id)
		switch {
		case err != nil:
			return err
		case m.State == store.MailSent:
			c.print("commands.mail_test.done", "email", m.To)
			return nil
		case m.State != store.MailQueued:
			return wrong("commands.mail_test.given_up", "email", m.To, "state", string(m.State), "reply", desk.Why(m.Reply))
		case m.Reply != "":
			return wrong("commands.mail_test.refused", "email", m.To, "reply", desk.Why(m.Reply), "next", stamp(m.NextAttemptAt))
		}
		// The running office claimed it first.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end:
			return wrong("commands.mail_test.not_yet", "email", m.To, "id", m.ID)
		case <-time.After(lookAgain):
		}
	}
}

// send sends what is due, for as long as deliverWithin.
func (c *call) send(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, deliverWithin)
	defer cancel()
	_, err := c.desk.Deliver(ctx)
	return err
}

const (
	// deliverWithin is how long a command waits for the mail server.
	deliverWithin = 30 * time.Second
	// lookAgain is between two looks at an email that another process sends.
	lookAgain = 200 * time.Millisecond
)

// deliver sends what a command queued, because the office may not be running. If
// it cannot be sent now the command has not failed: it stays queued, and stderr
// says so.
func (c *call) deliver(ctx context.Context, since time.Time) {
	if err := c.send(ctx); err != nil {
		c.warn("commands.mail.wait", "why", err.Error())
		return
	}
	undelivered := map[store.MailState]string{store.MailQueued: "commands.mail.not_delivered_yet", store.MailFailed: "commands.mail.refused"}
	for _, state := range []store.MailState{store.MailQueued, store.MailFailed} {
		rows, err := c.mails(ctx, store.MailQuery{State: state}, maxRows)
		if err != nil {
			return
		}
		rows = slices.DeleteFunc(rows, func(m mailRecord) bool { return m.CreatedAt.Before(store.Time(since)) || m.Reply == "" })
		for _, m := range rows[:min(len(rows), 3)] {
			c.warn(undelivered[state], "email", m.To, "reply", desk.Why(m.Reply))
		}
		if len(rows) > 3 {
			c.warn("commands.mail.more", "command", "mail -state "+string(state))
		}
	}
}
