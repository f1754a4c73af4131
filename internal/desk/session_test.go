package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func TestASessionEndsWhenItWasNotUsedForTooLong(t *testing.T) {
	for _, c := range []struct {
		name  string
		wait  time.Duration
		alive bool
	}{
		{"just before the limit", 30*time.Minute - time.Microsecond, true},
		{"at the limit", 30 * time.Minute, false},
		{"after the limit", time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
			id := o.Identity(ada.Token)
			o.Clock.Set(o.Now().Add(c.wait))
			require.Equal(t, c.alive, o.Alive(ada.Token))
			if !c.alive {
				require.Equal(t, "session.expired", o.Last().Code)
				require.Equal(t, id.Session.ID, o.Last().SessionID)
				o.Clock.Set(id.Session.SeenAt)
				require.False(t, o.Alive(ada.Token), "it is gone, whatever the clock says")
				require.Equal(t, 1, o.Count("session.expired"))
			}
		})
	}
}

func TestASessionEndsAfterTwelveHoursHoweverMuchItIsUsed(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	ends := o.Identity(ada.Token).Session.EndsAt
	require.Equal(t, o.Identity(ada.Token).Session.CreatedAt.Add(12*time.Hour), ends)
	for o.Now().Before(ends.Add(-20 * time.Minute)) {
		o.Clock.Add(20 * time.Minute)
		require.True(t, o.Alive(ada.Token))
	}
	o.Clock.Set(ends.Add(-time.Microsecond))
	require.True(t, o.Alive(ada.Token))
	o.Clock.Set(ends)
	require.False(t, o.Alive(ada.Token))
}

func TestASessionIsTouchedOnceInFifteenSeconds(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	passed, err := o.SubmitCode(ctx, home, o.Begun("Ada"), o.Code(ada.Secret))
	require.NoError(t, err)
	token := passed.Token
	began := o.Identity(token).Session.CreatedAt
	o.Clock.Set(began.Add(15*time.Second - time.Microsecond))
	require.Equal(t, began, o.Identity(token).Session.SeenAt)
	require.Equal(t, began, o.Find(op.ID).LastActiveAt)
	o.Clock.Set(began.Add(15 * time.Second))
	o.Identity(token)
	require.Equal(t, o.Now(), o.Identity(token).Session.SeenAt)
	require.Equal(t, o.Now(), o.Find(op.ID).LastActiveAt)
}

func TestAnotherBrowserEndsTheSession(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	v := from("198.51.100.99")
	_, err := o.Authenticate(ctx, v, ada.Token)
	require.NoError(t, err, "another network is no reason")
	v.UserAgent = "curl/8"
	_, err = o.Authenticate(ctx, v, ada.Token)
	require.ErrorIs(t, err, desk.ErrNoSession)
	require.Equal(t, "session.browser_changed", o.Last().Code)
	require.Equal(t, "curl/8", o.Last().UserAgent)
	require.False(t, o.Alive(ada.Token), "for its owner too, who signs in again")
}

func TestWhatIsChangedElsewhereHoldsFromTheNextRequest(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*store.Operator)
	}{
		{"disabled", func(op *store.Operator) { op.State = store.OperatorDisabled }},
		{"no role left", func(op *store.Operator) { op.PrimaryRole = "" }},
		{"a role that is gone", func(op *store.Operator) { op.PrimaryRole = "01-no-such-role" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.Person("Ada", desk.RoleSuperAdministrator)
			op, mod := o.Enrolled("Mod", desk.RoleModerator)
			other := o.Another()
			_, err := other.Authenticate(ctx, home, mod.Token)
			require.NoError(t, err)
			o.Change(op.ID, c.change)
			require.False(t, o.Alive(mod.Token))
			_, err = other.Authenticate(ctx, home, mod.Token)
			require.ErrorIs(t, err, desk.ErrNoSession)
		})
	}
	t.Run("rights and parameters", func(t *testing.T) {
		o := newOffice(t)
		op, mod := o.Enrolled("Mod", desk.RoleModerator)
		require.True(t, o.Identity(mod.Token).Can("posts.delete"))
		o.Change(op.ID, func(op *store.Operator) { op.PrimaryRole = desk.RoleCommunityManager })
		require.False(t, o.Identity(mod.Token).Can("posts.delete"))
		require.True(t, o.Identity(mod.Token).Can("analytics.view"))
		require.True(t, o.Identity(mod.Token).HasRole(desk.RoleCommunityManager))

		o.Set(map[string]string{"session.idle": "1m"})
		require.Equal(t, time.Minute, o.Identity(mod.Token).State.Settings.Session.Idle)
		o.Clock.Add(time.Minute)
		require.False(t, o.Alive(mod.Token))
	})
}

