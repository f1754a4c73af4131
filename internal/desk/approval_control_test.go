package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

func TestAnAccountThatWhoAskedControlsIsNoSecondPerson(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(o *duo)
		tied    bool
	}{
		"nothing":         {func(*duo) {}, false},
		"they created it": {func(o *duo) { o.Change(o.bea.ID, func(op *store.Operator) { op.CreatedBy = o.Boss.ID }) }, true},
		"it created theirs": {func(o *duo) {
			o.Change(o.Boss.ID, func(op *store.Operator) { op.CreatedBy = o.bea.ID })
			o.Boss = o.Actor(o.Find(o.Boss.ID))
		}, true},
		"they created who created it": {func(o *duo) { o.Change(o.bea.ID, func(op *store.Operator) { op.CreatedBy = o.cleo.ID }) }, true},
		"someone else created both": {func(o *duo) {
			o.Change(o.bea.ID, func(op *store.Operator) { op.CreatedBy = o.target.ID })
			o.Change(o.Boss.ID, func(op *store.Operator) { op.CreatedBy = o.target.ID })
			o.Boss = o.Actor(o.Find(o.Boss.ID))
		}, false},
		"two accounts that created each other": {func(o *duo) {
			o.Change(o.target.ID, func(op *store.Operator) { op.CreatedBy = o.cleo.ID })
			o.Change(o.cleo.ID, func(op *store.Operator) { op.CreatedBy = o.target.ID })
			o.Change(o.bea.ID, func(op *store.Operator) { op.CreatedBy = o.target.ID })
		}, true},
		"they made its password": {func(o *duo) { o.Change(o.bea.ID, func(op *store.Operator) { op.PasswordBy = o.Boss.ID }) }, true},
		"they changed its email address": {func(o *duo) {
			require.NoError(o.T, o.ChangeEmail(ctx, o.Boss, home, o.bea.ID, o.Find(o.bea.ID).Version, "bea@else.example"))
		}, true},
		"they handed over a link to it": {func(o *duo) {
			_, _, err := o.PasswordLink(ctx, o.Boss, home, o.bea.ID)
			require.NoError(o.T, err)
		}, true},
		"it handed over a link to theirs": {func(o *duo) {
			_, _, err := o.PasswordLink(ctx, o.second, home, o.Boss.ID)
			require.NoError(o.T, err)
		}, true},
		"they enabled it": {func(o *duo) {
			o.Rules(map[string]string{"two_factor.who": "recommended"})
			require.NoError(o.T, o.Disable(ctx, o.Boss, home, o.bea.ID, "left"))
			require.NoError(o.T, o.Enable(ctx, o.Boss, home, o.bea.ID))
			o.Rules(allGrave)
		}, true},
		"they reset its two-factor": {func(o *duo) {
			o.Rules(map[string]string{"two_factor.who": "recommended"})
			require.NoError(o.T, o.ResetTwoFactor(ctx, o.Boss, home, o.bea.ID, "lost"))
			o.Rules(allGrave)
		}, true},
		"they renamed it": {func(o *duo) {
			require.NoError(o.T, o.RenameOperator(ctx, o.Boss, home, o.bea.ID, o.Find(o.bea.ID).Version, "Beatrix"))
		}, false},
		"they handed over a link to it, long ago": {func(o *duo) {
			_, _, err := o.PasswordLink(ctx, o.Boss, home, o.bea.ID)
			require.NoError(o.T, err)
			o.Clock.Add(desk.ControlFor + time.Minute)
			o.Boss = o.Actor(o.Find(o.Boss.ID))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newDuo(t)
			third := o.Person("Theo", desk.RoleSuperAdministrator)
			c.happens(o)
			o.Clock.Add(time.Second)
			require.ErrorIs(t, o.ChangeAlias(ctx, o.Boss, home, "quiet-side-door"), desk.ErrSecondPerson)
			bea := o.Find(o.bea.ID)
			a := o.Actor(bea)
			r, err := o.Approval(ctx, a, o.asked(a).ID)
			require.NoError(t, err)
			require.Equal(t, !c.tied, r.MayDecide, r.Why)
			require.Equal(t, !c.tied, o.asked(a).MayDecide)
			if c.tied {
				require.Error(t, o.approve(a, r.ID))
			}
			require.NoError(t, o.approve(o.Actor(third), r.ID), "someone else can")
		})
	}
}

func TestWhoseAccessHasEndedAsksForNothingAnyMore(t *testing.T) {
	o := newDuo(t)
	ann := o.Person("Ann", desk.RoleAdministrator)
	require.ErrorIs(t, o.ResetTwoFactor(ctx, o.Actor(ann), home, o.target.ID, "phone lost"), desk.ErrSecondPerson)
	id := o.asked(o.second).ID
	o.Change(ann.ID, func(op *store.Operator) { op.EndsAt = o.Now().Add(time.Minute) })
	o.Clock.Add(time.Minute)
	o.second = o.Actor(o.bea)
	notNow := (*desk.NotNowError)(nil)
	require.ErrorAs(t, o.approve(o.second, id), &notNow)
	require.Zero(t, o.Count("two_factor.reset"))
}

func TestTheCommandLineVouchesForAnAccount(t *testing.T) {
	o := newDuo(t)
	require.ErrorIs(t, o.Vouch(ctx, o.second, home, o.cleo.ID), desk.ErrForbidden)
	require.ErrorIs(t, o.Vouch(ctx, desk.CommandLine(), home, o.bea.ID), desk.ErrChanged, "nobody created her")
	require.NoError(t, o.Vouch(ctx, desk.CommandLine(), home, o.cleo.ID))
	require.Equal(t, "operator.vouched", o.Last().Code)
	require.ErrorIs(t, o.ChangeAlias(ctx, o.Boss, home, "quiet-side-door"), desk.ErrSecondPerson)
	cleo := o.Actor(o.Find(o.cleo.ID))
	require.NoError(t, o.approve(cleo, o.asked(cleo).ID))
	invited, _ := o.Must(o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "new@example.org", Roles: []string{desk.RoleModerator}}))
	require.ErrorIs(t, o.Vouch(ctx, desk.CommandLine(), home, invited.ID), desk.ErrChanged, "the rights of who invited still matter")
}

func TestNobodyApprovesOfWhatTheyGainBy(t *testing.T) {
	o := newDuo(t)
	require.ErrorIs(t, o.ResetTwoFactor(ctx, o.Boss, home, o.bea.ID, "lost"), desk.ErrSecondPerson)
	r, err := o.Approval(ctx, o.second, o.asked(o.second).ID)
	require.NoError(t, err)
	require.False(t, r.MayDecide)
	require.Contains(t, r.Why.String(), "your own account")
	require.Error(t, o.approve(o.second, r.ID))
}

func TestWhoMayNotDoItThemselvesCannotApprove(t *testing.T) {
	o := newDuo(t)
	require.ErrorIs(t, o.Enable(ctx, o.Boss, home, o.disabled.ID), desk.ErrSecondPerson)
	admin := o.Actor(o.Person("Ann", desk.RoleAdministrator))
	r, err := o.Approval(ctx, admin, o.asked(admin).ID)
	require.NoError(t, err)
	require.False(t, r.MayDecide, "she may manage operators, but holds less than Dora")
	require.Error(t, o.approve(admin, r.ID))
}
