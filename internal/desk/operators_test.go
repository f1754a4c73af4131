package desk_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

func TestChangedRolesBindOnTheNextRequestOfAnotherReplica(t *testing.T) {
	o := staffed(t)
	op := o.Person("Grace", desk.RoleModerator)
	passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: good})
	require.NoError(t, err)
	elsewhere := o.Another()

	change, err := o.PreviewRoles(ctx, o.Boss, op.ID, desk.RolesForm{Version: op.Version, Primary: desk.RoleCommunityManager})
	require.NoError(t, err)
	require.Equal(t, []string{"Community manager"}, english(change.Added))
	require.Equal(t, []string{"Moderator"}, english(change.Removed))
	require.Equal(t, []string{"See the numbers"}, english(change.Gains))
	require.Equal(t, []string{"Delete posts"}, english(change.Loses))
	require.Equal(t, "moderator", o.Find(op.ID).PrimaryRole, "a preview changes nothing")

	require.NoError(t, o.ChangeRoles(ctx, o.Boss, home, op.ID, desk.RolesForm{Version: op.Version, Primary: desk.RoleCommunityManager}))
	id, err := elsewhere.Authenticate(ctx, home, passed.Token)
	require.NoError(t, err)
	require.True(t, id.Can("analytics.view"))
	require.False(t, id.Can("posts.delete"))
	require.Contains(t, o.Delivered().Subjects("grace@example.org"), "roles were changed")

	require.ErrorIs(t, o.ChangeRoles(ctx, o.Boss, home, op.ID, desk.RolesForm{Version: op.Version}), desk.ErrChanged, "an older form")
	require.NoError(t, o.ChangeRoles(ctx, o.Boss, home, op.ID, desk.RolesForm{Version: o.Find(op.ID).Version}))
	_, err = elsewhere.Authenticate(ctx, home, passed.Token)
	require.ErrorIs(t, err, desk.ErrNoSession, "a registered user has no access")
}

func TestADisabledOperatorIsOutAtOnceAndInAgainWhenEnabled(t *testing.T) {
	o := staffed(t)
	op := o.Person("Grace", desk.RoleModerator)
	passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: good})
	require.NoError(t, err)
	link, _, err := o.PasswordLink(ctx, o.Boss, home, op.ID)
	require.NoError(t, err)
	require.Contains(t, o.Delivered().Subjects("grace@example.org"), "A link to a new")

	require.NoError(t, o.Disable(ctx, o.Boss, home, op.ID, "left the company"))
	_, err = o.Another().Authenticate(ctx, home, passed.Token)
	require.ErrorIs(t, err, desk.ErrNoSession)
	require.ErrorIs(t, o.Reset(ctx, home, desk.LinkForm{Token: link, Password: better, Again: better}), desk.ErrLink)
	_, err = o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: good})
	require.ErrorIs(t, err, desk.ErrCredentials)
	require.ErrorIs(t, o.Disable(ctx, o.Boss, home, op.ID, ""), desk.ErrChanged)
	require.Contains(t, o.Delivered().Subjects("grace@example.org"), "access was removed")

	require.NoError(t, o.Enable(ctx, o.Boss, home, op.ID))
	require.Contains(t, o.Delivered().Subjects("grace@example.org"), "access was restored")
	_, err = o.Authenticate(ctx, home, passed.Token)
	require.ErrorIs(t, err, desk.ErrNoSession, "what ended stays ended")
	require.ErrorIs(t, o.Reset(ctx, home, desk.LinkForm{Token: link, Password: better, Again: better}), desk.ErrLink)
	o.Entered(o.Find(op.ID))
}

func TestEnablingSomebodyWithoutAPasswordInvitesThemAgain(t *testing.T) {
	o := staffed(t)
	op, _, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "grace@example.org", Name: "Grace", Roles: []string{desk.RoleModerator}})
	require.NoError(t, err)
	require.NoError(t, o.Disable(ctx, o.Boss, home, op.ID, ""))
	require.NoError(t, o.Enable(ctx, o.Boss, home, op.ID))
	again := o.Find(op.ID)
	require.Equal(t, store.OperatorInvited, again.State)
	require.True(t, again.InviteExpiresAt.After(o.Now()))
}

func TestADeletedOperatorLeavesTheirAuditRows(t *testing.T) {
	o := staffed(t)
	op := o.Person("Grace", desk.RoleModerator)
	o.Entered(op)
	require.NoError(t, o.Delete(ctx, o.Boss, home, op.ID, "left"))
	_, err := o.Mem.FindOperator(ctx, op.ID)
	require.ErrorIs(t, err, store.ErrNotFound)
	page, err := o.AuditPage(ctx, o.Boss, store.EventQuery{TargetID: op.ID})
	require.NoError(t, err)
	rows := page.Rows
	require.Len(t, rows, 2)
	require.Equal(t, "operator.deleted", rows[0].Code)
	require.Equal(t, "left", rows[0].Reason)
	require.Equal(t, "Grace", rows[0].TargetName)
}

