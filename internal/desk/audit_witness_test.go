package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// work does the periodic work of a desk for a while.
func work(t *testing.T, d *desk.Desk, while time.Duration) {
	t.Helper()
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	pass(while)
	stop()
	require.ErrorIs(t, <-ended, context.Canceled)
}

func TestTheWitnessGetsTheNewestMarkEveryHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w testoffice.Witness
		o := staffed(t, func(c *desk.Config) { c.Clock, c.Witness = time.Now, &w })
		var want []string
		newest := func() { want = append(want, o.markAt(o.Last().Seq)) }
		go func() {
			time.Sleep(time.Minute)
			newest() // that it was started
			time.Sleep(29 * time.Minute)
			o.fill(3)
			newest()
			time.Sleep(time.Hour)
			w.Fail(errors.New("the disk is full"))
			o.fill(1)
			time.Sleep(time.Hour)
			w.Fail(nil)
			newest()
		}()
		work(t, o.Desk, 6*time.Hour)
		require.Equal(t, want, w.Marks(), "at once, then when there is something new, and once it works again")
		require.Contains(t, o.Log.String(), "the disk is full")
		for _, mark := range want {
			seq, mac, _ := strings.Cut(mark, ":")
			require.Contains(t, o.Log.String(), `"msg":"audit mark","seq":`+seq+`,"mac":"`+mac+`"`)
		}
		o.fill(1)
		v := o.verify()
		require.Zero(t, v.Broken, v.Problem)
		require.Equal(t, want[len(want)-1], v.Witness)
	})
}

// witnessed is an office whose witness has a mark, of which the seal knows, and an older
// one.
func witnessed(t *testing.T, w *testoffice.Witness) *office {
	o := staffed(t, func(c *desk.Config) { c.Clock, c.Witness = time.Now, w })
	for range 2 {
		o.fill(2)
		work(t, o.Desk, time.Second)
	}
	require.Len(t, w.Marks(), 2)
	o.fill(1)
	return o
}

func TestVerificationRefusesAWitnessThatLacksWhatItWasGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			change  func(o *office, w *testoffice.Witness)
			problem string
		}{
			"nothing":                 {func(*office, *testoffice.Witness) {}, ""},
			"it has lost the newest":  {func(_ *office, w *testoffice.Witness) { w.Lose(1) }, "does not have it"},
			"it has lost all":         {func(_ *office, w *testoffice.Witness) { w.Lose(0) }, "does not have it"},
			"it has another":          {func(o *office, w *testoffice.Witness) { require.NoError(t, w.Keep(ctx, "5:0123456789abcdef")) }, "A different entry had this number"},
			"it has one that is gone": {func(o *office, w *testoffice.Witness) { require.NoError(t, w.Keep(ctx, "500:0123456789abcdef")) }, "Entries up to 500 existed"},
		} {
			var w testoffice.Witness
			o := witnessed(t, &w)
			c.change(o, &w)
			v := o.verify()
			require.Equal(t, c.problem != "", v.Broken != 0, name)
			require.Contains(t, v.Problem.String(), c.problem, name)
		}
		var w testoffice.Witness
		o := witnessed(t, &w)
		given := w.Marks()[1]
		w.Fail(errors.New("the share is not mounted"))
		_, err := o.VerifyAudit(ctx, desk.CommandLine(), home, "")
		require.ErrorContains(t, err, "the share is not mounted")
		for name, unread := range map[string]desk.Witness{"cannot be read": unreadable{}, "not configured": nil} {
			o.Cfg.Witness = unread
			o.Desk = o.Another()
			v := o.verify()
			require.Zero(t, v.Broken, v.Problem)
			require.Equal(t, given, v.Unread, name)
			require.Empty(t, v.Witness, name)
		}
	})
}

// unreadable is a witness whose marks cannot be read back.
type unreadable struct{}

func (unreadable) Last(context.Context) (string, error) { return "", errors.ErrUnsupported }
func (unreadable) Keep(context.Context, string) error   { return nil }

