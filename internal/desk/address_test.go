package desk_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store/memstore"
)

func TestTheFirstStartMakesOneAddressHoweverManyStart(t *testing.T) {
	o := newOffice(t)
	o.Mem = memstore.New()
	o.Cfg.Store = testoffice.Wrap(o.Mem)
	desks := make([]*desk.Desk, 8)
	errs := testoffice.Race(len(desks), func(i int) (err error) {
		if desks[i], err = desk.New(o.Cfg); err != nil {
			return err
		}
		return desks[i].Open(ctx)
	})
	require.Equal(t, len(desks), winners(errs))
	for _, d := range desks {
		require.Equal(t, desks[0].Alias(), d.Alias())
		require.Regexp(t, `^[a-z2-7]{20}$`, d.Alias())
	}
	require.Equal(t, 1, o.Count("alias.generated"))
	require.Equal(t, desks[0].Alias(), o.Another().Alias(), "and it stays")
}

func TestANewAddressKillsTheOldOneAtOnceEverywhere(t *testing.T) {
	o := newOffice(t)
	other := o.Another()
	old := o.Alias()
	alias, err := o.RotateAlias(ctx, desk.CommandLine(), desk.Visit{})
	require.NoError(t, err)
	require.NotEqual(t, old, alias)
	require.Equal(t, alias, o.Alias())
	state, err := other.Fresh(ctx)
	require.NoError(t, err)
	require.Equal(t, alias, state.Alias(o.Now()))
	require.Equal(t, alias, other.Alias())
	o.Clock.Add(24 * time.Hour)
	require.Equal(t, alias, o.Alias(), "from the command line there is nothing to confirm")
	require.ErrorIs(t, o.ConfirmAlias(ctx, desk.CommandLine(), home), desk.ErrChanged)
	require.Equal(t, 1, o.Count("alias.changed"))
}

func TestANewAddressMadeInsideRollsBackUnlessItIsConfirmed(t *testing.T) {
	var ada in
	rotated := func(t *testing.T) (o *office, admin desk.Actor, old, alias string) {
		o = newOffice(t)
		_, ada = o.Enrolled("Ada", desk.RoleSuperAdministrator)
		admin, old = o.Identity(ada.Token).Actor(), o.Alias()
		alias, err := o.RotateAlias(ctx, admin, home)
		require.NoError(t, err)
		require.Equal(t, alias, o.Alias())
		return o, admin, old, alias
	}
	t.Run("not confirmed: from the state alone", func(t *testing.T) {
		o, admin, old, alias := rotated(t)
		other := o.Another()
		began := o.Now()
		o.Clock.Set(began.Add(15*time.Minute - time.Microsecond))
		require.Equal(t, alias, other.Alias())
		o.Clock.Set(began.Add(15 * time.Minute))
		require.Equal(t, old, o.Alias())
		require.Equal(t, old, other.Alias())
		require.Equal(t, old, o.Another().Alias())
		require.ErrorIs(t, o.ConfirmAlias(ctx, admin, home), desk.ErrChanged, "too late")
		require.Equal(t, old, o.Alias())
	})
	t.Run("confirmed", func(t *testing.T) {
		o, admin, _, alias := rotated(t)
		o.Clock.Add(14 * time.Minute)
		require.NoError(t, o.Another().ConfirmAlias(ctx, admin, home))
		o.Clock.Add(time.Hour)
		_, err := o.Fresh(ctx)
		require.NoError(t, err)
		require.Equal(t, alias, o.Alias())
		require.Equal(t, 1, o.Count("alias.confirmed"))
	})
	t.Run("taken back at once, and only once", func(t *testing.T) {
		o, admin, old, alias := rotated(t)
		require.ErrorIs(t, o.RevertAlias(ctx, desk.Actor{}, home), desk.ErrForbidden)
		require.Equal(t, alias, o.Alias())
		require.NoError(t, o.Another().RevertAlias(ctx, admin, home))
		_, err := o.Fresh(ctx)
		require.NoError(t, err)
		require.Equal(t, old, o.Alias())
		require.Equal(t, 1, o.Count("alias.rolled_back"))
		require.ErrorIs(t, o.RevertAlias(ctx, admin, home), desk.ErrChanged)
		o.Clock.Add(time.Hour)
		require.Equal(t, old, o.Alias())
	})
	t.Run("taken back after it was confirmed: too late", func(t *testing.T) {
		o, admin, _, alias := rotated(t)
		require.NoError(t, o.ConfirmAlias(ctx, admin, home))
		require.ErrorIs(t, o.RevertAlias(ctx, admin, home), desk.ErrChanged)
		require.Equal(t, alias, o.Alias())
	})
	t.Run("rotated again, after it rolled back", func(t *testing.T) {
		o, admin, old, _ := rotated(t)
		o.Clock.Add(time.Hour)
		_, err := o.RotateAlias(ctx, admin, home)
		require.ErrorIs(t, err, desk.ErrStepUp)
		admin = o.Identity(o.Again("Ada", ada.Secret)).Actor()
		third, err := o.RotateAlias(ctx, admin, home)
		require.NoError(t, err)
		require.Equal(t, third, o.Alias())
		o.Clock.Add(time.Hour)
		require.Equal(t, old, o.Alias())
	})
	t.Run("rotated again, before it was confirmed: nobody was told of the one between", func(t *testing.T) {
		for name, back := range map[string]func(o *office, admin desk.Actor){
			"not confirmed": func(o *office, _ desk.Actor) { o.Clock.Add(time.Hour) },
			"taken back":    func(o *office, admin desk.Actor) { require.NoError(t, o.RevertAlias(ctx, admin, home)) },
		} {
			o, admin, old, _ := rotated(t)
			_, err := o.RotateAlias(ctx, admin, home)
			require.NoError(t, err)
			back(o, admin)
			require.Equal(t, old, o.Alias(), name)
		}
	})
}

