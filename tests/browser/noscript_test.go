package browser_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

// TestWithoutScript does everything that leads into the office, and back into
// it, in a browser whose owner has switched script off.
func TestWithoutScript(t *testing.T) {
	s := newSite(t)
	bare := func(name, email string) *person {
		p := s.person(t, name, email)
		p.DisableScript()
		return p
	}
	token := func(link string) string { return link[strings.Index(link, "#")+1:] }
	p := bare("Ada Brook", "ada@riverside.example")

	link := s.setupLink()
	p.Open(link)
	p.Fill("#field-token", link)
	p.fillSetup()
	p.SubmitTwice(primary) // nothing in the page stops the second click
	require.Equal(t, "Sign in", p.Text("h1"), p.Text("main"))
	require.Zero(t, p.Count("button[data-show]:not([hidden])"), "no button that does nothing")
	p.typeSignIn()
	require.Equal(t, "Add an authenticator app", p.Text("h1"))
	p.secret = strings.ReplaceAll(p.Text("#totp-secret"), " ", "")
	require.Contains(t, judge.QR(t, p.Screenshot(chrome.Shot{Full: true})), "secret="+p.secret)
	p.Look(chrome.Shot{})
	p.Fill("#field-code", p.code())
	p.SubmitTwice(primary)
	p.readCodes()
	require.Len(t, p.codes, 10)
	p.Reload()
	require.Contains(t, p.Text("#recovery-codes"), p.codes[9], "the same codes")
	require.Zero(t, p.Count("[data-codes]:not([hidden])"), "no button that does nothing")
	p.Click("#saved")
	p.Submit(primary)
	require.Equal(t, "Home", p.Text("h1"))
	p.signOut()

	t.Run("sign-in by code and by recovery code", func(t *testing.T) {
		p.signIn()
		p.signOut()
		p.Open(s.at("/login"))
		p.typeSignIn()
		p.Submit(`a[href$="/login/recovery"]`)
		p.Fill("#field-code", p.codes[3])
		require.Equal(t, 200, p.Submit(primary))
		require.Equal(t, "Home", p.Text("h1"))
		p.Submit(".side a[href$='/operators']")
		require.Equal(t, "Operators", p.Text("h1"))
		p.signOut()
	})

	for i, paste := range []func(string) string{
		func(link string) string { return link }, token,
		func(link string) string { return "  " + link + "\n" },
	} {
		t.Run(fmt.Sprintf("reset %d", i), func(t *testing.T) {
			p.Open(s.at("/login"))
			p.Submit(`a[href$="/forgot"]`)
			p.Fill("#field-email", p.email)
			p.SubmitTwice(primary)
			link, _ := s.mailedLink()
			p.Open(s.at("/reset"))
			p.password = fmt.Sprintf("%s-%d", anotherPassword, i)
			p.Evaluate(fmt.Sprintf(`document.querySelector("#field-token").value = %q`, paste(link)), nil)
			p.Paste("#field-password", p.password)
			p.Paste("#field-password_again", p.password)
			require.Equal(t, 422, p.Submit(primary))
			require.Zero(t, p.Count("#field-token"), "pasted once is enough")
			p.Paste("#field-password", p.password)
			p.Paste("#field-password_again", p.password)
			p.Fill("#field-code", p.next())
			require.Equal(t, 200, p.Submit(primary))
			p.signIn()
			p.signOut()
			s.later(2 * time.Minute) // the least time between two mails
		})
	}

	t.Run("welcome by pasted code", func(t *testing.T) {
		p.signIn()
		link := p.invite("Ben Ode", "ben@riverside.example", backoffice.Moderator)
		ben := bare("Ben Ode", "ben@riverside.example")
		ben.Open(s.at("/welcome"))
		ben.Fill("#field-token", token(link))
		ben.Paste("#field-password", ben.password)
		ben.Paste("#field-password_again", ben.password)
		require.Equal(t, 200, ben.Submit(primary))
		require.Contains(t, ben.Text("[role=status]"), "Password set")
		ben.typeSignIn()
		ben.enrol()
		require.Len(t, ben.codes, 10)
	})
}

// TestRunningTheOfficeWithoutScript does what a super-administrator does, in a
// browser whose owner has switched script off.
func TestRunningTheOfficeWithoutScript(t *testing.T) {
	s := newSite(t)
	p := s.person(t, "Ada Brook", "ada@riverside.example")
	p.DisableScript()
	link := s.setupLink()
	p.Open(link)
	p.Fill("#field-token", link)
	p.fillSetup()
	p.Submit(primary)
	p.typeSignIn()
	p.enrol()
	p.arrive()

	p.invite("Ben Ode", "ben@riverside.example", backoffice.Moderator)
	p.follow("Operators")
	p.press("Ben Ode")
	require.Equal(t, 200, p.press("Create a link to hand over"))
	require.Contains(t, p.Text("#secret"), "/welcome#")
	require.Zero(t, p.Count("button[data-copy]:not([hidden])"), "no button that does nothing")
	p.press("Done")
	p.press("Change roles")
	p.Choose("#field-primary", backoffice.CommunityManager)
	p.press("Review changes")
	require.Equal(t, 200, p.press("Change roles"))
	require.Contains(t, p.said(), "Roles changed")

	p.follow("Roles")
	p.press("Create a role")
	p.Fill("#field-name", "Post office")
	p.tick(`input[name=permission][value="mail.view"]`)
	require.Equal(t, 200, p.press("Create role"))

	p.saves(map[string]string{"invite.life": "2 d", "password.temporary": "on", "two_factor.who": "roles"})
	p.Open(s.at("/parameters/two-factor"))
	require.Equal(t, 200, p.press("Restore default : Who must have it"))
	require.Equal(t, 200, p.press("Save "))
	p.follow("Parameters")
	p.press("Generate a new address")
	p.press("Move to this address")
	require.Equal(t, 200, p.press("Keep this address"))

	p.follow("Mail")
	p.press("Send a test email")
	require.Equal(t, 200, p.press("Send test email"))
	require.Contains(t, s.letter(p.email, "Test email").Text, p.name)
	p.follow("Audit log")
	p.press("Verify")
	require.Equal(t, 200, p.press("Verify now"))
	require.Equal(t, "The audit log is intact", p.Text("h1"))
}
