package mail

import "fmt"

// HostMessageValues make a [HostMessage].
type HostMessageValues struct {
	About
	// Subject says what it is about, without the office. Required.
	Subject string
	// Paragraphs are what it says, as plain text. Required.
	Paragraphs []string
	// Button and Link are the one thing to do. Empty: nothing.
	Button, Link string
	// Home is the office's address. Empty: not told.
	Home string
}

// HostMessage is what the community itself has to say to an operator.
func HostMessage(v HostMessageValues) Letter {
	l := v.letter("host-message", v.office()+": "+v.Subject)
	l.Paragraphs = v.Paragraphs
	if v.Link != "" {
		l.Button = &Button{v.Button, v.Link}
	}
	l.Home = v.Home
	l.NotYouTitle = "Why you get this"
	l.NotYou = fmt.Sprintf("You are an operator of the %s. If this mail makes no sense to you, ask %s.", v.office(), v.contact())
	l.Values = v
	return l
}
