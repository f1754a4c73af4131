package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

func TestASessionEndsWhenItWasNotUsedForTooLong(t *testing.T) {
	for _, c := range []struct {
		name  string
		wait  time.Duration
		alive bool
	}{
		{"just before the limit", 30*time.Minute - time.Microsecond, true},
		{"at the limit", 30 * time.Minute, false},
		{"after the limit", time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			_, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
			id := o.identity(ada.token)
			o.clock.Set(o.Now().Add(c.wait))
			require.Equal(t, c.alive, o.alive(ada.token))
			if !c.alive {
				require.Equal(t, "session.expired", o.last().Code)
				require.Equal(t, id.Session.ID, o.last().SessionID)
				o.clock.Set(id.Session.SeenAt)
				require.False(t, o.alive(ada.token), "it is gone, whatever the clock says")
				require.Equal(t, 1, o.count("session.expired"))
			}
		})
	}
}

func TestASessionEndsAfterTwelveHoursHoweverMuchItIsUsed(t *testing.T) {
	o := newOffice(t)
	_, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	ends := o.identity(ada.token).Session.EndsAt
	require.Equal(t, o.identity(ada.token).Session.CreatedAt.Add(12*time.Hour), ends)
	for o.Now().Before(ends.Add(-20 * time.Minute)) {
		o.clock.Add(20 * time.Minute)
		require.True(t, o.alive(ada.token))
	}
	require.Equal(t, ends, o.identity(ada.token).EndsAt())
	o.clock.Set(ends.Add(-time.Microsecond))
	require.True(t, o.alive(ada.token))
	o.clock.Set(ends)
	require.False(t, o.alive(ada.token))
}

func TestASessionIsTouchedOnceInFifteenSeconds(t *testing.T) {
	o := newOffice(t)
	op, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	passed, err := o.SubmitCode(ctx, home, o.begun("Ada"), o.code(ada.secret))
	require.NoError(t, err)
	token := passed.Token
	began := o.identity(token).Session.CreatedAt
	o.clock.Set(began.Add(15*time.Second - time.Microsecond))
	require.Equal(t, began, o.identity(token).Session.SeenAt)
	require.Equal(t, began, o.find(op.ID).LastActiveAt)
	o.clock.Set(began.Add(15 * time.Second))
	o.identity(token)
	require.Equal(t, o.Now(), o.identity(token).Session.SeenAt)
	require.Equal(t, o.Now(), o.find(op.ID).LastActiveAt)
	require.Equal(t, o.Now().Add(30*time.Minute), o.identity(token).EndsAt())
}

func TestAnotherBrowserEndsTheSession(t *testing.T) {
	o := newOffice(t)
	_, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	v := from("198.51.100.99")
	_, err := o.Authenticate(ctx, v, ada.token)
	require.NoError(t, err, "another address is no reason")
	v.UserAgent = "curl/8"
	_, err = o.Authenticate(ctx, v, ada.token)
	require.ErrorIs(t, err, desk.ErrNoSession)
	require.Equal(t, "session.browser_changed", o.last().Code)
	require.Equal(t, "curl/8", o.last().UserAgent)
	require.False(t, o.alive(ada.token), "for its owner too, who signs in again")
}

func TestWhatIsChangedElsewhereHoldsFromTheNextRequest(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*store.Operator)
	}{
		{"disabled", func(op *store.Operator) { op.State = store.OperatorDisabled }},
		{"no role left", func(op *store.Operator) { op.PrimaryRole = "" }},
		{"a role that is gone", func(op *store.Operator) { op.PrimaryRole = "01-no-such-role" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.person("Ada", desk.RoleSuperAdministrator)
			op, mod := o.enrolled("Mod", desk.RoleModerator)
			other := o.another()
			_, err := other.Authenticate(ctx, home, mod.token)
			require.NoError(t, err)
			o.change(op.ID, c.change)
			require.False(t, o.alive(mod.token))
			_, err = other.Authenticate(ctx, home, mod.token)
			require.ErrorIs(t, err, desk.ErrNoSession)
		})
	}
	t.Run("rights and parameters", func(t *testing.T) {
		o := newOffice(t)
		op, mod := o.enrolled("Mod", desk.RoleModerator)
		require.True(t, o.identity(mod.token).Can("posts.delete"))
		o.change(op.ID, func(op *store.Operator) { op.PrimaryRole = desk.RoleCommunityManager })
		require.False(t, o.identity(mod.token).Can("posts.delete"))
		require.True(t, o.identity(mod.token).Can("analytics.view"))
		require.True(t, o.identity(mod.token).HasRole(desk.RoleCommunityManager))

		o.set(map[string]string{"session.idle": "1m"})
		require.Equal(t, time.Minute, o.identity(mod.token).State.Settings.Session.Idle)
		o.clock.Add(time.Minute)
		require.False(t, o.alive(mod.token))
	})
}

