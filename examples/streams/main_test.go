package main

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	coderws "github.com/coder/websocket"
	gorillaws "github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
)

func mount(t *testing.T) (office *officetest.Office, ada, bob *officetest.Browser) {
	office = officetest.Mount(t, backoffice.Config{}, func(cfg backoffice.Config) (*backoffice.Office, error) {
		return newOffice(cfg, time.Millisecond)
	})
	ada = office.SignIn(t, officetest.Operator{Name: "Ada", Roles: []string{backoffice.Moderator}})
	bob = office.SignIn(t, officetest.Operator{Name: "Bob", Roles: []string{backoffice.CommunityManager}})
	return office, ada, bob
}

// clients open a stream as a page does, and return what reads the next message. It returns
// "over" if the office ended the stream.
var clients = map[string]func(ctx context.Context, t *testing.T, office *officetest.Office, b *officetest.Browser) (next func() string){
	"/events": func(ctx context.Context, t *testing.T, office *officetest.Office, b *officetest.Browser) func() string {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, office.URL("/events"), nil)
		require.NoError(t, err)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Sec-Fetch-Mode", "cors")
		r.Header.Set("Accept", "text/event-stream")
		answer, err := b.Client().Do(r)
		require.NoError(t, err)
		t.Cleanup(func() { answer.Body.Close() })
		require.Equal(t, http.StatusOK, answer.StatusCode)
		require.Equal(t, "text/event-stream", answer.Header.Get("Content-Type"))
		lines := bufio.NewScanner(answer.Body)
		return func() string {
			for lines.Scan() {
				if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
					return event
				}
			}
			return "cut off"
		}
	},
	"/live/coder": func(ctx context.Context, t *testing.T, office *officetest.Office, b *officetest.Browser) func() string {
		conn, _, err := coderws.Dial(ctx, office.URL("/live/coder"),
			&coderws.DialOptions{HTTPClient: b.Client(), HTTPHeader: handshake(officetest.Origin)})
		require.NoError(t, err)
		t.Cleanup(func() { conn.CloseNow() })
		return func() string {
			if _, _, err := conn.Read(ctx); coderws.CloseStatus(err) == policyViolation {
				return "over"
			} else if err != nil {
				return err.Error()
			}
			return "beat"
		}
	},
	"/live/gorilla": func(ctx context.Context, t *testing.T, office *officetest.Office, b *officetest.Browser) func() string {
		dialer := gorillaws.Dialer{NetDialTLSContext: office.Dial, Jar: b.Client().Jar}
		conn, _, err := dialer.DialContext(ctx, strings.Replace(office.URL("/live/gorilla"), "https", "wss", 1), handshake(officetest.Origin))
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close() })
		return func() string {
			if _, _, err := conn.ReadMessage(); gorillaws.IsCloseError(err, policyViolation) {
				return "over"
			} else if err != nil {
				return err.Error()
			}
			return "beat"
		}
	},
}

func handshake(origin string) http.Header {
	return http.Header{"Origin": {origin}, "User-Agent": {officetest.UserAgent}}
}

func TestStreamsEndWithTheSession(t *testing.T) {
	for path, open := range clients {
		for what, end := range map[string]func(*officetest.Office, *officetest.Browser){
			"an administrator ends it": func(office *officetest.Office, _ *officetest.Browser) {
				require.NoError(t, office.CommandLine().EndSessions(t.Context(), "Ada"))
			},
			"the operator signs out": func(_ *officetest.Office, ada *officetest.Browser) {
				ada.Get("/account")
				ada.Submit("/logout")
			},
			"it expires": func(office *officetest.Office, _ *officetest.Browser) { office.Advance(24 * time.Hour) },
			"the permission is taken away": func(office *officetest.Office, _ *officetest.Browser) {
				require.NoError(t, office.CommandLine().ChangeRoles(t.Context(), "Ada", backoffice.CommunityManager))
			},
		} {
			t.Run(path+" when "+what, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				office, ada, _ := mount(t)
				next := open(ctx, t, office, ada)
				for range 3 {
					require.Equal(t, "beat", next())
				}
				end(office, ada)
				last := next()
				for last == "beat" {
					last = next()
				}
				require.Equal(t, "over", last)
			})
		}
	}
}

func TestStreamsOpenOnlyWhereTheyMay(t *testing.T) {
	office, ada, bob := mount(t)
	for path := range clients {
		if path == "/events" {
			continue
		}
		for what, c := range map[string]struct {
			by     *officetest.Browser
			origin string
			status int
		}{
			"another origin":         {ada, "https://forum.community.example", http.StatusForbidden},
			"without the permission": {bob, officetest.Origin, http.StatusForbidden},
			"without a session":      {office.Browser(t), officetest.Origin, http.StatusUnauthorized},
		} {
			t.Run(path+" "+what, func(t *testing.T) {
				_, answer, err := coderws.Dial(t.Context(), office.URL(path),
					&coderws.DialOptions{HTTPClient: c.by.Client(), HTTPHeader: handshake(c.origin)})
				require.Error(t, err)
				require.Equal(t, c.status, answer.StatusCode)
			})
		}
	}
}

func TestFiles(t *testing.T) {
	_, ada, bob := mount(t)
	for _, c := range []struct {
		method, path, bytes string
		status              int
		kind, body          string
	}{
		{"GET", "/files/rules.txt", "", http.StatusOK, "text/plain; charset=utf-8", "Be kind. Water the tomatoes.\n"},
		{"HEAD", "/files/rules.txt", "", http.StatusOK, "text/plain; charset=utf-8", ""},
		{"GET", "/files/opening%20hours.txt", "", http.StatusOK, "text/plain; charset=utf-8", "Daily from 8 to 20.\n"},
		{"GET", "/files/rules.txt", "bytes=3-6", http.StatusPartialContent, "text/plain; charset=utf-8", "kind"},
		{"GET", "/files/rules.txt", "bytes=500-", http.StatusRequestedRangeNotSatisfiable, "text/plain; charset=utf-8", "invalid range: failed to overlap\n"},
		{"GET", "/files/missing.txt", "", http.StatusNotFound, "text/plain; charset=utf-8", "404 page not found\n"},
		{"GET", "/files/plans/", "", http.StatusOK, "text/html; charset=utf-8", ""},
		{"GET", "/files/pulse.js", "", http.StatusOK, "text/javascript; charset=utf-8", ""},
	} {
		t.Run(c.method+" "+c.path+" "+c.bytes, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.path, nil)
			if c.bytes != "" {
				r.Header.Set("Range", c.bytes)
			}
			answer := ada.Do(r).Want(t, c.status)
			require.Equal(t, c.kind, answer.Header.Get("Content-Type"))
			if c.body != "" {
				require.Equal(t, c.body, answer.Body)
			}
			require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
			require.Contains(t, answer.Header.Get("Content-Security-Policy"), "default-src 'none'", "scripts in it do not run")
			require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))
			bob.Get(c.path).Want(t, http.StatusForbidden)
		})
	}
	for from, to := range map[string]string{
		"/files/plans": "/files/plans/", "/files/plans/index.html": "/files/plans/", "/files": "/files/",
	} {
		answer := ada.Do(httptest.NewRequest(http.MethodGet, from, nil))
		require.Contains(t, []int{http.StatusMovedPermanently, http.StatusTemporaryRedirect}, answer.Status, from)
		require.Equal(t, to, answer.To, from)
	}
}
