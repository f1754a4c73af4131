package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
)

// site has the board behind the office, which writes to a log, and keeps the last request that
// reached the board.
func site(t *testing.T, log io.Writer) (office *officetest.Office, last *http.Request, down func()) {
	last = &http.Request{}
	tool := board()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*last = *r
		tool.ServeHTTP(w, r)
	}))
	t.Cleanup(upstream.Close)
	at, err := url.Parse(upstream.URL)
	require.NoError(t, err)
	office = officetest.Mount(t, backoffice.Config{Log: slog.New(slog.NewTextHandler(log, nil))}, func(cfg backoffice.Config) (*backoffice.Office, error) {
		return newOffice(cfg, at)
	})
	return office, last, upstream.Close
}

func TestTheBoard(t *testing.T) {
	log := &bytes.Buffer{}
	office, last, down := site(t, log)
	base := strings.TrimPrefix(office.URL(""), officetest.Origin)
	ada := office.SignIn(t, officetest.Operator{Name: "Ada", Roles: []string{backoffice.Moderator}})
	bob := office.SignIn(t, officetest.Operator{Name: "Bob", Roles: []string{backoffice.CommunityManager}})
	// script is a fetch by a page of the board, which knows no token of ours.
	script := func(method, path, kind, body string) *http.Request {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header["X-Csrf-Token"] = nil
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Sec-Fetch-Mode", "cors")
		r.Header.Set("Origin", officetest.Origin)
		r.Header.Set("Content-Type", kind)
		return r
	}
	large := strings.Repeat("a=1&", 1<<18)
	const form, document = "application/x-www-form-urlencoded", "application/json"

	t.Run("its page", func(t *testing.T) {
		page := ada.Get("/board/")
		require.Equal(t, http.StatusOK, page.Status)
		require.Contains(t, page.Body, `src="`+base+`/board/public/app.js"`)
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
		r := script(http.MethodPost, "/board/api/notes", document, `{"note":"kept"}`)
		for name, value := range map[string]string{
			"X-Forwarded-Prefix": "/forged", "X-Webauth-User": "root", "X-Forwarded-For": "203.0.113.9",
			"Referer": office.URL("/operators"), "Hx-Current-Url": office.URL("/operators"), "X-Csrf-Token": formToken(t, ada),
		} {
			r.Header.Set(name, value)
		}
		require.Equal(t, http.StatusOK, ada.Do(r).Status)
		require.Equal(t, base+"/board", last.Header.Get("X-Forwarded-Prefix"))
		require.Equal(t, "ada@example.org", last.Header.Get("X-Webauth-User"))
		require.Equal(t, "192.0.2.1", last.Header.Get("X-Forwarded-For"))
		require.Equal(t, "/api/notes", last.URL.Path)
		require.Equal(t, "community.example", last.Host)
		require.NotContains(t, last.Header.Get("Cookie"), "office")
		require.Contains(t, last.Header.Get("Cookie"), "board=of-its-own")
		last.Header.Del("X-Forwarded-Prefix")
		for name, values := range last.Header {
			require.NotContains(t, strings.Join(values, " "), strings.Trim(base, "/"), "the office's address, in %s", name)
		}
		require.Empty(t, last.Header.Get("X-Csrf-Token"), "the office's form token")
	})
	t.Run("its own form token", func(t *testing.T) {
		r := script(http.MethodPost, "/board/api/notes", document, "{}")
		r.Header.Set("X-Csrf-Token", "of-the-board")
		require.Equal(t, http.StatusOK, ada.Do(r).Status)
		require.Equal(t, "of-the-board", last.Header.Get("X-Csrf-Token"))
	})
	t.Run("what it is sent", func(t *testing.T) {
		for _, c := range []struct {
			name    string
			by      *officetest.Browser
			request *http.Request
			status  int
			answer  string
		}{
			{"a document", ada, script("POST", "/board/api/notes", document, `{"note":"kept"}`), http.StatusOK, `{"note":"kept"}`},
			{"a form's body, as it came", ada, script("POST", "/board/api/notes", form, "b=1&a=%20&b=2"), http.StatusOK, "b=1&a=%20&b=2"},
			{"a large body", ada, script("POST", "/board/api/notes", form, large), http.StatusOK, large},
			{"a document of another site", ada, func() *http.Request {
				r := script("POST", "/board/api/notes", document, "{}")
				r.Header.Set("Sec-Fetch-Site", "same-site")
				return r
			}(), http.StatusForbidden, ""},
			{"by someone without the permission", bob, script("POST", "/board/api/notes", document, "{}"), http.StatusForbidden, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				page := c.by.Do(c.request)
				require.Equal(t, c.status, page.Status, page.Text())
				if c.answer != "" {
					require.Equal(t, c.answer, page.Body)
				}
			})
		}
	})
	t.Run("where it leads", func(t *testing.T) {
		require.Equal(t, "/board/?from=old", ada.Get("/board/old").Path)
		saved := ada.Do(script(http.MethodPost, "/board/save", form, "note=roses"))
		require.Equal(t, "/board/?saved=roses", saved.To)
	})
	t.Run("its socket", func(t *testing.T) {
		for origin, want := range map[string]int{officetest.Origin: http.StatusSwitchingProtocols, "https://forum.community.example": http.StatusForbidden} {
			conn, answer, err := websocket.Dial(t.Context(), strings.Replace(office.URL("/board/api/live"), "https", "wss", 1), &websocket.DialOptions{
				HTTPClient: ada.Client(), HTTPHeader: http.Header{"Origin": {origin}},
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
		require.Contains(t, log.String(), "connection refused")
		answer := ada.Do(script(http.MethodPost, "/board/api/notes", document, "{}"))
		require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
	})
}

// formToken is the form token of the session, as a script asks for it.
func formToken(t *testing.T, by *officetest.Browser) string {
	r := httptest.NewRequest(http.MethodGet, "/account/form-token", nil)
	r.Header.Set("Sec-Fetch-Mode", "cors")
	var document map[string]string
	require.NoError(t, json.Unmarshal([]byte(by.Do(r).Body), &document))
	return document["form_token"]
}
