package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// letterSays says that a letter holds each of the texts, however its lines break.
func letterSays(t *testing.T, m mail.Message, texts ...string) {
	t.Helper()
	line := strings.Join(strings.Fields(m.Text), " ")
	for _, text := range texts {
		require.Contains(t, line, text, m.Subject)
	}
}

// withoutContact leaves people to whoever they know.
func withoutContact(c *desk.Config) { c.Contact = "" }

func TestThePersonConcernedIsToldOfEachAct(t *testing.T) {
	for _, c := range []struct {
		name, subject string
		do            func(w *world) (*store.Operator, error)
		says          []string
	}{
		{"is let in again", "access was restored", func(w *world) (*store.Operator, error) {
			return &w.disabled, w.Enable(ctx, w.Boss, home, w.disabled.ID)
		}, []string{"Boss restored your access", "Sign in as before", origin + "/", "Do not sign in, and tell"}},
		{"is disabled", "access was removed", func(w *world) (*store.Operator, error) {
			return &w.target, w.Disable(ctx, w.Boss, home, w.target.ID, "left")
		}, []string{"Boss removed your access", "signed out everywhere"}},
		{"is deleted", "access was removed", func(w *world) (*store.Operator, error) {
			return &w.target, w.Delete(ctx, w.Boss, home, w.target.ID, "left")
		}, []string{"Boss removed your access"}},
		{"gets other roles", "roles were changed", func(w *world) (*store.Operator, error) {
			return &w.target, w.ChangeRoles(ctx, w.Boss, home, w.target.ID, desk.RolesForm{Version: w.target.Version, Primary: desk.RoleAdministrator})
		}, []string{"Boss changed your roles", "Your roles now: Administrator"}},
		{"is called otherwise", "name was changed", func(w *world) (*store.Operator, error) {
			return &w.target, w.RenameOperator(ctx, w.Boss, home, w.target.ID, w.target.Version, "Aimed")
		}, []string{"Old name: Target", "New name: Aimed"}},
		{"is signed out everywhere", "You were signed out", func(w *world) (*store.Operator, error) {
			return &w.target, w.EndSessions(ctx, w.Boss, home, w.target.ID, "all")
		}, []string{"Boss signed you out of the Meadow back office everywhere", "Ask a super-administrator"}},
		{"is signed out of one session", "You were signed out", func(w *world) (*store.Operator, error) {
			return &w.target, w.EndSessions(ctx, w.Boss, home, w.target.ID, w.Entered(w.target).Session.ID)
		}, []string{"on one of your devices"}},
		{"has a link made for them", "A link to a new Meadow back office password was created", func(w *world) (*store.Operator, error) {
			_, _, err := w.PasswordLink(ctx, w.Boss, home, w.target.ID)
			return &w.target, err
		}, []string{"Boss created a one-time link", "Link expires: 2 March 2026 at 12:30 UTC", "To cancel the link"}},
		{"has a temporary password", "has a temporary password", func(w *world) (*store.Operator, error) {
			_, _, err := w.TemporaryPassword(ctx, w.Boss, home, w.target.ID)
			return &w.target, err
		}, []string{"Boss gave your account", "password expires: 3 March 2026 at 12:00 UTC", "Forgot your password?"}},
		{"must choose a new password", "You need a new Meadow back office password", func(w *world) (*store.Operator, error) {
			return &w.target, w.RequireNewPassword(ctx, w.Boss, home, w.target.ID, "seen on a note")
		}, []string{"Boss marked the password", "signed out everywhere", "choose a new password"}},
		{"has their second factor reset", "Two-factor authentication for your", func(w *world) (*store.Operator, error) {
			return &w.target, w.ResetTwoFactor(ctx, w.Boss, home, w.target.ID, "phone lost")
		}, []string{"Boss reset two-factor authentication", "change your password"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorldWith(t, act{}, withoutContact)
			w.Delivered().Clear()
			who, err := c.do(w)
			require.NoError(t, err)
			got := w.Delivered().To(who.Email)
			require.Len(t, got, 1, w.Sent.Subjects(who.Email))
			require.Contains(t, got[0].Subject, c.subject)
			letterSays(t, got[0], append(c.says, "Hello "+who.Name, "Time: 2 March 2026 at 12:00 UTC", "IP address: "+home.IP)...)
			require.NotContains(t, got[0].Text, "#", "no link that opens anything")
		})
	}
}

func TestWhoeverIsInvitedAgainGetsTheInvitationAlone(t *testing.T) {
	o := staffed(t)
	op, _ := o.Must(o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "ivan@example.org", Roles: []string{desk.RoleModerator}}))
	require.NoError(t, o.Disable(ctx, o.Boss, home, op.ID, ""))
	o.Delivered().Clear()
	require.NoError(t, o.Enable(ctx, o.Boss, home, op.ID))
	require.Equal(t, "You are invited to the Meadow back office", o.Delivered().Subjects("ivan@example.org"))
}

