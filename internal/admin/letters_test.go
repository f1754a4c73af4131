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

// to are the mails to somebody, the newest last.
func (p *postbox) to(address string) []mail.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []mail.Message
	for _, m := range p.sent {
		if m.To == address {
			out = append(out, m)
		}
	}
	return out
}

// letterSays says that a letter holds each of the texts, however its lines break.
func letterSays(t *testing.T, m mail.Message, texts ...string) {
	t.Helper()
	line := strings.Join(strings.Fields(m.Text), " ")
	for _, text := range texts {
		require.Contains(t, line, text, m.Subject)
	}
}

func TestThePersonConcernedIsToldOfEachAct(t *testing.T) {
	for _, c := range []struct {
		name, subject string
		do            func(w *world) (*store.Operator, error)
		says          []string
	}{
		{"is let in again", "access was restored", func(w *world) (*store.Operator, error) {
			return &w.disabled, w.Enable(ctx, w.boss, visit, w.disabled.ID)
		}, []string{"Boss restored your access", "Sign in as before", origin + "/", "Do not sign in, and tell"}},
		{"is disabled", "access was removed", func(w *world) (*store.Operator, error) {
			return &w.target, w.Disable(ctx, w.boss, visit, w.target.ID, "left")
		}, []string{"Boss removed your access", "signed out everywhere"}},
		{"is deleted", "access was removed", func(w *world) (*store.Operator, error) {
			return &w.target, w.Delete(ctx, w.boss, visit, w.target.ID, "left")
		}, []string{"Boss removed your access"}},
		{"gets other roles", "roles were changed", func(w *world) (*store.Operator, error) {
			return &w.target, w.ChangeRoles(ctx, w.boss, visit, w.target.ID, desk.RolesForm{Version: w.target.Version, Primary: desk.RoleAdministrator})
		}, []string{"Boss changed your roles", "Your roles now: Administrator"}},
		{"is called otherwise", "name was changed", func(w *world) (*store.Operator, error) {
			return &w.target, w.RenameOperator(ctx, w.boss, visit, w.target.ID, w.target.Version, "Aimed")
		}, []string{"Old name: Target", "New name: Aimed"}},
		{"is signed out everywhere", "You were signed out", func(w *world) (*store.Operator, error) {
			return &w.target, w.EndSessions(ctx, w.boss, visit, w.target.ID, "all")
		}, []string{"Boss signed you out of the Meadow back office everywhere", "Ask a super-administrator"}},
		{"is signed out of one session", "You were signed out", func(w *world) (*store.Operator, error) {
			return &w.target, w.EndSessions(ctx, w.boss, visit, w.target.ID, w.enter(w.target).Session.ID)
		}, []string{"on one of your devices"}},
		{"has a link made for them", "A link to a new Meadow back office password was created", func(w *world) (*store.Operator, error) {
			_, _, err := w.PasswordLink(ctx, w.boss, visit, w.target.ID)
			return &w.target, err
		}, []string{"Boss created a one-time link", "Link expires: 2 March 2026 at 12:30 UTC", "To cancel the link"}},
		{"has a temporary password", "has a temporary password", func(w *world) (*store.Operator, error) {
			_, _, err := w.TemporaryPassword(ctx, w.boss, visit, w.target.ID)
			return &w.target, err
		}, []string{"Boss gave your account", "password expires: 3 March 2026 at 12:00 UTC", "Forgot your password?"}},
		{"has their second factor reset", "Two-factor authentication for your", func(w *world) (*store.Operator, error) {
			return &w.target, w.ResetTwoFactor(ctx, w.boss, visit, w.target.ID, "phone lost")
		}, []string{"Boss reset two-factor authentication", "change your password"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, act{})
			w.mails().sent = nil
			who, err := c.do(w)
			require.NoError(t, err)
			got := w.mails().to(who.Email)
			require.Len(t, got, 1, w.box.subjects(who.Email))
			require.Contains(t, got[0].Subject, c.subject)
			letterSays(t, got[0], append(c.says, "Hello "+who.Name, "Time: 2 March 2026 at 12:00 UTC", "IP address: "+visit.Address)...)
			require.NotContains(t, got[0].Text, "#", "no link that opens anything")
		})
	}
}

func TestWhoeverIsInvitedAgainGetsTheInvitationAlone(t *testing.T) {
	o := newOffice(t)
	op, _ := o.must(o.Invite(ctx, o.boss, visit, desk.InviteForm{Email: "ivan@community.example", Roles: []string{desk.RoleModerator}}))
	require.NoError(t, o.Disable(ctx, o.boss, visit, op.ID, ""))
	o.mails().sent = nil
	require.NoError(t, o.Enable(ctx, o.boss, visit, op.ID))
	require.Equal(t, "You are invited to the Meadow back office", o.mails().subjects("ivan@community.example"))
}

