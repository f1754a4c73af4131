package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// settle fills a store with a record of every kind for ada, the only
// super-administrator, and for eve.
func settle(t *testing.T, st store.Store) {
	t.Helper()
	eve := newOperator("eve")
	eve.MemberID, eve.Subject, eve.Roles = "member of eve", "account of eve", []string{"editor", "moderator"}
	put(t, st, newSuperAdministrator("ada"), eve)
	commit(t, st, store.PutRole{Role: newRole("editor")}, store.PutParameters{Parameters: store.Parameters{Alias: "a"}},
		store.EnqueueMail{Mail: newMail("mail")}, store.AppendEvent{Event: newEvent("event"), MAC: chain})
	for _, id := range []string{"ada", "eve"} {
		invite := newToken(id, "second of "+id)
		invite.Purpose = store.PurposeInvite
		commit(t, st, signIn(id, "first of "+id, 1, 0), signIn(id, "second of "+id, 2, 0), signIn(id, "third of "+id, 3, 0),
			store.PutSessionValues{SessionID: "id of first of " + id, Name: "name", Data: []byte("data")},
			store.PutPreSession{PreSession: newPreSession(id, "first of "+id)},
			store.PutPreSession{PreSession: newPreSession(id, "second of "+id)},
			store.PutFactor{Factor: newFactor(id, "first of "+id)}, store.PutFactor{Factor: newFactor(id, "second of "+id)},
			store.PutRecoverySet{Set: store.RecoverySet{OperatorID: id, Hashes: [][]byte{{1}, {2}}}},
			store.PutToken{Token: newToken(id, "first of "+id)}, store.PutToken{Token: invite}, see(id, "laptop", noon),
			store.PutBrowser{Browser: newBrowser(id, "first of "+id)}, store.PutBrowser{Browser: newBrowser(id, "second of "+id)})
	}
	for range 3 {
		hit(t, st, "counter", ever, noon, true)
	}
	claims(t, st, noon, formClaim("form", "a"), true)
}

// step is a batch in a sequence that begins with settle, and whose writes all
// succeed in that order.
type step struct {
	writes func(t *testing.T, st store.Store) []store.Write
	// checks means that the writes change nothing.
	checks bool
}

// change is a step of one write that does not need to read anything.
func change(w store.Write) step {
	return step{writes: func(*testing.T, store.Store) []store.Write { return []store.Write{w} }}
}

