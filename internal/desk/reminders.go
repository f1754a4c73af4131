package desk

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// How long before a date people are reminded.
const (
	// remindInvited is before an invitation expires, and after it was sent.
	remindInvited = 24 * time.Hour
	// remindTwoFactor is before the day from which two-factor authentication is
	// required.
	remindTwoFactor = 7 * 24 * time.Hour
)

// RemindPeople reminds people once when their invitation expires soon, and when they
// soon need two-factor authentication (ASVS 6.4.5). Replicas may run it at the same
// time: the id of a reminder is derived from its subject, and the store accepts an id
// once.
func (d *Desk) RemindPeople(ctx context.Context) error {
	now := d.Now()
	invited := d.eachOperator(ctx, store.OperatorQuery{Show: store.ShowInvited}, func(o store.Operator) error {
		if o.InviteExpiresAt.Sub(now) > remindInvited || now.Sub(o.UpdatedAt) < remindInvited {
			return nil
		}
		return d.remind(ctx, o, o.InviteExpiresAt, letters.InvitationEnds)
	})
	s := d.Settings()
	from := s.TwoFactorFrom(now)
	if from.IsZero() || from.Sub(now) > remindTwoFactor {
		return invited
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return errors.Join(invited, fmt.Errorf("list roles: %w", err))
	}
	return errors.Join(invited, d.eachOperator(ctx, store.OperatorQuery{TwoFactor: store.No}, func(o store.Operator) error {
		roles := d.rolesOf(o.PrimaryRole, o.Roles, custom)
		if !d.hasAccess(o) || len(roles) == 0 || !mustHaveTwoFactor(s.TwoFactorWho, roles) {
			return nil
		}
		return d.remind(ctx, o, from, letters.TwoFactorFrom)
	}))
}

// remind emails an operator about something that is due, unless that was done.
func (d *Desk) remind(ctx context.Context, o store.Operator, due time.Time, letter func(letters.About, time.Time) mail.Letter) error {
	l := letter(d.about(o), due)
	digest := store.DigestOf(l.Kind + " " + o.ID + " " + strconv.FormatInt(due.Unix(), 10))
	return d.remindAs(ctx, hex.EncodeToString(digest[:13]), o, due, l)
}

// remindAs sends a reminder as an email with this id, until it expires, unless that was
// done: the store accepts an id once.
func (d *Desk) remindAs(ctx context.Context, id string, o store.Operator, expires time.Time, l mail.Letter) error {
	if _, done := d.told.Load(id); done {
		return nil
	}
	w, err := d.enqueueAs(id, o, l, expires)
	if err != nil {
		// One bad email address must not stop the other reminders.
		d.Log.WarnContext(ctx, "operator not reminded", "operator", o.ID, "error", err)
		d.told.Store(id, nil)
		return nil
	}
	err = d.Commit(ctx, store.CheckOperator{ID: o.ID, Version: o.Version}, w)
	switch {
	case err == nil, errors.Is(err, store.ErrExists):
		d.told.Store(id, nil)
	case isConflict(err), isNotFound(err): // changed since: perhaps it is no longer due
	default:
		return fmt.Errorf("remind: %w", err)
	}
	return nil
}
