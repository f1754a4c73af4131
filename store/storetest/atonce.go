package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// crowd is the number of concurrent callers.
const crowd = 100

// handles share the same records.
type handles []store.Store

// of returns the handle of the nth caller.
func (h handles) of(n int) store.Store { return h[n%len(h)] }

// together runs f for n callers that start at the same moment, and returns each
// one's error.
func together(n int, f func(caller int) error) []error {
	start := make(chan struct{})
	results := make([]error, n)
	var done sync.WaitGroup
	for i := range n {
		done.Go(func() {
			<-start
			results[i] = f(i)
		})
	}
	close(start)
	done.Wait()
	return results
}

// crowdCommits commits what make returns, for a crowd of concurrent callers.
func crowdCommits(t *testing.T, h handles, make func(caller int) []store.Write) []error {
	return together(crowd, func(caller int) error { return h.of(caller).Commit(t.Context(), make(caller)...) })
}

// winners requires that want callers succeeded and all others got one of the
// sentinels; it returns those who succeeded.
func winners(t *testing.T, results []error, want int, sentinels ...error) []int {
	t.Helper()
	var won []int
	for caller, err := range results {
		if err == nil {
			won = append(won, caller)
			continue
		}
		expected := false
		for _, sentinel := range sentinels {
			expected = expected || errors.Is(err, sentinel)
		}
		require.True(t, expected, "a loser got %v, not %v", err, sentinels)
	}
	require.Len(t, won, want, "winners")
	return won
}

// mark returns an event that shows that a caller's commit happened.
func mark(caller int) store.AppendEvent {
	return store.AppendEvent{Event: newEvent(fmt.Sprintf("caller %d", caller))}
}

// marks requires that the events are those of the winners, and no others.
func marks(t *testing.T, h handles, won []int) {
	t.Helper()
	events, err := h.of(0).ListEvents(t.Context(), store.EventQuery{Limit: 500})
	require.NoError(t, err)
	var want, got []string
	for _, caller := range won {
		want = append(want, fmt.Sprintf("caller %d", caller))
	}
	for _, e := range events.Rows {
		got = append(got, e.ID)
	}
	require.ElementsMatch(t, want, got, "the events are those of the winners")
}

// contests are the duties towards many concurrent callers.
var contests = slices.Concat(onceContests, endContests, countContests, answerContests)