// steps contain every kind of write.
var steps = []step{
	change(store.PutOperator{Operator: newOperator("new")}),
	{writes: func(t *testing.T, st store.Store) []store.Write {
		o := operator(t, st, "eve")
		o.NameKey, o.EmailKey, o.SearchKey, o.MemberID, o.Subject, o.EndsAt, o.Password, o.Roles = "renamed", "moved@example.org", "renamed moved", "other member", "other account", noon, "new", []string{"editor"}
		return []store.Write{store.PutOperator{Operator: o}}
	}},
	{writes: func(t *testing.T, st store.Store) []store.Write {
		return []store.Write{store.CheckOperator{ID: "eve", Version: operator(t, st, "eve").Version}}
	}, checks: true},
	change(store.UpgradePassword{OperatorID: "eve", Old: "new", New: "better"}),
	change(store.MarkLocked{OperatorID: "eve", Until: noon}),
	change(store.MarkRefreshed{OperatorID: "eve", At: noon}),
	{writes: func(t *testing.T, st store.Store) []store.Write {
		o := operator(t, st, "eve")
		o.State = store.OperatorInvited
		return []store.Write{store.PutOperator{Operator: o}}
	}},
	change(store.MoveInvitation{OperatorID: "eve", ExpiresAt: noon, At: noon}),
	{writes: func(t *testing.T, st store.Store) []store.Write {
		r := role(t, st, "editor")
		r.NameKey, r.Permissions = "renamed", []string{"a", "b"}
		return []store.Write{store.PutRole{Role: r}, store.PutRole{Role: newRole("other")}}
	}},
	{writes: func(t *testing.T, st store.Store) []store.Write {
		return []store.Write{store.CheckRole{ID: "editor", Version: role(t, st, "editor").Version}}
	}, checks: true},
	{writes: func(t *testing.T, st store.Store) []store.Write {
		return []store.Write{store.DeleteRole{ID: "editor", Version: role(t, st, "editor").Version, To: "other"}}
	}},
	{writes: func(*testing.T, store.Store) []store.Write {
		return []store.Write{store.CheckSessions{OperatorID: "eve", Most: 100}}
	}, checks: true},
	change(signIn("eve", "new of eve", 9, 3)),
	{writes: func(t *testing.T, st store.Store) []store.Write {
		s := session(t, st, "third of eve")
		s.Digest, s.ProvedAt = store.DigestOf("rotated"), noon.Add(time.Hour)
		return []store.Write{store.ReplaceSession{Old: store.DigestOf("third of eve"), New: s}}
	}},
	change(store.PutSessionValues{SessionID: "id of second of eve", Name: "name", Data: []byte("data")}),
	change(store.Reseal{Value: sealedValues("eve", "second of eve", "data"), New: []byte("fresh")}),
	change(store.Reseal{Value: sealedValues("eve", "second of eve", "fresh")}),
	change(store.PutSessionValues{SessionID: "id of second of eve", Name: "name", Data: []byte("new")}),
	change(store.PutSessionValues{SessionID: "id of second of eve", Name: "name", Data: nil}),
	change(store.EndSessions{OperatorID: "ada", ID: "id of first of ada"}),
	change(store.EndSessions{OperatorID: "ada", ID: "id of second of ada", MustExist: true}),
	change(store.PutPreSession{PreSession: newPreSession("eve", "new of eve")}),
	change(store.EndPreSession{Digest: store.DigestOf("first of eve")}),
	change(store.EndPreSession{Digest: store.DigestOf("second of eve")}),
	change(store.EndSessions{OperatorID: "ada", All: true}),
	change(store.PutFactor{Factor: newFactor("eve", "new of eve")}),
	change(store.AdvanceFactor{ID: "first of eve", Step: 1000, At: noon}),
	change(store.PutFactor{Factor: newPasskey("eve", "key of eve")}),
	change(store.AdvanceFactor{ID: "key of eve", At: noon, Counts: true, Secret: []byte("new")}),
	change(store.Reseal{Value: sealedFactor("eve", "first of eve"), New: []byte("fresh")}),
	change(store.Reseal{Value: sealedFactor("eve", "second of eve")}),
	change(store.RemoveFactors{OperatorID: "eve", ID: "first of eve"}),
	change(store.UseRecoveryCode{OperatorID: "eve", Hash: []byte{1}}),
	change(store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "eve", Hashes: [][]byte{{9}}}}),
	change(store.RemoveFactors{OperatorID: "ada", All: true}),
	change(store.PutToken{Token: newToken("eve", "new of eve")}),
	change(consume("new of eve", noon)),
	change(store.RevokeTokens{Subject: "ada", Purpose: store.PurposeReset}),
	change(store.RevokeTokens{Subject: "ada"}),
	{writes: func(t *testing.T, st store.Store) []store.Write {
		p := parameters(t, st)
		p.Alias, p.Values = "b", map[string]string{"a": "b"}
		return []store.Write{store.PutParameters{Parameters: p}}
	}},
	change(store.AppendEvent{Event: newEvent("new"), MAC: chain}),
	{writes: func(t *testing.T, st store.Store) []store.Write {
		return []store.Write{store.PurgeEvents{Through: auditEnds(t, st).LastSeq}}
	}},
	change(store.EnqueueMail{Mail: newMail("new")}),
	change(store.Reseal{Value: sealedMail("new", "ciphertext"), New: []byte("fresh")}),
	change(store.MoveMail{ID: "new", From: store.MailQueued, To: store.MailFailed, At: noon}),
	change(store.MoveMail{ID: "new", From: store.MailFailed, To: store.MailQueued, NextAttemptAt: noon.Add(time.Hour)}),
	change(store.RenewMail{ID: "new", Until: noon.Add(2 * time.Hour)}),
	change(store.MoveMail{ID: "mail", From: store.MailQueued, To: store.MailSent, At: noon}),
	change(store.Reseal{Value: sealedMail("new", "fresh"), Reply: "ended"}),
	change(see("eve", "laptop", noon.Add(time.Hour))),
	change(see("eve", "phone", noon)),
	change(recognise("eve", "third of eve", 9, 2)),
	{writes: func(*testing.T, store.Store) []store.Write {
		b := newBrowser("eve", "third of eve")
		b.Previous, b.Digest = b.Digest, store.DigestOf("fresh")
		return []store.Write{store.PutBrowser{Browser: b}}
	}},
	change(store.DeleteBrowsers{OperatorID: "eve", ID: "browser third of eve", MustExist: true}),
	change(store.DeleteBrowsers{OperatorID: "ada", All: true, Except: "browser first of ada"}),
	change(store.Unhit{Keys: []string{"counter", "none"}}),
	change(store.ClearCounter{Key: "counter"}),
	{writes: func(t *testing.T, st store.Store) []store.Write {
		return []store.Write{store.DeleteOperator{ID: "eve", Version: operator(t, st, "eve").Version}}
	}},
	{writes: func(*testing.T, store.Store) []store.Write {
		return []store.Write{store.RevokeTokens{Subject: "nobody"}}
	}, checks: true},
}

