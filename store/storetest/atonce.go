package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// crowd is how many callers try at once.
const crowd = 100

// handles lead to the same records.
type handles []store.Store

// of is the handle of the nth caller.
func (h handles) of(n int) store.Store { return h[n%len(h)] }

// together runs f for n callers that start at the same moment, and returns what
// each of them got.
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

// crowdCommits commits what make returns, a crowd at once.
func crowdCommits(t *testing.T, h handles, make func(caller int) []store.Write) []error {
	return together(crowd, func(caller int) error { return h.of(caller).Commit(t.Context(), make(caller)...) })
}

// winners requires that so many succeeded and everybody else got one of the
// sentinels; it returns who succeeded.
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

// mark is an event by which the traces of a caller's commit can be counted.
func mark(caller int) store.AppendEvent {
	return store.AppendEvent{Event: newEvent(fmt.Sprintf("caller %d", caller))}
}

// marks requires that the events are those of the winners, and of nobody else.
func marks(t *testing.T, h handles, won []int) {
	t.Helper()
	events, err := h.of(0).ListEvents(t.Context(), store.EventQuery{Limit: 500})
	require.NoError(t, err)
	var want, got []string
	for _, caller := range won {
		want = append(want, fmt.Sprintf("caller %d", caller))
	}
	for _, e := range events {
		got = append(got, e.ID)
	}
	require.ElementsMatch(t, want, got, "the events are those of the winners")
}

// contests are filled by the files of the subjects.
var contests = []contest{
	{"one of many consumes a token", func(t *testing.T, h handles) {
		commit(t, h.of(0), store.PutToken{Token: newToken("ada", "token")})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), consume("token", noon)}
		})
		marks(t, h, winners(t, results, 1, store.ErrUsed))
	}},
	{"one of many consumes a pre-session", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		commit(t, h.of(0), store.PutPreSession{PreSession: newPreSession("ada", "pre")})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), store.ConsumePreSession{Digest: store.DigestOf("pre")}}
		})
		marks(t, h, winners(t, results, 1, store.ErrNotFound))
	}},
	{"one of many has a code accepted", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		commit(t, h.of(0), store.PutFactor{Factor: newFactor("ada", "factor")})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), store.AdvanceFactor{ID: "factor", Step: 101, At: noon}}
		})
		marks(t, h, winners(t, results, 1, store.ErrReplayed))
	}},
	{"one of many spends a recovery code", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		commit(t, h.of(0), store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "ada", Hashes: [][]byte{{1}, {2}, {3}}}})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), store.UseRecoveryCode{OperatorID: "ada", Hash: []byte{2}}}
		})
		marks(t, h, winners(t, results, 1, store.ErrUsed))
		set, err := h.of(0).FindRecoverySet(t.Context(), "ada")
		require.NoError(t, err)
		require.ElementsMatch(t, [][]byte{{1}, {3}}, set.Hashes)
	}},
	{"many spend different recovery codes, and none comes back", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		set := store.RecoverySet{OperatorID: "ada"}
		for i := range 10 {
			set.Hashes = append(set.Hashes, []byte{byte(i)})
		}
		commit(t, h.of(0), store.PutRecoverySet{Set: set})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), store.UseRecoveryCode{OperatorID: "ada", Hash: []byte{byte(caller % 10)}}}
		})
		marks(t, h, winners(t, results, 10, store.ErrUsed))
		left, err := h.of(0).FindRecoverySet(t.Context(), "ada")
		require.NoError(t, err)
		require.Empty(t, left.Hashes)
	}},
	{"one of many sets the office up", func(t *testing.T, h handles) {
		results := crowdCommits(t, h, func(caller int) []store.Write {
			o := newSuperAdministrator(fmt.Sprintf("o%d", caller))
			return []store.Write{mark(caller), store.CheckNoOperators{}, store.PutOperator{Operator: o}}
		})
		marks(t, h, winners(t, results, 1, store.ErrOperatorsExist))
		all, err := h.of(0).ListOperators(t.Context(), store.OperatorQuery{})
		require.NoError(t, err)
		require.Len(t, all, 1)
	}},
	{"one of many replaces an operator at the same version", func(t *testing.T, h handles) {
		o := put(t, h.of(0), newOperator("ada"))
		results := crowdCommits(t, h, func(caller int) []store.Write {
			mine := o
			mine.Name = fmt.Sprintf("caller %d", caller)
			return []store.Write{mark(caller), store.PutOperator{Operator: mine}}
		})
		won := winners(t, results, 1, store.ErrConflict)
		marks(t, h, won)
		after := operator(t, h.of(0), "ada")
		require.EqualValues(t, 2, after.Version)
		require.Equal(t, fmt.Sprintf("caller %d", won[0]), after.Name)
	}},
	{"one of many gets a name", func(t *testing.T, h handles) {
		results := crowdCommits(t, h, func(caller int) []store.Write {
			o := newOperator(fmt.Sprintf("o%d", caller))
			o.NameKey = "ada"
			return []store.Write{mark(caller), store.PutOperator{Operator: o}}
		})
		marks(t, h, winners(t, results, 1, store.ErrNameTaken))
	}},
	{"one of many gets an address", func(t *testing.T, h handles) {
		results := crowdCommits(t, h, func(caller int) []store.Write {
			o := newOperator(fmt.Sprintf("o%d", caller))
			o.EmailKey = "ada@example.org"
			return []store.Write{mark(caller), store.PutOperator{Operator: o}}
		})
		marks(t, h, winners(t, results, 1, store.ErrEmailTaken))
	}},
}
