package desk

import (
	"context"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// mailWait is how long an email with a link waits before it is looked at again, while the
// office address may still be rolled back.
const mailWait = time.Minute

// aliasChanged is the kind of the email that tells of a new office address.
const aliasChanged = "alias-changed"

// aliasIn returns the alias in a letter, empty if there is none, and whether it is part of
// a one-time link.
func (d *Desk) aliasIn(l mail.Letter, m mail.Message) (alias string, oneTime bool) {
	alias = d.Alias()
	if l.Kind == aliasChanged && l.Button != nil {
		// The one that the office is about to have.
		alias = strings.Trim(strings.TrimPrefix(l.Button.URL, d.Origin+d.Path), "/")
	}
	if !strings.Contains(m.Text+m.HTML, d.HomeAt(alias)) {
		return "", false
	}
	oneTime = letters.HasLink(l.Kind) && l.Button != nil && l.Button.Code() != ""
	return alias, oneTime
}

// readdress mends an email that was queued while the office had another alias. If it has
// a one-time link, it waits until the new alias is confirmed, and is then replaced; see
// [Desk.ReplaceLinks]. Otherwise the new address takes the place of the old one, but only
// for those who would be told of it now. It returns what becomes of the email instead of
// being sent, or nil.
func (d *Desk) readdress(ctx context.Context, m store.Mail, b *body) store.Write {
	if b.Alias == "" {
		return nil
	}
	s, err := d.Fresh(ctx)
	if err != nil {
		s = d.State()
	}
	alias := d.AliasOf(s)
	announced := m.Kind == aliasChanged
	switch {
	case b.Alias == alias && !announced:
		return nil
	case b.OneTime && !s.Stored.ConfirmBy.IsZero():
		return store.RenewMail{ID: m.ID, Attempt: m.Attempts, Until: d.Now().Add(mailWait), GiveBack: true}
	case b.OneTime:
		return store.MoveMail{To: store.MailCancelled, Reply: "Not sent: the office address has changed, and its link no longer works."}
	}
	o, err := d.Store.FindOperator(ctx, m.OperatorID)
	may := err == nil && d.hasAccess(o) && !d.hasLeft(ctx, o)
	if announced && (isNotFound(err) || err == nil && !may) {
		return store.MoveMail{To: store.MailCancelled, Reply: "Not sent: the recipient no longer has access."}
	}
	if may {
		old, now := d.HomeAt(b.Alias), d.HomeAt(alias)
		b.Text, b.HTML = strings.ReplaceAll(b.Text, old, now), strings.ReplaceAll(b.HTML, old, now)
	}
	return nil
}
