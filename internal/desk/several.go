package desk

import (
	"context"
	"errors"
	"strings"
)

// MostAtOnce is how many people one form can act on: a page of a list.
const MostAtOnce = 50

// whyNot returns what to tell people about the error of an act on one of several, and
// whether the others can still be tried. Any other error than a refusal is for the log;
// people are told that it was not done.
func whyNot(err error) (text string, goOn bool) {
	bad, notNow := (*InvalidError)(nil), (*NotNowError)(nil)
	switch {
	case errors.As(err, &bad):
		return bad.Error(), true
	case errors.As(err, &notNow):
		return notNow.Text, true
	case errors.Is(err, ErrLastSuperAdministrator):
		return LastSuperAdministratorText, true
	case errors.Is(err, ErrElsewhere):
		return "They sign in with their community password.", true
	case errors.Is(err, ErrForbidden):
		return holdsMore, true
	case errors.Is(err, ErrNotFound):
		return noLonger, true
	case errors.Is(err, ErrChanged):
		return changedSince, true
	case errors.Is(err, ErrDirectory):
		return "The community’s member directory did not answer, so this could not be checked. Try again later.", true
	}
	if _, ok := errors.AsType[*LimitedError](err); ok {
		return "You have caused too many emails in the last hour. Try again later.", false
	}
	if errors.Is(err, ErrStepUp) {
		return "You must confirm your identity again first.", false
	}
	return "The office could not do it. Try again later.", false
}

const (
	nameTaken    = "Another operator has this name. Choose another one."
	noLonger     = "This operator no longer exists."
	holdsMore    = "They hold more than you do, so you cannot act on them."
	changedSince = "Something about them changed in the meantime. Look again before you decide."
)

// inTurn acts on one after another. why is what says why nothing is done for one; who has
// a reason already is left out. After an error that leaves no hope for the others, they are
// not tried; it is returned as stopped, so that the caller can report it. If the client has
// left in between, inTurn returns err instead: the same form sent again does the rest.
func inTurn(ctx context.Context, n int, why func(i int) *string, act func(i int) error) (stopped, err error) {
	for i := range n {
		if *why(i) != "" {
			continue
		}
		if stopped != nil {
			*why(i) = "Not tried, because one before failed."
			continue
		}
		err := act(i)
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return nil, err
		}
		text, goOn := whyNot(err)
		if *why(i) = text; !goOn {
			stopped = err
		}
	}
	return stopped, nil
}

// ParseInvitees reads people to invite, as they are typed or pasted: one a line, or
// separated by semicolons, or by commas after an address. An address can stand alone, in
// angle brackets after a name, or before or after a name, as in a column of a spreadsheet.
// Empty lines are skipped. It checks nothing.
func ParseInvitees(text string) []Invitee {
	var all []Invitee
	for n, typed := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		for _, entry := range entries(typed) {
			p := Invitee{Line: n + 1, Typed: entry}
			p.Name, p.Email = nameAndAddress(entry)
			all = append(all, p)
		}
	}
	return all
}

// entries separates the people on a line.
func entries(typed string) (all []string) {
	var entry strings.Builder
	end := func() {
		if text := strings.TrimSpace(entry.String()); text != "" {
			all = append(all, text)
		}
		entry.Reset()
	}
	for _, r := range typed {
		if r == ';' || r == ',' && strings.Contains(entry.String(), "@") {
			end()
			continue
		}
		entry.WriteRune(r)
	}
	end()
	return all
}

// nameAndAddress separates the name of a person from their email address.
func nameAndAddress(entry string) (name, address string) {
	if before, rest, ok := strings.Cut(entry, "<"); ok {
		address, after, _ := strings.Cut(rest, ">")
		return plainName(before + after), strings.TrimSpace(address)
	}
	words := strings.Fields(entry)
	for i, word := range words {
		if strings.Contains(word, "@") {
			return plainName(strings.Join(append(words[:i:i], words[i+1:]...), " ")), word
		}
	}
	return "", entry
}

// plainName removes what surrounds a name in an address book.
func plainName(text string) string { return strings.Trim(strings.TrimSpace(text), "\"'“”,: \t") }
