package browser_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

func walkAccount(t *testing.T, s *site, i *inspector) {
	p := s.owner(t)
	p.Click(".menu-avatar summary")
	i.look(p, "home with the menu open")
	p.Open(s.at("/account"))
	i.look(p, "account")
	p.Submit(`a[href$="/account/name"]`)
	i.look(p, "name")
	p.Fill("#field-name", " ")
	require.Equal(t, 422, p.send())
	i.look(p, "name left empty")
	p.Fill("#field-name", "Ada Rivers")
	require.Equal(t, 200, p.send())
	require.Contains(t, p.Text("main [role=status]"), "Name changed")
	i.look(p, "name changed")

	p.Open(s.at("/account/password"))
	i.look(p, "password")
	p.Paste("#field-current_password", "wrong")
	p.Paste("#field-password", "riverside")
	p.Paste("#field-password_again", "gardeners")
	require.Equal(t, 422, p.send())
	i.look(p, "password with mistakes")
	p.Paste("#field-current_password", goodPassword)
	p.Paste("#field-password", anotherPassword)
	p.Paste("#field-password_again", anotherPassword)
	require.Equal(t, 200, p.send())
	require.Contains(t, p.Text("main [role=status]"), "Password changed")

	p.Open(s.at("/account/sessions"))
	i.look(p, "one session")
	other := s.person(t, p.name, p.email)
	other.secret, other.password = p.secret, anotherPassword
	other.signIn()
	p.Open(s.at("/account/sessions"))
	require.Equal(t, 2, p.Count("[aria-label=Sessions] li"))
	i.look(p, "two sessions")
	p.Submit("[aria-label=Sessions] form button")
	require.Contains(t, p.Text("main [role=status]"), "Session ended")
	other.Open(s.at("/account"))
	require.Equal(t, "Sign in", other.Text("h1"))
	i.look(other, "session ended elsewhere")
	other.signIn()
	p.Open(s.at("/account/sessions"))
	p.Submit(".panel-danger form button")
	require.Contains(t, p.Text("main [role=status]"), "All other sessions ended")
}

func walkTwoFactor(t *testing.T, s *site, i *inspector) {
	p := s.owner(t)
	p.Open(s.at("/account/two-factor"))
	i.look(p, "one authenticator")
	require.Zero(t, p.Count(`a[href$="/remove"]`), "the only one cannot go where it is required")
	s.later(10 * time.Minute)
	p.Open(s.at("/account/two-factor"))
	p.Submit("main .page-head a.button")
	require.Equal(t, s.at("/step-up?next=%2Faccount%2Ftwo-factor%2Fadd"), p.Location())
	i.look(p, "step-up")
	p.Paste("#field-password", "wrong")
	p.Fill("#field-code", p.next())
	require.Equal(t, 422, p.send())
	i.look(p, "step-up with a wrong password")
	p.Paste("#field-password", goodPassword)
	p.Fill("#field-code", "000000")
	require.Equal(t, 422, p.send())
	i.look(p, "step-up with a wrong code")
	p.Paste("#field-password", goodPassword)
	p.Fill("#field-code", p.next())
	require.Equal(t, 200, p.send())
	require.Equal(t, "Add an authenticator app", p.Text("h1"), "on to where one was going")
	i.look(p, "adding an authenticator")
	p.Fill("#field-code", "000000")
	p.Fill("#field-label", "Work phone")
	require.Equal(t, 422, p.send())
	require.Equal(t, "Work phone", p.Value("#field-label"))
	i.look(p, "adding with a wrong code")
	second := *p
	second.secret = p.Text("#totp-secret")
	p.Fill("#field-code", second.code())
	require.Equal(t, 200, p.send())
	require.Contains(t, p.Text("main [role=status]"), "app added")
	i.look(p, "two authenticators")

	p.Submit(`a[href$="/remove"]`)
	i.look(p, "removing an authenticator")
	require.Equal(t, 200, p.Submit("main form button"))
	require.Contains(t, p.Text("main [role=status]"), "app removed")

	s.set(map[string]string{"two_factor.who": "recommended"})
	p.Open(s.at("/account/two-factor"))
	p.Submit(`a[href$="/remove"]`)
	i.look(p, "removing the last authenticator")
	require.Equal(t, 200, p.Submit("main form button"))
	i.look(p, "no authenticator")
	p.Open(s.at("/account/recovery-codes"))
	i.look(p, "recovery codes not needed")
	p.Open(s.at("/account"))
	i.look(p, "account without two-factor authentication")
	p.Open(s.at("/"))
	i.look(p, "home without two-factor authentication")
	p.Submit(`main a.button[href$="/add"], main a[href$="/add"]`)
	p.enrol()
	i.look(p, "recovery codes inside")
	p.Open(s.at("/account/recovery-codes"))
	i.look(p, "recovery codes left")
	p.Submit("main a.button")
	i.look(p, "replacing recovery codes")
	require.Equal(t, 200, p.Submit("main form button"))
	require.Equal(t, "Save your recovery codes", p.Text("h1"))
	var codes []string
	p.Evaluate(`[...document.querySelectorAll("#recovery-codes li")].map(li => li.textContent.trim())`, &codes)
	require.NotContains(t, codes, p.codes[0])
}

