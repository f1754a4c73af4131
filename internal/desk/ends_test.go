package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// inDays is the day so many days after the office's, as a form has it. An account with this
// last day ends at the end of it.
func (o *office) inDays(n int) string {
	return o.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly)
}

// endsOn gives an operator a last day, past the office.
func (o *office) endsOn(op store.Operator, last string) store.Operator {
	o.T.Helper()
	day, err := time.Parse(time.DateOnly, last)
	require.NoError(o.T, err)
	o.Change(op.ID, func(op *store.Operator) { op.EndsAt = day.AddDate(0, 0, 1) })
	return o.Find(op.ID)
}

func (o *office) endAccounts() {
	o.T.Helper()
	require.NoError(o.T, o.EndAccountsAt(ctx, o.Now()))
}

func TestALastDayIsChosenByThoseWhoMayDisable(t *testing.T) {
	o := staffed(t)
	ben := o.Person("Ben", desk.RoleModerator)
	form := func(last string) desk.EndForm { return desk.EndForm{Version: o.Find(ben.ID).Version, Ends: last} }
	for _, c := range []struct{ last, problem string }{
		{"31.12.2026", "not_day"}, {"2026-02-30", "not_day"}, {"\x00", "not_day"}, {o.inDays(-1), "past"},
		{"2036-12-31", "too_far"}, {"9999-12-31", "too_far"}, {"", "same"},
	} {
		_, err := o.PreviewEnd(ctx, o.Boss, ben.ID, form(c.last))
		requireProblem(t, err, "ends", c.problem)
		requireProblem(t, o.SetEnd(ctx, o.Boss, home, ben.ID, form(c.last)), "ends", c.problem)
	}
	end, err := o.PreviewEnd(ctx, o.Boss, ben.ID, form(o.inDays(0)))
	require.NoError(t, err, "today is still to come")
	require.Equal(t, o.Now().Truncate(24*time.Hour).Add(24*time.Hour), end, "the end of the day, in UTC")
	require.Zero(t, o.Find(ben.ID).EndsAt, "a preview changes nothing")

	require.NoError(t, o.SetEnd(ctx, o.Boss, home, ben.ID, form(o.inDays(30))))
	require.Equal(t, "2026-04-01", desk.EndedOn(o.Find(ben.ID).EndsAt))
	require.Equal(t, map[string]string{"before": "never", "after": "2026-04-01"}, o.Last().Detail)
	require.Contains(t, o.Delivered().Subjects("ben@example.org"), "last day")
	require.ErrorIs(t, o.SetEnd(ctx, o.Boss, home, ben.ID, desk.EndForm{Version: ben.Version, Ends: o.inDays(9)}), desk.ErrChanged, "it was changed since")
	require.NoError(t, o.SetEnd(ctx, o.Boss, home, ben.ID, form("")))
	require.Equal(t, map[string]string{"before": "2026-04-01", "after": "never"}, o.Last().Detail)
	require.Contains(t, o.Delivered().Subjects("ben@example.org"), "no longer ends")
	require.Zero(t, o.Find(ben.ID).EndsAt)

	boss := o.Find("id-of-boss")
	notNow := (*desk.NotNowError)(nil)
	require.ErrorAs(t, o.SetEnd(ctx, o.Boss, home, boss.ID, desk.EndForm{Version: boss.Version, Ends: o.inDays(9)}), &notNow, "not one's own")
	manager := o.Actor(o.Person("Ann", desk.RoleAdministrator))
	require.ErrorIs(t, o.SetEnd(ctx, manager, home, boss.ID, desk.EndForm{Version: boss.Version, Ends: o.inDays(9)}), desk.ErrForbidden)
	require.NoError(t, o.SetEnd(ctx, manager, home, ben.ID, form(o.inDays(9))))
	gone := o.Person("Gone", desk.RoleModerator)
	o.Change(gone.ID, disable)
	require.ErrorAs(t, o.SetEnd(ctx, o.Boss, home, gone.ID, desk.EndForm{Version: 2, Ends: o.inDays(9)}), &notNow, "that is for enabling")
}

