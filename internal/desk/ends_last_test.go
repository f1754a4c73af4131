package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func TestTheLastSuperAdministratorIsKeptPastTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(o *office, members *testoffice.Directory)
		ended   int
		kept    int
	}{
		"there is no other": {func(*office, *testoffice.Directory) {}, 0, 1},
		"another":           {func(o *office, _ *testoffice.Directory) { o.Person("Sue", desk.RoleSuperAdministrator) }, 1, 0},
		"another ends at the same time": {func(o *office, _ *testoffice.Directory) {
			o.endsOn(o.Person("Sue", desk.RoleSuperAdministrator), o.inDays(0))
		}, 1, 1},
		"another is disabled": {func(o *office, _ *testoffice.Directory) {
			o.Change(o.Person("Sue", desk.RoleSuperAdministrator).ID, disable)
		}, 0, 1},
		"another is a member": {func(o *office, _ *testoffice.Directory) {
			o.Add(store.Operator{MemberID: "m-mia"}, "Mia", desk.RoleSuperAdministrator)
		}, 1, 0},
		"another was a member": {func(o *office, members *testoffice.Directory) {
			o.Add(store.Operator{MemberID: "m-mia"}, "Mia", desk.RoleSuperAdministrator)
			members.Forget("m-mia")
		}, 0, 1},
		"the community does not answer": {func(o *office, members *testoffice.Directory) {
			o.Add(store.Operator{MemberID: "m-mia"}, "Mia", desk.RoleSuperAdministrator)
			members.Break(true)
		}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			members := testoffice.NewDirectory("Mia")
			o := staffed(t, withMembers(members))
			ada := o.endsOn(o.Person("Ada", desk.RoleSuperAdministrator), o.inDays(3))
			o.Change("id-of-boss", func(op *store.Operator) { op.PrimaryRole = desk.RoleAdministrator })
			o.Rules(map[string]string{"two_factor.who": "recommended", "session.idle": "1h", "session.absolute": "1d"})
			o.Clock.Set(ada.EndsAt.Add(-time.Minute))
			token := o.Enter("Ada")
			c.prepare(o, members)
			o.Clock.Set(ada.EndsAt)
			require.True(t, o.Alive(token), "only disabling takes a super-administrator's access")
			replicas := []*desk.Desk{o.Desk, o.Another(), o.Another()}
			for range 2 {
				for _, err := range testoffice.Race(len(replicas), func(i int) error { return replicas[i].EndAccountsAt(ctx, o.Now()) }) {
					if name == "the community does not answer" {
						require.ErrorIs(t, err, desk.ErrDirectory, "it is tried again")
					} else {
						require.NoError(t, err)
					}
				}
			}
			require.Equal(t, []int{c.ended, c.kept}, []int{o.Count("operator.ended"), o.Count("operator.kept")})
			active := 0
			page, err := o.Mem.ListOperators(ctx, store.OperatorQuery{RoleID: desk.RoleSuperAdministrator})
			require.NoError(t, err)
			for _, op := range page.Rows {
				if op.State == store.OperatorActive && op.MemberID == "" {
					active++
				}
			}
			if c.kept > 0 {
				require.Equal(t, 1, active)
				require.Equal(t, c.kept, reminders(o, "end-kept", "ada@example.org")+reminders(o, "end-kept", "sue@example.org"))
			}
			if name == "there is no other" {
				detail, err := o.Operator(ctx, desk.CommandLine(), ada.ID)
				require.NoError(t, err)
				require.True(t, detail.EndKept)
				home, err := o.Attention(ctx, desk.CommandLine())
				require.NoError(t, err)
				require.Equal(t, "Ada", home.Kept.Name)
				o.Person("New", desk.RoleSuperAdministrator)
				o.endAccounts()
				require.Equal(t, store.OperatorDisabled, o.Find(ada.ID).State, "once there is another")
			}
		})
	}
}

func TestOfTwoSuperAdministratorsWhoEndAtOnceOneStays(t *testing.T) {
	members := testoffice.NewDirectory() // Mia, whom the store takes for one, is no member any more
	o := staffed(t, withMembers(members))
	o.Add(store.Operator{MemberID: "m-mia"}, "Mia", desk.RoleSuperAdministrator)
	boss := o.endsOn(o.Find("id-of-boss"), o.inDays(3))
	sue := o.Person("Sue", desk.RoleSuperAdministrator)
	sue = o.endsOn(sue, o.inDays(3))
	o.Clock.Set(boss.EndsAt)
	// Another replica disables the other between what this one read and its commit.
	var other error
	d := o.While("PutOperator", func() { other = o.EndAccountsAt(ctx, o.Now()) })
	require.NoError(t, d.EndAccountsAt(ctx, o.Now()))
	require.NoError(t, other)
	states := []store.OperatorState{o.Find(boss.ID).State, o.Find(sue.ID).State}
	require.ElementsMatch(t, []store.OperatorState{store.OperatorActive, store.OperatorDisabled}, states)
}

func TestAWrongClockEndsNoAccount(t *testing.T) {
	o := newTimed(t)
	o.Rules(map[string]string{"two_factor.who": "recommended", "accounts.unused": "30d"})
	o.Person("Boss", desk.RoleSuperAdministrator)
	ben := o.Person("Ben", desk.RoleModerator)
	o.Change(ben.ID, func(op *store.Operator) { op.EndsAt = o.Now().Add(3 * day) })
	work := func() {
		t.Helper()
		require.NoError(t, o.EndAccounts(ctx))
		require.NoError(t, o.DisableUnused(ctx))
	}
	work()
	o.pass(2 * time.Hour)
	o.Clock.Add(366 * day)
	for range 3 {
		o.Clock.Add(time.Second)
		o.elapsed += time.Second
		work()
	}
	o.Clock.Add(-366 * day)
	work()
	require.Equal(t, store.OperatorActive, o.Find(ben.ID).State)
	require.Zero(t, o.Count("operator.ended")+o.Count("operator.dormant"))
	page, err := o.Mem.ListMails(ctx, store.MailQuery{})
	require.NoError(t, err)
	require.Empty(t, page.Rows, "nor warns of it")
	o.pass(3*day + 2*time.Hour)
	work()
	require.Equal(t, store.OperatorDisabled, o.Find(ben.ID).State, "by a clock that was right for an hour")
}
