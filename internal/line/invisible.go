package line

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/secure/precis"
)

const (
	nonJoiner = '\u200C'
	joiner    = '\u200D'
	// Joiners are the characters that join letters, and that keep them apart.
	Joiners = "\u200C\u200D"
)

// blank are characters that are shown as nothing, although Unicode does not call them
// ignorable: the empty Braille pattern, the null notehead and the Khitan filler.
const blank = "\u2800\U0001D159\U00016FE4"

// Invisible reports whether a character on its own shows nothing: what Unicode
// calls format characters or ignorable by default, and blank ones.
func Invisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || strings.ContainsRune(blank, r)
}

// Visible reports whether a character on its own shows something.
func Visible(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) && !Invisible(r)
}

// mostMarks is how many accents and other marks a letter can have; no language needs more.
const mostMarks = 8

// Piled reports whether s[i] is one mark more than a letter can have.
func Piled(s []rune, i int) bool {
	return i >= mostMarks && !slices.ContainsFunc(s[i-mostMarks:i+1], func(r rune) bool { return !unicode.Is(unicode.M, r) })
}

// HasPlace reports whether names may have the invisible character s[i] where it is,
// because it changes how its neighbours are shown: a joiner where RFC 5892 (A.1, A.2)
// allows it, a part of an emoji, or what selects the shape of an ideograph, as in Japanese
// family names, or of a Mongolian letter.
func HasPlace(s []rune, i int) bool {
	switch r := s[i]; {
	case r == joiner && between(s, i):
		return true
	case r == joiner, r == nonJoiner:
		return joins(s, i)
	case r == '\uFE0E', r == '\uFE0F':
		return i > 0 && (isSymbol(s[i-1]) || strings.ContainsRune("‼⁉〰〽ℹ", s[i-1]) ||
			strings.ContainsRune("#*0123456789", s[i-1]) && i+1 < len(s) && s[i+1] == '\u20E3')
	case r >= '\U000E0100' && r <= '\U000E01EF':
		return i > 0 && unicode.Is(unicode.Han, s[i-1])
	case r >= '\u180B' && r <= '\u180F':
		return i > 0 && unicode.Is(unicode.Mongolian, s[i-1])
	case isTag(r):
		return inFlag(s, i)
	}
	return false
}

// between reports whether s[i] is between two emoji.
func between(s []rune, i int) bool {
	before := i - 1
	if before > 0 && s[before] == '\uFE0F' {
		before--
	}
	return before >= 0 && i+1 < len(s) && isSymbol(s[before]) && isSymbol(s[i+1])
}

// isSymbol reports whether a character can be an emoji, or the colour of its skin.
func isSymbol(r rune) bool {
	return unicode.Is(unicode.S, r) && r >= '\u00A9' && !Invisible(r)
}

// joins reports whether PRECIS allows the joiner s[i] between the letters around it.
func joins(s []rune, i int) bool {
	isLetter := func(r rune) bool { return unicode.In(r, unicode.L, unicode.M) && !Invisible(r) }
	from, to := i, i+1
	for from > 0 && isLetter(s[from-1]) {
		from--
	}
	for to < len(s) && isLetter(s[to]) {
		to++
	}
	_, err := precis.Nickname.String(string(s[from:to]))
	return err == nil && to-from > 1
}

// isTag reports whether a character is one of those that follow the black flag to make
// it that of a part of a country.
func isTag(r rune) bool { return r >= '\U000E0020' && r <= '\U000E007F' }

// inFlag reports whether the tag s[i] is part of such a flag: the black flag, three to
// six tags and the last one, U+E007F.
func inFlag(s []rune, i int) bool {
	const flag, last, most = '\U0001F3F4', '\U000E007F', 6
	from := i
	for from > 0 && i-from <= most && isTag(s[from-1]) {
		from--
	}
	tags := s[from:min(from+most+1, len(s))]
	n := slices.Index(tags, last)
	return from > 0 && s[from-1] == flag && n >= 3 && i <= from+n && !slices.ContainsFunc(tags[:n], func(r rune) bool { return !isTag(r) })
}
