package testoffice_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/store/storetest"
)

var (
	errDown  = errors.New("down")
	noon     = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	ada      = store.PutOperator{Operator: store.Operator{ID: "ada", NameKey: "ada", EmailKey: "ada@example.org"}}
	anHourly = store.Limit{Max: 3, Window: time.Hour}
)

func TestWithoutFaultsItIsTheStoreItWraps(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return testoffice.Wrap(memstore.New()) })
}

func TestTheNthCallFailsAndNothingOfItHappens(t *testing.T) {
	inner := memstore.New()
	st := testoffice.Wrap(inner)
	st.FailAt(2, errDown)
	require.NoError(t, st.Commit(t.Context(), store.CheckNoOperators{}))
	require.ErrorIs(t, st.Commit(t.Context(), ada), errDown)
	_, err := inner.FindOperator(t.Context(), "ada")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, st.Commit(t.Context(), ada, store.ClearCounter{}))
	require.Equal(t, []string{"Commit(CheckNoOperators)", "Commit(PutOperator)", "Commit(PutOperator, ClearCounter)"}, st.Calls())
}

func TestTheOutcomeOfACallCanBeHidden(t *testing.T) {
	inner := memstore.New()
	st := testoffice.Wrap(inner)
	st.FailAfter(1, errDown)
	require.ErrorIs(t, st.Commit(t.Context(), ada), errDown)
	_, err := inner.FindOperator(t.Context(), "ada")
	require.NoError(t, err)

	st.FailAfter(2, errDown)
	results, ok, err := st.Hit(t.Context(), noon, store.Hit{Key: "k", Limit: anHourly})
	require.ErrorIs(t, err, errDown)
	require.False(t, ok)
	require.Empty(t, results)
	counted, err := inner.FindCounters(t.Context(), "k")
	require.NoError(t, err)
	require.Equal(t, 1, counted[0].Count)

	st.FailAfter(3, errDown)
	found, err := st.FindOperator(t.Context(), "ada")
	require.ErrorIs(t, err, errDown)
	require.Zero(t, found)

	st.FailAfter(4, errDown)
	err = st.Commit(t.Context(), ada)
	require.ErrorIs(t, err, store.ErrExists, "a call that fails by itself keeps its own error")
	require.NotErrorIs(t, err, errDown)
}

func TestAMethodFailsUntilItIsHealed(t *testing.T) {
	st := testoffice.Wrap(memstore.New())
	st.FailMethod("HasOperators", errDown)
	for range 2 {
		_, err := st.HasOperators(t.Context())
		require.ErrorIs(t, err, errDown)
	}
	require.NoError(t, st.Commit(t.Context(), ada))
	st.FailMethod("HasOperators", nil)
	setUp, err := st.HasOperators(t.Context())
	require.NoError(t, err)
	require.True(t, setUp)
	require.Equal(t, []string{"HasOperators", "HasOperators", "Commit(PutOperator)", "HasOperators"}, st.Calls())
}

func TestCommitsThatHoldAWriteFail(t *testing.T) {
	st := testoffice.Wrap(memstore.New())
	st.FailMethod("AppendEvent", errDown)
	require.ErrorIs(t, st.Commit(t.Context(), ada, store.AppendEvent{}), errDown)
	require.NoError(t, st.Commit(t.Context(), ada))
}

func TestATestCanBreakOffAroundACall(t *testing.T) {
	inner := memstore.New()
	st := testoffice.Wrap(inner)
	var seen []string
	st.Around(func(n int, done bool) {
		seen = append(seen, fmt.Sprint(n, done))
		if n == 2 && done {
			panic("killed")
		}
	})
	_, err := st.FindOperator(t.Context(), "ada")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.PanicsWithValue(t, "killed", func() { _ = st.Commit(t.Context(), ada) })
	_, err = inner.FindOperator(t.Context(), "ada")
	require.NoError(t, err, "it had happened")
	require.Equal(t, []string{"1 false", "2 false", "2 true"}, seen)
	st.Reset()
	require.NoError(t, st.Commit(t.Context()))
	require.Len(t, seen, 3)
}

func TestResetForgetsCallsAndFaults(t *testing.T) {
	st := testoffice.Wrap(memstore.New())
	st.FailAt(1, errDown)
	st.FailAfter(1, errDown)
	st.FailMethod("Commit", errDown)
	require.Error(t, st.Commit(t.Context()))
	st.Reset()
	require.Empty(t, st.Calls())
	require.NoError(t, st.Commit(t.Context()))
}

func TestSomethingElseHappensOnceAroundACall(t *testing.T) {
	st := testoffice.Wrap(memstore.New())
	var seen []string
	note := func(what string) func() {
		return func() { seen = append(seen, fmt.Sprint(what, " at ", len(st.Calls()))) }
	}
	st.Before("PutOperator", note("before a write"))
	st.Before("Commit", note("before a commit"))
	st.After("HasOperators", 2, note("after the second"))
	_, _ = st.HasOperators(t.Context())
	require.NoError(t, st.Commit(t.Context(), ada))
	require.Error(t, st.Commit(t.Context(), ada))
	_, _ = st.HasOperators(t.Context())
	_, _ = st.HasOperators(t.Context())
	require.Equal(t, []string{"before a write at 2", "before a commit at 2", "after the second at 4"}, seen)
}

func TestACommitCanBeInterruptedWhereItAppends(t *testing.T) {
	st := testoffice.Wrap(memstore.New())
	times := 0
	st.Inside(func() { times++ })
	mac := func(store.AuditEnds, store.Event) (mac, seal []byte, err error) { return []byte("mac"), nil, nil }
	require.NoError(t, st.Commit(t.Context(), ada, store.AppendEvent{Event: store.Event{ID: "e"}, MAC: mac}))
	require.NoError(t, st.Commit(t.Context(), store.ClearCounter{}))
	require.Equal(t, 1, times)
}

func TestWhatAStoreMayRefuseIsRefused(t *testing.T) {
	st := testoffice.Wrap(memstore.New())
	long := strings.Repeat("x", 256)
	for _, key := range []string{"\xff", "\x00", long} {
		_, err := st.FindOperator(t.Context(), key)
		require.ErrorIs(t, err, testoffice.ErrRefused)
		_, err = st.FindSessionValues(t.Context(), "id", key)
		require.ErrorIs(t, err, testoffice.ErrRefused)
		_, err = st.ListMails(t.Context(), store.MailQuery{After: &store.MailCursor{ID: key}})
		require.ErrorIs(t, err, testoffice.ErrRefused)
		require.ErrorIs(t, st.Commit(t.Context(), store.PutOperator{Operator: store.Operator{ID: "a", NameKey: key}}), testoffice.ErrRefused)
	}
	for _, text := range []string{"\xff", "\x00"} {
		_, err := st.ListOperators(t.Context(), store.OperatorQuery{Search: text})
		require.ErrorIs(t, err, testoffice.ErrRefused)
		require.ErrorIs(t, st.Commit(t.Context(), store.AppendEvent{Event: store.Event{Detail: map[string]string{"a": text}}}), testoffice.ErrRefused)
	}
	_, err := st.ListOperators(t.Context(), store.OperatorQuery{Search: long})
	require.NoError(t, err)
}
