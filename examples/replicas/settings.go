package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store/sqlstore"
)

// settings reads variables and keeps what is wrong with them, so that all of it is said at once.
type settings struct {
	env    func(string) string
	wrong  []error
	origin string // ORIGIN, such as https://community.example
}

func newSettings(env func(string) string) *settings {
	s := &settings{env: env}
	s.origin = s.required("ORIGIN")
	return s
}

func (s *settings) err() error { return errors.Join(s.wrong...) }

func (s *settings) bad(name string, err error) {
	if err != nil {
		s.wrong = append(s.wrong, fmt.Errorf("%s: %w", name, err))
	}
}

func (s *settings) required(name string) string {
	value := s.env(name)
	if value == "" {
		s.bad(name, errors.New("is not set"))
	}
	return value
}

// file returns what is in the file that a variable names, without the end of its line;
// "" if the variable is not set.
func (s *settings) file(name string) string {
	if s.env(name) == "" {
		return ""
	}
	text, err := os.ReadFile(s.env(name))
	s.bad(name, err)
	return strings.TrimRight(string(text), "\r\n")
}

// store is in the PostgreSQL that DATABASE_URL names, without a password: that is in
// DATABASE_PASSWORD_FILE, unless the server knows the account otherwise.
func (s *settings) store() *sqlstore.Store {
	cfg, err := pgx.ParseConfig(s.required("DATABASE_URL"))
	if err != nil {
		s.bad("DATABASE_URL", errors.New("want postgres://ACCOUNT@HOST/DATABASE?sslmode=verify-full")) // err may quote a password
		return nil
	}
	if password := s.file("DATABASE_PASSWORD_FILE"); password != "" {
		cfg.Password = password
	}
	return sqlstore.Open(sqlstore.PostgreSQL(), "pgx", stdlib.RegisterConnConfig(cfg))
}

// mail goes over TLS through SMTP_ADDR; SMTP_CA_FILE has the certificate authority of a
// server that no public one vouches for.
func (s *settings) mail() mail.Sender {
	cfg := mail.SMTPConfig{
		Addr: s.required("SMTP_ADDR"), From: s.required("SMTP_FROM"),
		Username: s.env("SMTP_USERNAME"), Password: s.file("SMTP_PASSWORD_FILE"),
		ImplicitTLS: strings.HasSuffix(s.env("SMTP_ADDR"), ":465"), // RFC 8314, section 3.3
	}
	if text := s.file("SMTP_CA_FILE"); text != "" {
		cfg.TLSConfig = &tls.Config{RootCAs: x509.NewCertPool()}
		if !cfg.TLSConfig.RootCAs.AppendCertsFromPEM([]byte(text)) {
			s.bad("SMTP_CA_FILE", errors.New("has no certificate"))
		}
	}
	if len(s.wrong) > 0 {
		return nil
	}
	sender, err := mail.NewSMTP(cfg)
	s.bad("SMTP", err)
	return sender
}

// proxies are the addresses and networks in TRUSTED_PROXIES, separated by commas.
func (s *settings) proxies() (all []netip.Prefix) {
	for text := range strings.FieldsFuncSeq(s.env("TRUSTED_PROXIES"), func(r rune) bool { return r == ',' || r == ' ' }) {
		if ip, err := netip.ParseAddr(text); err == nil {
			all = append(all, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(text)
		if err != nil {
			s.bad("TRUSTED_PROXIES", fmt.Errorf("want IP addresses or networks such as 10.0.0.0/8, not %q", text))
		}
		all = append(all, network)
	}
	return all
}
