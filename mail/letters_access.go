package mail

import (
	"fmt"
	"time"
)

// InvitationValues make an [Invitation].
type InvitationValues struct {
	About
	// By is the name of the operator who invites. Empty: "An operator".
	By string
	// Roles are the names of the roles that come with it.
	Roles []string
	// Link is the one-time link. Required.
	Link string
	// Expires is when the link ends.
	Expires time.Time
	// Home is the office's address.
	Home string
}

// Invitation brings a new operator in.
func Invitation(v InvitationValues) Letter {
	l := v.letter("invitation", "You are invited to the "+v.office())
	l.Paragraphs = []string{
		fmt.Sprintf("%s has invited you to the %s.", by(v.By), v.office()),
		"Open the link and choose your own password. Then sign in with it; you may be asked to set up two-factor authentication with an authenticator app.",
	}
	if len(v.Roles) > 0 {
		l.Details = []Detail{{"Your roles", roles(v.Roles)}}
	}
	l.Button = &Button{"Choose your password", v.Link}
	l.Expires = once(v.Expires)
	l.Home = v.Home
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Do nothing, and pass the link to nobody. If you think the invitation is a mistake, tell %s.", v.contact())
	l.Values = v
	return l
}

// AccessGrantedValues make an [AccessGranted] letter.
type AccessGrantedValues struct {
	About
	// By is the name of the operator who gave the access. Empty: "An operator".
	By string
	// Roles are the names of the roles given.
	Roles []string
	// Home is the office's address. Required.
	Home string
	// Link is a one-time link to make a back-office password, where members
	// have none because they sign in through a company sign-in. Empty: the
	// member password works.
	Link string
	// Expires is when the link ends.
	Expires time.Time
}

// AccessGranted tells a member that they may use the office from now on.
func AccessGranted(v AccessGrantedValues) Letter {
	l := v.letter("access-granted", "You have access to the "+v.office())
	l.Paragraphs = []string{fmt.Sprintf("%s has given your member account access to the %s.", by(v.By), v.office())}
	if len(v.Roles) > 0 {
		l.Details = []Detail{{"Your roles", roles(v.Roles)}}
	}
	if v.Link == "" {
		l.Paragraphs = append(l.Paragraphs, "Sign in there with your name or e-mail address and your member password. You may be asked to set up two-factor authentication with an authenticator app.")
		l.Button = &Button{"Open the back office", v.Home}
	} else {
		l.Paragraphs = append(l.Paragraphs, "Your company sign-in does not work there. Open the link and make a password for the back office; it works there and nowhere else.")
		l.Button = &Button{"Make your password", v.Link}
		l.Expires = once(v.Expires)
		l.Home = v.Home
	}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Do not sign in, and tell %s.", v.contact())
	l.Values = v
	return l
}

// RoleChangedValues make a [RoleChanged] letter.
type RoleChangedValues struct {
	Notice
	// Roles are the names of all roles the reader has now.
	Roles []string
}

// RoleChanged tells an operator which roles they have now.
func RoleChanged(v RoleChangedValues) Letter {
	l := v.letter("role-changed", fmt.Sprintf("Your %s roles were changed", v.office()))
	l.Paragraphs = []string{fmt.Sprintf("%s changed what you may do in the %s.", by(v.By), v.office())}
	l.Details = append([]Detail{{"Your roles now", roles(v.Roles)}}, v.Occasion.details()...)
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("You need not do anything. If you have a question, ask %s.", v.contact())
	l.Values = v
	return l
}

// NameChangedValues make a [NameChanged] letter.
type NameChangedValues struct {
	Notice
	// Before and After are the names. Required.
	Before, After string
}

