package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// fullOperator returns a new operator with every field set.
func fullOperator(t *testing.T, seed string) store.Operator {
	o := filled[store.Operator](t, seed)
	o.Version = 0
	o.State = store.OperatorInvited
	return o
}

var operatorDuties = []duty{
	{"every field of a new operator comes back", func(t *testing.T, st store.Store) {
		o := fullOperator(t, "ada")
		want := o
		want.Version = 1
		keeps(t, o, want,
			func(o store.Operator) { commit(t, st, store.PutOperator{Operator: o}) },
			func() store.Operator { return operator(t, st, o.ID) })
	}},
	{"every field of a replaced operator comes back, but LastActiveAt and LockedUntil stay", func(t *testing.T, st store.Store) {
		before := put(t, st, fullOperator(t, "ada"))
		o := fullOperator(t, "grace")
		o.ID, o.Version = before.ID, before.Version
		want := o
		want.Version, want.LastActiveAt, want.LockedUntil = 2, before.LastActiveAt, before.LockedUntil
		keeps(t, o, want,
			func(o store.Operator) { commit(t, st, store.PutOperator{Operator: o}) },
			func() store.Operator { return operator(t, st, before.ID) })
	}},
	{"every optional field can be empty, and can be emptied", func(t *testing.T, st store.Store) {
		bare := store.Operator{ID: "1", NameKey: "n", EmailKey: "e", State: store.OperatorActive}
		want := bare
		want.Version = 1
		same(t, want, put(t, st, bare))

		full := fullOperator(t, "grace")
		full.ID, full.Version, full.LastActiveAt, full.LockedUntil = "1", 1, time.Time{}, time.Time{}
		bare.Version = 2
		want.Version = 3
		same(t, want, put(t, st, full, bare))
	}},
	{"times come back in UTC and cut to microseconds", func(t *testing.T, st store.Store) {
		east := time.FixedZone("east", 5*3600+1800)
		o := newOperator("ada")
		o.CreatedAt = noon.Add(789 * time.Nanosecond).In(east)
		o.LastActiveAt = time.Now() // has a monotonic reading
		want := o
		want.Version, want.CreatedAt, want.LastActiveAt = 1, noon, store.Time(o.LastActiveAt)
		same(t, want, put(t, st, o))
	}},
	{"the ends of time come back", func(t *testing.T, st store.Store) {
		o := newOperator("ada")
		o.CreatedAt = time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)
		o.UpdatedAt = time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC)
		o.PasswordSetAt = time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)
		want := o
		want.Version = 1
		same(t, want, put(t, st, o))
	}},
	{"ids, names and addresses mean only themselves", func(t *testing.T, st store.Store) {
		for _, s := range hostile {
			commit(t, st, store.PutOperator{Operator: store.Operator{
				ID: s, NameKey: s, EmailKey: "e" + s, MemberID: s, State: store.OperatorActive,
			}})
		}
		for _, s := range hostile {
			require.Equal(t, s, operator(t, st, s).ID)
			for _, find := range []func() (store.Operator, error){
				func() (store.Operator, error) { return st.FindOperatorByLogin(t.Context(), s) },
				func() (store.Operator, error) { return st.FindOperatorByLogin(t.Context(), "e"+s) },
				func() (store.Operator, error) { return st.FindOperatorByMember(t.Context(), s) },
			} {
				o, err := find()
				require.NoError(t, err)
				require.Equal(t, s, o.ID)
			}
		}
	}},
	{"an operator that is not there is not found", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		for _, key := range []string{"", "nobody", "ADA", "ad", "ada ", "%", "a_a", "Name of ada", "ada@Example.org"} {
			_, err := st.FindOperator(t.Context(), key)
			require.ErrorIs(t, err, store.ErrNotFound, "id %q", key)
			_, err = st.FindOperatorByLogin(t.Context(), key)
			require.ErrorIs(t, err, store.ErrNotFound, "login %q", key)
			_, err = st.FindOperatorByMember(t.Context(), key)
			require.ErrorIs(t, err, store.ErrNotFound, "member %q", key)
		}
	}},
	{"an empty login or member finds no one, even if someone has an empty one", func(t *testing.T, st store.Store) {
		put(t, st, store.Operator{ID: "1", NameKey: "", EmailKey: "", State: store.OperatorActive})
		_, err := st.FindOperatorByLogin(t.Context(), "")
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = st.FindOperatorByMember(t.Context(), "")
		require.ErrorIs(t, err, store.ErrNotFound)
	}},
	{"an operator is found by name, by address and by member, each as it is now", func(t *testing.T, st store.Store) {
		o := newOperator("ada")
		o.MemberID = "member 7"
		o = put(t, st, o)
		o.NameKey, o.EmailKey, o.MemberID = "lovelace", "lovelace@example.org", "member 8"
		o = put(t, st, o)
		for _, login := range []string{"lovelace", "lovelace@example.org"} {
			got, err := st.FindOperatorByLogin(t.Context(), login)
			require.NoError(t, err)
			same(t, o, got)
		}
		got, err := st.FindOperatorByMember(t.Context(), "member 8")
		require.NoError(t, err)
		same(t, o, got)
		for _, login := range []string{"name of ada", "ada@example.org", "member 8"} {
			_, err := st.FindOperatorByLogin(t.Context(), login)
			require.ErrorIs(t, err, store.ErrNotFound, login)
		}
		_, err = st.FindOperatorByMember(t.Context(), "member 7")
		require.ErrorIs(t, err, store.ErrNotFound)
	}},
	{"an operator is replaced only at the version it was read", func(t *testing.T, st store.Store) {
		o := put(t, st, newOperator("ada"))
		require.EqualValues(t, 1, o.Version)
		again := put(t, st, o)
		require.EqualValues(t, 2, again.Version)
		o.Name = "stale"
		refused(t, st, store.ErrConflict, store.PutOperator{Operator: o})
		ahead := again
		ahead.Version = 3
		refused(t, st, store.ErrConflict, store.PutOperator{Operator: ahead})
		same(t, again, operator(t, st, "ada"))
	}},
	{"an id is given once", func(t *testing.T, st store.Store) {
		o := newOperator("ada")
		before := put(t, st, o)
		refused(t, st, store.ErrExists, store.PutOperator{Operator: o})
		other := newOperator("grace")
		other.ID = "ada"
		refused(t, st, store.ErrExists, store.PutOperator{Operator: other})
		same(t, before, operator(t, st, "ada"))
	}},
	{"an operator that is gone cannot be replaced, checked, deleted or upgraded", func(t *testing.T, st store.Store) {
		o := newOperator("ada")
		o.Version = 1
		refused(t, st, store.ErrNotFound, store.PutOperator{Operator: o})
		refused(t, st, store.ErrNotFound, store.CheckOperator{ID: "ada", Version: 1})
		refused(t, st, store.ErrNotFound, store.CheckOperator{ID: "ada"})
		refused(t, st, store.ErrNotFound, store.DeleteOperator{ID: "ada", Version: 1})
		refused(t, st, store.ErrNotFound, store.DeleteOperator{ID: "ada"})
		refused(t, st, store.ErrNotFound, store.UpgradePassword{OperatorID: "ada"})
	}},
	{"a name, an address and a member belong to one operator", func(t *testing.T, st store.Store) {
		ada := newOperator("ada")
		ada.MemberID = "member"
		put(t, st, ada, newOperator("eve"))
		eve := operator(t, st, "eve")
		for _, c := range []struct {
			sentinel error
			take     func(o *store.Operator)
		}{
			{store.ErrNameTaken, func(o *store.Operator) { o.NameKey = ada.NameKey }},
			{store.ErrEmailTaken, func(o *store.Operator) { o.EmailKey = ada.EmailKey }},
			{store.ErrMemberTaken, func(o *store.Operator) { o.MemberID = ada.MemberID }},
		} {
			o := newOperator("grace")
			c.take(&o)
			refused(t, st, c.sentinel, store.PutOperator{Operator: o})
			o = eve
			c.take(&o)
			refused(t, st, c.sentinel, store.PutOperator{Operator: o})
			same(t, eve, operator(t, st, "eve"))
		}
	}},
	{"operators without a member do not take it from each other", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("grace"), newOperator("eve"))
	}},
	{"a name, an address and a member that were given up are free, within one commit too", func(t *testing.T, st store.Store) {
		ada, grace := newOperator("ada"), newOperator("grace")
		ada.MemberID, grace.MemberID = "1", "2"
		put(t, st, ada, grace)
		parked := ada
		parked.Version, parked.NameKey, parked.EmailKey, parked.MemberID = 1, "parked", "parked@example.org", ""
		swappedGrace, swappedAda := grace, ada
		swappedGrace.Version, swappedGrace.NameKey, swappedGrace.EmailKey, swappedGrace.MemberID = 1, ada.NameKey, ada.EmailKey, "1"
		swappedAda.Version, swappedAda.NameKey, swappedAda.EmailKey, swappedAda.MemberID = 2, grace.NameKey, grace.EmailKey, "2"
		commit(t, st, store.PutOperator{Operator: parked}, store.PutOperator{Operator: swappedGrace}, store.PutOperator{Operator: swappedAda})
		o, err := st.FindOperatorByLogin(t.Context(), ada.NameKey)
		require.NoError(t, err)
		require.Equal(t, "grace", o.ID)
		o, err = st.FindOperatorByMember(t.Context(), "2")
		require.NoError(t, err)
		require.Equal(t, "ada", o.ID)

		commit(t, st, store.DeleteOperator{ID: "grace", Version: 2})
		fresh := newOperator("new")
		fresh.NameKey, fresh.EmailKey, fresh.MemberID = ada.NameKey, ada.EmailKey, "1"
		put(t, st, fresh)
	}},
	{"checking an operator fails when it moved, and changes nothing", func(t *testing.T, st store.Store) {
		o := put(t, st, newOperator("ada"))
		commit(t, st, store.CheckOperator{ID: "ada", Version: 1})
		refused(t, st, store.ErrConflict, store.CheckOperator{ID: "ada", Version: 2})
		refused(t, st, store.ErrConflict, store.CheckOperator{ID: "ada", Version: 0})
		same(t, o, operator(t, st, "ada"))
		commit(t, st, store.PutOperator{Operator: o}, store.CheckOperator{ID: "ada", Version: 2})
		refused(t, st, store.ErrConflict, store.CheckOperator{ID: "ada", Version: 1})
	}},
	{"the office is set up as soon as there is an operator, in any state", func(t *testing.T, st store.Store) {
		setUp, err := st.HasOperators(t.Context())
		require.NoError(t, err)
		require.False(t, setUp)
		commit(t, st, store.CheckNoOperators{})

		o := newOperator("ada")
		o.State = store.OperatorDisabled
		commit(t, st, store.CheckNoOperators{}, store.PutOperator{Operator: o})
		setUp, err = st.HasOperators(t.Context())
		require.NoError(t, err)
		require.True(t, setUp)
		refused(t, st, store.ErrOperatorsExist, store.CheckNoOperators{})
		refused(t, st, store.ErrOperatorsExist, store.CheckNoOperators{}, store.PutOperator{Operator: newOperator("eve")})

		commit(t, st, store.DeleteOperator{ID: "ada", Version: 1}, store.CheckNoOperators{})
	}},
	{"deleting an operator needs the version it was read at", func(t *testing.T, st store.Store) {
		o := put(t, st, newOperator("ada"))
		put(t, st, o)
		refused(t, st, store.ErrConflict, store.DeleteOperator{ID: "ada", Version: 1})
		operator(t, st, "ada")
		commit(t, st, store.DeleteOperator{ID: "ada", Version: 2})
		_, err := st.FindOperator(t.Context(), "ada")
		require.ErrorIs(t, err, store.ErrNotFound)
		refused(t, st, store.ErrNotFound, store.DeleteOperator{ID: "ada", Version: 2})
	}},
	{"a deleted operator's sessions, pre-sessions, factors, recovery codes and tokens go, events and mails stay, others keep theirs", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		for _, id := range []string{"ada", "eve"} {
			used := newToken(id, "used token of "+id)
			used.UsedAt = noon
			event, mail := newEvent("event of "+id), newMail("mail of "+id)
			event.ActorID, mail.OperatorID = id, id
			commit(t, st,
				store.PutSession{Session: newSession(id, "session of "+id)},
				store.PutSessionValues{SessionID: "id of session of " + id, Name: "n", Data: []byte("d")},
				store.PutPreSession{PreSession: newPreSession(id, "pre-session of "+id)},
				store.PutFactor{Factor: newFactor(id, "factor of "+id)},
				store.PutRecoverySet{Set: store.RecoverySet{OperatorID: id, Hashes: [][]byte{{1}}}},
				store.PutToken{Token: used},
				store.PutToken{Token: newToken(id, "token of "+id)},
				store.AppendEvent{Event: event}, store.EnqueueMail{Mail: mail})
		}
		commit(t, st, store.DeleteOperator{ID: "ada", Version: 1})
		for _, c := range []struct {
			id    string
			error error
		}{{"ada", store.ErrNotFound}, {"eve", nil}} {
			_, err := st.FindSession(t.Context(), store.DigestOf("session of "+c.id))
			require.ErrorIs(t, err, c.error, "session of %s", c.id)
			_, err = st.FindSessionValues(t.Context(), "id of session of "+c.id, "n")
			require.ErrorIs(t, err, c.error, "session values of %s", c.id)
			_, err = findPreSession(t, st, store.DigestOf("pre-session of "+c.id))
			require.ErrorIs(t, err, c.error, "pre-session of %s", c.id)
			_, err = st.FindRecoverySet(t.Context(), c.id)
			require.ErrorIs(t, err, c.error, "recovery codes of %s", c.id)
			for _, token := range []string{"token of ", "used token of "} {
				_, err = st.FindToken(t.Context(), store.DigestOf(token+c.id), store.PurposeReset)
				require.ErrorIs(t, err, c.error, "%s%s", token, c.id)
			}
			factors, err := st.ListFactors(t.Context(), c.id)
			require.NoError(t, err)
			require.Equal(t, c.error == nil, len(factors) == 1, "factors of %s", c.id)
			sessions, err := st.ListSessions(t.Context(), c.id)
			require.NoError(t, err)
			require.Equal(t, c.error == nil, len(sessions) == 1, "sessions of %s", c.id)
			events, err := st.ListEvents(t.Context(), store.EventQuery{ActorID: c.id})
			require.NoError(t, err)
			require.Len(t, events.Rows, 1, "events of %s", c.id)
			_, err = st.FindMail(t.Context(), "mail of "+c.id)
			require.NoError(t, err, "mail of %s", c.id)
		}
	}},
	{"an upgraded password is the only thing that changes", func(t *testing.T, st store.Store) {
		o := put(t, st, fullOperator(t, "ada"))
		commit(t, st, store.UpgradePassword{OperatorID: o.ID, Old: o.Password, New: "$argon2id$better"})
		want := o
		want.Password = "$argon2id$better"
		same(t, want, operator(t, st, o.ID))
		refused(t, st, store.ErrConflict, store.UpgradePassword{OperatorID: o.ID, Old: o.Password, New: "stale"})
		refused(t, st, store.ErrConflict, store.UpgradePassword{OperatorID: o.ID, Old: "", New: "stale"})
		same(t, want, operator(t, st, o.ID))
	}},
	{"marking locked sets LockedUntil, back too, and nothing else", func(t *testing.T, st store.Store) {
		o := fullOperator(t, "ada")
		o = put(t, st, o)
		for _, until := range []time.Time{noon.Add(999), noon.Add(time.Hour), noon.Add(-time.Hour), {}, noon.In(time.FixedZone("east", 3600))} {
			commit(t, st, store.MarkLocked{OperatorID: o.ID, Until: until})
			o.LockedUntil = store.Time(until)
			same(t, o, operator(t, st, o.ID))
		}
		commit(t, st, store.MarkLocked{OperatorID: "nobody", Until: noon})
		_, err := st.FindOperator(t.Context(), "nobody")
		require.ErrorIs(t, err, store.ErrNotFound)
	}},
	{"marking refreshed sets RefreshedAt, back too, and nothing else", func(t *testing.T, st store.Store) {
		o := put(t, st, fullOperator(t, "ada"))
		for _, at := range []time.Time{noon.Add(999), noon.Add(time.Hour), noon.Add(-time.Hour), {}, noon.In(time.FixedZone("east", 3600))} {
			commit(t, st, store.MarkRefreshed{OperatorID: o.ID, At: at})
			o.RefreshedAt = store.Time(at)
			same(t, o, operator(t, st, o.ID))
		}
		commit(t, st, store.MarkRefreshed{OperatorID: "nobody", At: noon})
	}},
	{"moving an invitation sets when it expires and nothing else, and only of those who are invited", func(t *testing.T, st store.Store) {
		o := fullOperator(t, "ada")
		o = put(t, st, o)
		for _, state := range []store.OperatorState{store.OperatorActive, store.OperatorInvited, store.OperatorDisabled} {
			o.State, o.InviteExpiresAt = state, store.Time(noon)
			o = put(t, st, o)
			for _, at := range []time.Time{noon.Add(999), noon.Add(time.Hour).In(time.FixedZone("east", 3600))} {
				commit(t, st, store.MoveInvitation{OperatorID: o.ID, ExpiresAt: at.Add(time.Hour), At: at})
				if state == store.OperatorInvited {
					o.InviteExpiresAt, o.UpdatedAt = store.Time(at.Add(time.Hour)), store.Time(at)
				}
				same(t, o, operator(t, st, o.ID))
			}
		}
		commit(t, st, store.MoveInvitation{OperatorID: "nobody", ExpiresAt: noon, At: noon})
		_, err := st.FindOperator(t.Context(), "nobody")
		require.ErrorIs(t, err, store.ErrNotFound)
	}},
	{"a lock shows while the operator is active, and again once they are", func(t *testing.T, st store.Store) {
		shows := func(want store.OperatorShow) {
			t.Helper()
			for _, show := range []store.OperatorShow{store.ShowActive, store.ShowInvited, store.ShowExpired, store.ShowLocked, store.ShowDisabled} {
				found := operatorIDs(t, st, store.OperatorQuery{Show: show, Now: noon})
				require.Equal(t, show == want, found == "ada", "%s, not %s", want, show)
			}
		}
		o := put(t, st, newOperator("ada"))
		shows(store.ShowActive)
		commit(t, st, store.MarkLocked{OperatorID: "ada", Until: noon.Add(time.Hour)})
		shows(store.ShowLocked)
		o.State = store.OperatorDisabled
		o = put(t, st, o)
		shows(store.ShowDisabled)
		commit(t, st, store.MarkLocked{OperatorID: "ada", Until: noon.Add(2 * time.Hour)})
		shows(store.ShowDisabled)
		o.State, o.InviteExpiresAt = store.OperatorInvited, noon.Add(time.Hour)
		o = put(t, st, o)
		shows(store.ShowInvited)
		o.State, o.LockedUntil = store.OperatorActive, time.Time{}
		put(t, st, o)
		shows(store.ShowLocked)
		commit(t, st, store.MarkLocked{OperatorID: "ada"})
		shows(store.ShowActive)
	}},
}
