package reset_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// never is a change that must not happen.
func never(t *testing.T) func(context.Context, string) error {
	return func(context.Context, string) error {
		t.Error("change was called")
		return nil
	}
}

var ada = reset.RequestForm{Identifier: "ada@example.org", Subject: "m1", IP: "192.0.2.1"}

func TestRequestThenRedeemChangesOnce(t *testing.T) {
	f := setup(t)
	link, ok, err := f.Request(t.Context(), ada)
	require.NoError(t, err)
	require.True(t, ok)

	var changed []string
	change := func(_ context.Context, subject string) error {
		changed = append(changed, subject)
		return nil
	}
	require.NoError(t, f.Redeem(t.Context(), link.Token(), change))
	require.ErrorIs(t, f.Redeem(t.Context(), link.Token(), change), reset.ErrUsed)
	require.Equal(t, []string{"m1"}, changed)
}

func TestRequestingAgainKillsTheOlderLink(t *testing.T) {
	f := setup(t)
	older, _, err := f.Request(t.Context(), ada)
	require.NoError(t, err)

	_, ok, err := f.Request(t.Context(), ada)
	require.NoError(t, err)
	require.False(t, ok)
	_, err = f.Find(t.Context(), older.Token())
	require.NoError(t, err, "a request inside the gap leaves the link alone")

	f.clock.add(time.Minute)
	newer, ok, err := f.Request(t.Context(), ada)
	require.NoError(t, err)
	require.True(t, ok)
	require.ErrorIs(t, f.Redeem(t.Context(), older.Token(), never(t)), reset.ErrUnknown)
	require.NoError(t, f.Redeem(t.Context(), newer.Token(), func(context.Context, string) error { return nil }))
}

func TestMemberIsCountedHoweverTheIdentifierWasSpelled(t *testing.T) {
	f := setup(t)
	for i, typed := range []string{"ada@example.org", "ADA@example.org", "ada"} {
		_, ok, err := f.Request(t.Context(), reset.RequestForm{Identifier: typed, Subject: "m1", IP: "192.0.2.1"})
		require.NoError(t, err)
		require.Equal(t, i == 0, ok)
	}
}

func TestUnknownIdentifierIsCountedInOneSpelling(t *testing.T) {
	f := setup(t)
	for _, typed := range []string{"Eve@example.org", " eve@example.org\n"} {
		_, ok, err := f.Request(t.Context(), reset.RequestForm{Identifier: typed, IP: "192.0.2.1"})
		require.NoError(t, err)
		require.False(t, ok)
	}
	require.Equal(t, f.spy.writes[0].(store.PutToken).Token.Subject, f.spy.writes[1].(store.PutToken).Token.Subject)
}

// story returns the outcome of many requests: the calls of the store, and
// everything a caller could distinguish except ok, which the answer must not show.
func story(t *testing.T, form func(i int) reset.RequestForm) []string {
	f := setup(t)
	var told []string
	for i := range 60 {
		_, _, err := f.Request(t.Context(), form(i))
		told = append(told, fmt.Sprint(strings.Join(f.spy.calls, "; "), " -> ", err))
		f.spy.forget()
		if i%2 == 1 {
			f.clock.add(time.Minute)
		}
	}
	return told
}

func TestKnownAndUnknownLookAndCostTheSame(t *testing.T) {
	t.Run("one account again and again", func(t *testing.T) {
		known := story(t, func(int) reset.RequestForm { return ada })
		unknown := story(t, func(int) reset.RequestForm {
			return reset.RequestForm{Identifier: "eve@example.org", IP: "192.0.2.1"}
		})
		require.Equal(t, known, unknown)
		all := strings.Join(known, "\n")
		require.Contains(t, all, "Commit", "the story holds requests that pass")
		require.Contains(t, all, "too many requests", "and such that do not")
	})
	t.Run("one account by many identifiers", func(t *testing.T) {
		known := story(t, func(i int) reset.RequestForm {
			return reset.RequestForm{Identifier: fmt.Sprint("name", i), Subject: "m1", IP: "192.0.2.1"}
		})
		unknown := story(t, func(i int) reset.RequestForm {
			return reset.RequestForm{Identifier: fmt.Sprint("name", i), IP: "192.0.2.1"}
		})
		require.Equal(t, known, unknown)
	})
	t.Run("many accounts", func(t *testing.T) {
		known := story(t, func(i int) reset.RequestForm {
			return reset.RequestForm{Identifier: fmt.Sprint("member", i), Subject: fmt.Sprint("m", i), IP: "192.0.2.1"}
		})
		unknown := story(t, func(i int) reset.RequestForm {
			return reset.RequestForm{Identifier: fmt.Sprint("nobody", i), IP: "192.0.2.1"}
		})
		require.Equal(t, known, unknown)
	})
}

func TestUnknownIdentifierLeavesADecoyThatIsNobodys(t *testing.T) {
	f := setup(t)
	form := reset.RequestForm{Identifier: "eve@example.org", IP: "192.0.2.1"}
	link, ok, err := f.Request(t.Context(), form)
	require.NoError(t, err)
	require.False(t, ok)
	require.Zero(t, link, "nobody ever sees the decoy")
	f.clock.add(time.Minute)
	_, _, err = f.Request(t.Context(), form)
	require.NoError(t, err)

	require.Len(t, f.spy.writes, 2)
	first, second := f.spy.writes[0].(store.PutToken).Token, f.spy.writes[1].(store.PutToken).Token
	require.Equal(t, first.Subject, second.Subject, "as with a known account, a newer one replaces the older")
	require.True(t, strings.HasPrefix(first.Subject, "nobody/"))
	require.NotContains(t, first.Subject, "eve")

	_, _, err = f.Request(t.Context(), reset.RequestForm{Identifier: "zoe@example.org", IP: "192.0.2.1"})
	require.NoError(t, err)
	require.NotEqual(t, first.Subject, f.spy.writes[2].(store.PutToken).Token.Subject, "decoys do not queue for one row")
}

