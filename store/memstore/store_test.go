package memstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return memstore.New() })
}

func TestTwoHandlesToOneStore(t *testing.T) {
	storetest.RunContests(t, func(*testing.T) (a, b store.Store) {
		st := memstore.New()
		return st, st
	})
}

func TestAMACThatPanicsLeavesNothingAndLocksNobodyOut(t *testing.T) {
	st := memstore.New()
	require.Panics(t, func() {
		_ = st.Commit(t.Context(), store.ClearCounter{}, store.EnqueueMail{Mail: store.Mail{ID: "m"}},
			store.AppendEvent{MAC: func(store.AuditEnds, store.Event) (mac, seal []byte, err error) { panic("a bug of the caller") }})
	})
	_, err := st.FindMail(t.Context(), "m")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, st.Commit(t.Context(), store.EnqueueMail{Mail: store.Mail{ID: "m"}}))
}

func TestAViewIsSharedUntilTheNextChange(t *testing.T) {
	st, d := withSession(t)
	find := func() store.SessionView {
		v, err := st.FindSession(t.Context(), d)
		require.NoError(t, err)
		return v
	}
	before := find()
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = find() }))
	require.Same(t, &before.Roles[0], &find().Roles[0])
	require.NoError(t, st.Commit(t.Context(), store.DeleteRole{ID: "editor", Version: 1}))
	require.Empty(t, find().Roles)
	require.Equal(t, "editor", before.Roles[0].ID, "what was handed out stays")
}

func withSession(t testing.TB) (*memstore.Store, store.Digest) {
	st := memstore.New()
	d := store.DigestOf("token")
	require.NoError(t, st.Commit(t.Context(),
		store.PutOperator{Operator: store.Operator{
			ID: "1", NameKey: "ada", EmailKey: "ada@example.org", State: store.OperatorActive,
			PrimaryRole: store.RoleSuperAdministrator, Roles: []string{"editor"},
		}},
		store.PutRole{Role: store.Role{ID: "editor", NameKey: "editor", Permissions: []string{"a", "b"}}},
		store.PutSession{Session: store.Session{Digest: d, ID: "s", OperatorID: "1"}}))
	return st, d
}

func BenchmarkFindSession(b *testing.B) {
	st, d := withSession(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := st.FindSession(b.Context(), d); err != nil {
			b.Fatal(err)
		}
	}
}
