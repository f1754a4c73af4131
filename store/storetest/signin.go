package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

var signInDuties = []duty{
	{"the view of a sign-in is what each part reads alone, whichever field finds it", func(t *testing.T, st store.Store) {
		settle(t, st)
		f := filled[store.Factor](t, "factor")
		f.OperatorID = "eve"
		r := filled[store.Role](t, "role")
		r.ID, r.Version = "moderator", 0
		s := filled[store.Session](t, "session")
		s.OperatorID = "eve"
		p := filled[store.PreSession](t, "pre-session")
		p.OperatorID = "eve"
		commit(t, st, store.PutFactor{Factor: f}, store.PutRole{Role: r}, store.PutSession{Session: s}, store.PutPreSession{PreSession: p},
			store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "eve", Salt: everyByte(), Hashes: [][]byte{everyByte(), {0}}, CreatedAt: noon}})
		b := filled[store.Browser](t, "browser")
		b.OperatorID = "eve"
		commit(t, st, store.PutBrowser{Browser: b})
		for _, key := range append([]string{"code:eve", "code:ada", "other:eve", "eve"}, hostile...) {
			hit(t, st, key, ever, noon, true)
		}
		for name, q := range map[string]store.SignInQuery{
			"the name": {Login: "name of eve"}, "the email address": {Login: "eve@example.org"}, "the member": {MemberID: "member of eve"},
			"the account": {Subject: "account of eve"}, "the id": {OperatorID: "eve"}, "the pre-session": {PreSession: p.Digest},
		} {
			q.Device, q.Counters, q.OperatorCounters = store.DigestOf("laptop"), append([]string{"counter", "none"}, hostile...), []string{"code:", "enrol:", ""}
			q.Browsers = []store.Digest{store.DigestOf("none"), store.DigestOf("first of ada"), {}, b.Digest}
			v, err := st.FindSignIn(t.Context(), q)
			require.NoError(t, err, name)
			same(t, b, v.Browser)
			same(t, operator(t, st, "eve"), v.Operator)
			roles, err := st.ListRoles(t.Context())
			require.NoError(t, err)
			slices.SortFunc(v.Roles, func(a, b store.Role) int { return strings.Compare(a.NameKey, b.NameKey) })
			same(t, roles, v.Roles)
			same(t, factors(t, st, "eve"), v.Factors)
			same(t, sortHashes(recovery(t, st, "eve")), sortHashes(v.Recovery))
			sessions, err := st.ListSessions(t.Context(), "eve")
			require.NoError(t, err)
			same(t, sessions, v.Sessions)
			same(t, device(t, st, "eve", "laptop"), v.Device)
			require.EqualValues(t, 1, v.Revision)
			if name == "the pre-session" {
				same(t, p, v.PreSession)
			} else {
				require.Zero(t, v.PreSession, name)
			}
			want := append([]string{"counter", "code:eve", "eve"}, hostile...)
			require.Len(t, v.Counters, len(want), name)
			for _, c := range v.Counters {
				require.Contains(t, want, c.Key)
				same(t, counter(t, st, c.Key), c)
			}
		}
	}},
	{"an operator with nothing has a view of nothing, and who is not there has none", func(t *testing.T, st store.Store) {
		want := put(t, st, newOperator("ada"))
		v, err := st.FindSignIn(t.Context(), store.SignInQuery{OperatorID: "ada", OperatorCounters: []string{"code:"}})
		require.NoError(t, err)
		v.At = time.Time{}
		same(t, store.SignInView{Operator: want}, v)
		for _, q := range []store.SignInQuery{
			{}, {Login: "eve"}, {Login: "ada"}, {MemberID: "ada"}, {Subject: "ada"}, {OperatorID: "eve"}, {PreSession: store.DigestOf("ada")}, {Device: store.DigestOf("ada")},
		} {
			_, err := st.FindSignIn(t.Context(), q)
			require.ErrorIs(t, err, store.ErrNotFound, "%+v", q)
		}
	}},
}
