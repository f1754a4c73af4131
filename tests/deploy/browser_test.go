package deploy_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice/markup"
	"github.com/postern-go/postern/totp"
)

const (
	// client is the IP address from which everybody comes, and forged is the one
	// that they claim.
	client, forged = "127.0.0.2", "192.0.2.66"
	password       = "winter otter ferry canoe"
)

// lies are headers that a client can send, and that a proxy must not believe.
var lies = map[string]string{
	"X-Forwarded-For": forged, "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example",
	"Forwarded": "for=" + forged + ";host=evil.example;proto=http", "X-Real-Ip": forged,
}

// dialer reaches the proxy at an address, whatever the host of a URL, from [client].
func dialer(address string) func(context.Context, string, string) (net.Conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(client)}}
	return func(ctx context.Context, _, _ string) (net.Conn, error) { return d.DialContext(ctx, "tcp", address) }
}

// browser is a visitor who comes through the proxy, lying.
type browser struct {
	t      testing.TB
	client *http.Client
}

func newBrowser(t testing.TB, address string, trust *x509.CertPool) *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	transport := &http.Transport{DialContext: dialer(address), TLSClientConfig: &tls.Config{RootCAs: trust}}
	t.Cleanup(transport.CloseIdleConnections)
	return &browser{t, &http.Client{Jar: jar, Transport: transport, Timeout: 30 * time.Second}}
}

// page is an answer after all redirects, at a path.
type page struct {
	status     int
	path, body string
}

func (b *browser) send(method, address, kind string, body io.Reader) page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, body)
	require.NoError(b.t, err)
	for name, value := range lies {
		r.Header.Set(name, value)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Origin", origin)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := b.client.Do(r)
	require.NoError(b.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(b.t, err)
	return page{answer.StatusCode, answer.Request.URL.Path, string(text)}
}

func (b *browser) get(address string) page {
	b.t.Helper()
	return b.send(http.MethodGet, address, "", nil)
}

// submit fills in the form that posts to where it is.
func (b *browser) submit(address string, on page, pairs ...string) page {
	b.t.Helper()
	fields := url.Values{}
	for _, form := range markup.Forms(on.body) {
		if form.Method == http.MethodPost && strings.HasSuffix(address, form.Action) {
			fields = form.Values()
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return b.send(http.MethodPost, address, "application/x-www-form-urlencoded", strings.NewReader(fields.Encode()))
}

var secretTag = regexp.MustCompile(`id="totp-secret"[^>]*>([^<]+)<`)

// setUp makes the first super-administrator with a link, signs them in, and returns the
// address of the office.
func (b *browser) setUp(link string) (home string) {
	b.t.Helper()
	at, token, found := strings.Cut(link, "#")
	require.True(b.t, found, link)
	p := b.submit(at, b.get(at), "token", token, "email", "root@example.com", "name", "Root", "password", password, "password_again", password)
	require.Equal(b.t, http.StatusOK, p.status, markup.Text(p.body))
	home, _, _ = strings.Cut(at, "/setup")
	p = b.submit(home+"/login", b.get(home+"/login"), "login", "Root", "password", password)
	tag := secretTag.FindStringSubmatch(p.body)
	require.NotNil(b.t, tag, markup.Text(p.body))
	secret, err := totp.ParseSecret(tag[1])
	require.NoError(b.t, err)
	code, err := totp.Code(secret, time.Now(), totp.Options{})
	require.NoError(b.t, err)
	p = b.submit(home+"/login/enrol", p, "code", code)
	require.Equal(b.t, http.StatusOK, p.status, markup.Text(p.body))
	return home
}