func TestAnotherEmailAddressCountsAtOnceAndBothAreTold(t *testing.T) {
	o := newOffice(t)
	op := o.person("Grace", desk.RoleModerator)
	o.person("Linus", desk.RoleModerator)
	id := o.enter(op)
	link, _, err := o.PasswordLink(ctx, o.boss, visit, op.ID)
	require.NoError(t, err)
	o.mails().sent = nil
	op = o.reread(op)
	bad := (*desk.InvalidError)(nil)
	for email, code := range map[string]string{"": "required", "no address": "not_address", "grace@community.example": "same", "LINUS@community.example": "taken"} {
		require.ErrorAs(t, o.ChangeEmail(ctx, o.boss, visit, op.ID, op.Version, email), &bad, email)
		require.Equal(t, []string{"email", code}, []string{bad.Problems[0].Field, bad.Problems[0].Code}, email)
	}
	require.ErrorIs(t, o.ChangeEmail(ctx, o.boss, visit, op.ID, op.Version-1, "hopper@navy.example"), desk.ErrChanged)
	require.Empty(t, o.mails().sent, "what came to nothing is told to nobody")

	require.NoError(t, o.ChangeEmail(ctx, o.boss, visit, op.ID, op.Version, "hopper@navy.example"))
	for _, to := range []string{"grace@community.example", "hopper@navy.example"} {
		got := o.mails().to(to)
		require.Len(t, got, 1, to)
		require.Equal(t, "Your Meadow back office email address was changed", got[0].Subject)
		letterSays(t, got[0], "Boss changed the email address", "Old email address: grace@community.example", "New email address: hopper@navy.example", "Tell a super-administrator of the Meadow back office at once")
	}
	live, err := o.mem.ListSessions(ctx, op.ID)
	require.NoError(t, err)
	require.Empty(t, live, "the session %s ended", id.Session.ID)
	_, token, _ := strings.Cut(link, "#")
	require.ErrorIs(t, o.Reset(ctx, visit, desk.LinkForm{Token: token, Password: better, Again: better}), desk.ErrLink)
	_, err = o.SignIn(ctx, visit, desk.SignInForm{Login: "hopper@navy.example", Password: good})
	require.NoError(t, err)
	_, err = o.SignIn(ctx, visit, desk.SignInForm{Login: "grace@community.example", Password: good})
	require.ErrorIs(t, err, desk.ErrCredentials)

	invited, _ := o.must(o.Invite(ctx, o.boss, visit, desk.InviteForm{Email: "ivan@community.example", Roles: []string{desk.RoleModerator}}))
	require.ErrorIs(t, o.ChangeEmail(ctx, o.boss, visit, invited.ID, invited.Version, "other@community.example"), desk.ErrChanged)
	boss := o.reread(store.Operator{ID: o.boss.ID})
	lesser := o.signIn(o.person("Lesser", desk.RoleAdministrator))
	require.ErrorIs(t, o.ChangeEmail(ctx, lesser, visit, boss.ID, boss.Version, "mallory@community.example"), desk.ErrForbidden)
}

func TestHoldersOfADeletedRoleAreToldWhatTheyHaveNow(t *testing.T) {
	o := newOffice(t)
	role := o.customRole("Readers", "analytics.view")
	o.person("Primary", role)
	o.person("Additional", desk.RoleModerator, role)
	gone := o.person("Gone", role)
	require.NoError(t, o.Disable(ctx, o.boss, visit, gone.ID, ""))
	o.mails().sent = nil
	require.NoError(t, o.DeleteRole(ctx, o.boss, visit, role, 1, desk.RoleCommunityManager))
	for who, has := range map[string]string{"primary": "Community manager", "additional": "Moderator and Community manager"} {
		got := o.mails().to(who + "@community.example")
		require.Len(t, got, 1, who)
		letterSays(t, got[0], "Boss changed your roles", "Your roles now: "+has+" ")
	}
	require.Empty(t, o.box.to("gone@community.example"))
}

func TestATemporaryPasswordIsOverAfterItsTime(t *testing.T) {
	o := newOffice(t)
	o.rules(map[string]string{"two_factor.who": "recommended", "password.temporary": "on", "password.temporary_life": "2h"})
	op := o.person("Grace", desk.RoleModerator)
	plain, until, err := o.TemporaryPassword(ctx, o.boss, visit, op.ID)
	require.NoError(t, err)
	require.Equal(t, o.now.Add(2*time.Hour), until)
	o.now = until.Add(-time.Second)
	passed, err := o.SignIn(ctx, visit, desk.SignInForm{Login: "Grace", Password: plain})
	require.NoError(t, err)
	boss := o.signIn(o.reread(store.Operator{ID: o.boss.ID}))
	detail, err := o.Operator(ctx, boss, op.ID)
	require.NoError(t, err)
	require.Equal(t, until, detail.TemporaryUntil)
	require.False(t, detail.TemporaryOver)

	o.now = until
	_, err = o.SignIn(ctx, visit, desk.SignInForm{Login: "Grace", Password: plain})
	require.ErrorIs(t, err, desk.ErrCredentials, "as a wrong one")
	rows, err := o.AuditPage(ctx, boss, store.EventQuery{Code: "signin.refused"})
	require.NoError(t, err)
	require.Equal(t, "temporary password is past its time", rows.Rows[0].Reason)
	id, err := o.Authenticate(ctx, visit, passed.Token)
	require.NoError(t, err)
	_, err = o.ChangePassword(ctx, visit, id, plain, better, better)
	bad := (*desk.InvalidError)(nil)
	require.ErrorAs(t, err, &bad)
	require.Equal(t, "wrong", bad.Problems[0].Code, "nor does it choose another one")
	detail, err = o.Operator(ctx, boss, op.ID)
	require.NoError(t, err)
	require.True(t, detail.TemporaryOver)

	link, _, err := o.PasswordLink(ctx, boss, visit, op.ID)
	require.NoError(t, err)
	_, token, _ := strings.Cut(link, "#")
	require.NoError(t, o.Reset(ctx, visit, desk.LinkForm{Token: token, Password: better, Again: better}))
	o.now = o.now.Add(400 * 24 * time.Hour)
	_, err = o.SignIn(ctx, visit, desk.SignInForm{Login: "Grace", Password: better})
	require.NoError(t, err, "one of their own has no such end")
	detail, err = o.Operator(ctx, desk.CommandLine(), op.ID)
	require.NoError(t, err)
	require.Zero(t, detail.TemporaryUntil)
}
