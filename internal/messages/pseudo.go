package messages

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Pseudo is a made-up language for tests: every text of a message is the English one
// between "⟦" and "⟧", arguments outside. What a page says without brackets is data, or was
// never a message; see [Unsaid].
var Pseudo = sync.OnceValue(func() *Language {
	english := English()
	l := &Language{Tag: "en-XA", Name: "Pseudo", tag: language.Make("en-XA"), messages: map[string]message{}, formats: english.formats}
	for _, key := range Keys() {
		m, _ := english.own(key)
		if !strings.HasPrefix(key, "format.group") { // no words, but how numbers are written
			m.other = bracketed(m.other)
			forms := map[plural.Form][]Piece{}
			for form, pieces := range m.forms {
				forms[form] = bracketed(pieces)
			}
			if m.forms != nil {
				m.forms = forms
			}
		}
		l.messages[key] = m
	}
	return l
})

func bracketed(pieces []Piece) []Piece {
	out := make([]Piece, len(pieces))
	for i, p := range pieces {
		if p.Text != "" {
			p.Text, p.html = "⟦"+p.Text+"⟧", "⟦"+p.html+"⟧"
		}
		out[i] = p
	}
	return out
}

// Unsaid returns what of a text in the language [Pseudo] was not said by it: the pieces
// outside brackets that have letters, in order.
func Unsaid(text string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range text + "⟦" {
		switch {
		case r == '⟦' && depth == 0:
			if piece := strings.TrimSpace(text[from:i]); strings.ContainsFunc(piece, unicode.IsLetter) {
				out = append(out, piece)
			}
			depth++
		case r == '⟦':
			depth++
		case r == '⟧':
			depth--
			from = i + len("⟧")
		}
	}
	return out
}
