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
	shown := sue.get("/roles/new")
	refused := sue.press(shown, "/roles/new", "Make the role", "name=Moderator", "description=For the press")
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.problems()["name"], "built-in role")
	require.Contains(t, refused.problems()["permission"], "at least one permission")
	refused = sue.press(refused, "/roles/new", "Make the role", "name=", "+permission=analytics.view", "two_factor=on")
	require.Contains(t, refused.problems(), "name")
	typed := refused.filled("/roles/new", "Make the role")
	require.Equal(t, "For the press", typed.Get("description"))
	require.Equal(t, []string{"analytics.view"}, typed["permission"])
	require.Equal(t, "on", typed.Get("two_factor"))
	page := sue.does(refused, "/roles/new", "Make the role", "name=Press")
	require.Contains(t, page.text(), "Role created")
	at, id := page.path, page.path[len("/roles/"):]
	require.Contains(t, sue.press(shown, "/roles/new", "Make the role", "name=PRESS", "+permission=analytics.view").problems()["name"], "Another role")

	ben := o.add(store.Operator{}, "Ben", backoffice.Moderator, id)
	require.Contains(t, sue.get(at).text(), "Who has it Ben")
	require.Equal(t, "/operators?role="+id, sue.get("/roles").link("1 who have the role Press"))
	require.Contains(t, sue.get("/operators?role="+id).text(), "ben@example.org")

	before := o.dump()
	asked := sue.press(sue.get(at), at, "Review changes", "name=Press <office>", "-two_factor", "-permission", "+permission=posts.delete")
	for _, words := range []string{"Adds Delete posts", "Removes See the numbers", "becomes Press <office>", "Is not required by this role any more", "It concerns 1 person"} {
		require.Contains(t, asked.text(), words)
	}
	require.True(t, before == o.dump(), "asking changes nothing")
	stale := sue.press(sue.get(at), at, "Review changes", "name=Mine")
	done := sue.does(asked, at, "Change the role")
	require.Contains(t, done.text(), "Role changed")
	require.NotContains(t, done.body, "<office>")
	require.Equal(t, http.StatusForbidden, sue.press(stale, at, "Change the role").status, "somebody changed it meanwhile")
	require.Contains(t, sue.press(sue.get(at), at, "Review changes", "+permission=no.such").problems()["permission"], "no such permission")
	require.Contains(t, sue.press(sue.get(at), at, "Review changes", "name=Administrator").problems()["name"], "built-in")

	t.Run("deleted, with another in its place", func(t *testing.T) {
		shown := sue.get(at + "/delete")
		require.Contains(t, shown.text(), "It is held by Ben")
		refused := sue.press(shown, at+"/delete", "Delete", "to="+id)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.problems(), "to")
		require.Contains(t, sue.does(shown, at+"/delete", "Delete", "to="+backoffice.CommunityManager).text(), "Role deleted")
		require.Equal(t, []string{backoffice.Moderator, backoffice.CommunityManager}, o.find(ben.ID).AllRoles())
		require.Equal(t, http.StatusNotFound, sue.get(at).status)
	})
	t.Run("those built in stay as they are", func(t *testing.T) {
		at := "/roles/" + backoffice.Moderator
		require.Contains(t, sue.get(at).text(), "This role is built in")
		require.Equal(t, http.StatusForbidden, sue.get(at+"/delete").status)
		form := sue.get("/account").form("/logout")
		form.Set("version", "0")
		form.Set("name", "Mod")
		form.Set("permission", "audit.view")
		require.Contains(t, []int{403, 404}, sue.post(at, form).status)
		require.Contains(t, []int{403, 404}, sue.post(at+"/delete", form).status)
	})
}

func TestHundredsOfPermissionsAndRoles(t *testing.T) {
	o, sue := seated(t, func(c *backoffice.Config) {
		for n := range 300 {
			c.Permissions = append(c.Permissions, backoffice.Permission{Key: fmt.Sprintf("area%d.do_something_or_other_%03d", n%12, n), Label: fmt.Sprintf("Do %d", n), Group: fmt.Sprintf("Area %d", n%12)})
		}
	})
	var ticked []string
	for _, p := range o.cfg.Permissions {
		ticked = append(ticked, "+permission="+p.Key)
	}
	page := sue.does(sue.get("/roles/new"), "/roles/new", "Make the role", append(ticked, "name=Everything")...)
	at := page.path
	role, err := o.mem.FindRole(ctx, at[len("/roles/"):])
	require.NoError(t, err)
	require.Len(t, role.Permissions, 302)
	asked := sue.press(page, at, "Review changes", "-permission", "+permission=posts.delete")
	require.Equal(t, http.StatusOK, asked.status)
	asked = sue.press(page, at, "Review changes", "name=All there is")
	sue.does(asked, at, "Change the role")
	role, err = o.mem.FindRole(ctx, role.ID)
	require.NoError(t, err)
	require.Len(t, role.Permissions, 302, "the page that asks carries them all")

	ben := o.add(store.Operator{}, "Ben", backoffice.Moderator)
	var roles []string
	for n := range 300 {
		id := fmt.Sprintf("role-with-a-long-id-%03d", n)
		o.customRole(id, "posts.delete")
		roles = append(roles, "+role="+id)
	}
	roles = append(roles, "-role")
	slices.Reverse(roles)
	at = "/operators/" + ben.ID + "/roles"
	sue.does(sue.press(sue.get(at), at, "Review changes", roles...), at, "Change roles")
	require.Len(t, o.find(ben.ID).Roles, 300)
	require.Equal(t, http.StatusOK, sue.get("/operators").status)
}

func TestARoleThatMoreHaveThanAPageCounts(t *testing.T) {
	o, sue := seated(t)
	o.customRole("press", "analytics.view")
	for n := range 60 {
		o.add(store.Operator{Password: "x"}, fmt.Sprintf("op%03d", n), "press")
	}
	require.Equal(t, "/operators?role=press", sue.get("/roles").link("More than 50 who have the role Press"))
	require.Contains(t, sue.get("/roles/press").text(), "and many more")
	require.Contains(t, sue.get("/roles/press/delete").text(), "and many more")
	asked := sue.press(sue.get("/roles/press"), "/roles/press", "Review changes", "description=For <b>the</b> press")
	require.Contains(t, asked.text(), "It concerns more than 50 people")
	require.Contains(t, asked.text(), "Becomes For <b>the</b> press")
	require.NotContains(t, asked.body, "<b>the</b>")
	same := sue.does(sue.get("/roles/press"), "/roles/press", "Review changes")
	require.Contains(t, same.text(), "There was nothing to change")
}