func TestAtTheEndAnAccountIsRefusedAtOnceByEveryWayIn(t *testing.T) {
	o := staffed(t)
	o.Rules(map[string]string{"password.temporary": "on", "session.idle": "1h", "session.absolute": "1d", "reset.life": "4h"})
	ben, ada := o.Enrolled("Ben", desk.RoleAdministrator)
	eve := o.Person("Eve", desk.RoleModerator)
	o.Clock.Set(time.Date(2026, 3, 5, 23, 0, 0, 0, time.UTC))
	token := o.Again("Ben", ada.Secret)
	link := o.ResetLink("ben@example.org")
	made, _, err := o.PasswordLink(ctx, o.Identity(token).Actor(), home, eve.ID)
	require.NoError(t, err)
	ben = o.endsOn(o.Find(ben.ID), "2026-03-05")
	pre := o.Begun("Ben")

	o.Clock.Set(ben.EndsAt.Add(-5 * time.Minute))
	token = o.Again("Ben", ada.Secret)
	o.Clock.Set(ben.EndsAt.Add(-time.Microsecond))
	require.True(t, o.Alive(token), "until the last moment")
	_, err = o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded, "ten minutes passed")
	pre = o.Begun("Ben")

	o.Clock.Set(ben.EndsAt)
	require.False(t, o.Alive(token))
	_, err = o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	_, err = o.Login("Ben", good)
	require.ErrorIs(t, err, desk.ErrCredentials)
	require.Equal(t, "access has ended", o.Last().Reason)
	require.ErrorIs(t, o.Reset(ctx, home, desk.LinkForm{Token: link, Password: better, Again: better, Code: o.Code(ada.Secret)}), desk.ErrLink)
	require.ErrorIs(t, o.Reset(ctx, home, desk.LinkForm{Token: testoffice.Token(made), Password: better, Again: better}), desk.ErrLink, "nor what they made for others")
	o.Delivered().Clear()
	require.NoError(t, o.RequestReset(ctx, home, "ben@example.org"))
	letter := o.Letter("ben@example.org")
	require.Contains(t, letter.Text, "The last day of access has passed.")
	require.NotContains(t, letter.Text, o.Alias())
	boss := desk.CommandLine()
	notNow := (*desk.NotNowError)(nil)
	require.ErrorAs(t, o.SendReset(ctx, boss, home, ben.ID), &notNow)
	require.ErrorAs(t, o.Send(ctx, boss, home, ben.ID, desk.Message{Subject: "x", Paragraphs: []string{"x"}}), &notNow)
	require.Equal(t, store.OperatorActive, o.Find(ben.ID).State, "nothing had to be stored for it")

	require.NoError(t, o.SetEnd(ctx, boss, home, ben.ID, desk.EndForm{Version: o.Find(ben.ID).Version, Ends: "2026-03-06"}))
	require.True(t, o.Alive(token), "a colleague can still give more time")
}

func TestAnAccountIsDisabledOnceAtItsEnd(t *testing.T) {
	o := staffed(t)
	inviter := o.Person("Ann", desk.RoleAdministrator)
	ben := o.Add(store.Operator{CreatedBy: inviter.ID}, "Ben", desk.RoleModerator)
	eve := o.Add(store.Operator{CreatedBy: "gone"}, "Eve", desk.RoleModerator)
	token := o.Enter("Ben")
	ben, eve = o.endsOn(ben, o.inDays(20)), o.endsOn(eve, o.inDays(20))
	link := o.ResetLink("ben@example.org")
	require.NotEmpty(t, link)

	o.Clock.Set(ben.EndsAt.Add(-time.Microsecond))
	o.endAccounts()
	require.Equal(t, store.OperatorActive, o.Find(ben.ID).State)
	o.Clock.Set(ben.EndsAt)
	o.Delivered().Clear()
	replicas := []*desk.Desk{o.Desk, o.Another(), o.Another()}
	for _, err := range testoffice.Race(len(replicas), func(i int) error { return replicas[i].EndAccountsAt(ctx, o.Now()) }) {
		require.NoError(t, err)
	}
	o.endAccounts()
	require.Equal(t, store.OperatorDisabled, o.Find(ben.ID).State)
	require.Equal(t, store.OperatorDisabled, o.Find(eve.ID).State)
	require.Empty(t, o.SessionsOf(ben.ID))
	require.False(t, o.Alive(token))
	_, err := o.Mem.FindToken(ctx, store.DigestOf(link), store.PurposeReset)
	require.ErrorIs(t, err, store.ErrNotFound, "no link is left")
	require.Equal(t, 2, o.Count("operator.ended"))
	e := o.Last()
	require.Equal(t, []string{"operator.ended", desk.ActorSystem, "2026-03-22", "active"}, []string{e.Code, e.ActorID, e.Detail["last_day"], e.Detail["before"]})
	sent := o.Delivered()
	require.Len(t, sent.To("ben@example.org"), 1)
	require.Contains(t, sent.Subjects("ben@example.org"), "has ended")
	require.Equal(t, 1, strings.Count(sent.Subjects("ann@example.org"), "has ended: Ben"), "whoever gave access is told")
	require.Equal(t, 1, strings.Count(sent.Subjects("boss@example.org"), "has ended: Eve"), "or else the super-administrators")
	require.NotContains(t, sent.Subjects("boss@example.org"), "Ben")
}

