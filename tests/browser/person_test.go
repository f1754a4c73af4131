package browser_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

const (
	goodPassword    = "plum-kettle-orbit-93-sail"
	anotherPassword = "velvet-anchor-quilt-58-moss"
	primary         = "main button.button[type=submit]"
)

// person is somebody in front of a browser, with a phone.
type person struct {
	*chrome.Browser
	s                     *site
	name, email, password string
	// secret is what the authenticator app on their phone has scanned.
	secret string
	codes  []string
}

func (s *site) person(t *testing.T, name, email string) *person {
	return &person{Browser: chrome.New(t), s: s, name: name, email: email, password: goodPassword}
}

// owner is Ada, who has set up the office and is signed in.
func (s *site) owner(t *testing.T) *person {
	t.Helper()
	p := s.person(t, "Ada Brook", "ada@riverside.example")
	p.openLink(s.setupLink())
	p.fillSetup()
	p.Submit(primary)
	p.typeSignIn()
	p.enrol()
	p.Click("#saved")
	p.Submit(primary)
	p.heading("Home")
	return p
}

// openLink opens a one-time link, waits until its page has asked whether it works, and
// reports whether it does.
func (p *person) openLink(link string) (works bool) {
	p.s.t.Helper()
	p.Open(link)
	p.Wait("main:not(:has([data-check]))")
	p.inLanguage()
	return p.Count("#field-password") > 0
}

func (p *person) fillSetup() {
	p.Paste("#field-email", p.email)
	p.Paste("#field-name", p.name)
	p.Paste("#field-password", p.password)
	p.Paste("#field-password_again", p.password)
}

// typeSignIn fills the sign-in page, as a password manager does, and sends it.
func (p *person) typeSignIn() (status int) {
	p.Paste("#field-login", p.email)
	p.Paste("#field-password", p.password)
	return p.Submit(`form:has(#field-login) button[type=submit]`)
}

// enrol scans the picture that is shown, types the code, and writes down the
// recovery codes.
func (p *person) enrol() {
	p.secret = p.Text("#totp-secret")
	p.Fill("#field-code", p.code())
	p.Submit(primary)
	p.readCodes()
}

func (p *person) readCodes() {
	p.Evaluate(`[...document.querySelectorAll("#recovery-codes li")].map(li => li.textContent.trim())`, &p.codes)
}

// code is what the phone shows now.
func (p *person) code() string { return judge.CodeAt(p.s.t, p.secret, p.s.now()) }

// next is the code after the one that shows now: the person waits for it.
func (p *person) next() string {
	p.s.later(30 * time.Second)
	return p.code()
}

// signIn goes all the way.
func (p *person) signIn() {
	p.Open(p.s.at("/login"))
	p.typeSignIn()
	p.Fill("#field-code", p.next())
	p.Submit(primary)
	require.Equal(p.s.t, p.s.at("/"), p.Location())
}

// signOut presses the button in the avatar menu.
func (p *person) signOut() {
	p.Click(".menu-avatar summary")
	p.Submit(`.menu-avatar form[action$="/logout"] button`)
	p.heading("You are signed out")
}

// problem is the first error that the page names.
func (p *person) problem() string { return p.reads("#error-summary p, .problem") }
