package browser_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

// looks are how people look at a page: on a desk and on a phone, in both
// colour schemes.
var looks = []chrome.Shot{
	{Width: 1280, Full: true}, {Width: 1280, Full: true, Dark: true},
	{Width: 390, Height: 844, Full: true, Phone: true}, {Width: 390, Height: 844, Full: true, Phone: true, Dark: true},
}

// TestMainJob goes from the link that the program prints to the home page of
// the office, as its first person does.
func TestMainJob(t *testing.T) {
	s := newSite(t)
	p := s.person(t, "Ada Brook", "ada@riverside.example")
	p.AllowClipboard()
	pages, clicks := 0, 0
	submit := func(selector, leadsTo string) {
		t.Helper()
		require.Equal(t, 200, p.Submit(selector))
		p.heading(leadsTo)
		pages, clicks = pages+1, clicks+1
	}

	require.True(t, p.openLink(s.setupLink()))
	pages++
	require.Equal(t, s.at("/setup"), p.Location(), "the token leaves the address bar at once")
	p.heading("Set up the back office")
	require.NotContains(t, visibleText(p), "Setup link or code", "who has a link need not paste one")
	p.fillSetup()
	submit(primary, "Sign in")
	require.Contains(t, p.reads("main [role=status]"), "The back office is set up.")
	p.Fill("#field-login", p.email)
	p.Paste("#field-password", p.password)
	submit(primary, "Add an authenticator app")

	t.Run("the picture is read in every look, and is the key in text", func(t *testing.T) {
		p.secret = strings.ReplaceAll(p.Text("#totp-secret"), " ", "")
		for _, look := range looks {
			t.Run(fmt.Sprintf("%d dark %v", look.Width, look.Dark), func(t *testing.T) {
				key, err := url.Parse(judge.QR(t, p.Screenshot(look)))
				require.NoError(t, err)
				require.Equal(t, "otpauth", key.Scheme)
				require.Equal(t, "totp", key.Host)
				require.Equal(t, "/Riverside Gardeners:ada@riverside.example", key.Path)
				require.Equal(t, "Riverside Gardeners", key.Query().Get("issuer"))
				require.Equal(t, p.secret, key.Query().Get("secret"))
			})
		}
		p.Look(chrome.Shot{})
		p.Click("[data-copy=totp-secret]")
		require.Equal(t, p.secret, p.Clipboard(), "as apps take it")
	})

	p.Fill("#field-code", p.code())
	submit(primary, "Save your recovery codes")

	t.Run("recovery codes can be kept", func(t *testing.T) {
		p.Evaluate(`[...document.querySelectorAll("#recovery-codes li")].map(li => li.textContent.trim())`, &p.codes)
		require.Len(t, p.codes, 10)
		for _, code := range p.codes {
			require.Regexp(t, `^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$`, code)
		}
		p.Click("[data-copy=recovery-codes]")
		require.Equal(t, strings.Join(p.codes, "\n"), p.Clipboard())
		name, content := p.Download("[data-download=recovery-codes]")
		require.Equal(t, "recovery-codes.txt", name)
		require.Contains(t, content, strings.Join(p.codes, "\n"))
		require.Contains(t, content, "Riverside Gardeners", "a file found later says what it is for")
	})

	t.Run("going on needs the tick", func(t *testing.T) {
		p.Click(primary)
		p.heading("Save your recovery codes")
		var invalid bool
		p.Evaluate(`document.querySelector("#saved").matches(":invalid")`, &invalid)
		require.True(t, invalid)
	})
	p.Click("#saved")
	clicks++
	submit(primary, "Home")
	require.Equal(t, s.at("/"), strings.TrimSuffix(p.Location(), "?"))
	require.Contains(t, p.Text("main"), "Analytics")
	require.Equal(t, 5, pages)
	require.Equal(t, 5, clicks, "besides typing")
}

// visibleText is what a reader sees of a page, and what it means in English.
func visibleText(p *person) string {
	var text string
	p.Evaluate("document.body.innerText", &text)
	return read(text)
}
