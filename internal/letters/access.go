package letters

import (
	"slices"
	"time"

	"github.com/postern-go/postern/mail"
)

// access holds the data of a letter that gives someone access, for templates of
// the host. Roles are names in the language of the letter, here and below.
type access struct {
	Notice
	Roles   []string
	Link    string
	Expires time.Time
}

// notChosen tells someone with an invitation who asked for a new password, or for whom
// someone else asked, that there is a new link. It is empty if no one asked.
func (n Notice) notChosen() []string {
	if n.When.IsZero() {
		return nil
	}
	return []string{n.T("letters.not_chosen")}
}

// Invitation invites a new operator, with a one-time link. With an occasion, it answers
// an invited operator who asked for a new password.
func Invitation(n Notice, roles []string, link string, expires time.Time) mail.Letter {
	l := n.letter("invitation", "letters.invitation.subject")
	l.Paragraphs = slices.Concat([]string{n.T("letters.invitation.what")}, n.notChosen(), []string{
		n.T("letters.invitation.how"),
	}, n.replaces())
	if len(roles) > 0 {
		l.Details = append([]mail.Detail{n.detail("letters.your_roles", n.in().List(roles))}, l.Details...)
	}
	l.Button = &mail.Button{Label: n.T("letters.invitation.button"), URL: link}
	l.Expires = n.once(expires)
	l.Home = n.Home
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.invitation.not_you")
	l.Values = access{n, roles, link, expires}
	return l
}

// InvitationEnds reminds someone who is invited that the link in the invitation
// expires soon. It does not contain the link.
func InvitationEnds(a About, expires time.Time) mail.Letter {
	n := Notice{About: a}
	l := n.letter("invitation-ends", "letters.invitation_ends.subject")
	l.Paragraphs = []string{
		n.T("letters.invitation_ends.what"),
		n.T("letters.invitation_ends.how"),
	}
	l.Details = []mail.Detail{n.detail("letters.link_expires", n.moment(expires))}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.invitation_ends.not_you")
	l.Values = expiring{n, expires}
	return l
}

// AccessGranted tells a member that they can now use the office. link creates a
// back-office password, for members who have none because they use a company
// sign-in; if it is empty, their member password works. With an occasion, it answers one
// who asked for a new password.
func AccessGranted(n Notice, roles []string, link string, expires time.Time) mail.Letter {
	l := n.letter("access-granted", "letters.access_granted.subject")
	l.Paragraphs = []string{n.T("letters.access_granted.what")}
	if len(roles) > 0 {
		l.Details = append([]mail.Detail{n.detail("letters.your_roles", n.in().List(roles))}, l.Details...)
	}
	if link == "" {
		l.Paragraphs = append(l.Paragraphs, n.T("letters.access_granted.member_password"))
		l.Button = &mail.Button{Label: n.T("letters.open"), URL: n.Home}
	} else {
		l.Paragraphs = append(append(l.Paragraphs, n.notChosen()...), n.T("letters.access_granted.own_password"))
		l.Paragraphs = append(l.Paragraphs, n.replaces()...)
		l.Button = &mail.Button{Label: n.T("letters.access_granted.button"), URL: link}
		l.Expires = n.once(expires)
		l.Home = n.Home
	}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.do_not_sign_in")
	l.Values = access{n, roles, link, expires}
	return l
}

// Closed is why an account cannot be used.
type Closed string

// The values of Closed.
const (
	ClosedDisabled Closed = "disabled"
	ClosedNoRole   Closed = "no-role"
	// ClosedNoMember means that the community no longer has the member, or lets them
	// sign in.
	ClosedNoMember Closed = "no-member"
	// ClosedInviter means that the inviter may no longer invite them.
	ClosedInviter Closed = "inviter"
	// ClosedCompany means that only the company sign-in is accepted.
	ClosedCompany Closed = "company"
)

var closedTexts = map[Closed]string{
	ClosedDisabled: "letters.access_closed.disabled",
	ClosedNoRole:   "letters.access_closed.no_role",
	ClosedNoMember: "letters.access_closed.no_member",
	ClosedInviter:  "letters.access_closed.inviter",
	ClosedCompany:  "letters.access_closed.company",
}

