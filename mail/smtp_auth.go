package mail

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// signIn signs in to a mail server. It uses the first mechanism we know that the
// server offers, if the connection is safe for a password.
type signIn struct {
	username, password string
	host               string
	oauth2             bool
	loopback           bool // verified when dialling
	smtp.Auth               // chosen by Start
}

// signIn returns nil if there are no credentials.
func (s *SMTP) signIn(ctx context.Context) (*signIn, error) {
	username, password := s.config.Username, s.config.Password
	if s.config.Credentials != nil {
		var err error
		if username, password, err = s.config.Credentials(ctx); err != nil {
			return nil, err
		}
		// An empty secret store must not lead to an anonymous session.
		if username == "" || password == "" || strings.ContainsAny(username+password, "\x00\x01\r\n") {
			return nil, errors.New("username or password is empty or has a control character")
		}
	}
	if username == "" {
		return nil, nil
	}
	return &signIn{
		username: username, password: password, host: s.host,
		oauth2: s.config.OAuth2, loopback: s.config.PlainToLoopback,
	}, nil
}

// Start implements [smtp.Auth]. CRAM-MD5 and NTLM, which go-mail would prefer
// to PLAIN, are left out: both rely on MD5, and TLS protects the password.
func (a *signIn) Start(server *smtp.ServerInfo) (string, []byte, error) {
	if !server.TLS && !a.loopback {
		return "", nil, smtp.ErrUnencrypted
	}
	offers := func(mechanism string) bool {
		return slices.ContainsFunc(server.Auth, func(s string) bool { return strings.EqualFold(s, mechanism) })
	}
	switch {
	case a.oauth2 && offers("XOAUTH2"):
		a.Auth = smtp.XOAuth2Auth(a.username, a.password)
	case a.oauth2:
		return "", nil, errors.New("the server does not offer XOAUTH2")
	case offers("PLAIN"):
		a.Auth = smtp.PlainAuth("", a.username, a.password, a.host, a.loopback)
	case offers("LOGIN"):
		a.Auth = smtp.LoginAuth(a.username, a.password, a.host, a.loopback)
	default:
		return "", nil, errors.New("the server does not offer PLAIN or LOGIN")
	}
	return a.Auth.Start(server)
}

// secrets lists the forms in which a server could repeat the credentials.
func (a *signIn) secrets() []string {
	if a == nil {
		return nil
	}
	encode := base64.StdEncoding.EncodeToString
	return []string{
		encode([]byte("\x00" + a.username + "\x00" + a.password)),
		encode([]byte("user=" + a.username + "\x01auth=Bearer " + a.password + "\x01\x01")),
		encode([]byte(a.password)),
		a.password,
	}
}
