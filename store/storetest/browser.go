package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// newBrowser returns a known browser; its id and digest are derived from the name.
func newBrowser(operatorID, name string) store.Browser {
	return store.Browser{
		Digest: store.DigestOf(name), ID: "browser " + name, OperatorID: operatorID, CreatedAt: noon, SeenAt: noon,
	}
}

// recognise writes a browser seen some minutes after noon.
func recognise(operatorID, name string, minutes, keep int) store.PutBrowser {
	b := newBrowser(operatorID, name)
	b.SeenAt = noon.Add(time.Duration(minutes) * time.Minute)
	return store.PutBrowser{Browser: b, Keep: keep}
}

// findBrowser finds a browser of an operator by the names of tokens.
func findBrowser(t *testing.T, st store.Store, operatorID string, names ...string) (store.Browser, error) {
	q := store.SignInQuery{OperatorID: operatorID}
	for _, name := range names {
		q.Browsers = append(q.Browsers, store.DigestOf(name))
	}
	v, err := st.FindSignIn(t.Context(), q)
	if err == nil && v.Browser.ID == "" {
		err = store.ErrNotFound
	}
	return v.Browser, err
}

// noBrowser checks that a token finds no browser of the operator.
func noBrowser(t *testing.T, st store.Store, operatorID, name string) {
	t.Helper()
	_, err := findBrowser(t, st, operatorID, name)
	require.ErrorIs(t, err, store.ErrNotFound)
}

// browsers lists an operator's browsers, by id.
func browsers(t *testing.T, st store.Store, operatorID string) []string {
	t.Helper()
	found, err := st.ListBrowsers(t.Context(), operatorID)
	require.NoError(t, err)
	var ids []string
	for _, b := range found {
		ids = append(ids, b.ID)
	}
	return ids
}

