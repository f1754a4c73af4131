package desk_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// fail signs in with a wrong password and wants the plain refusal.
func (o *office) fail(v desk.Visit, login string) {
	o.T.Helper()
	_, err := o.SignIn(ctx, v, desk.SignInForm{Login: login, Password: nonsense})
	require.ErrorIs(o.T, err, desk.ErrCredentials)
}

func TestFiveFailuresPassAndThenTheWaitsDouble(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	for range 5 {
		o.fail(home, "Ada")
	}
	wait := 30 * time.Second
	for i := range 10 {
		from := o.Clock.Now()
		hashes := o.Hasher.Runs()
		_, err := o.Login("Ada", good)
		requireLimited(t, err, from.Add(wait))
		o.Clock.Set(from.Add(wait - time.Microsecond))
		_, err = o.Login("Ada", good)
		requireLimited(t, err, from.Add(wait))
		require.Equal(t, hashes, o.Hasher.Runs(), "what is limited is not even looked at")
		require.Equal(t, "signin.limited", o.Last().Code)
		o.Clock.Set(from.Add(wait))
		o.fail(home, "Ada")
		if i < 7 {
			wait *= 2
		}
		wait = min(wait, time.Hour)
	}
	require.Equal(t, time.Hour, wait)
	o.Clock.Add(time.Hour)
	_, err := o.Login("Ada", good)
	require.NoError(t, err, "the right password after the wait")
	o.fail(home, "Ada")
	_, err = o.Login("Ada", good)
	requireLimited(t, err, o.Now().Add(time.Hour))
	_, err = o.SignIn(ctx, from("203.0.113.8"), desk.SignInForm{Login: "Ada", Password: good})
	require.NoError(t, err, "another network has not failed")
}

func TestUnknownNamesAreLimitedLikeKnownOnes(t *testing.T) {
	o, _ := crowd(t)
	// The same attempts for every login, each from networks of its own.
	logins := []string{"Ada", "Zoe", "Disa", "Ivan", "Norole", "moe", "mia", "ada@example.org", "zoe@example.org"}
	want := make([]string, len(logins))
	for n := range 260 {
		for i, login := range logins {
			v := from(fmt.Sprintf("192.0.%d.%d", n%3, i))
			_, err := o.SignIn(ctx, v, desk.SignInForm{Login: login, Password: nonsense})
			limited := (*desk.LimitedError)(nil)
			if errors.As(err, &limited) {
				want[i] += "\n limited until " + limited.RetryAt.String()
			} else {
				require.ErrorIs(t, err, desk.ErrCredentials)
				want[i] += "\n refused"
			}
		}
		o.Clock.Add(time.Duration(n) * 10 * time.Second)
	}
	for i, login := range logins {
		require.Equal(t, want[0], want[i], login)
	}
	require.Contains(t, want[0], "limited until")
	require.NotContains(t, want[0], "limited until 0001", "time always helps")
}

func TestOneAddressFailsThirtyTimesInAQuarterOfAnHour(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	for i := range 30 {
		o.fail(home, fmt.Sprintf("nobody %d", i%6))
	}
	_, err := o.Login("Ada", good)
	requireLimited(t, err, o.Now().Add(30*time.Second))
	_, err = o.SignIn(ctx, from("203.0.113.8"), desk.SignInForm{Login: "Ada", Password: good})
	require.NoError(t, err, "the neighbour is not concerned")
	for i := range 20 { // then one each half minute, without a cliff
		o.Clock.Add(30 * time.Second)
		_, err = o.Login("Ada", good)
		require.NoError(t, err, "%d", i)
		o.fail(home, fmt.Sprintf("somebody %d", i/5))
		_, err = o.Login("Ada", good)
		requireLimited(t, err, o.Now().Add(30*time.Second))
	}
}

