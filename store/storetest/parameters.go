package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

func revision(t *testing.T, st store.Store) int64 {
	t.Helper()
	r, err := st.ParametersRevision(t.Context())
	require.NoError(t, err)
	return r.Revision
}

func parameters(t *testing.T, st store.Store) store.Parameters {
	t.Helper()
	p, err := st.LoadParameters(t.Context())
	require.NoError(t, err)
	return p
}

var parametersDuties = []duty{
	{"there are none before the first are put", func(t *testing.T, st store.Store) {
		_, err := st.LoadParameters(t.Context())
		require.ErrorIs(t, err, store.ErrNotFound)
		require.Zero(t, revision(t, st))
		refused(t, st, store.ErrConflict, store.PutParameters{Parameters: store.Parameters{Revision: 1}})
		require.Zero(t, revision(t, st))
	}},
	{"every field comes back, put and replaced, and no old value stays", func(t *testing.T, st store.Store) {
		for i, p := range []store.Parameters{
			filled[store.Parameters](t, "first"),
			{Values: map[string]string{"": "", "a": ""}},
			{},
			filled[store.Parameters](t, "second"),
			{Alias: "k7w3", Values: map[string]string{"long": long}},
		} {
			p.Revision = int64(i)
			want := p
			want.Revision++
			keeps(t, p, want,
				func(p store.Parameters) { commit(t, st, store.PutParameters{Parameters: p}) },
				func() store.Parameters { return parameters(t, st) })
			require.Equal(t, want.Revision, revision(t, st))
		}
	}},
	{"they are replaced only at the revision they were read", func(t *testing.T, st store.Store) {
		commit(t, st, store.PutParameters{Parameters: store.Parameters{Alias: "first"}})
		refused(t, st, store.ErrConflict, store.PutParameters{})
		commit(t, st, store.PutParameters{Parameters: store.Parameters{Revision: 1, Alias: "second"}})
		for _, r := range []int64{-1, 0, 1, 3} {
			refused(t, st, store.ErrConflict, store.PutParameters{Parameters: store.Parameters{Revision: r, Alias: "stale"}})
		}
		same(t, store.Parameters{Revision: 2, Alias: "second"}, parameters(t, st))
	}},
	{"a pulse tells the same as a reading, before there are any and after", func(t *testing.T, st store.Store) {
		for range 2 {
			p, err := st.Pulse(t.Context())
			require.NoError(t, err)
			require.False(t, p.ReadOnly)
			reading, err := st.ParametersRevision(t.Context())
			require.NoError(t, err)
			require.Equal(t, reading.Revision, p.Revision)
			require.Equal(t, reading.At.IsZero(), p.At.IsZero(), "both have the time of the database, or neither")
			require.False(t, reading.At.Before(p.At))
			commit(t, st, store.PutParameters{Parameters: store.Parameters{Revision: p.Revision}})
		}
	}},
}
