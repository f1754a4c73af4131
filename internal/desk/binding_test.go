package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
)

// binds is the day from which the offices of these tests ask for a second
// factor; they open on 2 March.
const binds = "2026-04-01"

var bindsAt = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

func TestUntilTheDayAPasswordAloneSignsIn(t *testing.T) {
	o := newOffice(t)
	o.person("Ada", desk.RoleAdministrator)
	o.rules(map[string]string{"two_factor.who": "roles", "two_factor.from": binds})
	passed, err := o.signIn("Ada", good)
	require.NoError(t, err)
	require.True(t, passed.SignedIn)
	id := o.identity(passed.Token)
	require.False(t, id.MustEnrol)
	require.Equal(t, bindsAt, id.EnrolBy, "and is told")

	o.clock.Set(bindsAt.Add(-time.Second))
	passed, err = o.signIn("Ada", good)
	require.NoError(t, err)
	require.True(t, passed.SignedIn)
	require.False(t, o.identity(passed.Token).MustEnrol)
	o.clock.Set(bindsAt)
	id = o.identity(passed.Token)
	require.True(t, id.MustEnrol, "the session goes on to nothing else")
	require.Zero(t, id.EnrolBy)
	passed, err = o.signIn("Ada", good)
	require.NoError(t, err)
	require.False(t, passed.SignedIn)
	pre, err := o.PreSession(ctx, passed.Token)
	require.NoError(t, err)
	require.Equal(t, desk.StepEnrol, pre.Step)
}

func TestTheDayIsForThoseWithoutASecondFactor(t *testing.T) {
	o := newOffice(t)
	_, ada := o.enrolled("Ada", desk.RoleAdministrator)
	_, mod := o.enrolled("Mod", desk.RoleModerator)
	o.rules(map[string]string{"two_factor.who": "roles", "two_factor.from": binds})
	passed, err := o.signIn("Ada", good)
	require.NoError(t, err)
	require.False(t, passed.SignedIn, "whoever has one is asked for it")
	id := o.identity(ada.token)
	require.Zero(t, id.EnrolBy)
	shown, err := o.Authenticators(ctx, id)
	require.NoError(t, err)
	require.True(t, shown.Required)
	_, err = o.RemoveAuthenticator(ctx, home, id, shown.Factors[0].ID)
	require.ErrorIs(t, err, desk.ErrRequired, "and keeps it")

	id = o.identity(mod.token)
	shown, err = o.Authenticators(ctx, id)
	require.NoError(t, err)
	require.False(t, shown.Required, "the role does not ask for it")
	_, err = o.RemoveAuthenticator(ctx, home, id, shown.Factors[0].ID)
	require.NoError(t, err)
	o.person("Plain", desk.RoleModerator)
	plain, err := o.signIn("Plain", good)
	require.NoError(t, err)
	require.Zero(t, o.identity(plain.Token).EnrolBy)
}

func TestPasswordsAreLongerUntilEveryoneHasTwoFactors(t *testing.T) {
	o := newOffice(t)
	const short = "pLx9 wuv%zk3q" // 13 characters
	o.person("Ada", desk.RoleModerator)
	o.rules(map[string]string{"two_factor.from": binds})
	passed, err := o.signIn("Ada", good)
	require.NoError(t, err)
	_, err = o.ChangePassword(ctx, home, o.identity(passed.Token), good, short, short)
	requireProblem(t, err, "password", "too_short")
	o.clock.Set(bindsAt)
	_, bea := o.enrolled("Bea", desk.RoleModerator)
	_, err = o.ChangePassword(ctx, home, o.identity(bea.token), good, short, short)
	require.NoError(t, err)
}
