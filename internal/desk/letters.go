package desk

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// about is the data of every letter to an operator.
func (d *Desk) about(o store.Operator) letters.About {
	in := d.Messages.In(d.LanguageOf(o))
	return letters.About{
		Office: d.Name(), Origin: d.Origin, Home: d.Home(), Name: o.Name, In: in,
		Contact: d.Contact(in), Accent: d.Accent(), Logo: d.Logo != nil,
	}
}

// notice is the data of a letter to an operator about something that just happened.
// It has the IP address and browser of the visit, which the letter shows.
func (d *Desk) notice(v Visit, o store.Operator, by string) letters.Notice {
	return letters.Notice{
		About: d.about(o), By: by,
		Occasion: letters.Occasion{When: d.Now(), IP: v.IP, UserAgent: v.UserAgent},
	}
}

// Home is the office address. It never depends on a request.
func (d *Desk) Home() string { return d.HomeAt(d.Alias()) }

// HomeAt returns what Home is under another alias.
func (d *Desk) HomeAt(alias string) string { return d.Origin + d.Base(alias) + "/" }

// Base returns the path of the office under an alias as people see it, without a
// slash at the end.
func (d *Desk) Base(alias string) string { return d.Path + "/" + alias }

// homeTag stands for an alias where the alias itself must not be readable. It has no
// key, so that another master secret leaves it as it is.
func homeTag(alias string) string {
	digest := store.DigestOf("home " + alias)
	return hex.EncodeToString(digest[:13])
}

// body is what a queued email holds, sealed.
type body struct {
	Text, HTML string
	// Alias is the alias in it, if any. With OneTime, a link that works only with this
	// one. See [Desk.readdress].
	Alias   string
	OneTime bool
}

// enqueue lays out a letter to an operator, seals it and returns the write that
// queues it, to be committed with what the letter is about.
func (d *Desk) enqueue(o store.Operator, l mail.Letter, expires time.Time) (store.EnqueueMail, error) {
	return d.enqueueAs(vault.ID(), o, l, expires)
}

// enqueueAs is enqueue for an email whose id the caller chooses. The store accepts
// an id once.
func (d *Desk) enqueueAs(id string, o store.Operator, l mail.Letter, expires time.Time) (store.EnqueueMail, error) {
	m, err := d.MailTemplates.Message(l, o.Email)
	if err != nil {
		// A mistake in a host's template must not lock anyone out.
		broken := err
		if m, err = l.Message(o.Email); err == nil {
			d.Log.Error("mail template failed: the library's own was used", "kind", l.Kind, "error", broken)
		}
	}
	if err != nil {
		return store.EnqueueMail{}, fmt.Errorf("lay out letter %s: %w", l.Kind, err)
	}
	b := body{Text: m.Text, HTML: m.HTML}
	b.Alias, b.OneTime = d.aliasIn(l, m)
	plain, err := json.Marshal(b)
	if err != nil {
		return store.EnqueueMail{}, fmt.Errorf("queue letter %s: %w", l.Kind, err)
	}
	sealed := d.Vault.Seal(vault.MailBodies, mailPlace(id), plain)
	return store.EnqueueMail{Mail: store.Mail{
		ID: id, Kind: l.Kind, OperatorID: o.ID, To: o.Email, SearchKey: SearchKey(o.Name + " " + o.Email), Subject: m.Subject, Body: sealed,
		Lane:  store.MailLane{Urgent: letters.Urgent(l.Kind), Domain: domainOf(o.Email)},
		State: store.MailQueued, NextAttemptAt: d.Now(), CreatedAt: d.Now(), ExpiresAt: expires,
	}}, nil
}

// domainOf returns the domain of an email address, in lower case.
func domainOf(email string) string {
	email = mail.FoldEmailAddress(email)
	return email[strings.LastIndexByte(email, '@')+1:]
}

func mailPlace(id string) string { return "mails/body/" + id }

// tellOwner notifies an operator of something that happened to their account.
func (d *Desk) tellOwner(v Visit, o store.Operator, letter func(letters.Notice) mail.Letter, by string) (store.EnqueueMail, error) {
	return d.enqueue(o, letter(d.notice(v, o, by)), time.Time{})
}

// tellSuperAdministrators notifies every active super-administrator except but, as
// tell does.
func (d *Desk) tellSuperAdministrators(ctx context.Context, but string, letter func(store.Operator) mail.Letter) ([]store.Write, error) {
	return d.tell(ctx, store.OperatorQuery{RoleID: RoleSuperAdministrator}, but, letter)
}

// tell sends a letter to each operator that a query selects, except but, if they
// are active and have a role. It tells them nothing about the actor: a letter made
// from a notice of the actor's visit shows every recipient the actor's IP address
// and browser, so the caller decides whether they may see them.
func (d *Desk) tell(ctx context.Context, q store.OperatorQuery, but string, letter func(store.Operator) mail.Letter) ([]store.Write, error) {
	var writes []store.Write
	err := d.eachOperator(ctx, q, func(o store.Operator) error {
		if o.ID == but || !d.hasAccess(o) {
			return nil
		}
		if _, err := mail.ParseEmailAddress(o.Email); err != nil {
			// A bad email address must not block the change.
			d.Log.WarnContext(ctx, "operator not notified", "operator", o.ID, "error", err)
			return nil
		}
		w, err := d.enqueue(o, letter(o), time.Time{})
		writes = append(writes, w)
		return err
	})
	return writes, err
}
