package backoffice_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// A link in an email may be for another account than the one that is signed in where it
// is opened. The page cannot know whose link it is: it says who is signed in, and both
// ways lead on.
func TestALinkOpenedInABrowserThatIsSignedIn(t *testing.T) {
	const says = "You are signed in as Ada . This link may be for another account."
	for _, c := range []struct {
		name, page string
		// mine says that the link is of who is signed in, mail that it was opened from web
		// mail, so that the first request came without a session.
		mine, mail bool
		leads      string
	}{
		{name: "an invitation of somebody else", page: "/welcome", leads: "/logout?done=welcome"},
		{name: "an invitation of somebody else, from web mail", page: "/welcome", mail: true, leads: "/logout?done=welcome"},
		{name: "a reset link of somebody else", page: "/reset", leads: "/logout?done=reset"},
		{name: "a reset link of somebody else, from web mail", page: "/reset", mail: true, leads: "/logout?done=reset"},
		{name: "one's own reset link", page: "/reset", mine: true, leads: "/login?done=reset"},
		{name: "one's own reset link, from web mail", page: "/reset", mine: true, mail: true, leads: "/login?done=reset"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			ada, login := o.Plain("Ada", backoffice.Moderator), "ben@example.org"
			switch {
			case c.page == "/welcome":
				_, err := o.CommandLine().Invite(ctx, login, "Ben", backoffice.Moderator)
				require.NoError(t, err)
			case c.mine:
				login = ada.Email
				fallthrough
			default:
				if !c.mine {
					o.Person("Ben", backoffice.Moderator)
				}
				other := o.Browser()
				other.Submit(other.Get("/forgot"), "/forgot", "email", login)
			}
			token := o.LinkIn(c.page[1:])
			shown := ada.Get(c.page)
			require.Contains(t, shown.Text(), says)
			require.Equal(t, "/", shown.Link("Back to the office"))
			if c.mail {
				shown = ada.From(c.page)
				require.NotContains(t, shown.Text(), "Ada", "the browser did not say who is signed in")
			} else {
				refused := ada.Submit(shown, c.page, "token", token, "password", "short", "password_again", "short")
				require.Contains(t, refused.Text(), says)
			}
			done := ada.Submit(shown, c.page, "token", token, "password", better, "password_again", better)
			require.Equal(t, c.leads, done.Location, done.Text())
			next := ada.Follow(done)
			if c.mine {
				require.False(t, ada.SignedIn())
			} else {
				require.Contains(t, next.Text(), "You are signed in as Ada . To sign in to another account in this browser, sign out first.")
				require.Equal(t, "/", next.Link("Back to the office"))
				require.True(t, ada.SignedIn(), "nobody is signed out unasked")
				ada.Submit(next, "/logout")
			}
			require.Equal(t, "/", ada.Login(login, better).Location)
		})
	}
	t.Run("signing out keeps the link, which enters no URL", func(t *testing.T) {
		o := newOffice(t)
		ada := o.Plain("Ada", backoffice.Moderator)
		_, err := o.CommandLine().Invite(ctx, "ben@example.org", "Ben", backoffice.Moderator)
		require.NoError(t, err)
		token := o.LinkIn("welcome")
		shown := ada.Submit(ada.Get("/welcome"), "/welcome", "token", token)
		require.Contains(t, shown.Text(), says)
		shown = ada.Press(shown, "/welcome", "Sign out and continue")
		require.Equal(t, http.StatusOK, shown.Status)
		require.NotContains(t, shown.Text(), "Ada")
		require.False(t, ada.SignedIn())
		require.Equal(t, 1, o.Count("session.ended"))
		require.Equal(t, "/login?done=welcome", ada.Submit(shown, "/welcome", "password", better, "password_again", better).Location)
		cora := o.Plain("Cora", backoffice.Moderator)
		shown = cora.Press(cora.Get("/reset"), "/reset", "Sign out and continue")
		require.Equal(t, http.StatusOK, shown.Status, "the link is pasted afterwards")
		require.Contains(t, shown.Text(), "Link or code")
		require.False(t, cora.SignedIn())
		require.Zero(t, o.Count("password.reset_refused"), "no link is no wrong one")
		dora := o.Plain("Dora", backoffice.Moderator)
		o.Store.FailMethod("FindToken", errDown)
		require.Equal(t, http.StatusServiceUnavailable, dora.Submit(dora.Get("/welcome"), "/welcome", "token", token, "action", "sign-out").Status)
		o.Store.Reset()
		require.True(t, dora.SignedIn(), "who is told nothing of the link stays signed in")
	})
	t.Run("signed out, nothing is said", func(t *testing.T) {
		b := newOffice(t).Browser()
		for _, path := range []string{"/welcome", "/reset"} {
			require.NotContains(t, b.Get(path).Text(), "You are signed in")
		}
	})
}

