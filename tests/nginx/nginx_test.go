package nginx_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/tests/need"
)

// configuration has the folder of its files, and the servers that keep the path and
// cut it, and the one that speaks to a Unix socket, on a port.
const configuration = `
daemon off; master_process off; pid nginx.pid; error_log error.log warn;
events {}
http {
	access_log off;
	client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
	ssl_certificate cert.pem; ssl_certificate_key key.pem;
	merge_slashes off;
	proxy_set_header Host              $host;
	proxy_set_header X-Forwarded-For   $remote_addr;
	proxy_set_header X-Forwarded-Proto $scheme;
	proxy_http_version 1.1;
	proxy_set_header Upgrade           $http_upgrade;
	proxy_set_header Connection        "upgrade";
	server { listen unix:%[1]s/kept ssl; location /forum/ { proxy_pass http://%[2]s;  } }
	server { listen unix:%[1]s/cut  ssl; location /forum/ { proxy_pass http://%[2]s/; } }
	server { listen %[3]s ssl; location / { proxy_pass http://unix:%[1]s/back; } }
	server { listen unix:%[1]s/chain ssl; location / { proxy_pass http://unix:%[1]s/back; } }
}
`

func TestAnOfficeBelowAPathOfNginx(t *testing.T) {
	program := need.Program(t, "nginx", "/usr/sbin/nginx")
	var office http.Handler
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { office.ServeHTTP(w, r) }))
	t.Cleanup(back.Close)
	dir, err := os.MkdirTemp("", "nginx") // t.TempDir is too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	start(t, program, dir, back.Listener.Addr().String(), freeAddress(t))
	for _, style := range []string{"kept", "cut"} {
		t.Run(style, func(t *testing.T) {
			s := browse.New(t, func(c *backoffice.Config) {
				c.Origin, c.TrustedProxies = "/forum", []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
			})
			office = s.Server.Config.Handler
			s.Server.Client().Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(dir, style))
			}
			s.Tour()
		})
	}
	requireNoErrors(t, dir)
}

func TestAnOfficeOnAUnixSocketBehindNginx(t *testing.T) {
	program := need.Program(t, "nginx", "/usr/sbin/nginx")
	var office http.Handler
	dir, err := os.MkdirTemp("", "nginx")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, "back"))
	require.NoError(t, err)
	back := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { office.ServeHTTP(w, r) })}}
	back.Start()
	t.Cleanup(back.Close)
	address := freeAddress(t)
	start(t, program, dir, "127.0.0.1:9", address)
	for _, c := range []struct{ network, address, ip string }{
		{"tcp", address, "127.0.0.1"},
		{"unix", filepath.Join(dir, "chain"), "unknown"}, // nginx says "unix:" of who comes so
	} {
		for _, trusted := range []bool{false, true} {
			s := browse.New(t, func(cfg *backoffice.Config) { cfg.TrustUnixSockets = trusted })
			office = s.Server.Config.Handler
			s.Server.Client().Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, c.network, c.address)
			}
			if !trusted {
				refused := s.Browser().Get("/login")
				require.Equal(t, http.StatusForbidden, refused.Status)
				require.Contains(t, refused.Text(), "came through a Unix socket, which has no IP address. If it is your proxy’s, set TrustUnixSockets")
				continue
			}
			s.Tour()
			shakeHands(t, s)
			for _, e := range s.Events() {
				require.True(t, e.IP == "" || e.IP == c.ip, "%s by %s", e.Code, e.IP)
			}
		}
	}
	requireNoErrors(t, dir)
}

// shakeHands opens a WebSocket at a page inside, as far as nginx sees, after a Tour.
func shakeHands(t *testing.T, s *browse.Site) {
	s.Base = s.CookiePath() + "winterotterferry"
	s.Inside.HandleFunc("/socket", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "websocket" || r.Header.Get("Connection") != "upgrade" || !r.ProtoAtLeast(1, 1) {
			return // a library would refuse it
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		require.NoError(t, err)
		defer conn.Close()
		_, _ = conn.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"))
	})
	wes := s.Plain("Wes", backoffice.Moderator)
	r := wes.Request(http.MethodGet, "/socket", nil)
	for name, value := range map[string]string{"Origin": s.Cfg.Origin, "Sec-Fetch-Mode": "websocket", "Upgrade": "websocket", "Connection": "Upgrade"} {
		r.Header.Set(name, value)
	}
	require.Equal(t, http.StatusSwitchingProtocols, wes.Send(r).Status)
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func requireNoErrors(t *testing.T, dir string) {
	log, err := os.ReadFile(filepath.Join(dir, "error.log"))
	require.NoError(t, err)
	require.Empty(t, string(log))
}

// start runs nginx in a folder; see [need.Server].
func start(t *testing.T, program, dir, target, address string) {
	other := httptest.NewTLSServer(nil) // every server of httptest has the same certificate
	other.Close()
	cert := other.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	require.NoError(t, err)
	for name, content := range map[string][]byte{
		"cert.pem":   pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}),
		"key.pem":    pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		"nginx.conf": fmt.Appendf(nil, configuration, dir, target, address),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	need.Server(t, dir, "unix", filepath.Join(dir, "chain"), program, "-p", dir, "-e", "error.log", "-c", "nginx.conf")
}
