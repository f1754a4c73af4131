package mail

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DeliveryError says why a message was not delivered. Its text is fit for
// operators: one line, without passwords, tokens and message text.
type DeliveryError struct {
	// Permanent means that the same message will never be accepted: the server
	// refused it with a 5xx reply, or it cannot be written as an email. Other
	// failures may be temporary, even wrong credentials and certificates, because
	// someone can fix those while the message waits. So are 5xx replies that say that
	// a limit was reached, or that a mailbox is full.
	Permanent bool
	// InDoubt means that the server has the complete message and did not say what
	// became of it. It may have been delivered, and the next attempt may be a
	// second copy, with the same Message-ID if Message.ID was set.
	InDoubt bool
	// Step is what was being done: "message", "credentials", "connect",
	// "greeting", "tls", "sign in", "sender", "recipient", "content" or "store".
	Step string
	// Reply is the server's answer with its code, such as "550 5.1.1 No such
	// user", on one line and at most 300 characters. Empty if there was none.
	Reply string

	err error
}

const (
	stepMessage     = "message"
	stepCredentials = "credentials"
	stepConnect     = "connect"
	stepGreeting    = "greeting"
	stepTLS         = "tls"
	stepSignIn      = "sign in"
	stepSender      = "sender"
	stepRecipient   = "recipient"
	stepContent     = "content"
	stepStore       = "store"
)

const maxReply = 300

// Error returns what failed and why, in words fit for operators.
func (e *DeliveryError) Error() string {
	switch {
	case e.Reply != "":
		return fmt.Sprintf("deliver mail: %s: the server answered %s", e.Step, e.Reply)
	case e.err != nil:
		return fmt.Sprintf("deliver mail: %s: %v", e.Step, e.err)
	}
	return "deliver mail: " + e.Step
}

// Unwrap returns the cause if it is on our side of the connection, such as
// [context.DeadlineExceeded].
func (e *DeliveryError) Unwrap() error { return e.err }

// fragment matches the part of a link that holds a one-time token. Shorter
// fragments are kept: some servers write "#5.1.1".
var fragment = regexp.MustCompile(`#[^\s"'<>)\]]{12,}`)

// fragments returns the one-time tokens in a text.
func fragments(text string) []string {
	found := fragment.FindAllString(text, -1)
	for i := range found {
		found[i] = found[i][1:]
	}
	return found
}

// cleanReply makes a server's answer fit to be stored and shown. Spam filters
// often quote the link they refuse, so fragments and all given secrets are removed.
func cleanReply(reply string, secrets ...string) string {
	for _, secret := range secrets {
		if secret != "" {
			reply = strings.ReplaceAll(reply, secret, "[redacted]")
		}
	}
	reply = fragment.ReplaceAllString(reply, "#[redacted]")
	reply = oneLine(reply)
	if utf8.RuneCountInString(reply) > maxReply {
		reply = string([]rune(reply)[:maxReply-1]) + "…"
	}
	return reply
}

// oneLine removes characters that could break or reorder a line, and turns every
// run of white space into one space.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case r == utf8.RuneError || isBidiControl(r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// isBidiControl reports whether a character reorders the text around it, which can
// make a line read as something else (UTS 55).
func isBidiControl(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' ||
		r == '\u200e' || r == '\u200f' || r == '\u061c'
}
