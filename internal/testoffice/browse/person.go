package browse

import (
	"net/http"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// Person is an operator at a browser, with what is in their phone and head.
type Person struct {
	*Browser
	store.Operator
	Password string
	Secret   totp.Secret
	Codes    []string
}

// Login posts the sign-in form and returns the answer.
func (b *Browser) Login(login, password string) Page {
	b.T.Helper()
	return b.Submit(b.Get("/login"), "/login", "login", login, "password", password)
}

// SignedIn says whether this browser can open the account page.
func (b *Browser) SignedIn() bool { return b.Get("/account").Status == http.StatusOK }

// at is the person at a browser of their own.
func (s *Site) at(op store.Operator) *Person {
	return &Person{Browser: s.Browser(), Operator: op, Password: testoffice.Good}
}

// Enrol goes on from a sign-in to a session, with a new authenticator.
func (p *Person) Enrol(shown Page) Page {
	p.T.Helper()
	p.Secret = shown.Secret()
	done := p.Submit(shown, "/login/enrol", "code", p.Site.Code(p.Secret))
	require.Equal(p.T, http.StatusOK, done.Status, done.Text())
	p.Codes = done.RecoveryCodes()
	p.Site.Clock.Add(totp.Period) // the code just shown is spent
	return done
}

// Enrolled is a new operator who is signed in with two factors.
func (s *Site) Enrolled(name string, roles ...string) *Person {
	s.T.Helper()
	p := s.at(s.Person(name, roles...))
	answer := p.Login(name, testoffice.Good)
	require.Equal(s.T, http.StatusSeeOther, answer.Status, answer.Text())
	p.Enrol(p.Follow(answer))
	require.True(s.T, p.SignedIn())
	return p
}

// Again signs the person in once more in another browser.
func (p *Person) Again() *Browser {
	p.T.Helper()
	b := p.Site.Browser()
	shown := b.Follow(b.Login(p.Email, p.Password))
	answer := b.Submit(shown, "/login/code", "code", p.Site.Code(p.Secret))
	require.Equal(p.T, http.StatusSeeOther, answer.Status, answer.Text())
	p.Site.Clock.Add(totp.Period)
	return b
}

// Entered is a new operator for whom a password is enough, and who is signed in.
func (s *Site) Entered(name string, roles ...string) *Person {
	s.T.Helper()
	p := s.at(s.Person(name, roles...))
	answer := p.Login(name, testoffice.Good)
	require.Equal(s.T, "/", answer.Location, answer.Text())
	return p
}

// Plain is the same, after a password was made enough.
func (s *Site) Plain(name string, roles ...string) *Person {
	s.T.Helper()
	s.Set(map[string]string{"two_factor.who": "recommended"})
	return s.Entered(name, roles...)
}
