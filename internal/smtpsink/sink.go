// Package smtpsink runs an independent SMTP server (aiosmtpd) for tests, and
// returns the messages it received.
//
//	sink := smtpsink.Start(t, smtpsink.Options{})
//	... send mail to sink.Addr ...
//	messages := sink.Await(1)
//
// It needs python3-aiosmtpd. If that is missing, the test fails with the command to
// install it.
package smtpsink

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	netmail "net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"
)

//go:embed sink.py
var script string

// The stages whose reply can be replaced in Options.Replies and
// [Sink.SetReplies].
const (
	Auth = "AUTH"
	Mail = "MAIL"
	Rcpt = "RCPT"
	Data = "DATA"
)

const (
	// Hang as a reply to Mail, Rcpt or Data means that the server never answers.
	Hang = "hang"
	// Hold as a reply to Mail, Rcpt or Data means that the server waits for the next
	// SetReplies, and then answers as if there had been no reply. A message is
	// received before its answer is held.
	Hold = "hold"
)

// Options sets how the server behaves. The zero value accepts everything, without
// TLS and sign-in, like a server on loopback.
type Options struct {
	// TLS starts TLS with the first byte. STARTTLS offers and requires STARTTLS.
	// Both use a certificate of a temporary authority, see [Sink.RootCAs].
	TLS, STARTTLS bool
	// CertificateHost is the name in the certificate. Default: 127.0.0.1 and
	// localhost.
	CertificateHost string
	// CertificateExpired makes the certificate expire yesterday.
	CertificateExpired bool
	// ClientCertificate requires a client certificate of the same authority, see
	// [Sink.ClientCertificate].
	ClientCertificate bool
	// Username and Password are required to sign in, if set.
	Username, Password string
	// Mechanisms are the sign-in mechanisms offered. Default: PLAIN and LOGIN.
	Mechanisms []string
	// MixedCase writes what the server offers as "StArTtLs".
	MixedCase bool
	// Replies replaces the reply at a stage, such as Rcpt: "550 5.1.1 No such
	// user"; at Rcpt or Data also for one recipient's domain, such as Rcpt + "
	// example.com". In a reply to Auth, "{password}" is replaced by the password sent.
	Replies map[string]string
}

// Sink is a running server. It stops when its test ends.
type Sink struct {
	// Addr is the host and port to send to, always on 127.0.0.1.
	Addr string
	// RootCAs has the authority that signed the server's certificate.
	RootCAs *x509.CertPool
	// CAFile has its certificate, for programs.
	CAFile string
	// ClientCertificate is one that the server accepts.
	ClientCertificate tls.Certificate

	t       testing.TB
	dir     string
	command *exec.Cmd
	stdin   io.WriteCloser
	stdout  *bufio.Reader
}

// Received is a message that the server accepted.
type Received struct {
	// From and To are those of the envelope.
	From string   `json:"from"`
	To   []string `json:"to"`
	// HELO is the name that the client sent.
	HELO string `json:"helo"`
	// Parameters are those of the MAIL command, such as "BODY=8BITMIME".
	Parameters []string `json:"parameters"`
	// TLS and ClientCertificate report how the connection was protected.
	TLS               bool `json:"tls"`
	ClientCertificate bool `json:"client_certificate"`
	// User and Mechanism report how the client signed in, if it did.
	User      string `json:"user"`
	Mechanism string `json:"mechanism"`
	// Data is the message as received, without the dots that SMTP adds.
	Data string `json:"data"`
}

