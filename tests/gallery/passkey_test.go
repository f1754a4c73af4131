package gallery_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
)

// TestTheKeyboardMeetsTheWaysInInTheirOrder: autofill that waits for a passkey takes no focus,
// and what the script says about one takes no place in the order.
func TestTheKeyboardMeetsTheWaysInInTheirOrder(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	look := chrome.Shot{Width: 390, Height: 844, Phone: true, Full: true}
	visit(b, site, "login-company-passkeys", look)
	const focused = `(e => e.name || e.getAttribute("aria-controls") || e.href || e.closest("form")?.action)(document.activeElement).replace(/^.*[/]/, "")`
	var met []string
	for range 6 {
		met = append(met, evaluate[string](b, focused))
		b.Press(chrome.Tab)
	}
	require.Equal(t, []string{"login", "password", "field-password", "login", "with-passkey", "forgot"}, met)

	// Passkeys are bound to the origin of the office, which this is not.
	b.Click("form[data-passkey] button")
	b.Wait("[data-problems]:not([hidden]) [data-problem]")
	require.Contains(t, b.Text("[data-problem]"), "work only at https://community.example")
	require.Equal(t, "false", evaluate[string](b, `document.querySelector("form[data-passkey] button").getAttribute("aria-disabled")`), "it can be tried again")
	require.Empty(t, evaluate[[]string](b, tight))
	hindersNobody(t, b, "what the script says")
	if *shots != "" {
		look.File = filepath.Join(*shots, "login-passkey-elsewhere-390.png")
		b.Screenshot(look)
	}
}