var browserDuties = []duty{
	{"every field of a browser comes back", func(t *testing.T, st store.Store) {
		full := filled[store.Browser](t, "browser")
		put(t, st, newOperator("ada"), newOperator(full.OperatorID))
		for _, want := range []store.Browser{full, {Digest: store.DigestOf("bare"), ID: "bare", OperatorID: "ada"}} {
			keeps(t, want, want,
				func(b store.Browser) { commit(t, st, store.PutBrowser{Browser: b}) },
				func() store.Browser {
					v, err := st.FindSignIn(t.Context(), store.SignInQuery{OperatorID: want.OperatorID, Browsers: []store.Digest{want.Digest}})
					require.NoError(t, err)
					listed, err := st.ListBrowsers(t.Context(), want.OperatorID)
					require.NoError(t, err)
					same(t, []store.Browser{v.Browser}, listed)
					return v.Browser
				})
		}
	}},
	{"a browser is found by its token and the one before, and by none that is older", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		b := newBrowser("ada", "first")
		for _, name := range []string{"first", "second", "third"} {
			b.Previous, b.Digest, b.SeenAt = b.Digest, store.DigestOf(name), b.SeenAt.Add(time.Hour)
			commit(t, st, store.PutBrowser{Browser: b})
		}
		noBrowser(t, st, "ada", "first")
		for _, name := range []string{"second", "third"} {
			found, err := findBrowser(t, st, "ada", name)
			require.NoError(t, err)
			same(t, b, found)
		}
		require.Equal(t, []string{"browser first"}, browsers(t, st, "ada"))
		// Nothing finds a browser that has no previous token by the lack of it.
		commit(t, st, store.PutBrowser{Browser: newBrowser("ada", "bare")})
		v, err := st.FindSignIn(t.Context(), store.SignInQuery{OperatorID: "ada", Browsers: []store.Digest{{}, {}}})
		require.NoError(t, err)
		require.Zero(t, v.Browser)
	}},
	{"a browser of one operator is nothing to another", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, recognise("ada", "a", 0, 0), recognise("eve", "e", 5, 0))
		noBrowser(t, st, "ada", "e")
		found, err := findBrowser(t, st, "ada", "e", "a", "none")
		require.NoError(t, err)
		same(t, newBrowser("ada", "a"), found)
		require.Equal(t, []string{"browser e"}, browsers(t, st, "eve"))
		require.Empty(t, browsers(t, st, "nobody"))
	}},
	{"of several browsers the last seen is found, and they are listed so", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, recognise("ada", "b", 1, 0), recognise("ada", "c", 3, 0), recognise("ada", "a", 2, 0), recognise("ada", "d", 1, 0))
		found, err := findBrowser(t, st, "ada", "b", "a", "d")
		require.NoError(t, err)
		require.Equal(t, "browser a", found.ID)
		require.Equal(t, []string{"browser c", "browser a", "browser b", "browser d"}, browsers(t, st, "ada"))
	}},
	{"at most 100 browsers are listed", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		var writes []store.Write
		for _, name := range names("b", 101) {
			writes = append(writes, store.PutBrowser{Browser: newBrowser("ada", name)})
		}
		commit(t, st, writes...)
		require.Len(t, browsers(t, st, "ada"), 100)
	}},
	{"a browser needs its operator, and takes nobody else's digest or id", func(t *testing.T, st store.Store) {
		refused(t, st, store.ErrNotFound, recognise("ada", "a", 0, 0))
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, recognise("ada", "a", 0, 0))
		digest, id := newBrowser("ada", "b"), newBrowser("eve", "b")
		digest.Digest, id.ID = store.DigestOf("a"), "browser a"
		refused(t, st, store.ErrExists, store.PutBrowser{Browser: digest})
		refused(t, st, store.ErrExists, store.PutBrowser{Browser: id})
		digest.OperatorID = "eve"
		refused(t, st, store.ErrExists, store.PutBrowser{Browser: digest})
		require.Equal(t, []string{"browser a"}, browsers(t, st, "ada"))
		require.Empty(t, browsers(t, st, "eve"))
	}},
	{"only so many are kept, the new one and those last seen", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, recognise("eve", "e", 0, 1), recognise("ada", "a", 10, 0), recognise("ada", "b", 20, 0), recognise("ada", "c", 30, 0))
		commit(t, st, recognise("ada", "d", 0, 3))
		require.Equal(t, []string{"browser c", "browser b", "browser d"}, browsers(t, st, "ada"))
		commit(t, st, recognise("ada", "b", 20, 3)) // replaces itself
		require.Len(t, browsers(t, st, "ada"), 3)
		commit(t, st, recognise("ada", "b", 25, 1))
		require.Equal(t, []string{"browser b"}, browsers(t, st, "ada"))
		require.Equal(t, []string{"browser e"}, browsers(t, st, "eve"))
	}},
	{"deleting takes the one with the id, or all but one, of this operator only", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, recognise("ada", "a", 0, 0), recognise("ada", "b", 0, 0), recognise("ada", "c", 0, 0), recognise("eve", "e", 0, 0))
		for _, w := range []store.DeleteBrowsers{
			{}, {OperatorID: "ada"}, {OperatorID: "ada", ID: "browser e"}, {ID: "browser a"}, {OperatorID: "ada", Except: "browser a"}, {OperatorID: "nobody", All: true},
		} {
			commit(t, st, w)
			w.MustExist = true
			refused(t, st, store.ErrNotFound, w)
		}
		require.Len(t, browsers(t, st, "ada"), 3)
		commit(t, st, store.DeleteBrowsers{OperatorID: "ada", ID: "browser a", MustExist: true})
		noBrowser(t, st, "ada", "a")
		commit(t, st, store.DeleteBrowsers{OperatorID: "ada", All: true, Except: "browser b", MustExist: true})
		require.Equal(t, []string{"browser b"}, browsers(t, st, "ada"))
		refused(t, st, store.ErrNotFound, store.DeleteBrowsers{OperatorID: "ada", All: true, Except: "browser b", MustExist: true})
		commit(t, st, store.DeleteBrowsers{OperatorID: "ada", All: true, Except: "browser e"})
		require.Empty(t, browsers(t, st, "ada"))
		require.Equal(t, []string{"browser e"}, browsers(t, st, "eve"))
	}},
	{"browsers go with their operator, and stay when their sessions end", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, recognise("ada", "a", 0, 0), recognise("eve", "e", 0, 0), store.EndSessions{OperatorID: "ada", All: true})
		require.Len(t, browsers(t, st, "ada"), 1)
		commit(t, st, store.DeleteOperator{ID: "ada", Version: 1})
		put(t, st, newOperator("ada"))
		noBrowser(t, st, "ada", "a")
		require.Empty(t, browsers(t, st, "ada"))
		require.Len(t, browsers(t, st, "eve"), 1)
		commit(t, st, recognise("ada", "a", 0, 0)) // the digest and the id are free again
	}},
	{"browsers not seen since go, those seen just then stay", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		early := newBrowser("ada", "early")
		commit(t, st, store.PutBrowser{Browser: early}, recognise("ada", "late", 60, 0))
		purge(t, st, store.Purge{Now: noon.Add(1000 * time.Hour)}, store.Purged{})
		purge(t, st, store.Purge{BrowsersBefore: noon}, store.Purged{})
		purge(t, st, store.Purge{BrowsersBefore: noon.Add(time.Hour)}, store.Purged{Browsers: 1})
		require.Equal(t, []string{"browser late"}, browsers(t, st, "ada"))
	}},
}
