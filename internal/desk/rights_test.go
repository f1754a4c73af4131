package desk_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

func TestBuiltInRolesReachWhatTheTableSays(t *testing.T) {
	all := []string{
		desk.PermissionOperatorsView, desk.PermissionOperatorsManage, desk.PermissionTwoFactorReset, desk.PermissionOperatorsSeeAs,
		desk.PermissionRolesManage, desk.PermissionParametersManage, desk.PermissionAuditView, desk.PermissionMailView,
		"analytics.view", "posts.delete",
	}
	for _, c := range []struct {
		role string
		can  []string
	}{
		{desk.RoleSuperAdministrator, all},
		{desk.RoleAdministrator, []string{
			desk.PermissionOperatorsView, desk.PermissionOperatorsManage, desk.PermissionTwoFactorReset, desk.PermissionOperatorsSeeAs,
			desk.PermissionRolesManage, desk.PermissionAuditView, desk.PermissionMailView, "analytics.view", "posts.delete",
		}},
		{desk.RoleCommunityManager, []string{"analytics.view"}},
		{desk.RoleModerator, []string{"posts.delete"}},
	} {
		t.Run(c.role, func(t *testing.T) {
			o := newOffice(t)
			_, somebody := o.Enrolled("Some", c.role)
			id := o.Identity(somebody.Token)
			for _, p := range all {
				require.True(t, o.HasPermission(p))
				want := false
				for _, can := range c.can {
					want = want || can == p
				}
				require.Equal(t, want, id.Can(p), p)
				require.Equal(t, want, id.Actor().Can(p), p)
			}
			for _, p := range o.Permissions() {
				require.Contains(t, all, p.Key, "%s is in no row of this table", p.Key)
			}
			for _, p := range []string{"", "analytics.edit", "*", "analytics.view "} {
				require.False(t, id.Can(p), "nobody declared %q", p)
			}
		})
	}
}

func TestRightsAreTheUnionOfAllRoles(t *testing.T) {
	o := newOffice(t)
	o.role("r-stale", "Stale", "posts.delete", "no.longer_declared")
	_, somebody := o.Enrolled("Some", desk.RoleCommunityManager, "r-gone", "r-stale")
	id := o.Identity(somebody.Token)
	require.Len(t, id.Roles, 2)
	require.True(t, id.Can("analytics.view"))
	require.True(t, id.Can("posts.delete"))
	require.False(t, id.Can("no.longer_declared"))
	require.False(t, id.HasRole("r-gone"))
}

// role stores a custom role.
func (o *office) role(id, name string, permissions ...string) {
	o.Write(store.PutRole{Role: store.Role{
		ID: id, Name: name, NameKey: name, Permissions: permissions, CreatedAt: o.Now(), UpdatedAt: o.Now(),
	}})
}

func TestNobodyGivesMoreThanTheyHold(t *testing.T) {
	o := newOffice(t)
	o.role("r-posts", "Posts", "posts.delete")
	o.role("r-parameters", "Parameters", desk.PermissionParametersManage)
	o.role("r-inviter", "Inviter", desk.PermissionOperatorsView, desk.PermissionOperatorsManage, desk.PermissionTwoFactorReset, "posts.delete")
	o.role("r-stale", "Stale", "posts.delete", "no.longer_declared")
	o.role("r-empty", "Empty")
	for _, c := range []struct {
		role string
		may  []string
	}{
		{desk.RoleSuperAdministrator, []string{
			desk.RoleSuperAdministrator, desk.RoleAdministrator, desk.RoleCommunityManager, desk.RoleModerator,
			"r-empty", "r-inviter", "r-parameters", "r-posts", "r-stale",
		}},
		{desk.RoleAdministrator, []string{
			desk.RoleAdministrator, desk.RoleCommunityManager, desk.RoleModerator, "r-empty", "r-inviter", "r-posts",
		}},
		{"r-inviter", []string{desk.RoleModerator, "r-empty", "r-inviter", "r-posts"}},
		{desk.RoleModerator, nil},
	} {
		t.Run(c.role, func(t *testing.T) {
			_, by := o.Enrolled(c.role, c.role)
			actor := o.Identity(by.Token).Actor()
			all, err := o.AllRoles(ctx)
			require.NoError(t, err)
			require.Len(t, all, 9)
			for _, role := range all {
				may := false
				for _, id := range c.may {
					may = may || id == role.ID
				}
				email := "new-" + role.ID + "-" + c.role + "@example.org"
				_, _, err := o.Invite(ctx, actor, home, desk.InviteForm{Email: email, Roles: []string{role.ID}})
				_, _, extra := o.Invite(ctx, actor, home, desk.InviteForm{Email: "x" + email, Roles: []string{desk.RoleModerator, role.ID}})
				switch {
				case may:
					require.NoError(t, err, role.ID)
					require.NoError(t, extra, role.ID)
				case c.may == nil:
					require.ErrorIs(t, err, desk.ErrForbidden)
				default:
					requireProblem(t, err, "role", "beyond")
					requireProblem(t, extra, "role", "beyond")
				}
			}
			grantable, err := o.GrantableRoles(ctx, actor)
			if c.may == nil {
				require.ErrorIs(t, err, desk.ErrForbidden)
				return
			}
			require.NoError(t, err)
			require.Len(t, grantable, len(c.may))
		})
	}
}