func TestAWitnessGetsNoMarkOfALogThatItContradicts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w testoffice.Witness
		o := staffed(t, func(c *desk.Config) { c.Clock, c.Witness = time.Now, &w })
		old, all := o.ends(), o.Events()
		o.fill(3)
		work(t, o.Desk, time.Second)
		require.Len(t, w.Marks(), 1)
		for name, d := range map[string]*desk.Desk{
			"an older state of everything": o.Over(tampered{Store: o.Under,
				ends: func(e *store.AuditEnds) { *e = old },
				rows: func([]store.Event) []store.Event { return all }}),
			"a head that is not sealed": o.Over(tampered{Store: o.Under, ends: func(e *store.AuditEnds) { e.Seal = nil }}),
		} {
			work(t, d, 3*time.Hour)
			require.Len(t, w.Marks(), 1, name)
			require.Contains(t, codes(d.Health(ctx, false)), "audit_broken", name)
			require.True(t, d.AuditBroken(), name)
		}
		require.Equal(t, 2, strings.Count(o.Log.String(), "the audit log was changed outside the office"), "once each")
	})
}

func TestWhatContradictsTheWitnessStaysBroken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w testoffice.Witness
		o := staffed(t, func(c *desk.Config) { c.Clock, c.Witness = time.Now, &w })
		require.NoError(t, w.Keep(ctx, "500:0123456789abcdef"))
		o.Desk = o.Another()
		work(t, o.Desk, time.Second)
		o.fill(2)
		require.True(t, o.AuditBroken(), "also once more is written")
		w.Lose(0)
		o.Desk = o.Another()
		require.Contains(t, o.verify().Problem.String(), "someone else had changed the ends", "also after a restart, and without the witness")
		require.ErrorContains(t, o.PurgeAt(ctx, o.Now().Add(400*day)), "nothing is deleted")
		require.NoError(t, o.AcceptAudit(ctx, desk.CommandLine(), home, "another office’s file"))
		work(t, o.Desk, 2*time.Hour)
		require.Zero(t, o.verify().Broken)
	})
}

func TestTheLastMarkOfTheWitnessStaysTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w testoffice.Witness
		o := witnessed(t, &w)
		slow := o.While("ListEvents", func() {
			o.fill(1)
			work(t, o.Desk, time.Second)
		})
		work(t, slow, 2*time.Second)
		require.Len(t, w.Marks(), 3)
		o.fill(1) // its seal knows of the mark
		v := o.verify()
		require.Zero(t, v.Broken, v.Problem)
	})
}

// TestALogThatGoesBackIsNoticedByWhoHasSeenMore has an older state put back into the
// store of a running process.
func TestALogThatGoesBackIsNoticedByWhoHasSeenMore(t *testing.T) {
	o := staffed(t)
	older := staffed(t).Under // what any log of fewer entries is
	o.fill(5)
	st := &swapped{Store: o.Under}
	d := o.Over(st)
	require.NoError(t, d.Commit(ctx, d.Audit(home, "mail.tested", desk.Success).Write()))
	require.False(t, d.AuditBroken())
	st.Store = older
	check := func() desk.Verdict {
		v, err := d.VerifyAudit(ctx, desk.CommandLine(), home, "")
		require.NoError(t, err)
		o.Clock.Add(time.Minute)
		return v
	}
	require.Contains(t, check().Problem.String(), "existed and are gone")
	require.Contains(t, o.Log.String(), "the audit log went back")
	require.True(t, d.AuditBroken())
	require.NotZero(t, check().Broken)
	for range 9 {
		require.NoError(t, d.Commit(ctx, d.Audit(home, "mail.tested", desk.Success).Write()))
	}
	require.NotZero(t, check().Broken, "also once it is longer than before")
	d = o.Over(older)
	require.NotZero(t, check().Broken, "also after a restart")
}

// swapped is a store that can be replaced under a running office.
type swapped struct{ store.Store }