// invite lets somebody in and returns the link of their mail.
func (p *person) invite(name, email string, roles ...string) string {
	p.Open(p.s.at("/operators/new"))
	p.Fill("#field-email", email)
	p.Fill("#field-name", name)
	for _, role := range roles {
		p.Click(`input[name=role][value="` + role + `"]`)
	}
	require.Equal(p.s.t, 200, p.send())
	require.Contains(p.s.t, p.reads("main [role=status]"), "The invitation is on its way")
	return mailed.FindString(p.s.letter(email, "You are invited").Text)
}

// welcome follows an invitation, chooses a password, and signs in.
func (p *person) welcome(link string) {
	p.openLink(link)
	p.Paste("#field-password", p.password)
	p.Paste("#field-password_again", p.password)
	p.Submit(primary)
	p.typeSignIn()
	p.enrol()
}

func walkOperators(t *testing.T, s *site, i *inspector) {
	p := s.owner(t)
	p.Open(s.at("/operators"))
	i.look(p, "operators")
	p.Submit(`.page-head a[href$="/operators/new"]`)
	i.look(p, "inviting")
	p.Fill("#field-email", "nobody")
	p.Fill("#field-name", "Ada Brook")
	require.Equal(t, 422, p.send())
	i.look(p, "inviting with mistakes")
	p.Fill("#field-email", p.email)
	p.Click(`input[name=role][value="` + backoffice.Moderator + `"]`)
	require.Equal(t, 422, p.send())
	i.look(p, "inviting someone who is there")

	link := p.invite("Ben Ode", "ben@riverside.example", backoffice.Moderator)
	i.look(p, "invited")
	ben := s.person(t, "Ben Ode", "ben@riverside.example")
	ben.openLink(link)
	require.Equal(t, s.at("/welcome"), ben.Location(), "the token leaves the address bar")
	i.look(ben, "welcome")
	ben.Paste("#field-password", "riverside")
	ben.Paste("#field-password_again", "gardeners")
	require.Equal(t, 422, ben.send())
	i.look(ben, "welcome with a bad password")
	ben.Paste("#field-password", ben.password)
	ben.Paste("#field-password_again", ben.password)
	require.Equal(t, 200, ben.send())
	require.Equal(t, "Sign in", ben.Text("h1"), "an invitation signs nobody in")
	i.look(ben, "welcome done")
	require.False(t, ben.openLink(link))
	i.look(ben, "used invitation")

	late := p.invite("Cleo Marsh", "cleo@riverside.example", backoffice.CommunityManager)
	s.later(8 * 24 * time.Hour)
	require.False(t, ben.openLink(late))
	i.look(ben, "expired invitation")
	p.signIn()
	p.Open(s.at("/operators"))
	require.Contains(t, p.Text("table"), "Invitation expired")
	i.look(p, "operators in all states")

	ben.Open(s.at("/login"))
	ben.typeSignIn()
	ben.enrol()
	ben.Open(s.at("/"))
	i.look(ben, "home of a moderator")
	require.Equal(t, 403, ben.Open(s.at("/operators/new")))
	i.look(ben, "no access")
	require.Equal(t, 403, ben.Open(s.at("/analytics")))
	i.look(ben, "no access to a page of the host")
}

