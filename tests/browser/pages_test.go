package browser_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/tests/judge"
)

// walks come to every page, in every state that a person can reach.
var walks = []struct {
	name string
	walk func(*testing.T, *site, *inspector)
}{
	{"setting up", walkSetup},
	{"signing in", walkSignIn},
	{"recovery", walkRecovery},
	{"forgotten password", walkReset},
	{"own account", walkAccount},
	{"two-factor authentication", walkTwoFactor},
	{"operators", walkOperators},
	{"refusals", walkRefusals},
	{"told to do something first", walkForced},
}

func TestEveryPage(t *testing.T) {
	documents, seen := map[string][]byte{}, map[string]bool{}
	for _, tt := range walks {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			tt.walk(t, s, &inspector{t: t, s: s, documents: documents, seen: seen})
		})
	}
	t.Run("markup", func(t *testing.T) {
		require.NotEmpty(t, documents)
		t.Logf("%d pages", len(documents))
		for _, finding := range judge.Markup(t, documents) {
			t.Error(finding)
		}
	})
}

// send presses the main button of a form, past what the browser itself would
// hold back, so that the office's own words come.
func (p *person) send() (status int) {
	p.Evaluate(`document.querySelectorAll("main form").forEach(f => { f.noValidate = true })`, nil)
	return p.Submit(primary)
}

func walkSetup(t *testing.T, s *site, i *inspector) {
	p := s.person(t, "Ada Brook", "ada@riverside.example")
	p.Open(s.at("/"))
	require.Equal(t, s.at("/login"), p.Location())
	p.Open(s.at("/setup"))
	i.look(p, "set-up without a link")
	p.Fill("#field-token", "not-a-token")
	require.Equal(t, 422, p.send())
	require.Contains(t, p.problem(), "This is not one whole link or code")
	i.look(p, "set-up with a wrong link")

	p = s.person(t, "Ada Brook", "ada@riverside.example")
	p.openLink(s.setupLink())
	i.look(p, "set-up")
	p.Fill("#field-email", "nobody")
	p.Paste("#field-password", "riverside")
	p.Paste("#field-password_again", "gardeners")
	require.Equal(t, 422, p.send())
	i.look(p, "set-up with mistakes in it")
	p.fillSetup()
	require.Equal(t, 200, p.send())
	i.look(p, "set-up done")

	p.typeSignIn()
	i.look(p, "enrolment")
	p.Fill("#field-code", "12345")
	require.Equal(t, 422, p.send())
	i.look(p, "enrolment with half a code")
	p.Fill("#field-code", "000000")
	require.Equal(t, 422, p.send())
	require.Contains(t, p.problem(), "does not match the QR code")
	i.look(p, "enrolment with a wrong code")
	p.enrol()
	i.look(p, "recovery codes")
	p.Open(s.at("/"))
	i.look(p, "home")

	p.Open(s.at("/setup"))
	require.Equal(t, "Home", p.Text("h1"), "an office is set up once")
	p.Open(s.at("/analytics"))
	require.Equal(t, "Analytics", p.Text("h1"))
	i.look(p, "page of the host")
}

func walkSignIn(t *testing.T, s *site, i *inspector) {
	p := s.owner(t)
	p.signOut()
	i.look(p, "signed out")
	p.Submit("main a.button")
	i.look(p, "sign-in")
	require.Equal(t, 422, p.send())
	i.look(p, "sign-in with nothing typed")
	p.password = "wrong"
	require.Equal(t, 422, p.typeSignIn())
	require.Contains(t, p.problem(), "Wrong name or password")
	require.Equal(t, p.email, p.Value("#field-login"))
	i.look(p, "sign-in with a wrong password")
	p.password = goodPassword
	require.Equal(t, 200, p.typeSignIn())
	require.Equal(t, s.at("/login/code"), p.Location())
	i.look(p, "code")

	p.Fill("#field-code", "12345")
	require.Equal(t, 422, p.send())
	i.look(p, "half a code")
	p.Fill("#field-code", "000000")
	require.Equal(t, 422, p.send())
	i.look(p, "wrong code")
	used := p.next()
	p.Fill("#field-code", used)
	require.Equal(t, 200, p.send())
	require.Equal(t, "Home", p.Text("h1"))
	p.signOut()
	p.Open(s.at("/login"))
	p.typeSignIn()
	p.Fill("#field-code", used)
	require.Equal(t, 422, p.send())
	require.Contains(t, p.problem(), "already used")
	i.look(p, "code used before")
	for range 4 {
		p.Fill("#field-code", "000000")
		p.send()
	}
	require.Contains(t, p.Text("main [role=status]"), "Too many wrong codes")
	i.look(p, "too many wrong codes")

	p.password = "wrong"
	for range 6 {
		if p.typeSignIn() == 429 {
			break
		}
	}
	require.Equal(t, "Too many attempts", p.Text("h1"))
	i.look(p, "too many wrong passwords")
	p.Submit("main a.button")
	require.Equal(t, "Sign in", p.Text("h1"))

	s.set(map[string]string{"signin.paused": "on", "signin.paused_text": "We move to new servers until about 18:00."})
	p.Open(s.at("/login"))
	require.Contains(t, p.Text("main"), "new servers")
	i.look(p, "sign-in while paused")
}

