package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// purge purges and requires that it deleted what is wanted, and nothing when
// repeated.
func purge(t *testing.T, st store.Store, p store.Purge, want store.Purged) {
	t.Helper()
	for _, expected := range []store.Purged{want, {}} {
		got, err := st.Purge(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, expected, got)
	}
}

var purgeDuties = []duty{
	{"an empty store has nothing past its time", func(t *testing.T, st store.Store) {
		purge(t, st, store.Purge{Now: noon, IdleSince: noon, MailsBefore: noon, UsedTokensBefore: noon, DevicesBefore: noon, BrowsersBefore: noon}, store.Purged{})
	}},
	{"sessions go at their end", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		endsAt := newSession("ada", "s").EndsAt
		later := newSession("ada", "later")
		later.EndsAt = endsAt.Add(time.Microsecond)
		commit(t, st, store.PutSession{Session: newSession("ada", "s")}, store.PutSession{Session: later})
		purge(t, st, store.Purge{Now: endsAt.Add(-time.Microsecond)}, store.Purged{})
		purge(t, st, store.Purge{Now: endsAt}, store.Purged{Sessions: 1})
		ended(t, st, "ada", "s")
		session(t, st, "later")
	}},
	{"sessions not seen since go, those seen just then stay", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, signIn("ada", "early", 0, 0), signIn("ada", "just", 10, 0), signIn("ada", "late", 20, 0))
		purge(t, st, store.Purge{Now: noon}, store.Purged{})
		purge(t, st, store.Purge{Now: noon, IdleSince: noon}, store.Purged{})
		purge(t, st, store.Purge{Now: noon, IdleSince: noon.Add(10 * time.Minute)}, store.Purged{Sessions: 1})
		require.Equal(t, []string{"id of late", "id of just"}, sessionNames(t, st, "ada"))
	}},
	{"a session both idle and at its end counts once", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, signIn("ada", "s", 0, 0))
		purge(t, st, store.Purge{Now: noon.Add(100 * time.Hour), IdleSince: noon.Add(time.Hour)}, store.Purged{Sessions: 1})
	}},
	{"pre-sessions go at their end", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		p := newPreSession("ada", "p")
		later := newPreSession("ada", "later")
		later.ExpiresAt = p.ExpiresAt.Add(time.Microsecond)
		commit(t, st, store.PutPreSession{PreSession: p}, store.PutPreSession{PreSession: later})
		purge(t, st, store.Purge{Now: p.ExpiresAt.Add(-time.Microsecond)}, store.Purged{})
		purge(t, st, store.Purge{Now: p.ExpiresAt}, store.Purged{PreSessions: 1})
		preSession(t, st, later.Digest)
	}},
	{"used and expired tokens go once they were created long enough ago, live ones never", func(t *testing.T, st store.Store) {
		live, used, expired := newToken("a", "live"), newToken("b", "used"), newToken("c", "expired")
		young := newToken("d", "young")
		live.ExpiresAt, used.ExpiresAt = noon.Add(1000*time.Hour), noon.Add(1000*time.Hour)
		used.UsedAt, young.UsedAt = noon, noon
		young.CreatedAt = noon.Add(time.Hour)
		commit(t, st, store.PutToken{Token: live}, store.PutToken{Token: used}, store.PutToken{Token: expired}, store.PutToken{Token: young})
		purge(t, st, store.Purge{Now: noon.Add(100 * time.Hour)}, store.Purged{})
		purge(t, st, store.Purge{Now: noon.Add(100 * time.Hour), UsedTokensBefore: noon}, store.Purged{})
		before := noon.Add(time.Hour)
		purge(t, st, store.Purge{Now: expired.ExpiresAt.Add(-time.Microsecond), UsedTokensBefore: before}, store.Purged{Tokens: 1})
		noToken(t, st, "used", store.PurposeReset)
		purge(t, st, store.Purge{Now: expired.ExpiresAt, UsedTokensBefore: before}, store.Purged{Tokens: 1})
		noToken(t, st, "expired", store.PurposeReset)
		token(t, st, "live", store.PurposeReset)
		token(t, st, "young", store.PurposeReset)
	}},
	{"counters go when they mean nothing any more", func(t *testing.T, st store.Store) {
		hit(t, st, "k", threeAnHour, noon, true)
		hit(t, st, "later", threeAnHour, noon.Add(time.Microsecond), true)
		hit(t, st, "row", store.Limit{Max: 3, Wait: time.Minute}, noon, true)
		purge(t, st, store.Purge{Now: noon.Add(time.Hour - time.Microsecond)}, store.Purged{})
		purge(t, st, store.Purge{Now: noon.Add(time.Hour)}, store.Purged{Counters: 1})
		_, err := findCounter(t, st, "k")
		require.ErrorIs(t, err, store.ErrNotFound)
		counter(t, st, "later")
		counter(t, st, "row")
	}},
	{"settled mails go, queued ones stay", func(t *testing.T, st store.Store) {
		for _, state := range []store.MailState{store.MailQueued, store.MailSent, store.MailFailed, store.MailCancelled} {
			old, young := newMail("old "+string(state)), newMail("young "+string(state))
			old.State, young.State = state, state
			young.CreatedAt = noon.Add(time.Microsecond)
			commit(t, st, store.EnqueueMail{Mail: old}, store.EnqueueMail{Mail: young})
		}
		now := noon.Add(1000 * time.Hour)
		purge(t, st, store.Purge{Now: now}, store.Purged{})
		purge(t, st, store.Purge{Now: now, MailsBefore: noon}, store.Purged{})
		purge(t, st, store.Purge{Now: now, MailsBefore: noon.Add(time.Microsecond)}, store.Purged{Mails: 3})
		require.Equal(t, "young sent young queued young failed young cancelled old queued", mailIDs(t, st, store.MailQuery{}))
	}},
	{"however much there is goes in one call", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		var writes []store.Write
		for _, name := range names("m", 1500) {
			m, k := newMail(name), newToken(name, name)
			m.State, k.UsedAt = store.MailSent, noon
			writes = append(writes, store.EnqueueMail{Mail: m}, store.PutToken{Token: k}, see("ada", name, noon),
				store.PutBrowser{Browser: newBrowser("ada", name)})
		}
		commit(t, st, writes...)
		later := noon.Add(time.Hour)
		purge(t, st, store.Purge{Now: later, MailsBefore: later, UsedTokensBefore: later, DevicesBefore: later, BrowsersBefore: later},
			store.Purged{Mails: 1500, Tokens: 1500, Devices: 1500, Browsers: 1500})
	}},
	{"a purged session's values go with it, and no other's", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		for i, name := range []string{"early", "late"} {
			commit(t, st, signIn("ada", name, 20*i, 0), store.PutSessionValues{SessionID: "id of " + name, Name: "a", Data: []byte("b")},
				store.PutSessionValues{SessionID: "id of " + name, Name: "b", Data: []byte("b")})
		}
		purge(t, st, store.Purge{Now: noon, IdleSince: noon.Add(10 * time.Minute)}, store.Purged{Sessions: 1})
		for name, want := range map[string]error{"id of early": store.ErrNotFound, "id of late": nil} {
			_, err := st.FindSessionValues(t.Context(), name, "b")
			require.ErrorIs(t, err, want)
		}
	}},
	{"operators, roles, factors, parameters and events stay for ever", func(t *testing.T, st store.Store) {
		o := newOperator("ada")
		o.State, o.InviteExpiresAt = store.OperatorInvited, noon
		put(t, st, o)
		commit(t, st, store.PutRole{Role: newRole("editor")}, store.PutFactor{Factor: newFactor("ada", "f")},
			store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "ada", Hashes: [][]byte{{1}}}},
			store.PutParameters{Parameters: store.Parameters{ConfirmBy: noon}}, store.AppendEvent{Event: newEvent("e"), MAC: chain})
		far := noon.Add(100_000 * time.Hour)
		purge(t, st, store.Purge{Now: far, IdleSince: far, MailsBefore: far, UsedTokensBefore: far, DevicesBefore: far, BrowsersBefore: far}, store.Purged{})
		operator(t, st, "ada")
		role(t, st, "editor")
		require.Len(t, factors(t, st, "ada"), 1)
		recovery(t, st, "ada")
		require.EqualValues(t, 1, revision(t, st))
		unbroken(t, st, 1)
	}},
}
