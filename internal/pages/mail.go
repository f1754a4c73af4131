package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// MailPage lists the mails of the office.
type MailPage struct {
	view.Form
	Pager
	Mails []MailRow
	// Search and State are what was asked for; Kinds are the letters to choose from.
	Search, State string
	Kinds         []view.Option
	// Operator is the name whose mails are asked for, or empty; OperatorID is
	// sent again.
	Operator, OperatorID string
	Filtered             bool
	// MayTest shows the button.
	MayTest bool
}

// MailRow is one mail of a list; never its text.
type MailRow struct {
	// Kind is in words: "Invitation".
	Kind, To, Path string
	// State is a word, and Level its colour.
	State string
	Level view.Level
	// Reply is the mail server's last answer, Created when the mail was
	// written.
	Reply   string
	Created time.Time
	// Sent says that the mail server has taken it.
	Sent bool
}

func (MailPage) Template() string { return "mail" }

// mailStates are the states of mails as pages say them.
var mailStates = map[store.MailState]struct {
	word  string
	level view.Level
}{
	store.MailQueued:    {"Queued", view.LevelInfo},
	store.MailSent:      {"Sent", view.LevelSuccess},
	store.MailFailed:    {"Failed", view.LevelDanger},
	store.MailCancelled: {"Cancelled", ""},
}

// words makes a heading of a stable name: "password-reset" becomes "Password
// reset".
func words(name string) string {
	name = strings.NewReplacer("-", " ", "_", " ", ".", ": ").Replace(name)
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

func mailRow(m store.Mail) MailRow {
	s := mailStates[m.State]
	return MailRow{Kind: mailTitle(m.Kind), To: m.To, Path: "/mail/" + url.PathEscape(m.ID), State: s.word, Level: s.level, Reply: m.Reply, Created: m.CreatedAt, Sent: m.State == store.MailSent}
}

// getMails lists mails, newest first, with what became of them.
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
	p := MailPage{Search: query.Search, State: q.Get("state"), OperatorID: query.OperatorID, MayTest: c.identity.Can(desk.PermissionParametersManage)}
	p.Filtered = p.Search+p.State+query.Kind+query.OperatorID != ""
	for _, kind := range letters.Kinds {
		p.Kinds = append(p.Kinds, view.Option{Value: kind, Label: mailTitle(kind), Chosen: kind == query.Kind})
	}
	if query.OperatorID != "" {
		if o, err := c.Desk.FindOperator(c.ctx(), c.actor(), query.OperatorID); err == nil {
			p.Operator = o.Name
		}
	}
	if query.After != nil {
		p.First = c.following("/mail", nil, "after", "id")
	}
	if next := mails.Next; next != nil {
		p.Next = c.following("/mail", map[string]string{"after": strconv.FormatInt(next.CreatedAt.UnixMicro(), 10), "id": next.ID})
	}
	for _, m := range mails.Rows {
		p.Mails = append(p.Mails, mailRow(m))
	}
	return c.show(http.StatusOK, p)
}
