package deploy_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/tests/need"
)

var everything = flag.Bool("deploy", false, "try each file of deploy/ with the program that it is for")

// proxy is a real one, with its file of deploy/.
type proxy struct {
	address string
	dir     string // with its logs
	trust   *x509.CertPool
}

func TestNginxBeforeReplicas(t *testing.T) {
	program := need.Program(t, "nginx", "/usr/sbin/nginx")
	c := newCluster(t)
	p := newProxy(t)
	plain := "127.0.0.1:" + freePort(t)
	text := adapted(t, "nginx/community.conf", "listen 80;", "listen "+plain+";", "listen [::]:80;", "", "listen 443 ssl;", "listen "+p.address+" ssl;", "listen [::]:443 ssl;", "",
		"/etc/letsencrypt/live/community.example/fullchain.pem", "cert.pem", "/etc/letsencrypt/live/community.example/privkey.pem", "key.pem",
		"/var/log/nginx/", p.dir+"/", "127.0.0.1:8081", c.at(0), "127.0.0.1:8082", c.at(1), "127.0.0.1:8083", c.at(2))
	p.write(t, "nginx.conf", fmt.Sprintf(`daemon off; master_process off; pid nginx.pid; error_log error.log warn; events {}
http {
client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
%s
}`, text))
	need.Server(t, p.dir, "tcp", p.address, program, "-p", p.dir, "-e", "error.log", "-c", "nginx.conf")
	redirects(t, plain)
	try(t, c, p)
}

func TestCaddyBeforeReplicas(t *testing.T) {
	if !*everything {
		return
	}
	program := need.Program(t, "caddy")
	c := newCluster(t)
	p := newProxy(t)
	p.write(t, "Caddyfile", adapted(t, "compose/Caddyfile", "\n{\n", "\n{\nadmin off\nauto_https disable_redirects\n",
		"{$HOST:localhost} {", "https://community.example:"+p.address[strings.Index(p.address, ":")+1:]+" {\nbind 127.0.0.1\ntls cert.pem key.pem",
		"output stdout", "output file access.log", "app1:8080", c.at(0), "app2:8080", c.at(1), "app3:8080", c.at(2), "health_port 9090", "health_port "+c.watch))
	need.Server(t, p.dir, "tcp", p.address, "sh", "-c", "HOME=. exec "+program+" run --adapter caddyfile --config Caddyfile 2>error.log")
	try(t, c, p)
}

// at is the address of a replica.
func (c *cluster) at(i int) string { return c.replicas[i].ip + ":" + c.port }

// adapted is a file of deploy/ with other addresses and paths. Each old one must be there.
func adapted(t *testing.T, name string, pairs ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(need.Root(t), "deploy", filepath.FromSlash(name)))
	require.NoError(t, err)
	for i := 0; i < len(pairs); i += 2 {
		require.Contains(t, string(text), pairs[i])
	}
	return strings.NewReplacer(pairs...).Replace(string(text))
}

// newProxy makes a folder with a certificate for the host of [origin].
func newProxy(t *testing.T) *proxy {
	p := &proxy{address: "127.0.0.1:" + freePort(t), dir: t.TempDir(), trust: x509.NewCertPool()}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"community.example"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	p.trust.AddCert(certificate)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	p.write(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	p.write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	return p
}

func (p *proxy) write(t *testing.T, name, text string) {
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600))
}

