package desk_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// database is a store whose database stands still, or says more than a memory does.
type database struct {
	store.Store
	frozen atomic.Bool
	// purging is what a purge does, whatever its context says.
	purging atomic.Pointer[func()]
	say     atomic.Pointer[func(*store.Pulse)]
}

func (d *database) wait(ctx context.Context) error {
	if d.frozen.Load() {
		<-ctx.Done()
	}
	return ctx.Err()
}

func (d *database) Pulse(ctx context.Context) (store.Pulse, error) {
	if err := d.wait(ctx); err != nil {
		return store.Pulse{}, err
	}
	p, err := d.Store.Pulse(ctx)
	if say := d.say.Load(); say != nil {
		(*say)(&p)
	}
	return p, err
}

func (d *database) Purge(ctx context.Context, p store.Purge) (store.Purged, error) {
	if err := d.wait(ctx); err != nil {
		return store.Purged{}, err
	}
	if purging := d.purging.Load(); purging != nil {
		(*purging)()
	}
	return d.Store.Purge(ctx, p)
}

func (d *database) ClaimMail(ctx context.Context, c store.MailClaim) (store.Mail, error) {
	if err := d.wait(ctx); err != nil {
		return store.Mail{}, err
	}
	return d.Store.ClaimMail(ctx, c)
}

// running is a desk over a database, with its periodic work. Its clock is that of
// the bubble.
func running(t *testing.T) (*office, *desk.Desk, *database) {
	o := newOffice(t, func(c *desk.Config) { c.Clock = time.Now })
	o.Person("Ada", desk.RoleSuperAdministrator)
	db := &database{Store: o.Under}
	d := o.Over(bounded.New(db, 5*time.Second, nil))
	run, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- d.Run(run) }()
	t.Cleanup(func() {
		stop()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
	synctest.Wait()
	return o, d, db
}

// pass lets time pass in which Run works.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func codes(h desk.Health) (codes []string) {
	for _, r := range h.Reasons {
		codes = append(codes, r.Code)
	}
	return codes
}

func TestAnIdleRunAsksOneThingASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.Person("Ada", desk.RoleSuperAdministrator)
		require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
		o.deliver()
		require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
		o.Sent.Refuse(&mail.DeliveryError{Reply: "451 try again later"})
		o.deliver() // one email waits for another attempt
		o.Store.Reset()
		run, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- o.Run(run) }()
		pass(30 * time.Second)
		stop()
		<-ended
		calls := o.Store.Calls()
		calls = calls[1 : len(calls)-1] // its entries at start and end
		for call, why := range map[string]string{"AuditEnds": "what the mark of the audit log is", "ListOperators": "whom to remind", "ListTokens": "which links a new address broke, which acts have no outcome, and which requests expired"} {
			require.Equal(t, map[bool]int{true: 4, false: 1}[call == "ListTokens"], len(slices.DeleteFunc(slices.Clone(calls), func(c string) bool { return c != call })), why)
			calls = slices.DeleteFunc(calls, func(c string) bool { return c == call })
		}
		require.Len(t, calls, 31, "the first, and one a second")
		for _, call := range calls {
			require.Equal(t, "Pulse", call)
		}
	})
}

func TestRunSurvivesADatabaseThatStandsStillForMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, d, db := running(t)
		pass(65 * time.Minute) // the clock must have been steady before a purge
		db.frozen.Store(true)
		require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
		o.Set(map[string]string{"signin.paused": "on"})
		pass(20 * time.Minute)
		require.False(t, d.Settings().Paused)
		require.Equal(t, 1, strings.Count(o.Log.String(), `"work":"refresh parameters"`), o.Log.String())
		require.Equal(t, 1, strings.Count(o.Log.String(), `"work":"purge"`), "it has a deadline of its own")
		h := d.Health(ctx, false)
		require.False(t, h.Ready)
		require.True(t, h.Alive, "a restart would not help")
		require.Equal(t, []string{"store_down", "run_late", "run_failing"}, codes(h))
		require.Contains(t, h.Reasons[2].Text, "purge, refresh parameters")

		db.frozen.Store(false)
		pass(6 * time.Second)
		require.True(t, d.Settings().Paused)
		require.Len(t, o.Sent.All(), 1)
		pass(15 * time.Minute)
		require.Equal(t, desk.Health{Ready: true, Alive: true}, d.Health(ctx, false))
		for _, work := range []string{"refresh parameters", "purge"} {
			require.Equal(t, 1, strings.Count(o.Log.String(), `"periodic work succeeds again","work":"`+work), work)
		}
	})
}

func TestWorkThatNeverEndsHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, d, db := running(t)
		release := make(chan struct{})
		db.purging.Store(new(func() { <-release }))
		pass(70 * time.Minute) // the clock must have been steady before a purge
		require.False(t, d.Liveness().Alive)
		require.Equal(t, []string{"run_stuck"}, codes(d.Liveness()))
		require.Equal(t, 1, strings.Count(o.Log.String(), `"work":"purge"`))
		require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
		pass(time.Second)
		require.Len(t, o.Sent.All(), 1)
		require.True(t, d.Health(ctx, false).Ready)

		close(release)
		pass(time.Second)
		require.True(t, d.Liveness().Alive)
		pass(11 * time.Minute)
		require.Contains(t, o.Log.String(), `"periodic work succeeds again","work":"purge"`)
	})
}

func TestAPanicIsLoggedOnceHoweverOftenItHappens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, d, db := running(t)
		db.say.Store(new(func(*store.Pulse) { panic("broken driver") }))
		pass(time.Minute)
		require.Equal(t, 1, strings.Count(o.Log.String(), "broken driver"))
		db.say.Store(nil)
		pass(2 * time.Second)
		require.True(t, d.Health(ctx, false).Ready)
	})
}

func TestHealthSaysWhatIsNotAsItShouldBe(t *testing.T) {
	for name, tt := range map[string]struct {
		bring    func(o *office, db *database)
		readOnly bool
		want     string
		unready  bool
	}{
		"all is well":                  {bring: func(*office, *database) {}},
		"an email that is due goes":    {bring: func(o *office, _ *database) { o.queue(29 * time.Second) }},
		"an email waits for too long":  {bring: func(o *office, _ *database) { o.queue(30 * time.Second) }, want: "mail_stuck"},
		"an email is due later":        {bring: func(o *office, _ *database) { o.queue(-time.Hour) }},
		"a clock is nearly right":      {bring: func(o *office, db *database) { db.at(o, 30*time.Second) }},
		"a clock is slow":              {bring: func(o *office, db *database) { db.at(o, 31*time.Second) }, want: "clock_off"},
		"a clock is fast":              {bring: func(o *office, db *database) { db.at(o, -time.Hour) }, want: "clock_off"},
		"a parameter is out of range":  {bring: func(o *office, _ *database) { o.Set(map[string]string{"session.idle": "never"}) }, want: "parameters_invalid"},
		"the database is read-only":    {bring: func(_ *office, db *database) { db.say.Store(new(func(p *store.Pulse) { p.ReadOnly = true })) }, want: "store_read_only"},
		"the database refused a write": {bring: func(*office, *database) {}, readOnly: true, want: "store_read_only"},
		"the store is down":            {bring: func(o *office, _ *database) { o.Store.FailMethod("Pulse", errDown) }, want: "store_down", unready: true},
		"the tables are not for it":    {bring: func(o *office, _ *database) { o.Store.FailMethod("Pulse", store.ErrIncompatible) }, want: "store_incompatible", unready: true},
	} {
		t.Run(name, func(t *testing.T) {
			o := newTimed(t).office
			db := &database{Store: o.Store}
			tt.bring(o, db)
			d := o.Over(db)
			h := d.Health(ctx, tt.readOnly)
			require.True(t, h.Alive)
			require.Equal(t, !tt.unready, h.Ready)
			want := []string{"run_missing"}
			if tt.want == "store_down" || tt.want == "store_incompatible" || tt.want == "store_read_only" {
				want = []string{tt.want, "run_missing"}
			} else if tt.want != "" {
				want = append(want, tt.want)
			}
			require.Equal(t, want, codes(h))
			for _, r := range h.Reasons {
				require.NotContains(t, r.Text, d.Alias())
				require.NotContains(t, r.Text, "example.org")
			}
		})
	}
}

