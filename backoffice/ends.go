package backoffice

import (
	"context"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// InviteUntil is [Services.Invite] for someone who needs access until a day. The account
// ends at midnight UTC at the end of the day that last falls on in its own location; see
// docs/accounts-that-end.md. If last is zero, the account does not end.
func (s *Services) InviteUntil(ctx context.Context, email, name string, last time.Time, roles ...string) (link string, err error) {
	err = s.by(ctx, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit) (err error) {
		_, link, err = s.services.Invite(ctx, a, v, desk.InviteForm{Email: email, Name: name, Roles: roles, Ends: dayOf(last)})
		return err
	})
	return link, err
}

// SetLastDay chooses, changes or, if last is zero, removes the last day of an operator's
// access, as [Services.InviteUntil] does, and tells them by email. It returns an
// *InvalidError for a day in the past, or the day that it is already, and ErrChanged for a
// disabled operator, whom EnableUntil is for, and for the signed-in operator themselves. Under
// the two-person rule, putting off that of a super-administrator is ErrSecondPerson.
func (s *Services) SetLastDay(ctx context.Context, operator string, last time.Time) error {
	return s.to(ctx, operator, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) error {
		return s.services.SetEnd(ctx, a, v, o.ID, desk.EndForm{Version: o.Version, Ends: dayOf(last)})
	})
}

// EnableUntil is [Services.Enable] with another last day, or none if last is zero. An
// operator whose last day has passed needs it.
func (s *Services) EnableUntil(ctx context.Context, operator string, last time.Time) error {
	return s.do(ctx, operator, desk.PermissionOperatorsManage, with(s.services.EnableWith, desk.EndForm{Ends: dayOf(last)}))
}

// dayOf is a day as the desk takes it; "" for none.
func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