func TestAnOperatorHasThreeSessionsAndTheLeastRecentlyUsedEnds(t *testing.T) {
	o := newOffice(t)
	op, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	second := o.again("Ada", ada.secret)
	third := o.again("Ada", ada.secret)
	require.True(t, o.alive(ada.token)) // the oldest was just used
	ended := o.identity(second).Session.ID
	o.clock.Add(time.Minute)
	require.True(t, o.alive(ada.token) && o.alive(third))
	require.Zero(t, o.count("session.evicted"))
	fourth := o.again("Ada", ada.secret)
	require.False(t, o.alive(second))
	require.Equal(t, 1, o.count("session.evicted"))
	for _, e := range o.events() {
		if e.Code == "session.evicted" {
			require.Equal(t, []string{ended, op.ID, op.ID, home.Address}, []string{e.SessionID, e.ActorID, e.TargetID, e.IP})
		}
	}
	for _, token := range []string{ada.token, third, fourth} {
		require.True(t, o.alive(token))
	}
	sessions, err := o.Sessions(ctx, o.identity(fourth))
	require.NoError(t, err)
	require.Len(t, sessions, 3)
	for _, s := range sessions {
		require.Equal(t, op.ID, s.OperatorID)
	}
	o.clock.Add(29 * time.Minute)
	require.True(t, o.alive(fourth))
	o.clock.Add(2 * time.Minute)
	sessions, err = o.Sessions(ctx, o.identity(fourth))
	require.NoError(t, err)
	require.Len(t, sessions, 1, "those past their end are not listed")
	o.again("Ada", ada.secret)
	o.again("Ada", ada.secret)
	require.True(t, o.alive(fourth), "and take nobody's place")
	require.Equal(t, 1, o.count("session.evicted"))
}

func TestEndingSessions(t *testing.T) {
	o := newOffice(t)
	_, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	second := o.again("Ada", ada.secret)
	third := o.again("Ada", ada.secret)
	_, ben := o.enrolled("Ben", desk.RoleSuperAdministrator)

	id := o.identity(third)
	require.ErrorIs(t, o.EndSession(ctx, home, id, o.identity(ben.token).Session.ID), desk.ErrNotFound, "somebody else's")
	for _, sessionID := range []string{"", "nonsense", "\x00", string(make([]byte, 300))} {
		require.ErrorIs(t, o.EndSession(ctx, home, id, sessionID), desk.ErrNotFound)
	}
	ended := o.identity(second).Session.ID
	require.NoError(t, o.EndSession(ctx, home, id, ended))
	require.ErrorIs(t, o.EndSession(ctx, home, id, ended), desk.ErrNotFound)
	require.False(t, o.alive(second))
	require.True(t, o.alive(ada.token))
	require.NoError(t, o.EndOtherSessions(ctx, home, id))
	require.False(t, o.alive(ada.token))
	require.True(t, o.alive(third))
	require.True(t, o.alive(ben.token))
	require.NoError(t, o.SignOut(ctx, home, id))
	require.False(t, o.alive(third))
	require.NoError(t, o.SignOut(ctx, home, id), "twice does no harm")
}

