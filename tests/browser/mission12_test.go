package browser_test

import (
	"slices"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestMission12OperatorsAreListedEditedDisabledAndDeleted: they are listed with
// name, e-mail, roles, state, two-factor and last active; edited, disabled and
// deleted.
func TestMission12OperatorsAreListedEditedDisabledAndDeleted(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	ben := p.letIn(t, "Ben Ode", "ben@riverside.example", backoffice.Moderator)
	p.invite("Cleo Marsh", "cleo@riverside.example", backoffice.CommunityManager)
	type row struct{ Name, Email, Roles, State, TwoFactor, LastActive string }
	list := func() (rows []row) {
		t.Helper()
		p.follow("Operators")
		p.Evaluate(`[...document.querySelectorAll("tbody tr")].map(tr => ({
			Name: tr.querySelector("th bdi").innerText, Email: tr.querySelector("th .line-rest").innerText,
			State: tr.cells[1].innerText, Roles: tr.cells[2].innerText, TwoFactor: tr.cells[3].innerText, LastActive: tr.cells[4].innerText }))`, &rows)
		for i := range rows {
			for _, text := range []*string{&rows[i].State, &rows[i].Roles, &rows[i].TwoFactor, &rows[i].LastActive} {
				if english := slices.DeleteFunc(whole(*text), func(e string) bool { return !unicode.IsUpper(rune(e[0])) }); len(english) > 0 {
					*text = english[0]
				}
			}
		}
		return rows
	}

	t.Run("listed", func(t *testing.T) {
		require.Equal(t, []row{
			{"Ada Brook", "ada@riverside.example", "Super-administrator", "Active", "On", "Just now"},
			{"Ben Ode", "ben@riverside.example", "Moderator", "Active", "On", "Just now"},
			{"Cleo Marsh", "cleo@riverside.example", "Community manager", "Invited", "Off", "Never"},
		}, list())
		p.Fill("#field-q", "mar")
		p.filtered("q=mar")
		require.Equal(t, 1, p.Count("tbody tr"))
		require.Contains(t, p.reads("tbody"), "Cleo Marsh")
		p.press("Clear")
		p.Choose("#field-role", backoffice.Moderator)
		p.filtered("role=moderator")
		require.Equal(t, 1, p.Count("tbody tr"))
		require.Contains(t, p.reads("tbody"), "Ben Ode")
	})

	card := func(name string) { list(); p.press(name) }

	t.Run("edited", func(t *testing.T) {
		card("Ben Ode")
		require.Equal(t, 200, p.press("Rename"))
		p.Fill("#field-name", "Benedict Ode")
		require.Equal(t, 200, p.press("Rename"))
		require.Contains(t, p.said(), "Name changed.")
		require.Equal(t, "Benedict Ode", list()[1].Name)
		ben.Reload()
		require.Contains(t, ben.reads(".menu-avatar"), "Benedict Ode")
		ben.name = "Benedict Ode"
	})

	t.Run("disabled, and enabled again", func(t *testing.T) {
		card(ben.name)
		p.press("Disable")
		p.Fill("#field-reason", "On leave until spring.")
		require.Equal(t, 200, p.press("Disable "+ben.name))
		require.Contains(t, p.said(), "Account disabled")
		require.Equal(t, "Disabled", list()[1].State)
		ben.Reload()
		ben.heading("Sign in", "signed out at once")
		require.Equal(t, 422, ben.typeSignIn())

		p.press(ben.name)
		p.press("Enable")
		require.Equal(t, 200, p.press("Enable "+ben.name))
		require.Equal(t, "Active", list()[1].State)
		ben.signIn()
	})

	t.Run("deleted", func(t *testing.T) {
		card(ben.name)
		p.press("Delete")
		require.Contains(t, p.reads("main"), "This cannot be undone")
		require.Equal(t, 200, p.press("Delete "+ben.name))
		require.Contains(t, p.said(), "Operator deleted.")
		require.Len(t, list(), 2)
		ben.Reload()
		ben.heading("Sign in")
		require.Equal(t, 422, ben.typeSignIn())
		p.follow("Audit log")
		require.Contains(t, visibleText(p), ben.name, "what was done stays in the audit")
	})
}