func TestTheEndIsWarnedOfOnceBefore(t *testing.T) {
	o := staffed(t)
	boss := desk.CommandLine()
	ben := o.endsOn(o.Person("Ben", desk.RoleModerator), o.inDays(20))
	short := o.Person("Short", desk.RoleModerator)
	young := store.Operator{}
	replicas := []*desk.Desk{o.Desk, o.Another()}
	want := func(op store.Operator) (n int) {
		for _, w := range []time.Duration{14 * day, 7 * day, day} {
			if left := op.EndsAt.Sub(o.Now()); left <= w {
				n++
			}
		}
		return n
	}
	for hour := range 20 * 24 {
		if hour == 10*24 {
			require.NoError(t, o.SetEnd(ctx, boss, home, short.ID, desk.EndForm{Version: short.Version, Ends: o.inDays(5)}))
			young = o.endsOn(o.Person("Young", desk.RoleModerator), o.inDays(3))
		}
		for _, err := range testoffice.Race(len(replicas), func(i int) error { return replicas[i].EndAccountsAt(ctx, o.Now()) }) {
			require.NoError(t, err)
		}
		require.Equal(t, want(ben), reminders(o, "access-ends", "ben@example.org"), "after %d hours", hour)
		o.Clock.Add(time.Hour)
	}
	require.Equal(t, []int{1, 1}, []int{reminders(o, "end-changed", "short@example.org"), reminders(o, "access-ends", "short@example.org")}, "what tells of the end is the warning of it that is due")
	require.Equal(t, 1, reminders(o, "access-ends", "young@example.org"), "those that fit")
	require.NotZero(t, young.EndsAt)

	late := o.endsOn(o.Person("Late", desk.RoleModerator), o.inDays(30))
	o.Clock.Set(late.EndsAt.Add(-3 * day))
	o.endAccounts()
	require.Equal(t, 1, reminders(o, "access-ends", "late@example.org"), "not those that came due while nobody ran")
	there := func(last int) {
		t.Helper()
		require.NoError(t, o.SetEnd(ctx, boss, home, late.ID, desk.EndForm{Version: o.Find(late.ID).Version, Ends: o.inDays(last)}))
	}
	there(60)
	there(2)
	require.Equal(t, 2, reminders(o, "end-changed", "late@example.org"), "there and back is told both times")
}

func TestAnInvitationDoesNotOutliveTheEnd(t *testing.T) {
	o := staffed(t)
	op, link, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "ivy@example.org", Name: "Ivy", Roles: []string{desk.RoleModerator}, Ends: o.inDays(2)})
	require.NoError(t, err)
	require.Equal(t, "2026-03-04", desk.EndedOn(op.EndsAt))
	require.Equal(t, op.EndsAt, op.InviteExpiresAt)
	require.Equal(t, "2026-03-04", o.Last().Detail["last_day"])
	require.Contains(t, o.Letter("ivy@example.org").Text, "Last day of access: 4 March 2026")
	_, _, err = o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "x@example.org", Roles: []string{desk.RoleModerator}, Ends: o.inDays(-2)})
	requireProblem(t, err, "ends", "past")
	list, err := o.PreviewInvitations(ctx, o.Boss, desk.ParseInvitees("x@example.org"), desk.InviteForm{Roles: []string{desk.RoleModerator}, Ends: "soon"})
	requireProblem(t, err, "ends", "not_day")
	require.Len(t, list, 1)
	list, err = o.PreviewInvitations(ctx, o.Boss, desk.ParseInvitees("Max <x@example.org>"), desk.InviteForm{Roles: []string{desk.RoleModerator}, Ends: o.inDays(2)})
	require.NoError(t, err)
	_, _, err = o.InviteSeveral(ctx, o.Boss, home, list, desk.InviteForm{Roles: []string{desk.RoleModerator}, Ends: o.inDays(2)})
	require.NoError(t, err)
	max, err := o.FindOperator(ctx, o.Boss, "Max")
	require.NoError(t, err)
	require.Equal(t, op.EndsAt, max.EndsAt)

	o.Clock.Set(op.EndsAt)
	require.ErrorIs(t, o.Welcome(ctx, home, desk.LinkForm{Token: testoffice.Token(link), Password: better, Again: better}), desk.ErrLink)
	boss := o.Actor(o.Find("id-of-boss"))
	notNow := (*desk.NotNowError)(nil)
	_, err = o.ResendInvitation(ctx, boss, home, op.ID)
	require.ErrorAs(t, err, &notNow)
	o.Delivered().Clear()
	o.endAccounts()
	require.Equal(t, store.OperatorDisabled, o.Find(op.ID).State)
	require.Empty(t, o.Delivered().To("ivy@example.org"), "who never joined is not written to")
	require.Len(t, o.Sent.To("boss@example.org"), 2)

	require.NoError(t, o.EnableWith(ctx, boss, home, op.ID, desk.EndForm{Ends: o.inDays(1)}))
	again := o.Find(op.ID)
	require.Equal(t, []any{store.OperatorInvited, again.EndsAt}, []any{again.State, again.InviteExpiresAt})
	require.NoError(t, o.SetEnd(ctx, boss, home, op.ID, desk.EndForm{Version: again.Version, Ends: o.inDays(0)}))
	require.Equal(t, o.Find(op.ID).EndsAt, o.Find(op.ID).InviteExpiresAt, "an open invitation gets shorter")
}

