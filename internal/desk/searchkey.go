package desk

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// SearchKey folds what is searched and what is searched for alike: "jose" finds
// "José", "obrien" finds "O'Brien" and "strasse" finds "Straße". Case, accents
// and apostrophes go, and letters that no decomposition takes apart become those
// that people type for them. It is for finding only: different people may well
// have the same key.
func SearchKey(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		r = unicode.ToLower(r)
		switch plain, ok := plainLetters[r]; {
		case ok:
			b.WriteString(plain)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
			// Accents, and what cannot be seen.
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// plainLetters are what people type for a letter, or nothing.
var plainLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ħ': "h", 'ŧ': "t", 'ŋ': "n", 'ı': "i",
	'ĸ': "k", 'ƒ': "f", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k", 'ə': "e", 'ɛ': "e", 'ɔ': "o", 'ς': "σ",
	'\'': "", '`': "", '’': "", '‘': "", 'ʼ': "", 'ʻ': "", '´': "", 'ʹ': "",
}
