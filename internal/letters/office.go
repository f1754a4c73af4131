package letters

import (
	"fmt"
	"strings"

	"github.com/postern-go/postern/mail"
)

// AliasChanged tells an operator that the office moved to Home.
func AliasChanged(n Notice) mail.Letter {
	l := n.letter("alias-changed", "The %s has a new address")
	l.Paragraphs = []string{
		fmt.Sprintf("The %s has moved to a new office address. The old one no longer works.", n.office()),
		"Keep the new one to yourself and update your bookmarks. Your password and two-factor authentication have not changed.",
	}
	l.Details = n.signed()
	l.Button = &mail.Button{Label: "Open the back office", URL: n.Home}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Ask %s before you sign in.", n.contact())
	return l
}

// OfficeSetUp tells the first operator the address of the office that they have just set
// up. Its button leads there by arrived, which notes that emails arrive.
func OfficeSetUp(n Notice, arrived string) mail.Letter {
	l := n.letter("office-set-up", "The %s is set up")
	l.Paragraphs = []string{
		fmt.Sprintf("You have set up the %s, and are its super-administrator. This email has its address: keep it as a bookmark, and keep it to yourself.", n.office()),
		"Anyone without the address sees only the community. The first sign-in asks for an authenticator app, if it is required.",
	}
	l.Details = []mail.Detail{{Label: "Office address", Value: n.Home}}
	l.Button = &mail.Button{Label: "Open the back office", URL: arrived}
	l.NotYou = "Someone who can read the server’s log has set up the back office with your email address. Tell the server administrator at once."
	return l
}

// ParametersLoosened tells the super-administrators that parameters now protect
// less. A change reads like "Two-factor authentication: from everyone to
// recommended".
func ParametersLoosened(n Notice, changes []string) mail.Letter {
	l := n.letter("parameters-loosened", "Security parameters of the %s were loosened")
	l.Paragraphs = []string{fmt.Sprintf("%s made the %s less strict on the Parameters page:", n.by(), n.office())}
	for _, change := range changes {
		l.Paragraphs = append(l.Paragraphs, "- "+strings.TrimSuffix(change, ".")+".")
	}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Sign in, restore the old values on the Parameters page, and tell %s.", n.contact())
	l.Values = struct {
		Notice
		Changes []string
	}{n, changes}
	return l
}

// NetworksRestricted tells the super-administrators, some of whom it may shut out, that
// operators can now use the office only from fewer networks.
func NetworksRestricted(n Notice, networks string) mail.Letter {
	l := n.letter("networks-restricted", "The networks of the %s were restricted")
	l.Paragraphs = []string{
		fmt.Sprintf("%s changed the networks from which operators can use the %s. Sessions elsewhere end.", n.by(), n.office()),
	}
	l.Details = append([]mail.Detail{{Label: "Only from", Value: networks}}, n.signed()...)
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Tell %s. If no one can sign in, the command \"parameters restore signin.networks\" on the server allows all networks again.", n.contact())
	l.Values = struct {
		Notice
		Networks string
	}{n, networks}
	return l
}

// TestMessage confirms that emails arrive. With the URL of a page that notes it, the
// reader is asked to open that; without, there is nothing to do.
func TestMessage(n Notice, url string) mail.Letter {
	l := n.letter("test-message", "Test email from the %s")
	l.Paragraphs = []string{
		fmt.Sprintf("Emails from the %s reach you. This one was a test; you do not need to do anything.", n.office()),
	}
	if url != "" {
		l.Paragraphs = []string{
			fmt.Sprintf("Emails from the %s reach you. This one was a test.", n.office()),
			"Open the link below to note in the back office that emails arrive. It opens nothing else, and needs you to be signed in.",
		}
		l.Button = &mail.Button{Label: "Note that it arrived", URL: url}
	}
	l.Details = n.signed()
	l.NotYouTitle = unexpected
	l.NotYou = "Someone may have mistyped their email address. You can delete this email."
	return l
}

// HostMessage is a message from the community itself to an operator. button is the
// one thing to do; if nil, there is nothing to do.
func HostMessage(n Notice, subject string, paragraphs []string, button *mail.Button) mail.Letter {
	l := n.letter("host-message", "%s")
	l.Subject += ": " + subject
	l.Paragraphs, l.Button, l.Home = paragraphs, button, n.Home
	l.NotYouTitle = "Why you received this"
	l.NotYou = fmt.Sprintf("You are an operator of the %s. If this email makes no sense to you, ask %s.", n.office(), n.contact())
	l.Values = struct {
		Notice
		Subject string
	}{n, subject}
	return l
}