// AccessClosed answers a request for a new password for an account that cannot be used. It
// has neither a link nor the office address.
func AccessClosed(n Notice, why Closed) mail.Letter {
	l := n.letter("access-closed", "letters.access_closed.subject")
	l.Paragraphs = []string{
		n.T("letters.access_closed.what"),
		n.T(closedTexts[why]),
	}
	l.NotYou = n.T("letters.access_closed.not_you")
	l.Values = struct {
		Notice
		Why Closed
	}{n, why}
	return l
}

// RoleChanged tells an operator their current roles.
func RoleChanged(n Notice, roles []string) mail.Letter {
	l := n.letter("role-changed", "letters.role_changed.subject")
	l.Paragraphs = []string{n.T("letters.role_changed.what")}
	l.Details = append([]mail.Detail{n.detail("letters.role_changed.roles", n.in().List(roles))}, l.Details...)
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.role_changed.not_you")
	l.Values = struct {
		Notice
		Roles []string
	}{n, roles}
	return l
}

// change holds the values before and after, for templates of the host.
type change struct {
	Notice
	Before, After string
}

// NameChanged tells an operator that their name changed, and that they sign in
// with the new one.
func NameChanged(n Notice, before, after string) mail.Letter {
	l := n.letter("name-changed", "letters.name_changed.subject")
	l.Paragraphs = []string{
		n.T("letters.name_changed.what"),
		n.T("letters.if_you"),
	}
	l.Details = append([]mail.Detail{n.detail("letters.name_changed.before", mail.PlainName(before)), n.detail("letters.name_changed.after", mail.PlainName(after))}, n.signed()...)
	l.NotYou = n.T("letters.name_changed.not_you")
	l.Values = change{n, before, after}
	return l
}

// EmailChanged tells an operator that their email address changed: by another operator,
// or because it did in the community, of which they are a member. It is sent to both.
func EmailChanged(n Notice, before, after string, inCommunity bool) mail.Letter {
	l := n.letter("email-changed", "letters.email_changed.subject")
	l.Paragraphs = []string{
		n.T("letters.email_changed.by"),
		n.T("letters.email_changed.effect"),
	}
	l.Details = append([]mail.Detail{n.detail("letters.email_changed.before", before), n.detail("letters.email_changed.after", after)}, l.Details...)
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.email_changed.not_you")
	if inCommunity {
		l.Paragraphs[0] = n.T("letters.email_changed.in_community")
		l.NotYou = n.T("letters.email_changed.not_you.in_community")
	}
	l.Values = change{n, before, after}
	return l
}

// SessionsEnded tells an operator that someone else signed them out, of one session
// or everywhere.
func SessionsEnded(n Notice, everywhere bool) mail.Letter {
	l := n.letter("sessions-ended", "letters.sessions_ended.subject")
	l.Paragraphs = []string{n.T("letters.sessions_ended.one")}
	if everywhere {
		l.Paragraphs = []string{n.T("letters.sessions_ended.everywhere")}
	}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.sessions_ended.not_you")
	l.Values = struct {
		Notice
		Everywhere bool
	}{n, everywhere}
	return l
}

// AccountEnabled tells an operator that they can sign in again.
func AccountEnabled(n Notice) mail.Letter {
	l := n.letter("account-enabled", "letters.account_enabled.subject")
	l.Paragraphs = []string{
		n.T("letters.account_enabled.what"),
	}
	l.Button = &mail.Button{Label: n.T("letters.open"), URL: n.Home}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.do_not_sign_in")
	return l
}

// AccountDisabled tells an operator who was disabled or deleted that they can no
// longer sign in.
func AccountDisabled(n Notice) mail.Letter {
	l := n.letter("account-disabled", "letters.account_disabled.subject")
	l.Paragraphs = []string{
		n.T("letters.account_disabled.what"),
	}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.account_disabled.not_you")
	return l
}

// NewSuperAdministrator tells the super-administrators of a new one.
func NewSuperAdministrator(n Notice, who string) mail.Letter {
	l := n.letter("new-super-administrator", "letters.new_super_administrator.subject")
	l.Paragraphs = []string{
		n.T("letters.new_super_administrator.what", "who", operator(who)),
	}
	l.Details = n.signed()
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.new_super_administrator.not_you")
	l.Values = struct {
		Notice
		Who string
	}{n, who}
	return l
}
