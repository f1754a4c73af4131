package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// preSession reads a pre-session that must exist.
func preSession(t *testing.T, st store.Store, d store.Digest) store.PreSession {
	t.Helper()
	p, err := findPreSession(t, st, d)
	require.NoError(t, err)
	return p
}

func findPreSession(t *testing.T, st store.Store, d store.Digest) (store.PreSession, error) {
	v, err := st.FindSignIn(t.Context(), store.SignInQuery{PreSession: d})
	if err == nil {
		require.Equal(t, v.PreSession.OperatorID, v.Operator.ID)
	}
	return v.PreSession, err
}

var preSessionDuties = []duty{
	{"every field of a pre-session comes back", func(t *testing.T, st store.Store) {
		full := filled[store.PreSession](t, "pre-session")
		put(t, st, newOperator("ada"), newOperator(full.OperatorID))
		for _, want := range []store.PreSession{full, {Digest: store.DigestOf("bare"), OperatorID: "ada"}} {
			keeps(t, want, want,
				func(p store.PreSession) { commit(t, st, store.PutPreSession{PreSession: p}) },
				func() store.PreSession { return preSession(t, st, want.Digest) })
		}
	}},
	{"a pre-session needs its operator, and its digest is given once", func(t *testing.T, st store.Store) {
		p := newPreSession("ada", "p")
		refused(t, st, store.ErrNotFound, store.PutPreSession{PreSession: p})
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, store.PutPreSession{PreSession: p})
		refused(t, st, store.ErrExists, store.PutPreSession{PreSession: p})
		refused(t, st, store.ErrExists, store.PutPreSession{PreSession: newPreSession("eve", "p")})
		same(t, p, preSession(t, st, p.Digest))
	}},
	{"a pre-session is never a session, nor the other way round", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, store.PutPreSession{PreSession: newPreSession("ada", "p")}, store.PutSession{Session: newSession("ada", "s")})
		ended(t, st, "ada", "p")
		_, err := findPreSession(t, st, store.DigestOf("s"))
		require.ErrorIs(t, err, store.ErrNotFound)
		refused(t, st, store.ErrNotFound, store.EndPreSession{Digest: store.DigestOf("s")})
		session(t, st, "s")
		preSession(t, st, store.DigestOf("p"))
		require.Equal(t, []string{"id of s"}, sessionNames(t, st, "ada"))
	}},
	{"an ended pre-session is gone for everybody", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		p := newPreSession("ada", "p")
		commit(t, st, store.PutPreSession{PreSession: p}, store.PutPreSession{PreSession: newPreSession("ada", "other")})
		refused(t, st, store.ErrNotFound, store.EndPreSession{Digest: p.Digest}, store.EndPreSession{Digest: p.Digest})
		commit(t, st, store.EndPreSession{Digest: p.Digest})
		refused(t, st, store.ErrNotFound, store.EndPreSession{Digest: p.Digest})
		_, err := findPreSession(t, st, p.Digest)
		require.ErrorIs(t, err, store.ErrNotFound)
		preSession(t, st, store.DigestOf("other"))
	}},
	{"a pre-session past its end is found, and ended, all the same", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		p := newPreSession("ada", "p")
		p.ExpiresAt = noon.Add(-1000 * time.Hour)
		commit(t, st, store.PutPreSession{PreSession: p})
		same(t, p, preSession(t, st, p.Digest))
		commit(t, st, store.EndPreSession{Digest: p.Digest})
	}},
}

// values reads the values kept with a session.
func values(t *testing.T, st store.Store, id, name string) []byte {
	t.Helper()
	data, err := st.FindSessionValues(t.Context(), id, name)
	require.NoError(t, err)
	return data
}

var sessionValuesDuties = []duty{
	{"bytes come back as they were, under any name, and are replaced", func(t *testing.T, st store.Store) {
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
			func() { commit(t, st, store.EndSessions{OperatorID: "ada", ID: "id of a"}) },
			func() { commit(t, st, store.EndSessions{OperatorID: "ada", ID: "id of a", MustExist: true}) },
			func() { commit(t, st, store.EndSessions{OperatorID: "ada", All: true}) },
			func() { commit(t, st, signIn("ada", "b", 0, 1), store.EndSessions{OperatorID: "ada", ID: "id of b"}) },
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
			commit(t, st, store.EndSessions{OperatorID: "ada", ID: "id of a"})
		}
	}},
}
