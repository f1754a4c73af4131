package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// MailPage lists the emails of the office.
type MailPage struct {
	view.Form
	Pager
	Mails []MailRow
	// Filters are what was typed or chosen, by field, Kinds the kinds of emails
	// to choose from.
	Filters url.Values
	Kinds   []view.Option
	// Operator is the name of the operator whose emails are listed, or empty.
	Operator string
	// MayTest offers to send a test email.
	MayTest bool
}

// MailRow is one email, without its text.
type MailRow struct {
	// Kind is in words: "Invitation".
	Kind, To, Path string
	// State is a word, and Level its colour.
	State string
	Level view.Level
	// Reply is the mail server's last reply.
	Reply string
	// Created is when the email was queued, Sent when the mail server accepted
	// it, or zero.
	Created, Sent time.Time
	// Next is when a queued email is tried next, or zero. Waits means that it is due.
	Next  time.Time
	Waits bool
}

func (MailPage) Template() string { return "mail" }

// mailStates are the levels of the states of emails. What one is called is the message
// "mails.state." with its name.
var mailStates = map[store.MailState]view.Level{
	store.MailQueued: view.LevelInfo, store.MailSent: view.LevelSuccess, store.MailFailed: view.LevelDanger, store.MailCancelled: "",
}

func (c *call) mailRow(m store.Mail) MailRow {
	row := MailRow{
		Kind: c.mailTitle(m.Kind), To: m.To, Path: "/mail/" + url.PathEscape(m.ID), Level: mailStates[m.State],
		Reply: c.say(desk.Why(m.Reply)), Created: m.CreatedAt, Sent: m.SentAt,
	}
	if _, known := mailStates[m.State]; known {
		row.State = c.t("mails.state." + string(m.State))
	}
	if m.State == store.MailQueued {
		row.Next, row.Waits = m.NextAttemptAt, !m.NextAttemptAt.After(c.Desk.Now())
	}
	return row
}

// getMails lists emails, newest first.
func (c *call) getMails() error {
	q := c.query()
	query := store.MailQuery{State: store.MailState(q.Get("state")), Kind: q.Get("kind"), OperatorID: q.Get("operator"), Search: q.Get("q"), Limit: rowsPerPage}
	if micros, err := strconv.ParseInt(q.Get("after"), 10, 64); err == nil {
		query.After = &store.MailCursor{CreatedAt: time.UnixMicro(micros).UTC(), ID: q.Get("id")}
	}
	mails, err := c.Desk.Mails(c.ctx(), c.actor(), query)
	if err != nil {
		return err
	}
	p := MailPage{Filters: chosen(q, "q", "state", "kind", "operator"), MayTest: c.identity.Can(desk.PermissionParametersManage)}
	for _, kind := range letters.Kinds {
		p.Kinds = append(p.Kinds, view.Option{Value: kind, Label: c.mailTitle(kind), Chosen: kind == query.Kind})
	}
	if query.OperatorID != "" {
		if o, err := c.Desk.FindOperator(c.ctx(), c.actor(), query.OperatorID); err == nil {
			p.Operator = o.Name
		}
	}
	p.List = c.listed()
	if query.After != nil {
		p.First = c.following("/mail", nil, "after", "id")
	}
	if next := mails.Next; next != nil {
		p.Next = c.following("/mail", map[string]string{"after": strconv.FormatInt(next.CreatedAt.UnixMicro(), 10), "id": next.ID})
	}
	for _, m := range mails.Rows {
		p.Mails = append(p.Mails, c.mailRow(m))
	}
	return c.show(http.StatusOK, p)
}
