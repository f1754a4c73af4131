package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// values reads what is kept beside a session.
func values(t *testing.T, st store.Store, id, name string) []byte {
	t.Helper()
	data, err := st.FindSessionValues(t.Context(), id, name)
	require.NoError(t, err)
	return data
}

var sessionValuesDuties = []duty{
	{"bytes come back as they were, whatever the name, and are replaced", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, signIn("ada", "a", 0, 0), signIn("ada", "b", 0, 0))
		for _, name := range append([]string{""}, hostile...) {
			for _, data := range [][]byte{everyByte(), {0}, []byte(name + "!")} {
				keeps(t, data, data,
					func(data []byte) {
						commit(t, st, store.PutSessionValues{SessionID: "id of a", Name: name, Data: data})
					},
					func() []byte { return values(t, st, "id of a", name) })
			}
			_, err := st.FindSessionValues(t.Context(), "id of b", name)
			require.ErrorIs(t, err, store.ErrNotFound)
		}
		for _, name := range hostile {
			require.Equal(t, name+"!", string(values(t, st, "id of a", name)))
		}
		commit(t, st, store.PutSessionValues{SessionID: "id of a", Name: "long", Data: []byte(long)})
		require.Equal(t, long, string(values(t, st, "id of a", "long")))
	}},
	{"no data deletes", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, signIn("ada", "a", 0, 0))
		for _, none := range [][]byte{nil, {}} {
			commit(t, st, store.PutSessionValues{SessionID: "id of a", Name: "n", Data: []byte("d")},
				store.PutSessionValues{SessionID: "id of a", Name: "other", Data: []byte("d")})
			commit(t, st, store.PutSessionValues{SessionID: "id of a", Name: "n", Data: none})
			_, err := st.FindSessionValues(t.Context(), "id of a", "n")
			require.ErrorIs(t, err, store.ErrNotFound)
			values(t, st, "id of a", "other")
			commit(t, st, store.PutSessionValues{SessionID: "id of a", Name: "n", Data: none})
		}
		refused(t, st, store.ErrNotFound, store.PutSessionValues{SessionID: "id of nobody", Name: "n"})
	}},
	{"values go when their session goes, and do not wait for another one of the same id", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		for _, end := range []func(){
			func() { commit(t, st, store.EndSession{Digest: store.DigestOf("a")}) },
			func() { commit(t, st, store.EndSessionByID{OperatorID: "ada", ID: "id of a"}) },
			func() { commit(t, st, store.EndSessions{OperatorID: "ada"}) },
			func() { commit(t, st, signIn("ada", "b", 0, 1), store.EndSession{Digest: store.DigestOf("b")}) },
			func() {
				_, err := st.Purge(t.Context(), store.Purge{Now: noon.Add(1000 * time.Hour)})
				require.NoError(t, err)
			},
			func() { commit(t, st, store.DeleteOperator{ID: "ada", Version: 1}) },
		} {
			commit(t, st, signIn("ada", "a", 0, 0), store.PutSessionValues{SessionID: "id of a", Name: "n", Data: []byte("d")})
			end()
			_, err := st.FindSessionValues(t.Context(), "id of a", "n")
			require.ErrorIs(t, err, store.ErrNotFound)
			if _, err := st.FindOperator(t.Context(), "ada"); err != nil {
				put(t, st, newOperator("ada"))
			}
			commit(t, st, signIn("ada", "a", 0, 0))
			_, err = st.FindSessionValues(t.Context(), "id of a", "n")
			require.ErrorIs(t, err, store.ErrNotFound)
			commit(t, st, store.EndSession{Digest: store.DigestOf("a")})
		}
	}},
}
