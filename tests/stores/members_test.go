package stores_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// TestOperatorsFollowTheCommunityOnEachStore changes email addresses while emails wait,
// and passes mailboxes on.
func TestOperatorsFollowTheCommunityOnEachStore(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		ctx, home := t.Context(), testoffice.Home
		members := testoffice.NewDirectory("Mia", "Noa", "Lea", "Kai")
		o := testoffice.Open(testoffice.NewRig(t, d.store(t)), func(c *desk.Config) {
			c.Members, c.SSO = members, &desk.SSO{URL: "https://sso.example/", Name: "Acme Sign-On"}
		})
		o.Rules(map[string]string{"two_factor.who": "recommended"})
		boss := o.Actor(o.Person("Boss", desk.RoleSuperAdministrator))
		grant := func(id string) store.Operator {
			t.Helper()
			op, err := o.Grant(ctx, boss, home, id, []string{desk.RoleModerator})
			require.NoError(t, err)
			return op
		}
		emails := func(ops ...store.Operator) string {
			var all []string
			for _, op := range ops {
				all = append(all, o.Find(op.ID).Email)
			}
			return strings.Join(all, " ")
		}
		mia := grant("m-mia")
		require.NoError(t, o.EndSessions(ctx, boss, home, mia.ID, "all"))
		members.Put(desk.Member{ID: "m-mia", Name: "Mia \u202Eof 👩\u200D👧", Email: "mia@new.example"})
		o.Delivered()
		require.Equal(t, "Your Meadow back office email address was changed", o.Sent.Subjects("mia@members.example"))
		require.Contains(t, o.Sent.Subjects("mia@new.example"), "You were signed out")
		m, _ := o.Sent.Newest("mia@new.example", "You have access")
		require.Contains(t, m.Text, "/welcome#")
		list, err := o.Operators(ctx, boss, store.OperatorQuery{Search: "of 👩\u200D👧", Member: store.Yes})
		require.NoError(t, err)
		require.Equal(t, "Mia of 👩\u200D👧", list.Rows[0].MemberName)

		members.Put(desk.Member{ID: "m-noa", Name: "Mia", Email: "mia@new.example"})
		members.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: "mia@third.example"})
		noa := grant("m-noa")
		require.Equal(t, "mia@third.example mia@new.example", emails(mia, noa), "the next owner of a mailbox has it")
		require.Equal(t, "Mia 2", noa.Name)

		lea := grant("m-lea")
		for id, email := range map[string]string{"m-mia": "mia@new.example", "m-noa": "lea@members.example", "m-lea": "mia@third.example"} {
			members.Put(desk.Member{ID: id, Name: id, Email: email})
		}
		o.Clock.Add(7 * time.Hour)
		require.NoError(t, o.RefreshMembers(ctx))
		require.Equal(t, "mia@new.example lea@members.example mia@third.example", emails(mia, noa, lea), "three go round at once")
		asked := members.Asked()
		require.NoError(t, o.Another().RefreshMembers(ctx))
		require.Equal(t, asked, members.Asked(), "nobody is asked about twice")
		verdict, err := o.VerifyAudit(ctx, desk.CommandLine(), home, "")
		require.NoError(t, err)
		require.Zero(t, verdict.Broken)
	})
}
