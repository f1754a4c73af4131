package reset_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/reset"
)

func TestGapEndsAtItsVeryInstant(t *testing.T) {
	f := setup(t)
	for _, step := range []struct {
		at   time.Duration
		send bool
	}{
		{0, true},
		{0, false},
		{time.Minute - time.Microsecond, false},
		{time.Minute, true}, // requests inside the gap did not prolong it
		{2*time.Minute - time.Microsecond, false},
		{2 * time.Minute, true},
	} {
		f.clock.set(start.Add(step.at))
		send, err := f.Allow(t.Context(), "ada", "192.0.2.1")
		require.NoError(t, err)
		require.Equal(t, step.send, send, "after %v", step.at)
	}
}

func TestFiveMailsPerAccountAndHour(t *testing.T) {
	f := setup(t)
	allow := func() bool {
		send, err := f.Allow(t.Context(), "ada", "192.0.2.1")
		require.NoError(t, err)
		return send
	}
	for range 5 {
		require.True(t, allow())
		f.clock.add(2 * time.Minute)
	}
	require.False(t, allow(), "the sixth")
	f.clock.set(start.Add(12*time.Minute - time.Microsecond))
	require.False(t, allow(), "just before the first is forgotten")
	for i := range 10 {
		f.clock.set(start.Add(time.Duration(i+1) * 12 * time.Minute))
		require.True(t, allow(), "one each 12 minutes")
		f.clock.add(11 * time.Minute)
		require.False(t, allow())
	}
}

func TestALinkCanAlwaysBeHadBeforeTheLastOneEnds(t *testing.T) {
	for name, policy := range map[string]func(*reset.Policy){
		"one an hour":           func(p *reset.Policy) { p.PerAccount, p.Life = 1, 20*time.Minute },
		"an hour between two":   func(p *reset.Policy) { p.Gap, p.Life = time.Hour, 20*time.Minute },
		"what is the default":   func(p *reset.Policy) {},
		"links of five minutes": func(p *reset.Policy) { p.Life = reset.MinLife },
	} {
		t.Run(name, func(t *testing.T) {
			p := reset.DefaultPolicy()
			policy(&p)
			f := setup(t, withPolicy(policy))
			var last time.Duration
			// A stranger asks every 15 seconds, for a day.
			for at := time.Duration(0); at < 24*time.Hour; at += 15 * time.Second {
				f.clock.set(start.Add(at))
				send, err := f.Allow(t.Context(), "ada", fmt.Sprint("198.51.100.", at/time.Second%250))
				require.NoError(t, err)
				if send {
					last = at
				}
				require.LessOrEqual(t, at-last, p.Life)
			}
		})
	}
}

func TestImpatienceDoesNotUseUpTheHour(t *testing.T) {
	f := setup(t)
	for range 5 {
		for i := range 5 {
			send, err := f.Allow(t.Context(), "ada", "192.0.2.1")
			require.NoError(t, err)
			require.Equal(t, i == 0, send)
		}
		f.clock.add(time.Minute)
	}
}

func TestThirtyRequestsPerIPAndHour(t *testing.T) {
	f := setup(t)
	for i := range 30 {
		send, err := f.Allow(t.Context(), fmt.Sprint("member ", i), "192.0.2.1")
		require.NoError(t, err)
		require.True(t, send)
	}
	limited := func(why string) {
		t.Helper()
		send, err := f.Allow(t.Context(), "somebody else", "192.0.2.1")
		require.False(t, send)
		var e *reset.LimitedError
		require.ErrorAs(t, err, &e, why)
		require.Equal(t, start.Add(2*time.Minute), e.RetryAt)
		require.NotContains(t, err.Error(), "192.0.2.1")
	}
	limited("the 31st")
	f.clock.set(start.Add(2*time.Minute - time.Microsecond))
	limited("just before the first is forgotten")

	send, err := f.Allow(t.Context(), "somebody else", "192.0.2.2")
	require.NoError(t, err)
	require.True(t, send, "another address; the refused ones did not count against the account")

	f.clock.set(start.Add(2 * time.Minute))
	send, err = f.Allow(t.Context(), "yet another", "192.0.2.1")
	require.NoError(t, err)
	require.True(t, send, "at RetryAt")
}

func TestAddressesThatCountAsOne(t *testing.T) {
	tests := map[string]struct {
		first, second string
		same          bool
	}{
		"the same address":                {"192.0.2.1", "192.0.2.1", true},
		"another port":                    {"192.0.2.1:1024", "192.0.2.1:1025", true},
		"with and without port":           {"192.0.2.1", "192.0.2.1:1025", true},
		"blanks around":                   {"192.0.2.1", " 192.0.2.1 ", true},
		"IPv4 written as IPv6":            {"192.0.2.1", "::ffff:192.0.2.1", true},
		"another IPv4 address":            {"192.0.2.1", "192.0.2.2", false},
		"another IPv6 address of the /64": {"2001:db8::1", "2001:db8::ffff:1", true},
		"another IPv6 address, with port": {"2001:db8::1", "[2001:db8::2]:443", true},
		"an IPv6 address in brackets":     {"2001:db8::1", "[2001:db8::1]", true},
		"an IPv6 address with a zone":     {"fe80::1", "fe80::1%eth0", true},
		"another /64":                     {"2001:db8:0:1::1", "2001:db8:0:2::1", false},
		"no address at all":               {"", "", true},
		"no address, and one":             {"", "192.0.2.1", false},
		"a name, and the same name":       {"@", "@", true},
		"a name, and another":             {"pipe-1", "pipe-2", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := setup(t, withPolicy(func(p *reset.Policy) { p.PerIP = 1 }))
			_, err := f.Allow(t.Context(), "ada", test.first)
			require.NoError(t, err)
			_, err = f.Allow(t.Context(), "bob", test.second)
			if test.same {
				require.ErrorAs(t, err, new(*reset.LimitedError))
			} else {
				require.NoError(t, err)
			}
		})
	}
}

