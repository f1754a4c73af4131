package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// stranger is a write that no store knows.
type stranger struct{ store.Write }

var commitDuties = []duty{
	{"a commit of nothing does nothing", func(t *testing.T, st store.Store) {
		before := look(t, st)
		commit(t, st)
		requireSame(t, before, look(t, st), "a commit of nothing")
	}},
	{"an unknown write fails the commit, and nothing of it happens", func(t *testing.T, st store.Store) {
		before := look(t, st)
		known := store.PutRole{Role: newRole("r")}
		for _, unknown := range []store.Write{stranger{known}, &known, nil} {
			refused(t, st, store.ErrUnknownWrite, known, unknown)
			refused(t, st, store.ErrUnknownWrite, unknown, known)
		}
		requireSame(t, before, look(t, st), "unknown writes")
		commit(t, st, known)
	}},
	{"writes happen in the order given, each seeing those before it", func(t *testing.T, st store.Store) {
		o := newOperator("ada")
		refused(t, st, store.ErrNotFound, store.PutSession{Session: newSession("ada", "s")}, store.PutOperator{Operator: o})
		again := o
		again.Version, again.Name = 1, "again"
		commit(t, st, store.PutOperator{Operator: o}, store.PutOperator{Operator: again}, store.CheckOperator{ID: "ada", Version: 2},
			store.PutSession{Session: newSession("ada", "s")}, store.EndSessions{OperatorID: "ada", All: true},
			store.PutSession{Session: newSession("ada", "t")},
			store.PutToken{Token: newToken("ada", "k")}, store.RevokeTokens{Subject: "ada"}, store.PutToken{Token: newToken("ada", "l")},
			consume("l", noon))
		require.Equal(t, "again", operator(t, st, "ada").Name)
		require.Equal(t, []string{"id of t"}, sessionNames(t, st, "ada"))
		noToken(t, st, "k", store.PurposeReset)
	}},
	{"writes that touch the same rows see each other", func(t *testing.T, st store.Store) {
		settle(t, st)
		values := store.PutSessionValues{SessionID: "id of s", Name: "n", Data: []byte("d")}
		failed := store.MoveMail{ID: "m", From: store.MailQueued, To: store.MailFailed}
		queued := store.MoveMail{ID: "m", From: store.MailFailed, To: store.MailQueued, NextAttemptAt: noon}
		commit(t, st,
			store.EnqueueMail{Mail: newMail("m")}, failed, queued, store.EnqueueMail{Mail: newMail("n")}, failed,
			store.PutFactor{Factor: newFactor("ada", "f")}, store.AdvanceFactor{ID: "f", Step: 2000, At: noon}, store.AdvanceFactor{ID: "f", Step: 2001, At: noon},
			store.PutSession{Session: newSession("ada", "r"), Keep: 1}, store.MarkLocked{OperatorID: "ada", Until: noon},
			store.PutSession{Session: newSession("ada", "s"), Keep: 1}, values, store.EndSessions{OperatorID: "ada", ID: "id of s", MustExist: true},
			store.PutSession{Session: newSession("ada", "s"), Keep: 1},
			store.PutPreSession{PreSession: newPreSession("ada", "p")}, store.EndPreSession{Digest: store.DigestOf("p")}, store.PutPreSession{PreSession: newPreSession("ada", "p")},
			store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "ada", Hashes: [][]byte{{1}, {2}}}}, store.UseRecoveryCode{OperatorID: "ada", Hash: []byte{1}},
			store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "ada", Hashes: [][]byte{{1}, {3}}}}, store.UseRecoveryCode{OperatorID: "ada", Hash: []byte{1}})
		require.Equal(t, []string{"id of s"}, sessionNames(t, st, "ada"))
		_, err := st.FindSessionValues(t.Context(), "id of s", "n")
		require.ErrorIs(t, err, store.ErrNotFound)
		m, err := st.FindMail(t.Context(), "m")
		require.NoError(t, err)
		require.Equal(t, store.MailFailed, m.State)
		set, err := st.FindRecoverySet(t.Context(), "ada")
		require.NoError(t, err)
		require.Equal(t, [][]byte{{3}}, set.Hashes)
	}},
	{"of the writes that fail, the first decides", func(t *testing.T, st store.Store) {
		settle(t, st)
		before := look(t, st)
		conflict, twice := store.CheckOperator{ID: "ada", Version: 99}, store.EnqueueMail{Mail: newMail("twice")}
		for sentinel, write := range map[error]store.Write{
			store.ErrUsed: store.UseRecoveryCode{OperatorID: "ada", Hash: []byte("none")}, store.ErrReplayed: store.AdvanceFactor{ID: "first of ada", Step: 0, At: noon},
			store.ErrNotFound: store.EndPreSession{Digest: store.DigestOf("none")}, store.ErrExists: store.EnqueueMail{Mail: newMail("twice")},
		} {
			rest := []store.Write{store.ClearCounter{Key: "counter"}, store.AppendEvent{Event: newEvent("never")}}
			refused(t, st, sentinel, append([]store.Write{twice, write, conflict}, rest...)...)
			refused(t, st, store.ErrConflict, append([]store.Write{twice, conflict, write}, rest...)...)
			refused(t, st, sentinel, append([]store.Write{twice, write, store.CheckNoOperators{}}, rest...)...)
			refused(t, st, store.ErrOperatorsExist, append([]store.Write{twice, store.CheckNoOperators{}, write}, rest...)...)
		}
		requireSame(t, before, look(t, st), "failing writes")
	}},
	{"a commit may have very many writes", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		const many = 100
		var writes []store.Write
		for i := range many {
			name := fmt.Sprint(i)
			// Not in the order of their times.
			e := newEvent(name)
			e.At = noon.Add(time.Duration(i*37%many) * time.Second)
			writes = append(writes, store.AppendEvent{Event: e, MAC: chain}, store.EnqueueMail{Mail: newMail(name)},
				store.ClearCounter{Key: name}, store.PutSession{Session: newSession("ada", name), Keep: many - 10})
		}
		commit(t, st, writes...)
		require.Len(t, sessionNames(t, st, "ada"), many-10)
		for until := 0; until <= many; until += 10 {
			page, err := st.ListEvents(t.Context(), store.EventQuery{Until: noon.Add(time.Duration(until) * time.Second), Limit: many})
			require.NoError(t, err)
			require.Len(t, page.Rows, until)
		}
		refused(t, st, store.ErrExists, store.EnqueueMail{Mail: newMail("new")}, store.EnqueueMail{Mail: newMail("99")})
	}},
	{"a failing last write leaves no trace of any before it", func(t *testing.T, st store.Store) {
		settle(t, st)
		before := look(t, st)
		for _, step := range steps {
			writes := step.writes(t, st)
			name := fmt.Sprintf("%T", writes[0])
			refused(t, st, store.ErrOperatorsExist, append(writes, store.CheckNoOperators{})...)
			requireSame(t, before, look(t, st), "%s that was taken back", name)
			// Again without the failure, to see that the writes would change something.
			commit(t, st, step.writes(t, st)...)
			after := look(t, st)
			if step.checks {
				requireSame(t, before, after, "%s", name)
			} else {
				require.NotEqual(t, before, after, "%s", name)
			}
			before = after
		}
	}},
	{"what a failing commit made, changed and removed again leaves no trace either", func(t *testing.T, st store.Store) {
		settle(t, st)
		before := look(t, st)
		made, s := newOperator("new"), newSession("new", "first of new")
		changed, rotated := made, s
		changed.Version, changed.NameKey, changed.State = 1, "renamed", store.OperatorInvited
		rotated.Digest = store.DigestOf("second of new")
		refused(t, st, store.ErrOperatorsExist,
			store.PutOperator{Operator: made}, store.PutOperator{Operator: changed},
			store.PutSession{Session: s}, store.ReplaceSession{Old: s.Digest, New: rotated},
			store.PutSessionValues{SessionID: s.ID, Name: "name", Data: []byte("data")},
			store.PutToken{Token: newToken("new", "first of new")}, consume("first of new", noon),
			store.PutFactor{Factor: newFactor("new", "first of new")}, store.AdvanceFactor{ID: "first of new", Step: 1000, At: noon},
			store.AdvanceFactor{ID: "first of eve", Step: 1000, At: noon}, store.RemoveFactors{OperatorID: "eve", All: true},
			recognise("new", "first of new", 1, 1), recognise("new", "second of new", 2, 1), recognise("eve", "third of eve", 9, 1), store.DeleteBrowsers{OperatorID: "ada", All: true},
			see("new", "laptop", noon), see("eve", "laptop", noon.Add(time.Hour)), store.MarkLocked{OperatorID: "new", Until: noon},
			store.MoveInvitation{OperatorID: "new", ExpiresAt: noon.Add(time.Hour), At: noon},
			store.DeleteOperator{ID: "new", Version: 2}, store.PutOperator{Operator: made},
			store.DeleteOperator{ID: "eve", Version: 1}, store.DeleteRole{ID: "editor", Version: 1, To: "other"},
			store.PutRole{Role: newRole("editor")}, store.ClearCounter{Key: "counter"},
			store.AppendEvent{Event: newEvent("never"), MAC: chain},
			store.PurgeEvents{Through: 1}, store.AppendEvent{Event: newEvent("never"), MAC: chain},
			store.MoveMail{ID: "mail", From: store.MailQueued, To: store.MailFailed, At: noon}, store.MoveMail{ID: "mail", From: store.MailFailed, To: store.MailQueued, NextAttemptAt: noon},
			store.CheckNoOperators{})
		requireSame(t, before, look(t, st), "a failing commit of many writes")
	}},
	{"a failing first write keeps the ones after it from happening", func(t *testing.T, st store.Store) {
		settle(t, st)
		before := look(t, st)
		for _, step := range steps {
			refused(t, st, store.ErrNotFound, append([]store.Write{consume("nothing", noon)}, step.writes(t, st)...)...)
		}
		requireSame(t, before, look(t, st), "writes after a failing one")
	}},
	{"a call whose context is done does nothing and returns the context's error", func(t *testing.T, st store.Store) {
		settle(t, st)
		before := look(t, st)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, step := range steps {
			require.ErrorIs(t, st.Commit(ctx, step.writes(t, st)...), context.Canceled)
		}
		far := noon.Add(1000 * time.Hour)
		for name, call := range map[string]func() error{
			"Commit": func() error { return st.Commit(ctx) },
			"Purge": func() error {
				return second(st.Purge(ctx, store.Purge{Now: far, IdleSince: far, MailsBefore: far, UsedTokensBefore: far, DevicesBefore: far, BrowsersBefore: far}))
			},
			"Pulse":                func() error { return second(st.Pulse(ctx)) },
			"FindOperator":         func() error { return second(st.FindOperator(ctx, "ada")) },
			"FindOperatorByLogin":  func() error { return second(st.FindOperatorByLogin(ctx, "name of ada")) },
			"FindOperatorByMember": func() error { return second(st.FindOperatorByMember(ctx, "member of eve")) },
			"ListOperators":        func() error { return second(st.ListOperators(ctx, store.OperatorQuery{})) },
			"CountOperators":       func() error { return second(st.CountOperators(ctx, noon, 1)) },
			"CountHolders":         func() error { return second(st.CountHolders(ctx)) },
			"HasOperators":         func() error { return second(st.HasOperators(ctx)) },
			"FindRole":             func() error { return second(st.FindRole(ctx, "editor")) },
			"ListRoles":            func() error { return second(st.ListRoles(ctx)) },
			"FindSession":          func() error { return second(st.FindSession(ctx, store.DigestOf("first of ada"))) },
			"ListSessions":         func() error { return second(st.ListSessions(ctx, "ada")) },
			"TouchSession":         func() error { return st.TouchSession(ctx, store.DigestOf("first of ada"), far) },
			"FindSignIn":           func() error { return second(st.FindSignIn(ctx, store.SignInQuery{OperatorID: "ada"})) },
			"FindSessionValues":    func() error { return second(st.FindSessionValues(ctx, "id of first of ada", "name")) },
			"ListBrowsers":         func() error { return second(st.ListBrowsers(ctx, "ada")) },
			"ListFactors":          func() error { return second(st.ListFactors(ctx, "ada")) },
			"ListSealed":           func() error { return second(st.ListSealed(ctx, store.SealedQuery{Kind: store.SealedFactor})) },
			"FindRecoverySet":      func() error { return second(st.FindRecoverySet(ctx, "ada")) },
			"FindToken":            func() error { return second(st.FindToken(ctx, store.DigestOf("first of ada"), store.PurposeReset)) },
			"ListTokens":           func() error { return second(st.ListTokens(ctx, store.TokenQuery{Purpose: store.PurposeReset})) },
			"LoadParameters":       func() error { return second(st.LoadParameters(ctx)) },
			"ParametersRevision":   func() error { return second(st.ParametersRevision(ctx)) },
			"ListEvents":           func() error { return second(st.ListEvents(ctx, store.EventQuery{})) },
			"CountEvents": func() error {
				return second(st.CountEvents(ctx, store.EventQuery{}, []time.Time{noon, far}, 1))
			},
			"AuditEnds": func() error { return second(st.AuditEnds(ctx)) },
			"FindMail":  func() error { return second(st.FindMail(ctx, "mail")) },
			"ListMails": func() error { return second(st.ListMails(ctx, store.MailQuery{})) },
			"ClaimMail": func() error { return second(st.ClaimMail(ctx, anyMail(far))) },
			"Hit": func() error {
				_, counted, err := st.Hit(ctx, noon, store.Hit{Key: "counter", Limit: ever})
				require.False(t, counted)
				return err
			},
			"FindCounters": func() error { return second(st.FindCounters(ctx, "counter")) },
			"ClaimAnswer":  func() error { return second(st.ClaimAnswer(ctx, noon, formClaim("new", "a"))) },
			"SettleAnswer": func() error { return st.SettleAnswer(ctx, formClaim("form", "a")) },
			"FindAnswer":   func() error { return second(st.FindAnswer(ctx, store.DigestOf("form"))) },
		} {
			require.ErrorIs(t, call(), context.Canceled, name)
		}
		requireSame(t, before, look(t, st), "calls with a context that is done")
	}},
}

// second is the error of a call that returns two values.
func second[T any](_ T, err error) error { return err }
