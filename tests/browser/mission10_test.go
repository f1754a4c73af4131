package browser_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestMission10PasswordPolicyIsAdjustable: the policy is adjusted on the
// Parameters page, its requirements are listed on every form that sets a
// password, and checked live and on the server.
func TestMission10PasswordPolicyIsAdjustable(t *testing.T) {
	s := newSite(t)
	needs := func(who *person) (rules []string) {
		t.Helper()
		who.Evaluate(`[...document.querySelectorAll("[data-rule] > span:last-child")].map(e => e.childNodes[0].textContent)`, &rules)
		for _, rule := range rules {
			rules = append(rules, whole(rule)...)
		}
		return rules
	}
	met := func(who *person) (codes []string) {
		t.Helper()
		who.Evaluate(`[...document.querySelectorAll("li.is-met")].map(e => e.dataset.rule)`, &codes)
		return codes
	}

	p := s.person(t, "Ada Brook", "ada@riverside.example")
	p.openLink(s.setupLink())
	require.Contains(t, needs(p), "At least 12 characters", "the form that sets the office up")
	p.fillSetup()
	p.Submit(primary)
	p.typeSignIn()
	p.enrol()
	p.arrive()

	p.saves(map[string]string{"password.min_length": "28", "password.upper": "on"})
	require.Contains(t, p.reads("main"), "Departs from NIST SP 800-63B-4")
	p.follow("Parameters")
	require.Contains(t, p.reads("#section-passwords"), "Departs from NIST: 1")

	const long, right = "plum kettle orbit sail 93 moss", "Plum kettle orbit sail 93 moss"
	ben := s.person(t, "Ben Ode", "ben@riverside.example")
	forms := []struct {
		name    string
		come    func() *person
		current string
	}{
		{"the form of an invitation", func() *person {
			ben.openLink(p.invite(ben.name, ben.email, backoffice.Moderator))
			return ben
		}, ""},
		{"the form behind a reset link", func() *person {
			ben.Open(s.at("/forgot"))
			ben.Fill("#field-email", ben.email)
			ben.Submit(primary)
			ben.openLink(mailed.FindString(s.letter(ben.email, "Reset your").Text))
			return ben
		}, ""},
		{"one's own account", func() *person {
			p.Open(s.at("/account"))
			p.press("Change password")
			return p
		}, goodPassword},
	}
	for i, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			who := form.come()
			require.Contains(t, needs(who), "At least 28 characters")
			require.Contains(t, needs(who), "At least one upper-case letter")
			sends := func(password string) int {
				if form.current != "" {
					who.Paste("#field-current_password", form.current)
				}
				who.Paste("#field-password", password)
				who.Paste("#field-password_again", password)
				return who.Submit(primary)
			}
			who.Paste("#field-password", goodPassword)
			require.NotContains(t, met(who), "too_short")
			who.Paste("#field-password", long)
			require.Contains(t, met(who), "too_short")
			require.NotContains(t, met(who), "class_upper")
			require.Equal(t, 422, sends(long), "the server checks what script shows")
			require.Contains(t, who.said(), "upper-case")
			require.Equal(t, 422, sends(goodPassword))
			require.Contains(t, who.said(), "28 characters")
			own := right
			if i == 1 {
				own += "!"
			}
			who.Paste("#field-password", own)
			require.Contains(t, met(who), "class_upper")
			require.Equal(t, 200, sends(own))
			require.Contains(t, who.said(), "Password ")
		})
	}
}
