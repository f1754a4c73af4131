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
}

// ManyFailures tells an operator that somebody tries to get into their account.
func ManyFailures(v ManyFailuresValues) Letter {
	l := v.letter("many-failures", fmt.Sprintf("Many failed sign-ins to your %s account", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("Somebody tried to sign in to your account in the %s and failed again and again.", v.office()),
	}
	switch {
	case v.Blocked:
		l.Paragraphs = append(l.Paragraphs, "Your password does not work any more. Choose a new one with \"Forgot password?\" on the sign-in page. Where you are signed in, you stay signed in.")
	case !v.Until.IsZero():
		l.Paragraphs = append(l.Paragraphs, "To slow this down, signing in is refused until "+moment(v.Until)+". Where you are signed in, you stay signed in.")
	}
	l.Details = v.details()
	if v.Count > 0 {
		l.Details = append([]Detail{{"Failed attempts", fmt.Sprint(v.Count)}}, l.Details...)
	}
	l.NotYou = fmt.Sprintf("As long as your password is long and used nowhere else, you are safe. If you use it anywhere else, change it now. If this does not stop, tell %s.", v.contact())
	l.Values = v
	return l
}