// try does through a proxy what people do, and looks at what it logged.
func try(t *testing.T, c *cluster, p *proxy) {
	b := newBrowser(t, p.address, p.trust)
	require.Contains(t, b.get(origin).body, "Hello from the community.")

	link := strings.TrimSpace(c.command("setup"))
	link = link[strings.Index(link, origin):]
	home := b.setUp(link)
	alias := strings.TrimPrefix(home, origin+"/")
	require.Regexp(t, `^[a-z0-9]{12,}$`, alias)

	t.Run("the office sees who a request comes from, and links lead to its origin", func(t *testing.T) {
		done := b.submit(home+"/operators/new", b.get(home+"/operators/new"), "email", "ada@example.com", "name", "Ada", "role", "moderator")
		require.Equal(t, http.StatusOK, done.status)
		invitation := func(m smtpsink.Received) bool { return slices.Contains(m.To, "ada@example.com") }
		require.Eventually(t, func() bool { return slices.ContainsFunc(c.mail.Messages(), invitation) }, 30*time.Second, 10*time.Millisecond)
		sent := c.mail.Messages()
		letter := sent[slices.IndexFunc(sent, invitation)]
		body, err := letter.Body()
		require.NoError(t, err)
		require.Contains(t, body.Text, home+"/welcome#")
		require.NotContains(t, letter.Data, "evil")
		require.True(t, letter.TLS)

		entries := json.NewDecoder(strings.NewReader(c.command("audit", "-json")))
		var events []struct{ Event, Address string }
		require.NoError(t, entries.Decode(&events))
		require.NotEmpty(t, events)
		seen := 0
		for _, e := range events {
			require.NotEqual(t, forged, e.Address, e.Event)
			if e.Address == client {
				seen++
			}
		}
		require.Positive(t, seen, "%v", events)
	})

	t.Run("uploads, streams and WebSockets pass", func(t *testing.T) {
		large := make([]byte, 9<<20)
		require.Equal(t, "9437184 bytes\n", b.send(http.MethodPost, origin+"/files", "application/octet-stream", bytes.NewReader(large)).body)

		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/clock", nil)
		require.NoError(t, err)
		answer, err := b.client.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		line, err := bufio.NewReader(answer.Body).ReadString('\n') // while the answer goes on
		require.NoError(t, err)
		require.Regexp(t, `^data: \d\d:\d\d:\d\d`, line)

		// The library in the program compares Origin with Host.
		dial := ws.Dialer{NetDial: dialer(p.address), TLSConfig: &tls.Config{RootCAs: p.trust}, Header: ws.HandshakeHeaderHTTP{"Origin": {origin}}}
		conn, _, _, err := dial.Dial(ctx, "wss://community.example/echo")
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, wsutil.WriteClientText(conn, []byte("otter")))
		text, err := wsutil.ReadServerText(conn)
		require.NoError(t, err)
		require.Equal(t, "otter", string(text))
	})

	t.Run("a replica is killed, and all are replaced one by one, without anyone noticing", func(t *testing.T) {
		var asked atomic.Int64
		ctx, stop := context.WithCancel(t.Context())
		failed := make(chan string, 1)
		go func() {
			defer close(failed)
			for ctx.Err() == nil {
				for _, address := range []string{origin, home + "/account"} {
					r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
					answer, err := b.client.Do(r)
					if err != nil {
						failed <- err.Error()
						return
					}
					answer.Body.Close()
					if answer.StatusCode != http.StatusOK || answer.Request.URL.String() != address {
						failed <- fmt.Sprint(answer.Status, " ", answer.Request.URL)
						return
					}
					asked.Add(1)
				}
			}
		}()
		wait := func() {
			after := asked.Load() + 20
			require.Eventually(t, func() bool { return asked.Load() >= after || len(failed) > 0 }, 30*time.Second, 5*time.Millisecond)
		}
		wait()
		for i, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGTERM, syscall.SIGTERM} {
			r := c.replicas[i%3]
			status := r.stop(signal)
			if signal == syscall.SIGTERM {
				require.Zero(t, status, r.said)
			}
			wait()
			r.start()
			r.await()
			wait()
		}
		stop()
		require.Empty(t, <-failed)
	})

	t.Run("no log has the secret address", func(t *testing.T) {
		tooLarge := make([]byte, 17<<20)
		for _, address := range []string{
			home + "/account", home + "?x=1", origin + "//" + alias, origin + "/" + strings.ToUpper(alias), origin + "/forum/" + alias + "/login",
			origin + "/%" + fmt.Sprintf("%x", alias[0]) + alias[1:] + "/", origin + "/?next=" + url.QueryEscape("/"+alias+"/"), home + "/login",
		} {
			b.get(address)
		}
		b.get(origin + "/nothing")
		for _, address := range []string{origin, home} {
			refused := b.send(http.MethodPost, address+"/files", "application/octet-stream", bytes.NewReader(tooLarge))
			require.GreaterOrEqual(t, refused.status, 400)
		}
		for _, r := range c.replicas {
			r.stop(syscall.SIGKILL)
		}
		require.Contains(t, []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}, b.get(home+"/account").status)
		logged := ""
		for _, name := range []string{"access.log", "error.log", "community.log", "community-error.log"} {
			text, err := os.ReadFile(filepath.Join(p.dir, name))
			if err != nil {
				require.ErrorIs(t, err, os.ErrNotExist)
			}
			logged += string(text)
		}
		require.Contains(t, logged, "/nothing")
		require.Contains(t, logged, "413")
		require.NotContains(t, strings.ToLower(logged), alias)
		require.NotContains(t, strings.ToLower(logged), alias[1:])
	})
}

// redirects tries the server for plain HTTP.
func redirects(t *testing.T, address string) {
	transport := &http.Transport{DialContext: dialer(address)}
	defer transport.CloseIdleConnections()
	for _, path := range []string{"/", "/winterotterferry/login", "/nothing?x=y"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://community.example"+path, nil)
		require.NoError(t, err)
		answer, err := transport.RoundTrip(r)
		require.NoError(t, err)
		answer.Body.Close()
		require.Equal(t, http.StatusMovedPermanently, answer.StatusCode)
		require.Equal(t, origin+path, answer.Header.Get("Location"))
	}
}