func TestAccountsAreCountedApartAndTheEmptyOneToo(t *testing.T) {
	f := setup(t)
	for _, account := range []string{"ada", "bob", ""} {
		for i := range 2 {
			send, err := f.Allow(t.Context(), account, "192.0.2.1")
			require.NoError(t, err)
			require.Equal(t, i == 0, send, account)
		}
	}
}

func TestPurposesAreCountedApart(t *testing.T) {
	f := setup(t)
	other := setup(t, func(c *reset.Config) { c.Store, c.Purpose = f.spy.Store, "other-reset" })
	for _, links := range []*reset.Links{f.Links, other.Links} {
		send, err := links.Allow(t.Context(), "ada", "192.0.2.1")
		require.NoError(t, err)
		require.True(t, send)
	}
	_, hash, _ := strings.Cut(f.spy.keys[1], "/account/")
	require.NotEmpty(t, hash)
	require.NotContains(t, other.spy.keys[1], hash, "keys of two purposes do not tell that it was one person")
}

func TestCounterKeysShowNothing(t *testing.T) {
	f := setup(t)
	_, err := f.Allow(t.Context(), "ada@example.org", "192.0.2.1")
	require.NoError(t, err)
	_, _, err = f.Request(t.Context(), reset.RequestForm{Identifier: "bob@example.org", IP: "192.0.2.1"})
	require.NoError(t, err)
	_, _, err = f.Request(t.Context(), reset.RequestForm{Identifier: "cy", Subject: "member-77", IP: "192.0.2.1"})
	require.NoError(t, err)
	require.Len(t, f.spy.keys, 9)
	for _, key := range f.spy.keys {
		for _, personal := range []string{"ada", "bob@", "example", "192.0", "member-77"} {
			require.NotContains(t, key, personal)
		}
	}

	keys := f.spy.keys[:3]
	other := setup(t, func(c *reset.Config) { c.Key = []byte("another key that has 32 bytes too")[:32] })
	_, err = other.Allow(t.Context(), "ada@example.org", "192.0.2.1")
	require.NoError(t, err)
	for i, key := range keys {
		require.NotEqual(t, key, other.spy.keys[i], "the hash is keyed")
	}
}

// race calls try from many goroutines at once and counts those that return true.
func race(goroutines int, try func(i int) bool) int {
	var won atomic.Int32
	var ready, done sync.WaitGroup
	gate := make(chan struct{})
	for i := range goroutines {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-gate
			if try(i) {
				won.Add(1)
			}
		})
	}
	ready.Wait()
	close(gate)
	done.Wait()
	return int(won.Load())
}

func TestLimitsHoldUnderARace(t *testing.T) {
	f := setup(t, withPolicy(func(p *reset.Policy) { p.PerIP = 1000 }))
	require.Equal(t, 1, race(100, func(int) bool {
		send, err := f.Allow(t.Context(), "ada", "192.0.2.1")
		return err == nil && send
	}), "one mail per account and gap")

	f = setup(t)
	require.Equal(t, 30, race(100, func(i int) bool {
		send, err := f.Allow(t.Context(), fmt.Sprint("member ", i), "192.0.2.1")
		return err == nil && send
	}), "thirty requests per address")

	f = setup(t, withPolicy(func(p *reset.Policy) { p.Gap, p.PerIP = 0, 1000 }))
	require.Equal(t, 5, race(100, func(int) bool {
		send, err := f.Allow(t.Context(), "ada", "192.0.2.1")
		return err == nil && send
	}), "five mails per account and hour")
}

func TestAnIPv6NetworkIsNotAsManyStrangersAsItHasParts(t *testing.T) {
	f := setup(t, withPolicy(func(p *reset.Policy) { p.PerIP = 2 }))
	passed := 0
	for i := range 100 {
		_, err := f.Allow(t.Context(), fmt.Sprint("member ", i), fmt.Sprintf("2001:db8:0:%x::1", i<<8))
		if err == nil {
			passed++
		}
	}
	require.Equal(t, 2*16, passed, "of one /48")
}

func TestALinkThatIsAskedForEndsNoneThatSomebodyMade(t *testing.T) {
	f := setup(t)
	commit := func(by string) reset.Link {
		link, put, err := f.Make("m1", by)
		require.NoError(t, err)
		require.NoError(t, f.spy.Store.Commit(t.Context(), put))
		return link
	}
	made, asked := commit("op1"), commit("")
	for _, link := range []reset.Link{made, asked} {
		_, err := f.Find(t.Context(), link.Token())
		require.NoError(t, err)
	}
	commit("op1")
	for _, link := range []reset.Link{made, asked} {
		_, err := f.Find(t.Context(), link.Token())
		require.ErrorIs(t, err, reset.ErrUnknown)
	}
}
