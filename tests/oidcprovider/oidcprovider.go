// Package oidcprovider runs an OpenID provider for tests, on a free loopback port: npm
// oidc-provider, which is certified, with a sign-in page of a few lines.
//
// It knows the accounts and clients that a test gives it, asks no one for consent, and
// believes whoever types the name of an account. Its page has the fields "account" and
// "mfa", and the buttons Sign in and Cancel. It ends with the test, or with its process.
package oidcprovider

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// Provider is a running provider.
type Provider struct {
	// Issuer is its address, such as http://127.0.0.1:40001. Browsers take an office at
	// http://localhost for another site.
	Issuer string
	t      testing.TB
}

// Client is an application that signs people in with the provider.
type Client struct {
	ID           string   `json:"client_id"`
	Secret       string   `json:"client_secret"`
	RedirectURIs []string `json:"redirect_uris"`
	// AfterLogout are where it may send people who signed out.
	AfterLogout []string `json:"post_logout_redirect_uris,omitempty"`
	// BackChannelLogout is told which sessions ended; SessionRequired that each message
	// names one.
	BackChannelLogout string `json:"backchannel_logout_uri,omitempty"`
	SessionRequired   bool   `json:"backchannel_logout_session_required,omitempty"`
}

// Claims say something of an account, such as "email" and "email_verified".
type Claims map[string]any

// Start runs a provider until the test ends. Without Node or the package, the test is
// skipped, or fails with CI=true.
func Start(t testing.TB) *Provider {
	t.Helper()
	node := need.Program(t, "node", "nodejs")
	library := need.Package(t, "oidc-provider/lib/index.js")
	script := filepath.Join(need.Root(t), "tests", "oidcprovider", "provider.mjs")
	cmd := exec.Command(node, script, library)
	cmd.Stderr = os.Stderr
	held, err := cmd.StdinPipe() // the kernel closes it if this process dies
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = held.Close()
		_ = cmd.Wait()
	})
	issuer, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "the provider did not start")
	return &Provider{Issuer: strings.TrimSpace(issuer), t: t}
}

// Register adds a client, or replaces the one of this ID.
func (p *Provider) Register(c Client) { p.control("client", c) }

// Accounts adds accounts by their subject, which is also what their owner types.
func (p *Provider) Accounts(of map[string]Claims) { p.control("accounts", of) }

// Rotate makes a new key, which signs from now on. The one before is no longer published.
func (p *Provider) Rotate() { p.control("rotate", nil) }

// Ahead sets by how much its clock is ahead of the real time.
func (p *Provider) Ahead(d time.Duration) {
	p.control("clock", map[string]int64{"ahead": d.Milliseconds()})
}

func (p *Provider) control(what string, body any) {
	p.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(p.t, err)
	resp, err := http.Post(p.Issuer+"/control/"+what, "application/json", bytes.NewReader(raw))
	require.NoError(p.t, err)
	require.NoError(p.t, resp.Body.Close())
	require.Equal(p.t, http.StatusOK, resp.StatusCode)
}
