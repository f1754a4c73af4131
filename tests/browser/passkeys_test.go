package browser_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/passkey"
)

const passkeyForm = "form[data-passkey]"

// says waits for what the script says on the page, which a passkey that did not work left as it
// was.
func (p *person) says() string {
	p.s.t.Helper()
	p.Wait("[data-problems]:not([hidden]) [data-problem]")
	return p.reads("[data-problem]")
}

// ask presses the button of a passkey without leaving the page.
func (p *person) ask() {
	p.s.t.Helper()
	p.Click(passkeyForm + " button[type=submit]")
}

// confirm presses the button of a passkey, and comes to another page.
func (p *person) confirm() (status int) {
	p.s.t.Helper()
	return p.Submit(passkeyForm + " button[type=submit]")
}

// answer is what the authenticator answers to the options of the page, which is not sent.
func (p *person) answer() (text string) {
	p.s.t.Helper()
	p.Evaluate(`(async () => {
		const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(document.querySelector("form[data-passkey]").dataset.options));
		return JSON.stringify((await navigator.credentials.get({publicKey})).toJSON());
	})()`, &text)
	return text
}

// sends posts the form with an answer that was made before, or elsewhere.
func (p *person) sends(answer string) (status int) {
	p.s.t.Helper()
	p.Evaluate(`document.querySelector("form[data-passkey]").elements.passkey.value = `+strconv.Quote(answer), nil)
	return p.confirm()
}

// password signs in up to the passkey.
func (p *person) toPasskey() {
	p.s.t.Helper()
	p.Open(p.s.at("/login"))
	p.typeSignIn()
	p.heading("Use your passkey")
}

