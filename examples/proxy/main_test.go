package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/tests"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// site has the board behind the office, and keeps the last request that reached it.
func site(t *testing.T) (s *browse.Site, last *http.Request, down func()) {
	last = &http.Request{}
	tool := board()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*last = *r
		tool.ServeHTTP(w, r)
	}))
	t.Cleanup(upstream.Close)
	at, err := url.Parse(upstream.URL)
	require.NoError(t, err)
	return tests.Site(t, func(cfg backoffice.Config) (*backoffice.Office, error) { return newOffice(cfg, at) }), last, upstream.Close
}

func TestTheBoard(t *testing.T) {
	s, last, down := site(t)
	ada, bob := s.Enrolled("Ada", backoffice.Moderator), s.Enrolled("Bob", backoffice.CommunityManager)
	// script is a fetch by a page of the board, which knows no token of ours.
	script := func(b *browse.Browser, method, path, kind, body string) *http.Request {
		r := b.Request(method, path, strings.NewReader(body))
		r.Header.Set("Sec-Fetch-Mode", "cors")
		r.Header.Set("Origin", s.Cfg.Origin)
		r.Header.Set("Content-Type", kind)
		return r
	}
	large := strings.Repeat("a=1&", 1<<18)
	const form, json = "application/x-www-form-urlencoded", "application/json"

	t.Run("its page", func(t *testing.T) {
		page := ada.Get("/board/")
		require.Equal(t, http.StatusOK, page.Status)
		require.Contains(t, page.Body, `src="`+s.Base+`/board/public/app.js"`)
		require.Contains(t, page.Body, "Board of ada@example.org")
		policy := strings.Join(page.Header.Values("Content-Security-Policy"), ", ")
		require.Contains(t, policy, "default-src 'self'; frame-ancestors 'none'", "its own")
		require.NotContains(t, policy, "script-src 'nonce-", "ours would block its scripts")
		require.Equal(t, []string{"no-store"}, page.Header.Values("Cache-Control"))
		require.Equal(t, []string{"no-referrer"}, page.Header.Values("Referrer-Policy"))
		require.Contains(t, page.Header.Get("Set-Cookie"), "board=of-its-own")
		require.Equal(t, "text/javascript", ada.Get("/board/public/app.js").Header.Get("Content-Type"))
	})
	t.Run("what it is told", func(t *testing.T) {
		r := script(ada.Browser, http.MethodPost, "/board/api/notes", json, `{"note":"kept"}`)
		for name, value := range map[string]string{
			"X-Forwarded-Prefix": "/forged", "X-Webauth-User": "root", "X-Forwarded-For": "203.0.113.9",
			"Referer": s.Server.URL + s.Base + "/operators", "Hx-Current-Url": s.Server.URL + s.Base + "/operators", "X-Csrf-Token": ada.Get("/account/name").Form("/account/name").Get("csrf"),
		} {
			r.Header.Set(name, value)
		}
		require.Equal(t, http.StatusOK, ada.Send(r).Status)
		require.Equal(t, s.Base+"/board", last.Header.Get("X-Forwarded-Prefix"))
		require.Equal(t, "ada@example.org", last.Header.Get("X-Webauth-User"))
		require.Equal(t, "127.0.0.1", last.Header.Get("X-Forwarded-For"))
		require.Equal(t, "/api/notes", last.URL.Path)
		require.Equal(t, r.URL.Host, last.Host)
		require.NotContains(t, last.Header.Get("Cookie"), "office")
		require.Contains(t, last.Header.Get("Cookie"), "board=of-its-own")
		last.Header.Del("X-Forwarded-Prefix")
		for name, values := range last.Header {
			require.NotContains(t, strings.Join(values, " "), strings.Trim(s.Base, "/"), "the office's address, in %s", name)
		}
		require.Empty(t, last.Header.Get("X-Csrf-Token"), "the office's form token")
	})
	t.Run("its own form token", func(t *testing.T) {
		r := script(ada.Browser, http.MethodPost, "/board/api/notes", json, "{}")
		r.Header.Set("X-Csrf-Token", "of-the-board")
		require.Equal(t, http.StatusOK, ada.Send(r).Status)
		require.Equal(t, "of-the-board", last.Header.Get("X-Csrf-Token"))
	})
	t.Run("what it is sent", func(t *testing.T) {
		for _, c := range []struct {
			name    string
			by      *browse.Browser
			request *http.Request
			status  int
			answer  string
		}{
			{"a document", ada.Browser, script(ada.Browser, "POST", "/board/api/notes", json, `{"note":"kept"}`), http.StatusOK, `{"note":"kept"}`},
			{"a form's body, as it came", ada.Browser, script(ada.Browser, "POST", "/board/api/notes", form, "b=1&a=%20&b=2"), http.StatusOK, "b=1&a=%20&b=2"},
			{"a large body", ada.Browser, script(ada.Browser, "POST", "/board/api/notes", form, large), http.StatusOK, large},
			{"a document of another site", ada.Browser, func() *http.Request {
				r := script(ada.Browser, "POST", "/board/api/notes", json, "{}")
				r.Header.Set("Sec-Fetch-Site", "same-site")
				return r
			}(), http.StatusForbidden, ""},
			{"by someone without the permission", bob.Browser, script(bob.Browser, "POST", "/board/api/notes", json, "{}"), http.StatusForbidden, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				page := c.by.Send(c.request)
				require.Equal(t, c.status, page.Status, page.Text())
				if c.answer != "" {
					require.Equal(t, c.answer, page.Body)
				}
			})
		}
	})
	t.Run("where it leads", func(t *testing.T) {
		require.Equal(t, "/board/?from=old", ada.Get("/board/old").Location)
		saved := ada.Send(script(ada.Browser, http.MethodPost, "/board/save", form, "note=roses"))
		require.Equal(t, "/board/?saved=roses", saved.Location)
	})
	t.Run("its socket", func(t *testing.T) {
		for origin, want := range map[string]int{s.Cfg.Origin: http.StatusSwitchingProtocols, "https://forum.community.example": http.StatusForbidden} {
			conn, answer, err := websocket.Dial(t.Context(), s.Server.URL+s.Base+"/board/api/live", &websocket.DialOptions{
				HTTPClient: ada.Client, HTTPHeader: http.Header{"Origin": {origin}, "User-Agent": {ada.Agent}},
			})
			require.Equal(t, want, answer.StatusCode, err)
			if conn != nil {
				_, message, err := conn.Read(t.Context())
				require.NoError(t, err)
				require.Equal(t, "live", string(message))
				require.NoError(t, conn.Close(websocket.StatusNormalClosure, ""))
			}
		}
	})
	t.Run("when it is down", func(t *testing.T) {
		down()
		page := ada.Get("/board/")
		require.Equal(t, http.StatusInternalServerError, page.Status)
		require.Contains(t, page.Text(), "Something went wrong")
		require.Contains(t, s.Log.String(), "connection refused")
		answer := ada.Send(script(ada.Browser, http.MethodPost, "/board/api/notes", json, "{}"))
		require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
	})
}
