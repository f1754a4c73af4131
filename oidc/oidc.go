package oidc

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/postern-go/postern/backoffice"
)

// DefaultClockSkew is by how much the clocks of the provider and the office may differ if
// Config.ClockSkew is zero, and MostClockSkew the most that it can be.
const (
	DefaultClockSkew = time.Minute
	MostClockSkew    = 5 * time.Minute
)

// Config says which identity provider it is, and who the office is there.
type Config struct {
	// Issuer is the URL of the provider exactly as its ID tokens have it. Its metadata is at
	// Issuer + "/.well-known/openid-configuration". It begins with https://, unless
	// InsecurePlainHTTP is set. Required.
	Issuer string
	// ClientID is the id under which the office is registered there. Required.
	ClientID string
	// ClientSecret is the secret that belongs to it. If empty, the office is a public client,
	// which PKCE alone protects.
	ClientSecret string
	// Scopes are asked for in addition to openid. Default: profile and email.
	Scopes []string
	// ClassValues are the values of acr that are asked for, the preferred one first. The
	// provider need not heed them: Company.SecondFactors says what counts. Default: none.
	ClassValues []string
	// ClockSkew is by how much the clocks of the provider and the office may differ, at most
	// MostClockSkew. Default: DefaultClockSkew.
	ClockSkew time.Duration
	// Transport makes the requests to the provider, for example through a proxy. Default:
	// http.DefaultTransport.
	Transport http.RoundTripper
	// UntypedLogoutTokens accepts logout tokens whose header does not say that they are
	// "logout+jwt", as some older providers send. What else tells them from ID tokens is
	// checked all the same. Default: they are refused (RFC 8725 section 3.11).
	UntypedLogoutTokens bool
	// InsecurePlainHTTP allows an Issuer with http:// on localhost or a loopback IP address,
	// for development on one machine.
	InsecurePlainHTTP bool
	// Now is the clock by which the metadata and the keys of the provider age; tokens are
	// judged by that of the office. It must be safe for concurrent use. Set it in tests only.
	// Default: time.Now.
	Now func() time.Time
}

// Provider is an identity provider. It is safe for concurrent use.
type Provider struct {
	cfg      Config
	client   *http.Client
	metadata *remote[metadata]
	keys     *remote[keySet]
}

var _ backoffice.IdentityProvider = (*Provider)(nil)

// New returns the provider. It makes no request; backoffice.New reports mistakes in the
// configuration.
func New(cfg Config) *Provider {
	if cfg.ClockSkew == 0 {
		cfg.ClockSkew = DefaultClockSkew
	}
	if cfg.Scopes == nil {
		cfg.Scopes = []string{"profile", "email"}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	p := &Provider{cfg: cfg, client: newClient(cfg)}
	p.metadata = &remote[metadata]{fetch: p.discover, now: cfg.Now}
	p.keys = &remote[keySet]{fetch: p.fetchKeys, now: cfg.Now}
	return p
}

// Check reports every mistake in the configuration.
func (p *Provider) Check() error {
	var errs []error
	if err := checkURL(p.cfg.Issuer, p.cfg.InsecurePlainHTTP); err != nil {
		errs = append(errs, fmt.Errorf("Issuer %q %w", p.cfg.Issuer, err))
	} else if strings.HasSuffix(p.cfg.Issuer, wellKnown) {
		errs = append(errs, fmt.Errorf("Issuer %q is the address of the metadata: leave out %s", p.cfg.Issuer, wellKnown))
	}
	if p.cfg.ClientID == "" {
		errs = append(errs, errors.New("ClientID is required"))
	}
	if p.cfg.ClockSkew < 0 || p.cfg.ClockSkew > MostClockSkew {
		errs = append(errs, fmt.Errorf("ClockSkew %v is not between 0 and %v", p.cfg.ClockSkew, MostClockSkew))
	}
	return errors.Join(errs...)
}

// checkURL returns what is wrong with a URL of the provider: over plain HTTP, anyone on the way
// could be the provider.
func checkURL(text string, plain bool) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return errors.New("is not an absolute URL")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && isLoopback(u.Hostname()):
		if plain {
			return nil
		}
		return errors.New("does not begin with https://; for development on one machine, set InsecurePlainHTTP")
	}
	return errors.New("does not begin with https://")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Format leaves everything out: a Config holds the client secret.
func (Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "oidc.Config{redacted}") }

// LogValue leaves everything out, for log/slog.
func (Config) LogValue() slog.Value { return slog.StringValue("oidc.Config{redacted}") }

// Format leaves everything out but the issuer.
func (p *Provider) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "oidc.Provider{"+p.cfg.Issuer+"}")
}

// LogValue leaves everything out but the issuer, for log/slog.
func (p *Provider) LogValue() slog.Value {
	return slog.StringValue("oidc.Provider{" + p.cfg.Issuer + "}")
}

// refused returns the error for an answer that must not be accepted.
func refused(reason string) error { return &backoffice.AnswerError{Reason: reason} }