// TestPasskeys: a passkey is added at the first sign-in, takes the place of the code, confirms
// sensitive changes and, if a parameter allows it, signs in alone. Whatever a browser can
// refuse is said on the page, and an answer is good once, in one place.
func TestPasskeys(t *testing.T) {
	s := newSite(t, func(c *backoffice.Config) { c.Passkeys = passkey.New() })
	p := s.person(t, "Ada Brook", "ada@riverside.example")
	device := p.Authenticator()
	p.openLink(s.setupLink())
	p.fillSetup()
	p.Submit(primary)
	p.typeSignIn()

	t.Run("one is added during sign-in", func(t *testing.T) {
		p.heading("Add a passkey")
		require.NotZero(t, p.Count(`a[href$="/login/enrol"]`), "an authenticator app would do as well")
		p.Fill("#field-label", "Laptop")
		device.Verified(false)
		p.ask()
		require.Contains(t, p.says(), "No passkey was created")
		device.Verified(true)
		device.Present(false)
		p.Evaluate(`(form => form.dataset.options = JSON.stringify({...JSON.parse(form.dataset.options), timeout: 100}))(document.querySelector("form[data-passkey]"))`, nil)
		p.ask()
		p.Wait(`[data-problem]:not(:empty)`)
		require.Contains(t, p.says(), "ran out")
		require.Equal(t, "Laptop", p.Value("#field-label"), "nothing typed is lost")
		device.Present(true)
		require.Equal(t, 200, p.confirm())
		p.readCodes()
		require.Len(t, p.codes, 10)
		p.arrive()
		require.Len(t, device.Passkeys(), 1)
	})

	var used string
	t.Run("it takes the place of the code", func(t *testing.T) {
		p.signOut()
		p.toPasskey()
		require.Zero(t, p.Count(`a[href$="/login/code"]`), "there is no app yet")
		used = p.answer()
		require.Equal(t, 200, p.sends(used))
		p.heading("Home")
	})

	t.Run("an answer is good once, and nowhere else", func(t *testing.T) {
		p.signOut()
		p.toPasskey()
		require.Equal(t, 422, p.sends(used))
		require.Contains(t, p.problem(), "already used")
		require.Equal(t, 422, p.sends(p.elsewhere(t)))
		require.Contains(t, p.problem(), "not accepted")
	})

	t.Run("a copy is noticed", func(t *testing.T) {
		thief := &person{Browser: p.Tab(), s: s}
		copied := thief.Clone(device.Passkeys()[0])
		require.Equal(t, 200, p.confirm(), "the owner is first")
		p.heading("Home")
		p.signOut()
		p.toPasskey()
		thief.Open(s.at("/login/passkey"))
		require.Len(t, copied.Passkeys(), 1)
		require.Equal(t, 422, thief.confirm())
		require.Contains(t, thief.problem(), "counter went back")
	})

	t.Run("two tabs", func(t *testing.T) {
		require.Equal(t, 200, p.confirm())
		p.heading("Home")
	})

	t.Run("a sensitive change", func(t *testing.T) {
		s.later(10 * time.Minute)
		p.Open(s.at("/account/passkeys/new"))
		p.heading("Confirm your identity")
		require.Equal(t, 200, p.confirm())
		p.heading("Add a passkey")
		p.ask()
		require.Contains(t, p.says(), "already has a passkey")
		p.Open(s.at("/account/two-factor"))
		require.Contains(t, visibleText(p), "Laptop")
		require.Equal(t, 200, p.press("Add an authenticator app"))
		p.secret = p.Text("#totp-secret")
		p.Fill("#field-code", p.code())
		require.Equal(t, 200, p.Submit(primary))
	})

	t.Run("alone", func(t *testing.T) {
		p.saves(map[string]string{"passkeys.alone": "on"})
		p.signOut()
		device.Present(false) // or it answers as soon as it is asked
		p.Open(s.at("/login?next=%2Fanalytics"))
		autocomplete, _ := p.Attribute("#field-login", "autocomplete")
		require.Equal(t, "username webauthn", autocomplete)
		device.Present(true)
		require.Equal(t, 200, p.confirm())
		p.heading("Analytics")
		p.signOut()
		p.Open(s.at("/login"))
		p.Wait(".menu-avatar")
		p.heading("Home", "the browser offers it by itself")
	})

	t.Run("without script", func(t *testing.T) {
		bare := &person{Browser: p.Tab(), s: s, email: p.email, password: p.password}
		p.signOut()
		bare.DisableScript()
		bare.Open(s.at("/login"))
		require.Contains(t, visibleText(bare), "A passkey needs JavaScript")
		bare.typeSignIn()
		require.Contains(t, visibleText(bare), "Passkeys need JavaScript")
		require.Equal(t, 422, bare.confirm())
		require.Contains(t, bare.problem(), "needs JavaScript")
		bare.press("Use a recovery code")
		bare.Fill("#field-code", p.codes[0])
		require.Equal(t, 200, bare.Submit(primary))
		bare.heading("Home")
	})

	t.Run("removed", func(t *testing.T) {
		p.Open(s.at("/account/two-factor"))
		p.press("Remove Laptop")
		if strings.Contains(p.Location(), "/step-up") {
			p.confirm()
		}
		require.Equal(t, 200, p.press("Remove Laptop"))
		require.Contains(t, p.said(), "Passkey removed")
		p.signOut()
		p.Open(s.at("/login"))
		p.Wait("#error-summary")
		require.Contains(t, p.problem(), "does not sign you in")
		device.Forget()
		p.ask()
		require.Contains(t, p.says(), "No passkey was used")
	})
}

// elsewhere is what the authenticator answers to the options of the page on a page of another
// port, which passes them on as a page that phishes does. Browsers take one host with all its
// ports for the same party; on another host, they refuse.
func (p *person) elsewhere(t *testing.T) (answer string) {
	t.Helper()
	options, _ := p.Attribute(passkeyForm, "data-options")
	here := p.Location()
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!DOCTYPE html><html lang="en"><title>Evil</title><link rel="icon" href="data:,"><h1>Evil</h1>`)
	}))
	defer evil.Close()
	get := `(async () => {
		try {
			const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(` + options + `);
			return JSON.stringify((await navigator.credentials.get({publicKey})).toJSON());
		} catch (error) { return error.name; }
	})()`
	p.Browser.Open(evil.URL)
	p.Evaluate(get, &answer)
	require.Equal(t, "SecurityError", answer, "127.0.0.1 is another host")
	p.Browser.Open(strings.Replace(evil.URL, "127.0.0.1", "localhost", 1))
	p.Evaluate(get, &answer)
	require.Contains(t, answer, "signature")
	p.Open(here)
	return answer
}
