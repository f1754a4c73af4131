package stores_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/clock"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

const day = 24 * time.Hour

// replicas are two offices on one server, of which one machine has a wrong clock.
// Time moves for the database and both machines alike.
type replicas struct {
	right, wrong *testoffice.Office
	moved        *atomic.Int64
	people       int
}

func newReplicas(t *testing.T, st *sqlstore.Store, off time.Duration) *replicas {
	r := &replicas{moved: &atomic.Int64{}}
	start := time.Now()
	moved := func() time.Duration { return time.Duration(r.moved.Load()) }
	machine := func(off time.Duration) clock.Machine {
		return clock.Machine{
			Wall:      func() time.Time { return time.Now().Add(moved() + off) },
			Monotonic: func() time.Duration { return time.Since(start) + moved() },
		}
	}
	told := testoffice.Telling{Store: st, Tell: func(at time.Time) time.Time { return at.Add(moved()) }}
	open := func(off time.Duration) *testoffice.Office {
		rig := testoffice.NewRig(t, told)
		return testoffice.Open(rig, func(c *desk.Config) { c.Clock, c.Machine = nil, machine(off) })
	}
	r.right, r.wrong = open(0), open(off)
	r.wrong.Sent = r.right.Sent
	r.wrong.Cfg.Sender = r.right.Sent
	var err error
	r.wrong.Desk, err = desk.New(r.wrong.Cfg)
	require.NoError(t, err)
	require.NoError(t, r.wrong.Open(t.Context()))
	r.pass(0)
	return r
}

// pass lets time pass; both replicas then hear the time, as every request does first.
func (r *replicas) pass(d time.Duration) {
	r.moved.Add(int64(d))
	for _, o := range []*testoffice.Office{r.right, r.wrong} {
		_, err := o.Fresh(context.Background())
		require.NoError(o.T, err)
		o.Clock.Set(r.right.Now()) // of phones, and of what tests store
	}
}

func (r *replicas) name() string {
	r.people++
	return fmt.Sprintf("P%d", r.people)
}

func (r *replicas) rules(values map[string]string) {
	r.right.Set(values)
	r.pass(0)
}

// onePassword makes a password enough to sign in.
var onePassword = map[string]string{"two_factor.who": "recommended"}