func walkRecovery(t *testing.T, s *site, i *inspector) {
	p := s.owner(t)
	p.signOut()
	p.Open(s.at("/login"))
	p.typeSignIn()
	p.Submit(`main a[href$="/login/lost-phone"]`)
	i.look(p, "lost phone")
	p.Submit(`main a[href$="/login/recovery"]`)
	i.look(p, "recovery")
	p.Fill("#field-code", "ABCD")
	require.Equal(t, 422, p.send())
	i.look(p, "half a recovery code")
	p.Fill("#field-code", "AAAA-BBBB-CCCC-DDDD")
	require.Equal(t, 422, p.send())
	i.look(p, "wrong recovery code")
	p.Fill("#field-code", p.codes[0])
	require.Equal(t, 200, p.send())
	require.Equal(t, "Home", p.Text("h1"))

	p.signOut()
	p.Open(s.at("/login"))
	p.typeSignIn()
	p.Submit(`main a[href$="/login/recovery"]`)
	p.Fill("#field-code", p.codes[0])
	require.Equal(t, 422, p.send(), "a recovery code works once")
	p.Fill("#field-code", p.codes[9])
	require.Equal(t, 200, p.send())
	s.useUp(p.email)
	p.Reload()
	require.Contains(t, p.Text("main"), "No recovery codes left")
	i.look(p, "home without recovery codes")
	p.Open(s.at("/account/recovery-codes"))
	i.look(p, "no recovery codes left")
}

// useUp takes somebody's unused recovery codes away, as ten lost phones would.
func (s *site) useUp(email string) {
	s.t.Helper()
	o, err := s.store.FindOperatorByLogin(s.t.Context(), email)
	require.NoError(s.t, err)
	set, err := s.store.FindRecoverySet(s.t.Context(), o.ID)
	require.NoError(s.t, err)
	set.Hashes = nil
	require.NoError(s.t, s.store.Commit(s.t.Context(), store.PutRecoverySet{Set: set}))
}

func walkReset(t *testing.T, s *site, i *inspector) {
	p := s.owner(t)
	other := s.person(t, p.name, p.email)
	p.signOut()
	p.Open(s.at("/login"))
	p.Submit(`main a[href$="/forgot"]`)
	i.look(p, "forgot")
	p.Fill("#field-email", "nobody")
	require.Equal(t, 422, p.send())
	i.look(p, "forgot with what is no address")
	p.Fill("#field-email", p.email)
	require.Equal(t, 200, p.send())
	require.Equal(t, "Check your email", p.Text("h1"))
	i.look(p, "mail sent")
	link, m := s.mailedLink()
	require.Contains(t, m.Subject, "Riverside Gardeners")

	other.openLink(link)
	require.Equal(t, s.at("/reset"), other.Location(), "the token leaves the address bar")
	i.look(other, "reset")
	other.Paste("#field-password", "riverside")
	other.Paste("#field-password_again", "gardeners")
	other.Fill("#field-code", "000000")
	require.Equal(t, 422, other.send())
	i.look(other, "reset with a bad password")
	other.Paste("#field-password", anotherPassword)
	other.Paste("#field-password_again", anotherPassword)
	other.Fill("#field-code", "000000")
	require.Equal(t, 422, other.send())
	i.look(other, "reset with a wrong code")
	other.Paste("#field-password", anotherPassword)
	other.Paste("#field-password_again", anotherPassword)
	other.Fill("#field-code", p.next())
	require.Equal(t, 200, other.send())
	require.Contains(t, other.Text("main [role=status]"), "Password changed")
	require.Equal(t, "Sign in", other.Text("h1"), "a reset signs nobody in")
	i.look(other, "reset done")

	require.False(t, other.openLink(link))
	require.Equal(t, "This link no longer works", other.Text("h1"))
	i.look(other, "used link")
	p.Open(s.at("/login"))
	p.password = anotherPassword
	require.Equal(t, 200, p.typeSignIn())
}
