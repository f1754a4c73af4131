package breakglass

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

const (
	defaultRows = 20
	maxRows     = 500
)

// mailKinds are the commands about mails.
var mailKinds = []*kind{
	{
		name: "mail", summary: "list the newest mails, failed ones first", example: "mail -state failed", run: mails, see: "operators",
		text: "What became of them, with the answer of the mail server, never their text.",
		flags: func(f *flag.FlagSet, v *values) {
			choiceFlag(f, v, &v.state, "state", "", "only this `state`", string(store.MailQueued), string(store.MailSent), string(store.MailFailed), string(store.MailCancelled))
			f.StringVar(&v.search, "to", "", "only to the operator `EMAIL`")
			limitFlag(f, v, defaultRows, maxRows)
			jsonFlag(f, v)
		},
	},
	{
		name: "mail show", operands: "ID", summary: "print what became of one mail", example: "mail show k7w3m5xq2fhz6tnp4ydc7w3m5x", run: mailShow, see: "mail", flags: jsonFlag,
		text: "Never with its text: that may hold a one-time link.",
	},
	{
		name: "mail retry", operands: "ID", summary: "send a mail again, and say what the mail server answers", example: "mail retry k7w3m5xq2fhz6tnp4ydc7w3m5x", run: mailRetry, see: "mail",
		text: "A failed mail as it is; an invitation or a reset as a new mail with a new link.",
	},
	{
		name: "mail test", operands: "EMAIL", summary: "send a test mail, and say what the mail server answers", example: "mail test you@example.com", run: mailTest,
		text: "To any address. Fails when the server does not take it.",
	},
}

// mailRecord is a mail in JSON: never its text.
type mailRecord struct {
	ID            string    `json:"id"`
	Kind          string    `json:"kind"`
	Operator      string    `json:"operator,omitempty"`
	To            string    `json:"to"`
	Subject       string    `json:"subject"`
	State         string    `json:"state"`
	Attempts      int       `json:"attempts"`
	Reply         string    `json:"reply,omitempty"`
	CreatedAt     time.Time `json:"created_at"`
	SentAt        time.Time `json:"sent_at,omitzero"`
	NextAttemptAt time.Time `json:"next_attempt_at,omitzero"`
	ExpiresAt     time.Time `json:"expires_at,omitzero"`
}

func newMailRecord(m store.Mail) mailRecord {
	return mailRecord{m.ID, m.Kind, m.OperatorID, m.To, m.Subject, string(m.State), m.Attempts, m.Reply, m.CreatedAt, m.SentAt, next(m), m.ExpiresAt}
}

// next is when a queued mail is tried.
func next(m store.Mail) time.Time {
	if m.State == store.MailQueued {
		return m.NextAttemptAt
	}
	return time.Time{}
}

func mailCells(rows []store.Mail) [][]string {
	cells := [][]string{{"CREATED", "ID", "KIND", "TO", "STATE", "TRIES", "ANSWER"}}
	for _, m := range rows {
		cells = append(cells, []string{stamp(m.CreatedAt), m.ID, m.Kind, m.To, string(m.State), strconv.Itoa(m.Attempts), m.Reply})
	}
	return cells
}

func mails(ctx context.Context, c *call) error {
	q := store.MailQuery{State: store.MailState(c.values.state), Limit: c.values.limit}
	if c.values.search != "" {
		o, err := c.operator(ctx, c.values.search)
		if err != nil {
			return err
		}
		q.OperatorID = o.ID
	}
	rows, err := c.mails(ctx, q)
	if err != nil {
		return err
	}
	if c.values.json {
		return printJSON(c.out, each(rows, newMailRecord))
	}
	if len(rows) == 0 {
		fmt.Fprintln(c.out, "No mail fits.")
		return nil
	}
	return table(c.out, mailCells(rows))
}

