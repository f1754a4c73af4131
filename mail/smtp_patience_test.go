package mail_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// slowServer answers on one end of a pipe, in the time of the test's bubble. It
// takes as long for the answer to a command, "." being the end of the message, as
// it is told to. It returns the copies that it accepted.
func slowServer(conn net.Conn, takes map[string]time.Duration, then func(command string)) (copies func() int) {
	accepted := make(chan int, 1)
	go func() {
		defer conn.Close()
		n := 0
		defer func() { accepted <- n }()
		lines := bufio.NewScanner(conn)
		say := func(command, answer string) bool {
			if then != nil {
				then(command)
			}
			time.Sleep(takes[command])
			if command == "." {
				n++
			}
			_, err := io.WriteString(conn, answer+"\r\n")
			return err == nil
		}
		if !say("", "220 hello") {
			return
		}
		for content := false; lines.Scan(); {
			command, _, _ := strings.Cut(lines.Text(), " ")
			answer := "250 ok"
			switch {
			case content && command != ".":
				continue
			case command == ".":
				content = false
			case command == "DATA":
				answer, content = "354 go on", true
			}
			if !say(command, answer) {
				return
			}
		}
	}()
	return func() int { return <-accepted }
}

func TestPatience(t *testing.T) {
	for _, test := range []struct {
		name  string
		takes map[string]time.Duration
		// stop is the command during which the caller's context ends, stopAfter how
		// long into it.
		stop      string
		stopAfter time.Duration
		// step is where it fails, if it does; inDoubt, whether it may be sent anyway.
		step    string
		inDoubt bool
		took    time.Duration
	}{
		{name: "a server that is slow everywhere is waited for", takes: map[string]time.Duration{"": 20 * time.Second, "RCPT": 25 * time.Second, ".": 9 * time.Minute}, took: 9*time.Minute + 45*time.Second},
		{name: "one answer before the message takes half a minute at most", takes: map[string]time.Duration{"RCPT": time.Minute}, step: "recipient", took: 30 * time.Second},
		{name: "so does the greeting", takes: map[string]time.Duration{"": time.Minute}, step: "greeting", took: 30 * time.Second},
		{name: "all answers before the message take a minute and a half at most", takes: map[string]time.Duration{"": 25 * time.Second, "EHLO": 25 * time.Second, "MAIL": 25 * time.Second, "RCPT": 25 * time.Second}, step: "recipient", took: 90 * time.Second},
		{name: "the answer to the message takes ten minutes at most", takes: map[string]time.Duration{".": time.Hour}, step: "content", inDoubt: true, took: 10 * time.Minute},
		{name: "a caller that stops before the message is obeyed", takes: map[string]time.Duration{"RCPT": 20 * time.Second}, stop: "RCPT", stopAfter: time.Second, step: "recipient", took: time.Second},
		{name: "also while the server thinks about taking it", takes: map[string]time.Duration{"DATA": 20 * time.Second}, stop: "DATA", step: "content"},
		{name: "a caller that stops after it hears an answer that comes soon", takes: map[string]time.Duration{".": 24 * time.Second}, stop: ".", took: 24 * time.Second},
		{name: "and none that does not", takes: map[string]time.Duration{".": time.Minute}, stop: ".", stopAfter: time.Second, step: "content", inDoubt: true, took: 26 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				ctx, cancel := context.WithCancel(t.Context())
				copies := slowServer(theirs, test.takes, func(command string) {
					if test.stop != "" && command == test.stop {
						time.AfterFunc(test.stopAfter, cancel)
					}
				})
				began := time.Now()

				err := newSMTP(t, "localhost:25", plain).SendOver(ctx, ours, message())

				require.Equal(t, test.took, time.Since(began))
				if test.step == "" {
					require.NoError(t, err)
					require.Equal(t, 1, copies())
					return
				}
				failed := deliveryError(t, err)
				require.Equal(t, test.step, failed.Step)
				require.Equal(t, test.inDoubt, failed.InDoubt)
				require.False(t, failed.Permanent)
				cancel()
				if n := copies(); !test.inDoubt {
					require.Zero(t, n, "nothing was sent")
				}
			})
		})
	}
}

func TestAnAnswerLeavesNoDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		go func() {
			lines := bufio.NewScanner(theirs)
			for _, answer := range []string{"220 hi", "250 hi", "250 ok", "250 ok", "354 go", "451 4.3.0 later"} {
				_, _ = io.WriteString(theirs, answer+"\r\n")
				for lines.Scan() && answer == "354 go" && lines.Text() != "." {
				}
			}
		}()
		failed := deliveryError(t, newSMTP(t, "localhost:25", plain).SendOver(t.Context(), ours, message()))
		require.Equal(t, "451 4.3.0 later", failed.Reply)
		require.False(t, failed.InDoubt)
		theirs.Close()
	})
}