// NameChanged tells an operator that they are called otherwise now, and sign in
// with another name.
func NameChanged(v NameChangedValues) Letter {
	l := v.letter("name-changed", fmt.Sprintf("Your %s name was changed", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("The name of your account in the %s was changed. You sign in with the new one from now on, or with your e-mail address as before.", v.office()),
		"If this was you, there is nothing to do.",
	}
	l.Details = append([]Detail{{"Name before", plainName(v.Before)}, {"Name now", plainName(v.After)}}, v.details()...)
	l.NotYou = "Sign in with your e-mail address at once, change your password, and end all sessions in the avatar menu under Sessions. If you cannot get in, tell " + v.contact() + "."
	l.Values = v
	return l
}

// EmailChangedValues make an [EmailChanged] letter.
type EmailChangedValues struct {
	Notice
	// Before and After are the addresses. Required.
	Before, After string
}

// EmailChanged tells an operator that their mails go to another address now. It
// goes to both.
func EmailChanged(v EmailChangedValues) Letter {
	l := v.letter("email-changed", fmt.Sprintf("Your %s e-mail address was changed", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("%s changed the e-mail address of your account in the %s. Mails go to the new address from now on, and you can sign in with it.", by(v.By), v.office()),
		"You have been signed out everywhere, and links that were on their way do not work any more. Your password and two-factor authentication stay as they are.",
	}
	l.Details = append([]Detail{{"Address before", v.Before}, {"Address now", v.After}}, v.Occasion.details()...)
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Somebody may want to get at your account with the new address. Tell %s at once.", v.contact())
	l.Values = v
	return l
}

// SessionsEndedValues make a [SessionsEnded] letter.
type SessionsEndedValues struct {
	Notice
	// Everywhere says that all sessions were ended, not one.
	Everywhere bool
}

// SessionsEnded tells an operator that somebody else signed them out.
func SessionsEnded(v SessionsEndedValues) Letter {
	l := v.letter("sessions-ended", fmt.Sprintf("You were signed out of the %s", v.office()))
	where := "on one of your devices"
	if v.Everywhere {
		where = "everywhere"
	}
	l.Paragraphs = []string{
		fmt.Sprintf("%s signed you out of the %s %s. You can sign in again as before.", by(v.By), v.office(), where),
	}
	l.Details = v.Occasion.details()
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Ask %s whether somebody else was using your account. If in doubt, change your password.", v.contact())
	l.Values = v
	return l
}

// AccountEnabledValues make an [AccountEnabled] letter.
type AccountEnabledValues struct {
	Notice
	// Home is the office's address. Required.
	Home string
}

// AccountEnabled tells an operator that they can sign in again.
func AccountEnabled(v AccountEnabledValues) Letter {
	l := v.letter("account-enabled", fmt.Sprintf("Your %s access was switched on again", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("%s switched your access to the %s on again. Sign in as you did before; your password and two-factor authentication are as they were.", by(v.By), v.office()),
	}
	l.Details = v.Occasion.details()
	l.Button = &Button{"Open the back office", v.Home}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Do not sign in, and tell %s.", v.contact())
	l.Values = v
	return l
}

// AccountDisabled tells an operator that they cannot sign in any more.
func AccountDisabled(v Notice) Letter {
	l := v.letter("account-disabled", fmt.Sprintf("Your %s access was switched off", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("%s switched off your access to the %s. You have been signed out everywhere and cannot sign in.", by(v.By), v.office()),
	}
	l.Details = v.Occasion.details()
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("If you think this is a mistake, ask %s.", v.contact())
	l.Values = v
	return l
}

// NewSuperAdministratorValues make a [NewSuperAdministrator] letter.
type NewSuperAdministratorValues struct {
	Notice
	// Who is the name of the new super-administrator. Required.
	Who string
}

// NewSuperAdministrator tells the super-administrators that there is one more.
func NewSuperAdministrator(v NewSuperAdministratorValues) Letter {
	l := v.letter("new-super-administrator", fmt.Sprintf("The %s has a new super-administrator", v.office()))
	who := plainName(v.Who)
	if who == "" {
		who = "An operator"
	}
	l.Paragraphs = []string{
		fmt.Sprintf("%s is now a super-administrator of the %s and may do everything there, as you may.", who, v.office()),
	}
	l.Details = v.details()
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Sign in, take the role away, and tell %s.", v.contact())
	l.Values = v
	return l
}