func TestAnOperatorHasThreeSessionsAndTheLeastRecentlyUsedEnds(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	second := o.Again("Ada", ada.Secret)
	third := o.Again("Ada", ada.Secret)
	require.True(t, o.Alive(ada.Token)) // the oldest was just used
	ended := o.Identity(second).Session.ID
	o.Clock.Add(time.Minute)
	require.True(t, o.Alive(ada.Token) && o.Alive(third))
	require.Zero(t, o.Count("session.evicted"))
	fourth := o.Again("Ada", ada.Secret)
	_, err := o.Authenticate(ctx, home, second)
	require.ErrorIs(t, err, desk.ErrEvicted, "its browser can say why")
	require.False(t, o.Alive(second))
	require.Equal(t, 1, o.Count("session.evicted"))
	for _, e := range o.Events() {
		if e.Code == "session.evicted" {
			require.Equal(t, []string{ended, op.ID, op.ID, home.IP}, []string{e.SessionID, e.ActorID, e.TargetID, e.IP})
		}
	}
	for _, token := range []string{ada.Token, third, fourth} {
		require.True(t, o.Alive(token))
	}
	o.Enrolled("Ben", desk.RoleModerator)
	sessions, err := o.Sessions(ctx, o.Identity(fourth))
	require.NoError(t, err)
	require.Len(t, sessions, 3, "and none of Ben's")
	o.Clock.Add(29 * time.Minute)
	require.True(t, o.Alive(fourth))
	o.Clock.Add(2 * time.Minute)
	sessions, err = o.Sessions(ctx, o.Identity(fourth))
	require.NoError(t, err)
	require.Len(t, sessions, 1, "those past their end are not listed")
	o.Again("Ada", ada.Secret)
	o.Again("Ada", ada.Secret)
	require.True(t, o.Alive(fourth), "and take nobody's place")
	require.Equal(t, 1, o.Count("session.evicted"))
}

func TestOfManySignInsAtOnceEachEvictedSessionIsAudited(t *testing.T) {
	o := newOffice(t)
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	op := o.Person("Ada", desk.RoleModerator)
	for range 2 {
		o.Enter("Ada")
	}
	d := o.While("PutSession", func() { o.Enter("Ada") })
	_, err := d.SignIn(ctx, home, desk.SignInForm{Login: "Ada", Password: good})
	require.NoError(t, err, "it makes room again")
	require.Equal(t, 1, o.Count("session.evicted"))
	require.Len(t, o.SessionsOf(op.ID), 3)

	for _, err := range testoffice.Race(4, func(int) error { return second(o.Login("Ada", good)) }) {
		if err != nil {
			require.ErrorIs(t, err, desk.ErrSignInEnded, "after five times in vain")
		}
	}
	begun := o.Count("signin.succeeded")
	require.Equal(t, begun-3, o.Count("session.evicted"), "every session but the last three")
	require.Len(t, o.SessionsOf(op.ID), 3)
}

func TestASessionThatIsUsedFromAnotherNetworkIsNotedOnceForEach(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	began := o.Identity(ada.Token).Session
	use := func(ip string) {
		o.Clock.Add(time.Minute)
		_, err := o.Authenticate(ctx, from(ip), ada.Token)
		require.NoError(t, err, "nothing ends")
	}
	use(home.IP)
	require.Zero(t, o.Count("session.network_changed"))
	for _, ip := range []string{"2001:db8::1", "2001:db8::2", home.IP, "2001:db8::1"} {
		use(ip)
	}
	require.Equal(t, 1, o.Count("session.network_changed"), "a network is a /64")
	e := o.Last()
	require.Equal(t, []string{"session.network_changed", began.ID, op.ID, "2001:db8::1", home.IP}, []string{e.Code, e.SessionID, e.ActorID, e.IP, e.Detail["before"]})
	use("198.51.100.9")
	require.Equal(t, 2, o.Count("session.network_changed"))

	use(home.IP)
	require.NoError(t, second(o.Authenticate(ctx, from("192.0.2.77"), ada.Token)))
	require.Equal(t, 3, o.Count("session.network_changed"), "also between two requests of the operator")
	o.Clock.Add(time.Minute)
	polls := from("192.0.2.77")
	polls.Passive = true
	require.NoError(t, second(o.Authenticate(ctx, polls, ada.Token)))
	require.Equal(t, 3, o.Count("session.network_changed"), "once for each")
	polls.IP = "192.0.2.78"
	require.NoError(t, second(o.Authenticate(ctx, polls, ada.Token)))
	require.Equal(t, 4, o.Count("session.network_changed"), "also by what a page requests on its own")
	o.Clock.Add(time.Minute)
	for i := range 50 {
		require.NoError(t, second(o.Authenticate(ctx, from(fmt.Sprintf("192.0.2.%d", 100+i)), ada.Token)))
	}
	require.Equal(t, 14, o.Count("session.network_changed"), "but not one after the other")
}

