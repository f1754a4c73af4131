package desk_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func TestTheCommunityEndsTheSessionsOfAMember(t *testing.T) {
	o, _ := crowd(t)
	mia := o.Enrol("Mia")
	ada := o.Enrol("Ada")
	half := o.Begun("Mia")
	require.NoError(t, o.EndMemberSessions(ctx, "m-mia"))
	require.False(t, o.Alive(mia.Token))
	_, err := o.SubmitCode(ctx, home, half, o.Code(mia.Secret))
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	require.True(t, o.Alive(ada.Token))
	e := o.Last()
	require.Equal(t, "session.member_ended", e.Code)
	require.Equal(t, "system", e.ActorID)
	require.Equal(t, "Mia", e.TargetName)
	require.NotEmpty(t, o.Again("Mia", mia.Secret), "they sign in again")

	t.Run("of nobody is no error", func(t *testing.T) {
		before := o.Dump()
		for _, id := range []string{"m-moe", "no such", "", "\x00", "\xff"} {
			require.NoError(t, o.EndMemberSessions(ctx, id))
		}
		require.True(t, before == o.Dump())
	})
	t.Run("also those about to begin with the password before", func(t *testing.T) {
		d := o.While("PutPreSession", func() { require.NoError(t, o.EndMemberSessions(ctx, "m-mia")) })
		_, err := d.SignIn(ctx, home, desk.SignInForm{Login: "Mia", Password: good})
		require.ErrorIs(t, err, desk.ErrSignInEnded)
	})
	t.Run("although something else changes at the same moment", func(t *testing.T) {
		token := o.Again("Mia", mia.Secret)
		op, err := o.Mem.FindOperatorByMember(ctx, "m-mia")
		require.NoError(t, err)
		d := o.While("EndSessions", func() { o.Change(op.ID, func(op *store.Operator) { op.UpdatedAt = o.Now() }) })
		require.NoError(t, d.EndMemberSessions(ctx, "m-mia"))
		require.False(t, o.Alive(token))
	})
}

func TestEveryoneIsSignedOutAtOnce(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	_, ben := o.Enrolled("Ben", desk.RoleModerator)
	half := o.Begun("Ben")
	other := o.Another()
	require.NoError(t, second(other.Authenticate(ctx, home, ben.Token)))
	token, actor := o.Prove(ada.Token, good, ada.Secret)
	requireProblem(t, o.EndAllSessions(ctx, actor, home, " "), "reason", "required")
	o.Delivered().Clear()
	require.NoError(t, o.EndAllSessions(ctx, actor, home, "cookies were stolen"))
	require.Equal(t, []string{"session.all_ended", op.ID, "cookies were stolen"}, []string{o.Last().Code, o.Last().ActorID, o.Last().Reason})
	require.ErrorIs(t, second(other.Authenticate(ctx, home, ben.Token)), desk.ErrNoSession, "on every replica")
	require.False(t, o.Alive(token), "nor does who did it stay")
	require.ErrorIs(t, second(o.SubmitCode(ctx, home, half, o.Code(ben.Secret))), desk.ErrSignInEnded)
	require.Equal(t, "You were signed out of the Meadow back office", o.Delivered().Subjects("ada@example.org"))
	require.Empty(t, o.Sent.To("ben@example.org"))

	o.Clock.Add(time.Second)
	again := o.Again("Ben", ben.Secret)
	list, err := o.Sessions(ctx, o.Identity(again))
	require.NoError(t, err)
	require.Len(t, list, 1, "those that ended are not listed")
}

func TestEveryoneIsSignedOutWhileOthersSignIn(t *testing.T) {
	for _, who := range []string{"everyone", "recommended"} {
		o := newOffice(t)
		_, ben := o.Enrolled("Ben", desk.RoleModerator)
		o.Person("Cy", desk.RoleModerator)
		o.Rules(map[string]string{"two_factor.who": who})
		o.Clock.Add(time.Minute)
		half := o.Begun("Ben")
		endedBefore := func(call string) *desk.Desk {
			return o.While(call, func() {
				o.Clock.Add(time.Second)
				require.NoError(t, o.EndAllSessions(ctx, desk.CommandLine(), home, "cookies were stolen"))
				o.Clock.Add(time.Second)
			})
		}
		passed, err := endedBefore("Hit").SubmitCode(ctx, home, half, o.Code(ben.Secret))
		require.NoError(t, err, "it was not known yet")
		require.False(t, o.Alive(passed.Token), "a code that was being checked")

		passed, err = endedBefore("FindSignIn").SignIn(ctx, home, desk.SignInForm{Login: "Cy", Password: good})
		require.NoError(t, err)
		require.Equal(t, who != "everyone", passed.SignedIn)
		require.False(t, o.Alive(passed.Token), "a password that was being checked")
		_, err = o.PreSession(ctx, passed.Token)
		require.ErrorIs(t, err, desk.ErrSignInEnded)
	}
}

