package gallery_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/gallery"
	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

// evaluate returns the value of an expression in the page.
func evaluate[T any](b *chrome.Browser, expression string) T {
	var value T
	b.Evaluate(expression, &value)
	return value
}

func shown(b *chrome.Browser, selector string) bool {
	return evaluate[bool](b, `document.querySelector('`+selector+`').checkVisibility()`)
}

func TestTheTokenLeavesTheAddress(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	for _, page := range []string{"setup", "reset", "welcome"} {
		b.Open(site + page + "-empty#abc-DEF_123")
		b.Wait("body:not(:has(main))") // it is checked before anything else is asked for
		require.Equal(t, "POST "+gallery.Base+"/"+page, b.Text("h1"))
		require.Contains(t, b.Text("p"), "&token=abc-DEF_123")
		require.NotContains(t, b.Location(), "abc-DEF_123")
	}
	b.Open(site + "reset-empty")
	require.True(t, shown(b, "[data-token]"))
	b.Evaluate(`document.forms[0].addEventListener('submit', event => event.preventDefault(), true)`, nil)
	b.Evaluate(`location.hash = "second"`, nil)
	b.Evaluate(`new Promise(done => setTimeout(done, 0))`, nil)
	require.Equal(t, "second", evaluate[string](b, `document.querySelector('[name=token]').value`), "a link opened in the same tab")
	require.Equal(t, site+"reset-empty", b.Location(), "the token is gone from the address")
	require.False(t, shown(b, "[data-token]"), "there is nothing to paste")
	require.Equal(t, "hidden", evaluate[string](b, `document.querySelector('[name=token]').type`), "and nothing that looks like the name of an account")

	b.Open(site + "setup-refused#field-email")
	require.Equal(t, "not-it", b.Value("#field-token"), "a link of the summary is no token")
}

func TestPasswordsAreShownOnlyWhileWanted(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.Open(site + "login-empty")
	kind := func() string { value, _ := b.Attribute("#field-password", "type"); return value }
	b.Fill("#field-password", "secret")
	b.Click("[data-show]")
	require.Equal(t, "text", kind())
	require.Contains(t, b.Text("[data-show]"), "Hide")
	b.Click("[data-show]")
	require.Equal(t, "password", kind())
	b.Click("[data-show]")
	b.Evaluate(`document.querySelector('form').dispatchEvent(new Event('submit', {cancelable: true}))`, nil)
	require.Equal(t, "password", kind(), "a password is sent as one")
}

func TestRequirementsAreTickedLive(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	met := func() []string {
		return evaluate[[]string](b, `[...document.querySelectorAll('.is-met')].map(li => li.dataset.rule)`)
	}
	tests := []struct {
		name, page, password string
		want                 []string
	}{
		{"nothing is met by nothing", "setup-checked", "", []string{}},
		{"too short, though hard to guess", "setup-checked", "eleven char", []string{"too_long", "context", "weak"}},
		{"characters count, not bytes or halves", "setup-checked", "🚲🚲🚲🚲🚲🚲🚲🚲🚲🚲🚲", []string{"too_long", "context"}},
		{"long enough", "setup-checked", "🚲🚲🚲🚲🚲🚲🚲🚲🚲🚲🚲🚲", []string{"too_short", "too_long", "context"}},
		{"the name of the office", "setup-checked", "sunday CYCLISTS", []string{"too_short", "too_long"}},
		{"kinds of characters", "setup-refused-fields", "aB12!", []string{"too_long", "class_lower", "class_upper", "class_digit", "class_symbol", "context"}},
		{"kinds in other scripts", "setup-refused-fields", "éÄ٣٤", []string{"too_long", "class_lower", "class_upper", "class_digit", "context"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b.Open(site + tt.page)
			b.Fill("#field-password", tt.password)
			require.Equal(t, tt.want, met())
		})
	}
	b.Open(site + "setup-checked")
	b.Fill("#field-password", "ada@community.example")
	require.Contains(t, met(), "context")
	b.Fill("#field-email", "ada@community.example")
	require.NotContains(t, met(), "context", "what is typed elsewhere in the form counts")
}

func TestStrengthIsEstimated(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	for password, want := range map[string]string{
		"aaaaaaaaaaaaaaaaaaaa": "weak", "abcdefghijklmnop": "weak", "sunday cyclists": "weak", "Tr0ub4dor": "fair",
		"correct horse battery staple": "strong",
	} {
		b.Open(site + "setup-checked")
		require.False(t, shown(b, ".strength"))
		b.Fill("#field-password", password)
		require.True(t, shown(b, ".strength"))
		require.Equal(t, want, b.Text("[data-strength-word] b"), password)
	}
}