func walkRefusals(t *testing.T, s *site, i *inspector) {
	p := s.owner(t)
	require.Equal(t, 404, p.Open(s.at("/nothing-here")))
	i.look(p, "not found")
	require.Equal(t, 404, p.Open(s.at("/account/two-factor/gone/remove")))

	p.Open(s.at("/account/name"))
	tab := &person{Browser: p.Tab(), s: s, email: p.email, password: p.password, secret: p.secret}
	tab.Open(s.at("/"))
	tab.signOut()
	tab.signIn()
	p.Fill("#field-name", "Somebody")
	require.Equal(t, 403, p.send())
	require.Equal(t, "This form is out of date", p.Text("h1"))
	i.look(p, "stale form")
	p.Submit("main a.button")
	require.Equal(t, "Change your name", p.Text("h1"), "the way on is the form itself")

	s.store.FailMethod("FindSession", store.ErrUnavailable)
	require.Equal(t, 503, p.Open(s.at("/account")))
	i.look(p, "store down")
	s.store.Reset()
	require.Equal(t, 200, p.Submit("main a.button"))
	require.Equal(t, "Account", p.Text("h1"))
	s.store.FailMethod("ListFactors", errors.New("broken"))
	require.Equal(t, 500, p.Open(s.at("/account/two-factor")))
	i.look(p, "unexpected")
	s.store.Reset()

	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(`<!DOCTYPE html><title>Elsewhere</title><link rel="icon" href="data:,"><h1>Elsewhere</h1>
<a href="` + s.at("/account") + `">Office</a>
<form method="post" action="` + s.at("/login") + `"><input name="login" value="mallory"><button>Win</button></form>`))
	}))
	t.Cleanup(elsewhere.Close)
	p.Open(elsewhere.URL)
	require.Equal(t, 200, p.Submit("a"))
	p.Wait("#profile")
	require.Equal(t, "Account", p.Text("h1"), "a link from elsewhere finds the session after all")
	p.Open(elsewhere.URL)
	require.Equal(t, 403, p.Submit("button"))
	require.Equal(t, "This came from another site", p.Text("h1"))
	i.look(p, "form of another site")
	p.Open(s.at("/account"))
	require.Equal(t, "Account", p.Text("h1"), "and nobody is signed out by it")

	link := p.invite("Ben Ode", "ben@riverside.example", backoffice.Moderator)
	ben := s.person(t, "Ben Ode", "ben@riverside.example")
	s.set(map[string]string{"signin.paused": "on", "signin.paused_text": "We move to new servers until about 18:00."})
	ben.openLink(link)
	ben.Paste("#field-password", ben.password)
	ben.Paste("#field-password_again", ben.password)
	ben.Submit(primary)
	require.Equal(t, 503, ben.typeSignIn())
	i.look(ben, "sign-ins paused")
}

func walkForced(t *testing.T, s *site, i *inspector) {
	p := s.owner(t)
	s.set(map[string]string{"two_factor.who": "recommended"})
	p.Open(s.at("/account/two-factor"))
	p.Submit(`a[href$="/remove"]`)
	p.Submit("main form button")
	s.set(nil)
	p.Open(s.at("/account"))
	require.Equal(t, s.at("/account/two-factor/add"), p.Location())
	i.look(p, "must enrol")
	p.enrol()

	o, err := s.store.FindOperatorByLogin(t.Context(), p.email)
	require.NoError(t, err)
	o.MustChangePassword = true
	require.NoError(t, s.store.Commit(t.Context(), store.PutOperator{Operator: o}))
	p.Open(s.at("/operators"))
	require.Equal(t, s.at("/account/password"), p.Location())
	require.Contains(t, p.Text("main"), "You must change your password")
	i.look(p, "must change the password")
	p.Paste("#field-current_password", goodPassword)
	p.Paste("#field-password", anotherPassword)
	p.Paste("#field-password_again", anotherPassword)
	require.Equal(t, 200, p.send())
	p.Open(s.at("/operators"))
	require.Equal(t, "Operators", p.Text("h1"))
}
