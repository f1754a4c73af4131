package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

func TestTwentyRightSignInsAtOnceAllSucceed(t *testing.T) {
	for _, c := range []struct {
		name     string
		failures int // before, from there
		person   func(i int) string
		browsers bool
	}{
		{"of twenty operators", 0, func(i int) string { return fmt.Sprint("Person", i) }, false},
		{"of twenty operators where others failed", 27, func(i int) string { return fmt.Sprint("Person", i) }, false},
		{"of one operator", 0, func(int) string { return "Person0" }, false},
		{"of one operator where others failed", 27, func(int) string { return "Person0" }, false},
		{"of one operator in a known browser", 0, func(int) string { return "Person0" }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := staffed(t)
			for i := range 20 {
				o.Person(fmt.Sprint("Person", i), desk.RoleModerator)
			}
			for i := range c.failures {
				o.fail(home, fmt.Sprint("nobody ", i/4))
			}
			v := home
			if c.browsers {
				v.Browsers = mustPass(o.signIn(home, "Person0", good)).Browsers
			}
			desks := []*desk.Desk{o.Desk, o.Desk}
			if c.failures == 0 && !c.browsers {
				desks[1] = o.Another() // these do not reach a limit
			}
			errs := testoffice.Race(20, func(i int) error {
				_, err := desks[i%2].SignIn(ctx, v, desk.SignInForm{Login: c.person(i), Password: good})
				return err
			})
			for i, err := range errs {
				require.NoError(t, err, "%d", i)
			}
			require.Empty(t, o.told("person0@example.org"), "what is not decided yet is no failure")
		})
	}
}

func TestWhoeverWaitsForAnAttemptGainsNoGuess(t *testing.T) {
	o := staffed(t)
	o.Person("Ada", desk.RoleModerator)
	v := home
	v.Browsers = mustPass(o.signIn(home, "Ada", good)).Browsers
	hashes := o.Hasher.Runs()
	errs := testoffice.Race(40, func(int) error {
		_, err := o.signIn(v, "Ada", nonsense)
		return err
	})
	require.Zero(t, winners(errs))
	require.EqualValues(t, 5, o.Hasher.Runs()-hashes, "as often as it may at once")
}

// held is an office in which the limit allows one attempt. The first one stops after
// it is counted, until the test lets it continue. read is closed when another attempt
// has read the counters.
func held(t *testing.T) (o *office, read chan struct{}, letGo func(), first func() error) {
	o = staffed(t)
	o.Person("Ada", desk.RoleModerator)
	o.Rules(map[string]string{"signin.per_address": "1"})
	inside, wait, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	d, st := o.Faulty()
	o.Desk = d
	st.Before("Commit", func() { close(inside); <-wait })
	go func() {
		_, err := o.signIn(home, "Ada", good)
		done <- err
	}()
	<-inside
	read = make(chan struct{})
	st.After("FindCounters", 1, func() { close(read) })
	return o, read, func() { close(wait) }, func() error { return <-done }
}

func TestALimitReachedByAnAttemptThatIsNotDecidedIsWaitedFor(t *testing.T) {
	t.Run("until it turns out right", func(t *testing.T) {
		o, read, letGo, first := held(t)
		second := make(chan error, 1)
		go func() {
			_, err := o.signIn(home, "Ada", good)
			second <- err
		}()
		<-read
		letGo()
		require.NoError(t, first())
		require.NoError(t, <-second)
	})
	t.Run("or the client leaves", func(t *testing.T) {
		o, read, letGo, first := held(t)
		ctx, leave := context.WithCancel(ctx)
		second := make(chan error, 1)
		go func() {
			_, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Ada", Password: good})
			second <- err
		}()
		<-read
		leave()
		require.Error(t, <-second)
		letGo()
		require.NoError(t, first())
	})
}

