package letters

import (
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/mail"
)

// access holds the data of a letter that gives someone access, for templates of
// the host.
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
	return []string{"Someone asked for a new password for your account. You have not chosen one yet, so here is a new link."}
}

// Invitation invites a new operator, with a one-time link. With an occasion, it answers
// an invited operator who asked for a new password.
func Invitation(n Notice, roles []string, link string, expires time.Time) mail.Letter {
	l := n.letter("invitation", "You are invited to the %s")
	l.Paragraphs = slices.Concat([]string{fmt.Sprintf("%s has invited you to the %s.", n.by(), n.office())}, n.notChosen(), []string{
		"Open the link and choose a password. Then sign in with it; you may be asked to set up two-factor authentication with an authenticator app.",
	}, n.replaces())
	if len(roles) > 0 {
		l.Details = append([]mail.Detail{{Label: "Your roles", Value: list(roles)}}, l.Details...)
	}
	l.Button = &mail.Button{Label: "Choose your password", URL: link}
	l.Expires = once(expires)
	l.Home = n.Home
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Do nothing, and do not share the link. If you think the invitation is a mistake, tell %s.", n.contact())
	l.Values = access{n, roles, link, expires}
	return l
}

// InvitationEnds reminds someone who is invited that the link in the invitation
// expires soon. It does not contain the link.
func InvitationEnds(a About, expires time.Time) mail.Letter {
	n := Notice{About: a}
	l := n.letter("invitation-ends", "Your invitation to the %s expires soon")
	l.Paragraphs = []string{
		fmt.Sprintf("You are invited to the %s, and have not chosen a password yet.", n.office()),
		fmt.Sprintf("Open the link in the earlier email before it expires. If you cannot find that email, choose \"Forgot your password?\" on the sign-in page, or ask %s to send it again.", n.contact()),
	}
	l.Details = []mail.Detail{{Label: "Link expires", Value: moment(expires)}}
	l.NotYouTitle = unexpected
	l.NotYou = "Do nothing: the invitation expires on its own."
	l.Values = expiring{n, expires}
	return l
}

// AccessGranted tells a member that they can now use the office. link creates a
// back-office password, for members who have none because they use a company
// sign-in; if it is empty, their member password works. With an occasion, it answers one
// who asked for a new password.
func AccessGranted(n Notice, roles []string, link string, expires time.Time) mail.Letter {
	l := n.letter("access-granted", "You have access to the %s")
	l.Paragraphs = []string{fmt.Sprintf("%s has given your member account access to the %s.", n.by(), n.office())}
	if len(roles) > 0 {
		l.Details = append([]mail.Detail{{Label: "Your roles", Value: list(roles)}}, l.Details...)
	}
	if link == "" {
		l.Paragraphs = append(l.Paragraphs, "Sign in there with your name or email address and your member password. You may be asked to set up two-factor authentication with an authenticator app.")
		l.Button = &mail.Button{Label: "Open the back office", URL: n.Home}
	} else {
		l.Paragraphs = append(append(l.Paragraphs, n.notChosen()...), "Your company sign-in does not work there. Open the link and create a password for the back office; it works there and nowhere else.")
		l.Paragraphs = append(l.Paragraphs, n.replaces()...)
		l.Button = &mail.Button{Label: "Create your password", URL: link}
		l.Expires = once(expires)
		l.Home = n.Home
	}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Do not sign in, and tell %s.", n.contact())
	l.Values = access{n, roles, link, expires}
	return l
}

// Closed is why an account cannot be used.
type Closed string

// The values of Closed.
const (
	ClosedDisabled Closed = "disabled"
	ClosedNoRole   Closed = "no role"
	// ClosedNoMember means that the community no longer has the member, or lets them
	// sign in.
	ClosedNoMember Closed = "no member"
	// ClosedInviter means that the inviter may no longer invite them.
	ClosedInviter Closed = "inviter"
)

var closedTexts = map[Closed]string{
	ClosedDisabled: "The account is disabled.",
	ClosedNoRole:   "The account has no role, so it gives access to nothing.",
	ClosedNoMember: "It belongs to an account in the community that no longer exists, or that may not sign in.",
	ClosedInviter:  "The invitation is no longer valid, because the operator who sent it may no longer invite you.",
}

// AccessClosed answers a request for a new password for an account that cannot be used. It
// has neither a link nor the office address.
func AccessClosed(n Notice, why Closed) mail.Letter {
	l := n.letter("access-closed", "Your %s account cannot be used")
	l.Paragraphs = []string{
		fmt.Sprintf("Someone asked for a new password for your account in the %s. This email has no link, because the account cannot be used at the moment.", n.office()),
		closedTexts[why] + fmt.Sprintf(" If you need access, ask %s.", n.contact()),
	}
	l.NotYou = "Do nothing: your account has not changed."
	l.Values = struct {
		Notice
		Why Closed
	}{n, why}
	return l
}

