package store

import (
	"slices"
	"strings"
	"unicode"
)

// PageLimit is the number of rows that a query's Limit really asks for: from 1
// to 500, and 50 when it is outside.
func PageLimit(limit int) int {
	if limit < 1 || limit > 500 {
		return 50
	}
	return limit
}

// PageReach is how many records at least, for each row that a page may have, a
// store looks at before it gives up filling the page.
const PageReach = 3

// words are the runs of letters, marks and digits in a text.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r)
	})
}

// Phrase is what a search looks for: its words, that is runs of letters, marks
// and digits, with one space in between. Text is folded already, as keys are.
func Phrase(text string) string { return strings.Join(words(text), " ") }

// Phrases are what searches find an operator by, each once, sorted: the name and
// the address from each of their words on; the name with its last word first;
// and the first and the last word of a name without what is in between. "grace
// m. hopper" is found as "grace", "hopper", "grace m h", "m hopper", "hopper
// gr" and "grace hopper". A store keeps them with the operator, in an index; no
// phrase is longer than name and address can be.
func Phrases(nameKey, emailKey string) []string {
	var all []string
	name := words(nameKey)
	for _, text := range [][]string{name, words(emailKey)} {
		for i := range text {
			all = append(all, strings.Join(text[i:], " "))
		}
	}
	if n := len(name); n > 1 {
		all = append(all, name[n-1]+" "+strings.Join(name[:n-1], " "), name[0]+" "+name[n-1])
	}
	slices.Sort(all)
	return slices.Compact(all)
}
