package browser_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestMission11RolesAreChangedMadeAndAdded: the primary role is changed; custom
// roles are made by ticking permissions, and added to operators. The last active
// super-administrator cannot be demoted, disabled or deleted.
func TestMission11RolesAreChangedMadeAndAdded(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	ben := p.letIn(t, "Ben Ode", "ben@riverside.example", backoffice.Moderator)
	may := func(path string) int { return ben.Open(s.at(path)) }
	require.Equal(t, 403, may("/analytics"))
	require.Equal(t, 403, may("/audit"))

	t.Run("the primary role is changed", func(t *testing.T) {
		p.follow("Operators")
		p.press("Ben Ode")
		p.press("Change roles")
		p.ticksRoles(backoffice.Moderator, backoffice.CommunityManager)
		require.Equal(t, 200, p.press("Review changes"))
		p.Click(`input[name=primary][value="community-manager"]`)
		require.Contains(t, p.reads("main"), "See statistics", "what follows from it is shown first")
		require.Equal(t, 403, may("/analytics"), "nothing has changed yet")
		require.Equal(t, 200, p.press("Change roles"))
		require.Contains(t, p.said(), "Roles changed")
		require.Equal(t, 200, may("/analytics"), "from the next click")
		require.Contains(t, s.letter(ben.email, "roles were changed").Text, "Community manager")
	})

	var role string
	t.Run("a role is made by ticking permissions", func(t *testing.T) {
		p.follow("Roles")
		p.press("Create a role")
		p.Fill("#field-name", "Post office")
		p.Fill("#field-description", "Looks after mails that do not arrive.")
		p.tick(`input[name=permission][value="mail.view"]`)
		require.Equal(t, 200, p.press("Create role"))
		role = p.Location()
		require.Contains(t, visibleText(p), "No one.", "who has it")
		p.follow("Roles")
		require.Contains(t, p.reads("section[aria-labelledby=custom] tbody"), "Post office")
	})

	t.Run("it is added to an operator", func(t *testing.T) {
		require.Equal(t, 403, may("/mail"))
		p.follow("Operators")
		p.press("Ben Ode")
		p.press("Change roles")
		p.Evaluate(`document.querySelectorAll("#field-role .tick").forEach(e => { if (e.innerText.startsWith("Post office")) e.querySelector("input").id = "post-office" })`, nil)
		p.tick("#post-office")
		p.press("Review changes")
		require.Equal(t, 200, p.press("Change roles"))
		require.Equal(t, 200, may("/mail"))
		require.Equal(t, 200, may("/analytics"), "rights are the union")
		require.Equal(t, 403, may("/audit"))
		require.Equal(t, 403, may("/operators/new"))
	})

	t.Run("a tick more or less counts for everybody who has it", func(t *testing.T) {
		p.Open(role)
		p.tick(`input[name=permission][value="mail.view"]`)
		p.tick(`input[name=permission][value="audit.view"]`)
		require.Equal(t, 200, p.press("Review changes"))
		require.Contains(t, p.reads("main"), "1 person")
		require.Equal(t, 200, p.press("Change the role"))
		require.Equal(t, 403, may("/mail"))
		require.Equal(t, 200, may("/audit"))
	})

	t.Run("the last active super-administrator stays one", func(t *testing.T) {
		p.follow("Operators")
		p.press(p.name)
		self := p.Location()
		for _, act := range []string{"/disable", "/delete"} {
			require.Zero(t, p.Count(`main a[href$="`+act+`"]`), act)
		}
		require.Contains(t, p.reads("#danger ~ *, section[aria-labelledby=danger]"), "last")
		for _, act := range []string{"/disable", "/delete"} { // by their address, as nobody would
			require.Equal(t, 200, p.Open(self+act))
			require.NotContains(t, p.Location(), act)
			require.Zero(t, p.Count("main form .button-danger"))
		}
		for _, roles := range [][]string{{backoffice.Administrator}, {}} {
			p.Open(self + "/roles")
			p.ticksRoles(roles...)
			require.Equal(t, 200, p.press("Review changes"))
			require.Equal(t, 422, p.pressIn("main form", map[bool]string{true: "Remove all access", false: "Change roles"}[len(roles) == 0]))
			require.Contains(t, p.said(), "last active super-administrator")
		}
		require.Contains(t, p.navigation(), "Parameters")

		p.Open(s.at("/operators"))
		p.press("Ben Ode")
		p.press("Change roles")
		p.ticksRoles(backoffice.SuperAdministrator)
		p.press("Review changes")
		p.press("Change roles")
		p.Open(self + "/roles")
		p.ticksRoles(backoffice.Administrator)
		p.press("Review changes")
		require.Equal(t, 200, p.press("Change roles"), "with another one there")
		require.NotContains(t, p.navigation(), "Parameters")
	})
}
