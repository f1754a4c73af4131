package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// session reads a session that must exist.
func session(t *testing.T, st store.Store, name string) store.Session {
	t.Helper()
	return view(t, st, name).Session
}

// view reads what the guard reads, without the time of the reading.
func view(t *testing.T, st store.Store, name string) store.SessionView {
	t.Helper()
	v, err := st.FindSession(t.Context(), store.DigestOf(name))
	require.NoError(t, err)
	v.At = time.Time{}
	return v
}

// ended checks that a session no longer exists, whichever way one asks for it.
func ended(t *testing.T, st store.Store, operatorID, name string) {
	t.Helper()
	_, err := st.FindSession(t.Context(), store.DigestOf(name))
	require.ErrorIs(t, err, store.ErrNotFound, name)
	require.ErrorIs(t, st.TouchSession(t.Context(), store.DigestOf(name), noon.Add(time.Minute)), store.ErrNotFound, name)
	refused(t, st, store.ErrNotFound, store.EndSessions{OperatorID: operatorID, ID: "id of " + name, MustExist: true})
	refused(t, st, store.ErrNotFound, store.PutSessionValues{SessionID: "id of " + name, Name: "n", Data: []byte("d")})
	refused(t, st, store.ErrNotFound, store.ReplaceSession{Old: store.DigestOf(name), New: newSession(operatorID, name)})
	_, err = st.FindSessionValues(t.Context(), "id of "+name, "n")
	require.ErrorIs(t, err, store.ErrNotFound, name)
	_, err = st.FindSession(t.Context(), store.DigestOf(name))
	require.ErrorIs(t, err, store.ErrNotFound, name)
}

// sessionNames lists the sessions of an operator, in order.
func sessionNames(t *testing.T, st store.Store, operatorID string) []string {
	t.Helper()
	all, err := st.ListSessions(t.Context(), operatorID)
	require.NoError(t, err)
	found := []string{}
	for _, s := range all {
		found = append(found, s.ID)
	}
	return found
}

// signIn returns a write that creates a session seen some minutes after noon.
func signIn(operatorID, name string, minutes, keep int) store.PutSession {
	s := newSession(operatorID, name)
	s.SeenAt = noon.Add(time.Duration(minutes) * time.Minute)
	return store.PutSession{Session: s, Keep: keep}
}

