package letters

import (
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
)

// lastDay returns the last day of an account as a detail, or none if it does not end.
func (a About) lastDay(last time.Time) []mail.Detail {
	if last.IsZero() {
		return nil
	}
	return []mail.Detail{a.detail("ends.letter.last_day", a.T("ends.letter.until", "day", messages.On(last)))}
}

// ending holds the last day of an account, for templates of the host; zero if it has none.
type ending struct {
	Notice
	LastDay time.Time
}

// EndChanged tells an operator that someone gave their account another last day, or took it
// away: then last is zero.
func EndChanged(n Notice, last time.Time) mail.Letter {
	l := n.letter("end-changed", "ends.letter.changed.subject")
	l.Paragraphs = []string{n.T("ends.letter.changed.what", "day", messages.On(last))}
	if last.IsZero() {
		l.Subject = n.T("ends.letter.removed.subject")
		l.Paragraphs = []string{n.T("ends.letter.removed.what")}
	}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("ends.letter.changed.not_you")
	l.Values = ending{n, last}
	return l
}

// AccessEnds reminds an operator that their account ends soon.
func AccessEnds(a About, last time.Time) mail.Letter {
	n := Notice{About: a}
	l := n.letter("access-ends", "ends.letter.soon.subject")
	l.Subject = n.T("ends.letter.soon.subject", "day", messages.On(last))
	l.Paragraphs = []string{
		n.T("ends.letter.soon.what", "day", messages.On(last)),
		n.T("ends.letter.soon.how"),
	}
	l.NotYouTitle = n.T("ends.letter.not_needed")
	l.NotYou = n.T("ends.letter.not_needed.text")
	l.Values = ending{n, last}
	return l
}

// AccessEnded tells an operator that the end of their account has passed.
func AccessEnded(a About, last time.Time) mail.Letter {
	n := Notice{About: a}
	l := n.letter("access-ended", "ends.letter.ended.subject")
	l.Paragraphs = []string{n.T("ends.letter.ended.what", "day", messages.On(last))}
	l.NotYouTitle = n.T("ends.letter.still_needed")
	l.NotYou = n.T("ends.letter.still_needed.text")
	l.Values = ending{n, last}
	return l
}

// about holds another operator, for templates of the host.
type about struct {
	Notice
	Who string
}

// OperatorEnded tells whoever gave an operator access, or the super-administrators, that it
// has ended.
func OperatorEnded(a About, who string, last time.Time) mail.Letter {
	n := Notice{About: a}
	l := n.letter("operator-ended", "ends.letter.other.subject")
	l.Subject = n.T("ends.letter.other.subject", "who", operator(who))
	l.Paragraphs = []string{
		n.T("ends.letter.other.what", "who", operator(who), "day", messages.On(last)),
		n.T("ends.letter.other.how"),
	}
	l.Button = &mail.Button{Label: n.T("letters.open"), URL: n.Home}
	l.NotYouTitle = n.T("ends.letter.nothing")
	l.NotYou = n.T("ends.letter.nothing.text")
	l.Values = about{n, who}
	return l
}

// AccountUnused reminds an operator that their account is disabled unless they use it.
func AccountUnused(a About, disabled time.Time) mail.Letter {
	n := Notice{About: a}
	l := n.letter(Unused, "ends.letter.unused.subject")
	l.Paragraphs = []string{
		n.T("ends.letter.unused.what", "when", messages.At(disabled)),
		n.T("ends.letter.unused.how"),
	}
	l.Button = &mail.Button{Label: n.T("letters.open"), URL: n.Home}
	l.NotYouTitle = n.T("ends.letter.not_needed")
	l.NotYou = n.T("ends.letter.not_needed.text")
	l.Values = expiring{n, disabled}
	return l
}

// Unused is the kind of the letter that warns of an account's being disabled as unused.
const Unused = "account-unused"

// AccountDormant tells an operator that their account was disabled because they did not use
// it.
func AccountDormant(a About) mail.Letter {
	n := Notice{About: a}
	l := n.letter("account-dormant", "ends.letter.dormant.subject")
	l.Paragraphs = []string{n.T("ends.letter.dormant.what")}
	l.NotYouTitle = n.T("ends.letter.still_needed")
	l.NotYou = n.T("ends.letter.still_needed.text")
	return l
}

// EndKept tells the super-administrators that the account of the last of them was not
// disabled when it was to be.
func EndKept(a About, who string) mail.Letter {
	n := Notice{About: a}
	l := n.letter("end-kept", "ends.letter.kept.subject")
	l.Paragraphs = []string{
		n.T("ends.letter.kept.what", "who", operator(who)),
		n.T("ends.letter.kept.how"),
	}
	l.Button = &mail.Button{Label: n.T("letters.open"), URL: n.Home}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("ends.letter.kept.not_you")
	l.Values = about{n, who}
	return l
}
