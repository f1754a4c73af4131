package letters

import (
	"fmt"
	"time"

	"github.com/postern-go/postern/mail"
)

// NewDevice tells an operator of a sign-in from a new browser or network.
func NewDevice(n Notice) mail.Letter {
	l := n.letter("new-device", "New sign-in to your %s account")
	l.Paragraphs = []string{
		fmt.Sprintf("Someone signed in to your account in the %s from a new browser or a new network.", n.office()),
		ifYou,
	}
	l.NotYou = fmt.Sprintf("Change your password and %s. Then tell %s.", endOthers, n.contact())
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
	l := n.letter("many-failures", "Many failed sign-ins to your %s account")
	l.Paragraphs = []string{
		fmt.Sprintf("Someone tried to sign in to your account in the %s and failed many times.", n.office()),
	}
	const stay = " Your current sessions are not affected."
	switch {
	case f.Blocked && f.Codes:
		l.Paragraphs = append(l.Paragraphs, "They entered your correct password and then too many wrong codes. Codes of that kind no longer sign you in: use a recovery code instead of the app, or the app instead of a recovery code. If you have neither, ask for your two-factor authentication to be reset.")
	case f.Blocked && !f.Browser:
		l.Paragraphs = append(l.Paragraphs, "Your password now works only in browsers that you have signed in with before; signing in with one of them ends this. Elsewhere, choose a new password with \"Forgot your password?\" on the sign-in page."+stay)
	case f.Codes:
		l.Paragraphs = append(l.Paragraphs, "They entered your correct password and then wrong codes. To slow this down, codes are refused until "+moment(f.Until)+"."+stay)
	case f.Browser:
		l.Paragraphs = append(l.Paragraphs, "They used a browser that you have signed in with before, or a copy of its cookies. The office no longer knows this browser."+stay)
	default:
		l.Paragraphs = append(l.Paragraphs, "To slow this down, a browser that you have not signed in with before may have to wait some minutes. If it does, use a browser that you have, or \"Forgot your password?\" on the sign-in page."+stay)
	}
	l.NotYou = fmt.Sprintf("If your password is long and used nowhere else, your account is safe. If you use it anywhere else, change it now. If this does not stop, tell %s.", n.contact())
	if f.Codes {
		l.NotYou = fmt.Sprintf("Someone else knows your password. Change it at once, and tell %s.", n.contact())
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
)

// suspicions are the sentences of letters about each.
var suspicions = map[Suspicion]string{
	WrongCodes:    "Someone entered your correct password and then wrong codes. They were not signed in.",
	Unfinished:    "Someone entered your correct password several times and did not finish signing in.",
	AfterFailures: "Your correct password was entered after many wrong ones in a row.",
	LongUnused:    "Someone signed in to your account for the first time in months.",
	CodeReplayed:  "A code from your authenticator app was entered again a moment after it had been used, and was refused. This happens when a form is sent twice, or when someone has seen the code.",
}

// UnusualSignIn tells an operator of a sign-in that may not have been theirs
// (ASVS 6.3.5).
func UnusualSignIn(n Notice, why Suspicion) mail.Letter {
	l := n.letter("unusual-sign-in", "Unusual sign-in to your %s account")
	l.Paragraphs = []string{suspicions[why], ifYou}
	l.NotYou = fmt.Sprintf("Someone else knows your password. Change it at once, %s, and tell %s.", endOthers, n.contact())
	l.Values = struct {
		Notice
		Why Suspicion
	}{n, why}
	return l
}
