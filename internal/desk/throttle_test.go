package desk_test

import (
	"errors"
	"fmt"
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
	for range 5 {
		o.fail(home, "Ada")
	}
}

func TestUnknownNamesAreLimitedLikeKnownOnes(t *testing.T) {
	o, _ := crowd(t)
	// Every login tries the same, each from an address of its own.
	logins := []string{"Ada", "Zoe", "Disa", "Ivan", "Norole", "moe", "mia", "ada@example.org", "zoe@example.org"}
	want := make([]string, len(logins))
	for range 130 {
		for i, login := range logins {
			v := from(fmt.Sprintf("192.0.2.%d", i))
			_, err := o.SignIn(ctx, v, desk.SignInForm{Login: login, Password: nonsense})
			limited := (*desk.LimitedError)(nil)
			if errors.As(err, &limited) {
				want[i] += "\n limited until " + limited.RetryAt.String()
			} else {
				require.ErrorIs(t, err, desk.ErrCredentials)
				want[i] += "\n refused"
			}
		}
		o.Clock.Add(70 * time.Minute)
	}
	for i, login := range logins {
		require.Equal(t, want[0], want[i], login)
	}
	require.Contains(t, want[0], "limited until 0001", "in the end only clearing helps")
}

func TestOneAddressFailsThirtyTimesInAQuarterOfAnHour(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	began := o.Clock.Now()
	for i := range 30 {
		o.fail(home, fmt.Sprintf("nobody %d", i%6))
		if i%6 == 5 {
			o.Clock.Add(time.Minute)
		}
	}
	_, err := o.Login("Ada", good)
	requireLimited(t, err, began.Add(15*time.Minute))
	_, err = o.SignIn(ctx, from("203.0.113.8"), desk.SignInForm{Login: "Ada", Password: good})
	require.NoError(t, err, "the neighbour is not concerned")
	o.Clock.Set(began.Add(15 * time.Minute))
	_, err = o.Login("Ada", good)
	require.NoError(t, err)
}

func TestTheEleventhNameFromOneAddressIsLimited(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	began := o.Clock.Now()
	for i := range 10 {
		o.fail(home, fmt.Sprintf("nobody %d", i))
		o.fail(home, fmt.Sprintf("nobody %d", i))
	}
	_, err := o.Login("Ada", good)
	requireLimited(t, err, began.Add(15*time.Minute))
	o.fail(home, "nobody 3")

	t.Run("also after a while, with the same names", func(t *testing.T) {
		o.Clock.Set(began.Add(16 * time.Minute))
		for i := range 10 {
			o.fail(home, fmt.Sprintf("nobody %d", i))
		}
		_, err := o.Login("Ada", good)
		requireLimited(t, err, began.Add(31*time.Minute))
	})
}

func TestOneNameTriedOftenIsOneName(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	o.Person("Ben", desk.RoleSuperAdministrator)
	for range 5 {
		o.fail(from("198.51.100.1"), "Ada")
	}
	// Ada herself, kept out by somebody else, tries on from home.
	for range 40 {
		_, err := o.Login("Ada", good)
		limited := (*desk.LimitedError)(nil)
		require.ErrorAs(t, err, &limited)
	}
	_, err := o.Login("Ben", good)
	require.NoError(t, err, "somebody else at the same address")
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

func TestASuccessClearsItsOwnCountersOnly(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	o.Person("Ben", desk.RoleSuperAdministrator)
	for range 4 {
		o.fail(home, "Ada")
		o.fail(home, "ada@example.org")
		o.fail(home, "Ben")
	}
	_, err := o.Login("Ada", good)
	require.NoError(t, err)
	for range 5 {
		o.fail(home, "Ada")
	}
	for _, login := range []string{"Ben", "ada@example.org"} {
		o.fail(home, login)
		_, err = o.Login(login, good)
		requireLimited(t, err, o.Now().Add(30*time.Second))
	}

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
		requireLimited(t, err, o.Now().Add(15*time.Minute))
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
	_, err = o.Login("Ada", better)
	require.NoError(t, err)
	_, err = o.Login("ada@example.org", better)
	require.NoError(t, err)
	require.False(t, o.Alive(session))
	require.Equal(t, store.OperatorActive, o.Find(op.ID).State)
}

func TestAnOperatorWithTheRightUnlocks(t *testing.T) {
	o := newOffice(t)
	op := o.Person("Ada", desk.RoleSuperAdministrator)
	for range 5 {
		o.fail(home, "Ada")
	}
	_, err := o.Login("Ada", good)
	require.Error(t, err)
	require.ErrorIs(t, o.Unlock(ctx, desk.Actor{}, home, op.ID), desk.ErrForbidden)
	require.ErrorIs(t, o.Unlock(ctx, desk.CommandLine(), home, "nobody"), desk.ErrNotFound)
	require.NoError(t, o.Unlock(ctx, desk.CommandLine(), home, "ada@example.org"))
	_, err = o.Login("Ada", good)
	require.NoError(t, err)
	require.Equal(t, 1, o.Count("operator.unlocked"))
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

func TestOfManyGuessesAtOnceFiveAreEvaluated(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	hashes := o.Hasher.Runs()
	errs := testoffice.Race(60, func(i int) error {
		_, err := o.SignIn(ctx, from(fmt.Sprintf("198.51.100.%d", i)), desk.SignInForm{Login: "Ada", Password: nonsense})
		return err
	})
	require.Zero(t, winners(errs))
	require.EqualValues(t, 5, o.Hasher.Runs()-hashes)
}
