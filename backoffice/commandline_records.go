package backoffice

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// Mails lists the mails that a query selects, at most q.Limit (from 1 to 500),
// newest first, never with their text. OperatorID may be a name or an e-mail address.
func (c *CommandLine) Mails(ctx context.Context, q store.MailQuery) ([]store.Mail, error) {
	if q.OperatorID != "" {
		o, err := c.services.FindOperator(ctx, desk.CommandLine(), q.OperatorID)
		if err != nil {
			return nil, err
		}
		q.OperatorID = o.ID
	}
	var all []store.Mail
	limit := store.PageLimit(q.Limit)
	for {
		q.Limit = limit - len(all)
		page, err := c.services.Mails(ctx, desk.CommandLine(), q)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Rows...)
		if page.Next == nil || len(all) == limit {
			return all, nil
		}
		q.After = page.Next
	}
}

// Mail finds one mail by its id, without its text.
func (c *CommandLine) Mail(ctx context.Context, id string) (store.Mail, error) {
	return c.services.Mail(ctx, desk.CommandLine(), id)
}

// RetryMail sends a mail again: a failed one as it is, one with a link as a new
// mail with a new link. It returns the id of the mail that is queued now, or
// nothing when that cannot be found. ErrChanged says that the mail is queued, or
// that it cannot be made again.
func (c *CommandLine) RetryMail(ctx context.Context, id string) (string, error) {
	m, err := c.Mail(ctx, id)
	if err != nil {
		return "", err
	}
	again := c.services.Resendable(m)
	if err := c.services.ResendMail(ctx, desk.CommandLine(), desk.Visit{}, m.ID); err != nil {
		return "", err
	}
	if again == desk.ResendSame {
		return m.ID, nil
	}
	// The new mail is queued: that it cannot be found now is no failure.
	newest, err := c.services.Mails(ctx, desk.CommandLine(), store.MailQuery{OperatorID: m.OperatorID, Kind: m.Kind, Limit: 1})
	if err != nil || len(newest.Rows) == 0 {
		return "", nil
	}
	return newest.Rows[0].ID, nil
}

// TestMail sends a mail to any address, to see whether mails arrive, and returns
// its id.
func (c *CommandLine) TestMail(ctx context.Context, address string) (string, error) {
	return c.services.TestMailTo(ctx, desk.CommandLine(), desk.Visit{}, address)
}

// Audit returns the audit rows that a query selects, at most q.Limit (from 1 to
// 500), newest first unless it says otherwise. ActorID and TargetID may be names or e-mail addresses of operators.
func (c *CommandLine) Audit(ctx context.Context, q store.EventQuery) ([]store.Event, error) {
	if err := c.named(ctx, &q); err != nil {
		return nil, err
	}
	var all []store.Event
	limit := store.PageLimit(q.Limit)
	for {
		q.Limit = limit - len(all)
		page, err := c.services.AuditPage(ctx, desk.CommandLine(), q)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Rows...)
		if page.Next == 0 || len(all) == limit {
			return all, nil
		}
		q.BeforeSeq, q.AfterSeq = page.Next, page.Next // the order says which counts
	}
}

// ExportAudit writes every audit row that a query selects to w, newest first, as
// "csv" or "jsonl", after writing down that it was asked for. After an error
// what was written is not whole.
func (c *CommandLine) ExportAudit(ctx context.Context, w io.Writer, format string, q store.EventQuery) error {
	out, err := desk.NewAuditWriter(w, format)
	if err != nil {
		return err
	}
	if err := c.named(ctx, &q); err != nil {
		return err
	}
	if err := c.services.ExportAudit(ctx, desk.CommandLine(), desk.Visit{}, q, out.Write); err != nil {
		return err
	}
	return out.Flush()
}

// named lets operators be said by name or e-mail address. Somebody unknown is
// looked for as typed: a row outlives whom it is about.
func (c *CommandLine) named(ctx context.Context, q *store.EventQuery) error {
	for _, id := range []*string{&q.ActorID, &q.TargetID} {
		if *id == "" || *id == desk.ActorSystem || *id == desk.ActorCommandLine {
			continue
		}
		o, err := c.services.FindOperator(ctx, desk.CommandLine(), *id)
		if err != nil && !errors.Is(err, desk.ErrNotFound) {
			return err
		}
		if err == nil {
			*id = o.ID
		}
	}
	return nil
}

// AuditVerdict is what a check of the audit found.
type AuditVerdict struct {
	// Checked is how many rows were read, FromAt and ToAt the times of the first
	// and last of them.
	Checked      int
	FromAt, ToAt time.Time
	// Broken is the number of the first row at which the chain does not hold;
	// zero when it does. Problem says in which way.
	Broken  int64
	Problem string
	// Head is the newest row, as a later check takes it for since.
	Head string
	// SincePurged says that the row of since was old enough to be deleted by the
	// office itself, so that nothing was compared.
	SincePurged bool
}

// VerifyAudit follows the chain of the audit from one end to the other: a row
// that was changed, removed or put in shows. An older copy of the whole database
// shows only against since, the Head of an earlier check or the fields seq and
// mac of a log line: "1042:9f86d081884c7d65". Empty: nothing is compared.
func (c *CommandLine) VerifyAudit(ctx context.Context, since string) (AuditVerdict, error) {
	v, err := c.services.VerifyAudit(ctx, desk.CommandLine(), desk.Visit{}, since)
	if err != nil {
		return AuditVerdict{}, err
	}
	return AuditVerdict{v.Checked, v.FromAt, v.ToAt, v.Broken, v.Problem, v.Head, v.SincePurged}, nil
}