func TestAMemberIsGivenAccessUntilADay(t *testing.T) {
	for _, sso := range []bool{false, true} {
		o := staffed(t, withMembers(testoffice.NewDirectory("Mia")), func(c *desk.Config) {
			if sso {
				withSSO(c)
			}
		})
		_, err := o.PreviewGrant(ctx, o.Boss, "m-mia", desk.GrantForm{Roles: []string{desk.RoleModerator}, Ends: "2020-01-01"})
		requireProblem(t, err, "ends", "past")
		op, err := o.GrantAs(ctx, o.Boss, home, "m-mia", desk.GrantForm{Roles: []string{desk.RoleModerator}, Ends: o.inDays(3)})
		require.NoError(t, err)
		require.Equal(t, o.Find(op.ID).EndsAt, op.EndsAt)
		require.Contains(t, o.Letter("mia@members.example").Text, "Last day of access: 5 March 2026")
		if sso {
			require.Equal(t, op.EndsAt, op.InviteExpiresAt)
		}
		o.Clock.Set(op.EndsAt)
		_, err = o.Login("Mia", good)
		require.ErrorIs(t, err, desk.ErrCredentials)
	}
}

func TestEnablingAsksForANewEndIfTheLastHasPassed(t *testing.T) {
	o := staffed(t)
	ben := o.endsOn(o.Person("Ben", desk.RoleModerator), o.inDays(1))
	o.Clock.Set(ben.EndsAt)
	o.endAccounts()
	o.Clock.Add(time.Second) // the email about the end is older than the next one
	boss := o.Actor(o.Find("id-of-boss"))
	requireProblem(t, o.Enable(ctx, boss, home, ben.ID), "ends", "past")
	requireProblem(t, o.EnableWith(ctx, boss, home, ben.ID, desk.EndForm{Ends: "2026-03-03"}), "ends", "past")
	require.NoError(t, o.EnableWith(ctx, boss, home, ben.ID, desk.EndForm{Ends: o.inDays(3)}))
	require.Equal(t, map[string]string{"after": "active", "last_day": "2026-03-07"}, o.Last().Detail)
	require.Contains(t, o.Letter("ben@example.org").Text, "Last day of access: 7 March 2026")
	o.endAccounts()
	require.Zero(t, reminders(o, "access-ends", "ben@example.org"), "the email about it is the warning")
	o.Enter("Ben")
	o.Clock.Set(o.Find(ben.ID).EndsAt)
	o.endAccounts()
	require.Equal(t, 2, o.Count("operator.ended"), "a new end comes like the first")
	boss = o.Actor(o.Find("id-of-boss"))
	require.NoError(t, o.EnableWith(ctx, boss, home, ben.ID, desk.EndForm{}))
	require.Equal(t, map[string]string{"after": "active", "last_day": "never"}, o.Last().Detail)
	require.NoError(t, o.Disable(ctx, boss, home, ben.ID, "x"))
	require.NoError(t, o.Enable(ctx, boss, home, ben.ID), "without one there is nothing to ask")
}
