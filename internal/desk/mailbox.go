package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// mailboxEnded returns the writes that belong to every change of an operator's email
// address: anyone who reads the old mailbox must not get in with what it has received.
// Sessions, known browsers and reset links end, and queued emails with a link are not
// sent. The other queued emails go to the new email address.
func (d *Desk) mailboxEnded(ctx context.Context, before, o store.Operator) ([]store.Write, error) {
	writes := []store.Write{store.EndSessions{OperatorID: o.ID, All: true},
		store.DeleteBrowsers{OperatorID: o.ID, All: true}, store.RevokeTokens{Subject: o.ID, Purpose: store.PurposeReset}}
	queued, err := d.queuedTo(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, m := range slices.Backward(queued) {
		if mail.FoldEmailAddress(m.To) != before.EmailKey || m.Kind == "email-changed" {
			continue
		}
		if m, err = d.Store.FindMail(ctx, m.ID); err != nil { // with its text
			return nil, fmt.Errorf("find queued email: %w", err)
		}
		writes = append(writes, store.MoveMail{
			ID: m.ID, From: store.MailQueued, To: store.MailCancelled, Attempt: m.Attempts, At: d.Now(), Reply: movedAway,
		})
		if letters.HasLink(m.Kind) {
			continue
		}
		plain, err := d.Vault.Open(vault.MailBodies, mailPlace(m.ID), m.Body)
		if err != nil {
			continue // nor could it have been sent
		}
		m.ID, m.To, m.SearchKey, m.Lane.Domain = vault.ID(), o.Email, SearchKey(o.Name+" "+o.Email), domainOf(o.Email)
		m.Body, m.Attempts, m.Reply, m.TriedAt = d.Vault.Seal(vault.MailBodies, mailPlace(m.ID), plain), 0, "", time.Time{}
		m.NextAttemptAt = d.Now()
		writes = append(writes, store.EnqueueMail{Mail: m})
	}
	return writes, nil
}

// queuedTo lists the newest queued emails to an operator, without their text.
func (d *Desk) queuedTo(ctx context.Context, o store.Operator) ([]store.Mail, error) {
	const most, pages = 100, 20
	var queued []store.Mail
	q := store.MailQuery{State: store.MailQueued, OperatorID: o.ID, Limit: most}
	for range pages {
		page, err := d.Store.ListMails(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list queued emails: %w", err)
		}
		queued = append(queued, page.Rows...)
		if q.After = page.Next; q.After == nil || len(queued) >= most {
			break
		}
	}
	return queued, nil
}

const movedAway = "Not sent: the operator’s email address has changed."

// mailboxMoved returns the writes for an operator whose email address has changed, by an
// operator of this signature or, without one, in the community: those of every change, the
// emails about it, and a new link if they are invited.
func (d *Desk) mailboxMoved(ctx context.Context, v Visit, by string, before store.Operator, o *store.Operator) ([]store.Write, error) {
	o.UpdatedAt = d.Now()
	writes, err := d.mailboxEnded(ctx, before, *o)
	if err != nil {
		return nil, err
	}
	told := []store.Operator{before, *o}
	if o.State == store.OperatorInvited {
		writes = append(writes, store.RevokeTokens{Subject: o.ID, Purpose: store.PurposeInvite})
		told = told[:1] // the new one gets the link, and there is no account to tell of yet
		if d.Now().Before(o.InviteExpiresAt) && !d.PasswordElsewhere(*o) {
			inviter, err := d.findMaker(ctx, o.CreatedBy)
			if err != nil {
				return nil, err
			}
			_, renewed, err := d.renewInvitation(ctx, Actor{ID: inviter.ID, Name: inviter.Name}, o, letters.Occasion{})
			if err != nil {
				return nil, err
			}
			writes = append(writes, renewed...)
		}
	}
	for _, to := range told {
		letter, err := d.tellOwner(v, to, func(n letters.Notice) mail.Letter {
			return letters.EmailChanged(n, before.Email, o.Email, d.isMember(o.MemberID))
		}, by)
		if err != nil {
			return nil, err
		}
		writes = append(writes, letter)
	}
	return writes, nil
}

// heldBack returns what becomes of an email instead of being sent, or nil. What the
// community says of a member is stored before an email to them leaves. A link goes to
// the current email address of an operator who is still there, or nowhere; while the
// directory does not say which that is, it waits, and other emails go to the one that is
// stored.
func (d *Desk) heldBack(ctx context.Context, m store.Mail) (*store.MoveMail, error) {
	if m.OperatorID == "" {
		return nil, nil
	}
	o, err := d.Store.FindOperator(ctx, m.OperatorID)
	link := letters.HasLink(m.Kind)
	if isNotFound(err) {
		if link {
			return &store.MoveMail{To: store.MailCancelled, Reply: "Not sent: the recipient has been deleted, and its link no longer works."}, nil
		}
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find recipient: %w", err)
	}
	if d.isMember(o.MemberID) {
		member, err := d.askMember(ctx, o.MemberID)
		switch {
		case err == nil:
			if o, err = d.refreshed(ctx, Visit{}, o, member); err != nil {
				return nil, err
			}
		case !link:
		case errors.Is(err, ErrNoMember):
			return &store.MoveMail{To: store.MailFailed, Reply: "Not sent: they are no longer a member of the community, or may not sign in there."}, nil
		default:
			d.Log.WarnContext(ctx, "directory of members did not answer", "mail", m.ID, "kind", m.Kind, "error", err)
			held := d.again(m, "The community’s member directory did not answer, so it was not certain that this is still their email address.")
			return &held, nil
		}
	}
	if mail.FoldEmailAddress(m.To) == o.EmailKey {
		return nil, nil
	}
	if !link {
		// Whatever else was queued to the old mailbox goes to the new one instead, and
		// this can be one of those.
		if m, err = d.Store.FindMail(ctx, m.ID); err != nil {
			return nil, fmt.Errorf("find email: %w", err)
		}
		if m.State == store.MailQueued {
			return nil, nil
		}
	}
	return &store.MoveMail{To: store.MailCancelled, Reply: movedAway}, nil
}
