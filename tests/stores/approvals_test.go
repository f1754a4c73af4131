package stores_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// TestTwoReplicasApproveOnce is about two operators who approve of the same request at the
// same moment, on two replicas, for each database.
func TestTwoReplicasApproveOnce(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		ctx := t.Context()
		o := testoffice.Open(testoffice.NewRig(t, d.store(t)))
		o.Rules(map[string]string{"two_factor.who": "recommended", "approval.super_administrator": "on"})
		ada, mo := o.Person("Ada", desk.RoleSuperAdministrator), o.Person("Mo", desk.RoleModerator)
		seconds := []desk.Actor{
			o.Actor(o.Person("Bea", desk.RoleSuperAdministrator)), o.Actor(o.Person("Cleo", desk.RoleSuperAdministrator)),
		}
		waiting := (*desk.WaitingError)(nil)
		require.ErrorAs(t, o.ChangeRoles(ctx, o.Actor(ada), testoffice.Home, mo.ID, desk.RolesForm{Version: mo.Version, Primary: desk.RoleSuperAdministrator}), &waiting)
		r, err := o.Approval(ctx, seconds[0], waiting.ID)
		require.NoError(t, err)
		replicas := []*desk.Desk{o.Desk, o.Another()}
		won := 0
		for _, err := range testoffice.Race(len(replicas), func(i int) error {
			_, err := replicas[i].ApproveRequest(ctx, seconds[i], testoffice.Home, r.ID, r.Seen)
			return err
		}) {
			if err == nil {
				won++
				continue
			}
			notNow := (*desk.NotNowError)(nil)
			require.True(t, errors.As(err, &notNow) || errors.Is(err, desk.ErrChanged), "%v", err)
		}
		require.Equal(t, 1, won)
		require.Equal(t, 1, o.Count("office_approval.approved"))
		require.Equal(t, 1, o.Count("operator.roles_changed"))
		require.Contains(t, o.Find(mo.ID).AllRoles(), store.RoleSuperAdministrator)
	})
}
