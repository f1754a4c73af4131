package letters

import (
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
)

// NewDevice tells an operator of a sign-in from a new browser or network.
func NewDevice(n Notice) mail.Letter {
	l := n.letter("new-device", "letters.new_device.subject")
	l.Paragraphs = []string{
		n.T("letters.new_device.what"),
		n.T("letters.if_you"),
	}
	l.NotYou = n.T("letters.new_device.not_you")
	return l
}

// Failures is the result of too many failures.
type Failures struct {
	// Until is when codes are accepted again.
	Until time.Time
	// Blocked means that the password no longer works in new browsers.
	Blocked bool
	// Codes means that codes were wrong, not passwords; if Blocked, codes no
	// longer work.
	Codes bool
	// Browser means that the passwords came from a known browser, which is one no
	// longer.
	Browser bool
}

// ManyFailures tells an operator that someone is trying to sign in to their
// account.
func ManyFailures(n Notice, f Failures) mail.Letter {
	l := n.letter("many-failures", "letters.many_failures.subject")
	l.Paragraphs = []string{
		n.T("letters.many_failures.what"),
	}
	result := n.T("letters.many_failures.wait")
	switch {
	case f.Blocked && f.Codes:
		result = n.T("letters.many_failures.codes_blocked")
	case f.Blocked && !f.Browser:
		result = n.T("letters.many_failures.blocked")
	case f.Codes:
		result = n.T("letters.many_failures.codes", "until", messages.At(f.Until))
	case f.Browser:
		result = n.T("letters.many_failures.browser")
	}
	l.Paragraphs = append(l.Paragraphs, result)
	l.NotYou = n.T("letters.many_failures.not_you")
	if f.Codes {
		l.NotYou = n.T("letters.many_failures.not_you.codes")
	}
	l.Values = struct {
		Notice
		Failures
	}{n, f}
	return l
}

// Suspicion is why a sign-in looked unusual.
type Suspicion string

const (
	// WrongCodes is a correct password followed by wrong codes.
	WrongCodes Suspicion = "wrong-codes"
	// Unfinished is a correct password, several times, and no second factor.
	Unfinished Suspicion = "unfinished"
	// AfterFailures is a correct password after many wrong ones.
	AfterFailures Suspicion = "after-failures"
	// LongUnused is a sign-in after months without one.
	LongUnused Suspicion = "long-unused"
	// CodeReplayed is a code that was used a moment before.
	CodeReplayed Suspicion = "code-replayed"
	// PasskeyCounter is a passkey whose signature counter did not go up.
	PasskeyCounter Suspicion = "passkey-counter"
)

// suspicions are the messages about each.
var suspicions = map[Suspicion]string{
	PasskeyCounter: "letters.unusual_sign_in.passkey_counter",
	WrongCodes:     "letters.unusual_sign_in.wrong_codes",
	Unfinished:     "letters.unusual_sign_in.unfinished",
	AfterFailures:  "letters.unusual_sign_in.after_failures",
	LongUnused:     "letters.unusual_sign_in.long_unused",
	CodeReplayed:   "letters.unusual_sign_in.code_replayed",
}

// UnusualSignIn tells an operator of a sign-in that may not have been theirs
// (ASVS 6.3.5).
func UnusualSignIn(n Notice, why Suspicion) mail.Letter {
	l := n.letter("unusual-sign-in", "letters.unusual_sign_in.subject")
	l.Paragraphs = []string{n.T(suspicions[why]), n.T("letters.if_you")}
	l.NotYou = n.T("letters.unusual_sign_in.not_you")
	l.Values = struct {
		Notice
		Why Suspicion
	}{n, why}
	return l
}
