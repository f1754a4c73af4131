package mail

import "time"

// Samples returns one letter of each kind, with made-up values, for previews
// and for trying templates of a host.
func Samples() []Letter {
	const home = "https://community.example/k7w3-sample-alias/"
	when := time.Date(2026, time.November, 21, 19, 23, 26, 0, time.UTC)
	about := About{
		Office: "Acme", Origin: "https://community.example", Name: "Ada Lovelace",
		Contact: "the Acme security team (security@acme.example)",
	}
	here := Occasion{
		When: when, Address: "192.0.2.17",
		UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	}
	own := Notice{About: about, Occasion: here}
	other := Notice{About: about, Occasion: here, By: "Grace Hopper"}
	reset := PasswordResetValues{
		About: about, Occasion: here, Expires: when.Add(30 * time.Minute),
		Link: home + "reset#Zk3vW8-sample_token-mQ2xY7dLr0pTnB5sHc9aUe",
	}
	member := reset
	member.Link = "https://community.example/password/new#Zk3vW8-sample_token-mQ2xY7dLr0pTnB5sHc9aUe"
	return []Letter{
		Invitation(InvitationValues{
			About: about, By: "Grace Hopper", Roles: []string{"Moderator", "Event team"},
			Link: home + "welcome#Zk3vW8-sample_token-mQ2xY7dLr0pTnB5sHc9aUe", Expires: when.AddDate(0, 0, 7), Home: home,
		}),
		AccessGranted(AccessGrantedValues{About: about, By: "Grace Hopper", Roles: []string{"Moderator"}, Home: home}),
		RoleChanged(RoleChangedValues{Notice: other, Roles: []string{"Moderator", "Event team"}}),
		NameChanged(NameChangedValues{Notice: own, Before: "Ada Byron", After: "Ada Lovelace"}),
		EmailChanged(EmailChangedValues{Notice: other, Before: "ada@community.example", After: "lovelace@community.example"}),
		SessionsEnded(SessionsEndedValues{Notice: other, Everywhere: true}),
		AccountEnabled(AccountEnabledValues{Notice: other, Home: home}),
		AccountDisabled(other),
		NewSuperAdministrator(NewSuperAdministratorValues{Notice: other, Who: "Alan Turing"}),
		PasswordReset(reset),
		MemberReset(member),
		PasswordChanged(own),
		PasswordLinkMade(PasswordLinkMadeValues{Notice: other, Expires: when.Add(30 * time.Minute)}),
		TemporaryPassword(TemporaryPasswordValues{Notice: other, Expires: when.Add(24 * time.Hour)}),
		TwoFactorAdded(own),
		TwoFactorRemoved(own),
		TwoFactorReset(other),
		RecoveryCodeUsed(RecoveryCodeUsedValues{Notice: own, Left: 9}),
		RecoveryCodesReplaced(own),
		NewDevice(own),
		UnusualSignIn(UnusualSignInValues{Notice: own, Why: WrongCodes}),
		ManyFailures(ManyFailuresValues{Notice: own, Count: 12, Until: when.Add(15 * time.Minute)}),
		AliasChanged(AliasChangedValues{Notice: other, Home: home}),
		ParametersLoosened(ParametersLoosenedValues{
			Notice: other, Changes: []string{"Two-factor authentication: from everyone to recommended"},
		}),
		TestMessage(own),
		HostMessage(HostMessageValues{
			About: about, Subject: "12 posts wait for you", Paragraphs: []string{"Twelve posts were reported since yesterday.", "The oldest has waited for 20 hours."},
			Button: "See the posts", Link: home + "moderation", Home: home,
		}),
	}
}

// Kinds returns the Kind of every letter: the names under which hosts can bring
// templates of their own, and which the state of a delivery is kept under.
func Kinds() []string {
	var kinds []string
	for _, l := range Samples() {
		kinds = append(kinds, l.Kind)
	}
	return kinds
}