// timed is everything that has a time. Each begins on replica a and is judged on b, and
// must come out as if both clocks were right.
var timed = []struct {
	name string
	try  func(t *testing.T, r *replicas, a, b *testoffice.Office)
}{
	{"a claimed mail is sent once, and one that failed is tried again when it is due", func(t *testing.T, r *replicas, a, b *testoffice.Office) {
		p := a.Person(r.name(), desk.RoleModerator)
		a.Delivered()
		require.NoError(t, a.RequestReset(t.Context(), testoffice.Home, p.Email))
		sent := 0
		a.Sent.Answer(func(ctx context.Context, _ mail.Message) error {
			sent++
			n, err := b.Deliver(ctx)
			require.NoError(t, err)
			require.Zero(t, n, "the other leaves it alone")
			if sent == 1 {
				return fmt.Errorf("not now")
			}
			return nil
		})
		defer a.Sent.Refuse(nil)
		a.Delivered()
		b.Delivered()
		require.Equal(t, 1, sent, "nor is it due")
		r.pass(61 * time.Second)
		a.Delivered()
		b.Delivered()
		require.Equal(t, 2, sent)
	}},
	{"a lock on one is a lock on both, until it ends", func(t *testing.T, r *replicas, a, b *testoffice.Office) {
		p := a.Person(r.name(), desk.RoleModerator)
		limited := (*desk.LimitedError)(nil)
		for range 20 {
			_, err := a.Login(p.Name, testoffice.Wrong)
			require.Error(t, err)
		}
		for _, o := range []*testoffice.Office{a, b} {
			_, err := o.Login(p.Name, testoffice.Good)
			require.ErrorAs(t, err, &limited)
			require.Less(t, limited.RetryAt.Sub(o.Now()), 2*time.Hour)
		}
		r.pass(limited.RetryAt.Sub(b.Now()) + time.Second)
		_, err := b.Login(p.Name, testoffice.Good)
		require.NoError(t, err)
		r.pass(20 * time.Minute) // the limits of the IP address
	}},
	{"a session lives while it is used, and no longer than it may", func(t *testing.T, r *replicas, a, b *testoffice.Office) {
		p := a.Person(r.name(), desk.RoleModerator)
		r.rules(map[string]string{"two_factor.who": "recommended", "session.absolute": "90m"})
		defer r.rules(onePassword)
		idle, token := a.Enter(p.Name), a.Enter(p.Name)
		for used := time.Duration(0); used < time.Hour; used += 25 * time.Minute {
			require.True(t, b.Alive(token) && a.Alive(token), "after %s", used)
			r.pass(25 * time.Minute)
		}
		require.False(t, b.Alive(idle), "unused for long")
		require.True(t, b.Alive(token))
		r.pass(15 * time.Minute)
		require.False(t, b.Alive(token), "90 minutes are over")
	}},
	{"an unfinished sign-in, and a confirmed identity, end in time", func(t *testing.T, r *replicas, a, b *testoffice.Office) {
		p := a.Person(r.name(), desk.RoleModerator)
		token := a.Enter(p.Name)
		require.True(t, b.Identity(token).Proved())
		r.pass(16 * time.Minute)
		require.False(t, b.Identity(token).Proved())
		token, err := a.StepUp(t.Context(), testoffice.Home, a.Identity(token), testoffice.Good, "")
		require.NoError(t, err)
		require.True(t, b.Identity(token).Proved())

		r.rules(nil)
		defer r.rules(onePassword)
		pre := a.Begun(p.Name)
		r.pass(9 * time.Minute)
		_, err = b.PreSession(t.Context(), pre)
		require.NoError(t, err)
		r.pass(2 * time.Minute)
		_, err = b.PreSession(t.Context(), pre)
		require.ErrorIs(t, err, desk.ErrSignInEnded)
	}},
	{"links work as long as they should", func(t *testing.T, r *replicas, a, b *testoffice.Office) {
		p := a.Person(r.name(), desk.RoleModerator)
		form := func(token string) desk.LinkForm {
			return desk.LinkForm{Token: token, Password: testoffice.Better, Again: testoffice.Better}
		}
		late := a.ResetLink(p.Email)
		r.pass(31 * time.Minute)
		require.ErrorIs(t, b.Reset(t.Context(), testoffice.Home, form(late)), desk.ErrLink)
		link := a.ResetLink(p.Email)
		r.pass(29 * time.Minute)
		require.NoError(t, b.Reset(t.Context(), testoffice.Home, form(link)))
		require.ErrorIs(t, a.Reset(t.Context(), testoffice.Home, form(link)), desk.ErrLink)

		_, invited := a.Invited(r.name()+"@example.org", r.name(), desk.RoleModerator)
		_, expires := a.Invited(r.name()+"@example.org", r.name(), desk.RoleModerator)
		r.pass(7*day - time.Hour)
		require.NoError(t, b.Welcome(t.Context(), testoffice.Home, form(invited)))
		r.pass(2 * time.Hour)
		require.ErrorIs(t, b.Welcome(t.Context(), testoffice.Home, form(expires)), desk.ErrLink)
	}},
	{"a right code is accepted, once", func(t *testing.T, r *replicas, a, b *testoffice.Office) {
		r.rules(nil)
		defer r.rules(onePassword)
		p, in := a.Enrolled(r.name(), desk.RoleModerator)
		r.pass(31 * time.Second)
		first, second := b.Begun(p.Name), a.Begun(p.Name)
		code := testoffice.CodeAt(t, in.Secret, r.right.Now())
		_, err := b.SubmitCode(t.Context(), testoffice.Home, first, code)
		require.NoError(t, err)
		_, err = a.SubmitCode(t.Context(), testoffice.Home, second, code)
		require.ErrorIs(t, err, desk.ErrCode, "the second time")
		r.pass(31 * time.Second)
		_, err = a.SubmitCode(t.Context(), testoffice.Home, second, testoffice.CodeAt(t, in.Secret, r.right.Now()))
		require.NoError(t, err)
	}},
	{"a new address is confirmed in time, or goes back on both", func(t *testing.T, r *replicas, a, b *testoffice.Office) {
		boss := a.Actor(a.Person(r.name(), desk.RoleSuperAdministrator))
		old := a.Alias()
		require.NoError(t, a.ChangeAlias(t.Context(), boss, testoffice.Home, "quiet-side-door-"+boss.ID))
		r.pass(14 * time.Minute)
		require.NotEqual(t, old, b.Alias())
		r.pass(2 * time.Minute)
		require.Equal(t, old, a.Alias())
		require.Equal(t, old, b.Alias())
	}},
	{"a day from which something is required begins on both", func(t *testing.T, r *replicas, a, b *testoffice.Office) {
		defer r.rules(onePassword)
		p := a.Person(r.name(), desk.RoleModerator)
		r.rules(map[string]string{"two_factor.from": r.right.Now().Add(2 * day).Format(time.DateOnly), "password.max_age": "30d"})
		for _, o := range []*testoffice.Office{a, b} {
			id := o.Identity(o.Enter(p.Name))
			require.False(t, id.MustEnrol || id.MustChangePassword)
		}
		r.pass(31 * day)
		for _, o := range []*testoffice.Office{a, b} {
			passed, err := o.Login(p.Name, testoffice.Good)
			require.NoError(t, err)
			require.False(t, passed.SignedIn, "two-factor authentication is required")
		}
		r.rules(map[string]string{"two_factor.who": "recommended", "password.max_age": "30d"})
		require.True(t, b.Identity(a.Enter(p.Name)).MustChangePassword)
	}},
	{"the audit is in order", func(t *testing.T, r *replicas, a, b *testoffice.Office) {
		for range 3 {
			a.Audit(testoffice.Home, "mail.tested", desk.Success).System().Record(t.Context())
			b.Audit(testoffice.Home, "mail.tested", desk.Success).System().Record(t.Context())
		}
		v, err := b.VerifyAudit(t.Context(), desk.CommandLine(), testoffice.Home, "")
		require.NoError(t, err)
		require.Zero(t, v.Broken, v.Problem)
		page, err := a.AuditPage(t.Context(), desk.CommandLine(), store.EventQuery{Limit: 7})
		require.NoError(t, err)
		for i, e := range page.Rows[1:] {
			require.Less(t, e.At.Sub(page.Rows[i].At), time.Second, "%d", e.Seq)
		}
	}},
}

