package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// looking is an office in which an administrator sees as a moderator.
type looking struct {
	*office
	ada, mo store.Operator
	token   string
	kept    string
}

func newLooking(t *testing.T) *looking {
	o := staffed(t)
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	l := &looking{office: o, ada: o.Person("Ann", desk.RoleAdministrator), mo: o.Person("Mo", desk.RoleModerator)}
	l.token = o.Enter("Ann")
	l.kept = l.begin()
	return l
}

func (l *looking) begin() string {
	l.T.Helper()
	kept, err := l.SeeAs(ctx, l.Identity(l.token).Actor(), home, l.mo.ID, "they see no posts")
	require.NoError(l.T, err)
	return kept
}

// seen is what the next request sees.
func (l *looking) seen() (*desk.Identity, error) {
	l.T.Helper()
	return l.SeenAs(ctx, home, l.Identity(l.token), l.kept)
}

// requireEnded fails unless it has ended, with one entry in the audit log.
func (l *looking) requireEnded(reason string) {
	l.T.Helper()
	for range 2 {
		_, err := l.seen()
		ended, ok := errors.AsType[*desk.SeeAsEndedError](err)
		require.True(l.T, ok, "%v", err)
		require.Equal(l.T, l.mo.ID, ended.ID)
	}
	require.Equal(l.T, 1, l.Count("see_as.ended"))
	e := l.Last()
	require.Equal(l.T, "see_as.ended", e.Code)
	require.Equal(l.T, reason, e.Reason)
	require.Equal(l.T, l.ada.ID, e.ActorID)
	require.Equal(l.T, l.mo.ID, e.TargetID)
}

func TestSeeingAsHasTheOthersRightsAndTheRealActor(t *testing.T) {
	l := newLooking(t)
	id, err := l.seen()
	require.NoError(t, err)
	require.Equal(t, l.mo.ID, id.Operator.ID)
	require.Equal(t, l.ada.ID, id.SeenBy.Operator.ID)
	require.Equal(t, id.SeenBy, id.Real())
	require.Equal(t, id.SeenBy.Session.ID, id.Session.ID)
	require.Equal(t, l.Now().Add(desk.SeeAsLife), id.SeenUntil)
	require.True(t, id.Can("posts.delete"))
	require.False(t, id.Can(desk.PermissionOperatorsView))
	require.Equal(t, id.SeenBy, id.SeenBy.Real(), "it is not nested")

	l.Denied(ctx, home, id, "audit.view")
	e := l.Last()
	require.Equal(t, [2]string{l.ada.ID, "Ann"}, [2]string{e.ActorID, e.ActorName})
	require.Equal(t, map[string]string{"as": "Mo", "as_id": l.mo.ID, "permission": "audit.view"}, e.Detail)
}

// The guard lets no change through; if it did, nothing could be committed.
func TestNothingCanBeChangedWhileSeeingAs(t *testing.T) {
	for _, act := range acts {
		t.Run(act.name, func(t *testing.T) {
			w := newWorld(t, act)
			boss := w.Entered(w.Person("Bea", desk.RoleSuperAdministrator))
			kept, err := w.SeeAs(ctx, boss.Actor(), home, w.Person("Bob", desk.RoleSuperAdministrator).ID, "to help")
			require.NoError(t, err)
			seen, err := w.SeenAs(ctx, home, boss, kept)
			require.NoError(t, err)
			before := w.Dump("counters")
			_, err = act.do(ctx, w.Desk, seen.Actor(), w)
			require.Error(t, err)
			require.NotErrorIs(t, err, desk.ErrStepUp)
			require.True(t, before == w.Dump("counters"))
		})
	}
}

func TestSeeingAsEnds(t *testing.T) {
	change := func(who func(*looking) store.Operator, f func(*store.Operator)) func(*looking) {
		return func(l *looking) { l.Change(who(l).ID, f) }
	}
	ann, mo := func(l *looking) store.Operator { return l.ada }, func(l *looking) store.Operator { return l.mo }
	for name, c := range map[string]struct {
		happens func(*looking)
		reason  string
	}{
		"after 15 minutes":                {func(l *looking) { l.Clock.Add(desk.SeeAsLife) }, "time is over"},
		"if the clock was set back":       {func(l *looking) { l.Clock.Add(-time.Minute) }, "time is over"},
		"without the permission":          {change(ann, func(o *store.Operator) { o.PrimaryRole = desk.RoleModerator }), "the permission was lost"},
		"if the actor must act first":     {change(ann, func(o *store.Operator) { o.MustChangePassword = true }), "the permission was lost"},
		"if a passkey becomes required":   {func(l *looking) { l.Rules(map[string]string{"passkeys.who": "administrators"}) }, "the permission was lost"},
		"if the access of the other ends": {func(l *looking) { l.Change(l.mo.ID, func(o *store.Operator) { o.EndsAt = l.Now() }) }, "the operator is no longer active"},
		"if the other is disabled":        {change(mo, func(o *store.Operator) { o.State = store.OperatorDisabled }), "the operator is no longer active"},
		"if the other has no role":        {change(mo, func(o *store.Operator) { o.PrimaryRole = "" }), "the operator is no longer active"},
		"if the other is promoted above":  {change(mo, func(o *store.Operator) { o.PrimaryRole = desk.RoleSuperAdministrator }), "the operator now holds more"},
		"if the other is deleted":         {func(l *looking) { l.Write(store.DeleteOperator{ID: l.mo.ID, Version: l.Find(l.mo.ID).Version}) }, "the operator is no longer active"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLooking(t)
			_, err := l.seen()
			require.NoError(t, err)
			c.happens(l)
			l.requireEnded(c.reason)
		})
	}

	l := newLooking(t)
	l.Clock.Add(desk.SeeAsLife - time.Microsecond)
	_, err := l.seen()
	require.NoError(t, err, "until the last moment")
}