// Start runs a server until the test ends.
func Start(t testing.TB, o Options) *Sink {
	t.Helper()
	if len(o.Mechanisms) == 0 {
		o.Mechanisms = []string{"PLAIN", "LOGIN"}
	}
	if o.Replies == nil {
		o.Replies = map[string]string{}
	}
	s := &Sink{t: t, dir: t.TempDir()}
	settings := map[string]any{
		"dir": s.dir, "mode": "plain", "certificate": "", "client_ca": "",
		"username": o.Username, "password": o.Password, "mechanisms": o.Mechanisms, "replies": o.Replies,
		"mixed_case": o.MixedCase,
	}
	if o.TLS || o.STARTTLS {
		settings["mode"] = "starttls"
		if o.TLS {
			settings["mode"] = "tls"
		}
		authority := newAuthority(t)
		s.RootCAs, s.ClientCertificate = authority.pool(), authority.client(t)
		settings["certificate"] = authority.writeServer(t, s.dir, o)
		s.CAFile = authority.write(t, s.dir)
		if o.ClientCertificate {
			settings["client_ca"] = s.CAFile
		}
	}
	argument, err := json.Marshal(settings)
	if err != nil {
		t.Fatalf("start SMTP sink: %v", err)
	}
	// Debian's own Python, which sees Debian's packages, not another in PATH.
	s.command = exec.Command("/usr/bin/python3", "-c", script, string(argument))
	var stderr bytes.Buffer
	s.command.Stderr = &stderr
	if s.stdin, err = s.command.StdinPipe(); err != nil {
		t.Fatalf("start SMTP sink: %v", err)
	}
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		t.Fatalf("start SMTP sink: %v", err)
	}
	s.stdout = bufio.NewReader(stdout)
	if err := s.command.Start(); err != nil {
		t.Fatalf("start SMTP sink: %v (apt-get install python3-aiosmtpd)", err)
	}
	t.Cleanup(s.Stop)
	line, _ := s.stdout.ReadString('\n')
	switch port := strings.TrimSpace(line); port {
	case "missing":
		t.Fatal("start SMTP sink: aiosmtpd is not installed: apt-get install python3-aiosmtpd")
	case "":
		s.Stop()
		t.Fatalf("start SMTP sink: it ended: %s", stderr.String())
	default:
		s.Addr = "127.0.0.1:" + port
	}
	return s
}

// Stop stops the server; further connections are refused. Messages are kept.
func (s *Sink) Stop() {
	if s.command == nil {
		return
	}
	s.stdin.Close()
	_ = s.command.Wait() // It always ends by a signal or os._exit.
	s.command = nil
}

// SetReplies replaces all replies from now on, so that a server can be down for
// the first attempt and up for the second. It returns once they take effect.
func (s *Sink) SetReplies(replies map[string]string) {
	s.t.Helper()
	if replies == nil {
		replies = map[string]string{}
	}
	line, err := json.Marshal(replies)
	if err == nil {
		_, err = s.stdin.Write(append(line, '\n'))
	}
	if err == nil {
		_, err = s.stdout.ReadString('\n')
	}
	if err != nil {
		s.t.Fatalf("set replies of SMTP sink: %v", err)
	}
}

// Messages returns the messages received so far, oldest first. A message is
// included before its sender learns that it was accepted.
func (s *Sink) Messages() []Received {
	s.t.Helper()
	names, err := filepath.Glob(filepath.Join(s.dir, "*.json"))
	if err != nil {
		s.t.Fatalf("list received mails: %v", err)
	}
	sort.Strings(names)
	var messages []Received
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			s.t.Fatalf("read received mail: %v", err)
		}
		var m Received
		if err := json.Unmarshal(content, &m); err != nil {
			s.t.Fatalf("read received mail: %v", err)
		}
		messages = append(messages, m)
	}
	return messages
}

// Await returns the messages once there are at least n, for senders that work
// in the background. It fails the test after ten seconds.
func (s *Sink) Await(n int) []Received {
	s.t.Helper()
	s.await(n, "messages", func() int { return len(s.Messages()) })
	return s.Messages()
}

// AwaitHeld returns once at least n answers were held since the start; see [Hold]. It
// fails the test after ten seconds.
func (s *Sink) AwaitHeld(n int) {
	s.t.Helper()
	s.await(n, "held answers", func() int {
		names, _ := filepath.Glob(filepath.Join(s.dir, "*.held"))
		return len(names)
	})
}

func (s *Sink) await(n int, what string, count func() int) {
	s.t.Helper()
	timeout := time.After(10 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if count() >= n {
			return
		}
		select {
		case <-tick.C:
		case <-timeout:
			s.t.Fatalf("wait for %d %s: only %d came", n, what, count())
		}
	}
}

// Header parses the message's header.
func (r Received) Header() (netmail.Header, error) {
	m, err := netmail.ReadMessage(strings.NewReader(r.Data))
	if err != nil {
		return nil, fmt.Errorf("read received mail: %w", err)
	}
	return m.Header, nil
}
