package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
)

func TestARoleIsChangedForEverybodyWhoHasItAndReplacedWhenDeleted(t *testing.T) {
	o := staffed(t)
	role := o.CustomRole("Readers", "analytics.view")
	id := o.Entered(o.Person("Grace", desk.RoleModerator, role))
	require.True(t, id.Can("analytics.view"))

	diff, err := o.PreviewRole(ctx, o.Boss, role, desk.RoleForm{Version: 1, Name: "Deleters", RequireTwoFactor: true, Permissions: []string{"posts.delete"}})
	require.NoError(t, err)
	require.Equal(t, desk.RoleDifference{NewName: "Deleters", Added: []string{"Delete posts"}, Removed: []string{"See the numbers"}, TwoFactor: "on"}, diff)
	require.NoError(t, o.UpdateRole(ctx, o.Boss, home, role, desk.RoleForm{Version: 1, Name: "Deleters", Permissions: []string{"posts.delete"}}))
	require.ErrorIs(t, o.UpdateRole(ctx, o.Boss, home, role, desk.RoleForm{Version: 1, Name: "Later", Permissions: []string{"posts.delete"}}), desk.ErrChanged)
	require.NoError(t, o.DeleteRole(ctx, o.Boss, home, role, 2, desk.RoleCommunityManager))
	grace := o.Find(id.Operator.ID)
	require.Equal(t, []string{desk.RoleCommunityManager}, grace.Roles)
}

func TestARoleNeedsANameOfItsOwnAndAPermission(t *testing.T) {
	o := staffed(t)
	o.CustomRole("Readers", "analytics.view")
	bad := (*desk.InvalidError)(nil)
	for name, f := range map[string]desk.RoleForm{
		"no name":                 {Permissions: []string{"analytics.view"}},
		"the name of another":     {Name: " READERS ", Permissions: []string{"analytics.view"}},
		"the name of a built-in":  {Name: "moderator", Permissions: []string{"analytics.view"}},
		"no permission":           {Name: "Nothing"},
		"a permission nobody has": {Name: "Ghost", Permissions: []string{"ghost.view"}},
	} {
		_, err := o.CreateRole(ctx, o.Boss, home, f)
		require.ErrorAs(t, err, &bad, name)
	}
}
