package desk

import (
	_ "embed"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/password"
)

// The one rule for an office address that someone chooses. It says what may be chosen,
// and takes nothing back: an alias in force stays, even if it would now be refused.
const (
	// AliasShortest and AliasLongest bound the length of an alias, in characters.
	AliasShortest = 12
	AliasLongest  = 64
	// AliasStrength is the least [password.Strength] of an alias.
	AliasStrength = 3
)

// aliasForm is the syntax of an alias, with only one spelling.
var aliasForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{10,62}[a-z0-9]$`)

// AliasRequirements is the rule in the lines that a form shows, in a language, with codes
// that the script of the page knows.
func AliasRequirements(in *messages.Language) []password.Requirement {
	return []password.Requirement{
		{Code: password.CodeTooShort, Text: in.Text("alias.rules.shortest", "n", AliasShortest), Min: AliasShortest},
		{Code: password.CodeTooLong, Text: in.Text("alias.rules.longest", "n", AliasLongest), Max: AliasLongest},
		{Code: "alias", Text: in.Text("alias.rules.form")},
		{Code: password.CodeWeak, Text: in.Text("alias.rules.strength", "strength", messages.New("password.strength."+strconv.Itoa(AliasStrength))), Min: AliasStrength},
	}
}

// AliasWords are words that add nothing to the strength of an alias, longest first: those
// that people try first, and those of the community that every visitor knows.
func (d *Desk) AliasWords() []string {
	words := append(d.ownWords(), triedFirst...)
	slices.SortStableFunc(words, longestFirst)
	return words
}

// CheckAlias returns what is wrong with an alias that someone chooses as an
// [InvalidError].
func (d *Desk) CheckAlias(alias string) error {
	bad := &InvalidError{}
	switch {
	case d.shadowed(alias):
		bad.Add("alias", "path", messages.New("alias.path"))
	case !aliasForm.MatchString(alias):
		bad.Add("alias", "form", messages.New("alias.form", "least", AliasShortest, "most", AliasLongest))
	case alias == d.Alias():
		bad.Add("alias", "same", messages.New("alias.same"))
	default:
		return d.GuessableAlias(alias)
	}
	return bad.Err()
}

// GuessableAlias returns why strangers could guess an alias as an [InvalidError], or nil.
// No random alias is guessable.
func (d *Desk) GuessableAlias(alias string) error {
	own := d.ownWords()
	word, known := explained(alias, own, triedFirst)
	switch {
	case known && slices.Contains(own, word):
		return invalid("alias", "own", messages.New("alias.own", "word", word))
	case known:
		return invalid("alias", "guessable", messages.New("alias.guessable", "word", word))
	case password.Strength(alias, own) < AliasStrength, strings.Trim(alias, "0123456789-") == "": // a date, or two
		return invalid("alias", "weak", messages.New("alias.weak"))
	}
	return nil
}

// shadowed reports whether the gate could take an alias for the path under which
// people reach the community: a proxy may have cut that off, or not.
func (d *Desk) shadowed(alias string) bool { return strings.HasPrefix(d.Path+"/", "/"+alias+"/") }

// ownWords are the words of the community that every visitor knows, as an alias spells
// them: of its name, its host and its path.
func (d *Desk) ownWords() []string {
	var own []string
	for _, w := range password.ContextWords(password.Context{
		Office: d.Name(), Origin: d.Origin, Extra: append([]string{d.Config.Name, d.Path}, d.Words...),
	}) {
		if strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) }) {
			continue // its words follow
		}
		for _, plain := range plainSpellings(w) {
			if len(plain) >= 3 && !slices.Contains(own, plain) {
				own = append(own, plain)
			}
		}
	}
	return own
}

// plainSpellings returns a word in the letters and digits of an alias: without its accents,
// and with them written out, as in "cafe", "muenchen" and "strasse".
func plainSpellings(word string) []string {
	word = wholeLetters.Replace(word)
	return []string{asAlias(word), asAlias(writtenOut.Replace(word))}
}

var (
	wholeLetters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")
	writtenOut   = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa")
)

func asAlias(word string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLower(r) || unicode.IsDigit(r)) {
			return r
		}
		return -1
	}, norm.NFD.String(word))
}

// mostUnexplained is how many letters may remain of a guessable alias: an attacker who
// knows the rest tries all that these can be.
const mostUnexplained = 3

// explained reports whether an alias consists of words, whatever digits, hyphens and look-alikes
// are among them, each in either direction, and returns the most telling of them: one of its own,
// or the longest. A few letters may remain.
func explained(alias string, own, others []string) (word string, known bool) {
	words := append(slices.Clone(own), others...)
	slices.SortStableFunc(words[:len(own)], longestFirst)
	slices.SortStableFunc(words[len(own):], longestFirst)
	if word, left := segmented(strings.ReplaceAll(alias, "-", ""), words); word != "" && left <= mostUnexplained {
		return word, true
	}
	return "", false
}

func backwards(word string) string {
	letters := []byte(word)
	slices.Reverse(letters)
	return string(letters)
}

func longestFirst(a, b string) int { return len(b) - len(a) }

// segmented returns how few letters of a text are outside words, and the first of the words
// that are found for that. Digits count as nothing.
func segmented(text string, words []string) (word string, left int) {
	type rest struct{ left, first int }
	best, reversed := make([]rest, len(text)+1), make([]string, len(words))
	for n, w := range words {
		reversed[n] = backwards(w)
	}
	best[len(text)].first = len(words)
	for i := len(text) - 1; i >= 0; i-- {
		best[i] = best[i+1]
		if text[i] >= 'a' {
			best[i].left++
		}
		for n, w := range words {
			if !reads(text[i:], w) && !reads(text[i:], reversed[n]) {
				continue
			}
			after := best[i+len(w)]
			after.first = min(after.first, n)
			if after.left < best[i].left || after.left == best[i].left && after.first < best[i].first {
				best[i] = after
			}
		}
	}
	if best[0].first < len(words) {
		word = words[best[0].first]
	}
	return word, best[0].left
}

// reads reports whether a text begins with a word, perhaps with digits for some of its
// letters.
func reads(text, word string) bool {
	if len(text) < len(word) {
		return false
	}
	letter := false
	for i := range len(word) {
		if text[i] != word[i] && (text[i] >= 'a' || !strings.Contains(digitLetters[text[i]], word[i:i+1])) {
			return false
		}
		letter = letter || text[i] >= 'a'
	}
	return letter
}

// digitLetters are the letters for which people write a digit.
var digitLetters = map[byte]string{'0': "o", '1': "il", '2': "z", '3': "e", '4': "a", '5': "s", '6': "gb", '7': "t", '8': "b", '9': "gq"}

// triedFirst are the words of common paths to back offices, and those that people put
// around them.
var triedFirst = strings.Fields(triedFirstText)

//go:embed alias_words.txt
var triedFirstText string
