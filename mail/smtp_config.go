package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

const (
	// defaultTimeout is how long a mail server may take for one answer before it
	// has the message: some wait before their greeting on purpose, and others look
	// a recipient up first.
	defaultTimeout = 30 * time.Second
	// defaultPatience is how long it may take to accept a complete message (RFC
	// 5321 section 4.5.3.2.6).
	defaultPatience = 10 * time.Minute
)

// SMTPConfig configures the connection to the mail server. It prints and logs
// without the credentials.
type SMTPConfig struct {
	// Addr is the server's host and port, such as "smtp.example.com:587".
	// The sender connects to nothing else. Required.
	Addr string
	// From is the sender, such as "Acme <no-reply@example.com>". Required.
	From string

	// Username and Password are used to sign in to the server, with PLAIN or
	// LOGIN, only over TLS or loopback. A server that does not offer sign-in is
	// then refused. If both are empty, there is no sign-in.
	Username, Password string
	// Credentials, instead of the two above, is called before every connection,
	// for credentials that are short-lived or rotated. ctx is that of the
	// delivery, and bounds the call. It must be safe for concurrent use.
	Credentials func(ctx context.Context) (username, password string, err error)
	// OAuth2 means that the password is an OAuth 2.0 access token, sent with
	// XOAUTH2.
	OAuth2 bool

	// ImplicitTLS starts TLS with the first byte, usual on port 465. Default:
	// STARTTLS, usual on port 587. A server that does not offer STARTTLS is
	// refused.
	ImplicitTLS bool
	// TLSConfig adds certificate authorities (RootCAs), a client certificate
	// (GetClientCertificate) and the like; it is cloned. The certificate is
	// verified for ServerName, which defaults to the host in Addr, with at least
	// TLS 1.2. InsecureSkipVerify is refused. Default: the system's
	// authorities.
	TLSConfig *tls.Config
	// PlainToLoopback turns TLS off for a server on this machine. Addr must then be
	// "localhost" or a loopback IP address; the sender connects to no other IP
	// address, even if the name resolves to one.
	PlainToLoopback bool

	// Timeout limits connecting, and each answer of the server until it has the
	// message. All of that together is limited to three times as long. Default: 30
	// seconds.
	Timeout time.Duration
	// Patience limits the wait for the server's answer to a complete message. A
	// server that takes longer than that gets the message again. Default: 10
	// minutes, as RFC 5321 section 4.5.3.2.6 asks for.
	Patience time.Duration
	// HELO is the name sent in the greeting. Default: the domain of From.
	HELO string

	// Now is the clock for messages without a Date. Default: [time.Now].
	Now func() time.Time
}

// String leaves the credentials out.
func (c SMTPConfig) String() string { return fmt.Sprintf("mail.SMTPConfig{%s redacted}", c.Addr) }

// GoString leaves the credentials out, for %#v.
func (c SMTPConfig) GoString() string { return c.String() }

// LogValue leaves the credentials out, for log/slog.
func (c SMTPConfig) LogValue() slog.Value { return slog.StringValue(c.String()) }

// NewSMTP returns a sender for one mail server. It does not connect yet. The error
// names all mistakes in config at once.
func NewSMTP(config SMTPConfig) (*SMTP, error) {
	var errs []error
	mistake := func(field string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("mail.SMTPConfig.%s: %w", field, err))
		}
	}
	host, err := checkAddr(config.Addr)
	mistake("Addr", err)
	from, err := parseSender(config.From)
	mistake("From", err)
	mistake("Credentials", config.checkCredentials())
	mistake("PlainToLoopback", config.checkPlain(host))
	tlsConfig, err := config.tlsFor(host)
	mistake("TLSConfig", err)
	if config.Timeout < 0 {
		mistake("Timeout", errors.New("must not be negative"))
	}
	if config.Patience < 0 {
		mistake("Patience", errors.New("must not be negative"))
	}
	config.Timeout = cmp.Or(config.Timeout, defaultTimeout)
	config.Patience = cmp.Or(config.Patience, defaultPatience)
	if config.HELO == "" {
		_, config.HELO, _ = strings.Cut(from.Address, "@")
	} else if !isDomain(config.HELO) {
		mistake("HELO", fmt.Errorf("%q is not a host name", config.HELO))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	config.Now = clock(config.Now)
	return &SMTP{config: config, host: host, from: from, tls: tlsConfig}, nil
}

func checkAddr(addr string) (host string, err error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || host == "" {
		return "", fmt.Errorf("%q is not a host and port such as smtp.example.com:587", addr)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return "", fmt.Errorf("port %q is not a number from 1 to 65535", port)
	}
	if _, err := netip.ParseAddr(host); err != nil && !isDomain(asciiLower(host)) {
		return "", fmt.Errorf("%q is not a host name or IP address", host)
	}
	return host, nil
}

func (c SMTPConfig) checkCredentials() error {
	switch {
	case c.Credentials != nil && (c.Username != "" || c.Password != ""):
		return errors.New("set this, or Username and Password, not both")
	case (c.Username == "") != (c.Password == ""):
		return errors.New("Username and Password belong together")
	case c.OAuth2 && c.Credentials == nil && c.Username == "":
		return errors.New("OAuth2 needs credentials")
	case strings.ContainsAny(c.Username+c.Password, "\x00\x01\r\n"):
		return errors.New("Username or Password has a control character")
	}
	return nil
}

func (c SMTPConfig) checkPlain(host string) error {
	switch {
	case !c.PlainToLoopback, host == "": // Addr is already reported.
		return nil
	case c.ImplicitTLS:
		return errors.New("contradicts ImplicitTLS")
	case c.TLSConfig != nil:
		return errors.New("contradicts TLSConfig")
	}
	if ip, err := netip.ParseAddr(host); (err == nil && ip.IsLoopback()) || asciiLower(host) == "localhost" {
		return nil
	}
	return fmt.Errorf("%q is not on this machine: only localhost and loopback IP addresses may go without TLS", host)
}

// tlsFor returns the configuration for connections to host.
func (c SMTPConfig) tlsFor(host string) (*tls.Config, error) {
	config := &tls.Config{}
	if c.TLSConfig != nil {
		config = c.TLSConfig.Clone()
	}
	switch {
	case config.InsecureSkipVerify:
		return nil, errors.New("InsecureSkipVerify is refused: put the server's certificate authority into RootCAs")
	case config.MinVersion != 0 && config.MinVersion < tls.VersionTLS12,
		config.MaxVersion != 0 && config.MaxVersion < tls.VersionTLS12:
		return nil, errors.New("TLS before 1.2 is refused")
	}
	if config.MinVersion == 0 {
		config.MinVersion = tls.VersionTLS12
	}
	if config.ServerName == "" {
		config.ServerName = host
	}
	return config, nil
}
