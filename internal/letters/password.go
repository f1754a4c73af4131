package letters

import (
	"time"

	"github.com/postern-go/postern/mail"
)

// PasswordReset sends an operator the one-time link to choose a new password.
func PasswordReset(n Notice, link string, expires time.Time) mail.Letter {
	l := n.letter("password-reset", "letters.password_reset.subject")
	l.Paragraphs = []string{
		n.T("letters.password_asked"),
		n.T("letters.password_reset.how"),
	}
	l.Button = &mail.Button{Label: n.T("letters.password_reset.button"), URL: link}
	l.Expires = n.once(expires)
	l.NotYou = n.T("letters.password_reset.not_you")
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
	l := n.letter("password-elsewhere", "letters.password_elsewhere.subject")
	l.Paragraphs = []string{
		n.T("letters.password_asked"),
		n.T("letters.password_elsewhere.how"),
	}
	l.Home = n.Home
	l.NotYou = n.T("letters.password_elsewhere.not_you")
	return l
}

// PasswordChanged tells an operator that their password was changed.
func PasswordChanged(n Notice) mail.Letter {
	l := n.letter("password-changed", "letters.password_changed.subject")
	l.Paragraphs = []string{
		n.T("letters.password_changed.what"),
		n.T("letters.if_you"),
	}
	l.NotYou = n.T("letters.password_changed.not_you")
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
	l := n.letter("password-link-made", "letters.password_link_made.subject")
	l.Paragraphs = []string{
		n.T("letters.password_link_made.what"),
		n.T("letters.password_link_made.effect"),
	}
	l.Details = append([]mail.Detail{n.detail("letters.link_expires", n.moment(expires))}, l.Details...)
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.password_link_made.not_you")
	l.Values = expiring{n, expires}
	return l
}

// PasswordCompromised tells an operator that their password may be known to someone
// else, and that they must choose another.
func PasswordCompromised(n Notice) mail.Letter {
	l := n.letter("password-compromised", "letters.password_compromised.subject")
	l.Paragraphs = []string{
		n.T("letters.password_compromised.what"),
		n.T("letters.password_compromised.how"),
	}
	l.Button = &mail.Button{Label: n.T("letters.sign_in"), URL: n.Home}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.password_compromised.not_you")
	return l
}

// LinkEnded tells an operator that the office address changed while they had a link to
// a new password, and where to ask for another.
func LinkEnded(a About) mail.Letter {
	n := Notice{About: a}
	l := n.letter("password-link-ended", "letters.password_link_ended.subject")
	l.Paragraphs = []string{
		n.T("letters.password_link_ended.what"),
		n.T("letters.password_link_ended.how"),
	}
	l.Button = &mail.Button{Label: n.T("letters.password_link_ended.button"), URL: n.Home + "forgot"}
	l.NotYouTitle = n.T("letters.password_link_ended.not_you.title")
	l.NotYou = n.T("letters.password_link_ended.not_you")
	return l
}

// MadeLinkEnded tells an operator that the office address changed while a link to a new
// password that they made for someone was unused. id is the id of that operator.
func MadeLinkEnded(a About, who, id string) mail.Letter {
	n := Notice{About: a}
	l := n.letter("made-link-ended", "letters.made_link_ended.subject")
	l.Paragraphs = []string{
		n.T("letters.made_link_ended.what", "who", mail.PlainName(who)),
		n.T("letters.made_link_ended.how"),
	}
	if mail.PlainName(who) == "" {
		l.Paragraphs[0] = n.T("letters.made_link_ended.unnamed")
	}
	l.Button = &mail.Button{Label: n.T("letters.made_link_ended.button"), URL: n.Home + "operators/" + id}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.made_link_ended.not_you")
	l.Values = struct {
		Notice
		Who string
	}{n, who}
	return l
}

// TemporaryPassword tells an operator that someone created a temporary password for
// them, to hand over by other means than email. It does not contain the password.
func TemporaryPassword(n Notice, expires time.Time) mail.Letter {
	l := n.letter("temporary-password", "letters.temporary_password.subject")
	l.Paragraphs = []string{
		n.T("letters.temporary_password.what"),
		n.T("letters.temporary_password.how"),
	}
	l.Details = append([]mail.Detail{n.detail("letters.temporary_password.expires", n.moment(expires))}, l.Details...)
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.temporary_password.not_you")
	l.Values = expiring{n, expires}
	return l
}