var sessionDuties = []duty{
	{"every field of a session comes back", func(t *testing.T, st store.Store) {
		full := filled[store.Session](t, "session")
		put(t, st, newOperator("ada"), newOperator(full.OperatorID))
		for _, want := range []store.Session{full, {Digest: store.DigestOf("bare"), ID: "bare", OperatorID: "ada"}} {
			keeps(t, want, want,
				func(s store.Session) { commit(t, st, store.PutSession{Session: s}) },
				func() store.Session {
					v, err := st.FindSession(t.Context(), want.Digest)
					require.NoError(t, err)
					return v.Session
				})
			all, err := st.ListSessions(t.Context(), want.OperatorID)
			require.NoError(t, err)
			same(t, []store.Session{want}, all)
		}
	}},
	{"a session is seen with its operator, custom roles, second factor and the parameters' revision, as they are now", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, store.PutSession{Session: newSession("ada", "s")},
			store.PutFactor{Factor: newFactor("eve", "eve's")})
		same(t, store.SessionView{Session: newSession("ada", "s"), Operator: operator(t, st, "ada").InSession()}, view(t, st, "s"))

		full := fullOperator(t, "full")
		full.ID, full.Version, full.PrimaryRole = "ada", 1, "primary"
		full.Roles = []string{"additional", "gone", store.RoleSuperAdministrator}
		full.LastActiveAt = time.Time{}
		put(t, st, full)
		primary, additional := filled[store.Role](t, "p"), filled[store.Role](t, "a")
		primary.ID, primary.Version, additional.ID, additional.Version = "primary", 0, "additional", 0
		commit(t, st, store.PutRole{Role: primary}, store.PutRole{Role: additional}, store.PutRole{Role: newRole("nobody's")},
			store.PutFactor{Factor: newFactor("ada", "hers")},
			store.PutParameters{}, store.PutParameters{Parameters: store.Parameters{Revision: 1}})
		got := view(t, st, "s")
		require.ElementsMatch(t, []store.Role{role(t, st, "primary"), role(t, st, "additional")}, got.Roles)
		got.Roles = nil
		same(t, store.SessionView{
			Session: newSession("ada", "s"), Operator: operator(t, st, "ada").InSession(), TwoFactor: true, Reading: store.Reading{Revision: 2},
		}, got)

		commit(t, st, store.RemoveFactors{OperatorID: "ada", ID: "hers"})
		require.False(t, view(t, st, "s").TwoFactor)
	}},
	{"every change shows in the next view, also of a role that was seen before", func(t *testing.T, st store.Store) {
		o := newOperator("ada")
		o.PrimaryRole, o.Roles = "editor", []string{"helper"}
		put(t, st, o)
		commit(t, st, store.PutRole{Role: newRole("editor")}, store.PutRole{Role: newRole("helper")}, store.PutParameters{},
			store.PutSession{Session: newSession("ada", "s")})
		before := view(t, st, "s")
		changes := func(what string, change func()) {
			t.Helper()
			same(t, before, view(t, st, "s"))
			change()
			now := view(t, st, "s")
			require.NotEqual(t, before, now, what)
			before = now
		}
		weaker := role(t, st, "editor")
		weaker.Permissions = nil
		again := newSession("ada", "s")
		again.ProvedAt = noon.Add(time.Hour)
		for _, w := range []store.Write{
			store.PutRole{Role: weaker}, store.DeleteRole{ID: "helper", Version: 1, To: "editor"},
			store.PutFactor{Factor: newFactor("ada", "f")}, store.PutFactor{Factor: newPasskey("ada", "key")}, store.RemoveFactors{OperatorID: "ada", ID: "key"},
			store.RemoveFactors{OperatorID: "ada", ID: "f"}, store.PutParameters{Parameters: store.Parameters{Revision: 1}},
			store.MarkLocked{OperatorID: "ada", Until: noon}, store.ReplaceSession{Old: again.Digest, New: again},
			signIn("ada", "other", 90, 0),
		} {
			changes(fmt.Sprintf("%T", w), func() { commit(t, st, w) })
		}
		require.Empty(t, before.Roles[0].Permissions)
		changes("TouchSession", func() { require.NoError(t, st.TouchSession(t.Context(), again.Digest, noon.Add(time.Minute))) })
		changes("PutOperator", func() {
			o := operator(t, st, "ada")
			o.PrimaryRole = ""
			put(t, st, o)
		})
		require.Empty(t, before.Roles)
		refused(t, st, store.ErrConflict, store.PutRole{Role: newRole("third")}, store.MarkLocked{OperatorID: "ada"}, store.PutParameters{})
		same(t, before, view(t, st, "s"))
		_, err := st.Purge(t.Context(), store.Purge{Now: noon.Add(1000 * time.Hour)})
		require.NoError(t, err)
		ended(t, st, "ada", "s")
	}},
	{"a reading tells the time of the database, if it has a clock of its own", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, store.PutSession{Session: newSession("ada", "s")})
		v, err := st.FindSession(t.Context(), store.DigestOf("s"))
		require.NoError(t, err)
		after, err := st.ParametersRevision(t.Context())
		require.NoError(t, err)
		require.Equal(t, v.At.IsZero(), after.At.IsZero())
		require.False(t, after.At.Before(v.At))
		same(t, store.Time(v.At), v.At)
	}},
	{"a role that is both primary and additional is seen once", func(t *testing.T, st store.Store) {
		o := newOperator("ada")
		o.PrimaryRole, o.Roles = "editor", []string{"editor", "other"}
		put(t, st, o)
		commit(t, st, store.PutRole{Role: newRole("editor")}, store.PutRole{Role: newRole("other")},
			store.PutSession{Session: newSession("ada", "s")})
		require.ElementsMatch(t, []store.Role{role(t, st, "editor"), role(t, st, "other")}, view(t, st, "s").Roles)
	}},
	{"only a confirmed factor counts as a second factor", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		pending := newFactor("ada", "pending")
		pending.ConfirmedAt = time.Time{}
		commit(t, st, store.PutSession{Session: newSession("ada", "s")}, store.PutFactor{Factor: pending},
			store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "ada", Hashes: [][]byte{{1}}}})
		require.False(t, view(t, st, "s").TwoFactor)
		commit(t, st, store.PutFactor{Factor: newFactor("ada", "confirmed")}, store.PutFactor{Factor: newFactor("ada", "second")})
		require.True(t, view(t, st, "s").TwoFactor)
	}},
	{"a session past its end is found all the same", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		s := newSession("ada", "s")
		s.EndsAt = noon.Add(-1000 * time.Hour)
		commit(t, st, store.PutSession{Session: s})
		same(t, s, session(t, st, "s"))
	}},
	{"a session that never was is not there for anything", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, store.PutSession{Session: newSession("ada", "s")})
		ended(t, st, "ada", "other")
		_, err := st.FindSession(t.Context(), store.Digest{})
		require.ErrorIs(t, err, store.ErrNotFound)
	}},
	{"a sign-in moves LastActiveAt forward and nothing else of the operator", func(t *testing.T, st store.Store) {
		o := fullOperator(t, "ada")
		o.LastActiveAt = time.Time{}
		o = put(t, st, o)
		for i, c := range []struct{ at, want time.Time }{
			{noon, noon}, {noon.Add(-time.Hour), noon}, {noon.Add(1500 * time.Nanosecond), noon.Add(time.Microsecond)},
			{time.Time{}, noon.Add(time.Microsecond)},
		} {
			s := newSession(o.ID, fmt.Sprint(i))
			s.SeenAt = c.at
			commit(t, st, store.PutSession{Session: s})
			o.LastActiveAt = c.want
			same(t, o, operator(t, st, o.ID))
		}
	}},
	{"a session needs its operator", func(t *testing.T, st store.Store) {
		refused(t, st, store.ErrNotFound, store.PutSession{Session: newSession("ada", "s")})
		commit(t, st, store.PutOperator{Operator: newOperator("ada")}, store.PutSession{Session: newSession("ada", "s")})
	}},
	{"a session's digest and its id are given once", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, store.PutSession{Session: newSession("ada", "s")})
		sameDigest, sameID := newSession("eve", "other"), newSession("eve", "other")
		sameDigest.Digest, sameID.ID = store.DigestOf("s"), "id of s"
		for _, s := range []store.Session{newSession("ada", "s"), sameDigest, sameID} {
			refused(t, st, store.ErrExists, store.PutSession{Session: s})
		}
		same(t, newSession("ada", "s"), session(t, st, "s"))
	}},
	{"a session beyond the limit ends those seen longest ago, of the same operator, never itself", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, signIn("eve", "e", 0, 0), signIn("ada", "a", 3, 0), signIn("ada", "b", 1, 0), signIn("ada", "c", 2, 0),
			store.PutSessionValues{SessionID: "id of b", Name: "n", Data: []byte("d")})
		commit(t, st, signIn("ada", "d", 4, 4))
		require.Equal(t, []string{"id of d", "id of a", "id of c", "id of b"}, sessionNames(t, st, "ada"))
		commit(t, st, signIn("ada", "new", 0, 3)) // seen before all others
		require.Equal(t, []string{"id of d", "id of a", "id of new"}, sessionNames(t, st, "ada"))
		ended(t, st, "ada", "b")
		ended(t, st, "ada", "c")
		commit(t, st, signIn("ada", "one", 0, 1))
		require.Equal(t, []string{"id of one"}, sessionNames(t, st, "ada"))
		require.Equal(t, []string{"id of e"}, sessionNames(t, st, "eve"))
	}},
	{"a commit can depend on how many sessions there are", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, signIn("eve", "e", 0, 0), signIn("ada", "a", 0, 0), signIn("ada", "b", 0, 0))
		refused(t, st, store.ErrConflict, store.CheckSessions{OperatorID: "ada", Most: 1})
		commit(t, st, store.CheckSessions{OperatorID: "ada", Most: 2}, store.CheckSessions{OperatorID: "nobody"})
		commit(t, st, store.EndSessions{OperatorID: "ada", ID: "id of a"}, store.CheckSessions{OperatorID: "ada", Most: 1}, signIn("ada", "c", 0, 0))
		refused(t, st, store.ErrConflict, store.EndSessions{OperatorID: "ada", ID: "id of b"}, signIn("ada", "d", 0, 0), store.CheckSessions{OperatorID: "ada", Most: 1})
		require.ElementsMatch(t, []string{"id of b", "id of c"}, sessionNames(t, st, "ada"))
	}},
	{"no limit, or one below zero, ends nothing", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, signIn("ada", "a", 0, 0), signIn("ada", "b", 0, -1), signIn("ada", "c", 0, 0))
		require.Len(t, sessionNames(t, st, "ada"), 3)
	}},
	{"sessions are listed last seen first, at most 100, of one operator", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		var writes []store.Write
		var want []string
		for i := range 103 {
			writes = append(writes, signIn("ada", fmt.Sprint(i), i*37%103, 0))
		}
		for minute := 102; minute > 2; minute-- {
			for i := range 103 {
				if i*37%103 == minute {
					want = append(want, fmt.Sprintf("id of %d", i))
				}
			}
		}
		commit(t, st, append(writes, signIn("eve", "e", 50, 0))...)
		require.Equal(t, want, sessionNames(t, st, "ada"))
		require.Empty(t, sessionNames(t, st, "nobody"))
		require.Empty(t, sessionNames(t, st, ""))
	}},
	{"a touch moves the session and its operator forward, and nothing else", func(t *testing.T, st store.Store) {
		o := put(t, st, fullOperator(t, "ada"))
		s := newSession(o.ID, "s")
		commit(t, st, store.PutSession{Session: s}, signIn(o.ID, "other", 0, 0))
		o = operator(t, st, o.ID)
		later := store.Time(o.LastActiveAt.Add(1000 * time.Hour))
		for _, c := range []struct{ at, seen, active time.Time }{
			{noon.Add(time.Minute), noon.Add(time.Minute), o.LastActiveAt},
			{noon, noon.Add(time.Minute), o.LastActiveAt},
			{time.Time{}, noon.Add(time.Minute), o.LastActiveAt},
			{later.Add(999), later, later},
			{later.Add(-time.Microsecond), later, later},
		} {
			require.NoError(t, st.TouchSession(t.Context(), store.DigestOf("s"), c.at))
			s.SeenAt, o.LastActiveAt = c.seen, c.active
			same(t, store.SessionView{Session: s, Operator: o.InSession()}, view(t, st, "s"))
		}
		same(t, newSession(o.ID, "other"), session(t, st, "other"))
	}},
	{"a rotated session has the new digest only, keeps its id and values, and takes the rest from the new one", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, store.PutSession{Session: newSession("ada", "old")}, store.PutSession{Session: newSession("ada", "other")},
			store.PutSessionValues{SessionID: "id of old", Name: "n", Data: []byte("d")})
		rotated := filled[store.Session](t, "rotated")
		rotated.ID, rotated.OperatorID, rotated.Digest = "id of old", "ada", store.DigestOf("new")
		commit(t, st, store.ReplaceSession{Old: store.DigestOf("old"), New: rotated})
		same(t, rotated, session(t, st, "new"))
		_, err := st.FindSession(t.Context(), store.DigestOf("old"))
		require.ErrorIs(t, err, store.ErrNotFound)
		require.ErrorIs(t, st.TouchSession(t.Context(), store.DigestOf("old"), noon), store.ErrNotFound)
		refused(t, st, store.ErrNotFound, store.ReplaceSession{Old: store.DigestOf("old"), New: rotated})
		data, err := st.FindSessionValues(t.Context(), "id of old", "n")
		require.NoError(t, err)
		require.Equal(t, []byte("d"), data)
		same(t, newSession("ada", "other"), session(t, st, "other"))

		commit(t, st, store.EndSessions{OperatorID: "ada", ID: "id of old", MustExist: true})
		_, err = st.FindSession(t.Context(), store.DigestOf("new"))
		require.ErrorIs(t, err, store.ErrNotFound)
	}},
	{"a rotation may keep the digest", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		s := newSession("ada", "s")
		commit(t, st, store.PutSession{Session: s})
		s.ProvedAt = noon.Add(time.Hour)
		commit(t, st, store.ReplaceSession{Old: s.Digest, New: s})
		same(t, s, session(t, st, "s"))
	}},
	{"a rotation cannot change whose session it is, nor which, nor take another's digest", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		s := newSession("ada", "s")
		commit(t, st, store.PutSession{Session: s}, store.PutSession{Session: newSession("eve", "e")})
		toEve, toID, toDigest := s, s, s
		toEve.OperatorID, toID.ID, toDigest.Digest = "eve", "id of other", store.DigestOf("e")
		toEve.Digest, toID.Digest = store.DigestOf("new"), store.DigestOf("new")
		refused(t, st, store.ErrNotFound, store.ReplaceSession{Old: s.Digest, New: toEve})
		refused(t, st, store.ErrNotFound, store.ReplaceSession{Old: s.Digest, New: toID})
		refused(t, st, store.ErrExists, store.ReplaceSession{Old: s.Digest, New: toDigest})
		same(t, s, session(t, st, "s"))
		same(t, newSession("eve", "e"), session(t, st, "e"))
	}},
	{"an ended session is ended for good, and ending it again is no error", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, store.PutSession{Session: newSession("ada", "s")}, store.PutSession{Session: newSession("ada", "other")},
			store.PutSessionValues{SessionID: "id of s", Name: "n", Data: []byte("d")})
		commit(t, st, store.EndSessions{OperatorID: "ada", ID: "id of s"})
		ended(t, st, "ada", "s")
		commit(t, st, store.EndSessions{OperatorID: "ada", ID: "id of s"}, store.EndSessions{ID: "id of other"}, store.EndSessions{})
		session(t, st, "other")
	}},
	{"one session is ended by id, of this operator only", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, store.PutSession{Session: newSession("ada", "s")}, store.PutSession{Session: newSession("ada", "other")})
		refused(t, st, store.ErrNotFound, store.EndSessions{OperatorID: "eve", ID: "id of s", MustExist: true})
		refused(t, st, store.ErrNotFound, store.EndSessions{ID: "id of s", MustExist: true})
		refused(t, st, store.ErrNotFound, store.EndSessions{OperatorID: "ada", MustExist: true})
		commit(t, st, store.EndSessions{OperatorID: "ada"}) // no ID, and not all: none
		refused(t, st, store.ErrNotFound, store.EndSessions{OperatorID: "eve", MustExist: true, All: true})
		commit(t, st, store.EndSessions{OperatorID: "eve", ID: "id of s"}, store.EndSessions{ID: "id of s"})
		session(t, st, "s")
		commit(t, st, store.PutPreSession{PreSession: newPreSession("ada", "p")}, store.EndSessions{OperatorID: "ada", ID: "id of s", Except: "id of s", MustExist: true})
		ended(t, st, "ada", "s")
		session(t, st, "other")
		preSession(t, st, store.DigestOf("p"))
		commit(t, st, store.EndSessions{OperatorID: "ada", MustExist: true, All: true})
		ended(t, st, "ada", "other")
		refused(t, st, store.ErrNotFound, store.EndSessions{OperatorID: "ada", MustExist: true, All: true})
	}},
	{"ending an operator's sessions spares the excepted one, and ends all of the pre-sessions", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, signIn("ada", "a", 0, 0), signIn("ada", "b", 0, 0), signIn("ada", "c", 0, 0), signIn("eve", "e", 0, 0),
			store.PutPreSession{PreSession: newPreSession("ada", "pa")}, store.PutPreSession{PreSession: newPreSession("eve", "pe")})
		commit(t, st, store.EndSessions{OperatorID: "ada", Except: "id of b", All: true})
		require.Equal(t, []string{"id of b"}, sessionNames(t, st, "ada"))
		_, err := findPreSession(t, st, store.DigestOf("pa"))
		require.ErrorIs(t, err, store.ErrNotFound)
		commit(t, st, store.EndSessions{OperatorID: "ada", All: true}, store.EndSessions{OperatorID: "nobody", All: true}, store.EndSessions{})
		for _, name := range []string{"a", "b", "c"} {
			ended(t, st, "ada", name)
		}
		session(t, st, "e")
		_, err = findPreSession(t, st, store.DigestOf("pe"))
		require.NoError(t, err)
	}},
	{"a new pre-session ends the oldest beyond those to keep, of this operator only", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		begin := func(operatorID, name string, minutes, keep int) store.PutPreSession {
			p := newPreSession(operatorID, name)
			p.CreatedAt = noon.Add(time.Duration(minutes) * time.Minute)
			return store.PutPreSession{PreSession: p, Keep: keep}
		}
		commit(t, st, begin("eve", "e", -9, 1), begin("ada", "a", 0, 0), begin("ada", "c", 2, 0), begin("ada", "b", 1, 0))
		commit(t, st, begin("ada", "d", -1, 3))
		for name, ended := range map[string]bool{"a": true, "b": false, "c": false, "d": false, "e": false} {
			_, err := findPreSession(t, st, store.DigestOf(name))
			require.Equal(t, ended, errors.Is(err, store.ErrNotFound), name)
		}
		refused(t, st, store.ErrExists, begin("ada", "b", 5, 1))
		preSession(t, st, store.DigestOf("c"))
	}},
	{"an exception that is another operator's session spares nothing", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, signIn("ada", "a", 0, 0), signIn("eve", "e", 0, 0))
		commit(t, st, store.EndSessions{OperatorID: "ada", Except: "id of e", All: true})
		ended(t, st, "ada", "a")
		session(t, st, "e")
	}},
}