func TestStoppingEndsEveryCopy(t *testing.T) {
	l := newLooking(t)
	id, err := l.seen()
	require.NoError(t, err)
	target, err := l.StopSeeingAs(ctx, home, id, l.kept, false)
	require.NoError(t, err)
	require.Equal(t, l.mo.ID, target)
	l.requireEnded("stopped")
	_, err = l.SeenStill(ctx, home, l.Identity(l.token), id)
	require.Error(t, err, "streams, too")
	_, err = l.Another().SeenAs(ctx, home, l.Identity(l.token), l.kept)
	require.Error(t, err, "on every replica")
	_, err = l.StopSeeingAs(ctx, home, l.Identity(l.token), l.kept, true)
	require.NoError(t, err, "again")
	require.Equal(t, 1, l.Count("see_as.ended"))
}

func TestACookieOpensOnlyWhereItWasMade(t *testing.T) {
	l := newLooking(t)
	other := l.Person("Other", desk.RoleAdministrator)
	for name, id := range map[string]*desk.Identity{
		"another session":  l.Identity(l.Enter("Ann")),
		"another operator": l.Entered(other),
	} {
		_, err := l.SeenAs(ctx, home, id, l.kept)
		ended, ok := errors.AsType[*desk.SeeAsEndedError](err)
		require.True(t, ok, name)
		require.Empty(t, ended.ID, name)
	}
	for i := range l.kept {
		changed := []byte(l.kept)
		if changed[i]++; changed[i] == l.kept[i] {
			continue
		}
		_, err := l.SeenAs(ctx, home, l.Identity(l.token), string(changed))
		require.Error(t, err, "%d", i)
	}
	for _, kept := range []string{"", "x", l.kept[:40], l.kept + "AAAA"} {
		_, err := l.SeenAs(ctx, home, l.Identity(l.token), kept)
		require.Error(t, err)
	}
	require.Zero(t, l.Count("see_as.ended"))

	token, err := l.StepUp(ctx, home, l.Identity(l.token), good, "")
	require.NoError(t, err)
	_, err = l.inSession(token)
	require.NoError(t, err, "a session keeps it through a step-up")
}

// inSession is seen in the session of another token.
func (l *looking) inSession(token string) (*desk.Identity, error) {
	return l.SeenAs(ctx, home, l.Identity(token), l.kept)
}

func TestWhomNoOneSeesAs(t *testing.T) {
	l := newLooking(t)
	ann := l.Identity(l.token)
	boss := l.Person("Bea", desk.RoleSuperAdministrator)
	gone := l.Person("Gone", desk.RoleModerator)
	l.Change(gone.ID, func(o *store.Operator) { o.State = store.OperatorDisabled })
	bare := l.Person("Bare", desk.RoleModerator)
	l.Change(bare.ID, func(o *store.Operator) { o.PrimaryRole = "" })
	for name, c := range map[string]struct {
		a    desk.Actor
		id   string
		want error
	}{
		"someone who holds more":    {ann.Actor(), boss.ID, desk.ErrForbidden},
		"themselves":                {ann.Actor(), l.ada.ID, desk.ErrChanged},
		"a disabled operator":       {ann.Actor(), gone.ID, desk.ErrChanged},
		"one without access":        {ann.Actor(), bare.ID, desk.ErrChanged},
		"nobody":                    {ann.Actor(), "none", desk.ErrNotFound},
		"one, on the command line":  {desk.CommandLine(), l.mo.ID, desk.ErrForbidden},
		"one, without a permission": {l.Entered(l.mo).Actor(), l.ada.ID, desk.ErrForbidden},
	} {
		_, err := l.SeeAs(ctx, c.a, home, c.id, "why")
		require.ErrorIs(t, err, c.want, name)
	}
	_, err := l.SeeAs(ctx, ann.Actor(), home, l.mo.ID, " ")
	requireProblem(t, err, "reason", "required")
}

func TestTheOtherIsToldOnceADayAndFindsNothingChanged(t *testing.T) {
	l := newLooking(t)
	before := l.Find(l.mo.ID)
	m := l.Letter(l.mo.Email)
	require.Contains(t, m.Subject, "as you see it")
	require.NotContains(t, m.Text, "they see no posts")
	l.Sent.Clear()
	l.begin()
	require.Empty(t, l.Delivered().To(l.mo.Email))
	for range 3 {
		_, err := l.seen()
		require.NoError(t, err)
	}
	require.Equal(t, before, l.Find(l.mo.ID))
	require.Empty(t, l.SessionsOf(l.mo.ID))
	l.Clock.Add(24 * time.Hour)
	l.token = l.Enter("Ann")
	l.begin()
	require.NotEmpty(t, l.Delivered().To(l.mo.Email))
}

func TestSeeingAsFailsClosedWithTheStore(t *testing.T) {
	l := newLooking(t)
	d, faulty := l.Faulty()
	id := l.Identity(l.token)
	for n := range 2 {
		faulty.Reset()
		faulty.FailAt(n+1, store.ErrUnavailable)
		_, err := d.SeenAs(ctx, home, id, l.kept)
		require.ErrorIs(t, err, store.ErrUnavailable, "it does not end, and nothing is seen")
	}
	faulty.Reset()
	_, err := d.SeenAs(ctx, home, id, l.kept)
	require.NoError(t, err)
	require.Zero(t, l.Count("see_as.ended"))
}
