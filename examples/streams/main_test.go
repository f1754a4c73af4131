package main

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	coderws "github.com/coder/websocket"
	gorillaws "github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/tests"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

func site(t *testing.T) *browse.Site {
	return tests.Site(t, func(cfg backoffice.Config) (*backoffice.Office, error) { return newOffice(cfg, time.Millisecond) })
}

// clients open a stream as a page does, and return what reads the next message. It returns
// "over" if the office ended the stream.
var clients = map[string]func(ctx context.Context, b *browse.Browser) (next func() string){
	"/events": func(ctx context.Context, b *browse.Browser) func() string {
		r := b.Request(http.MethodGet, "/events", nil).WithContext(ctx)
		r.Header.Set("Sec-Fetch-Mode", "cors")
		r.Header.Set("Accept", "text/event-stream")
		r.Header.Set("User-Agent", b.Agent)
		answer, err := b.Client.Do(r)
		require.NoError(b.T, err)
		b.T.Cleanup(func() { answer.Body.Close() })
		require.Equal(b.T, http.StatusOK, answer.StatusCode)
		require.Equal(b.T, "text/event-stream", answer.Header.Get("Content-Type"))
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
	"/live/coder": func(ctx context.Context, b *browse.Browser) func() string {
		conn, _, err := coderws.Dial(ctx, b.Site.Server.URL+b.Site.Base+"/live/coder",
			&coderws.DialOptions{HTTPClient: b.Client, HTTPHeader: handshake(b, b.Site.Cfg.Origin)})
		require.NoError(b.T, err)
		b.T.Cleanup(func() { conn.CloseNow() })
		return func() string {
			if _, _, err := conn.Read(ctx); coderws.CloseStatus(err) == policyViolation {
				return "over"
			} else if err != nil {
				return err.Error()
			}
			return "beat"
		}
	},
	"/live/gorilla": func(ctx context.Context, b *browse.Browser) func() string {
		dialer := gorillaws.Dialer{Jar: b.Client.Jar, TLSClientConfig: b.Client.Transport.(*http.Transport).TLSClientConfig.Clone()}
		dialer.TLSClientConfig.NextProtos = nil
		address := strings.Replace(b.Site.Server.URL, "https", "wss", 1) + b.Site.Base + "/live/gorilla"
		conn, _, err := dialer.DialContext(ctx, address, handshake(b, b.Site.Cfg.Origin))
		require.NoError(b.T, err)
		b.T.Cleanup(func() { conn.Close() })
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

func handshake(b *browse.Browser, origin string) http.Header {
	return http.Header{"Origin": {origin}, "User-Agent": {b.Agent}}
}

func TestStreamsEndWithTheSession(t *testing.T) {
	for path, open := range clients {
		for what, end := range map[string]func(*browse.Site, *browse.Person){
			"an administrator ends it": func(s *browse.Site, ada *browse.Person) {
				require.NoError(t, s.CommandLine().EndSessions(t.Context(), ada.ID))
			},
			"the operator signs out": func(_ *browse.Site, ada *browse.Person) { ada.Submit(ada.Get("/account"), "/logout") },
			"it expires":             func(s *browse.Site, _ *browse.Person) { s.Clock.Add(24 * time.Hour) },
			"the permission is taken away": func(s *browse.Site, ada *browse.Person) {
				s.Change(ada.ID, func(op *store.Operator) { op.PrimaryRole = backoffice.CommunityManager })
			},
		} {
			t.Run(path+" when "+what, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				s := site(t)
				ada := s.Enrolled("Ada", backoffice.Moderator)
				next := open(ctx, ada.Browser)
				for range 3 {
					require.Equal(t, "beat", next())
				}
				end(s, ada)
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
	s := site(t)
	ada, bob := s.Enrolled("Ada", backoffice.Moderator), s.Enrolled("Bob", backoffice.CommunityManager)
	for path := range clients {
		if path == "/events" {
			continue
		}
		for what, c := range map[string]struct {
			by     *browse.Browser
			origin string
			status int
		}{
			"another origin":         {ada.Browser, "https://forum.community.example", http.StatusForbidden},
			"without the permission": {bob.Browser, s.Cfg.Origin, http.StatusForbidden},
			"without a session":      {s.Browser(), s.Cfg.Origin, http.StatusUnauthorized},
		} {
			t.Run(path+" "+what, func(t *testing.T) {
				_, answer, err := coderws.Dial(t.Context(), s.Server.URL+s.Base+path,
					&coderws.DialOptions{HTTPClient: c.by.Client, HTTPHeader: handshake(c.by, c.origin)})
				require.Error(t, err)
				require.Equal(t, c.status, answer.StatusCode)
			})
		}
	}
}

func TestFiles(t *testing.T) {
	s := site(t)
	ada, bob := s.Enrolled("Ada", backoffice.Moderator), s.Enrolled("Bob", backoffice.CommunityManager)
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
			r := ada.Request(c.method, c.path, nil)
			if c.bytes != "" {
				r.Header.Set("Range", c.bytes)
			}
			answer := ada.Send(r)
			require.Equal(t, c.status, answer.Status)
			require.Equal(t, c.kind, answer.Header.Get("Content-Type"))
			if c.body != "" {
				require.Equal(t, c.body, answer.Body)
			}
			require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
			require.Contains(t, answer.Header.Get("Content-Security-Policy"), "default-src 'none'", "scripts in it do not run")
			require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))
			require.Equal(t, http.StatusForbidden, bob.Get(c.path).Status)
		})
	}
	for from, to := range map[string]string{
		"/files/plans": "/files/plans/", "/files/plans/index.html": "/files/plans/", "/files": "/files/",
	} {
		r := ada.Request(http.MethodGet, from, nil)
		answer := ada.Send(r)
		require.Contains(t, []int{http.StatusMovedPermanently, http.StatusTemporaryRedirect}, answer.Status, from)
		target, err := r.URL.Parse(answer.Header.Get("Location"))
		require.NoError(t, err)
		require.Equal(t, s.Base+to, target.Path, from)
	}
}
