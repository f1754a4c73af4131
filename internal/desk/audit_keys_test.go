package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

func TestTheChainSaysUpToWhereItNeedsEachSecret(t *testing.T) {
	o := newOffice(t)
	through := map[string]int64{}
	write := func(n int) int64 {
		for range n {
			o.Audit(home, "mail.tested", desk.Success).Record(ctx)
		}
		return o.Last().Seq
	}
	through["OldSecrets[1]"] = write(40)
	o.rotate(1, 0)
	through["OldSecrets[0]"] = write(25)
	// Replicas are restarted one by one, and those that were not yet follow the first.
	for range 3 {
		o.rotate(2, 1, 0)
		write(3)
		o.rotate(1, 2, 0)
		write(2)
	}
	o.rotate(2, 1, 0)
	through["Secret"] = write(300)
	require.Equal(t, through, audits(o.keys()))
	o.Store.Reset()
	o.keys()
	require.Less(t, len(o.Store.Calls()), 40, "most of the log is not read")

	// What is purged needs none.
	o.Write(store.PurgeEvents{Through: 45})
	delete(through, "OldSecrets[1]")
	require.Equal(t, through, audits(o.keys()))

	o.rotate(3)
	r := o.keys()
	require.True(t, r.Stranger, "this command does not have the secret of the office")
	require.Equal(t, o.Last().Seq, r.Uses[1].Audit)
	write(1)
	require.False(t, o.keys().Stranger)
}

// audits are the last entries that need each secret of the office.
func audits(r desk.KeyReport) map[string]int64 {
	all := map[string]int64{}
	for _, u := range r.Uses {
		if u.Audit > 0 {
			all[u.Secret] = u.Audit
		}
	}
	return all
}