func TestAFormIsSentOnce(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.Open(site + "code-empty")
	sent := evaluate[int](b, `(() => {
		let sent = 0;
		const form = document.querySelector('form[data-once]');
		form.noValidate = true;
		form.addEventListener('submit', event => { if (!event.defaultPrevented) sent++; event.preventDefault(); });
		form.requestSubmit(); form.requestSubmit(); form.requestSubmit();
		return sent;
	})()`)
	require.Equal(t, 1, sent)
	busy, _ := b.Attribute("form button[type=submit]", "aria-disabled")
	require.Equal(t, "true", busy)
}

func TestErrorsTakeFocus(t *testing.T) {
	site, _ := serve(t)
	for _, script := range []bool{true, false} {
		b := chrome.New(t)
		if !script {
			b.DisableScript()
		}
		b.Open(site + "setup-refused-fields")
		b.Wait("#field-email:focus") // without script, the browser gives it a moment later
		require.Contains(t, b.Text("#error-summary"), "fields need a change")
		b.Open(site + "office-operator_delete-refused")
		b.Wait("#error-summary:focus")
	}
}

func TestTimesAreTheReaders(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.Zone("Asia/Tokyo")
	b.Open(site + "office-account_sessions-several")
	require.Equal(t, "14 Mar 2026, 18:24 GMT+9", b.Text("time"), "in their zone, which is named")
	title, _ := b.Attribute("time", "title")
	require.Contains(t, title, "18:24:53")
	require.Contains(t, title, "(Saturday, 14 March 2026, 09:24:53 UTC)")
	b.Open(site + "office-operator-active")
	require.Equal(t, "18:24", b.Text(".entry-time time"), "below a day")
	require.Equal(t, "9 minutes ago", b.Text("section[aria-labelledby=mails] time"), "how long ago it was is the same everywhere")
	require.Contains(t, b.Text("section[aria-labelledby=security]"), "set 2 Feb 2026", "a day is a day of theirs, too")

	b = chrome.New(t)
	b.DisableScript()
	b.Open(site + "office-account_sessions-several")
	require.Equal(t, "14 Mar 2026, 09:24 UTC", b.Text("time"))
}

func TestMenusClose(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.Open(site + "office-home-filled")
	b.Click(".menu-avatar > summary")
	require.True(t, shown(b, ".menu-avatar .menu-panel"))
	b.Click("h1")
	require.False(t, evaluate[bool](b, `document.querySelector('.menu-avatar').open`), "a click elsewhere")
	b.Click(".menu-avatar > summary")
	b.Evaluate(`document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))`, nil)
	require.False(t, evaluate[bool](b, `document.querySelector('.menu-avatar').open`), "Escape")
}

func TestWithoutScriptNothingIsPromised(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.DisableScript()
	for _, page := range []string{"login-empty", "setup-checked", "enrol-empty", "recovery_codes-plain"} {
		b.Open(site + page)
		for _, selector := range []string{"[data-show]", "[data-copy]", "[data-download]", "[data-print]", ".strength"} {
			if b.Count(selector) > 0 {
				require.False(t, shown(b, selector), "%s has %s, which needs script", page, selector)
			}
		}
	}
	b.Click("#saved")
	b.Submit("form button")
	require.Equal(t, "GET "+gallery.Base+"/", b.Text("h1"), "the way on after the codes")

	b.Open(site + "office-home-filled")
	b.Click(".menu-avatar > summary")
	require.True(t, shown(b, ".menu-avatar .menu-panel"))
	b.Submit(".menu-avatar form[action$=logout] button")
	require.Equal(t, "POST "+gallery.Base+"/logout", b.Text("h1"))
}

func TestThePictureOfTheKeyCanBeScanned(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	for _, look := range []chrome.Shot{{Width: 1280}, {Width: 1280, Dark: true}, {Width: 320, Height: 640, Phone: true, Dark: true, Scale: 2}} {
		visit(b, site, "enrol-empty", look)
		require.GreaterOrEqual(t, evaluate[int](b, `document.querySelector('#totp-qr').clientWidth`), 200)
		require.Contains(t, judge.QR(t, b.Picture("#totp-qr")), "secret="+strings.ReplaceAll(b.Text("#totp-secret"), " ", ""))
	}
}