func TestEndingSessions(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	second := o.Again("Ada", ada.Secret)
	third := o.Again("Ada", ada.Secret)
	_, ben := o.Enrolled("Ben", desk.RoleSuperAdministrator)

	id := o.Identity(third)
	require.ErrorIs(t, o.EndSession(ctx, home, id, o.Identity(ben.Token).Session.ID), desk.ErrNotFound, "somebody else's")
	for _, sessionID := range []string{"", "nonsense", "\x00", string(make([]byte, 300))} {
		require.ErrorIs(t, o.EndSession(ctx, home, id, sessionID), desk.ErrNotFound)
	}
	ended := o.Identity(second).Session.ID
	require.NoError(t, o.EndSession(ctx, home, id, ended))
	require.ErrorIs(t, o.EndSession(ctx, home, id, ended), desk.ErrNotFound)
	require.False(t, o.Alive(second))
	require.True(t, o.Alive(ada.Token))
	require.NoError(t, o.EndOtherSessions(ctx, home, id))
	require.False(t, o.Alive(ada.Token))
	require.True(t, o.Alive(third))
	require.True(t, o.Alive(ben.Token))
	require.NoError(t, o.SignOut(ctx, home, id))
	require.False(t, o.Alive(third))
	require.NoError(t, o.SignOut(ctx, home, id), "twice does no harm")
}

func TestAStepUpProvesWhoItIsAndRotatesTheSession(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	before := o.Identity(ada.Token)
	o.Clock.Set(before.Session.ProvedAt.Add(5*time.Minute - time.Microsecond))
	require.True(t, o.Identity(ada.Token).Proved())
	o.Clock.Add(time.Microsecond)
	id := o.Identity(ada.Token)
	require.False(t, id.Proved())

	_, err := o.StepUp(ctx, home, id, nonsense, o.Code(ada.Secret))
	require.Equal(t, desk.ErrCredentials, err)
	require.Equal(t, "step_up.refused", o.Last().Code)
	_, err = o.StepUp(ctx, home, id, good, o.WrongCode(ada.Secret))
	require.Equal(t, desk.ErrCode, err)
	_, err = o.StepUp(ctx, home, id, good, "")
	requireProblem(t, err, "code", "not_code")
	require.False(t, o.Identity(ada.Token).Proved())

	token, err := o.StepUp(ctx, home, id, good, o.Code(ada.Secret))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"factor": "authenticator"}, o.Last().Detail)
	require.False(t, o.Alive(ada.Token), "the old token is dead")
	fresh := o.Identity(token)
	require.True(t, fresh.Proved())
	require.Equal(t, before.Session.ID, fresh.Session.ID)
	require.Equal(t, o.Now().Add(12*time.Hour), fresh.Session.EndsAt, "both times start anew")

	_, err = o.StepUp(ctx, home, id, good, ada.Codes[0])
	require.ErrorIs(t, err, desk.ErrNoSession, "with the old session")
	token, err = o.StepUp(ctx, home, fresh, good, ada.Codes[0])
	require.NoError(t, err)
	require.True(t, o.Alive(token))
	require.Equal(t, 1, o.Count("recovery.used"))
}

func TestAStepUpWithASlipInTheCodeDoesNotUsePasswordTriesUp(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	id := o.Identity(ada.Token)
	for range 40 {
		_, err := o.StepUp(ctx, home, id, good, "12")
		requireProblem(t, err, "code", "not_code")
	}
	_, err := o.StepUp(ctx, home, id, good, o.Code(ada.Secret))
	require.NoError(t, err)
}

func TestOfTwoStepUpsAtOnceOneWins(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	id := o.Identity(ada.Token)
	code := o.Code(ada.Secret)
	tokens := make([]string, 20)
	errs := testoffice.Race(len(tokens), func(i int) (err error) {
		tokens[i], err = o.StepUp(ctx, from("198.51.100.1"), id, good, code)
		return err
	})
	require.Equal(t, 1, winners(errs))
	for i, token := range tokens {
		require.Equal(t, errs[i] == nil, token != "" && o.Alive(token))
	}
}

func TestAFormThatNamesNoSessionEndsNone(t *testing.T) {
	o := newOffice(t)
	_, boss := o.Enrolled("Boss", desk.RoleSuperAdministrator)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	target := o.Identity(ada.Token).Operator.ID

	err := o.EndSessions(ctx, o.Identity(boss.Token).Actor(), home, target, "")
	require.ErrorIs(t, err, desk.ErrNotFound)
	require.True(t, o.Alive(ada.Token))
}