func TestTheEleventhNameFromOneAddressIsLimited(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	for i := range 10 {
		o.fail(home, fmt.Sprintf("nobody %d", i))
		o.fail(home, fmt.Sprintf("nobody %d", i))
	}
	_, err := o.Login("Ada", good)
	requireLimited(t, err, o.Now().Add(90*time.Second))
	o.fail(home, "nobody 3")
	o.Clock.Add(90 * time.Second)
	_, err = o.Login("Ada", good)
	require.NoError(t, err)
	o.fail(home, "somebody else")
	_, err = o.SignIn(ctx, home, desk.SignInForm{Login: "yet another", Password: nonsense})
	requireLimited(t, err, o.Now().Add(90*time.Second))
}

func TestOneNameTriedOftenIsOneName(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	o.Person("Ben", desk.RoleSuperAdministrator)
	for i := range 30 {
		o.fail(from(fmt.Sprintf("198.51.100.%d", i)), "Ada")
	}
	// Ada herself, kept out by strangers, keeps trying from home.
	for range 40 {
		_, err := o.Login("Ada", good)
		requireLimited(t, err, o.Now().Add(3*time.Minute))
	}
	_, err := o.Login("Ben", good)
	require.NoError(t, err, "someone else at the same address")
	o.Clock.Add(3 * time.Minute)
	_, err = o.Login("Ada", good)
	require.NoError(t, err)
}