// RoleChanged tells an operator their current roles.
func RoleChanged(n Notice, roles []string) mail.Letter {
	l := n.letter("role-changed", "Your %s roles were changed")
	l.Paragraphs = []string{fmt.Sprintf("%s changed your roles in the %s.", n.by(), n.office())}
	l.Details = append([]mail.Detail{{Label: "Your roles now", Value: list(roles)}}, l.Details...)
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("You do not need to do anything. If you have a question, ask %s.", n.contact())
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
	l := n.letter("name-changed", "Your %s name was changed")
	l.Paragraphs = []string{
		fmt.Sprintf("The name of your account in the %s was changed. From now on, sign in with the new name, or with your email address as before.", n.office()),
		ifYou,
	}
	l.Details = append([]mail.Detail{{Label: "Old name", Value: mail.PlainName(before)}, {Label: "New name", Value: mail.PlainName(after)}}, n.signed()...)
	l.NotYou = fmt.Sprintf("Sign in with your email address at once, change your password, and %s. If you cannot sign in, tell %s.", endOthers, n.contact())
	l.Values = change{n, before, after}
	return l
}

// EmailChanged tells an operator that their email address changed: by another operator,
// or because it did in the community, of which they are a member. It is sent to both.
func EmailChanged(n Notice, before, after string, inCommunity bool) mail.Letter {
	l := n.letter("email-changed", "Your %s email address was changed")
	l.Paragraphs = []string{
		fmt.Sprintf("%s changed the email address of your account in the %s. Emails go to the new address from now on, and you can sign in with it.", n.by(), n.office()),
		"You have been signed out everywhere, and links in earlier emails no longer work. Your password and two-factor authentication have not changed.",
	}
	l.Details = append([]mail.Detail{{Label: "Old email address", Value: before}, {Label: "New email address", Value: after}}, l.Details...)
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Someone may be using the new address to take over your account. Tell %s at once.", n.contact())
	if inCommunity {
		l.Paragraphs[0] = fmt.Sprintf("Your email address in the community has changed, and with it that of your account in the %s. Emails go to the new address from now on, and you can sign in with it.", n.office())
		l.NotYou = fmt.Sprintf("Someone may be using your account in the community. Check your email address there, and tell %s at once.", n.contact())
	}
	l.Values = change{n, before, after}
	return l
}

// SessionsEnded tells an operator that someone else signed them out, of one session
// or everywhere.
func SessionsEnded(n Notice, everywhere bool) mail.Letter {
	l := n.letter("sessions-ended", "You were signed out of the %s")
	where := "on one of your devices"
	if everywhere {
		where = "everywhere"
	}
	l.Paragraphs = []string{
		fmt.Sprintf("%s signed you out of the %s %s. You can sign in again as before.", n.by(), n.office(), where),
	}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Ask %s whether someone else was using your account. If in doubt, change your password.", n.contact())
	l.Values = struct {
		Notice
		Everywhere bool
	}{n, everywhere}
	return l
}

// AccountEnabled tells an operator that they can sign in again.
func AccountEnabled(n Notice) mail.Letter {
	l := n.letter("account-enabled", "Your %s access was restored")
	l.Paragraphs = []string{
		fmt.Sprintf("%s restored your access to the %s. Sign in as before; your password and two-factor authentication have not changed.", n.by(), n.office()),
	}
	l.Button = &mail.Button{Label: "Open the back office", URL: n.Home}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Do not sign in, and tell %s.", n.contact())
	return l
}

// AccountDisabled tells an operator who was disabled or deleted that they can no
// longer sign in.
func AccountDisabled(n Notice) mail.Letter {
	l := n.letter("account-disabled", "Your %s access was removed")
	l.Paragraphs = []string{
		fmt.Sprintf("%s removed your access to the %s. You have been signed out everywhere and can no longer sign in.", n.by(), n.office()),
	}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("If you think this is a mistake, ask %s.", n.contact())
	return l
}

// NewSuperAdministrator tells the super-administrators of a new one.
func NewSuperAdministrator(n Notice, who string) mail.Letter {
	l := n.letter("new-super-administrator", "The %s has a new super-administrator")
	l.Paragraphs = []string{
		fmt.Sprintf("%s is now a super-administrator of the %s and, like you, may do everything there.", operator(who), n.office()),
	}
	l.Details = n.signed()
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Sign in, remove the role from them, and tell %s.", n.contact())
	l.Values = struct {
		Notice
		Who string
	}{n, who}
	return l
}
