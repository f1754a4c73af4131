// Package lettertest has a sample of every letter, for tests.
package lettertest

import (
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
)

// Samples returns one letter of each kind, with made-up values, in English.
func Samples() []mail.Letter { return SamplesIn(messages.English()) }

// SamplesIn returns one letter of each kind in a language.
func SamplesIn(in *messages.Language) []mail.Letter {
	const home = "https://community.example/k7w3-sample-alias/"
	const token = "#Zk3vW8-sample_token-mQ2xY7dLr0pTnB5sHc9aUe"
	when := time.Date(2026, time.November, 21, 19, 23, 26, 0, time.UTC)
	own := letters.Notice{
		About: letters.About{
			In: in, Office: "Acme", Origin: "https://community.example", Home: home, Name: "Ada Lovelace",
			Contact: "the Acme security team (security@acme.example)",
		},
		Occasion: letters.Occasion{
			When: when, IP: "192.0.2.17",
			UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		},
	}
	other := own
	other.By = "Grace Hopper"
	unsaid := other // when and from where
	unsaid.Occasion = letters.Occasion{}
	roles := []string{"Moderator", "Event team"}
	return []mail.Letter{
		letters.Invitation(unsaid, roles, home+"welcome"+token, when.AddDate(0, 0, 7)),
		letters.InvitationEnds(own.About, when.AddDate(0, 0, 1)),
		letters.AccessGranted(unsaid, roles[:1], "", time.Time{}),
		letters.AccessClosed(own, letters.ClosedDisabled),
		letters.RoleChanged(other, roles),
		letters.NameChanged(own, "Ada Byron", "Ada Lovelace"),
		letters.EmailChanged(other, "ada@community.example", "lovelace@community.example", false),
		letters.SessionsEnded(other, true),
		letters.AccountEnabled(other),
		letters.AccountDisabled(other),
		letters.NewSuperAdministrator(other, "Alan Turing"),
		letters.PasswordReset(own, home+"reset"+token, when.Add(30*time.Minute)),
		letters.PasswordElsewhere(own),
		letters.PasswordChanged(own),
		letters.PasswordLinkMade(other, when.Add(30*time.Minute)),
		letters.LinkEnded(own.About),
		letters.MadeLinkEnded(own.About, "Alan Turing", "k7w3sampleoperator"),
		letters.TemporaryPassword(other, when.Add(24*time.Hour)),
		letters.PasswordCompromised(other),
		letters.TwoFactorFrom(own.About, when.AddDate(0, 0, 7)),
		letters.TwoFactorAdded(own),
		letters.TwoFactorRemoved(own),
		letters.TwoFactorReset(other),
		letters.PasskeyAdded(own),
		letters.PasskeyRemoved(own),
		letters.PasskeysRequired(other),
		letters.RecoveryCodeUsed(own, 9),
		letters.RecoveryCodesReplaced(own),
		letters.NewDevice(own),
		letters.UnusualSignIn(own, letters.WrongCodes),
		letters.ManyFailures(own, letters.Failures{Until: when.Add(15 * time.Minute)}),
		letters.OfficeSetUp(own, own.Home+"mail/arrived/c9mGtYw2xK4Zr1Ba"),
		letters.AliasChanged(other),
		letters.ParametersLoosened(other, []letters.Loosened{{Parameter: messages.Plain("Two-factor authentication"), From: messages.Plain("everyone"), To: messages.Plain("recommended")}}),
		letters.NetworksRestricted(other, "203.0.113.0/24"),
		letters.TestMessage(own, own.Home+"mail/arrived/c9mGtYw2xK4Zr1Ba"),
		letters.HostMessage(unsaid, "12 posts are waiting for you",
			[]string{"Twelve posts were reported since yesterday.", "The oldest has been waiting for 20 hours."},
			&mail.Button{Label: "See the posts", URL: home + "moderation"}),
	}
}
