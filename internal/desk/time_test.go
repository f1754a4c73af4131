package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/clock"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

const day = 24 * time.Hour

// timed is an office whose wall clock is that of the rig, as on SQLite, and whose
// monotonic clock goes on as a test says.
type timed struct {
	*office
	elapsed time.Duration
}

func newTimed(t *testing.T, change ...func(*desk.Config)) *timed {
	o := &timed{}
	o.office = newOffice(t, append(change, func(c *desk.Config) {
		c.Machine = clock.Machine{Wall: c.Clock, Monotonic: func() time.Duration { return o.elapsed }}
		c.Clock = nil
	})...)
	return o
}

// pass lets time pass, with a purge every ten minutes as Run asks for it.
func (o *timed) pass(d time.Duration) {
	o.T.Helper()
	for ; d > 0; d -= 10 * time.Minute {
		o.Clock.Add(min(d, 10*time.Minute))
		o.elapsed += min(d, 10*time.Minute)
		require.NoError(o.T, o.Purge(ctx))
	}
}

// fillOld makes one of everything that a purge a year later would delete.
func (o *timed) fillOld() {
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	o.Person("Ada", desk.RoleSuperAdministrator)
	o.Enter("Ada")
	_, err := o.Login("Ada", nonsense)
	require.Error(o.T, err)
	o.ResetLink("ada@example.org")
}

// kept is everything that a purge could delete.
func (o *timed) kept() string {
	return o.Dump("parameters") + strings.Join(o.Codes(), " ")
}

func TestAYearAheadForSecondsDeletesNothing(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, 2 * day, 366 * day, 3650 * day} {
		o := newTimed(t)
		o.pass(3 * time.Hour) // steady
		o.fillOld()
		before := o.kept()
		o.Clock.Add(jump)
		for range 3 {
			o.Clock.Add(time.Second)
			o.elapsed += time.Second
			require.NoError(t, o.Purge(ctx))
		}
		o.Clock.Add(-jump)
		require.Equal(t, before, o.kept())
		require.Contains(t, o.Log.String(), "the clock has jumped")
		o.pass(50 * time.Minute)
		require.Contains(t, o.Codes(), "signin.succeeded")
		require.Len(t, o.SessionsOf("id-of-ada"), 1, "nor before the hour is over")
		o.pass(20 * time.Minute)
		require.Empty(t, o.SessionsOf("id-of-ada"), "idle, by a clock that was right for an hour")
	}
}

func TestAStartWithAWrongClockDeletesNothingForAnHour(t *testing.T) {
	o := newTimed(t)
	o.fillOld()
	before := o.kept()
	o.Clock.Add(800 * day)
	require.NoError(t, o.Purge(ctx), "a first look only remembers")
	o.pass(59 * time.Minute)
	require.Equal(t, before, o.kept())
}

func TestAnOfficeThatWasIdleForYearsIsPurgedAfterTheWait(t *testing.T) {
	o := newTimed(t)
	o.fillOld()
	o.Clock.Add(730 * day)
	o.pass(70 * time.Minute)
	require.Equal(t, []string{"audit.purged"}, o.Codes())
	require.Empty(t, o.SessionsOf("id-of-ada"))
	mails, err := o.Mem.ListMails(ctx, store.MailQuery{State: store.MailSent})
	require.NoError(t, err)
	require.Empty(t, mails.Rows)
}

// TestASuspendedMachineWaits is of one whose monotonic clock stood still.
func TestASuspendedMachineWaits(t *testing.T) {
	o := newTimed(t)
	o.pass(2 * time.Hour)
	o.fillOld()
	o.Clock.Add(8 * time.Hour)
	require.NoError(t, o.Purge(ctx))
	require.Len(t, o.SessionsOf("id-of-ada"), 1)
	o.pass(70 * time.Minute)
	require.Empty(t, o.SessionsOf("id-of-ada"))
}

