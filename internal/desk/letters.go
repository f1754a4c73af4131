package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// About is what every letter to somebody says of the office.
func (d *Desk) About(name string) mail.About {
	return mail.About{Office: d.Name(), Origin: d.Origin, Name: name, Contact: d.Contact}
}

func Occasion(v Visit, at time.Time) mail.Occasion {
	return mail.Occasion{When: at, Address: v.Address, UserAgent: v.UserAgent}
}

// Home is the office's address, from configuration and parameters only: never
// from a request.
func (d *Desk) Home() string { return d.Origin + "/" + d.Alias() + "/" }

// body is what is sealed into a queued mail.
type body struct{ Text, HTML string }

// Enqueue lays a letter to an operator out, seals it and gives the write that queues it, to be
// committed together with what it tells of.
func (d *Desk) Enqueue(o store.Operator, l mail.Letter, expires time.Time) (store.EnqueueMail, error) {
	render := l.Message
	if d.Letters != nil {
		render = func(to string) (mail.Message, error) { return d.Letters.Message(l, to) }
	}
	m, err := render(o.Email)
	if err != nil {
		return store.EnqueueMail{}, fmt.Errorf("lay out letter %s: %w", l.Kind, err)
	}
	id, err := d.Vault.ID()
	if err != nil {
		return store.EnqueueMail{}, fmt.Errorf("queue letter %s: %w", l.Kind, err)
	}
	plain, err := json.Marshal(body{m.Text, m.HTML})
	if err != nil {
		return store.EnqueueMail{}, fmt.Errorf("queue letter %s: %w", l.Kind, err)
	}
	sealed, err := d.Vault.Seal(vault.MailBodies, mailPlace(id), plain)
	if err != nil {
		return store.EnqueueMail{}, fmt.Errorf("queue letter %s: %w", l.Kind, err)
	}
	return store.EnqueueMail{Mail: store.Mail{
		ID: id, Kind: l.Kind, OperatorID: o.ID, To: o.Email, SearchKey: SearchKey(o.Name + " " + o.Email), Subject: m.Subject, Body: sealed,
		State: store.MailQueued, NextAttemptAt: d.now(), CreatedAt: d.now(), ExpiresAt: expires,
	}}, nil
}

func mailPlace(id string) string { return "mails/body/" + id }

// Notice tells an operator of something that happened to their account.
func (d *Desk) Notice(v Visit, o store.Operator, letter func(mail.Notice) mail.Letter, by string) (store.EnqueueMail, error) {
	n := mail.Notice{About: d.About(o.Name), Occasion: Occasion(v, d.now()), By: by}
	return d.Enqueue(o, letter(n), time.Time{})
}

// TellSuperAdministrators tells every active super-administrator but one.
func (d *Desk) TellSuperAdministrators(ctx context.Context, v Visit, by, but string, letter func(mail.Notice) mail.Letter) ([]store.Write, error) {
	return d.Tell(ctx, store.OperatorQuery{RoleID: RoleSuperAdministrator}, v, by, but, func(_ store.Operator, n mail.Notice) mail.Letter { return letter(n) })
}

// Tell writes to everybody active, with a role, whom a query selects.
func (d *Desk) Tell(ctx context.Context, q store.OperatorQuery, v Visit, by, but string, letter func(store.Operator, mail.Notice) mail.Letter) ([]store.Write, error) {
	var writes []store.Write
	q.Limit, q.Now = 500, d.now()
	for {
		page, err := d.Store.ListOperators(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list operators: %w", err)
		}
		for _, o := range page.Rows {
			if o.State != store.OperatorActive || o.ID == but || len(o.AllRoles()) == 0 {
				continue
			}
			if _, err := mail.ParseAddress(o.Email); err != nil {
				// One of them must not keep a change from being made.
				d.Log.WarnContext(ctx, "operator not told", "operator", o.ID, "error", err)
				continue
			}
			w, err := d.Notice(v, o.Operator, func(n mail.Notice) mail.Letter { return letter(o.Operator, n) }, by)
			if err != nil {
				return nil, err
			}
			writes = append(writes, w)
		}
		if page.Next == nil {
			return writes, nil
		}
		q.After = page.Next
	}
}

func (d *Desk) noticeRecoveryUsed(v Visit, o store.Operator, left int) (store.EnqueueMail, error) {
	return d.Notice(v, o, func(n mail.Notice) mail.Letter {
		return mail.RecoveryCodeUsed(mail.RecoveryCodeUsedValues{Notice: n, Left: left})
	}, "")
}

// PasswordElsewhereLetter answers somebody who asked for a new back-office
// password while their password is the community's.
func (d *Desk) passwordElsewhereLetter(o store.Operator, v Visit) mail.Letter {
	return mail.Letter{
		Kind: "password-elsewhere", Office: d.Name(), Origin: d.Origin,
		Subject:  "Your " + d.Name() + " password",
		Greeting: "Hello " + o.Name + ",",
		Paragraphs: []string{
			"A new password was asked for, for your account in the " + d.Name() + ".",
			"You sign in there with the password of your community account. To change it, use “Forgot password?” on the community’s own sign-in page.",
		},
		Home:   d.Home(),
		NotYou: "Do nothing: your password stays as it is.",
		Values: Occasion(v, d.now()),
	}
}
