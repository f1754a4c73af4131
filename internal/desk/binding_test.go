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
	o.Person("Ada", desk.RoleAdministrator)
	o.Rules(map[string]string{"two_factor.who": "roles", "two_factor.from": binds})
	passed, err := o.Login("Ada", good)
	require.NoError(t, err)
	require.True(t, passed.SignedIn)
	id := o.Identity(passed.Token)
	require.False(t, id.MustEnrol)
	require.Equal(t, bindsAt, id.EnrolBy, "and is told")

	o.Clock.Set(bindsAt.Add(-time.Second))
	passed, err = o.Login("Ada", good)
	require.NoError(t, err)
	require.True(t, passed.SignedIn)
	require.False(t, o.Identity(passed.Token).MustEnrol)
	o.Clock.Set(bindsAt)
	id = o.Identity(passed.Token)
	require.True(t, id.MustEnrol, "the session goes on to nothing else")
	require.Zero(t, id.EnrolBy)
	passed, err = o.Login("Ada", good)
	require.NoError(t, err)
	require.False(t, passed.SignedIn)
	pre, err := o.PreSession(ctx, passed.Token)
	require.NoError(t, err)
	require.Equal(t, desk.StepEnrol, pre.Step)
}

func TestTheDayIsForThoseWithoutASecondFactor(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleAdministrator)
	_, mod := o.Enrolled("Mod", desk.RoleModerator)
	o.Rules(map[string]string{"two_factor.who": "roles", "two_factor.from": binds})
	passed, err := o.Login("Ada", good)
	require.NoError(t, err)
	require.False(t, passed.SignedIn, "whoever has one is asked for it")
	id := o.Identity(ada.Token)
	require.Zero(t, id.EnrolBy)
	shown, err := o.Authenticators(ctx, id)
	require.NoError(t, err)
	require.True(t, shown.Required)
	_, err = o.RemoveAuthenticator(ctx, home, id, shown.Apps[0].ID)
	require.ErrorIs(t, err, desk.ErrRequired, "and keeps it")

	id = o.Identity(mod.Token)
	shown, err = o.Authenticators(ctx, id)
	require.NoError(t, err)
	require.False(t, shown.Required, "the role does not ask for it")
	_, err = o.RemoveAuthenticator(ctx, home, id, shown.Apps[0].ID)
	require.NoError(t, err)
	o.Person("Plain", desk.RoleModerator)
	plain, err := o.Login("Plain", good)
	require.NoError(t, err)
	require.Zero(t, o.Identity(plain.Token).EnrolBy)
}

func TestPasswordsAreLongerUntilEveryoneHasTwoFactors(t *testing.T) {
	o := newOffice(t)
	const short = "pLx9 wuv%zk3q" // 13 characters
	o.Person("Ada", desk.RoleModerator)
	o.Rules(map[string]string{"two_factor.from": binds})
	passed, err := o.Login("Ada", good)
	require.NoError(t, err)
	_, err = o.ChangePassword(ctx, home, o.Identity(passed.Token), good, short, short)
	requireProblem(t, err, "password", "too_short")
	o.Clock.Set(bindsAt)
	_, bea := o.Enrolled("Bea", desk.RoleModerator)
	_, err = o.ChangePassword(ctx, home, o.Identity(bea.Token), good, short, short)
	require.NoError(t, err)
}
