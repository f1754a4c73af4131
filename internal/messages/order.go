package messages

import (
	"cmp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Compare orders texts for a list that people read: letters with marks beside those without,
// capital letters beside small ones. That is right for our languages. The tables of
// golang.org/x/text/collate, which are exact for all, would add a megabyte to every program.
func (l *Language) Compare(a, b string) int {
	return cmp.Or(cmp.Compare(plainLetters(a), plainLetters(b)), cmp.Compare(a, b))
}

func plainLetters(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}
