package password

import (
	"iter"
	"slices"
	"strings"
	"unicode"
)

const (
	maxAffix   = 6 // digits or punctuation marks that may surround a word (ASVS 6.2.11)
	minCore    = 3 // runes; anything would be a derivative of fewer
	minLetters = 2 // letters that must remain between stripped digits, or every number would contain some word
)

// derive yields, in lower case, everything of which password would be a mechanical derivative: itself; without up to
// six digits or punctuation marks on each side; without separators; with look-alike characters read as the letters
// they resemble; reversed; and the unit, if it only repeats. This must explain the whole password. A longer password
// that contains a word is not a derivative (SP 800-63B-4 forbids substring matching, D-04).
func derive(password string) iter.Seq[string] {
	return func(yield func(string) bool) {
		all := []rune(strings.ToLower(password))
		for lead := 0; lead <= affix(all, 0, 1); lead++ {
			for trail := 0; trail <= affix(all, len(all)-1, -1) && len(all)-lead-trail >= minCore; trail++ {
				core := all[lead : len(all)-trail]
				if lead+trail > 0 && letters(core) < minLetters {
					continue
				}
				for _, s := range spellings(core) {
					if !yieldTurns(s, yield) {
						return
					}
				}
			}
		}
	}
}

// affix counts the runes that may be stripped from one end, at most maxAffix.
func affix(word []rune, from, step int) int {
	n := 0
	for i := from; n < maxAffix && i >= 0 && i < len(word) && !unicode.IsLetter(word[i]); i += step {
		n++
	}
	return n
}

func letters(word []rune) int {
	n := 0
	for _, r := range word {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// spellings returns the distinct readings of word: unchanged, and with ambiguous look-alikes replaced in either way,
// each with and without separators.
func spellings(word []rune) [][]rune {
	all := readings(word)
	for _, r := range all[:len(all):len(all)] {
		all = append(all, squash(r))
	}
	return distinct(all)
}

// readings returns word unchanged and with look-alikes replaced.
func readings(word []rune) [][]rune {
	return distinct([][]rune{word, unleet(word, 'i', 'l'), unleet(word, 'l', 'i')})
}

func distinct(words [][]rune) [][]rune {
	var out [][]rune
	for _, w := range words {
		if !slices.ContainsFunc(out, func(seen []rune) bool { return slices.Equal(seen, w) }) {
			out = append(out, w)
		}
	}
	return out
}

var lookAlikes = map[rune]rune{
	'0': 'o', '2': 'z', '3': 'e', '4': 'a', '5': 's', '6': 'g', '7': 't', '8': 'b', '9': 'g',
	'@': 'a', '$': 's', '+': 't', '(': 'c', '€': 'e', '£': 'l', '&': 'a',
}

// unleet reads 1 and ! as one, and | as bar, because people use each of them for both i and l.
func unleet(word []rune, one, bar rune) []rune {
	out := make([]rune, len(word))
	for i, r := range word {
		switch letter, ok := lookAlikes[r]; {
		case ok:
			out[i] = letter
		case r == '1' || r == '!':
			out[i] = one
		case r == '|':
			out[i] = bar
		default:
			out[i] = r
		}
	}
	return out
}

// squash drops everything but letters, marks and digits: "p-a-s-s" is "pass".
func squash(word []rune) []rune {
	out := make([]rune, 0, len(word))
	for _, r := range word {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) {
			out = append(out, r)
		}
	}
	return out
}

// yieldTurns yields word and its repeated units, forwards and backwards; it returns false if the consumer stops.
func yieldTurns(word []rune, yield func(string) bool) bool {
	if len(word) < minCore {
		return true
	}
	turns := [][]rune{word}
	if u := unit(word); u != nil {
		// "bambambambamb" comes from "bambam" as well as from "bam".
		turns = append(turns, u, slices.Repeat(u, 2), slices.Repeat(u, 3))
	}
	for _, w := range turns {
		back := slices.Clone(w)
		slices.Reverse(back)
		if !yield(string(w)) || !yield(string(back)) {
			return false
		}
	}
	return true
}

// unit returns the shortest piece that word repeats at least twice, the last time perhaps incompletely, or nil. A
// piece of one or two runes is only a unit of words of at least six runes, so that an ordinary "aa" or "ooo" inside
// affixes is not.
func unit(word []rune) []rune {
	period := shortestPeriod(word)
	if 2*period > len(word) || (period < minCore && len(word) < 2*minCore) {
		return nil
	}
	return word[:period]
}

// shortestPeriod returns the length of word less its longest border, by the failure function of Knuth, Morris and
// Pratt.
func shortestPeriod(word []rune) int {
	border := make([]int, len(word)+1)
	k := 0
	for i := 1; i < len(word); i++ {
		for k > 0 && word[i] != word[k] {
			k = border[k]
		}
		if word[i] == word[k] {
			k++
		}
		border[i+1] = k
	}
	return len(word) - border[len(word)]
}