func TestAnotherEmailAddressCountsAtOnceAndBothAreTold(t *testing.T) {
	o := staffed(t, withoutContact)
	op := o.Person("Grace", desk.RoleModerator)
	o.Person("Linus", desk.RoleModerator)
	id := o.Entered(op)
	link, _, err := o.PasswordLink(ctx, o.Boss, home, op.ID)
	require.NoError(t, err)
	o.Delivered().Clear()
	op = o.Find(op.ID)
	bad := (*desk.InvalidError)(nil)
	for email, code := range map[string]string{"": "required", "no address": "not_address", "grace@example.org": "same", "LINUS@example.org": "taken"} {
		require.ErrorAs(t, o.ChangeEmail(ctx, o.Boss, home, op.ID, op.Version, email), &bad, email)
		require.Equal(t, []string{"email", code}, []string{bad.Problems[0].Field, bad.Problems[0].Code}, email)
	}
	require.ErrorIs(t, o.ChangeEmail(ctx, o.Boss, home, op.ID, op.Version-1, "hopper@navy.example"), desk.ErrChanged)
	require.Empty(t, o.Delivered().All(), "what came to nothing is told to nobody")

	require.NoError(t, o.ChangeEmail(ctx, o.Boss, home, op.ID, op.Version, "hopper@navy.example"))
	for _, to := range []string{"grace@example.org", "hopper@navy.example"} {
		got := o.Delivered().To(to)
		require.Len(t, got, 1, to)
		require.Equal(t, "Your Meadow back office email address was changed", got[0].Subject)
		letterSays(t, got[0], "Boss changed the email address", "Old email address: grace@example.org", "New email address: hopper@navy.example", "Tell a super-administrator of the Meadow back office at once")
	}
	live := o.SessionsOf(op.ID)
	require.Empty(t, live, "the session %s ended", id.Session.ID)
	_, token, _ := strings.Cut(link, "#")
	require.ErrorIs(t, o.Reset(ctx, home, desk.LinkForm{Token: token, Password: better, Again: better}), desk.ErrLink)
	_, err = o.SignIn(ctx, home, desk.SignInForm{Login: "hopper@navy.example", Password: good})
	require.NoError(t, err)
	_, err = o.SignIn(ctx, home, desk.SignInForm{Login: "grace@example.org", Password: good})
	require.ErrorIs(t, err, desk.ErrCredentials)

	invited, _ := o.Must(o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "ivan@example.org", Roles: []string{desk.RoleModerator}}))
	require.ErrorIs(t, o.ChangeEmail(ctx, o.Boss, home, invited.ID, invited.Version, "other@example.org"), desk.ErrChanged)
	boss := o.Find(o.Boss.ID)
	lesser := o.Actor(o.Person("Lesser", desk.RoleAdministrator))
	require.ErrorIs(t, o.ChangeEmail(ctx, lesser, home, boss.ID, boss.Version, "mallory@example.org"), desk.ErrForbidden)
}

func TestHoldersOfADeletedRoleAreToldWhatTheyHaveNow(t *testing.T) {
	o := staffed(t)
	role := o.CustomRole("Readers", "analytics.view")
	o.Person("Primary", role)
	o.Person("Additional", desk.RoleModerator, role)
	gone := o.Person("Gone", role)
	require.NoError(t, o.Disable(ctx, o.Boss, home, gone.ID, ""))
	o.Delivered().Clear()
	require.NoError(t, o.DeleteRole(ctx, o.Boss, home, role, 1, desk.RoleCommunityManager))
	for who, has := range map[string]string{"primary": "Community manager", "additional": "Moderator and Community manager"} {
		got := o.Delivered().To(who + "@example.org")
		require.Len(t, got, 1, who)
		letterSays(t, got[0], "Boss changed your roles", "Your roles now: "+has+" ")
	}
	require.Empty(t, o.Sent.To("gone@example.org"))
}

func TestATemporaryPasswordIsOverAfterItsTime(t *testing.T) {
	o := staffed(t)
	o.Rules(map[string]string{"two_factor.who": "recommended", "password.temporary": "on", "password.temporary_life": "2h"})
	op := o.Person("Grace", desk.RoleModerator)
	plain, until, err := o.TemporaryPassword(ctx, o.Boss, home, op.ID)
	require.NoError(t, err)
	require.Equal(t, o.Now().Add(2*time.Hour), until)
	o.Clock.Set(until.Add(-time.Second))
	passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: plain})
	require.NoError(t, err)
	boss := o.Actor(o.Find(o.Boss.ID))
	detail, err := o.Operator(ctx, boss, op.ID)
	require.NoError(t, err)
	require.Equal(t, until, detail.TemporaryUntil)
	require.False(t, detail.TemporaryOver)

	o.Clock.Set(until)
	_, err = o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: plain})
	require.ErrorIs(t, err, desk.ErrCredentials, "as a wrong one")
	rows, err := o.AuditPage(ctx, boss, store.EventQuery{Code: "signin.refused"})
	require.NoError(t, err)
	require.Equal(t, "temporary password has expired", rows.Rows[0].Reason)
	id, err := o.Authenticate(ctx, home, passed.Token)
	require.NoError(t, err)
	_, err = o.ChangePassword(ctx, home, id, plain, better, better)
	bad := (*desk.InvalidError)(nil)
	require.ErrorAs(t, err, &bad)
	require.Equal(t, "wrong", bad.Problems[0].Code, "nor does it choose another one")
	detail, err = o.Operator(ctx, boss, op.ID)
	require.NoError(t, err)
	require.True(t, detail.TemporaryOver)

	link, _, err := o.PasswordLink(ctx, boss, home, op.ID)
	require.NoError(t, err)
	_, token, _ := strings.Cut(link, "#")
	require.NoError(t, o.Reset(ctx, home, desk.LinkForm{Token: token, Password: better, Again: better}))
	o.Clock.Add(400 * 24 * time.Hour)
	_, err = o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: better})
	require.NoError(t, err, "one of their own has no such end")
	detail, err = o.Operator(ctx, desk.CommandLine(), op.ID)
	require.NoError(t, err)
	require.Zero(t, detail.TemporaryUntil)
}
