package desk_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/mail"
)

// tenant is a desk in rounds, over a database that can fail.
type tenant struct {
	*office
	desk *desk.Desk
	db   *database
}

// many are tenants, whose clock is that of the bubble.
func many(t *testing.T, n int) []tenant {
	var all []tenant
	for range n {
		o := newOffice(t, func(c *desk.Config) { c.Clock = time.Now })
		o.Person("Ada", desk.RoleSuperAdministrator)
		db := &database{Store: o.Under}
		all = append(all, tenant{o, o.Over(bounded.New(db, 5*time.Second, nil)), db})
	}
	return all
}

// runs runs rounds until the test ends or stop is called.
func runs(t *testing.T, r *desk.Rounds) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	stopped := false
	stop = func() {
		if cancel(); !stopped {
			require.ErrorIs(t, <-ended, context.Canceled)
		}
		stopped = true
	}
	t.Cleanup(stop)
	synctest.Wait()
	return stop
}

// ask has an email sent, which an operator can every minute.
func (o tenant) ask(t *testing.T) {
	time.Sleep(time.Minute)
	require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
}

func TestOneRunDoesTheWorkOfAllDesks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rounds desk.Rounds
		all := many(t, 20)
		for _, o := range all[:10] {
			require.NoError(t, rounds.Add(o.desk))
		}
		require.ErrorIs(t, rounds.Add(all[0].desk), desk.ErrMember)
		before := runtime.NumGoroutine()
		stop := runs(t, &rounds)
		for _, o := range all[10:] {
			require.NoError(t, rounds.Add(o.desk), "also while it runs")
		}
		pass(time.Second)
		require.Less(t, runtime.NumGoroutine()-before, 3+len(all), "one for each desk, which waits for its end, and two for all")
		require.ErrorIs(t, rounds.Run(ctx), desk.ErrRuns)
		for _, o := range all {
			o.ask(t)
		}
		pass(2 * time.Second)
		for _, o := range all {
			require.Len(t, o.Sent.All(), 1)
			require.True(t, o.desk.Periodic().Running)
			require.Empty(t, o.desk.Health(ctx, false).Reasons)
			require.Equal(t, 1, o.Count("office.started"))
		}

		rounds.Remove(all[0].desk)
		rounds.Remove(all[0].desk) // does nothing
		require.False(t, all[0].desk.Periodic().Running)
		require.Equal(t, 1, all[0].Count("office.stopped"))
		all[0].ask(t)
		all[1].ask(t)
		pass(2 * time.Second)
		require.Len(t, all[0].Sent.All(), 1, "it has left")
		require.Len(t, all[1].Sent.All(), 2)
		require.NoError(t, rounds.Add(all[0].desk))
		pass(2 * time.Second)
		require.Len(t, all[0].Sent.All(), 2, "and is back")

		stop()
		for _, o := range all[1:] {
			require.False(t, o.desk.Periodic().Running)
			require.Equal(t, 1, o.Count("office.stopped"))
		}
		all[2].ask(t)
		runs(t, &rounds)
		pass(2 * time.Second)
		require.Len(t, all[2].Sent.All(), 2, "it can run again")
	})
}

func TestADatabaseThatHangsHoldsUpNoOtherDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rounds desk.Rounds
		all := many(t, 30)
		for _, o := range all {
			o.db.frozen.Store(true)
			require.NoError(t, rounds.Add(o.desk))
		}
		well := all[29]
		well.db.frozen.Store(false)
		runs(t, &rounds)
		pass(5 * time.Minute) // 29 desks have all their work hang, again and again
		for i := range 3 {
			well.ask(t)
			pass(8 * time.Second)
			require.Len(t, well.Sent.All(), i+1)
		}
		require.True(t, well.desk.Health(ctx, false).Ready)
		require.False(t, all[0].desk.Health(ctx, false).Ready)
		began := time.Now()
		rounds.Remove(all[0].desk)
		require.Less(t, time.Since(began), 11*time.Second, "its work ends in its time")
	})
}

// More databases hang than there are turns for, all the time.
func TestManyDatabasesThatHangHoldUpNoOtherDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rounds desk.Rounds
		all := many(t, 100)
		for _, o := range all {
			o.db.frozen.Store(true)
			require.NoError(t, rounds.Add(o.desk))
		}
		well := all[99]
		well.db.frozen.Store(false)
		runs(t, &rounds)
		pass(2 * time.Minute)
		for range 60 {
			pass(time.Second)
			require.Less(t, time.Since(well.desk.Periodic().LastTick), 5*time.Second)
		}
		all[0].db.frozen.Store(false)
		pass(time.Minute)
		require.Less(t, time.Since(all[0].desk.Periodic().LastTick), 5*time.Second, "and is well again")
	})
}

func TestAMailServerThatHangsHoldsUpNoOtherDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rounds desk.Rounds
		all := many(t, 30)
		for _, o := range all {
			require.NoError(t, rounds.Add(o.desk))
			for range 3 {
				o.ask(t)
			}
		}
		release := make(chan struct{})
		for _, o := range all[:29] {
			o.Sent.Answer(func(ctx context.Context, _ mail.Message) error {
				select {
				case <-release:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
		}
		runs(t, &rounds)
		pass(30 * time.Second)
		well := all[29]
		require.NotEmpty(t, well.Sent.All())
		close(release)
		pass(10 * time.Second)
		for i, o := range all {
			queued := o.queued(t)
			require.Zero(t, queued, "desk %d", i)
		}
	})
}

// queued is how many emails wait.
func (o tenant) queued(t *testing.T) int {
	p, err := o.Under.Pulse(ctx)
	require.NoError(t, err)
	return p.Mail.Queued
}

func TestFewEmailsOfAllDesksAreSentAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rounds desk.Rounds
		all := many(t, 30)
		var mu sync.Mutex
		sending, most := 0, 0
		for _, o := range all {
			require.NoError(t, rounds.Add(o.desk))
			o.ask(t)
			o.Sent.Answer(func(context.Context, mail.Message) error {
				mu.Lock()
				sending++
				most = max(most, sending)
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				defer mu.Unlock()
				sending--
				return nil
			})
		}
		runs(t, &rounds)
		pass(20 * time.Second)
		require.Equal(t, 16, most)
		for _, o := range all {
			require.Zero(t, o.queued(t))
		}
	})
}

func TestTasksBesideTheWorkOfADesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rounds desk.Rounds
		o := many(t, 1)[0]
		var mu sync.Mutex
		var done []string
		note := func(name string, every time.Duration) desk.Task {
			return desk.Task{Name: name, Every: every, Do: func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				done = append(done, name)
				return errors.New("as every time")
			}}
		}
		require.NoError(t, rounds.Add(o.desk, note("once", 0), note("often", time.Minute)))
		runs(t, &rounds)
		pass(5*time.Minute + time.Second)
		slices.Sort(done)
		require.Equal(t, []string{"often", "often", "often", "often", "often", "often", "once"}, done)
		require.Equal(t, 1, strings.Count(o.Log.String(), `"work":"often"`), "a failure is logged once")
	})
}
