package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// device reads a device that must be there.
func device(t *testing.T, st store.Store, operatorID, name string) store.Device {
	t.Helper()
	d, err := st.FindDevice(t.Context(), operatorID, store.DigestOf(name))
	require.NoError(t, err)
	return d
}

// noDevice checks that there is no such device.
func noDevice(t *testing.T, st store.Store, operatorID, name string) {
	t.Helper()
	_, err := st.FindDevice(t.Context(), operatorID, store.DigestOf(name))
	require.ErrorIs(t, err, store.ErrNotFound)
}

func see(operatorID, name string, at time.Time) store.SeeDevice {
	return store.SeeDevice{OperatorID: operatorID, Digest: store.DigestOf(name), At: at}
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
