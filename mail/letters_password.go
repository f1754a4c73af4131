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

// PasswordLinkMadeValues make a [PasswordLinkMade] letter.
type PasswordLinkMadeValues struct {
	Notice
	// Expires is when the link ends.
	Expires time.Time
}

// PasswordLinkMade tells an operator that somebody made a link to a new password
// for them, to hand over otherwise than by mail. It does not hold the link.
func PasswordLinkMade(v PasswordLinkMadeValues) Letter {
	l := v.letter("password-link-made", fmt.Sprintf("A link to a new %s password was made for you", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("%s made a one-time link with which a new password can be chosen for your account in the %s, and is about to hand it to you.", by(v.By), v.office()),
		"Your password stays as it is until the link is used. Two-factor authentication is asked for there, too, if you have it.",
	}
	l.Details = append([]Detail{{"The link works until", moment(v.Expires)}}, v.Occasion.details()...)
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Tell %s at once: whoever has the link could choose a password in your place. Choosing a new one yourself, under \"Forgot password?\", ends the link.", v.contact())
	l.Values = v
	return l
}

// TemporaryPasswordValues make a [TemporaryPassword] letter.
type TemporaryPasswordValues struct {
	Notice
	// Expires is when the temporary password stops signing in.
	Expires time.Time
}

// TemporaryPassword tells an operator that somebody gave their account another
// password, to hand over otherwise than by mail. It does not hold the password.
func TemporaryPassword(v TemporaryPasswordValues) Letter {
	l := v.letter("temporary-password", fmt.Sprintf("Your %s account has a temporary password", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("%s gave your account in the %s a temporary password, and is about to hand it to you. Your old password does not work any more, and you have been signed out everywhere.", by(v.By), v.office()),
		"Sign in with the temporary password and choose your own; nothing else opens before you have.",
	}
	l.Details = append([]Detail{{"The temporary password works until", moment(v.Expires)}}, v.Occasion.details()...)
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Use \"Forgot password?\" on the sign-in page at once to choose another password, and tell %s.", v.contact())
	l.Values = v
	return l
}
