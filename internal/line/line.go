// Package line has the rule for a line of text, which everything obeys that is shown on a
// page, in an email, in an authenticator app or in the audit log.
package line

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/messages"
)

// Error says what is wrong with a text.
type Error struct {
	// code is what follows "names.line." in the catalogue.
	code string
	// character is at fault, and most is the limit, if there is one.
	character rune
	most      int
}

// mistakes continue a sentence about the text, for errors that developers read.
var mistakes = map[string]string{
	"damaged":    "has damaged characters: it is not valid UTF-8",
	"too_long":   "is longer than %[2]d bytes",
	"line_break": "has a line break",
	"control":    "has a control character (%[1]U)",
	"invisible":  "has an invisible character (%[1]U)",
	"not_shown":  "has a character that cannot be shown (%[1]U)",
	"marks":      "has more than %[2]d marks on one letter",
	"empty":      "is empty",
	"spaces":     "begins or ends with a space",
	"no_letter":  "has no letter, digit or symbol",
}

// Error continues a sentence about the text: "has a line break".
func (e *Error) Error() string {
	if format := mistakes[e.code]; strings.Contains(format, "%") {
		return fmt.Sprintf(format, e.character, e.most)
	}
	return mistakes[e.code]
}

// Text is a sentence for people.
func (e *Error) Text() messages.Text {
	return messages.New("names.line."+e.code, "n", e.most, "character", fmt.Sprintf("%U", e.character))
}

// Check returns an [*Error] unless a text is one line of at most most bytes that is shown as
// it is stored: valid UTF-8 that shows something, without spaces around it, line breaks,
// control characters, invisible characters that do not change how their neighbours are
// shown, and more than eight marks on one letter, which would cover other lines.
func Check(text string, most int) error {
	switch {
	case !utf8.ValidString(text):
		return &Error{code: "damaged"}
	case len(text) > most:
		return &Error{code: "too_long", most: most}
	}
	s := []rune(text)
	for i, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return &Error{code: "line_break"}
		case unicode.IsControl(r):
			return &Error{code: "control", character: r}
		case Invisible(r) && !HasPlace(s, i):
			return &Error{code: "invisible", character: r}
		case !Invisible(r) && !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) || r == unicode.ReplacementChar:
			return &Error{code: "not_shown", character: r}
		case Piled(s, i):
			return &Error{code: "marks", most: mostMarks}
		}
	}
	switch {
	case strings.TrimSpace(text) == "":
		return &Error{code: "empty"}
	case strings.TrimSpace(text) != text:
		return &Error{code: "spaces"}
	}
	return nil
}

// CheckName is Check for what must be recognised as a name even without its punctuation:
// authenticator apps show no colon.
func CheckName(text string, most int) error {
	if err := Check(text, most); err != nil {
		return err
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.S) && Visible(r) }) {
		return &Error{code: "no_letter"}
	}
	return nil
}

// Text is a sentence for people about an error of Check or CheckName.
func Text(err error) messages.Text {
	if wrong, ok := errors.AsType[*Error](err); ok {
		return wrong.Text()
	}
	return messages.Text{}
}

// IsLink reports whether a URL, or the path of one, has only characters that every layout,
// encoding and mail program keeps unchanged.
func IsLink(link string) bool {
	for i := range len(link) {
		if link[i] <= ' ' || link[i] >= 0x7f || strings.IndexByte("\"'()<>[]\\^`{|}", link[i]) >= 0 {
			return false
		}
	}
	_, err := url.Parse(link)
	return err == nil
}
