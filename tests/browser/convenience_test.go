package browser_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
)

// TestConveniences is what people do with a page besides typing and pressing
// the button: paste, go back, press twice, open a second tab.
func TestConveniences(t *testing.T) {
	s := newSite(t)
	p := s.person(t, "Ada Brook", "ada@riverside.example")

	t.Run("the rules for a password are ticked as one types", func(t *testing.T) {
		p.openLink(s.setupLink())
		ticked := func() (rules []string) {
			p.Evaluate(`[...document.querySelectorAll("li.is-met")].map(e => e.dataset.rule)`, &rules)
			return rules
		}
		require.Empty(t, ticked())
		p.Fill("#field-email", p.email)
		p.Fill("#field-name", p.name)
		p.Fill("#field-password", "ada brook")
		require.Equal(t, []string{"too_long"}, ticked())
		p.Fill("#field-password", p.password)
		require.Equal(t, p.password, p.Value("#field-password"))
		require.Equal(t, []string{"too_short", "too_long", "context", "weak"}, ticked())
		require.Contains(t, p.Text(".strength"), "strong")
	})

	t.Run("a password can be looked at, and is sent as one", func(t *testing.T) {
		kind := func() string { v, _ := p.Attribute("#field-password", "type"); return v }
		require.Equal(t, "password", kind())
		p.Click("[data-show=field-password]")
		require.Equal(t, "text", kind())
		require.Contains(t, p.Text("[data-show=field-password]"), "Hide")
		p.Click("[data-show=field-password]")
		require.Equal(t, "password", kind())
	})

	t.Run("two different passwords are both typed again, the first one first", func(t *testing.T) {
		p.Paste("#field-password_again", "something else")
		require.Equal(t, 422, p.Submit(primary))
		require.Contains(t, p.problem(), "The two passwords are not the same.")
		focus := ""
		p.Evaluate(`document.activeElement.id`, &focus)
		require.Equal(t, "field-password", focus)
		p.Paste("#field-password", p.password)
	})

	t.Run("password managers find their fields", func(t *testing.T) {
		p.Fill("#field-password_again", p.password)
		require.Equal(t, p.password, p.Value("#field-password"))
		require.Equal(t, p.password, p.Value("#field-password_again"))
		require.Equal(t, map[string]string{"email": "username", "name": "name", "password": "new-password",
			"password_again": "new-password"}, completions(p))
		p.Submit(primary)
		require.Equal(t, map[string]string{"login": "username", "password": "current-password"}, completions(p))
	})

	t.Run("Enter sends a form", func(t *testing.T) {
		p.Fill("#field-login", p.email)
		p.Fill("#field-password", p.password)
		require.Equal(t, 200, p.PressToLoad(chrome.Enter))
		require.Equal(t, "Add an authenticator app", p.Text("h1"))
	})
	p.enrol()

	t.Run("recovery codes that are loaded again are the same", func(t *testing.T) {
		p.Reload()
		require.Contains(t, p.Text("#recovery-codes"), p.codes[0])
		p.Open(s.at("/"))
		require.NotContains(t, visibleText(p), p.codes[0])
	})

	t.Run("the back button shows nothing of the office after signing out", func(t *testing.T) {
		p.Open(s.at("/account"))
		p.signOut()
		p.Back()
		require.Equal(t, "Sign in", p.Text("h1"))
		require.NotContains(t, visibleText(p), p.email)
	})

	t.Run("a code may have spaces", func(t *testing.T) {
		p.Open(s.at("/login"))
		p.typeSignIn()
		require.Equal(t, map[string]string{"code": "one-time-code"}, completions(p))
		mode, _ := p.Attribute("#field-code", "inputmode")
		require.Empty(t, mode, "a recovery code has letters, too")
		code := p.next()
		p.Fill("#field-code", " "+code[:3]+" "+code[3:]+" ")
		require.Equal(t, 200, p.Submit(primary))
		require.Equal(t, "Home", p.Text("h1"))
	})

	t.Run("the back button after signing in leads on, not to a form that fails", func(t *testing.T) {
		p.Back()
		require.Equal(t, "Home", p.Text("h1"))
		p.Back()
		require.Equal(t, "Home", p.Text("h1"))
	})
	p.signOut()

	t.Run("two clicks make one session and no error", func(t *testing.T) {
		before := s.pages.posts("/login/code")
		p.Open(s.at("/login"))
		p.Fill("#field-login", p.email)
		p.Fill("#field-password", p.password)
		p.SubmitTwice(primary)
		p.Fill("#field-code", p.next())
		p.SubmitTwice(primary)
		require.Equal(t, "Home", p.Text("h1"))
		require.Equal(t, before+1, s.pages.posts("/login/code"))
		p.Open(s.at("/account/sessions"))
		require.Equal(t, 1, p.Count("[aria-label=Sessions] li"))
	})

	t.Run("a second tab is signed in too, and follows where it was going", func(t *testing.T) {
		tab := &person{Browser: p.Tab(), s: s}
		tab.Open(s.at("/account"))
		require.Equal(t, "Account", tab.Text("h1"))
		p.signOut()
		tab.Reload()
		require.Equal(t, s.at("/login?next=%2Faccount"), tab.Location())
		p.signIn()
		tab.Reload()
		require.Equal(t, s.at("/account"), tab.Location(), "the other tab has signed in meanwhile")
	})

	t.Run("a form of sign-in in a second tab goes on where the first one is", func(t *testing.T) {
		p.signOut()
		p.Open(s.at("/login"))
		tab := &person{Browser: p.Tab(), s: s, email: p.email, password: p.password, secret: p.secret}
		tab.signIn()
		p.Fill("#field-login", p.email)
		p.Fill("#field-password", p.password)
		require.Equal(t, 200, p.Submit(primary))
		require.Equal(t, "Home", p.Text("h1"))
	})

	t.Run("a bookmark leads through sign-in to its page", func(t *testing.T) {
		p.signOut()
		p.Open(s.at("/account/sessions"))
		p.typeSignIn()
		p.Fill("#field-code", p.next())
		p.Submit(primary)
		require.Equal(t, s.at("/account/sessions"), p.Location())
	})

	t.Run("times are those of the reader", func(t *testing.T) {
		p.Zone("Asia/Tokyo")
		p.Open(s.at("/account/sessions"))
		there, err := time.LoadLocation("Asia/Tokyo")
		require.NoError(t, err)
		stated, _ := p.Attribute("time", "datetime")
		at, err := time.Parse(time.RFC3339, stated)
		require.NoError(t, err)
		require.WithinDuration(t, s.now(), at, time.Minute)
		require.Equal(t, at.In(there).Format("2 Jan 2006, 15:04")+" GMT+9", p.Text("time"))
		full, _ := p.Attribute("time", "title")
		require.Contains(t, full, at.UTC().Format("15:04"), "UTC stays within reach")
	})

	t.Run("menus close with Escape and by going elsewhere", func(t *testing.T) {
		p.Open(s.at("/account"))
		p.Click(".menu-avatar summary")
		require.Equal(t, 1, p.Count(".menu-avatar[open]"))
		p.Press(chrome.Escape)
		require.Zero(t, p.Count(".menu-avatar[open]"))
		p.Click(".menu-avatar summary")
		p.Click("h1")
		require.Zero(t, p.Count(".menu-avatar[open]"))
		p.Look(chrome.Shot{Width: 390, Height: 844, Phone: true})
		p.Click(".menu-phone summary")
		p.Submit(".menu-phone a[href$='/operators']")
		require.Equal(t, "Operators", p.Text("h1"))
	})
}

// completions are the fields of a form that people fill, with what password
// managers and phones know them by.
func completions(p *person) (tokens map[string]string) {
	p.Evaluate(`Object.fromEntries([...document.querySelectorAll("main input:not([type=hidden])")]
		.filter(e => e.checkVisibility()).map(e => [e.name, e.autocomplete]))`, &tokens)
	return tokens
}
