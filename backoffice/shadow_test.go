package backoffice_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
)

const hidden = "The community has a page of its own at this address."

// TestAnAliasThatHidesAPageOfTheCommunity proposes one to communities that answer in
// different ways.
func TestAnAliasThatHidesAPageOfTheCommunity(t *testing.T) {
	answer := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	page := func(pattern string, h http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.HandleFunc("/", community)
		mux.Handle(pattern, h)
		return mux
	}
	tidy := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if bare := strings.TrimSuffix(r.URL.Path, "/"); bare != r.URL.Path && bare != "" {
			http.Redirect(w, r, bare, http.StatusMovedPermanently)
			return
		}
		community(w, r)
	})
	posts := http.NewServeMux()
	posts.Handle("POST /walnut-otter-news", answer(200))
	o := newOffice(t)
	ada := o.Plain("Ada", backoffice.SuperAdministrator)
	form := ada.Get("/parameters/address")
	for _, c := range []struct {
		name  string
		site  http.Handler
		hides bool
	}{
		{"no such page", http.HandlerFunc(community), false},
		{"a page", page("/walnut-otter-news", answer(200)), true},
		{"a folder", page("/walnut-otter-news/", answer(200)), true},
		{"a page below only", page("/walnut-otter-news/today", answer(200)), false},
		{"a page for members, who sign in first", page("/walnut-otter-news", http.RedirectHandler("/login", http.StatusSeeOther)), true},
		{"a page that is forbidden", page("/walnut-otter-news", answer(403)), true},
		{"a page that is broken", page("/walnut-otter-news", answer(500)), true},
		{"a page that panics", page("/walnut-otter-news", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })), true},
		{"a page that writes nothing", page("/walnut-otter-news", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), true},
		{"a form without a page", posts, true},
		{"a page that hints at others first", page("/walnut-otter-news", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusNotFound)
		})), false},
		{"a page that is gone", page("/walnut-otter-news", answer(410)), false},
		{"another page", page("/walnut-otter-new", answer(200)), false},
		{"a community of one script, which answers everything", answer(200), false},
		{"a community that sends everyone to its sign-in", http.RedirectHandler("/login", http.StatusFound), false},
		{"a community that is down", answer(503), false},
		{"a community without slashes at the end", tidy, false},
		{"a community that has redirected everything to HTTPS", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.TLS == nil {
				w.WriteHeader(http.StatusPermanentRedirect)
				return
			}
			page("/walnut-otter-news", answer(200)).ServeHTTP(w, r)
		}), true},
		{"a community that has redirected everything to HTTPS behind a proxy", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Forwarded-Proto") != "https" {
				w.WriteHeader(http.StatusPermanentRedirect)
				return
			}
			page("/walnut-otter-news", answer(200)).ServeHTTP(w, r)
		}), true},
		{"the office of another community", o.Another().Wrap(page("/walnut-otter-news", answer(200))), true},
	} {
		serve(o.Office, c.site, 2)
		proposed := ada.Submit(form, "/parameters/address", "action", "choose", "alias", "walnut-otter-news")
		require.Equal(t, http.StatusOK, proposed.Status)
		require.Equal(t, c.hides, strings.Contains(proposed.Text(), hidden), c.name)
		require.Contains(t, proposed.Body, "Move to this address", "it is for the operator to decide")
		require.Equal(t, "yes", proposed.Form("/parameters/address").Get("confirm"))
	}
	t.Run("the page is named", func(t *testing.T) {
		for body, says := range map[string]string{
			"<html><head><TITLE lang=en>Otters &amp; <b>walnuts</b>\n of June</TITLE>": "It is “ Otters & <b>walnuts</b> of June ” at /walnut-otter-news , which answers with status 200.",
			"<title>" + strings.Repeat("long ", 50) + "</title>":                       "It is “ " + strings.Repeat("long ", 15) + "long… ” at /walnut-otter-news , which answers with status 200.",
			strings.Repeat(" ", 1<<20) + "<title>Too far</title>":                      "It is at /walnut-otter-news , which answers with status 200.",
			"<title>\xff</title>": "It is at /walnut-otter-news , which answers with status 200.",
		} {
			serve(o.Office, page("/walnut-otter-news", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })), 2)
			require.Contains(t, ada.Submit(form, "/parameters/address", "action", "choose", "alias", "walnut-otter-news").Text(), says)
		}
	})
	t.Run("the community is asked as by a visitor", func(t *testing.T) {
		asked := 0
		serve(o.Office, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			require.Equal(t, http.MethodGet, r.Method)
			require.Equal(t, http.Header{"X-Forwarded-Proto": {"https"}}, r.Header)
			require.Equal(t, o.Cfg.Origin, "https://"+r.Host)
			require.NotNil(t, r.TLS)
			require.Equal(t, "192.0.2.1:0", r.RemoteAddr, "communities trust this machine")
			require.Equal(t, r.URL.Path, r.RequestURI)
			_, signedIn := backoffice.OperatorFrom(r.Context())
			require.False(t, signedIn)
			community(w, r)
		}), 2)
		ada.Submit(form, "/parameters/address", "action", "choose", "alias", "walnut-otter-news")
		require.Equal(t, 4, asked)
	})
	unasked := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { require.Fail(t, r.URL.Path) })
	t.Run("a community that is there for one request only is not asked, as middleware of gin makes it", func(t *testing.T) {
		for range 3 {
			serve(o.Office, unasked, 1)
		}
		proposed := ada.Submit(form, "/parameters/address", "action", "choose", "alias", "walnut-otter-news")
		require.Contains(t, proposed.Body, "Move to this address")
	})
	t.Run("a random alias is not asked about, or the community would log it", func(t *testing.T) {
		serve(o.Office, unasked, 2)
		proposed := ada.Submit(form, "/parameters/address", "action", "generate").Form("/parameters/address").Get("alias")
		ada.Submit(form, "/parameters/address", "action", "choose", "alias", proposed)
		require.NotContains(t, ada.Get("/parameters/address").Text(), hidden)
	})
}

// However an alias came about, the log says that it hides a page, and not which one.
func TestAnAliasThatHidesAPageIsLogged(t *testing.T) {
	o := newOffice(t)
	serve(o.Office, page404But("/walnut-otter-news"), 2)
	require.NoError(t, o.Desk().ChangeAlias(ctx, desk.CommandLine(), desk.Visit{}, "walnut-otter-news"))
	run(t, o.Office)
	const says = "the community has a page of its own at the office's alias"
	require.Eventually(t, func() bool { return strings.Contains(o.Log.String(), says) }, 20*time.Second, 5*time.Millisecond)
	_, line, _ := strings.Cut(o.Log.String(), says)
	line, _, _ = strings.Cut(line, "\n")
	require.NotContains(t, line, "walnut-otter-news")
}

func TestACommunityThatDoesNotAnswerIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var left atomic.Bool
		slow := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			left.Store(true)
		})
		began := time.Now()
		status, _ := backoffice.AskFor(ctx, slow, url.URL{Scheme: "https", Host: "community.example"}, "/walnut-otter-news")
		require.Zero(t, status)
		require.Equal(t, time.Second, time.Since(began))
		synctest.Wait()
		require.True(t, left.Load())
	})
}

// serve serves a page of the office, with the community around it.
func serve(o *backoffice.Office, site http.Handler, times int) {
	gate := o.Wrap(site)
	for range times {
		gate.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, o.HomeURL(), nil))
	}
}

// page404But is a community with one page.
func page404But(path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			http.NotFound(w, r)
		}
	})
}
