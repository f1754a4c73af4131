package browser_test

import (
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestTheScriptOfTheGuide has a real browser say which requests are a script's.
func TestTheScriptOfTheGuide(t *testing.T) {
	var s *site
	var posted, streams atomic.Int32
	var risky atomic.Bool
	handler := http.NewServeMux()
	handler.HandleFunc("GET /live", func(w http.ResponseWriter, r *http.Request) {
		s.office.Render(w, r, "live.html", "Orders", "none yet")
	})
	refresh := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, "refreshed ", posted.Add(1))
	})
	handler.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		if risky.Load() {
			s.office.RequireStepUp()(refresh).ServeHTTP(w, r)
			return
		}
		refresh(w, r)
	})
	handler.HandleFunc("GET /events", func(http.ResponseWriter, *http.Request) { streams.Add(1) })
	s = newSite(t, func(c *backoffice.Config) {
		c.Handler, c.HandlerTemplates = handler, os.DirFS("../docs/guide/pages")
		c.Guards = map[string]string{"/live": backoffice.AnyOperator, "/orders": backoffice.AnyOperator, "/events": backoffice.AnyOperator}
	})
	p := s.owner(t)
	refreshes := func(n int) {
		t.Helper()
		p.Click("#refresh")
		require.Eventually(t, func() bool { return p.Text("#orders") == fmt.Sprint("refreshed ", n) }, 5*time.Second, 10*time.Millisecond)
	}
	other := &person{Browser: p.Tab(), s: s, email: p.email, password: p.password, secret: p.secret}
	stepUp := func(p *person) {
		p.Paste("#field-password", goodPassword)
		p.Fill("#field-code", p.next())
		p.send()
	}
	p.Open(s.at("/live?tab=2"))
	refreshes(1)

	other.Open(s.at("/step-up"))
	stepUp(other)
	require.Equal(t, s.at("/"), other.Location())
	refreshes(2) // with the token from before the step-up
	require.Empty(t, p.TakeProblems())

	other.signOut()
	other.signIn()
	refreshes(3) // with the token that the refusal brought
	require.Len(t, p.TakeProblems(), 1)

	risky.Store(true)
	s.later(10 * time.Minute)
	require.Equal(t, 200, p.Submit("#refresh"))
	require.Equal(t, "Confirm your identity", p.Text("h1"))
	stepUp(p)
	require.Equal(t, s.at("/live?tab=2"), p.Location())

	s.later(13 * time.Hour)
	require.Equal(t, 200, p.Submit("#refresh"))
	require.Equal(t, "Sign in", p.Text("h1"))
	p.typeSignIn()
	p.Fill("#field-code", p.next())
	p.Submit(primary)
	require.Equal(t, s.at("/live?tab=2"), p.Location())

	s.later(13 * time.Hour)
	p.Evaluate(`window.stream = new EventSource("events"); stream.readyState`, new(int))
	require.Eventually(t, func() bool {
		state := 0
		p.Evaluate(`stream.readyState`, &state)
		return state == 2 // closed: it does not try again
	}, 5*time.Second, 10*time.Millisecond)
	require.Zero(t, streams.Load())
	p.TakeProblems()
}