func TestWithoutTheRightNothingIsShown(t *testing.T) {
	o := newOffice(t)
	_, mod := o.Enrolled("Mod", desk.RoleModerator)
	for _, actor := range []desk.Actor{{}, {ID: "system"}, o.Identity(mod.Token).Actor()} {
		_, err := o.Operators(ctx, actor, store.OperatorQuery{})
		require.ErrorIs(t, err, desk.ErrForbidden)
		_, err = o.FindOperator(ctx, actor, "Mod")
		require.ErrorIs(t, err, desk.ErrForbidden)
		_, err = o.AuditPage(ctx, actor, store.EventQuery{})
		require.ErrorIs(t, err, desk.ErrForbidden)
		_, err = o.RotateAlias(ctx, actor, home)
		require.ErrorIs(t, err, desk.ErrForbidden)
		require.ErrorIs(t, o.ConfirmAlias(ctx, actor, home), desk.ErrForbidden)
	}
	before := o.Count("permission.denied")
	o.Denied(ctx, home, o.Identity(mod.Token), "analytics.view")
	require.Equal(t, before+1, o.Count("permission.denied"))
}

func TestOperatorsAreListedAsTheyAre(t *testing.T) {
	o, _ := crowd(t)
	o.Enrol("Ada")
	listed, err := o.Operators(ctx, desk.CommandLine(), store.OperatorQuery{})
	require.NoError(t, err)
	states := map[string]string{}
	for _, l := range listed.Rows {
		states[l.Name] = string(l.Show)
		require.Equal(t, l.Name == "Ada", l.TwoFactor)
	}
	require.Equal(t, map[string]string{
		"Ada": "active", "Disa": "disabled", "Gus": "active", "Ivan": "invited", "Mia": "active", "Norole": "active",
	}, states)
	listed, err = o.Operators(ctx, desk.CommandLine(), store.OperatorQuery{Search: " ADA@ex"})
	require.NoError(t, err)
	require.Len(t, listed.Rows, 1)
	require.Len(t, listed.Rows[0].Roles, 1)
	require.Equal(t, "Super-administrator", listed.Rows[0].Roles[0].Name)
	for _, search := range []string{"\xff", "\x00", "ada\x00", string(make([]byte, 5000)), strings.Repeat("Ⱥ", 120)} {
		listed, err = o.Operators(ctx, desk.CommandLine(), store.OperatorQuery{Search: search})
		require.NoError(t, err)
		require.Empty(t, listed.Rows)
		events, err := o.AuditPage(ctx, desk.CommandLine(), store.EventQuery{TargetID: search})
		require.NoError(t, err)
		require.Empty(t, events.Rows)
	}
}

func TestAPermissionBringsWhatItIncludes(t *testing.T) {
	o := newOffice(t)
	including := 0
	for _, p := range o.Permissions() {
		role := []desk.Role{{ID: "one", Permissions: []string{p.Key}}}
		for _, other := range o.Permissions() {
			want := other.Key == p.Key || slices.Contains(p.Includes, other.Key)
			require.Equal(t, want, o.Allowed(role, other.Key), "%s with %s", other.Key, p.Key)
		}
		if len(p.Includes) > 0 {
			including++
			require.Equal(t, []string{desk.PermissionOperatorsView}, p.Includes)
		}
	}
	require.Equal(t, 4, including)
	require.False(t, o.Allowed([]desk.Role{{Permissions: []string{"no.such"}}}, "no.such"))

	o.role("r-keys", "Key keeper", desk.PermissionRolesManage)
	_, kim := o.Enrolled("Kim", "r-keys")
	actor := o.Identity(kim.Token).Actor()
	require.True(t, actor.CanGrant(desk.Role{Permissions: []string{desk.PermissionOperatorsView}}), "they hold it")
	require.False(t, actor.CanGrant(desk.Role{Permissions: []string{desk.PermissionOperatorsManage}}))
}

func TestPermissionsOfTheHostAreChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		p    desk.Permission
	}{
		{"no key", desk.Permission{Label: "x"}},
		{"no area", desk.Permission{Key: "view", Label: "x"}},
		{"capitals", desk.Permission{Key: "Posts.view", Label: "x"}},
		{"one of the library's", desk.Permission{Key: desk.PermissionAuditView, Label: "x"}},
		{"in an area of the library's", desk.Permission{Key: "operators.export", Label: "x"}},
		{"an unknown role", desk.Permission{Key: "posts.view", Label: "x", Roles: []string{"editor"}}},
		{"no label", desk.Permission{Key: "posts.view", Label: " "}},
	} {
		require.Error(t, desk.CheckPermissions([]desk.Permission{c.p}), c.name)
	}
	require.NoError(t, desk.CheckPermissions([]desk.Permission{{Key: "posts.view", Label: "x"}}))
	require.NoError(t, desk.CheckPermissions(nil))
	err := desk.CheckPermissions([]desk.Permission{{Key: "posts.view", Label: "x"}, {Key: "posts.view", Label: "x"}, {Key: "mail.read"}})
	require.ErrorContains(t, err, `"posts.view" is declared twice`)
	require.ErrorContains(t, err, `"mail.read": the area "mail" is reserved for the office`)
	require.ErrorContains(t, err, `"mail.read": has no label`, "all mistakes at once")
}

func TestEveryPermissionStandsUnderAHeading(t *testing.T) {
	o := newOffice(t)
	for _, p := range o.Permissions() {
		require.NotEmpty(t, p.Group, p.Key)
	}
}
