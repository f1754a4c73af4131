package browser_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/smtpsink"
)

// TestHome: the home page leads from a fresh office to one that is set up well, and says
// within a minute that emails do not leave.
func TestHome(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	deliver := func() {
		t.Helper()
		_, err := s.office.DeliverMail(t.Context())
		require.NoError(t, err)
	}
	home := func() string {
		t.Helper()
		require.Equal(t, 200, p.Open(s.at("/")))
		return visibleText(p)
	}

	t.Run("from a fresh office to one that is set up", func(t *testing.T) {
		require.Contains(t, home(), "1 of 6 done", "the recovery codes are saved")
		require.Equal(t, 200, p.press("I have kept it"))
		require.Contains(t, p.said(), "you keep the office address")
		require.Contains(t, visibleText(p), "2 of 6 done")

		p.press("Send a test email")
		p.press("Send test email")
		deliver()
		letter := s.letter(p.email, "Test email")
		link := regexp.MustCompile(`http\S+/mail/arrived/\S+`).FindString(letter.Text)
		require.NotEmpty(t, link, letter.Text)
		require.Equal(t, 200, p.Open(link))
		require.Contains(t, p.said(), "The email arrived")
		require.Contains(t, visibleText(p), "3 of 6 done")

		p.press("Hide this list")
		require.NotContains(t, visibleText(p), "3 of 6 done")
		p.press("Show it again")
		require.Contains(t, visibleText(p), "3 of 6 done")

		ben := p.letIn(t, "Ben Ode", "ben@riverside.example", backoffice.SuperAdministrator)
		require.Contains(t, home(), "4 of 6 done")
		p.invite("Mia Wong", "mia@riverside.example", backoffice.Moderator)
		require.Contains(t, home(), "5 of 6 done")
		s.set(map[string]string{"office.contact": "the garden office, 555 0100"})
		require.Contains(t, home(), "This back office is set up")
		require.NotContains(t, home(), "et up")
		ben.Open(s.at("/"))
		require.NotContains(t, visibleText(ben), "of 6 done", "not even for another super-administrator")
		ben.signOut()
		ben.Open(s.at("/login"))
		require.Contains(t, visibleText(ben), "Need help? Ask the garden office, 555 0100.")
	})

	t.Run("sign-ins by day, and one’s own", func(t *testing.T) {
		text := home()
		for _, words := range []string{"Sign-ins in 14 days", "Days in UTC", "Signed in: 2", "Refused: 0", "Your last sign-ins"} {
			require.Contains(t, text, words)
		}
		require.Equal(t, 14, p.Count(".bars > li"))
		require.Equal(t, 200, p.Submit(".bar-now a"))
		require.Equal(t, "Audit log", p.Text("h1"))
		require.Contains(t, p.Location(), "from="+s.now().UTC().Format(time.DateOnly))
	})

	t.Run("a mail server that refuses is known within a minute, and where an email was queued", func(t *testing.T) {
		invite := func(name, email string) {
			t.Helper()
			p.Open(s.at("/operators/new"))
			p.Fill("#field-email", email)
			p.Fill("#field-name", name)
			p.Click(`input[name=role][value="moderator"]`)
			require.Equal(t, 200, p.send())
			require.Contains(t, p.said(), "The invitation is on its way")
		}
		deliver()
		s.sink.SetReplies(map[string]string{smtpsink.Rcpt: "451 4.3.0 Try again later"})
		require.NotContains(t, home(), "Emails are delayed")
		invite("Eve Hall", "eve@riverside.example")
		require.NotContains(t, p.said(), "mail server", "no one has tried yet")
		s.later(10 * time.Second)
		deliver()
		s.later(30 * time.Second)
		require.Contains(t, home(), "Emails are delayed")
		invite("Kim Lee", "kim@riverside.example")
		require.Contains(t, p.said(), "The mail server is not accepting emails at the moment.")
		require.Equal(t, 200, p.press("See queued emails"))
		row := p.Text("tbody tr:last-child")
		require.Contains(t, row, "451 4.3.0 Try again later")
		require.Contains(t, row, "Next attempt in")

		s.sink.SetReplies(nil)
		s.later(time.Minute)
		deliver()
		require.NotContains(t, home(), "Emails are delayed")
		require.Contains(t, strings.ToLower(home()), "eve hall")
	})
}
