package desk_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store/memstore"
)

func TestTheFirstStartMakesOneAddressHoweverManyStart(t *testing.T) {
	o := newOffice(t)
	o.mem = memstore.New()
	o.cfg.Store = strict(o.mem)
	desks := make([]*desk.Desk, 8)
	errs := race(len(desks), func(i int) (err error) {
		if desks[i], err = desk.New(o.cfg); err != nil {
			return err
		}
		return desks[i].Open(ctx)
	})
	require.Equal(t, len(desks), winners(errs))
	for _, d := range desks {
		require.Equal(t, desks[0].Alias(), d.Alias())
		require.Regexp(t, `^[a-z2-7]{20}$`, d.Alias())
	}
	require.Equal(t, 1, o.count("alias.generated"))
	require.Equal(t, desks[0].Alias(), o.another().Alias(), "and it stays")
}

func TestANewAddressKillsTheOldOneAtOnceEverywhere(t *testing.T) {
	o := newOffice(t)
	other := o.another()
	old := o.Alias()
	alias, err := o.RotateAlias(ctx, desk.CommandLine(), desk.Visit{})
	require.NoError(t, err)
	require.NotEqual(t, old, alias)
	require.Equal(t, alias, o.Alias())
	state, err := other.Fresh(ctx)
	require.NoError(t, err)
	require.Equal(t, alias, state.Alias(o.Now()))
	require.Equal(t, alias, other.Alias())
	o.clock.Add(24 * time.Hour)
	require.Equal(t, alias, o.Alias(), "from the command line there is nothing to confirm")
	require.ErrorIs(t, o.ConfirmAlias(ctx, desk.CommandLine(), home), desk.ErrChanged)
	require.Equal(t, 1, o.count("alias.changed"))
}

func TestANewAddressMadeInsideRollsBackUnlessItIsConfirmed(t *testing.T) {
	var ada in
	rotated := func(t *testing.T) (o *office, admin desk.Actor, old, alias string) {
		o = newOffice(t)
		_, ada = o.enrolled("Ada", desk.RoleSuperAdministrator)
		admin, old = o.identity(ada.token).Actor(), o.Alias()
		alias, err := o.RotateAlias(ctx, admin, home)
		require.NoError(t, err)
		require.Equal(t, alias, o.Alias())
		return o, admin, old, alias
	}
	t.Run("not confirmed: from the state alone", func(t *testing.T) {
		o, admin, old, alias := rotated(t)
		other := o.another()
		began := o.Now()
		o.clock.Set(began.Add(15*time.Minute - time.Microsecond))
		require.Equal(t, alias, other.Alias())
		o.clock.Set(began.Add(15 * time.Minute))
		require.Equal(t, old, o.Alias())
		require.Equal(t, old, other.Alias())
		require.Equal(t, old, o.another().Alias())
		require.ErrorIs(t, o.ConfirmAlias(ctx, admin, home), desk.ErrChanged, "too late")
		require.Equal(t, old, o.Alias())
	})
	t.Run("confirmed", func(t *testing.T) {
		o, admin, _, alias := rotated(t)
		o.clock.Add(14 * time.Minute)
		require.NoError(t, o.another().ConfirmAlias(ctx, admin, home))
		o.clock.Add(time.Hour)
		_, err := o.Fresh(ctx)
		require.NoError(t, err)
		require.Equal(t, alias, o.Alias())
		require.Equal(t, 1, o.count("alias.confirmed"))
	})
	t.Run("taken back at once, and only once", func(t *testing.T) {
		o, admin, old, alias := rotated(t)
		require.ErrorIs(t, o.RevertAlias(ctx, desk.Actor{}, home), desk.ErrForbidden)
		require.Equal(t, alias, o.Alias())
		require.NoError(t, o.another().RevertAlias(ctx, admin, home))
		_, err := o.Fresh(ctx)
		require.NoError(t, err)
		require.Equal(t, old, o.Alias())
		require.Equal(t, 1, o.count("alias.rolled_back"))
		require.ErrorIs(t, o.RevertAlias(ctx, admin, home), desk.ErrChanged)
		o.clock.Add(time.Hour)
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
		o.clock.Add(time.Hour)
		_, err := o.RotateAlias(ctx, admin, home)
		require.ErrorIs(t, err, desk.ErrStepUp)
		admin = o.identity(o.again("Ada", ada.secret)).Actor()
		third, err := o.RotateAlias(ctx, admin, home)
		require.NoError(t, err)
		require.Equal(t, third, o.Alias())
		o.clock.Add(time.Hour)
		require.Equal(t, old, o.Alias())
	})
	t.Run("rotated again, before it was confirmed: nobody was told of the one between", func(t *testing.T) {
		for name, back := range map[string]func(o *office, admin desk.Actor){
			"not confirmed": func(o *office, _ desk.Actor) { o.clock.Add(time.Hour) },
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
		o.person("Ada", desk.RoleSuperAdministrator)
		_, ada := o.enrolled("Ben", desk.RoleSuperAdministrator)
		old := o.Alias()
		_, err := o.RotateAlias(ctx, o.identity(ada.token).Actor(), home)
		require.NoError(t, err)
		require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))

		run, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- o.Run(run) }()
		synctest.Wait()
		require.Len(t, o.sent.all(), 2)
		o.clock.Add(15 * time.Minute)
		o.set(map[string]string{"signin.paused": "on"})
		time.Sleep(2 * time.Second) // of the bubble's clock
		synctest.Wait()
		require.True(t, o.Settings().Paused)
		p, err := o.mem.LoadParameters(ctx)
		require.NoError(t, err)
		require.Equal(t, old, p.Alias)
		require.Empty(t, p.PreviousAlias)
		require.Equal(t, 1, o.count("alias.rolled_back"))
		stop()
		require.ErrorIs(t, <-done, context.Canceled)
	})
}

func TestPurgeDeletesWhatIsPastItsTime(t *testing.T) {
	o := newOffice(t)
	op, _ := o.enrolled("Ada", desk.RoleSuperAdministrator)
	pre := o.begun("Ada")
	o.clock.Add(31 * time.Minute)
	require.NoError(t, o.Purge(ctx))
	sessions, err := o.mem.ListSessions(ctx, op.ID)
	require.NoError(t, err)
	require.Empty(t, sessions)
	_, err = o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
}