func TestOnlyOneOfManyRedeemersWins(t *testing.T) {
	f := setup(t)
	link := f.makeLink(t, "m1")
	changes := make(chan string, 100)
	won := race(100, func(int) bool {
		err := f.Redeem(t.Context(), link.Token(), func(_ context.Context, subject string) error {
			changes <- subject
			return nil
		})
		if err != nil && !errors.Is(err, reset.ErrUsed) {
			t.Errorf("a loser was told %v", err)
		}
		return err == nil
	})
	require.Equal(t, 1, won)
	require.Len(t, changes, 1)
}

func TestOnlyOneOfManyRequestersGetsALink(t *testing.T) {
	f := setup(t, withPolicy(func(p *reset.Policy) { p.PerIP = 1000 }))
	require.Equal(t, 1, race(100, func(int) bool {
		_, ok, err := f.Request(t.Context(), ada)
		return err == nil && ok
	}))
}

func TestFailedChangeLeavesTheLinkSpent(t *testing.T) {
	f := setup(t)
	link := f.makeLink(t, "m1")
	full := errors.New("members: table is full")
	err := f.Redeem(t.Context(), link.Token(), func(context.Context, string) error { return full })
	require.ErrorIs(t, err, full)
	require.NotErrorIs(t, err, reset.ErrLink)
	require.ErrorIs(t, f.Redeem(t.Context(), link.Token(), never(t)), reset.ErrUsed)
}

func TestChangeThatMissesInItsOwnStoreIsNoLinkError(t *testing.T) {
	f := setup(t)
	link := f.makeLink(t, "m1")
	err := f.Redeem(t.Context(), link.Token(), func(context.Context, string) error { return store.ErrNotFound })
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NotErrorIs(t, err, reset.ErrLink)
}

func TestRedeemWithoutChangeSpendsNothing(t *testing.T) {
	f := setup(t)
	link := f.makeLink(t, "m1")
	require.ErrorContains(t, f.Redeem(t.Context(), link.Token(), nil), "no change")
	_, err := f.Find(t.Context(), link.Token())
	require.NoError(t, err)
}

func TestRedeemRefusesAnExpiredLink(t *testing.T) {
	f := setup(t)
	link := f.makeLink(t, "m1")
	f.clock.add(30 * time.Minute)
	require.ErrorIs(t, f.Redeem(t.Context(), link.Token(), never(t)), reset.ErrExpired)
}

func TestHangingUpDoesNotCostTheLink(t *testing.T) {
	type key struct{}
	f := setup(t)
	link := f.makeLink(t, "m1")
	ctx, hangUp := context.WithCancel(context.WithValue(t.Context(), key{}, "kept"))
	f.spy.after = hangUp // found, and gone before the link is spent
	changed := false
	require.NoError(t, f.Redeem(ctx, link.Token(), func(inner context.Context, _ string) error {
		require.Error(t, ctx.Err())
		require.NoError(t, inner.Err())
		require.Equal(t, "kept", inner.Value(key{}))
		_, bounded := inner.Deadline()
		require.True(t, bounded)
		changed = true
		return nil
	}))
	require.True(t, changed)
}

func TestHangingUpDoesNotCostTheRequestThatCounts(t *testing.T) {
	for _, n := range []int{1, 2} { // of the network, of the account
		f := setup(t)
		ctx, hangUp := context.WithCancel(t.Context())
		f.spy.afterHit = func() {
			if n--; n == 0 {
				hangUp()
			}
		}
		link, ok, err := f.Request(ctx, ada)
		require.NoError(t, err)
		require.Error(t, ctx.Err())
		require.True(t, ok)
		_, err = f.Find(t.Context(), link.Token())
		require.NoError(t, err)
	}
	f := setup(t)
	ctx, hangUp := context.WithCancel(t.Context())
	hangUp()
	_, _, err := f.Request(ctx, ada)
	require.ErrorIs(t, err, context.Canceled)
	_, ok, err := f.Request(t.Context(), ada)
	require.NoError(t, err)
	require.True(t, ok, "one that left before does not count")
}

func TestHavingHungUpBeforeSpendsNothing(t *testing.T) {
	f := setup(t)
	link := f.makeLink(t, "m1")
	ctx, hangUp := context.WithCancel(t.Context())
	hangUp()
	require.ErrorIs(t, f.Redeem(ctx, link.Token(), never(t)), context.Canceled)
	_, err := f.Find(t.Context(), link.Token())
	require.NoError(t, err)
}

func TestRevokeKillsTheSubjectsLinkOnly(t *testing.T) {
	f := setup(t)
	office := setup(t, func(c *reset.Config) { c.Store, c.Purpose = f.spy.Store, store.PurposeReset })
	hers, his, other := f.makeLink(t, "m1"), f.makeLink(t, "m2"), office.makeLink(t, "m1")
	require.NoError(t, f.Revoke(t.Context(), "m1"))
	require.NoError(t, f.Revoke(t.Context(), "m1"), "revoking is idempotent")
	_, err := f.Find(t.Context(), hers.Token())
	require.ErrorIs(t, err, reset.ErrUnknown)
	_, err = f.Find(t.Context(), his.Token())
	require.NoError(t, err)
	_, err = office.Find(t.Context(), other.Token())
	require.NoError(t, err, "links of another purpose stay")
	require.ErrorContains(t, f.Revoke(t.Context(), ""), "no subject")
}