func TestRunWritesTheRollBackDownSendsMailAndLearnsOfChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.Person("Ada", desk.RoleSuperAdministrator)
		_, ada := o.Enrolled("Ben", desk.RoleSuperAdministrator)
		old := o.Alias()
		_, err := o.RotateAlias(ctx, o.Identity(ada.Token).Actor(), home)
		require.NoError(t, err)
		require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))

		run, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- o.Run(run) }()
		synctest.Wait()
		require.Len(t, o.Sent.All(), 2)
		o.Clock.Add(15 * time.Minute)
		o.Set(map[string]string{"signin.paused": "on"})
		time.Sleep(5 * time.Second) // of the bubble's clock
		synctest.Wait()
		require.True(t, o.Settings().Paused)
		p, err := o.Mem.LoadParameters(ctx)
		require.NoError(t, err)
		require.Equal(t, old, p.Alias)
		require.Empty(t, p.PreviousAlias)
		require.Equal(t, 1, o.Count("alias.rolled_back"))
		require.Contains(t, o.Sent.Subjects("ada@example.org"), "no longer works", "the link that she asked for in between")
		stop()
		require.ErrorIs(t, <-done, context.Canceled)
	})
}

func TestPurgeDeletesWhatIsPastItsTime(t *testing.T) {
	o := newOffice(t)
	op, _ := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	pre := o.Begun("Ada")
	o.Clock.Add(31 * time.Minute)
	require.NoError(t, o.PurgeAt(ctx, o.Now()))
	require.Empty(t, o.SessionsOf(op.ID))
	_, err := o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
}

func TestANewAddressIsConfirmedFromThereOrGoesBack(t *testing.T) {
	o := staffed(t)
	old := o.Alias()
	bad := (*desk.InvalidError)(nil)
	for _, alias := range []string{"", "short", "UPPERCASE-ALIAS", "with space in it", "-dash-in-front", old, "slash/inside"} {
		require.ErrorAs(t, o.ChangeAlias(ctx, o.Boss, home, alias), &bad, alias)
	}
	require.NoError(t, o.ChangeAlias(ctx, o.Boss, home, "quiet-side-door"))
	require.Equal(t, "quiet-side-door", o.Alias())
	require.Empty(t, o.Delivered().Subjects("boss@example.org"), "told when it is confirmed")
	o.Clock.Add(desk.ConfirmWithin)
	require.Equal(t, old, o.Alias(), "not confirmed in time")

	o.Boss = o.Actor(o.Find(o.Boss.ID))
	require.NoError(t, o.ChangeAlias(ctx, o.Boss, home, "quiet-side-door"))
	require.NoError(t, o.ConfirmAlias(ctx, o.Boss, home))
	require.ErrorIs(t, o.ConfirmAlias(ctx, o.Boss, home), desk.ErrChanged)
	o.Clock.Add(time.Hour)
	require.Equal(t, "quiet-side-door", o.Alias())
	require.Contains(t, o.Delivered().Subjects("boss@example.org"), "address")
}