func TestAPasswordAloneCostsAFewDozenHashesAndFiveSignInsBegun(t *testing.T) {
	o := newOffice(t)
	op, in := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Clock.Add(24 * time.Hour)
	hashes, tokens := o.Hasher.Runs(), []string{}
	for i := range 2000 {
		p, err := o.signIn(from(fmt.Sprintf("198.51.%d.%d", i/250, i%250)), "Ada", good)
		if err == nil {
			tokens = append(tokens, p.Token)
			o.Clock.Add(time.Second)
			continue
		}
		limited := (*desk.LimitedError)(nil)
		require.True(t, errors.As(err, &limited))
	}
	require.Len(t, tokens, 35, "five as if they would be completed, and then as many as wrong ones")
	require.EqualValues(t, 35, o.Hasher.Runs()-hashes)
	for i, token := range tokens {
		_, err := o.PreSession(ctx, token)
		require.Equal(t, i < 30, errors.Is(err, desk.ErrSignInEnded), "%d", i)
	}
	require.Len(t, o.told(op.Email), 1, "the operator hears of it once")
	require.Contains(t, o.told(op.Email)[0], "did not finish signing in")
	o.Clock.Add(23 * time.Hour)
	for range 10 {
		_, err := o.signIn(home, "Ada", good)
		require.NoError(t, err)
	}
	require.Len(t, o.told(op.Email), 1)

	t.Run("and in a known browser a few", func(t *testing.T) {
		o.Clock.Add(24 * time.Hour)
		p, err := o.SubmitCode(ctx, home, mustPass(o.signIn(home, "Ada", good)).Token, o.Code(in.Secret))
		require.NoError(t, err)
		v, hashes, letters := home, o.Hasher.Runs(), len(o.told(op.Email))
		v.Browsers = p.Browsers
		for range 100 {
			_, _ = o.signIn(v, "Ada", good)
		}
		require.EqualValues(t, 5, o.Hasher.Runs()-hashes)
		require.Len(t, o.told(op.Email), letters, "it is probably them")
	})
}

func TestAKnownBrowserHasLimitsThatStrangersCannotTouch(t *testing.T) {
	o := staffed(t)
	op := o.Person("Ada", desk.RoleModerator)
	v := home
	v.Browsers = mustPass(o.signIn(home, "Ada", good)).Browsers
	o.disablePassword("Ada")
	for i := range 40 {
		_, _ = o.signIn(home, fmt.Sprint("nobody ", i), nonsense)
		_, _ = o.signIn(home, "Ada", nonsense)
	}
	_, err := o.signIn(from("203.0.113.8"), "Ada", good)
	require.ErrorIs(t, err, desk.ErrCredentials, "disabled for strangers")
	before := o.shared()
	v.Browsers = mustPass(o.signIn(v, "Ada", good)).Browsers
	require.Equal(t, before, o.shared(), "what strangers share does not show it")
	require.Equal(t, store.ShowActive, o.shown(op.ID), "and the password is no longer disabled")
	_, err = o.signIn(from("203.0.113.8"), "Ada", good)
	require.NoError(t, err)

	t.Run("and of its own", func(t *testing.T) {
		before := o.shared()
		for range 5 {
			_, err := o.signIn(v, "Ada", nonsense)
			require.ErrorIs(t, err, desk.ErrCredentials)
		}
		for wait := 30 * time.Second; wait <= 8*time.Minute; wait *= 2 {
			_, err := o.signIn(v, "Ada", good)
			requireLimited(t, err, o.Now().Add(wait))
			o.Clock.Add(wait)
			_, err = o.signIn(v, "Ada", nonsense)
			require.ErrorIs(t, err, desk.ErrCredentials)
		}
		require.Equal(t, before, o.shared())
		require.Empty(t, o.knows("ada", v.Browsers...), "ten in a row make it a stranger's")
		require.Equal(t, 1, o.Count("browser.ended"))
		o.Clock.Add(time.Hour)
		_, err := o.signIn(v, "Ada", good)
		require.NoError(t, err, "who may sign in like any other")
		require.NotEqual(t, before, o.shared())
	})
	t.Run("which unlocking clears", func(t *testing.T) {
		o.Clock.Add(24 * time.Hour)
		v.Browsers = mustPass(o.signIn(v, "Ada", good)).Browsers
		for range 5 {
			_, err := o.signIn(v, "Ada", nonsense)
			require.ErrorIs(t, err, desk.ErrCredentials)
		}
		before := o.shared()
		require.NoError(t, o.Unlock(ctx, desk.CommandLine(), home, op.ID))
		_, err := o.signIn(v, "Ada", good)
		require.NoError(t, err)
		require.Equal(t, before, o.shared())
	})
	t.Run("and a token is worth nothing for another account", func(t *testing.T) {
		o.Person("Ben", desk.RoleModerator)
		for i := range 30 {
			o.fail(from(fmt.Sprintf("198.51.100.%d", i)), "Ben")
		}
		_, err := o.signIn(v, "Ben", good)
		limited := (*desk.LimitedError)(nil)
		require.ErrorAs(t, err, &limited)
	})
}

