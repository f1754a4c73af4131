package letters

import (
	"fmt"
	"time"

	"github.com/postern-go/postern/mail"
)

// PasswordReset sends an operator the one-time link to choose a new password.
func PasswordReset(n Notice, link string, expires time.Time) mail.Letter {
	l := n.letter("password-reset", "Reset your %s password")
	l.Paragraphs = []string{
		fmt.Sprintf("Someone asked for a new password for your account in the %s.", n.office()),
		"If this was you, open the link and choose one, then sign in with it. Two-factor authentication does not change.",
	}
	l.Button = &mail.Button{Label: "Choose a new password", URL: link}
	l.Expires = once(expires)
	l.NotYou = fmt.Sprintf("Do nothing: your password does not change unless the link is used. Do not share the link. If you keep getting these emails, tell %s.", n.contact())
	l.Values = struct {
		Notice
		Link    string
		Expires time.Time
	}{n, link, expires}
	return l
}

// PasswordElsewhere answers an operator who requested a new password but signs in
// with the community's.
func PasswordElsewhere(n Notice) mail.Letter {
	l := n.letter("password-elsewhere", "Your %s password")
	l.Paragraphs = []string{
		fmt.Sprintf("Someone asked for a new password for your account in the %s.", n.office()),
		"You sign in there with the password of your community account. To change it, use the community's own sign-in page.",
	}
	l.Home = n.Home
	l.NotYou = "Do nothing: your password does not change."
	return l
}

// PasswordChanged tells an operator that their password was changed.
func PasswordChanged(n Notice) mail.Letter {
	l := n.letter("password-changed", "Your %s password was changed")
	l.Paragraphs = []string{
		fmt.Sprintf("The password of your account in the %s was changed. The old one no longer works.", n.office()),
		ifYou,
	}
	l.NotYou = fmt.Sprintf("Use \"Forgot your password?\" on the sign-in page at once to choose another password, then %s. If you cannot sign in, or it happens again, tell %s.", endOthers, n.contact())
	return l
}

// expiring holds the expiry of a link or password, for templates of the host.
type expiring struct {
	Notice
	Expires time.Time
}

// PasswordLinkMade tells an operator that someone created a reset link for them, to
// hand over by other means than email. It does not contain the link.
func PasswordLinkMade(n Notice, expires time.Time) mail.Letter {
	l := n.letter("password-link-made", "A link to a new %s password was created for you")
	l.Paragraphs = []string{
		fmt.Sprintf("%s created a one-time link for choosing a new password for your account in the %s, and will give it to you.", n.by(), n.office()),
		"Your password does not change until the link is used. If you have two-factor authentication, you will also be asked for a code.",
	}
	l.Details = append([]mail.Detail{{Label: "Link expires", Value: moment(expires)}}, l.Details...)
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Tell %s at once: anyone with the link could choose a password in your place. To cancel the link, choose a new password yourself with \"Forgot your password?\" on the sign-in page.", n.contact())
	l.Values = expiring{n, expires}
	return l
}

// PasswordCompromised tells an operator that their password may be known to someone
// else, and that they must choose another.
func PasswordCompromised(n Notice) mail.Letter {
	l := n.letter("password-compromised", "You need a new %s password")
	l.Paragraphs = []string{
		fmt.Sprintf("%s marked the password of your account in the %s as compromised: someone else may know it. You have been signed out everywhere.", n.by(), n.office()),
		"Sign in as before and choose a new password; you cannot continue until you have. If you used the old password elsewhere, change it there as well.",
	}
	l.Button = &mail.Button{Label: "Sign in", URL: n.Home}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Ask %s why. Choose a new password in any case.", n.contact())
	return l
}

// LinkEnded tells an operator that the office address changed while they had a link to
// a new password, and where to ask for another.
func LinkEnded(a About) mail.Letter {
	n := Notice{About: a}
	l := n.letter("password-link-ended", "Your link to a new %s password no longer works")
	l.Paragraphs = []string{
		fmt.Sprintf("The %s has moved to a new office address, so your earlier link to a new password no longer works.", n.office()),
		"If you still need a new password, ask for another link at the new address.",
	}
	l.Button = &mail.Button{Label: "Ask for another link", URL: n.Home + "forgot"}
	l.NotYouTitle = "If you do not need a new password"
	l.NotYou = "Do nothing: your password has not changed."
	return l
}

// MadeLinkEnded tells an operator that the office address changed while a link to a new
// password that they made for someone was unused. id is the id of that operator.
func MadeLinkEnded(a About, who, id string) mail.Letter {
	n := Notice{About: a}
	l := n.letter("made-link-ended", "A link that you made for the %s no longer works")
	l.Paragraphs = []string{
		fmt.Sprintf("The %s has moved to a new office address, so the link to a new password that you made for %s no longer works.", n.office(), mail.PlainName(who)),
		"They are told by email how to ask for another. If emails do not reach them, make another link to hand over.",
	}
	l.Button = &mail.Button{Label: "Open their page", URL: n.Home + "operators/" + id}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Do nothing with the old link. If you made none, tell %s.", n.contact())
	l.Values = struct {
		Notice
		Who string
	}{n, who}
	return l
}

// TemporaryPassword tells an operator that someone created a temporary password for
// them, to hand over by other means than email. It does not contain the password.
func TemporaryPassword(n Notice, expires time.Time) mail.Letter {
	l := n.letter("temporary-password", "Your %s account has a temporary password")
	l.Paragraphs = []string{
		fmt.Sprintf("%s gave your account in the %s a temporary password, and will tell you what it is. Your old password no longer works, and you have been signed out everywhere.", n.by(), n.office()),
		"Sign in with the temporary password and choose your own; you cannot continue until you have.",
	}
	l.Details = append([]mail.Detail{{Label: "Temporary password expires", Value: moment(expires)}}, l.Details...)
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Use \"Forgot your password?\" on the sign-in page at once to choose another password, and tell %s.", n.contact())
	l.Values = expiring{n, expires}
	return l
}
