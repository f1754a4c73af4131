package desk

import (
	"context"
	"strings"
	"time"

	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// mailWait is how long an email with a link waits before it is looked at again, while the
// office address may still be rolled back.
const mailWait = time.Minute

// aliasChanged is the kind of the email that tells of a new office address.
const aliasChanged = "alias-changed"

// fate is what becomes of an email that is due.
type fate int

const (
	mailGoes fate = iota
	mailWaits
	mailReplaced
	mailWithdrawn
)

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
	switch l.Kind {
	case "invitation", "access-granted", "password-reset":
		oneTime = l.Button != nil && strings.Contains(l.Button.URL, "#")
	}
	return alias, oneTime
}

// readdress mends an email that was queued while the office had another alias. If it has
// a one-time link, it waits until the new alias is confirmed, and is then replaced; see
// [Desk.ReplaceLinks]. Otherwise the new address takes the place of the old one, but only
// for those who would be told of it now.
func (d *Desk) readdress(ctx context.Context, m store.Mail, b *body) fate {
	if b.Alias == "" {
		return mailGoes
	}
	s, err := d.Fresh(ctx)
	if err != nil {
		s = d.State()
	}
	alias := d.AliasOf(s)
	announced := m.Kind == aliasChanged
	switch {
	case b.Alias == alias && !announced:
		return mailGoes
	case b.OneTime && !s.Stored.ConfirmBy.IsZero():
		return mailWaits
	case b.OneTime:
		return mailReplaced
	}
	o, err := d.Store.FindOperator(ctx, m.OperatorID)
	may := err == nil && o.State == store.OperatorActive && len(o.AllRoles()) > 0 && !d.hasLeft(ctx, o)
	if announced && (isNotFound(err) || err == nil && !may) {
		return mailWithdrawn
	}
	if may {
		old, now := d.HomeAt(b.Alias), d.HomeAt(alias)
		b.Text, b.HTML = strings.ReplaceAll(b.Text, old, now), strings.ReplaceAll(b.HTML, old, now)
	}
	return mailGoes
}
