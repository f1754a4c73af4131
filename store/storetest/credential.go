package storetest

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// newPasskey returns a passkey; its handle is derived from the id.
func newPasskey(operatorID, id string) store.Factor {
	f := newFactor(operatorID, id)
	f.Kind, f.Handle, f.Step = store.FactorPasskey, store.DigestOf("handle of "+id), 0
	return f
}

// counted is a signature with a counter.
func counted(id string, counter int64) store.AdvanceFactor {
	return store.AdvanceFactor{ID: id, Step: counter, At: noon.Add(time.Hour), Counts: true}
}

var credentialDuties = []duty{
	{"a credential is one operator's, once, until it is removed", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		key := newPasskey("ada", "key")
		commit(t, st, store.PutFactor{Factor: key})
		for _, operatorID := range []string{"ada", "eve"} {
			again := newPasskey(operatorID, "again")
			again.Handle = key.Handle
			refused(t, st, store.ErrExists, store.PutFactor{Factor: again})
			// Within one commit, and whatever the kind.
			again.Kind, again.Handle = store.FactorTOTP, store.DigestOf("another")
			other := newPasskey("eve", "other")
			other.Handle = again.Handle
			refused(t, st, store.ErrExists, store.PutFactor{Factor: again}, store.PutFactor{Factor: other})
		}
		same(t, []store.Factor{key}, factors(t, st, "ada"))
		require.Empty(t, factors(t, st, "eve"))
		for _, remove := range []store.Write{store.RemoveFactors{OperatorID: "ada", ID: "key"}, store.RemoveFactors{OperatorID: "ada", All: true}} {
			hers := newPasskey("eve", "hers")
			hers.Handle = key.Handle
			commit(t, st, remove, store.PutFactor{Factor: hers}, store.RemoveFactors{OperatorID: "eve", ID: "hers"}, store.PutFactor{Factor: key})
		}
		commit(t, st, store.DeleteOperator{ID: "ada", Version: 1})
		key.OperatorID = "eve"
		commit(t, st, store.PutFactor{Factor: key})
	}},
	{"factors without a handle do not take it from each other", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, store.PutFactor{Factor: newFactor("ada", "a")}, store.PutFactor{Factor: newFactor("ada", "b")}, store.PutFactor{Factor: newFactor("eve", "c")})
	}},
	{"a signature counter that stays at zero is accepted, and from then on only a greater one", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		want := newPasskey("ada", "key")
		commit(t, st, store.PutFactor{Factor: want}, store.PutFactor{Factor: newPasskey("ada", "other")})
		accepts := func(counter int64) {
			t.Helper()
			commit(t, st, counted("key", counter))
			want.Step, want.LastUsedAt = counter, noon.Add(time.Hour)
			same(t, []store.Factor{want, newPasskey("ada", "other")}, factors(t, st, "ada"))
		}
		refused(t, st, store.ErrReplayed, store.AdvanceFactor{ID: "key", Step: 0, At: noon}) // a code's step
		refused(t, st, store.ErrReplayed, counted("key", -1))
		accepts(0)
		accepts(0)
		for _, counter := range []int64{1, 2, 7, 1 << 32, math.MaxInt64} {
			accepts(counter)
			for _, back := range []int64{counter, counter - 1, 0, -1} {
				refused(t, st, store.ErrReplayed, counted("key", back))
			}
		}
		refused(t, st, store.ErrNotFound, counted("none", 1))
		refused(t, st, store.ErrNotFound, counted("none", 0))
	}},
	{"a signature may bring a new secret, in the same write", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		want := newPasskey("ada", "key")
		commit(t, st, store.PutFactor{Factor: want}, store.PutFactor{Factor: newPasskey("ada", "other")})
		for _, secret := range [][]byte{everyByte(), nil, {}, {0}} {
			w := counted("key", want.Step+1)
			w.Secret = secret
			commit(t, st, w)
			want.Step, want.LastUsedAt = w.Step, w.At
			if len(secret) > 0 {
				want.Secret = secret
			}
			same(t, []store.Factor{want, newPasskey("ada", "other")}, factors(t, st, "ada"))
			w.Secret = []byte("of a clone")
			refused(t, st, store.ErrReplayed, w)
		}
		mine := counted("key", want.Step+1)
		mine.Secret = []byte("mine")
		commit(t, st, mine)
		mine.Secret[0] = 'x'
		require.Equal(t, "mine", string(factors(t, st, "ada")[0].Secret))
	}},
	{"only a confirmed passkey is told of as one, for a request and in a list", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		pending := newPasskey("ada", "pending")
		pending.ConfirmedAt = time.Time{}
		commit(t, st, store.PutSession{Session: newSession("ada", "s")}, store.PutFactor{Factor: newPasskey("eve", "hers")}, store.PutFactor{Factor: pending})
		told := func(twoFactor, passkey bool) {
			t.Helper()
			v := view(t, st, "s")
			rows := operators(t, st, store.OperatorQuery{Search: "ada"})
			require.Len(t, rows, 1)
			require.Equal(t, []bool{twoFactor, passkey}, []bool{v.TwoFactor, v.Passkey})
			require.Equal(t, []bool{twoFactor, passkey}, []bool{rows[0].TwoFactor, rows[0].Passkey})
		}
		told(false, false)
		commit(t, st, store.PutFactor{Factor: newFactor("ada", "app")})
		told(true, false)
		commit(t, st, store.PutFactor{Factor: newPasskey("ada", "key")}, store.PutFactor{Factor: newFactor("ada", "second app")})
		told(true, true)
		commit(t, st, store.RemoveFactors{OperatorID: "ada", ID: "app"}, store.RemoveFactors{OperatorID: "ada", ID: "second app"})
		told(true, true)
		commit(t, st, store.PutFactor{Factor: newFactor("ada", "app")}, store.RemoveFactors{OperatorID: "ada", ID: "key"})
		told(true, false)
		commit(t, st, store.PutFactor{Factor: newPasskey("ada", "key")}, store.RemoveFactors{OperatorID: "ada", All: true})
		told(false, false)
		commit(t, st, store.PutFactor{Factor: newPasskey("ada", "key")})
		told(true, true)
		commit(t, st, store.Reseal{Value: store.Sealed{Kind: store.SealedFactor, ID: "key", OperatorID: "ada", Data: newPasskey("ada", "key").Secret}})
		told(false, false)
	}},
}