// mails lists mails; where no state is asked for, those that failed come first.
func (c *call) mails(ctx context.Context, q store.MailQuery) ([]store.Mail, error) {
	if q.State != "" {
		return c.office.Mails(ctx, q)
	}
	failed := q
	failed.State = store.MailFailed
	rows, err := c.office.Mails(ctx, failed)
	if err != nil {
		return nil, err
	}
	newest, err := c.office.Mails(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, m := range newest {
		if m.State != store.MailFailed {
			rows = append(rows, m)
		}
	}
	return rows[:min(len(rows), q.Limit)], nil
}

// mail finds the mail that is named.
func (c *call) mail(ctx context.Context) (store.Mail, error) {
	m, err := c.office.Mail(ctx, strings.TrimSpace(c.arg(0)))
	if errors.Is(err, backoffice.ErrNotFound) {
		err = &notFound{what: fmt.Sprintf("there is no mail %q", c.arg(0))}
	}
	return m, err
}

func mailShow(ctx context.Context, c *call) error {
	m, err := c.mail(ctx)
	if err != nil {
		return err
	}
	if c.values.json {
		return printJSON(c.out, newMailRecord(m))
	}
	return sheet(c.out, [][2]string{
		{"Id", m.ID}, {"Kind", m.Kind}, {"To", m.To}, {"Subject", m.Subject}, {"State", string(m.State)},
		{"Tries", strconv.Itoa(m.Attempts)}, {"Answer", m.Reply}, {"Created", stamp(m.CreatedAt)}, {"Sent", stamp(m.SentAt)},
		{"Next try", stamp(next(m))}, {"Link ends", stamp(m.ExpiresAt)},
	})
}

func mailTest(ctx context.Context, c *call) error {
	id, err := c.office.TestMail(ctx, c.arg(0))
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
	id, err := c.office.RetryMail(ctx, m.ID)
	if errors.Is(err, backoffice.ErrChanged) {
		return notAgain(m)
	}
	if err != nil {
		return err
	}
	if id == "" {
		fmt.Fprintln(c.out, "A new mail with a new link is queued.")
		return nil
	}
	return c.delivered(ctx, id)
}

// notAgain says why a mail cannot be sent again.
func notAgain(m store.Mail) error {
	switch m.State {
	case store.MailQueued:
		return errors.New("this mail is queued, and sent as soon as the mail server takes it")
	case store.MailFailed:
		return errors.New("this mail cannot be sent again: what it tells has expired, or whom it is for has changed")
	}
	return fmt.Errorf("this mail is %s, and its text is not kept", m.State)
}

// errNotDelivered begins what the mail server did not take.
var errNotDelivered = errors.New("the mail is queued, and not delivered")

// delivered sends what is due and says what became of one mail.
func (c *call) delivered(ctx context.Context, id string) error {
	end := time.After(deliverWithin)
	if err := c.send(ctx); err != nil {
		return fmt.Errorf("%w: %w", errNotDelivered, err)
	}
	for {
		m, err := c.office.Mail(ctx, id)
		switch {
		case err != nil:
			return err
		case m.State == store.MailSent:
			fmt.Fprintf(c.out, "The mail server took the mail to %s.\n", oneLine(m.To))
			return nil
		case m.State != store.MailQueued:
			return fmt.Errorf("the mail to %s is %s and will not be tried again: %s", m.To, m.State, m.Reply)
		case m.Reply != "":
			return fmt.Errorf("%w to %s: %s; the next try is at %s UTC", errNotDelivered, m.To, m.Reply, stamp(m.NextAttemptAt))
		}
		// The office that is running took it before this could.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end:
			return fmt.Errorf("%w to %s yet; see: mail show %s", errNotDelivered, m.To, m.ID)
		case <-time.After(lookAgain):
		}
	}
}

// send sends what is due, as far as the time reaches.
func (c *call) send(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, deliverWithin)
	defer cancel()
	_, err := c.office.DeliverMail(ctx)
	return err
}

const (
	// deliverWithin is how long a command waits for the mail server.
	deliverWithin = 30 * time.Second
	// lookAgain is between two looks at a mail that another process sends.
	lookAgain = 200 * time.Millisecond
)

// deliver sends what a command queued, because nothing says that the office is
// running. That it cannot be sent now is no failure of the command: it stays
// queued, and whoever is at the shell is told.
func (c *call) deliver(ctx context.Context, since time.Time) {
	if err := c.send(ctx); err != nil {
		fmt.Fprintf(c.stderr, "The mail waits until the office is running: %s\n", oneLine(err.Error()))
		return
	}
	for _, state := range []store.MailState{store.MailQueued, store.MailFailed} {
		rows, err := c.office.Mails(ctx, store.MailQuery{State: state, Limit: maxRows})
		if err != nil {
			return
		}
		undelivered(c.stderr, state, rows, since)
	}
}

// undelivered says which mails since a time the server did not take: the first
// few, and how many more.
func undelivered(stderr io.Writer, state store.MailState, rows []store.Mail, since time.Time) {
	outcome := ifElse(state == store.MailFailed, "was refused", "is not delivered yet, and tried again")
	told := 0
	for _, m := range rows {
		if m.CreatedAt.Before(store.Time(since)) || m.Reply == "" {
			continue
		}
		if told++; told > 3 {
			fmt.Fprintln(stderr, "There are more; see: mail -state "+string(state))
			return
		}
		fmt.Fprintf(stderr, "The mail to %s %s: %s\n", oneLine(m.To), outcome, oneLine(m.Reply))
	}
}
