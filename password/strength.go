package password

import (
	"slices"
	"unicode/utf8"

	"github.com/nbutton23/zxcvbn-go"
	"github.com/nbutton23/zxcvbn-go/match"
	"github.com/nbutton23/zxcvbn-go/matching"
)

const (
	// MaxStrength is the best estimate there is.
	MaxStrength = 4

	estimateWindow = 64 // runes the estimator sees at once; its work grows with the cube
	estimateWords  = 64 // context words it is given
)

// Strength estimates from 0 to 4 how many guesses a password withstands, with the zxcvbn model and the given context
// words: 3 is about 10^10 guesses, 4 about 10^12. A common password, or one made from a context word, is 0, and so is
// empty or invalid text. It is deterministic, safe for concurrent use and bounded in time whatever the input.
func Strength(password string, context []string) int {
	if common(password) || contextual(password, context) {
		return 0
	}
	return estimate(password, context)
}

// StrengthWord names an estimate for people: "very weak", "weak", "fair", "good", "strong".
func StrengthWord(score int) string {
	return []string{"very weak", "weak", "fair", "good", "strong"}[min(max(score, 0), MaxStrength)]
}

// estimate works around what makes the estimator unfit for input that anyone may send. It mixes byte and rune
// offsets, so it only ever sees ASCII. Its matcher for look-alikes tries combinations, up to thousands of them, so it
// is off and the same few readings as for the block-list are estimated instead. It knows neither repeated words nor
// reversed ones, so the unit and the reversal are estimated too; the easiest reading counts.
func estimate(password string, context []string) (score int) {
	// Fail closed: should the estimator fail on something all the same, nothing was shown about this password.
	defer func() {
		if recover() != nil {
			score = 0
		}
	}()
	if password == "" || !utf8.ValidString(password) {
		return 0
	}
	word := []rune(password)
	if u := unit(word); u != nil {
		word = u
	}
	words := make([]string, 0, min(len(context), estimateWords))
	for _, w := range context[:min(len(context), estimateWords)] {
		words = append(words, ascii([]rune(w)[:min(utf8.RuneCountInString(w), estimateWindow)]))
	}
	// A password is at least as hard to guess as its harder end.
	score = estimateWhole(word[:min(len(word), estimateWindow)], words)
	if len(word) > estimateWindow && score < MaxStrength {
		score = max(score, estimateWhole(word[len(word)-estimateWindow:], words))
	}
	return score
}

func estimateWhole(word []rune, words []string) int {
	score := zxcvbn.PasswordStrength(ascii(word), words, matching.FilterL33tMatcher).Score
	back := slices.Clone(word)
	slices.Reverse(back)
	for _, reading := range append(readings(word)[1:], back) {
		if score == 0 {
			break
		}
		score = min(score, zxcvbn.PasswordStrength(ascii(reading), words, dictionariesOnly).Score)
	}
	return score
}

func dictionariesOnly(m match.Matcher) bool {
	return matching.FilterL33tMatcher(m) || matching.FilterSpatialMatcher(m) || matching.FilterRepeatMatcher(m) ||
		matching.FilterSequenceMatcher(m) || matching.FilterDateSepMatcher(m) || matching.FilterDateWithoutSepMatcher(m)
}

// ascii replaces every other character by a mark, the same one for the same character. Each then counts as one symbol
// out of 33: less than it is worth, never more.
func ascii(word []rune) string {
	const marks = "~^*=:;?\"'#%,<>{}[]`"
	seen := map[rune]byte{}
	out := make([]byte, len(word))
	for i, r := range word {
		if r >= ' ' && r <= '~' {
			out[i] = byte(r)
			continue
		}
		m, ok := seen[r]
		if !ok {
			m = marks[len(seen)%len(marks)]
			seen[r] = m
		}
		out[i] = m
	}
	return string(out)
}
