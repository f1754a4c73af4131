package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/postern-go/postern/internal/messages"
)

// MostAtOnce is how many people one form can act on: a page of a list.
const MostAtOnce = 50

// whyNot returns what to tell people about the error of an act on one of several, and
// whether the others can still be tried. Any other error than a refusal is for the log;
// people are told that it was not done.
func whyNot(err error) (text messages.Text, goOn bool) {
	bad, notNow := (*InvalidError)(nil), (*NotNowError)(nil)
	switch {
	case errors.As(err, &bad):
		return bad.Problems[0].Text, true
	case errors.As(err, &notNow):
		return notNow.Text, true
	case errors.Is(err, ErrLastSuperAdministrator):
		return LastSuperAdministratorText, true
	case errors.Is(err, ErrElsewhere):
		return messages.New("operators.why.elsewhere"), true
	case errors.Is(err, ErrForbidden):
		return holdsMore, true
	case errors.Is(err, ErrNotFound):
		return noLonger, true
	case errors.Is(err, ErrChanged):
		return changedSince, true
	case errors.Is(err, ErrDirectory):
		return messages.New("operators.why.directory"), true
	}
	if _, ok := errors.AsType[*WaitingError](err); ok || errors.Is(err, ErrSecondPerson) {
		return messages.New("approvals.why.waits"), true
	}
	if _, ok := errors.AsType[*LimitedError](err); ok {
		return messages.New("operators.why.emails"), false
	}
	if errors.Is(err, ErrStepUp) {
		return messages.New("operators.why.step_up"), false
	}
	return messages.New("operators.why.failed"), false
}

var (
	nameTaken    = messages.New("operators.name_taken")
	noLonger     = messages.New("operators.why.gone")
	holdsMore    = messages.New("operators.why.beyond")
	changedSince = messages.New("operators.why.changed")
)

// inTurn acts on one after another. why is what says why nothing is done for one; who has
// a reason already is left out. After an error that leaves no hope for the others, they are
// not tried; it is returned as stopped, so that the caller can report it. If the client has
// left in between, inTurn returns err instead: the same form sent again does the rest.
func inTurn(ctx context.Context, n int, why func(i int) *messages.Text, act func(i int) error) (stopped, err error) {
	for i := range n {
		if !why(i).IsZero() {
			continue
		}
		if stopped != nil {
			*why(i) = messages.New("operators.why.not_tried")
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
// brackets after a name, or before or after a name, as in the columns of a spreadsheet or
// of its CSV file. Empty lines are skipped. It checks nothing.
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
	typed = strings.TrimFunc(typed, invisible)
	if row(typed) {
		return []string{typed}
	}
	var entry strings.Builder
	end := func() {
		text := strings.TrimFunc(entry.String(), invisible)
		entry.Reset()
		if strings.Trim(text, ", ") == "" {
			return // an empty column
		}
		if words := strings.Fields(text); !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(w, "@") }) {
			all = append(all, words...) // nothing but addresses
			return
		}
		all = append(all, text)
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

// invisible reports what surrounds a text that is pasted: spaces, and the marks that
// spreadsheets, address books and web pages leave around.
func invisible(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// row reports whether a line is a row of a CSV file about one person: one address, and
// separators without a space behind them, as only programs write them.
func row(typed string) bool {
	inside, last := false, rune(0)
	for _, r := range typed {
		if (last == ',' || last == ';') && !inside && r == ' ' {
			return false
		}
		if r == '"' {
			inside = !inside
		}
		last = r
	}
	return strings.Count(typed, "@") == 1 && strings.Trim(typed, ",; ") == typed
}

// nameAndAddress separates the name of a person from their email address.
func nameAndAddress(entry string) (name, address string) {
	if before, rest, ok := strings.Cut(entry, "<"); ok {
		address, after, _ := strings.Cut(rest, ">")
		return plainName(before + after), plainAddress(address)
	}
	at := strings.Index(entry, "@")
	if at < 0 {
		return "", entry
	}
	from := len(strings.TrimRightFunc(entry[:at], func(r rune) bool { return !aside(r) }))
	to := at + strings.IndexFunc(entry[at:]+" ", aside)
	return plainName(strings.TrimSpace(columns.Replace(entry[:from])) + " " + strings.TrimSpace(columns.Replace(entry[to:]))), plainAddress(entry[from:to])
}

// aside reports whether a character next to an address does not belong to it.
func aside(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`,;"()[]`, r) }

// columns are what is between the columns of a CSV file.
var columns = strings.NewReplacer(`","`, " ", `";"`, " ", ", ", ", ", ",", " ", ";", " ")

// plainName removes what surrounds a name in an address book.
func plainName(text string) string {
	return strings.Trim(strings.TrimSpace(text), "\"'“”,:()[]-*• \t")
}

func plainAddress(text string) string {
	return strings.TrimPrefix(strings.TrimFunc(text, invisible), "mailto:")
}