// look returns everything that can be read of what settle and steps write.
func look(t *testing.T, st store.Store) map[string]any {
	t.Helper()
	seen := map[string]any{}
	see := func(what string, v any, err error) {
		t.Helper()
		if errors.Is(err, store.ErrNotFound) {
			return
		}
		require.NoError(t, err)
		seen[what] = v
	}
	ctx := t.Context()
	for _, of := range []string{"ada", "eve", "new"} {
		sessions, err := st.ListSessions(ctx, of)
		see("sessions of "+of, tidy(sessions), err)
		browsers, err := st.ListBrowsers(ctx, of)
		see("browsers of "+of, tidy(browsers), err)
		factors, err := st.ListFactors(ctx, of)
		see("factors of "+of, tidy(factors), err)
		set, err := st.FindRecoverySet(ctx, of)
		see("recovery codes of "+of, tidy(sortHashes(set)), err)
		login, err := st.FindOperatorByLogin(ctx, "name of "+of)
		see("operator by the name of "+of, tidy(login), err)
	}
	for _, of := range []string{"ada", "eve"} {
		for _, name := range []string{"laptop", "phone"} {
			d, err := findDevice(t, st, of, name)
			see(name+" of "+of, d, err)
		}
	}
	for _, name := range []string{"first of eve", "third of eve", "fresh"} {
		v, err := findBrowser(t, st, "eve", name)
		see("browser "+name, v, err)
	}
	for _, login := range []string{"ada@example.org", "renamed", "moved@example.org"} {
		o, err := st.FindOperatorByLogin(ctx, login)
		see("operator by the login "+login, tidy(o), err)
	}
	for _, member := range []string{"member of eve", "other member"} {
		o, err := st.FindOperatorByMember(ctx, member)
		see("operator by the "+member, tidy(o), err)
	}
	for _, account := range []string{"account of eve", "other account"} {
		v, err := st.FindSignIn(ctx, store.SignInQuery{Subject: account})
		see("operator by the "+account, tidy(v.Operator), err)
	}
	for _, name := range []string{"first of ada", "third of eve", "rotated"} {
		v, err := st.FindSession(ctx, store.DigestOf(name))
		v.At = time.Time{}
		see("session "+name, tidy(v), err)
	}
	for _, name := range []string{"first of ada", "first of eve", "second of eve", "new of eve"} {
		p, err := findPreSession(t, st, store.DigestOf(name))
		see("pre-session "+name, p, err)
	}
	for _, name := range []string{"first of ada", "first of eve", "second of eve", "first of new"} {
		data, err := st.FindSessionValues(ctx, "id of "+name, "name")
		see("values of session "+name, data, err)
	}
	for _, name := range []string{"first of ada", "first of eve", "new of eve", "first of new"} {
		k, err := st.FindToken(ctx, store.DigestOf(name), store.PurposeReset)
		see("token "+name, k, err)
	}
	for _, name := range []string{"second of ada", "second of eve"} {
		k, err := st.FindToken(ctx, store.DigestOf(name), store.PurposeInvite)
		see("token "+name, k, err)
	}
	operators, err := st.ListOperators(ctx, store.OperatorQuery{})
	see("operators", tidy(operators.Rows), err)
	roles, err := st.ListRoles(ctx)
	see("roles", tidy(roles), err)
	p, err := st.LoadParameters(ctx)
	see("parameters", tidy(p), err)
	events, err := st.ListEvents(ctx, store.EventQuery{})
	see("events", tidy(events.Rows), err)
	ends, err := st.AuditEnds(ctx)
	see("ends of the audit", tidy(ends), err)
	for _, q := range []store.OperatorQuery{
		{Search: "ada"}, {Search: "eve"}, {Search: "renamed"}, {Search: "new"}, {RoleID: "editor"}, {RoleID: "other"}, {RoleID: "moderator"},
		{TwoFactor: store.Yes, Sort: store.ByLastActive}, {Show: store.ShowLocked, Now: noon.Add(-time.Hour)}, {EndsBefore: noon.Add(1000)},
	} {
		rows, err := st.ListOperators(ctx, q)
		see(fmt.Sprintf("operators %+v", q), tidy(rows.Rows), err)
	}
	mails, err := st.ListMails(ctx, store.MailQuery{})
	see("mails", tidy(mails.Rows), err)
	for _, id := range []string{"mail", "new"} {
		m, err := st.FindMail(ctx, id)
		see("mail "+id, tidy(m), err)
	}
	c, err := findCounter(t, st, "counter")
	see("counter", c, err)
	for _, form := range []string{"form", "new"} {
		a, err := st.FindAnswer(ctx, store.DigestOf(form))
		see("answer to "+form, tidy(a), err)
	}
	return seen
}

// requireSame requires that nothing changed, and reports what did.
func requireSame(t *testing.T, before, after map[string]any, format string, args ...any) {
	t.Helper()
	for what := range after {
		require.Contains(t, before, what, append([]any{format}, args...)...)
	}
	for what, was := range before {
		require.Equal(t, was, after[what], append([]any{format + ": " + what}, args...)...)
	}
}