// shared is what is counted in rows that strangers share.
func (o *office) shared() string {
	rows := strings.Split(o.Dump("events", "mails"), "--\n")
	return strings.Join(slices.DeleteFunc(rows, func(row string) bool { return !strings.HasPrefix(row, "signin-") }), "")
}

func TestManyAtOnceGetNoMoreGuessesThanOneByOne(t *testing.T) {
	for _, c := range []struct {
		name          string
		failed, right int
		password      string
		guesses, pass int
		networks      func(i int) desk.Visit
	}{
		{"of which the first five pass", 0, 0, nonsense, 5, 0, func(int) desk.Visit { return home }},
		{"when the next is the last", 4, 0, nonsense, 1, 0, func(int) desk.Visit { return home }},
		{"after a wait", 6, 0, nonsense, 1, 0, func(int) desk.Visit { return home }},
		{"from one /56", 0, 0, nonsense, 10, 0, func(i int) desk.Visit { return from(fmt.Sprintf("2001:db8:1:%x::1", i)) }},
		{"and all the right ones", 4, 0, good, 20, 20, func(int) desk.Visit { return home }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var gate chan struct{} // if set, hashes wait for it
				slow := testoffice.Hashing
				slow.Trace = func(ctx context.Context, operation string) (context.Context, func(error)) {
					if operation == password.TraceHash && gate != nil {
						<-gate
					}
					return ctx, nil
				}
				hasher, err := password.NewHasher(slow)
				require.NoError(t, err)
				o := newOffice(t, func(cfg *desk.Config) { cfg.Hasher = hasher })
				o.Person("Ada", desk.RoleSuperAdministrator)
				for range c.failed {
					o.fail(c.networks(0), "Ada")
					o.Clock.Add(5 * time.Minute)
				}
				gate = make(chan struct{})
				hashes, done := hasher.Runs(), make(chan []error)
				go func() {
					done <- testoffice.Race(20, func(i int) error {
						_, err := o.signIn(c.networks(i), "Ada", c.password)
						return err
					})
				}()
				synctest.Wait()
				close(gate)
				require.Equal(t, c.pass, winners(<-done))
				require.EqualValues(t, c.guesses, hasher.Runs()-hashes)
			})
		})
	}
}

// shaky is a directory that panics.
type shaky struct{ *testoffice.Directory }

func (shaky) FindMemberByLogin(context.Context, string) (desk.Member, error) { panic("shaky") }

func TestAnAttemptThatPanicsIsNotWaitedFor(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	o.Desk.Members = shaky{testoffice.NewDirectory()}
	for range 5 {
		require.Panics(t, func() { _, _ = o.signIn(home, "Ada", good) })
	}
	o.Desk.Members = nil
	_, err := o.signIn(home, "Ada", good)
	require.NoError(t, err)
}
