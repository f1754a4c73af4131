package letters

import (
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
)

// AliasChanged tells an operator that the office moved to Home.
func AliasChanged(n Notice) mail.Letter {
	l := n.letter("alias-changed", "letters.alias_changed.subject")
	l.Paragraphs = []string{
		n.T("letters.alias_changed.what"),
		n.T("letters.alias_changed.how"),
	}
	l.Details = n.signed()
	l.Button = &mail.Button{Label: n.T("letters.open"), URL: n.Home}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.alias_changed.not_you")
	return l
}

// OfficeSetUp tells the first operator the address of the office that they have just set
// up. Its button leads there by arrived, which notes that emails arrive.
func OfficeSetUp(n Notice, arrived string) mail.Letter {
	l := n.letter("office-set-up", "letters.office_set_up.subject")
	l.Paragraphs = []string{
		n.T("letters.office_set_up.what"),
		n.T("letters.office_set_up.how"),
	}
	l.Details = []mail.Detail{n.detail("letters.office_set_up.address", n.Home)}
	l.Button = &mail.Button{Label: n.T("letters.open"), URL: arrived}
	l.NotYou = n.T("letters.office_set_up.not_you")
	return l
}

// Loosened is a parameter that now protects less, with what it meant before and after.
type Loosened struct{ Parameter, From, To messages.Text }

// ParametersLoosened tells the super-administrators that parameters now protect less.
func ParametersLoosened(n Notice, changes []Loosened) mail.Letter {
	l := n.letter("parameters-loosened", "letters.parameters_loosened.subject")
	l.Paragraphs = []string{n.T("letters.parameters_loosened.what")}
	var said []string
	for _, c := range changes {
		text := n.T("letters.parameters_loosened.change", "parameter", c.Parameter, "from", c.From, "to", c.To)
		said = append(said, text)
		l.Paragraphs = append(l.Paragraphs, "- "+text)
	}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.parameters_loosened.not_you")
	l.Values = struct {
		Notice
		Changes []string
	}{n, said}
	return l
}

// NetworksRestricted tells the super-administrators, some of whom it may shut out, that
// operators can now use the office only from fewer networks.
func NetworksRestricted(n Notice, networks string) mail.Letter {
	l := n.letter("networks-restricted", "letters.networks_restricted.subject")
	l.Paragraphs = []string{
		n.T("letters.networks_restricted.what"),
	}
	l.Details = append([]mail.Detail{n.detail("letters.networks_restricted.only", networks)}, n.signed()...)
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.networks_restricted.not_you")
	l.Values = struct {
		Notice
		Networks string
	}{n, networks}
	return l
}

// TestMessage confirms that emails arrive. With the URL of a page that notes it, the
// reader is asked to open that; without, there is nothing to do.
func TestMessage(n Notice, url string) mail.Letter {
	l := n.letter("test-message", "letters.test_message.subject")
	l.Paragraphs = []string{
		n.T("letters.test_message.only"),
	}
	if url != "" {
		l.Paragraphs = []string{
			n.T("letters.test_message.what"),
			n.T("letters.test_message.how"),
		}
		l.Button = &mail.Button{Label: n.T("letters.test_message.button"), URL: url}
	}
	l.Details = n.signed()
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.test_message.not_you")
	return l
}

// HostMessage is a message from the community itself to an operator. button is the
// one thing to do; if nil, there is nothing to do. Texts that are keys of messages of the
// host are said by them.
func HostMessage(n Notice, subject string, paragraphs []string, button *mail.Button) mail.Letter {
	n.In = n.in()
	host := func(text string) string { return n.In.Say(messages.Host(text)) }
	l := n.letter("host-message", "letters.host_message.subject")
	l.Subject = n.T("letters.host_message.subject", "subject", host(subject))
	for _, p := range paragraphs {
		l.Paragraphs = append(l.Paragraphs, host(p))
	}
	if button != nil {
		l.Button = &mail.Button{Label: host(button.Label), URL: button.URL}
	}
	l.Home = n.Home
	l.NotYouTitle = n.T("letters.host_message.not_you.title")
	l.NotYou = n.T("letters.host_message.not_you")
	l.Values = struct {
		Notice
		Subject string
	}{n, subject}
	return l
}
