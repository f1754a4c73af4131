package backoffice_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

func TestARoleFromBeginningToEnd(t *testing.T) {
	o, sue := seated(t)
	shown := sue.Get("/roles/new")
	refused := sue.Press(shown, "/roles/new", "Create role", "name=Moderator", "description=For the press")
	require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
	require.Contains(t, refused.Problems()["name"], "built-in role")
	require.Contains(t, refused.Problems()["permission"], "at least one permission")
	refused = sue.Press(refused, "/roles/new", "Create role", "name=", "+permission=analytics.view", "two_factor=on")
	require.Contains(t, refused.Problems(), "name")
	typed := refused.Filled("/roles/new", "Create role")
	require.Equal(t, "For the press", typed.Get("description"))
	require.Equal(t, []string{"analytics.view"}, typed["permission"])
	require.Equal(t, "on", typed.Get("two_factor"))
	page := sue.Does(refused, "/roles/new", "Create role", "name=Press")
	require.Contains(t, page.Text(), "Role created")
	at, id := page.Path, page.Path[len("/roles/"):]
	require.Contains(t, sue.Press(shown, "/roles/new", "Create role", "name=PRESS", "+permission=analytics.view").Problems()["name"], "Another role")

	ben := o.Person("Ben", backoffice.Moderator, id)
	require.Contains(t, sue.Get(at).Text(), "Who has it Ben")
	require.Equal(t, "/operators?role="+id, sue.Get("/roles").Link("1 operator who has the role Press"))
	require.Contains(t, sue.Get("/operators?role="+id).Text(), "ben@example.org")

	before := o.Dump()
	asked := sue.Press(sue.Get(at), at, "Review changes", "name=Press <office>", "-two_factor", "-permission", "+permission=posts.delete")
	for _, words := range []string{"Adds Delete posts", "Removes See the numbers", "becomes Press <office>", "Is no longer required by this role", "It affects 1 person"} {
		require.Contains(t, asked.Text(), words)
	}
	require.True(t, before == o.Dump(), "asking changes nothing")
	stale := sue.Press(sue.Get(at), at, "Review changes", "name=Mine")
	done := sue.Does(asked, at, "Change the role")
	require.Contains(t, done.Text(), "Role changed")
	require.NotContains(t, done.Body, "<office>")
	require.Equal(t, http.StatusForbidden, sue.Press(stale, at, "Change the role").Status, "somebody changed it meanwhile")
	require.Contains(t, sue.Press(sue.Get(at), at, "Review changes", "+permission=no.such").Problems()["permission"], "no longer exists")
	require.Contains(t, sue.Press(sue.Get(at), at, "Review changes", "name=Administrator").Problems()["name"], "built-in")

	t.Run("deleted, with another in its place", func(t *testing.T) {
		shown := sue.Get(at + "/delete")
		require.Contains(t, shown.Text(), "It is held by Ben")
		refused := sue.Press(shown, at+"/delete", "Delete", "to="+id)
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
		require.Contains(t, refused.Problems(), "to")
		require.Contains(t, sue.Does(shown, at+"/delete", "Delete", "to="+backoffice.CommunityManager).Text(), "Role deleted")
		require.Equal(t, []string{backoffice.Moderator, backoffice.CommunityManager}, o.Find(ben.ID).AllRoles())
		require.Equal(t, http.StatusNotFound, sue.Get(at).Status)
	})
	t.Run("those built in stay as they are", func(t *testing.T) {
		at := "/roles/" + backoffice.Moderator
		require.Contains(t, sue.Get(at).Text(), "This role is built in")
		require.Equal(t, http.StatusForbidden, sue.Get(at+"/delete").Status)
		form := sue.Get("/account").Form("/logout")
		form.Set("version", "0")
		form.Set("name", "Mod")
		form.Set("permission", "audit.view")
		require.Contains(t, []int{403, 404}, sue.Post(at, form).Status)
		require.Contains(t, []int{403, 404}, sue.Post(at+"/delete", form).Status)
	})
}

func TestHundredsOfPermissionsAndRoles(t *testing.T) {
	o, sue := seated(t, func(c *backoffice.Config) {
		for n := range 300 {
			c.Permissions = append(c.Permissions, backoffice.Permission{Key: fmt.Sprintf("area%d.do_something_or_other_%03d", n%12, n), Label: fmt.Sprintf("Do %d", n), Group: fmt.Sprintf("Area %d", n%12)})
		}
	})
	var ticked []string
	for _, p := range o.Cfg.Permissions {
		ticked = append(ticked, "+permission="+p.Key)
	}
	page := sue.Does(sue.Get("/roles/new"), "/roles/new", "Create role", append(ticked, "name=Everything")...)
	at := page.Path
	role, err := o.Mem.FindRole(ctx, at[len("/roles/"):])
	require.NoError(t, err)
	require.Len(t, role.Permissions, 302)
	asked := sue.Press(page, at, "Review changes", "-permission", "+permission=posts.delete")
	require.Equal(t, http.StatusOK, asked.Status)
	asked = sue.Press(page, at, "Review changes", "name=All there is")
	sue.Does(asked, at, "Change the role")
	role, err = o.Mem.FindRole(ctx, role.ID)
	require.NoError(t, err)
	require.Len(t, role.Permissions, 302, "the page that asks carries them all")

	ben := o.Person("Ben", backoffice.Moderator)
	roles := []string{"+role=" + backoffice.Moderator}
	for n := range 300 {
		id := fmt.Sprintf("role-with-a-long-id-%03d", n)
		o.customRole(id, "posts.delete")
		roles = append(roles, "+role="+id)
	}
	roles = append(roles, "-role")
	slices.Reverse(roles)
	at = "/operators/" + ben.ID + "/roles"
	sue.Does(sue.Press(sue.Get(at), at, "Review changes", roles...), at, "Change roles")
	require.Len(t, o.Find(ben.ID).Roles, 300)
	require.Equal(t, http.StatusOK, sue.Get("/operators").Status)
}

func TestARoleThatMoreHaveThanAPageCounts(t *testing.T) {
	o, sue := seated(t)
	o.customRole("press", "analytics.view")
	for n := range 60 {
		o.Add(store.Operator{Password: "x"}, fmt.Sprintf("op%03d", n), "press")
	}
	require.Equal(t, "/operators?role=press", sue.Get("/roles").Link("60 operators who have the role Press"))
	require.Contains(t, sue.Get("/roles/press").Text(), "and many more")
	require.Contains(t, sue.Get("/roles/press/delete").Text(), "and many more")
	asked := sue.Press(sue.Get("/roles/press"), "/roles/press", "Review changes", "description=For <b>the</b> press")
	require.Contains(t, asked.Text(), "It affects more than 50 people")
	require.Contains(t, asked.Text(), "Becomes For <b>the</b> press")
	require.NotContains(t, asked.Body, "<b>the</b>")
	same := sue.Does(sue.Get("/roles/press"), "/roles/press", "Review changes")
	require.Contains(t, same.Text(), "There was nothing to change")
}
