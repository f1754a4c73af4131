package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// reminders counts the emails of a kind to an operator.
func reminders(o *office, kind, email string) int {
	o.T.Helper()
	page, err := o.Mails(ctx, desk.CommandLine(), store.MailQuery{Kind: kind, Limit: 100})
	require.NoError(o.T, err)
	n := 0
	for _, m := range page.Rows {
		if m.To == email {
			n++
		}
	}
	return n
}

func TestAnInvitationThatEndsSoonIsRemindedOfOnce(t *testing.T) {
	o := newOffice(t)
	op, _ := o.Invited("ivan@example.org", "Ivan", desk.RoleModerator)
	o.Rules(map[string]string{"invite.life": "12h"})
	o.Invited("short@example.org", "Short", desk.RoleModerator)
	for range 7 * 24 {
		for range 2 {
			require.NoError(t, o.RemindPeople(ctx))
		}
		left, want := op.InviteExpiresAt.Sub(o.Now()), 0
		if left <= 24*time.Hour {
			want = 1
		}
		require.Equal(t, want, reminders(o, "invitation-ends", "ivan@example.org"), "%v before", left)
		o.Clock.Add(time.Hour)
	}
	require.Zero(t, reminders(o, "invitation-ends", "short@example.org"), "it was sent less than a day ago")
	o.Rules(nil)
	_, err := o.ResendInvitation(ctx, desk.CommandLine(), home, op.ID)
	require.NoError(t, err)
	o.Clock.Add(6*24*time.Hour + time.Minute)
	require.NoError(t, o.RemindPeople(ctx))
	require.Equal(t, 2, reminders(o, "invitation-ends", "ivan@example.org"), "a new invitation is another")
	letter := o.Letter("ivan@example.org")
	require.Contains(t, letter.Subject, "expires soon")
	require.NotContains(t, letter.Text, "#", "it holds no link")
}

func TestTheDayOfTwoFactorIsRemindedOfAWeekBefore(t *testing.T) {
	o := newOffice(t)
	o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Person("Ben", desk.RoleModerator)
	o.Person("Out")
	gone := o.Person("Gone", desk.RoleModerator)
	gone.State = store.OperatorDisabled
	o.Put(gone)
	o.Rules(map[string]string{"two_factor.from": "2026-03-22"}) // it is noon of 2 March
	replicas := []*desk.Desk{o.Desk, o.Another(), o.Another()}
	for day := range 25 {
		for _, err := range testoffice.Race(len(replicas), func(i int) error { return replicas[i].RemindPeople(ctx) }) {
			require.NoError(t, err)
		}
		want := 0
		if day >= 13 {
			want = 1
		}
		require.Equal(t, want, reminders(o, "two-factor-from", "ben@example.org"), "day %d", day)
		o.Clock.Add(24 * time.Hour)
	}
	for _, who := range []string{"ada", "out", "gone"} {
		require.Zero(t, reminders(o, "two-factor-from", who+"@example.org"), who)
	}
}
