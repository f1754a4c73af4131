package mail

import (
	"fmt"
	"time"
)

// NewDevice tells an operator of a sign-in from a browser and network not seen
// before.
func NewDevice(v Notice) Letter {
	l := v.letter("new-device", fmt.Sprintf("New sign-in to your %s account", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("Your account in the %s was used from a browser or a network that it was not used from before.", v.office()),
		"If this was you, there is nothing to do.",
	}
	l.Details = v.details()
	l.NotYou = fmt.Sprintf("Change your password and end all other sessions in the avatar menu under Sessions. Then tell %s.", v.contact())
	l.Values = v
	return l
}

// ManyFailuresValues make a [ManyFailures] letter.
type ManyFailuresValues struct {
	Notice
	// Count is how many attempts failed.
	Count int
	// Until is when signing in is possible again. Zero: there is no wait.
	Until time.Time
	// Blocked says that the password was switched off for good and a new one
	// is needed.
	Blocked bool
	// Codes says that codes were wrong, not passwords: then it is they that were
	// switched off.
	Codes bool
}

// ManyFailures tells an operator that somebody tries to get into their account.
func ManyFailures(v ManyFailuresValues) Letter {
	l := v.letter("many-failures", fmt.Sprintf("Many failed sign-ins to your %s account", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("Somebody tried to sign in to your account in the %s and failed again and again.", v.office()),
	}
	switch {
	case v.Blocked && v.Codes:
		l.Paragraphs = append(l.Paragraphs, "They typed your right password and then too many wrong codes. Codes of that kind do not sign you in any more: use a recovery code instead of the app, or the app instead of a recovery code. Where you have neither, ask to have two-factor authentication reset.")
	case v.Blocked:
		l.Paragraphs = append(l.Paragraphs, "Your password does not work any more. Choose a new one with \"Forgot password?\" on the sign-in page. Where you are signed in, you stay signed in.")
	case !v.Until.IsZero():
		l.Paragraphs = append(l.Paragraphs, "To slow this down, signing in is refused until "+moment(v.Until)+". Where you are signed in, you stay signed in.")
	}
	l.Details = v.details()
	if v.Count > 0 {
		l.Details = append([]Detail{{"Failed attempts", fmt.Sprint(v.Count)}}, l.Details...)
	}
	if v.Codes {
		l.NotYou = fmt.Sprintf("Somebody else knows your password. Change it at once, and tell %s.", v.contact())
		l.Values = v
		return l
	}
	l.NotYou = fmt.Sprintf("As long as your password is long and used nowhere else, you are safe. If you use it anywhere else, change it now. If this does not stop, tell %s.", v.contact())
	l.Values = v
	return l
}

// Suspicion is why a sign-in looked unusual.
type Suspicion string

const (
	// WrongCodes: a right password, and then wrong codes.
	WrongCodes Suspicion = "wrong-codes"
	// AfterFailures: a right password, after many wrong ones.
	AfterFailures Suspicion = "after-failures"
	// LongUnused: a sign-in after months without one.
	LongUnused Suspicion = "long-unused"
	// CodeReplayed: a code that had been used a moment ago.
	CodeReplayed Suspicion = "code-replayed"
)

// suspicions are what letters say of each.
var suspicions = map[Suspicion]string{
	WrongCodes:    "Somebody typed your right password and then wrong codes. They did not get in.",
	AfterFailures: "Your right password was typed after it had been wrong many times in a row.",
	LongUnused:    "Your account was signed in to after months in which nobody had used it.",
	CodeReplayed:  "A code of your authenticator app was typed that had been used a moment before. It was refused. That happens when a form is sent twice, or when somebody has seen the code.",
}

// UnusualSignInValues make an [UnusualSignIn] letter.
type UnusualSignInValues struct {
	Notice
	// Why is what was unusual. Required.
	Why Suspicion
}

// UnusualSignIn tells an operator of a sign-in that may not have been theirs
// (ASVS 6.3.5).
func UnusualSignIn(v UnusualSignInValues) Letter {
	l := v.letter("unusual-sign-in", fmt.Sprintf("Unusual sign-in to your %s account", v.office()))
	what := suspicions[v.Why]
	if what == "" {
		what = "Something about a sign-in to your account was unusual."
	}
	l.Paragraphs = []string{what, "If this was you, there is nothing to do."}
	l.Details = v.details()
	l.NotYou = fmt.Sprintf("Somebody else knows your password. Change it at once, end all other sessions in the avatar menu under Sessions, and tell %s.", v.contact())
	l.Values = v
	return l
}
