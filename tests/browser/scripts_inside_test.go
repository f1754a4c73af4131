package browser_test

import (
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/tests/need"
)

// withExamples has the pages of examples/htmx and examples/spa, as the browser gets them,
// over the least that they ask for.
func (s *site) withExamples(t *testing.T) {
	files := os.DirFS(filepath.Join(need.Root(t), "examples"))
	index := template.Must(template.ParseFS(files, "spa/app/index.html"))
	host, cfg := http.NewServeMux(), s.config
	cfg.Store, cfg.Handler, cfg.HandlerTemplates = s.store, host, os.DirFS(filepath.Join(need.Root(t), "examples/htmx/pages"))
	cfg.Guards = map[string]string{}
	for _, path := range []string{"/reports", "/assets", "/plots", "/app", "/api"} {
		cfg.Guards[path] = backoffice.AnyOperator
	}
	office, err := backoffice.New(t.Context(), cfg)
	require.NoError(t, err)
	reports := map[int]string{1: "Cheap seeds", 2: "You are all fools"}
	host.HandleFunc("GET /reports", func(w http.ResponseWriter, r *http.Request) {
		office.Render(w, r, "reports.html", "Reports", reports)
	})
	host.HandleFunc("POST /reports/{id}/dismiss", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<li>dismissed</li>")
	})
	host.Handle("POST /reports/{id}/ban", office.RequireStepUp()(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		delete(reports, 2)
		http.Redirect(w, r, backoffice.URL(r.Context(), "/reports"), http.StatusSeeOther)
	})))
	host.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServer(http.Dir(filepath.Join(need.Root(t), "examples/htmx/assets")))))

	plot := map[string]string{"id": "2", "tenant": ""}
	host.HandleFunc("GET /plots/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		require.NoError(t, index.Execute(w, map[string]string{"Office": strings.TrimSuffix(backoffice.URL(r.Context(), "/"), "/"),
			"Nonce": backoffice.Nonce(r.Context()), "Token": backoffice.FormToken(r.Context())}))
	})
	host.Handle("GET /app/", http.FileServerFS(os.DirFS(filepath.Join(need.Root(t), "examples/spa"))))
	host.HandleFunc("GET /api/plots", func(w http.ResponseWriter, _ *http.Request) {
		require.NoError(t, json.NewEncoder(w).Encode([]map[string]string{plot}))
	})
	host.HandleFunc("PUT /api/plots/2", func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, json.NewDecoder(r.Body).Decode(&plot))
		plot["id"] = "2"
		require.NoError(t, json.NewEncoder(w).Encode(plot))
	})
	host.Handle("DELETE /api/plots/2", office.RequireStepUp()(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		plot["tenant"] = "nobody"
		w.WriteHeader(http.StatusNoContent)
	})))
	s.sendTo(office.Wrap(http.NotFoundHandler()))
}

// TestPagesThatScriptsChange has buttons that were pressed after the session had ended, or
// long after the sign-in. The browser gets to the page that asks, and back.
func TestPagesThatScriptsChange(t *testing.T) {
	s := newSite(t)
	s.withExamples(t)
	p := s.owner(t)
	button := func(text string) {
		var found bool
		p.Evaluate(`(b => { b?.click(); return !!b })([...document.querySelectorAll("button")].find(b => b.textContent === "`+text+`"))`, &found)
		require.True(t, found, text)
	}
	says := func(selector, text string) {
		t.Helper()
		require.Eventually(t, func() (found bool) {
			p.Evaluate(`!!document.querySelector("`+selector+`")?.textContent.includes("`+text+`")`, &found)
			return found
		}, 10*time.Second, 10*time.Millisecond, text)
	}
	stepUp := func() {
		p.Wait("#field-code")
		p.Paste("#field-password", p.password)
		p.Fill("#field-code", p.next())
		p.Submit(primary)
	}
	signedOut := func() {
		other := p.Tab()
		other.Open(s.at("/account"))
		other.Click(".menu-avatar summary")
		other.Submit(`.menu-avatar form[action$="/logout"] button`)
	}
	signIn := func() {
		p.Wait("#field-login")
		p.typeSignIn()
		p.Fill("#field-code", p.next())
		p.Submit(primary)
	}

	t.Run("htmx", func(t *testing.T) {
		p.Open(s.at("/reports"))
		button("Dismiss")
		says("#reports li", "dismissed")
		require.Empty(t, p.TakeProblems(), "the policy blocks nothing")

		s.later(10 * time.Minute)
		p.Evaluate(`document.querySelectorAll("form[hx-post] button")[0].click()`, nil)
		stepUp()
		require.Equal(t, s.at("/reports"), p.Location())
		p.Evaluate(`document.querySelectorAll("form[hx-post] button")[1].click()`, nil)
		require.Eventually(t, func() bool { return p.Count("#reports li") == 1 }, 10*time.Second, 10*time.Millisecond)

		signedOut()
		button("Dismiss")
		signIn()
		require.Equal(t, s.at("/reports"), p.Location())
		// As hx-push-url does, and without the timer, which would leave for the sign-in page too.
		p.Evaluate(`history.replaceState({htmx: true}, ""); history.pushState({htmx: true}, "", "?tab=2"); document.querySelector("#count").remove()`, nil)
		signedOut()
		p.Evaluate(`history.back()`, nil)
		signIn()
		require.Equal(t, s.at("/reports"), p.Location())
		p.TakeProblems() // that the requests were refused
	})
	t.Run("a single-page app", func(t *testing.T) {
		p.Open(s.at("/plots/"))
		says("main li", "Plot 2")
		p.Click("main li a")
		says("h1", "Plot 2")
		require.Equal(t, s.at("/plots/2"), p.Location())
		p.Fill("input", "Joan")
		button("Save")
		p.Reload()
		says("h1", "Plot 2")
		require.Equal(t, "Joan", p.Value("input"))
		require.Empty(t, p.TakeProblems(), "the policy blocks nothing")

		s.later(10 * time.Minute)
		button("Remove")
		stepUp()
		require.Equal(t, s.at("/plots/2"), p.Location())
		says("h1", "Plot 2")
		button("Remove")
		require.Eventually(t, func() (removed bool) {
			p.Evaluate(`document.querySelector("input")?.value === "nobody"`, &removed)
			return removed
		}, 10*time.Second, 10*time.Millisecond)

		p.Fill("input", "Grace")
		signedOut()
		button("Save")
		says("[role=alert]", "Sign in")
		other := *p
		other.Browser = p.Tab()
		location, _ := p.Attribute("[role=alert] a", "href")
		other.Open(s.origin + location)
		other.typeSignIn()
		other.Fill("#field-code", other.next())
		other.Submit(primary)
		button("Save")
		require.Eventually(t, func() bool { return p.Count("[role=alert]:empty") == 1 }, 10*time.Second, 10*time.Millisecond)
		p.Reload()
		says("h1", "Plot 2")
		require.Equal(t, "Grace", p.Value("input"), "what was typed is kept, and saved")
		p.TakeProblems() // that the requests were refused
	})
}
