package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func TestANameIsNoMembersInTheCommunity(t *testing.T) {
	members := testoffice.NewDirectory("Mia", "Noa", "System")
	o := staffed(t, withMembers(members))
	mod := []string{desk.RoleModerator}
	mia, err := o.Grant(ctx, o.Boss, home, "m-mia", mod)
	require.NoError(t, err)
	require.NoError(t, o.RenameOperator(ctx, o.Boss, home, mia.ID, mia.Version, "Mimi"))
	eve := o.Person("Eve", desk.RoleModerator)
	id := o.Entered(eve)

	invite := func(email, name string) error {
		_, _, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: email, Name: name, Roles: mod})
		return err
	}
	for what, refused := range map[string]error{
		"an operator's, by their own rename": o.Rename(ctx, home, id, "mia"),
		"an operator's, by another's rename": o.RenameOperator(ctx, o.Boss, home, eve.ID, o.Find(eve.ID).Version, "MIA"),
		"an operator's, by an invitation":    invite("mia@elsewhere.example", "Mia"),
		"a member's, who could become one":   o.Rename(ctx, home, id, "Noa"),
		"a member's, who could, by inviting": invite("noa@elsewhere.example", "Noa"),
		"a member's, with a joiner too many": o.Rename(ctx, home, id, "N\u200Doa"),
	} {
		requireProblem(t, refused, "name", "taken")
		require.Equal(t, "Eve", o.Find(eve.ID).Name, what)
	}
	requireProblem(t, invite("mia@members.example", "Maria"), "email", "taken")
	requireProblem(t, o.ChangeEmail(ctx, o.Boss, home, eve.ID, o.Find(eve.ID).Version, "mia@members.example"), "email", "taken")
	for says, refused := range map[string]error{
		"signs in to the community with this name":       invite("mia@elsewhere.example", "Mia"),
		"A member of the community has this name":        invite("noa@elsewhere.example", "Noa"),
		"Another operator has this name":                 invite("mimi@elsewhere.example", "Mimi"),
		"already has access or an invitation":            invite("mia@members.example", "Maria"),
		"already has access or an invitation.":           o.ChangeEmail(ctx, o.Boss, home, eve.ID, o.Find(eve.ID).Version, "mia@members.example"),
		"Another operator has this name. Choose another": o.Rename(ctx, home, id, "mimi"),
	} {
		require.ErrorContains(t, refused, says)
	}
	system, err := o.Grant(ctx, o.Boss, home, "m-system", mod)
	require.NoError(t, err)
	require.Equal(t, "system (members)", system.Name)

	t.Run("but it may be their own", func(t *testing.T) {
		require.NoError(t, o.RenameOperator(ctx, o.Boss, home, mia.ID, o.Find(mia.ID).Version, "Mia"))
		require.NoError(t, invite("noa@members.example", "Noa"), "the same person, by the email address")
	})
	t.Run("and one derived from an email address is another one", func(t *testing.T) {
		members.Rename("m-noa", "max")
		op, _ := o.Invited("max@example.org", "", mod...)
		require.Equal(t, "max (example)", op.Name)
		op, _ = o.Invited("system@example.org", "", mod...)
		require.Equal(t, "system (example)", op.Name, "a name that stands for the office")
	})
	t.Run("and a directory that is down says so", func(t *testing.T) {
		members.Break(true)
		defer members.Break(false)
		requireProblem(t, o.Rename(ctx, home, id, "Eva"), "name", "unchecked")
		requireProblem(t, invite("new@example.org", ""), "email", "unchecked")
		require.NoError(t, o.Rename(ctx, home, id, "Eve"), "nothing to check")
		require.Contains(t, o.Log.String(), "directory of members did not answer")
	})
}