func second[T any](_ T, err error) error { return err }

func TestOperatorsComeFromTheNetworksThatTheParameterAllows(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	_, ben := o.Enrolled("Ben", desk.RoleModerator)
	save := func(a desk.Actor, networks string) error {
		return second(o.SaveParameters(ctx, a, home, desk.ParametersForm{Revision: o.State().Stored.Revision, Values: map[string]string{"signin.networks": networks}}))
	}
	token, actor := o.Prove(ada.Token, good, ada.Secret)
	requireProblem(t, save(actor, "198.51.100.0/24, 2001:db8::/32"), "signin.networks", "own")
	require.NoError(t, save(o.Identity(token).Actor(), "203.0.113.0/24 2001:db8::/32"))
	require.True(t, o.Alive(ben.Token))
	letterSays(t, o.Letter("ada@example.org"), "Ada changed the networks", "Only from: 203.0.113.0/24 2001:db8::/32", `"parameters restore signin.networks"`)
	half := o.Begun("Ben")

	away := from("198.51.100.9")
	require.ErrorIs(t, second(o.Authenticate(ctx, away, ben.Token)), desk.ErrNoSession)
	require.Equal(t, "session.network_refused", o.Last().Code)
	require.False(t, o.Alive(ben.Token), "it has ended")
	_, err := o.SignIn(ctx, away, desk.SignInForm{Login: "Ben", Password: testoffice.Wrong})
	require.ErrorIs(t, err, desk.ErrCredentials, "who fails another check does not learn of it")
	refused := (*desk.RefusedError)(nil)
	require.ErrorAs(t, second(o.SubmitCode(ctx, away, half, o.Code(ben.Secret))), &refused)
	require.Equal(t, []string{"signin.refused", "network not allowed"}, []string{o.Last().Code, o.Last().Reason})
	inside := from("2001:db8::7")
	require.NoError(t, second(o.SubmitCode(ctx, inside, o.Begun("Ben"), o.Code(ben.Secret))))

	require.NoError(t, save(desk.CommandLine(), "192.0.2.1"), "the command line can repair it")
	require.False(t, o.Alive(token))
}

func TestEveryoneSignedOutByAClockThatWasAheadSignsInAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		_, ben := o.Enrolled("Ben", desk.RoleModerator)
		const year = 366 * 24 * time.Hour
		o.Clock.Add(year)
		require.NoError(t, o.EndAllSessions(ctx, desk.CommandLine(), home, "cookies were stolen"))
		o.Clock.Add(-year)
		require.False(t, o.Alive(ben.Token))

		run, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- o.Run(run) }()
		synctest.Wait()
		require.Equal(t, 2, o.Count("session.all_ended"))
		o.Clock.Add(time.Minute)
		require.NotEmpty(t, o.Again("Ada", ada.Secret))
		require.False(t, o.Alive(ada.Token), "what began before stays ended")
		time.Sleep(2 * time.Second) // of the bubble's clock
		synctest.Wait()
		require.Equal(t, 2, o.Count("session.all_ended"), "once")
		stop()
		require.ErrorIs(t, <-done, context.Canceled)
	})
}

// TestAClockSetBackRevivesNoSession signs everyone out, and then sets the clock back to
// before some sessions began.
func TestAClockSetBackRevivesNoSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.Clock.Add(time.Hour)
		op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		o.Clock.Add(5 * time.Minute)
		require.NoError(t, o.EndAllSessions(ctx, desk.CommandLine(), home, "cookies were stolen"))
		o.Clock.Add(-15 * time.Minute)

		run, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- o.Run(run) }()
		synctest.Wait()
		require.Equal(t, 2, o.Count("session.all_ended"))
		require.Empty(t, o.SessionsOf(op.ID))
		for range 20 {
			o.Clock.Add(time.Minute)
			require.False(t, o.Alive(ada.Token))
		}
		require.NotEmpty(t, o.Again("Ada", ada.Secret))
		stop()
		require.ErrorIs(t, <-done, context.Canceled)
	})
}

func TestASessionOfAClockThatWasAheadIsOver(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Clock.Add(10 * time.Minute)
	token := o.Again("Ada", ada.Secret)
	o.Clock.Add(-10 * time.Minute)
	require.NoError(t, o.EndAllSessions(ctx, desk.CommandLine(), home, "cookies were stolen"))
	require.False(t, o.Alive(token), "although it began after that moment")
}
