package mail_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/mail"
)

// oldServer answers on one end of a pipe to what it knows, and returns the commands.
func oldServer(conn net.Conn, answers map[string]string) (commands func() []string) {
	heard := make(chan []string, 1)
	go func() {
		defer conn.Close()
		var all []string
		defer func() { heard <- all }()
		fmt.Fprint(conn, "220 hello\r\n")
		content := false
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			line := lines.Text()
			verb, _, _ := strings.Cut(line, " ")
			if content && line != "." {
				continue
			}
			content = verb == "DATA"
			all = append(all, line)
			answer, ok := answers[verb]
			if !ok {
				answer = "250 ok"
			}
			fmt.Fprint(conn, answer+"\r\n")
		}
	}()
	return func() []string { return <-heard }
}

func TestServersOfOldAreUnderstood(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[string]string
		edit    func(*mail.SMTPConfig)
		want    string
	}{
		"one that knows no EHLO":             {map[string]string{"EHLO": "502 what?", "DATA": "354 go on"}, plain, "HELO acme.example"},
		"one that says only the code":        {map[string]string{"EHLO": "250", "MAIL": "250", "RCPT": "251", "DATA": "354", ".": "250", "QUIT": "221"}, plain, "EHLO acme.example"},
		"one whose lines differ in the code": {map[string]string{"EHLO": "220-hello\r\n250 8bitmime", "RCPT": "250-2.1.5\r\n250", "DATA": "354\tgo on"}, plain, "EHLO acme.example"},
		"one that writes AUTH= for AUTH": {
			map[string]string{"EHLO": "250-old\r\n250-size 1000\r\n250 auth=login", "AUTH": "334 VXNlcm5hbWU6", "YWNtZQ==": "334 UGFzc3dvcmQ6", "cGFzcw==": "235 welcome", "DATA": "354 go on"},
			func(c *mail.SMTPConfig) { c.PlainToLoopback, c.Username, c.Password = true, "acme", "pass" }, "AUTH LOGIN",
		},
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			commands := oldServer(theirs, c.answers)
			require.NoError(t, newSMTP(t, "localhost:25", c.edit).SendOver(t.Context(), ours, message()))
			heard := commands()
			require.Contains(t, heard, c.want)
			require.Contains(t, heard, "MAIL FROM:<no-reply@acme.example>")
			require.Equal(t, "QUIT", heard[len(heard)-1])
		})
	}
}
