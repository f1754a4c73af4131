package storetest

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// factors lists an operator's factors.
func factors(t *testing.T, st store.Store, operatorID string) []store.Factor {
	t.Helper()
	all, err := st.ListFactors(t.Context(), operatorID)
	require.NoError(t, err)
	return all
}

// recovery reads an operator's recovery codes, which must exist.
func recovery(t *testing.T, st store.Store, operatorID string) store.RecoverySet {
	t.Helper()
	set, err := st.FindRecoverySet(t.Context(), operatorID)
	require.NoError(t, err)
	return set
}

var factorDuties = []duty{
	{"every field of a factor comes back", func(t *testing.T, st store.Store) {
		full := filled[store.Factor](t, "factor")
		full.Step = 1 << 40 // RFC 6238 section 4.2: beyond 32 bits
		put(t, st, newOperator("ada"), newOperator(full.OperatorID))
		for _, want := range []store.Factor{full, {ID: "bare", OperatorID: "ada"}} {
			keeps(t, want, want,
				func(f store.Factor) { commit(t, st, store.PutFactor{Factor: f}) },
				func() store.Factor {
					all := factors(t, st, want.OperatorID)
					require.Len(t, all, 1)
					return all[0]
				})
		}
	}},
	{"factors are listed oldest first, of one operator", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		for _, c := range []struct {
			id      string
			minutes int
		}{{"b", 2}, {"d", 4}, {"c", 2}, {"a", 3}, {"e", 0}} {
			f := newFactor("ada", c.id)
			f.CreatedAt = noon.Add(time.Duration(c.minutes) * time.Minute)
			commit(t, st, store.PutFactor{Factor: f})
		}
		commit(t, st, store.PutFactor{Factor: newFactor("eve", "hers")})
		var ids []string
		for _, f := range factors(t, st, "ada") {
			ids = append(ids, f.ID)
		}
		require.Equal(t, []string{"e", "b", "c", "a", "d"}, ids)
		require.Empty(t, factors(t, st, "nobody"))
	}},
	{"a factor needs its operator, and its id is given once", func(t *testing.T, st store.Store) {
		refused(t, st, store.ErrNotFound, store.PutFactor{Factor: newFactor("ada", "f")})
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, store.PutFactor{Factor: newFactor("ada", "f")})
		refused(t, st, store.ErrExists, store.PutFactor{Factor: newFactor("ada", "f")})
		refused(t, st, store.ErrExists, store.PutFactor{Factor: newFactor("eve", "f")})
		same(t, []store.Factor{newFactor("ada", "f")}, factors(t, st, "ada"))
	}},
	{"a step is accepted once, and none before it any more", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		want := newFactor("ada", "f")
		commit(t, st, store.PutFactor{Factor: want}, store.PutFactor{Factor: newFactor("ada", "other")})
		for _, step := range []int64{100, 99, 0, -1, math.MinInt64} {
			refused(t, st, store.ErrReplayed, store.AdvanceFactor{ID: "f", Step: step, At: noon.Add(time.Hour)})
		}
		for i, step := range []int64{101, 103, 1 << 40, math.MaxInt64} {
			want.Step, want.LastUsedAt = step, noon.Add(time.Duration(i)*time.Hour)
			refused(t, st, store.ErrReplayed,
				store.AdvanceFactor{ID: "f", Step: step, At: noon}, store.AdvanceFactor{ID: "f", Step: step, At: noon})
			commit(t, st, store.AdvanceFactor{ID: "f", Step: step, At: want.LastUsedAt.Add(999)})
			refused(t, st, store.ErrReplayed, store.AdvanceFactor{ID: "f", Step: step, At: noon})
			same(t, []store.Factor{want, newFactor("ada", "other")}, factors(t, st, "ada"))
		}
	}},
	{"a factor that is gone accepts nothing and cannot be removed", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, store.PutFactor{Factor: newFactor("ada", "f")})
		refused(t, st, store.ErrNotFound, store.AdvanceFactor{ID: "other", Step: 1000, At: noon})
		refused(t, st, store.ErrNotFound, store.RemoveFactors{OperatorID: "eve", ID: "f"})
		refused(t, st, store.ErrNotFound, store.RemoveFactors{ID: "f"})
		refused(t, st, store.ErrNotFound, store.RemoveFactors{OperatorID: "ada"})
		commit(t, st, store.RemoveFactors{OperatorID: "ada", ID: "f"})
		require.Empty(t, factors(t, st, "ada"))
		refused(t, st, store.ErrNotFound, store.RemoveFactors{OperatorID: "ada", ID: "f"})
		refused(t, st, store.ErrNotFound, store.AdvanceFactor{ID: "f", Step: 1000, At: noon})
	}},
	{"removing one factor leaves the others and the recovery codes", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, store.PutFactor{Factor: newFactor("ada", "a")}, store.PutFactor{Factor: newFactor("ada", "b")},
			store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "ada", Hashes: [][]byte{{1}}}})
		commit(t, st, store.RemoveFactors{OperatorID: "ada", ID: "a"})
		same(t, []store.Factor{newFactor("ada", "b")}, factors(t, st, "ada"))
		recovery(t, st, "ada")
	}},
	{"removing all factors takes the recovery codes too, of one operator", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		for _, id := range []string{"ada", "eve"} {
			commit(t, st, store.PutFactor{Factor: newFactor(id, "1"+id)}, store.PutFactor{Factor: newFactor(id, "2"+id)},
				store.PutRecoverySet{Set: store.RecoverySet{OperatorID: id, Hashes: [][]byte{{1}}}})
		}
		commit(t, st, store.RemoveFactors{OperatorID: "ada", All: true}, store.RemoveFactors{OperatorID: "ada", All: true}, store.RemoveFactors{OperatorID: "nobody", All: true})
		require.Empty(t, factors(t, st, "ada"))
		_, err := st.FindRecoverySet(t.Context(), "ada")
		require.ErrorIs(t, err, store.ErrNotFound)
		refused(t, st, store.ErrUsed, store.UseRecoveryCode{OperatorID: "ada", Hash: []byte{1}})
		refused(t, st, store.ErrNotFound, store.AdvanceFactor{ID: "1ada", Step: 1000, At: noon})
		require.Len(t, factors(t, st, "eve"), 2)
		recovery(t, st, "eve")
		commit(t, st, store.PutFactor{Factor: newFactor("ada", "3ada")})
		require.Len(t, factors(t, st, "ada"), 1)
	}},
	{"every field of a set of recovery codes comes back, and a new set replaces all of the old one", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		for _, want := range []store.RecoverySet{
			filled[store.RecoverySet](t, "first"), {}, filled[store.RecoverySet](t, "second"),
			{Salt: []byte{0}, Hashes: [][]byte{{0}, {0, 0}, everyByte()}, CreatedAt: noon},
		} {
			want.OperatorID = "ada"
			keeps(t, sortHashes(want), sortHashes(want),
				func(set store.RecoverySet) { commit(t, st, store.PutRecoverySet{Set: set}) },
				func() store.RecoverySet { return sortHashes(recovery(t, st, "ada")) })
		}
	}},
	{"a set of recovery codes needs its operator", func(t *testing.T, st store.Store) {
		refused(t, st, store.ErrNotFound, store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "ada"}})
		_, err := st.FindRecoverySet(t.Context(), "ada")
		require.ErrorIs(t, err, store.ErrNotFound)
	}},
	{"a recovery code works once, and the set is there when all are used", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		set := store.RecoverySet{OperatorID: "ada", Salt: []byte("salt"), Hashes: [][]byte{{1}, {2, 0}, everyByte()}, CreatedAt: noon}
		commit(t, st, store.PutRecoverySet{Set: set})
		for _, hash := range [][]byte{nil, {}, {2}, {2, 0, 0}, {3}} {
			refused(t, st, store.ErrUsed, store.UseRecoveryCode{OperatorID: "ada", Hash: hash})
		}
		refused(t, st, store.ErrUsed, store.UseRecoveryCode{OperatorID: "eve", Hash: []byte{1}})
		refused(t, st, store.ErrUsed, store.UseRecoveryCode{OperatorID: "nobody", Hash: []byte{1}})
		for i, hash := range [][]byte{{2, 0}, everyByte(), {1}} {
			use := store.UseRecoveryCode{OperatorID: "ada", Hash: hash}
			refused(t, st, store.ErrUsed, use, use)
			commit(t, st, use)
			refused(t, st, store.ErrUsed, use)
			require.Len(t, recovery(t, st, "ada").Hashes, 2-i)
		}
		set.Hashes = nil
		same(t, set, recovery(t, st, "ada"))
	}},
}