func TestADeletedOperatorLeavesNothingThatSignsIn(t *testing.T) {
	o := staffed(t)
	op := o.Person("Grace", desk.RoleModerator)
	o.Write(store.PutFactor{Factor: store.Factor{ID: "f", OperatorID: op.ID, Kind: "totp", Secret: []byte("sealed"), CreatedAt: o.Now(), ConfirmedAt: o.Now()}},
		store.PutRecoverySet{Set: store.RecoverySet{OperatorID: op.ID, Hashes: [][]byte{[]byte("hash")}, CreatedAt: o.Now()}})
	link, _, err := o.PasswordLink(ctx, o.Boss, home, op.ID)
	require.NoError(t, err)
	pre, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: good})
	require.NoError(t, err)
	require.False(t, pre.SignedIn, "a sign-in is begun")

	require.NoError(t, o.Delete(ctx, o.Boss, home, op.ID, "left"))
	require.Contains(t, o.Delivered().Subjects("grace@example.org"), "access was removed")
	factors, err := o.Mem.ListFactors(ctx, op.ID)
	require.NoError(t, err)
	require.Empty(t, factors)
	_, err = o.Mem.FindRecoverySet(ctx, op.ID)
	require.ErrorIs(t, err, store.ErrNotFound)
	require.ErrorIs(t, o.Reset(ctx, home, desk.LinkForm{Token: link, Password: better, Again: better}), desk.ErrLink)
	_, err = o.SubmitCode(ctx, home, pre.Token, "123456")
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	_, err = o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: good})
	require.ErrorIs(t, err, desk.ErrCredentials)
}

func TestAnInvitationIsResentHandedOverAndCancelled(t *testing.T) {
	o := staffed(t)
	op, first, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "grace@example.org", Name: "Grace", Roles: []string{desk.RoleModerator}})
	require.NoError(t, err)
	o.Clock.Add(8 * 24 * time.Hour)
	o.Boss = o.Actor(o.Find(o.Boss.ID))
	list, err := o.Operators(ctx, o.Boss, store.OperatorQuery{Show: store.ShowExpired})
	require.NoError(t, err)
	require.Len(t, list.Rows, 1)

	second, err := o.ResendInvitation(ctx, o.Boss, home, op.ID)
	require.NoError(t, err)
	require.NotEqual(t, first, second)
	require.ErrorIs(t, o.Welcome(ctx, home, desk.LinkForm{Token: first, Password: good, Again: good}), desk.ErrLink)
	third, err := o.ResendInvitation(ctx, o.Boss, home, op.ID)
	require.NoError(t, err)
	require.ErrorIs(t, o.Welcome(ctx, home, desk.LinkForm{Token: second, Password: good, Again: good}), desk.ErrLink)
	require.NoError(t, o.Welcome(ctx, home, desk.LinkForm{Token: third, Password: good, Again: good}))
	require.ErrorIs(t, o.CancelInvitation(ctx, o.Boss, home, op.ID), desk.ErrChanged, "it was used")

	other, link, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "linus@example.org", Roles: []string{desk.RoleModerator}})
	require.NoError(t, err)
	require.NoError(t, o.CancelInvitation(ctx, o.Boss, home, other.ID))
	require.ErrorIs(t, o.Welcome(ctx, home, desk.LinkForm{Token: link, Password: good, Again: good}), desk.ErrLink)
}

func TestATemporaryPasswordOpensNothingButThePageThatChangesIt(t *testing.T) {
	o := staffed(t)
	op := o.Person("Grace", desk.RoleModerator)
	_, _, err := o.TemporaryPassword(ctx, o.Boss, home, op.ID)
	require.ErrorIs(t, err, desk.ErrForbidden, "the parameter is off by default")
	_, err = o.SaveParameters(ctx, o.Boss, home, desk.ParametersForm{Revision: 2, Values: map[string]string{"password.temporary": "on"}})
	require.NoError(t, err)

	plain, _, err := o.TemporaryPassword(ctx, o.Boss, home, op.ID)
	require.NoError(t, err)
	_, err = o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: good})
	require.ErrorIs(t, err, desk.ErrCredentials)
	passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: plain})
	require.NoError(t, err)
	id, err := o.Authenticate(ctx, home, passed.Token)
	require.NoError(t, err)
	require.True(t, id.MustChangePassword)
	token, err := o.ChangePassword(ctx, home, id, plain, better, better)
	require.NoError(t, err)
	id, err = o.Authenticate(ctx, home, token)
	require.NoError(t, err)
	require.False(t, id.MustChangePassword)
}

func TestANewSuperAdministratorIsToldToTheOthers(t *testing.T) {
	o := staffed(t)
	op := o.Person("Grace", desk.RoleModerator)
	require.NoError(t, o.ChangeRoles(ctx, o.Boss, home, op.ID, desk.RolesForm{Version: op.Version, Primary: desk.RoleSuperAdministrator}))
	require.Contains(t, o.Delivered().Subjects("boss@example.org"), "new super-administrator")
}

func TestANewDeviceIsToldAndAKnownOneIsNot(t *testing.T) {
	o := staffed(t)
	op := o.Person("Grace", desk.RoleModerator)
	o.Entered(op)
	o.Entered(op)
	require.NotContains(t, o.Delivered().Subjects("grace@example.org"), "New sign-in")
	other := home
	other.IP = "198.51.100.9"
	_, err := o.SignIn(ctx, other, desk.SignInForm{Login: "Grace", Password: good})
	require.NoError(t, err)
	require.Contains(t, o.Delivered().Subjects("grace@example.org"), "New sign-in")
}

func TestOfTwoWhoDemoteEachOtherOneIsRefused(t *testing.T) {
	for range 20 {
		o := staffed(t)
		boss, err := o.Mem.FindOperatorByLogin(ctx, "boss")
		require.NoError(t, err)
		second := o.Person("Second", desk.RoleSuperAdministrator)
		other := o.Actor(second)
		var wg sync.WaitGroup
		wg.Go(func() {
			_ = o.ChangeRoles(ctx, o.Boss, home, second.ID, desk.RolesForm{Version: second.Version, Primary: desk.RoleModerator})
		})
		wg.Go(func() {
			_ = o.ChangeRoles(ctx, other, home, boss.ID, desk.RolesForm{Version: boss.Version, Primary: desk.RoleModerator})
		})
		wg.Wait()
		require.True(t, o.Find(boss.ID).IsActiveSuperAdministrator() || o.Find(second.ID).IsActiveSuperAdministrator())
	}
}
