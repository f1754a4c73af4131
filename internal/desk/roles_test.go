package desk_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

func TestARoleIsChangedForEverybodyWhoHasItAndReplacedWhenDeleted(t *testing.T) {
	o := staffed(t)
	role := o.CustomRole("Readers", "analytics.view")
	id := o.Entered(o.Person("Grace", desk.RoleModerator, role))
	require.True(t, id.Can("analytics.view"))

	diff, err := o.PreviewRole(ctx, o.Boss, role, desk.RoleForm{Version: 1, Name: "Deleters", RequireTwoFactor: true, Permissions: []string{"posts.delete"}})
	require.NoError(t, err)
	require.Equal(t, desk.RoleDifference{NewName: "Deleters", Added: []messages.Text{messages.Host("Delete posts")}, Removed: []messages.Text{messages.Host("See the numbers")}, TwoFactor: "on"}, diff)
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

// english says texts in English.
func english(texts []messages.Text) (said []string) {
	for _, t := range texts {
		said = append(said, t.String())
	}
	return said
}

func TestRolesAndPermissionsAreSaidInTheLanguageOfTheReader(t *testing.T) {
	catalogue, err := messages.Load(fstest.MapFS{"fy.json": {Data: []byte(`{"roles.name.moderator": "M", "roles.about.moderator": "m", "roles.permission.audit.view": "A", "roles.permits.audit.view": "a",
		"roles.group.security": "S", "See the numbers": "N", "Readers": "never said"}`)}})
	require.NoError(t, err)
	in := catalogue.In("fy")
	o := staffed(t)
	o.CustomRole("Readers", "analytics.view")
	roles, err := o.AllRoles(ctx)
	require.NoError(t, err)
	said := map[string]string{}
	for _, r := range roles {
		said[r.Name] = in.Say(r.Title()) + "/" + in.Say(r.About())
	}
	require.Equal(t, "M/m", said["Moderator"])
	require.Equal(t, "Readers/", said["Readers"], "what operators type is no message")
	require.Equal(t, "Administrator/People and all of the community’s own pages.", said["Administrator"])
	for _, p := range o.Permissions() {
		said[p.Key] = in.Say(p.Title()) + "/" + in.Say(p.About()) + "/" + in.Say(p.Area())
		require.Equal(t, []string{p.Label, p.Description, p.Group}, english([]messages.Text{p.Title(), p.About(), p.Area()}), p.Key)
	}
	require.Equal(t, "A/a/S", said["audit.view"])
	require.Regexp(t, "^N/", said["analytics.view"])
}
