package backoffice_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// handshake makes the request with which a browser opens a WebSocket.
func (o *office) handshake(b *browser, path, site, origin string) *http.Request {
	r := b.Request(http.MethodGet, path, nil)
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
		"Sec-Fetch-Mode": "websocket", "Sec-Fetch-Site": site, "Origin": origin,
	} {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	return r
}

// overHTTP2 makes it the handshake of RFC 8441, as net/http shows it.
func overHTTP2(r *http.Request) {
	r.Header.Del("Upgrade")
	r.Header.Del("Connection")
	r.Method, r.ProtoMajor, r.Header[":protocol"] = http.MethodConnect, 2, []string{"websocket"}
}

func TestAWebSocketOpensOnlyFromThisOrigin(t *testing.T) {
	o := newOffice(t)
	reached := 0
	o.Inside.HandleFunc("/live", func(http.ResponseWriter, *http.Request) { reached++ })
	ada := o.Enrolled("Ada", backoffice.Moderator)
	const sibling = "https://forum.community.example"
	for what, c := range map[string]struct {
		site, origin string
		change       func(*http.Request)
		ok           bool
	}{
		"a page of ours":                         {site: "same-origin", origin: o.Cfg.Origin, ok: true},
		"an older browser":                       {origin: o.Cfg.Origin, ok: true},
		"a sibling host":                         {site: "same-site", origin: sibling},
		"a sibling host, in an older browser":    {origin: sibling},
		"a sibling that hides its origin":        {site: "same-site", origin: "null"},
		"another site":                           {site: "cross-site", origin: "https://evil.example"},
		"no browser":                             {},
		"Safari before 16.4, in a sandbox":       {origin: "null"},
		"another protocol":                       {origin: sibling, change: func(r *http.Request) { r.Header.Set("Upgrade", "h2c, WebSocket") }},
		"upper case":                             {origin: sibling, change: func(r *http.Request) { r.Header.Set("Upgrade", "WEBSOCKET"); r.Header.Set("Connection", "UPGRADE") }},
		"a list":                                 {origin: sibling, change: func(r *http.Request) { r.Header.Set("Connection", "keep-alive, upgrade") }},
		"lines of their own":                     {origin: sibling, change: func(r *http.Request) { r.Header["Upgrade"] = []string{"", "websocket"} }},
		"a HEAD":                                 {origin: sibling, change: func(r *http.Request) { r.Method = http.MethodHead }},
		"a POST of ours without a token":         {site: "same-origin", origin: o.Cfg.Origin, change: func(r *http.Request) { r.Method = http.MethodPost }},
		"a CONNECT of ours without a protocol":   {site: "same-origin", origin: o.Cfg.Origin, change: func(r *http.Request) { overHTTP2(r); delete(r.Header, ":protocol") }},
		"over HTTP/2, of ours":                   {site: "same-origin", origin: o.Cfg.Origin, change: overHTTP2, ok: true},
		"over HTTP/2, of a sibling":              {site: "same-site", origin: sibling, change: overHTTP2},
		"a proxy that always says upgrade":       {site: "same-origin", change: func(r *http.Request) { r.Header.Del("Upgrade") }, ok: true},
		"a link from a sibling, by such a proxy": {site: "same-site", change: func(r *http.Request) { r.Header.Del("Upgrade"); r.Header.Set("Sec-Fetch-Mode", "navigate") }, ok: true},
	} {
		t.Run(what, func(t *testing.T) {
			r := o.handshake(ada.Browser, "/live", c.site, c.origin)
			if c.change != nil {
				c.change(r)
			}
			before, forged := reached, o.Count("request.forged")
			w := httptest.NewRecorder()
			o.Wrap(silent).ServeHTTP(w, by(ada, r))
			if c.ok {
				require.Equal(t, http.StatusOK, w.Code)
				require.Equal(t, before+1, reached)
				return
			}
			require.Equal(t, http.StatusForbidden, w.Code)
			require.Equal(t, before, reached)
			if c.site != "cross-site" { // those get nothing at all, and are not worth an entry
				require.Equal(t, forged+1, o.Count("request.forged"))
			}
		})
	}

	t.Run("and only by the host", func(t *testing.T) {
		for _, path := range []string{"", "/", "/login", "/account", "/reset", "/static/office.css"} {
			malformed := o.Count("request.malformed")
			require.Equal(t, http.StatusBadRequest, ada.Send(o.handshake(ada.Browser, path, "same-origin", o.Cfg.Origin)).Status, path)
			require.Equal(t, malformed+1, o.Count("request.malformed"), path)
			require.Equal(t, http.StatusForbidden, ada.Send(o.handshake(ada.Browser, path, "same-site", sibling)).Status, path)
		}
	})
	t.Run("and not signed out", func(t *testing.T) {
		before := reached
		require.Equal(t, http.StatusUnauthorized, o.Browser().Send(o.handshake(o.Browser(), "/live", "same-origin", o.Cfg.Origin)).Status)
		require.Equal(t, before, reached)
	})
}

// TestAWebSocketIsOpened takes a handshake through to the other protocol, on a
// real server.
func TestAWebSocketIsOpened(t *testing.T) {
	o := newOffice(t)
	o.Inside.HandleFunc("/live", func(w http.ResponseWriter, _ *http.Request) {
		conn, both, err := http.NewResponseController(w).Hijack()
		require.NoError(t, err)
		defer conn.Close()
		_, _ = both.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello")
		_ = both.Flush()
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for origin, want := range map[string]string{o.Cfg.Origin: "101 Switching Protocols", "https://forum.community.example": "403 Forbidden"} {
		_, answer := begun(ada, o.Server, "GET /live", "connection: keep-alive, upgrade", "upgrade: WebSocket", "Origin: "+origin)
		res, err := http.ReadResponse(answer, nil)
		require.NoError(t, err)
		require.Equal(t, want, res.Status)
		if res.StatusCode == http.StatusSwitchingProtocols {
			hello := make([]byte, 5)
			_, err = io.ReadFull(answer, hello)
			require.NoError(t, err)
			require.Equal(t, "hello", string(hello))
		}
	}
}