func TestAStepUpProvesWhoItIsAndRotatesTheSession(t *testing.T) {
	o := newOffice(t)
	_, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	before := o.identity(ada.token)
	o.clock.Set(before.Session.ProvedAt.Add(5*time.Minute - time.Microsecond))
	require.True(t, o.identity(ada.token).Proved())
	o.clock.Add(time.Microsecond)
	id := o.identity(ada.token)
	require.False(t, id.Proved())

	_, err := o.StepUp(ctx, home, id, nonsense, o.code(ada.secret))
	require.Equal(t, desk.ErrCredentials, err)
	require.Equal(t, "step_up.refused", o.last().Code)
	_, err = o.StepUp(ctx, home, id, good, o.wrong(ada.secret))
	require.Equal(t, desk.ErrCode, err)
	_, err = o.StepUp(ctx, home, id, good, "")
	requireProblem(t, err, "code", "not_code")
	require.False(t, o.identity(ada.token).Proved())

	token, err := o.StepUp(ctx, home, id, good, o.code(ada.secret))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"factor": "authenticator"}, o.last().Detail)
	require.False(t, o.alive(ada.token), "the old token is dead")
	fresh := o.identity(token)
	require.True(t, fresh.Proved())
	require.Equal(t, before.Session.ID, fresh.Session.ID)
	require.Equal(t, o.Now().Add(12*time.Hour), fresh.Session.EndsAt, "both times start anew")

	_, err = o.StepUp(ctx, home, id, good, ada.codes[0])
	require.ErrorIs(t, err, desk.ErrNoSession, "with the old session")
	token, err = o.StepUp(ctx, home, fresh, good, ada.codes[0])
	require.NoError(t, err)
	require.True(t, o.alive(token))
	require.Equal(t, 1, o.count("recovery.used"))
}

func TestAStepUpWithASlipInTheCodeDoesNotUsePasswordTriesUp(t *testing.T) {
	o := newOffice(t)
	_, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	id := o.identity(ada.token)
	for range 40 {
		_, err := o.StepUp(ctx, home, id, good, "12")
		requireProblem(t, err, "code", "not_code")
	}
	_, err := o.StepUp(ctx, home, id, good, o.code(ada.secret))
	require.NoError(t, err)
}

func TestOfTwoStepUpsAtOnceOneWins(t *testing.T) {
	o := newOffice(t)
	_, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	id := o.identity(ada.token)
	code := o.code(ada.secret)
	tokens := make([]string, 20)
	errs := race(len(tokens), func(i int) (err error) {
		tokens[i], err = o.StepUp(ctx, from("198.51.100.1"), id, good, code)
		return err
	})
	require.Equal(t, 1, winners(errs))
	for i, token := range tokens {
		require.Equal(t, errs[i] == nil, token != "" && o.alive(token))
	}
}

func TestChangingThePassword(t *testing.T) {
	o := newOffice(t)
	op, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	other := o.again("Ada", ada.secret)
	id := o.identity(ada.token)
	for _, c := range []struct{ name, current, plain, again, field, code string }{
		{"no current one", "", better, better, "current_password", "required"},
		{"too short", good, "short", "short", "password", "too_short"},
		{"not twice the same", good, better, nonsense, "password_again", "differs"},
		{"the one there is", good, good, good, "password", "reused"},
		{"made of the name", good, "ada@example.org1", "ada@example.org1", "password", "context"},
		{"made of the office's name", good, "meadow-meadow-meadow", "meadow-meadow-meadow", "password", "context"},
		{"made of the address", good, o.Alias(), o.Alias(), "password", "context"},
	} {
		for range 6 {
			token, err := o.ChangePassword(ctx, home, id, c.current, c.plain, c.again)
			requireProblem(t, err, c.field, c.code)
			require.Empty(t, token, c.name)
		}
	}
	require.Equal(t, op.Password, o.find(op.ID).Password)
	token, err := o.ChangePassword(ctx, home, id, good, better, better)
	require.NoError(t, err)
	require.True(t, o.alive(token))
	require.False(t, o.alive(ada.token))
	require.False(t, o.alive(other))
	_, err = o.signIn("Ada", good)
	require.ErrorIs(t, err, desk.ErrCredentials)
	_, err = o.signIn("Ada", better)
	require.NoError(t, err)
	require.Empty(t, o.find(op.ID).PasswordHistory)
}