func TestTwoWhoShareALoginEachSignInWithTheirOwnPassword(t *testing.T) {
	members := testoffice.NewDirectory("Mia", "Noa")
	o := staffed(t, withMembers(members))
	encoded, err := o.Hasher.Hash(ctx, better)
	require.NoError(t, err)
	lea := o.Add(store.Operator{State: store.OperatorActive, Password: encoded}, "Lea", desk.RoleModerator)
	mia, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleModerator})
	require.NoError(t, err)
	noa, err := o.Grant(ctx, o.Boss, home, "m-noa", []string{desk.RoleModerator})
	require.NoError(t, err)
	members.Rename("m-mia", "Lea")

	signedIn := func(login, password string) string {
		t.Helper()
		passed, err := o.Login(login, password)
		require.NoError(t, err)
		return o.Identity(passed.Token).Operator.ID
	}
	require.Equal(t, lea.ID, signedIn("Lea", better))
	require.Equal(t, mia.ID, signedIn("Lea", good))
	require.Equal(t, mia.ID, signedIn("mia@members.example", good))
	require.Equal(t, lea.ID, signedIn("lea@example.org", better))
	_, err = o.Login("Lea", nonsense)
	require.ErrorIs(t, err, desk.ErrCredentials)

	t.Run("at the cost of one", func(t *testing.T) {
		for _, login := range []string{"Lea", "Boss", "Mia", "Noa", "Zoe"} {
			hashes, checks := o.Hasher.Runs(), members.Checks()
			_, err := o.Login(login, nonsense)
			require.ErrorIs(t, err, desk.ErrCredentials)
			require.Equal(t, []int64{1, 1}, []int64{o.Hasher.Runs() - hashes, int64(members.Checks() - checks)}, login)
		}
	})
	t.Run("a member who may not get in does not", func(t *testing.T) {
		o.Change(mia.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
		_, err := o.Login("Lea", good)
		require.ErrorIs(t, err, desk.ErrCredentials)
		require.Equal(t, "account is disabled", o.Last().Reason)
		require.Equal(t, mia.ID, o.Last().TargetID)
		o.Change(mia.ID, func(op *store.Operator) { op.State = store.OperatorActive })
	})
	t.Run("a name of two members is that of whom the community has under it", func(t *testing.T) {
		require.NoError(t, o.RenameOperator(ctx, o.Boss, home, noa.ID, o.Find(noa.ID).Version, "Max"))
		members.Rename("m-mia", "Max")
		require.Equal(t, mia.ID, signedIn("Max", good))
		require.Equal(t, noa.ID, signedIn("Noa", good))
		_, err := o.Login("Max", nonsense)
		require.ErrorIs(t, err, desk.ErrCredentials)
		require.Equal(t, mia.ID, o.Last().TargetID)
	})
}

func TestADisabledPasswordIsNotGuessedOnUnderANameOfTwo(t *testing.T) {
	members := testoffice.NewDirectory("Mia")
	o := staffed(t, withMembers(members))
	o.Rules(map[string]string{"signin.disable_after": "20"})
	encoded, err := o.Hasher.Hash(ctx, better)
	require.NoError(t, err)
	lea := o.Add(store.Operator{State: store.OperatorActive, Password: encoded}, "Lea", desk.RoleModerator)
	mia, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleModerator})
	require.NoError(t, err)
	members.Rename("m-mia", "Lea")
	for _, disabled := range []store.Operator{lea, mia} {
		for range 20 {
			_, _, err := o.Store.Hit(ctx, o.Now(), store.Hit{Key: "password:" + disabled.ID, Limit: store.Limit{Max: 1000}})
			require.NoError(t, err)
		}
		_, err := o.Login("Lea", good)
		require.ErrorIs(t, err, desk.ErrCredentials)
		o.Write(store.ClearCounter{Key: "password:" + disabled.ID})
		_, err = o.Login("Lea", good)
		require.NoError(t, err)
		o.Write(store.ClearCounter{Key: "password:" + disabled.ID})
	}
	for range 3 {
		_, err := o.Login("Lea", nonsense)
		require.ErrorIs(t, err, desk.ErrCredentials)
	}
	o.Clock.Add(time.Minute) // the network has to wait
	_, err = o.Login("Lea", good)
	require.NoError(t, err)
	found, err := o.Store.FindCounters(ctx, "password:"+lea.ID)
	require.NoError(t, err)
	require.Len(t, found, 1, "the one does not clear the failures of the other")
	require.GreaterOrEqual(t, found[0].Count, 4)
}