// TestAReplicaWithAWrongClock is of servers, whose clock the replicas share. With
// SQLite the clock is the process's, and there is no other to notice that it is wrong:
// then only a jump deletes nothing, which the tests of the desk prove.
func TestAReplicaWithAWrongClock(t *testing.T) { onEachServer(t, aReplicaWithAWrongClock) }

func aReplicaWithAWrongClock(t *testing.T, d database) {
	offs := []time.Duration{-366 * day, -day, -2 * time.Hour, -2 * time.Minute, 2 * time.Minute, 2 * time.Hour, day, 366 * day}
	for i, off := range each(d, nil, offs, []time.Duration{-2 * time.Hour, 366 * day}) {
		t.Run(off.String(), func(t *testing.T) {
			t.Parallel()
			d := d
			d.prefix = fmt.Sprintf("clock%d_", i)
			r := newReplicas(t, d.store(t), off)
			setUpBy(t, r)
			for name, order := range map[string][2]*testoffice.Office{
				"the wrong one first": {r.wrong, r.right}, "the right one first": {r.right, r.wrong},
			} {
				for _, c := range timed {
					t.Run(name+", "+c.name, func(t *testing.T) { c.try(t, r, order[0], order[1]) })
				}
			}
			t.Run("purges", func(t *testing.T) { requirePurgedByTheRightOne(t, r, off) })
		})
	}
}

// setUpBy sets the office up with a link that the other replica made.
func setUpBy(t *testing.T, r *replicas) {
	token, err := r.wrong.SetupToken(t.Context())
	require.NoError(t, err)
	r.pass(23 * time.Hour)
	require.NoError(t, r.right.SetUp(t.Context(), testoffice.Home, desk.SetupForm{
		Token: token, Email: "boss@example.org", Name: "Boss", Password: testoffice.Good, Again: testoffice.Good,
	}))
	r.rules(onePassword)
}

// requirePurgedByTheRightOne requires that the replica with the wrong clock says so,
// and deletes nothing.
func requirePurgedByTheRightOne(t *testing.T, r *replicas, off time.Duration) {
	left := func() string {
		mails, err := r.right.Under.ListMails(t.Context(), store.MailQuery{Limit: 500})
		require.NoError(t, err)
		ends, err := r.right.Under.AuditEnds(t.Context())
		require.NoError(t, err)
		return fmt.Sprint(len(mails.Rows), ends.PurgedSeq, len(r.right.SessionsOf("id-of-p1")))
	}
	purge := func(o *testoffice.Office) {
		for range 8 {
			r.pass(10 * time.Minute)
			require.NoError(t, o.Purge(t.Context()))
		}
	}
	r.right.Person("Idle", desk.RoleModerator)
	r.right.Enter("Idle")
	r.pass(500 * day)
	before := left()
	purge(r.wrong)
	require.Equal(t, before, left())
	require.Len(t, r.right.SessionsOf("id-of-idle"), 1)
	skew, wrong := r.wrong.ClockWrong()
	require.True(t, wrong)
	require.InDelta(t, off, skew, float64(5*time.Second))
	require.Contains(t, r.wrong.Log.String(), "clock of this machine is wrong")
	require.NotContains(t, r.right.Log.String(), "clock of this machine is wrong")

	purge(r.right)
	require.Empty(t, r.right.SessionsOf("id-of-idle"))
	require.NotEqual(t, before, left())
	mails, err := r.right.Under.ListMails(t.Context(), store.MailQuery{State: store.MailSent})
	require.NoError(t, err)
	require.Empty(t, mails.Rows)
	v, err := r.wrong.VerifyAudit(t.Context(), desk.CommandLine(), testoffice.Home, "")
	require.NoError(t, err)
	require.Zero(t, v.Broken, v.Problem)
	require.Equal(t, 1, v.Checked, "only that the rest was purged")
}
