package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// hit counts an attempt and checks whether it passes.
func hit(t *testing.T, st store.Store, key string, l store.Limit, now time.Time, passes bool) (store.Counter, time.Time) {
	t.Helper()
	results, counted, err := st.Hit(t.Context(), now, store.Hit{Key: key, Limit: l})
	require.NoError(t, err)
	require.Len(t, results, 1)
	require.Equal(t, passes, counted)
	require.Equal(t, passes, results[0].Passed)
	return results[0].Counter, results[0].RetryAt
}

// findCounter reads a counter, and those that it is named with.
func findCounter(t *testing.T, st store.Store, key string) (store.Counter, error) {
	found, err := st.FindCounters(t.Context(), "never counted", key)
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Counter{}, err
	}
	require.Len(t, found, 1)
	return found[0], nil
}

// counter reads a counter that must exist.
func counter(t *testing.T, st store.Store, key string) store.Counter {
	t.Helper()
	c, err := findCounter(t, st, key)
	require.NoError(t, err)
	return c
}

var (
	threeAnHour = store.Limit{Max: 3, Window: time.Hour}
	ever        = store.Limit{Max: 1_000_000, Window: 1000 * time.Hour}
)

var counterDuties = []duty{
	{"a store counts exactly as the limit says", func(t *testing.T, st store.Store) {
		for _, l := range []store.Limit{
			threeAnHour,
			{Max: 2, Wait: time.Minute, MaxWait: 5 * time.Minute, Stop: 8},
			{Max: 1, Wait: 1500 * time.Millisecond},
			{Max: 5, Window: 30 * time.Minute, Stop: 2},
			{Max: 3, Every: 100 * time.Second},
			{Max: 2, Every: 32 * time.Second},
			{Max: 2, Wait: time.Minute, Stop: 4, Keep: 30 * time.Minute},
			{},
		} {
			key := l.Every.String() + l.Window.String() + l.Wait.String() + l.Keep.String()
			want := store.Counter{Key: key}
			for i, seconds := range []int{0, 0, 1, 59, 60, 61, 120, 121, 180, 400, 700, 1000, 1799, 1800, 1801, 3599, 3600, 3601, 9000, 9001, 9000} {
				now := noon.Add(time.Duration(seconds) * time.Second)
				next, wantRetryAt, passes := l.Next(want, now)
				got, retryAt := hit(t, st, key, l, now, passes)
				require.True(t, wantRetryAt.Equal(retryAt), "attempt %d of %+v: retry at %s, not %s", i, l, retryAt, wantRetryAt)
				want = next
				same(t, want, got)
				if want.Count > 0 {
					same(t, want, counter(t, st, key))
				}
			}
		}
	}},
	{"a refused attempt counts nothing, not even from nothing", func(t *testing.T, st store.Store) {
		hit(t, st, "none", store.Limit{}, noon, false)
		_, err := findCounter(t, st, "none")
		require.ErrorIs(t, err, store.ErrNotFound)
		for range 3 {
			hit(t, st, "k", threeAnHour, noon, true)
		}
		before := counter(t, st, "k")
		for range 3 {
			_, retryAt := hit(t, st, "k", threeAnHour, noon.Add(time.Minute), false)
			require.Equal(t, noon.Add(time.Hour), retryAt)
			same(t, before, counter(t, st, "k"))
		}
		hit(t, st, "k", threeAnHour, noon.Add(time.Hour), true)
		require.Equal(t, 1, counter(t, st, "k").Count)
	}},
	{"keys count apart, and mean only themselves", func(t *testing.T, st store.Store) {
		once := store.Limit{Max: 1, Window: time.Hour}
		for _, key := range hostile {
			hit(t, st, key, once, noon, true)
		}
		for _, key := range hostile {
			hit(t, st, key, once, noon, false)
			require.Equal(t, key, counter(t, st, key).Key)
		}
		_, err := findCounter(t, st, "other")
		require.ErrorIs(t, err, store.ErrNotFound)
	}},
	{"times of a counter are cut to microseconds", func(t *testing.T, st store.Store) {
		c, _ := hit(t, st, "k", threeAnHour, noon.Add(999).In(time.FixedZone("east", 3600)), true)
		want := store.Counter{Key: "k", Count: 1, FirstAt: noon, LastAt: noon, ExpiresAt: noon.Add(time.Hour)}
		same(t, want, c)
		same(t, want, counter(t, st, "k"))
	}},
	{"attempts together count all or none", func(t *testing.T, st store.Store) {
		once := store.Limit{Max: 1, Wait: time.Minute}
		hits := []store.Hit{{Key: "a", Limit: threeAnHour}, {Key: "b", Limit: once}, {Key: "c", Limit: ever}}
		// What the caller has seen saves a read, and decides nothing.
		for i, seen := range [][3]store.Counter{
			{},
			{{Key: "a"}, {Key: "b"}, {Key: "c"}},
			{{Key: "a", Count: 1, FirstAt: noon, LastAt: noon, ExpiresAt: noon.Add(time.Hour)}, {Key: "b"}, {Key: "c"}},
			{{Key: "a", Count: 3, FirstAt: noon, LastAt: noon, ExpiresAt: noon.Add(time.Hour)}, {Key: "b", Count: 9, FirstAt: noon, LastAt: noon}, {Key: "b"}},
		} {
			for j := range hits {
				hits[j].Seen = seen[j]
			}
			for _, key := range []string{"a", "b", "c"} {
				commit(t, st, store.ClearCounter{Key: key})
			}
			results, counted, err := st.Hit(t.Context(), noon, hits...)
			require.NoError(t, err)
			require.True(t, counted, "%d", i)
			for j, r := range results {
				require.True(t, r.Passed && r.RetryAt.IsZero())
				require.Equal(t, 1, r.Counter.Count)
				same(t, r.Counter, counter(t, st, hits[j].Key))
			}
			before := []store.Counter{counter(t, st, "a"), counter(t, st, "b"), counter(t, st, "c")}
			commit(t, st, store.ClearCounter{Key: "c"})
			results, counted, err = st.Hit(t.Context(), noon.Add(time.Second), hits...)
			require.NoError(t, err)
			require.False(t, counted, "%d", i)
			require.Equal(t, []bool{true, false, true}, []bool{results[0].Passed, results[1].Passed, results[2].Passed})
			require.Equal(t, noon.Add(time.Minute), results[1].RetryAt)
			for j := range 2 {
				same(t, before[j], results[j].Counter)
				same(t, before[j], counter(t, st, hits[j].Key))
			}
			same(t, store.Counter{Key: "c"}, results[2].Counter)
			_, err = findCounter(t, st, "c")
			require.ErrorIs(t, err, store.ErrNotFound)
		}
		results, counted, err := st.Hit(t.Context(), noon)
		require.NoError(t, err)
		require.True(t, counted, "none of none is refused")
		require.Empty(t, results)
	}},
	{"several counters are read at once, and taken back from at once", func(t *testing.T, st store.Store) {
		for i, key := range []string{"a", "b", "c"} {
			for range i + 1 {
				hit(t, st, key, ever, noon, true)
			}
		}
		counts := func(keys ...string) map[string]int {
			found, err := st.FindCounters(t.Context(), keys...)
			require.NoError(t, err)
			counts := map[string]int{}
			for _, c := range found {
				counts[c.Key] = c.Count
			}
			require.Len(t, counts, len(found))
			return counts
		}
		require.Empty(t, counts())
		require.Equal(t, map[string]int{"a": 1, "c": 3}, counts("c", "x", "a"))
		commit(t, st, store.Unhit{Keys: []string{"a", "x", "c"}}, store.Unhit{})
		commit(t, st, store.Unhit{Keys: []string{"a"}}, store.ClearCounter{Key: "b"})
		require.Equal(t, map[string]int{"a": 0, "c": 2}, counts("a", "b", "c", "x"))
	}},
	{"an attempt taken back leaves room for another one", func(t *testing.T, st store.Store) {
		for range 3 {
			hit(t, st, "k", threeAnHour, noon, true)
		}
		hit(t, st, "k", threeAnHour, noon, false)
		want := counter(t, st, "k")
		commit(t, st, store.Unhit{Keys: []string{"k"}})
		want.Count = 2
		same(t, want, counter(t, st, "k"))
		hit(t, st, "k", threeAnHour, noon.Add(time.Minute), true)
		hit(t, st, "k", threeAnHour, noon.Add(time.Minute), false)
	}},
	{"nothing is taken back from a counter that is gone or at zero", func(t *testing.T, st store.Store) {
		commit(t, st, store.Unhit{Keys: []string{"k"}})
		_, err := findCounter(t, st, "k")
		require.ErrorIs(t, err, store.ErrNotFound)
		hit(t, st, "k", threeAnHour, noon, true)
		hit(t, st, "other", threeAnHour, noon, true)
		for range 3 {
			commit(t, st, store.Unhit{Keys: []string{"k"}})
			require.Zero(t, counter(t, st, "k").Count)
		}
		for range 3 {
			hit(t, st, "k", threeAnHour, noon.Add(time.Minute), true)
		}
		hit(t, st, "k", threeAnHour, noon.Add(time.Minute), false)
		require.Equal(t, 1, counter(t, st, "other").Count)
	}},
	{"a cleared counter is forgotten, and clearing it again is no error", func(t *testing.T, st store.Store) {
		stop := store.Limit{Max: 1, Wait: time.Minute, Stop: 1}
		hit(t, st, "k", stop, noon, true)
		hit(t, st, "other", stop, noon, true)
		_, retryAt := hit(t, st, "k", stop, noon.Add(24*time.Hour), false)
		require.True(t, retryAt.IsZero())
		commit(t, st, store.ClearCounter{Key: "k"})
		_, err := findCounter(t, st, "k")
		require.ErrorIs(t, err, store.ErrNotFound)
		commit(t, st, store.ClearCounter{Key: "k"}, store.ClearCounter{})
		hit(t, st, "k", stop, noon, true)
		hit(t, st, "other", stop, noon.Add(24*time.Hour), false)
	}},
}