// queue queues an email that has been due for a while.
func (o *office) queue(since time.Duration) {
	o.Write(store.EnqueueMail{Mail: store.Mail{ID: "m", State: store.MailQueued, NextAttemptAt: o.Now().Add(-since)}})
}

// at has the database's clock go ahead of the machine's.
func (d *database) at(o *office, ahead time.Duration) {
	d.Store = testoffice.Telling{Store: d.Store, Tell: func(time.Time) time.Time { return o.Clock.Now().Add(ahead) }}
}

func TestHealthAsksTheStoreSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		d, st := o.Faulty()
		for range 100 {
			require.True(t, d.Health(ctx, false).Ready)
		}
		require.Len(t, st.Calls(), 1)
		st.FailMethod("Pulse", errDown)
		pass(2 * time.Second)
		for range 100 {
			require.False(t, d.Health(ctx, false).Ready)
		}
		require.Len(t, st.Calls(), 2)
		pass(time.Second)
		st.FailMethod("Pulse", nil)
		require.True(t, d.Health(ctx, false).Ready)

		db := &database{Store: o.Under}
		db.frozen.Store(true)
		d = o.Over(db)
		began := time.Now()
		done := make(chan bool)
		for range 50 {
			go func() { done <- d.Health(ctx, false).Ready }()
		}
		for range 50 {
			require.False(t, <-done)
		}
		require.Equal(t, time.Second, time.Since(began), "all of them take the answer of the first")
	})
}

func TestARunThatReturnedIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, func(c *desk.Config) { c.Setup = map[string]string{"origin": "https://a.example"} })
		run, stop := context.WithCancel(ctx)
		ended := make(chan error, 2)
		go func() { ended <- o.Run(run) }()
		go func() { ended <- o.Run(run) }()
		pass(time.Second)
		require.Empty(t, o.Health(ctx, false).Reasons)
		require.True(t, o.Periodic().Running)
		require.Equal(t, []string{"office.started", "https://a.example"}, []string{o.Last().Code, o.Last().Detail["origin"]}, "with what it was configured")
		stop()
		<-ended
		<-ended
		require.Equal(t, []string{"run_stopped"}, codes(o.Health(ctx, false)))
		require.Equal(t, []int{1, 1}, []int{o.Count("office.started"), o.Count("office.stopped")}, "once for the process")
	})
}

func TestWhatIsCommittedIsCounted(t *testing.T) {
	o := staffed(t)
	o.Person("Ada", desk.RoleModerator)
	require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
	require.NoError(t, o.RequestReset(ctx, home, "boss@example.org"))
	attempts := 0
	o.Sent.Answer(func(context.Context, mail.Message) error {
		if attempts++; attempts == 1 {
			return nil
		}
		return &mail.DeliveryError{Permanent: attempts == 3, Reply: "no"}
	})
	o.deliver()
	o.Clock.Add(time.Minute)
	o.deliver()
	s := o.MailStats()
	require.Equal(t, [3]uint64{1, 1, 1}, [3]uint64{s.Sent, s.Retried, s.Failed})
	counts := map[string]uint64{}
	for _, e := range o.EventCounts() {
		counts[e.Event+" "+e.Outcome] = e.Count
	}
	require.EqualValues(t, 2, counts["password.reset_requested success"])
	require.EqualValues(t, 1, counts["mail.failed failure"])
}