func TestAPasswordHistoryIsKeptAndAskedOnlyAfterTheCurrentPassword(t *testing.T) {
	o := newOffice(t)
	op, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	o.rules(map[string]string{"password.history": "2"})
	id := o.identity(ada.token)
	_, err := o.ChangePassword(ctx, home, id, nonsense, good, good)
	bad := (*desk.InvalidError)(nil)
	require.ErrorAs(t, err, &bad)
	require.Len(t, bad.Problems, 1)
	require.Equal(t, "wrong", bad.Problems[0].Code, "a guess at the password must not be answered without being counted")

	token, err := o.ChangePassword(ctx, home, id, good, better, better)
	require.NoError(t, err)
	for range 10 {
		_, err = o.ChangePassword(ctx, home, o.identity(token), better, good, good)
		requireProblem(t, err, "password", "reused")
	}
	token, err = o.ChangePassword(ctx, home, o.identity(token), better, nonsense, nonsense)
	require.NoError(t, err)
	require.Len(t, o.find(op.ID).PasswordHistory, 2)
	third := "harbor 64 cinnamon pixel"
	token, err = o.ChangePassword(ctx, home, o.identity(token), nonsense, third, third)
	require.NoError(t, err)
	_, err = o.ChangePassword(ctx, home, o.identity(token), third, good, good)
	require.NoError(t, err, "two earlier ones are refused, not three")
}

func TestAPasswordKeptByTheCommunityIsNotChangedHere(t *testing.T) {
	o, _ := crowd(t)
	pre := o.begun("mia")
	e, err := o.BeginSignInEnrolment(ctx, pre)
	require.NoError(t, err)
	passed, _, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.code(e.Key.Secret))
	require.NoError(t, err)
	id := o.identity(passed.Token)
	require.True(t, o.PasswordElsewhere(id.Operator))
	_, err = o.ChangePassword(ctx, home, id, good, better, better)
	require.ErrorIs(t, err, desk.ErrElsewhere)
	o.clock.Add(totp.Period)
	_, err = o.StepUp(ctx, home, id, good, o.code(e.Key.Secret))
	require.NoError(t, err, "the community checks it at a step-up too")
}

func TestWhoMustChangeThePasswordIsToldSo(t *testing.T) {
	o := newOffice(t)
	op, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	require.False(t, o.identity(ada.token).MustChangePassword)
	o.rules(map[string]string{"password.max_age": "24h"})
	o.change(op.ID, func(op *store.Operator) { op.PasswordSetAt = o.Now().Add(-24 * time.Hour) })
	require.True(t, o.identity(ada.token).MustChangePassword)
	o.rules(nil)
	o.change(op.ID, func(op *store.Operator) { op.MustChangePassword, op.PasswordSetAt = true, o.Now() })
	id := o.identity(ada.token)
	require.True(t, id.MustChangePassword)
	token, err := o.ChangePassword(ctx, home, id, good, better, better)
	require.NoError(t, err)
	require.False(t, o.identity(token).MustChangePassword)
}

func TestRenaming(t *testing.T) {
	o := newOffice(t)
	_, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	o.person("Ben", desk.RoleModerator)
	id := o.identity(ada.token)
	requireProblem(t, o.Rename(ctx, home, id, "ben"), "name", "taken")
	requireProblem(t, o.Rename(ctx, home, id, "ben@example.org"), "name", "at_sign")
	requireProblem(t, o.Rename(ctx, home, id, " "), "name", "required")
	require.NoError(t, o.Rename(ctx, home, id, "Ada  Lovelace"))
	m := o.letter("ada@example.org")
	require.Contains(t, m.Subject, "name was changed")
	for _, part := range []string{"Hello Ada,", "Old name: Ada\n", "New name: Ada Lovelace", home.Address} {
		require.Contains(t, m.Text, part)
	}
	require.ErrorIs(t, o.Rename(ctx, home, id, "Late"), desk.ErrChanged)
	require.Equal(t, "Ada Lovelace", o.identity(ada.token).Operator.Name)
	_, err := o.signIn("ada lovelace", good)
	require.NoError(t, err)
}

func TestRenamingTakesAProofAndLeavesNothingWithoutOne(t *testing.T) {
	o := newOffice(t)
	_, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	o.clock.Add(6 * time.Minute)
	id := o.identity(ada.token)
	before := dump(o.mem)
	require.ErrorIs(t, o.Rename(ctx, home, id, "Taken Over"), desk.ErrStepUp)
	require.True(t, before == dump(o.mem))
}
