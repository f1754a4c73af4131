package stores_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// TestTwoReplicasEndEachAccountOnceOnEachStore has two replicas do the same periodic work at
// the same moments: each account is warned, and disabled, once.
func TestTwoReplicasEndEachAccountOnceOnEachStore(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		ctx, day := t.Context(), 24*time.Hour
		o := testoffice.Open(testoffice.NewRig(t, d.store(t)))
		o.Rules(map[string]string{"two_factor.who": "recommended", "accounts.unused": "30d"})
		o.Person("Boss", desk.RoleSuperAdministrator)
		for _, name := range []string{"Ann", "Ben", "Cleo"} {
			op := o.Person(name, desk.RoleModerator)
			o.Change(op.ID, func(op *store.Operator) { op.EndsAt = testoffice.Noon.Add(20 * day) })
		}
		for _, name := range []string{"Dan", "Eve"} {
			o.Person(name, desk.RoleModerator)
		}
		replicas := []*desk.Desk{o.Desk, o.Another()}
		for _, after := range []time.Duration{0, 6 * day, 16 * day, 19 * day, 20 * day, 23 * day, 29 * day, 30*day - time.Microsecond, 30 * day} {
			o.Clock.Set(testoffice.Noon.Add(after))
			for _, err := range testoffice.Race(len(replicas), func(i int) error {
				if err := replicas[i].EndAccountsAt(ctx, o.Now()); err != nil {
					return err
				}
				return replicas[i].DisableUnusedAt(ctx, o.Now())
			}) {
				require.NoError(t, err)
			}
		}
		sent := map[string]int{}
		mails, err := o.Mails(ctx, desk.CommandLine(), store.MailQuery{Limit: 500})
		require.NoError(t, err)
		for _, m := range mails.Rows {
			sent[m.Kind]++
		}
		// The last super-administrator, who is unused as well, is told once.
		require.Equal(t, map[string]int{"access-ends": 9, "access-ended": 3, "operator-ended": 3, "account-unused": 6 + 3, "account-dormant": 2, "end-kept": 1}, sent)
		require.Equal(t, []int{3, 2, 1}, []int{o.Count("operator.ended"), o.Count("operator.dormant"), o.Count("operator.kept")})
	})
}