// TestWhatAWrongClockStoredDoesNotLast stores with a clock a year ahead, and then has
// it right.
func TestWhatAWrongClockStoredDoesNotLast(t *testing.T) {
	o := newTimed(t)
	_, in := o.Enrolled("Ben", desk.RoleModerator)
	o.Rules(map[string]string{"two_factor.who": "recommended", "reset.per_account": "1"})
	o.Person("Ada", desk.RoleSuperAdministrator)
	_, mia := o.Invited("mia@example.org", "Mia", desk.RoleModerator)
	const ahead = 366 * day
	o.Clock.Add(ahead)
	session := o.Enter("Ada")
	pre := o.Begun("Ben")
	link := o.ResetLink("ada@example.org")
	for range 50 {
		_, err := o.Login("Ben", nonsense)
		require.Error(t, err)
	}
	_, err := o.Login("Ben", good)
	requireLimitedAtAll(t, err)
	o.Clock.Add(-ahead)

	require.False(t, o.Alive(session), "a session")
	require.True(t, o.Alive(in.Token), "not one from before")
	_, err = o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded, "a sign-in")
	require.ErrorIs(t, o.Reset(ctx, home, form(link, "")), desk.ErrLink, "a link")
	require.NoError(t, o.Welcome(ctx, home, form(mia, "")), "not one from before")
	_, err = o.Login("Ben", good)
	require.NoError(t, err, "a wait")
	o.ResetLink("ada@example.org") // a limit on requests
}

func requireLimitedAtAll(t *testing.T, err error) {
	t.Helper()
	require.ErrorAs(t, err, new(*desk.LimitedError))
}

func TestASkewIsSaidOnceAndDeletesNothing(t *testing.T) {
	for _, c := range []struct {
		ahead time.Duration // of the machine
		wrong bool
	}{{0, false}, {29 * time.Second, false}, {-29 * time.Second, false}, {31 * time.Second, true}, {-31 * time.Second, true}, {366 * day, true}} {
		var database testoffice.Clock
		database.Set(testoffice.Noon)
		o := newTimed(t, func(cfg *desk.Config) {
			cfg.Store = testoffice.Telling{Store: cfg.Store, Tell: func(time.Time) time.Time { return database.Now() }}
		})
		o.fillOld()
		o.Clock.Add(c.ahead)
		_, err := o.Fresh(ctx)
		require.NoError(t, err)
		require.Equal(t, testoffice.Noon, o.Now(), "the time is the database's")
		skew, wrong := o.ClockWrong()
		require.Equal(t, c.ahead, skew)
		require.Equal(t, c.wrong, wrong)

		for range 3 * 60 / 10 {
			database.Add(10 * time.Minute)
			o.pass(10 * time.Minute)
			_, err := o.Fresh(ctx)
			require.NoError(t, err)
		}
		require.Equal(t, c.wrong, len(o.SessionsOf("id-of-ada")) == 1, "%s ahead", c.ahead)
		o.Clock.Add(-c.ahead)
		_, err = o.Fresh(ctx)
		require.NoError(t, err)
		times := map[bool]int{true: 1}[c.wrong]
		require.Equal(t, times, strings.Count(o.Log.String(), "clock of this machine is wrong"))
		require.Equal(t, times, strings.Count(o.Log.String(), "clock of this machine is right again"))
	}
}

func TestExpiryIsJudgedByTheTimeThatCameWithTheRow(t *testing.T) {
	var database testoffice.Clock
	database.Set(testoffice.Noon)
	o := newTimed(t, func(cfg *desk.Config) {
		cfg.Store = testoffice.Telling{Store: cfg.Store, Tell: func(time.Time) time.Time { return database.Now() }}
	})
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	o.Person("Ada", desk.RoleModerator)
	token := o.Enter("Ada")
	database.Add(29 * time.Minute)
	require.True(t, o.Alive(token))
	database.Add(30 * time.Minute)
	require.False(t, o.Alive(token), "although nothing else told the time since")
}