// device reads a device that must exist.
func device(t *testing.T, st store.Store, operatorID, name string) store.Device {
	t.Helper()
	d, err := findDevice(t, st, operatorID, name)
	require.NoError(t, err)
	return d
}

func findDevice(t *testing.T, st store.Store, operatorID, name string) (store.Device, error) {
	v, err := st.FindSignIn(t.Context(), store.SignInQuery{OperatorID: operatorID, Device: store.DigestOf(name)})
	if err == nil && v.Device == (store.Device{}) {
		err = store.ErrNotFound
	}
	return v.Device, err
}

// noDevice checks that there is no such device.
func noDevice(t *testing.T, st store.Store, operatorID, name string) {
	t.Helper()
	_, err := findDevice(t, st, operatorID, name)
	require.ErrorIs(t, err, store.ErrNotFound)
}

func see(operatorID, name string, at time.Time) store.PutSession {
	s := newSession(operatorID, fmt.Sprintf("%s on %s at %s", operatorID, name, at))
	s.SeenAt, s.EndsAt = at, noon.AddDate(1, 0, 0)
	return store.PutSession{Session: s, Device: store.DigestOf(name)}
}

var deviceDuties = []duty{
	{"a device is there once it was seen, and remembers when first and when last", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		noDevice(t, st, "ada", "laptop")
		want := store.Device{OperatorID: "ada", Digest: store.DigestOf("laptop"), FirstAt: noon}
		for _, c := range []struct{ at, last time.Time }{
			{noon.Add(999).In(time.FixedZone("east", 3600)), noon},
			{noon.Add(time.Hour), noon.Add(time.Hour)},
			{noon.Add(-time.Hour), noon.Add(time.Hour)},
			{time.Time{}, noon.Add(time.Hour)},
			{noon.Add(2 * time.Hour), noon.Add(2 * time.Hour)},
		} {
			commit(t, st, see("ada", "laptop", c.at))
			want.LastAt = c.last
			same(t, want, device(t, st, "ada", "laptop"))
		}
		require.EqualValues(t, 1, operator(t, st, "ada").Version)
	}},
	{"a device of one operator is nothing to another", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, see("ada", "laptop", noon))
		noDevice(t, st, "eve", "laptop")
		noDevice(t, st, "ada", "phone")
		commit(t, st, see("eve", "laptop", noon.Add(time.Hour)), see("ada", "phone", noon.Add(time.Minute)))
		require.Equal(t, noon, device(t, st, "ada", "laptop").LastAt)
		require.Equal(t, noon.Add(time.Hour), device(t, st, "eve", "laptop").FirstAt)
	}},
	{"a device needs its operator, and goes with them", func(t *testing.T, st store.Store) {
		refused(t, st, store.ErrNotFound, see("ada", "laptop", noon))
		noDevice(t, st, "ada", "laptop")
		put(t, st, newOperator("ada"), newOperator("eve"))
		commit(t, st, see("ada", "laptop", noon), see("eve", "laptop", noon))
		commit(t, st, store.DeleteOperator{ID: "ada", Version: 1})
		noDevice(t, st, "ada", "laptop")
		put(t, st, newOperator("ada"))
		noDevice(t, st, "ada", "laptop")
		device(t, st, "eve", "laptop")
	}},
	{"devices not seen since go, those seen just then stay", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, see("ada", "early", noon), see("ada", "late", noon.Add(time.Hour)), see("ada", "again", noon), see("ada", "again", noon.Add(time.Hour)))
		purge(t, st, store.Purge{Now: noon.Add(1000 * time.Hour)}, store.Purged{})
		purge(t, st, store.Purge{DevicesBefore: noon}, store.Purged{})
		purge(t, st, store.Purge{DevicesBefore: noon.Add(time.Hour)}, store.Purged{Devices: 1})
		noDevice(t, st, "ada", "early")
		device(t, st, "ada", "late")
		require.Equal(t, noon, device(t, st, "ada", "again").FirstAt)
	}},
}
