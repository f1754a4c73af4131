package stores_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
)

// TestTwoReplicasReplaceTheLinksOfAnOldAddressOnce is about replicas that find the same
// links at the same moment.
func TestTwoReplicasReplaceTheLinksOfAnOldAddressOnce(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		const people = 3
		o := testoffice.Open(testoffice.NewRig(t, d.store(t)))
		o.Person("Boss", desk.RoleSuperAdministrator)
		for i := range people {
			o.Invited(fmt.Sprintf("p%d@example.org", i), "", desk.RoleModerator)
			o.Person(fmt.Sprint("Op", i), desk.RoleModerator)
			require.NoError(t, o.RequestReset(t.Context(), testoffice.From(fmt.Sprintf("192.0.2.%d", i)), fmt.Sprintf("op%d@example.org", i)))
		}
		o.Sent.Clear()
		_, err := o.RotateAlias(t.Context(), desk.CommandLine(), testoffice.Home)
		require.NoError(t, err)
		replicas := []*desk.Desk{o.Desk, o.Another(), o.Another()}
		for _, err := range testoffice.Race(len(replicas), func(i int) error { return replicas[i].ReplaceLinks(t.Context()) }) {
			require.NoError(t, err)
		}
		for i := range people {
			require.Len(t, o.Delivered().To(fmt.Sprintf("p%d@example.org", i)), 1)
			require.Len(t, o.Sent.To(fmt.Sprintf("op%d@example.org", i)), 2, "the address, and the link")
		}
		require.Equal(t, people, o.Count("operator.invitation_renewed"))
		require.Equal(t, people, o.Count("password.link_ended"))
	})
}
