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
)

// Check returns an error unless a text is one line of at most most bytes that is shown as
// it is stored: valid UTF-8 that shows something, without spaces around it, line breaks,
// control characters, invisible characters that do not change how their neighbours are
// shown, and more than eight marks on one letter, which would cover other lines. The error continues a sentence about the text: "has a line break".
func Check(text string, most int) error {
	switch {
	case !utf8.ValidString(text):
		return errors.New("has damaged characters: it is not valid UTF-8")
	case len(text) > most:
		return fmt.Errorf("is longer than %d bytes", most)
	}
	s := []rune(text)
	for i, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return errors.New("has a line break")
		case unicode.IsControl(r):
			return fmt.Errorf("has a control character (%U)", r)
		case Invisible(r) && !HasPlace(s, i):
			return fmt.Errorf("has an invisible character (%U)", r)
		case !Invisible(r) && !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) || r == unicode.ReplacementChar:
			return fmt.Errorf("has a character that cannot be shown (%U)", r)
		case Piled(s, i):
			return fmt.Errorf("has more than %d marks on one letter", mostMarks)
		}
	}
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("is empty")
	case strings.TrimSpace(text) != text:
		return errors.New("begins or ends with a space")
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
		return errors.New("has no letter, digit or symbol")
	}
	return nil
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
