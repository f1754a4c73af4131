package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

func (o *duo) lastDay(in time.Duration) string { return o.Now().Add(in).UTC().Format(time.DateOnly) }

// rows are what the one request shows to the second person.
func (o *duo) rows() (all []string) {
	o.T.Helper()
	r, err := o.Approval(ctx, o.second, o.asked(o.second).ID)
	require.NoError(o.T, err)
	require.Zero(o.T, r.Void)
	for _, row := range r.Rows {
		for _, v := range append(row.Values, row.Before, row.After) {
			if !v.IsZero() {
				all = append(all, row.Label.String()+": "+v.String())
			}
		}
	}
	return all
}

// Whoever approves sees until when, and approves of no longer.
func TestALastDayIsShownToTheSecondPersonAndKept(t *testing.T) {
	const soon, later = 48 * time.Hour, 96 * time.Hour
	for name, ask := range map[string]func(o *duo) error{
		"an invitation": func(o *duo) error {
			_, _, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "new@example.org", Roles: []string{desk.RoleSuperAdministrator}, Ends: o.lastDay(soon)})
			return err
		},
		"access as a member": func(o *duo) error {
			_, err := o.GrantAs(ctx, o.Boss, home, "m-mia", desk.GrantForm{Roles: []string{desk.RoleSuperAdministrator}, Ends: o.lastDay(soon)})
			return err
		},
		"a disabled account": func(o *duo) error {
			return o.EnableWith(ctx, o.Boss, home, o.disabled.ID, desk.EndForm{Ends: o.lastDay(soon)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newDuo(t)
			require.ErrorIs(t, ask(o), desk.ErrSecondPerson)
			require.True(t, slices.ContainsFunc(o.rows(), func(row string) bool { return len(row) > 20 && row[:20] == "Last day of access: " }), o.rows())
			require.NoError(t, o.approve(o.second, o.asked(o.second).ID))
		})
	}

	o := newDuo(t)
	o.Change(o.disabled.ID, func(op *store.Operator) { op.State, op.EndsAt = store.OperatorActive, o.Now().Add(soon) })
	end := func(last string) error {
		return o.SetEnd(ctx, o.Boss, home, o.disabled.ID, desk.EndForm{Version: o.Find(o.disabled.ID).Version, Ends: last})
	}
	require.NoError(t, end(o.lastDay(0)), "sooner needs no one")
	for _, last := range []string{o.lastDay(later), ""} {
		require.ErrorIs(t, end(last), desk.ErrSecondPerson)
		require.Len(t, o.rows(), 4, o.rows())
		require.NoError(t, o.approve(o.second, o.asked(o.second).ID))
		require.Equal(t, last, desk.EndedOn(o.Find(o.disabled.ID).EndsAt))
	}
	mod := o.Person("Mod", desk.RoleModerator)
	o.Change(mod.ID, func(op *store.Operator) { op.EndsAt = o.Now().Add(soon) })
	require.NoError(t, o.SetEnd(ctx, o.Boss, home, mod.ID, desk.EndForm{Version: o.Find(mod.ID).Version}), "lesser ones do not wait")
}

// Whoever takes the roles of an administrator away for a moment does not get round the rule.
func TestAnAdministratorIsOneForAWhileAfterwards(t *testing.T) {
	o := newDuo(t)
	roles := func(primary string) {
		require.NoError(t, o.ChangeRoles(ctx, o.Boss, home, o.target.ID, desk.RolesForm{Version: o.Find(o.target.ID).Version, Primary: primary}))
	}
	roles(desk.RoleModerator)
	require.ErrorIs(t, o.ResetTwoFactor(ctx, o.Boss, home, o.target.ID, "phone lost"), desk.ErrSecondPerson)
	o.Clock.Add(desk.ControlFor + time.Minute)
	o.Boss = o.Actor(o.Find(o.Boss.ID))
	require.NoError(t, o.ResetTwoFactor(ctx, o.Boss, home, o.target.ID, "phone lost"))
}
