package mail

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// session is the client's side of SMTP (RFC 5321), as far as one message needs it. The
// clients we know compare the keywords of EHLO by case, which RFC 5321 section 2.4 forbids,
// and so take a server that offers "StartTLS" for one without encryption.
type session struct {
	text *textproto.Conn
	conn net.Conn
	helo string
	// offers has the parameters of each extension by its keyword, in upper case.
	offers map[string][]string
	tls    bool
}

// begin reads the server's greeting and greets it.
func begin(conn net.Conn, helo string, encrypted bool) (*session, error) {
	s := &session{text: textproto.NewConn(conn), conn: conn, helo: helo, tls: encrypted}
	if _, _, err := answer(s.text, 220); err != nil {
		return nil, err
	}
	return s, s.hello()
}

// answer reads an answer of one or more lines (RFC 5321 section 4.2): only the code of the
// last one counts, and the text may be missing. A wanted code of one or two digits stands
// for all that begin with it, 0 for any; another one is a *textproto.Error.
func answer(text *textproto.Conn, want int) (code int, said string, err error) {
	var lines []string
	for more := true; more; {
		line, err := text.ReadLine()
		if err != nil {
			return 0, "", err
		}
		number, rest := line[:min(3, len(line))], line[min(3, len(line)):]
		if code, err = strconv.Atoi(number); err != nil || code < 100 || rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return 0, "", textproto.ProtocolError("the server's answer is not SMTP")
		}
		rest, more = strings.CutPrefix(rest, "-")
		lines = append(lines, strings.TrimSpace(rest))
	}
	said = strings.Join(lines, "\n")
	if found := strconv.Itoa(code); want > 0 && !strings.HasPrefix(found, strconv.Itoa(want)) {
		return code, said, &textproto.Error{Code: code, Msg: said}
	}
	return code, said, nil
}

// command sends one line and reads the answer; see [answer].
func (s *session) command(want int, format string, args ...any) (int, string, error) {
	if err := s.text.PrintfLine(format, args...); err != nil {
		return 0, "", err
	}
	return answer(s.text, want)
}

// hello greets the server and notes what it offers. A server that does not know EHLO
// offers nothing.
func (s *session) hello() error {
	s.offers = map[string][]string{}
	_, said, err := s.command(250, "EHLO %s", s.helo)
	if refused, ok := errors.AsType[*textproto.Error](err); ok && refused.Code >= 500 {
		_, _, err = s.command(250, "HELO %s", s.helo)
		return err
	}
	for i, line := range strings.Split(said, "\n") {
		if words := strings.Fields(line); i > 0 && len(words) > 0 {
			// Servers from before the standard offer "AUTH=LOGIN".
			keyword, parameter, _ := strings.Cut(words[0], "=")
			keyword = strings.ToUpper(keyword)
			s.offers[keyword] = append(append(s.offers[keyword], parameter), words[1:]...)
		}
	}
	return err
}

func (s *session) offer(keyword string) bool {
	_, offered := s.offers[keyword]
	return offered
}

// startTLS encrypts the connection, and greets the server again: what it said before
// could have been changed on the way.
func (s *session) startTLS(ctx context.Context, config *tls.Config) error {
	if _, _, err := s.command(220, "STARTTLS"); err != nil {
		return err
	}
	secured := tls.Client(s.conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		return err
	}
	// A new reader forgets what was sent in plain text after the answer.
	s.conn, s.text, s.tls = secured, textproto.NewConn(secured), true
	return s.hello()
}

// signIn signs in (RFC 4954).
func (s *session) signIn(sign *signIn, host string) error {
	mechanism, response, err := sign.Start(&smtp.ServerInfo{Name: host, TLS: s.tls, Auth: s.offers["AUTH"]})
	if err != nil {
		return err
	}
	command := "AUTH " + mechanism
	if response != nil {
		command += " " + base64.StdEncoding.EncodeToString(response)
	}
	for {
		code, said, err := s.command(0, "%s", command)
		if err != nil {
			return err
		}
		var challenge []byte
		switch code {
		case 235:
			return nil
		case 334:
			challenge, err = base64.StdEncoding.DecodeString(said)
		default:
			return &textproto.Error{Code: code, Msg: said}
		}
		if err == nil {
			response, err = sign.Next(challenge, true)
		}
		if err != nil {
			_, _, _ = s.command(501, "*") // ends the dialogue
			return err
		}
		command = base64.StdEncoding.EncodeToString(response)
	}
}

// letter returns a writer for the message. Closing it sends the last line and reads the
// server's answer.
func (s *session) letter() (io.WriteCloser, error) {
	if _, _, err := s.command(354, "DATA"); err != nil {
		return nil, err
	}
	return &letterWriter{s.text.DotWriter(), s.text}, nil
}

type letterWriter struct {
	io.WriteCloser
	text *textproto.Conn
}

func (l *letterWriter) Close() error {
	if err := l.WriteCloser.Close(); err != nil {
		return err
	}
	_, _, err := answer(l.text, 250)
	return err
}

func (s *session) quit() { _, _, _ = s.command(221, "QUIT") }
