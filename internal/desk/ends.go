package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// MostEnd is how far ahead an account may end, so that a slip of the keyboard in the year
// does not pass for a date.
const MostEnd = 10 * 366 * day

// EndForm is the end of an account as a form gives it.
type EndForm struct {
	// Version is that of the operator when the form was shown; [Desk.EnableWith] ignores it.
	Version int64
	// Ends is the last day on which they have access, as 2006-01-02; empty for no end. The
	// day is one of UTC, as all days are that people choose.
	Ends string
}

// EndedOn returns the last day of an account as [EndForm] has it; "" if it does not end.
func EndedOn(endsAt time.Time) string {
	if endsAt.IsZero() {
		return ""
	}
	return lastDay(endsAt).Format(time.DateOnly)
}

// lastDay is the first moment of the last day of an account; zero if it does not end.
func lastDay(endsAt time.Time) time.Time {
	if endsAt.IsZero() {
		return zero
	}
	return endsAt.UTC().Add(-1).Truncate(day)
}

// endOf returns the moment at which an account ends that has this last day; zero for none.
func (d *Desk) endOf(typed string, bad *InvalidError) time.Time {
	if typed = strings.TrimSpace(typed); typed == "" {
		return zero
	}
	first, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		bad.Add("ends", "not_day", messages.New("ends.not_day", "today", messages.Plain(d.Now().UTC().Format(time.DateOnly))))
		return zero
	}
	end, now := store.Time(first.Add(day)), d.Now()
	switch {
	case !end.After(now):
		bad.Add("ends", "past", messages.New("ends.past"))
	case end.Sub(now) > MostEnd:
		bad.Add("ends", "too_far", messages.New("ends.too_far"))
	default:
		return end
	}
	return zero
}

// hasEnded reports whether the end of an account has passed. That of a super-administrator
// takes effect only when Run disables them, because the last one must stay.
func hasEnded(endsAt time.Time, primary string, roles []string, now time.Time) bool {
	return !endsAt.IsZero() && !now.Before(endsAt) &&
		primary != RoleSuperAdministrator && !slices.Contains(roles, RoleSuperAdministrator)
}

// ended is hasEnded for a stored operator, now.
func (d *Desk) ended(o store.Operator) bool {
	return hasEnded(o.EndsAt, o.PrimaryRole, o.Roles, d.Now())
}

// notAfter returns the earlier of a time and the end of an account.
func notAfter(at, endsAt time.Time) time.Time {
	if !endsAt.IsZero() && endsAt.Before(at) {
		return endsAt
	}
	return at
}

// newEnd gives a disabled operator, who is to be enabled, the end of a form, or leaves the
// one they have if f is nil.
func (d *Desk) newEnd(o *store.Operator, f *EndForm) error {
	if f == nil {
		if d.HasPassed(o.EndsAt) {
			return invalid("ends", "past", messages.New("ends.enable.passed", "day", messages.On(lastDay(o.EndsAt))))
		}
		return nil
	}
	bad := &InvalidError{}
	o.EndsAt = d.endOf(f.Ends, bad)
	return bad.Err()
}

// ending checks a new end of an operator, and returns them as they are and as they will be.
func (d *Desk) ending(ctx context.Context, a *Actor, id string, f EndForm) (before, after store.Operator, err error) {
	before, err = d.target(ctx, a, PermissionOperatorsManage, id)
	switch {
	case err != nil:
		return before, after, err
	case before.ID == a.ID:
		return before, after, &NotNowError{messages.New("ends.not_own")}
	case before.Version != f.Version:
		return before, after, ErrChanged
	case before.State == store.OperatorDisabled:
		return before, after, &NotNowError{messages.New("ends.when_enabled")}
	}
	bad := &InvalidError{}
	after = before
	after.EndsAt, after.UpdatedAt = d.endOf(f.Ends, bad), d.Now()
	if len(bad.Problems) == 0 && after.EndsAt.Equal(before.EndsAt) {
		bad.Add("ends", "same", messages.New("ends.same"))
	}
	after.InviteExpiresAt = notAfter(before.InviteExpiresAt, after.EndsAt)
	return before, after, bad.Err()
}

// PreviewEnd returns when the account of an operator would end after [Desk.SetEnd]; zero if
// it would not. It changes nothing.
func (d *Desk) PreviewEnd(ctx context.Context, a Actor, id string, f EndForm) (time.Time, error) {
	_, after, err := d.ending(ctx, &a, id, f)
	return after.EndsAt, err
}

// SetEnd sets, moves or takes away the end of an account, and tells its operator by email
// once they have joined. No one sets the end of their own.
func (d *Desk) SetEnd(ctx context.Context, a Actor, v Visit, id string, f EndForm) error {
	before, after, err := d.ending(ctx, &a, id, f)
	if err != nil {
		return err
	}
	a = a.proposing(proposal{Act: ApprovalEnd, ID: before.ID, End: &f})
	writes := []store.Write{
		store.PutOperator{Operator: after},
		d.Audit(v, "operator.end_changed", Success).Actor(a).Target(after).With("before", endDetail(before.EndsAt)).With("after", endDetail(after.EndsAt)).Write(),
	}
	if after.State == store.OperatorInvited {
		return d.commitAs(ctx, a, "set end", writes...) // their invitation has the old end, and a new one the new
	}
	letter := letters.EndChanged(d.notice(v, after, signature(a)), lastDay(after.EndsAt))
	return d.commitTelling(ctx, a, "set end", after, letter, writes...)
}

// withEnd adds the last day of a new account to an audit entry.
func (e *Entry) withEnd(endsAt time.Time) *Entry {
	if endsAt.IsZero() {
		return e
	}
	return e.With("last_day", EndedOn(endsAt))
}

// endDetail is the last day of an account, or "never", for the audit log.
func endDetail(endsAt time.Time) string {
	if endsAt.IsZero() {
		return "never"
	}
	return EndedOn(endsAt)
}

// commitTelling commits for an actor, with a letter that tells an operator when their
// account ends. If a warning of that is due already, the letter is this warning.
func (d *Desk) commitTelling(ctx context.Context, a Actor, what string, o store.Operator, l mail.Letter, writes ...store.Write) error {
	id := vault.ID()
	if w := warningDue(o.EndsAt, d.Now()); w > 0 {
		id = warningID(endsKind, o.ID, o.EndsAt, w)
	}
	for {
		told, err := d.enqueueAs(id, o, l, zero)
		if err != nil {
			return err
		}
		err = d.commitAs(ctx, a, what, append(slices.Clip(writes), told)...)
		if !errors.Is(err, store.ErrExists) {
			return err
		}
		id = vault.ID() // they were warned of the same end before, perhaps before it was moved there and back
	}
}
