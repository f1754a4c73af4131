package desk_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

const chosen = "orbit velvet canyon 93 maple"

// opens tries the token of a link, and says how that ended.
func (o *office) opens(link string, use func(desk.LinkForm) error) error {
	_, token, ok := strings.Cut(link, "#")
	require.True(o.t, ok)
	return use(desk.LinkForm{Token: token, Password: chosen, Again: chosen})
}

// TestALinkOpensNothingOnceItsMakerMayNotMakeIt is about somebody who keeps a
// link that they made for somebody else, to come back, or up, through it.
func TestALinkOpensNothingOnceItsMakerMayNotMakeIt(t *testing.T) {
	changes := map[string]struct {
		change func(o *office, maker, target store.Operator)
		open   bool
	}{
		"nothing":                                {func(*office, store.Operator, store.Operator) {}, true},
		"maker is disabled":                      {func(o *office, m, _ store.Operator) { m.State = store.OperatorDisabled; o.put(m) }, false},
		"maker is deleted":                       {func(o *office, m, _ store.Operator) { require.NoError(o.t, o.Delete(ctx, o.boss, visit, m.ID, "")) }, false},
		"maker is demoted":                       {func(o *office, m, _ store.Operator) { m.PrimaryRole = desk.RoleModerator; o.put(m) }, false},
		"maker is raised":                        {func(o *office, m, _ store.Operator) { m.PrimaryRole = desk.RoleSuperAdministrator; o.put(m) }, true},
		"target's role grows":                    {func(o *office, _, x store.Operator) { o.grow(x.PrimaryRole, desk.PermissionParametersManage) }, false},
		"target's role grows within the maker's": {func(o *office, _, x store.Operator) { o.grow(x.PrimaryRole, desk.PermissionAuditView) }, true},
	}
	for name, c := range changes {
		t.Run("an invitation, when "+name, func(t *testing.T) {
			o := newOffice(t)
			press := o.customRole("Press", "posts.delete")
			maker := o.person("Maker", desk.RoleAdministrator)
			target, link := o.must(o.Invite(ctx, o.signIn(maker), visit, desk.InviteForm{Email: "new@members.example", Name: "New", Roles: []string{press}}))
			c.change(o, o.reread(maker), target)
			before := len(o.events())
			err := o.opens(link, func(f desk.LinkForm) error { return o.Welcome(ctx, visit, f) })
			if c.open {
				require.NoError(t, err)
				require.Equal(t, store.OperatorActive, o.reread(target).State)
				return
			}
			require.ErrorIs(t, err, desk.ErrLink)
			require.Equal(t, store.OperatorInvited, o.reread(target).State)
			require.Equal(t, before+1, len(o.events()), "it is written down")
		})
		t.Run("a link to a password, when "+name, func(t *testing.T) {
			o := newOffice(t)
			target := o.person("Target", o.customRole("Press", "posts.delete"))
			maker := o.person("Maker", desk.RoleAdministrator)
			link, _, err := o.PasswordLink(ctx, o.signIn(maker), visit, target.ID)
			require.NoError(t, err)
			c.change(o, o.reread(maker), target)
			was := o.reread(target).Password
			err = o.opens(link, func(f desk.LinkForm) error { return o.Reset(ctx, visit, f) })
			if c.open {
				require.NoError(t, err)
				require.NotEqual(t, was, o.reread(target).Password)
				return
			}
			require.ErrorIs(t, err, desk.ErrLink)
			require.Equal(t, was, o.reread(target).Password)
		})
		t.Run("a temporary password, when "+name, func(t *testing.T) {
			o := newOffice(t)
			target := o.person("Target", o.customRole("Press", "posts.delete"))
			o.rules(map[string]string{"two_factor.who": "recommended", "password.temporary": "on"})
			maker := o.person("Maker", desk.RoleAdministrator)
			plain, _, err := o.TemporaryPassword(ctx, o.signIn(maker), visit, target.ID)
			require.NoError(t, err)
			passed, err := o.SignIn(ctx, visit, desk.SignInForm{Login: "Target", Password: plain})
			require.NoError(t, err)
			c.change(o, o.reread(maker), target)
			in, err := o.Authenticate(ctx, visit, passed.Token)
			require.NoError(t, err)
			_, again := o.SignIn(ctx, visit, desk.SignInForm{Login: "Target", Password: plain})
			_, err = o.ChangePassword(ctx, visit, in, plain, better, better)
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
	r, err := o.mem.FindRole(ctx, role)
	require.NoError(o.t, err)
	require.NoError(o.t, o.UpdateRole(ctx, o.boss, visit, role, desk.RoleForm{Version: r.Version, Name: r.Name, Permissions: append(r.Permissions, permission)}))
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
			o := newOffice(t)
			maker := o.signIn(o.person("Maker", desk.RoleAdministrator))
			target, first := o.must(o.Invite(ctx, maker, visit, desk.InviteForm{Email: "new@members.example", Name: "New", Roles: []string{desk.RoleModerator}}))
			o.mails()
			require.NoError(t, o.ChangeRoles(ctx, o.boss, visit, target.ID, desk.RolesForm{Version: target.Version, Primary: c.primary, Roles: c.roles}))
			sent := o.mails().subjects("new@members.example")
			require.Equal(t, c.again, strings.Count(strings.ToLower(sent), "invit") > 1, sent)
			err := o.opens(first, func(f desk.LinkForm) error { return o.Welcome(ctx, visit, f) })
			if !c.again {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, desk.ErrLink, "whoever invited them may have kept it")
			require.Equal(t, store.OperatorInvited, o.reread(target).State)
			require.Equal(t, o.now.Add(7*24*60*60*1e9), o.reread(target).InviteExpiresAt)
		})
	}
}
