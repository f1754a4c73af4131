package settings

import (
	"strings"
	"unicode"

	"github.com/postern-go/postern/internal/messages"
)

// Haystack is where [Matches] looks for a parameter: its name, what it is called, and what
// else people call it in a language, which are the terms of other programs, of standards,
// and of what they fear.
func (d Definition) Haystack(in *messages.Language) string {
	return Searchable(d.Name + " " + in.Text(d.keys.section) + " " + in.Text(d.keys.label) + " " + in.Text(d.keys.words))
}

// Searchable returns the words of a text in lower case, between single spaces. Pages
// remove accents and apostrophes first, and their script does all of it.
func Searchable(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }), " ")
}

// Matches reports whether all words of a query are in a text that [Searchable]
// returned, at the beginning of a word of it.
func Matches(query, haystack string) bool {
	for word := range strings.FieldsSeq(Searchable(query)) {
		if !strings.Contains(" "+haystack, " "+word) {
			return false
		}
	}
	return true
}
