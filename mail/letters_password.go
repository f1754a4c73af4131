package mail

import (
	"fmt"
	"time"
)

// PasswordResetValues make a [PasswordReset] or [MemberReset] letter.
type PasswordResetValues struct {
	About
	// Occasion is when and from where the reset was asked for.
	Occasion
	// Link is the one-time link. Required.
	Link string
	// Expires is when the link ends.
	Expires time.Time
}

// PasswordReset brings an operator the link to a new password.
func PasswordReset(v PasswordResetValues) Letter {
	l := v.letter("password-reset", fmt.Sprintf("Reset your %s password", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("Somebody asked for a new password for your account in the %s.", v.office()),
		"If this was you, open the link and choose one. Two-factor authentication stays as it is, and you sign in yourself afterwards.",
	}
	l.resetBy(v)
	return l
}

// MemberReset brings a member of the community the link to a new password.
func MemberReset(v PasswordResetValues) Letter {
	office := oneLine(v.Office)
	l := v.letter("member-reset", fmt.Sprintf("Reset your %s password", office))
	l.Office = office
	l.Paragraphs = []string{
		fmt.Sprintf("Somebody asked for a new password for your %s account.", office),
		"If this was you, open the link and choose one. You sign in yourself afterwards.",
	}
	if v.Contact == "" {
		v.Contact = "the people who run " + office
	}
	l.resetBy(v)
	return l
}

func (l *Letter) resetBy(v PasswordResetValues) {
	l.Details = v.details()
	l.Button = &Button{"Choose a new password", v.Link}
	l.Expires = once(v.Expires)
	l.NotYou = fmt.Sprintf("Do nothing: without the link your password stays as it is. Pass the link to nobody. If such mails keep coming, tell %s.", v.contact())
	l.Values = v
}

// PasswordChanged tells an operator that their password is another one now.
func PasswordChanged(v Notice) Letter {
	l := v.letter("password-changed", fmt.Sprintf("Your %s password was changed", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("The password of your account in the %s was changed. The old one does not work any more.", v.office()),
		"If this was you, there is nothing to do.",
	}
	l.Details = v.details()
	l.NotYou = "Use \"Forgot password?\" on the sign-in page at once to choose another password, then end all sessions in the avatar menu under Sessions. If you cannot get in, or it happens again, tell " + v.contact() + "."
	l.Values = v
	return l
}

// PasswordLinkMade tells an operator that a colleague holds a link with which
// their password can be set.
func PasswordLinkMade(v Notice) Letter {
	l := v.letter("password-link-made", fmt.Sprintf("A link to a new %s password was made for you", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("%s made a link that sets a new password for your account in the %s, to hand it over to you. It works once, for a limited time.", by(v.By), v.office()),
		"If you asked for it, there is nothing to do.",
	}
	l.Details = v.Occasion.details()
	l.NotYou = fmt.Sprintf("Sign in at once and change your password, which kills the link. If you cannot get in, tell %s.", v.contact())
	l.Values = v
	return l
}
