package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// formClaim is a claim by a request, for half a minute from noon.
func formClaim(form, by string) store.Answer {
	return store.Answer{Key: store.DigestOf(form), Claim: by, ExpiresAt: noon.Add(30 * time.Second)}
}

// settled is the answer of a request, for five minutes from noon.
func settled(form, by, sealed string) store.Answer {
	a := formClaim(form, by)
	a.Sealed, a.ExpiresAt = []byte(sealed), noon.Add(5*time.Minute)
	return a
}

func claims(t *testing.T, st store.Store, now time.Time, a store.Answer, want bool) {
	t.Helper()
	claimed, err := st.ClaimAnswer(t.Context(), now, a)
	require.NoError(t, err)
	require.Equal(t, want, claimed)
}

func settleAnswer(t *testing.T, st store.Store, a store.Answer) {
	t.Helper()
	require.NoError(t, st.SettleAnswer(t.Context(), a))
}

func answer(t *testing.T, st store.Store, form string) store.Answer {
	t.Helper()
	a, err := st.FindAnswer(t.Context(), store.DigestOf(form))
	require.NoError(t, err)
	if len(a.Sealed) == 0 {
		a.Sealed = nil
	}
	return a
}

func noAnswer(t *testing.T, st store.Store, form string) {
	t.Helper()
	_, err := st.FindAnswer(t.Context(), store.DigestOf(form))
	require.ErrorIs(t, err, store.ErrNotFound)
}

var answerDuties = []duty{
	{"a claim is the first one's, until it is void", func(t *testing.T, st store.Store) {
		noAnswer(t, st, "form")
		claims(t, st, noon, formClaim("form", "a"), true)
		claims(t, st, noon.Add(30*time.Second-time.Microsecond), formClaim("form", "b"), false)
		same(t, formClaim("form", "a"), answer(t, st, "form"))
		claims(t, st, noon, formClaim("other", "b"), true)
		later := formClaim("form", "b")
		later.ExpiresAt = noon.Add(time.Minute)
		claims(t, st, noon.Add(30*time.Second), later, true)
		same(t, later, answer(t, st, "form"))
	}},
	{"an answer stays until it is void, and a void one is claimed without it", func(t *testing.T, st store.Store) {
		claims(t, st, noon, formClaim("form", "a"), true)
		want := settled("form", "a", "sealed")
		settleAnswer(t, st, want)
		same(t, want, answer(t, st, "form"))
		claims(t, st, noon.Add(5*time.Minute-time.Microsecond), formClaim("form", "b"), false)
		same(t, want, answer(t, st, "form"))
		claims(t, st, noon.Add(5*time.Minute), formClaim("form", "b"), true)
		same(t, formClaim("form", "b"), answer(t, st, "form"))
	}},
	{"only who holds the claim settles it, and an empty answer gives it up", func(t *testing.T, st store.Store) {
		claims(t, st, noon, formClaim("form", "a"), true)
		settleAnswer(t, st, settled("form", "b", "sealed"))
		settleAnswer(t, st, formClaim("form", "b"))
		settleAnswer(t, st, settled("none", "a", "sealed"))
		same(t, formClaim("form", "a"), answer(t, st, "form"))
		noAnswer(t, st, "none")
		settleAnswer(t, st, formClaim("form", "a"))
		noAnswer(t, st, "form")
		settleAnswer(t, st, formClaim("form", "a"))
		claims(t, st, noon, formClaim("form", "b"), true)
	}},
	{"an answer is kept as it is, and its times are cut to microseconds", func(t *testing.T, st store.Store) {
		data := make([]byte, 300_000)
		for i := range data {
			data[i] = byte(i)
		}
		a := settled("form", "a", string(data))
		claims(t, st, noon, formClaim("form", "a"), true)
		a.ExpiresAt = a.ExpiresAt.Add(999).In(time.FixedZone("east", 3600))
		settleAnswer(t, st, a)
		a.ExpiresAt = noon.Add(5 * time.Minute)
		same(t, a, answer(t, st, "form"))
	}},
	{"answers and claims go when they are void", func(t *testing.T, st store.Store) {
		claims(t, st, noon, formClaim("claimed", "a"), true)
		claims(t, st, noon, formClaim("form", "a"), true)
		settleAnswer(t, st, settled("form", "a", "sealed"))
		purge(t, st, store.Purge{Now: noon.Add(30*time.Second - time.Microsecond)}, store.Purged{})
		purge(t, st, store.Purge{Now: noon.Add(30 * time.Second)}, store.Purged{Answers: 1})
		noAnswer(t, st, "claimed")
		answer(t, st, "form")
		purge(t, st, store.Purge{Now: noon.Add(5 * time.Minute)}, store.Purged{Answers: 1})
		noAnswer(t, st, "form")
	}},
}

// answerContests are about claims at the same moment.
var answerContests = []contest{
	{"one of many claims a form, also one whose claim is void", func(t *testing.T, h handles) {
		for round, now := range []time.Time{noon, noon.Add(time.Minute)} {
			won := make([]bool, crowd)
			winners(t, together(crowd, func(caller int) (err error) {
				a := formClaim("form", fmt.Sprintf("%d of round %d", caller, round))
				a.ExpiresAt = now.Add(30 * time.Second)
				won[caller], err = h.of(caller).ClaimAnswer(t.Context(), now, a)
				return err
			}), crowd)
			got := ""
			for caller, claimed := range won {
				if claimed {
					require.Empty(t, got, "more than one")
					got = fmt.Sprintf("%d of round %d", caller, round)
				}
			}
			require.Equal(t, got, answer(t, h.of(1), "form").Claim)
		}
	}},
}
