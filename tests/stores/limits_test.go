package stores_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
)

func TestTwentyRightSignInsAtOnceOnTwoReplicas(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		o := staffed(t, d)
		for i := range 20 {
			o.Person(fmt.Sprint("Person", i), desk.RoleModerator)
		}
		replicas := []*desk.Desk{o.Desk, o.Over(d.over(t, d.open(t)))}
		for name, each := range map[string]int{"of twenty operators": 1, "of one operator": 0} {
			errs := testoffice.Race(20, func(i int) error {
				_, err := replicas[i%2].SignIn(t.Context(), testoffice.Home, desk.SignInForm{Login: fmt.Sprint("Person", i*each), Password: testoffice.Good})
				return err
			})
			for _, err := range errs {
				require.NoError(t, err, name)
			}
		}
	})
}

// While its owner signs in from a known browser, resets the password and is unlocked,
// strangers see the same as for a name that does not exist.
func TestLimitsTellStrangersNothingOnAnyStore(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		o := staffed(t, d)
		ada := o.Person("Ada", desk.RoleModerator)
		mine := testoffice.From("192.0.2.9")
		passed, err := o.SignIn(t.Context(), mine, desk.SignInForm{Login: "Ada", Password: testoffice.Good})
		require.NoError(t, err)
		mine.Browsers = passed.Browsers
		o.Clock.Add(24 * time.Hour)
		for i := range 40 {
			seen := map[string]string{}
			for n, login := range []string{"ada", "zoe"} {
				v := testoffice.From(fmt.Sprintf("198.51.%d.%d", i%7, n))
				_, err := o.SignIn(t.Context(), v, desk.SignInForm{Login: login, Password: testoffice.Wrong})
				seen[login] = fmt.Sprint(err)
				if limited, ok := err.(*desk.LimitedError); ok {
					seen[login] += limited.RetryAt.String()
				}
			}
			require.Equal(t, seen["zoe"], seen["ada"], "%d", i)
			switch i % 8 {
			case 3:
				passed, err := o.SignIn(t.Context(), mine, desk.SignInForm{Login: "Ada", Password: testoffice.Good})
				require.NoError(t, err)
				mine.Browsers = passed.Browsers
			case 5:
				require.NoError(t, o.Unlock(t.Context(), desk.CommandLine(), mine, ada.ID))
			case 7:
				o.Clock.Add(47 * time.Second)
			}
		}
	})
}

// A stranger who asks for a link does not end one that an operator handed over.
func TestALinkHandedOverOutlivesThoseThatStrangersAskFor(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		o := staffed(t, d)
		ada := o.Person("Ada", desk.RoleModerator)
		url, _, err := o.PasswordLink(t.Context(), desk.CommandLine(), testoffice.Home, ada.ID)
		require.NoError(t, err)
		for range 20 {
			o.Clock.Add(time.Minute)
			require.NoError(t, o.RequestReset(t.Context(), testoffice.From("198.51.100.1"), "ada@example.org"))
		}
		_, err = o.Desk.Reset(t.Context(), testoffice.Home, desk.LinkForm{Token: testoffice.Token(url), Password: testoffice.Better, Again: testoffice.Better})
		require.NoError(t, err)
	})
}

// staffed is an office over a database in which a password is enough to sign in.
func staffed(t *testing.T, d database) *testoffice.Office {
	t.Helper()
	o := testoffice.Open(testoffice.NewRig(t, d.store(t)))
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	o.Person("Root", desk.RoleSuperAdministrator)
	return o
}