// A link is asked about before its form is filled. That spends nothing, and tells no more
// than using it.
func TestALinkIsAskedAboutFirst(t *testing.T) {
	o := newOffice(t)
	b := o.Browser()
	setup := o.SetupToken()
	o.Enrolled("Grace", backoffice.Moderator)
	ada := o.Plain("Ada", backoffice.Moderator)
	_, err := o.CommandLine().Invite(ctx, "ben@example.org", "Ben", backoffice.Moderator)
	require.NoError(t, err)
	asks := func(path, token string) page { return b.Submit(b.Get(path), path, "token", token) }
	links := map[string]string{"/welcome": o.LinkIn("welcome")}
	forgot := func(email string) string {
		b.Submit(b.Get("/forgot"), "/forgot", "email", email)
		return o.LinkIn("reset")
	}
	grace := forgot("grace@example.org")
	links["/reset"] = forgot(ada.Email)
	for path, token := range links {
		before := len(o.Events())
		for range 25 { // more than a network may try of links that do not work
			shown := asks(path, token)
			require.Equal(t, http.StatusOK, shown.Status)
			require.Contains(t, shown.Text(), "assword again")
			require.NotContains(t, shown.Text(), "authenticator app shows")
			require.NotContains(t, shown.Text(), "Ben")
		}
		require.Len(t, o.Events(), before, "nothing is refused")
	}
	require.Contains(t, asks("/reset", grace).Text(), "Code from your authenticator app")
	require.Contains(t, asks("/reset", links["/welcome"]).Text(), "You have been invited")
	require.NotContains(t, asks("/reset", links["/welcome"]).Text(), "problem")
	require.Contains(t, asks("/reset", "half of it").Problems()["token"], "not one whole link or code")
	for path, token := range links {
		require.Equal(t, http.StatusSeeOther, b.Submit(b.Get(path), path, "token", token, "password", better, "password_again", better).Status)
	}
	for _, path := range []string{"/welcome", "/reset"} {
		refused := o.Count("operator.invitation_refused") + o.Count("password.reset_refused")
		for _, token := range []string{links[path], strings.Repeat("A", 43), setup} {
			used := b.Submit(b.Get(path), path, "token", token, "password", better, "password_again", better)
			asked := asks(path, token)
			require.Equal(t, http.StatusGone, asked.Status)
			require.Equal(t, used.Text(), asked.Text())
		}
		require.Equal(t, refused+6, o.Count("operator.invitation_refused")+o.Count("password.reset_refused"), "each is audited")
	}
	var last page
	for range 25 {
		last = asks("/reset", strings.Repeat("B", 43))
	}
	require.Equal(t, http.StatusTooManyRequests, last.Status, "guessing is limited")
}

func TestTheSetupLinkLeadsToSignInOnceTheOfficeIsSetUp(t *testing.T) {
	o := newOffice(t)
	require.Equal(t, http.StatusOK, o.Browser().Get("/setup").Status)
	ada := o.Plain("Ada", backoffice.SuperAdministrator)
	b := o.Browser()
	answer := b.Get("/setup")
	require.Equal(t, "/login?done=setup-done#", answer.Location, "the dead token leaves the address bar")
	require.Contains(t, b.Follow(answer).Text(), "The back office is already set up. Sign in.")
	require.Equal(t, "/#", ada.Get("/setup").Location)
}

// Someone who has just enrolled, and signs out and in again, has only the code that they
// used.
func TestSigningInRightAfterEnrollingIsNotUnusual(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	ada.Submit(ada.Get("/account"), "/logout")
	unusual := func() int { return strings.Count(strings.Join(o.Letters(), ""), "\nSubject: Unusual sign-in") }
	replay := func(b *browser) {
		t.Helper()
		refused := b.Submit(b.Follow(b.Login(ada.Name, ada.Password)), "/login/code", "code", o.Code(ada.Secret))
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status, refused.Text())
	}
	done := ada.Submit(ada.Follow(ada.Login(ada.Name, ada.Password)), "/login/code", "code", o.Code(ada.Secret))
	ada.Submit(ada.Follow(done), "/logout")
	replay(ada.Browser)
	require.Equal(t, 1, o.Count("code.replayed"))
	require.Zero(t, unusual())
	replay(o.Browser())
	require.Equal(t, 2, o.Count("code.replayed"))
	require.Equal(t, 1, unusual(), "someone else may have seen the code")
}
