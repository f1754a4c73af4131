package desk_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// opens tries the token of a link, and says how that ended.
func (o *office) opens(link string, use func(desk.LinkForm) error) error {
	_, token, ok := strings.Cut(link, "#")
	require.True(o.T, ok)
	return use(desk.LinkForm{Token: token, Password: good, Again: good})
}

// TestALinkOpensNothingOnceItsMakerMayNotMakeIt is about somebody who keeps a
// link that they made for somebody else, to come back, or up, through it.
func TestALinkOpensNothingOnceItsMakerMayNotMakeIt(t *testing.T) {
	changes := map[string]struct {
		change func(o *office, maker, target store.Operator)
		open   bool
	}{
		"nothing":                                {func(*office, store.Operator, store.Operator) {}, true},
		"maker is disabled":                      {func(o *office, m, _ store.Operator) { m.State = store.OperatorDisabled; o.Put(m) }, false},
		"maker is deleted":                       {func(o *office, m, _ store.Operator) { require.NoError(o.T, o.Delete(ctx, o.Boss, home, m.ID, "")) }, false},
		"maker is demoted":                       {func(o *office, m, _ store.Operator) { m.PrimaryRole = desk.RoleModerator; o.Put(m) }, false},
		"maker is raised":                        {func(o *office, m, _ store.Operator) { m.PrimaryRole = desk.RoleSuperAdministrator; o.Put(m) }, true},
		"target's role grows":                    {func(o *office, _, x store.Operator) { o.grow(x.PrimaryRole, desk.PermissionParametersManage) }, false},
		"target's role grows within the maker's": {func(o *office, _, x store.Operator) { o.grow(x.PrimaryRole, desk.PermissionAuditView) }, true},
	}
	for name, c := range changes {
		t.Run("an invitation, when "+name, func(t *testing.T) {
			o := staffed(t)
			press := o.CustomRole("Press", "posts.delete")
			maker := o.Person("Maker", desk.RoleAdministrator)
			target, link := o.Must(o.Invite(ctx, o.Actor(maker), home, desk.InviteForm{Email: "new@members.example", Name: "New", Roles: []string{press}}))
			c.change(o, o.Find(maker.ID), target)
			before := len(o.Codes())
			err := o.opens(link, func(f desk.LinkForm) error { return o.Welcome(ctx, home, f) })
			if c.open {
				require.NoError(t, err)
				require.Equal(t, store.OperatorActive, o.Find(target.ID).State)
				return
			}
			require.ErrorIs(t, err, desk.ErrLink)
			require.Equal(t, store.OperatorInvited, o.Find(target.ID).State)
			require.Equal(t, before+1, len(o.Codes()), "it is written down")
		})
		t.Run("a link to a password, when "+name, func(t *testing.T) {
			o := staffed(t)
			target := o.Person("Target", o.CustomRole("Press", "posts.delete"))
			maker := o.Person("Maker", desk.RoleAdministrator)
			link, _, err := o.PasswordLink(ctx, o.Actor(maker), home, target.ID)
			require.NoError(t, err)
			c.change(o, o.Find(maker.ID), target)
			was := o.Find(target.ID).Password
			err = o.opens(link, func(f desk.LinkForm) error { return o.Reset(ctx, home, f) })
			if c.open {
				require.NoError(t, err)
				require.NotEqual(t, was, o.Find(target.ID).Password)
				return
			}
			require.ErrorIs(t, err, desk.ErrLink)
			require.Equal(t, was, o.Find(target.ID).Password)
		})
		t.Run("a temporary password, when "+name, func(t *testing.T) {
			o := staffed(t)
			target := o.Person("Target", o.CustomRole("Press", "posts.delete"))
			o.Rules(map[string]string{"two_factor.who": "recommended", "password.temporary": "on"})
			maker := o.Person("Maker", desk.RoleAdministrator)
			plain, _, err := o.TemporaryPassword(ctx, o.Actor(maker), home, target.ID)
			require.NoError(t, err)
			passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Target", Password: plain})
			require.NoError(t, err)
			c.change(o, o.Find(maker.ID), target)
			in, err := o.Authenticate(ctx, home, passed.Token)
			require.NoError(t, err)
			_, again := o.SignIn(ctx, home, desk.SignInForm{Login: "Target", Password: plain})
			_, err = o.ChangePassword(ctx, home, in, plain, better, better)
			if c.open {
				require.NoError(t, again)
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, again, desk.ErrCredentials)
			require.Error(t, err, "whoever is in with it goes no further")
		})
	}
}

// grow adds a permission to a role.
func (o *office) grow(role, permission string) {
	r, err := o.Mem.FindRole(ctx, role)
	require.NoError(o.T, err)
	require.NoError(o.T, o.UpdateRole(ctx, o.Boss, home, role, desk.RoleForm{Version: r.Version, Name: r.Name, Permissions: append(r.Permissions, permission)}))
}

func TestWhoIsInvitedAndGetsMoreIsInvitedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		primary string
		roles   []string
		again   bool
	}{
		"more":              {desk.RoleModerator, []string{desk.RoleAdministrator}, true},
		"another one":       {desk.RoleSuperAdministrator, nil, true},
		"the same as other": {"", []string{desk.RoleModerator}, false},
		"none":              {"", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := staffed(t)
			maker := o.Actor(o.Person("Maker", desk.RoleAdministrator))
			target, first := o.Must(o.Invite(ctx, maker, home, desk.InviteForm{Email: "new@members.example", Name: "New", Roles: []string{desk.RoleModerator}}))
			o.Delivered()
			require.NoError(t, o.ChangeRoles(ctx, o.Boss, home, target.ID, desk.RolesForm{Version: target.Version, Primary: c.primary, Roles: c.roles}))
			sent := o.Delivered().Subjects("new@members.example")
			require.Equal(t, c.again, strings.Count(strings.ToLower(sent), "invit") > 1, sent)
			err := o.opens(first, func(f desk.LinkForm) error { return o.Welcome(ctx, home, f) })
			if c.primary == "" && c.roles == nil {
				require.ErrorIs(t, err, desk.ErrLink, "it would lead nowhere")
				o.Change(target.ID, func(op *store.Operator) { op.PrimaryRole = desk.RoleModerator })
				err = o.opens(first, func(f desk.LinkForm) error { return o.Welcome(ctx, home, f) })
			}
			if !c.again {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, desk.ErrLink, "whoever invited them may have kept it")
			require.Equal(t, store.OperatorInvited, o.Find(target.ID).State)
			require.Equal(t, o.Now().Add(7*24*60*60*1e9), o.Find(target.ID).InviteExpiresAt)
		})
	}
}