func TestAddressesAreGroupedAsSubscribersHaveThem(t *testing.T) {
	for _, c := range []struct {
		name, one, other string
		same             bool
	}{
		{"one IPv6 network of 64 bits", "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
		{"two IPv6 networks", "2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"an IPv4 address written as IPv6", "203.0.113.7", "::ffff:203.0.113.7", true},
		{"two IPv4 addresses", "203.0.113.7", "203.0.113.8", false},
		{"an address with a zone", "fe80::1%eth0", "fe80::2%eth1", true},
		{"what is no address", "unix", "unix", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			for i := range 30 {
				o.fail(from(c.one), fmt.Sprintf("nobody %d", i%10))
			}
			_, err := o.SignIn(ctx, from(c.other), desk.SignInForm{Login: "nobody 0", Password: nonsense})
			limited := (*desk.LimitedError)(nil)
			require.Equal(t, c.same, errors.As(err, &limited))
		})
	}
}

func TestAWholeIPv6NetworkIsNotAsManyStrangersAsItHasParts(t *testing.T) {
	for _, c := range []struct {
		network   string // of the i-th attempt
		any, name int    // attempts that pass at once: for any names, and for one
	}{
		{"2001:db8:1:%x::1", 120, 10},   // one /56
		{"2001:db8:1:%x00::1", 300, 20}, // one /48: with different names, the limit for names comes first
	} {
		o := newOffice(t)
		passes := func(login string) int {
			n := 0
			for i := range 250 {
				_, err := o.SignIn(ctx, from(fmt.Sprintf(c.network, i)), desk.SignInForm{Login: strings.ReplaceAll(login, "%", fmt.Sprint(i/5)), Password: nonsense})
				if errors.Is(err, desk.ErrCredentials) {
					n++
				}
			}
			return n
		}
		require.Equal(t, c.name, passes("Ada"))
		require.LessOrEqual(t, passes("nobody %"), c.any)
	}
}

func TestASuccessClearsItsOwnCountersOnly(t *testing.T) {
	o := newOffice(t)
	op := o.Person("Ada", desk.RoleSuperAdministrator)
	o.Person("Ben", desk.RoleSuperAdministrator)
	for range 4 {
		o.fail(home, "Ada")
		o.fail(home, "ada@example.org")
		o.fail(home, "Ben")
	}
	_, err := o.Login("Ada", good)
	require.NoError(t, err)
	for _, login := range []string{"Ada", "Ben", "ada@example.org"} {
		o.fail(home, login)
		_, err = o.Login(login, good)
		requireLimited(t, err, o.Now().Add(30*time.Second))
	}
	require.Equal(t, 2, o.times("password:"+op.ID), "what strangers cannot see begins anew")

	t.Run("the address keeps its failures", func(t *testing.T) {
		o := newOffice(t)
		o.Person("Ada", desk.RoleSuperAdministrator)
		for i := range 29 {
			o.fail(home, fmt.Sprintf("nobody %d", i%9))
			_, err := o.Login("Ada", good)
			require.NoError(t, err)
		}
		o.fail(home, "nobody 0")
		_, err := o.Login("Ada", good)
		requireLimited(t, err, o.Now().Add(30*time.Second))
	})
}

func TestAHundredFailuresDisableThePasswordUntilItIsReset(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	session := o.Again("Ada", ada.Secret)
	for i := range 100 {
		o.Clock.Add(time.Hour)
		// Two names reach the same account, so that no name alone comes to a
		// hundred.
		o.fail(home, []string{"Ada", "ada@example.org"}[i%2])
	}
	o.Clock.Add(time.Hour)
	for _, login := range []string{"Ada", "ada@example.org"} {
		hashes := o.Hasher.Runs()
		_, err := o.Login(login, good)
		require.ErrorIs(t, err, desk.ErrCredentials)
		require.EqualValues(t, 1, o.Hasher.Runs()-hashes)
		require.Contains(t, o.Last().Reason, "disabled after too many failures")
	}
	listed, err := o.Operators(ctx, desk.CommandLine(), store.OperatorQuery{})
	require.NoError(t, err)
	require.Equal(t, store.ShowLocked, listed.Rows[0].Show)

	token := o.ResetLink("ada@example.org")
	require.NoError(t, o.Reset(ctx, home, desk.LinkForm{Token: token, Password: better, Again: better, Code: o.Code(ada.Secret)}))
	for _, login := range []string{"Ada", "ada@example.org"} {
		_, err = o.SignIn(ctx, from("203.0.113.8"), desk.SignInForm{Login: login, Password: better})
		require.NoError(t, err)
	}
	require.False(t, o.Alive(session))
	require.Equal(t, store.OperatorActive, o.Find(op.ID).State)
}

func TestAnOperatorWithTheRightUnlocks(t *testing.T) {
	o := newOffice(t)
	op := o.Person("Ada", desk.RoleSuperAdministrator)
	o.disablePassword("Ada")
	_, err := o.Login("Ada", good)
	require.ErrorIs(t, err, desk.ErrCredentials)
	require.ErrorIs(t, o.Unlock(ctx, desk.Actor{}, home, op.ID), desk.ErrForbidden)
	require.ErrorIs(t, o.Unlock(ctx, desk.CommandLine(), home, "nobody"), desk.ErrNotFound)
	require.NoError(t, o.Unlock(ctx, desk.CommandLine(), home, "ada@example.org"))
	_, err = o.Login("Ada", good)
	require.NoError(t, err)
	require.Equal(t, 1, o.Count("operator.unlocked"))
}

// disablePassword fails so often under a name, from networks of its own, that the
// password is disabled.
func (o *office) disablePassword(login string) {
	o.T.Helper()
	for i := range 100 {
		o.Clock.Add(3 * time.Minute)
		o.fail(from(fmt.Sprintf("198.51.%d.7", i)), login)
	}
	o.Clock.Add(3 * time.Minute)
}

// times returns the count under a key.
func (o *office) times(key string) int {
	o.T.Helper()
	found, err := o.Mem.FindCounters(ctx, key)
	require.NoError(o.T, err)
	n := 0
	for _, c := range found {
		n += c.Count
	}
	return n
}

func TestALiveSessionSurvivesThrottling(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	for i := range 120 {
		_, err := o.SignIn(ctx, from(fmt.Sprintf("198.51.100.%d", i)), desk.SignInForm{Login: "Ada", Password: nonsense})
		require.Error(t, err)
		o.Clock.Add(time.Minute)
		require.True(t, o.Alive(ada.Token))
	}
}

func TestOfManyGuessesAtOnceThirtyAreEvaluated(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	hashes := o.Hasher.Runs()
	errs := testoffice.Race(60, func(i int) error {
		_, err := o.SignIn(ctx, from(fmt.Sprintf("198.51.100.%d", i)), desk.SignInForm{Login: "Ada", Password: nonsense})
		return err
	})
	require.Zero(t, winners(errs))
	require.EqualValues(t, 30, o.Hasher.Runs()-hashes)
}
