package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

func TestChangingThePassword(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	other := o.Again("Ada", ada.Secret)
	id := o.Identity(ada.Token)
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
	_, err := o.ChangePassword(ctx, home, id, nonsense, better, better)
	requireProblem(t, err, "current_password", "wrong")
	require.Equal(t, op.Password, o.Find(op.ID).Password)
	token, err := o.ChangePassword(ctx, home, id, good, better, better)
	require.NoError(t, err)
	require.True(t, o.Alive(token))
	require.False(t, o.Alive(ada.Token))
	require.False(t, o.Alive(other))
	_, err = o.Login("Ada", good)
	require.ErrorIs(t, err, desk.ErrCredentials)
	_, err = o.Login("Ada", better)
	require.NoError(t, err)
	require.Empty(t, o.Find(op.ID).PasswordHistory)
}

func TestAPasswordHistoryIsKeptAndAskedOnlyAfterTheCurrentPassword(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Rules(map[string]string{"password.history": "2"})
	id := o.Identity(ada.Token)
	_, err := o.ChangePassword(ctx, home, id, nonsense, good, good)
	bad := (*desk.InvalidError)(nil)
	require.ErrorAs(t, err, &bad)
	require.Len(t, bad.Problems, 1)
	require.Equal(t, "wrong", bad.Problems[0].Code, "a guess at the password must not be answered without being counted")

	token, err := o.ChangePassword(ctx, home, id, good, better, better)
	require.NoError(t, err)
	for range 10 {
		_, err = o.ChangePassword(ctx, home, o.Identity(token), better, good, good)
		requireProblem(t, err, "password", "reused")
	}
	token, err = o.ChangePassword(ctx, home, o.Identity(token), better, nonsense, nonsense)
	require.NoError(t, err)
	require.Len(t, o.Find(op.ID).PasswordHistory, 2)
	third := "harbor 64 cinnamon pixel"
	token, err = o.ChangePassword(ctx, home, o.Identity(token), nonsense, third, third)
	require.NoError(t, err)
	_, err = o.ChangePassword(ctx, home, o.Identity(token), third, good, good)
	require.NoError(t, err, "two earlier ones are refused, not three")
}

func TestAPasswordKeptByTheCommunityIsNotChangedHere(t *testing.T) {
	o, _ := crowd(t)
	pre := o.Begun("mia")
	e, err := o.BeginSignInEnrolment(ctx, pre)
	require.NoError(t, err)
	passed, _, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.Code(e.Key.Secret))
	require.NoError(t, err)
	id := o.Identity(passed.Token)
	require.True(t, id.PasswordElsewhere())
	_, err = o.ChangePassword(ctx, home, id, good, better, better)
	require.ErrorIs(t, err, desk.ErrElsewhere)
	o.Clock.Add(totp.Period)
	_, err = o.StepUp(ctx, home, id, good, o.Code(e.Key.Secret))
	require.NoError(t, err, "the community checks it at a step-up too")
}

func TestWhoMustChangeThePasswordIsToldSo(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	require.False(t, o.Identity(ada.Token).MustChangePassword)
	o.Rules(map[string]string{"password.max_age": "24h"})
	o.Change(op.ID, func(op *store.Operator) { op.PasswordSetAt = o.Now().Add(-24 * time.Hour) })
	require.True(t, o.Identity(ada.Token).MustChangePassword)
	o.Rules(nil)
	o.Change(op.ID, func(op *store.Operator) { op.MustChangePassword, op.PasswordSetAt = true, o.Now() })
	id := o.Identity(ada.Token)
	require.True(t, id.MustChangePassword)
	token, err := o.ChangePassword(ctx, home, id, good, better, better)
	require.NoError(t, err)
	require.False(t, o.Identity(token).MustChangePassword)
}

func TestRenaming(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Person("Ben", desk.RoleModerator)
	id := o.Identity(ada.Token)
	requireProblem(t, o.Rename(ctx, home, id, "ben"), "name", "taken")
	requireProblem(t, o.Rename(ctx, home, id, "ben@example.org"), "name", "at_sign")
	requireProblem(t, o.Rename(ctx, home, id, " "), "name", "required")
	require.NoError(t, o.Rename(ctx, home, id, "Ada  Lovelace"))
	m := o.Letter("ada@example.org")
	require.Contains(t, m.Subject, "name was changed")
	for _, part := range []string{"Hello Ada,", "Old name: Ada\n", "New name: Ada Lovelace", home.IP} {
		require.Contains(t, m.Text, part)
	}
	require.ErrorIs(t, o.Rename(ctx, home, id, "Late"), desk.ErrChanged)
	require.Equal(t, "Ada Lovelace", o.Identity(ada.Token).Operator.Name)
	_, err := o.Login("ada lovelace", good)
	require.NoError(t, err)
}

func TestRenamingTakesAProofAndLeavesNothingWithoutOne(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Clock.Add(6 * time.Minute)
	id := o.Identity(ada.Token)
	before := o.Dump()
	require.ErrorIs(t, o.Rename(ctx, home, id, "Taken Over"), desk.ErrStepUp)
	require.True(t, before == o.Dump())
}
