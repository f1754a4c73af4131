package letters

import (
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
)

// ApprovalAsked tells an operator that a colleague asked for something that needs a
// second person, until when. What it would change is on the page alone.
func ApprovalAsked(n Notice, what messages.Text, until time.Time) mail.Letter {
	l := n.letter("approval-asked", "letters.approval_asked.subject")
	l.Paragraphs = []string{
		n.T("letters.approval_asked.what"),
		n.in().Say(what),
		n.T("letters.approval_asked.how"),
	}
	l.Details = append([]mail.Detail{n.detail("letters.approval_asked.until", n.moment(until))}, n.details()...)
	l.Button = &mail.Button{Label: n.T("letters.approval_asked.button"), URL: n.Home + "office/approvals"}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.approval_asked.not_you")
	l.Values = struct {
		Notice
		What  string
		Until time.Time
	}{n, n.in().Say(what), until}
	return l
}

// Outcome is what became of a request.
type Outcome string

// The values of Outcome.
const (
	OutcomeApproved Outcome = "approved"
	OutcomeRefused  Outcome = "refused"
	OutcomeExpired  Outcome = "expired"
)

var outcomeTexts = map[Outcome]string{
	OutcomeApproved: "letters.approval_decided.approved",
	OutcomeRefused:  "letters.approval_decided.refused",
	OutcomeExpired:  "letters.approval_decided.expired",
}

// ApprovalDecided tells an operator what became of what they asked for, with the reason if
// one was given.
func ApprovalDecided(n Notice, what messages.Text, outcome Outcome, reason string) mail.Letter {
	l := n.letter("approval-decided", "letters.approval_decided.subject")
	l.Paragraphs = []string{n.T(outcomeTexts[outcome]), n.in().Say(what)}
	if reason != "" {
		l.Details = append([]mail.Detail{n.detail("letters.approval_decided.reason", mail.PlainName(reason))}, l.Details...)
	}
	l.NotYou = n.T("letters.approval_decided.not_you")
	l.Values = struct {
		Notice
		What    string
		Outcome Outcome
		Reason  string
	}{n, n.in().Say(what), outcome, reason}
	return l
}
