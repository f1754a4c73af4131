package password

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"

	"github.com/postern-go/postern/internal/messages"
)

const (
	// MaxStrength is the highest estimate.
	MaxStrength = 4

	estimateWindow = 64 // runes the estimator sees; its work grows with the cube
	estimateWords  = 64 // context words it is given
	estimateWays   = 64 // ways to read look-alikes; what people type has under ten
)

// Strength estimates from 0 to 4 how many guesses a password withstands, with the zxcvbn model and the given context
// words: 3 is about 10^10 guesses, 4 about 10^12. A common password, or one derived from a context word, is 0, and so is
// empty or invalid text. It is deterministic, safe for concurrent use and bounded in time for any input.
func Strength(password string, context []string) int {
	if common(password) || contextual(password, context) {
		return 0
	}
	return estimate(password, context)
}

// StrengthWord returns the name of an estimate in English: "very weak", "weak", "fair", "good", "strong".
func StrengthWord(score int) string {
	return messages.English().Text("password.strength." + strconv.Itoa(min(max(score, 0), MaxStrength)))
}

// estimate bounds the estimator's input. The estimator's work grows with the cube of the length and with every way to
// read look-alikes, and it mixes byte and rune offsets, so it sees only a window, a few of the ways, and ASCII. A
// password that repeats a piece is judged by the piece, so that the window always shows what repeats.
func estimate(password string, context []string) (score int) {
	// Fail closed: if the estimator still fails, the password's strength is unproven.
	defer func() {
		if recover() != nil {
			score = 0
		}
	}()
	if password == "" || !utf8.ValidString(password) {
		return 0
	}
	// The model estimates 10^8 guesses for two words with a sign between them, but these are only thousands of pairs.
	if contextualPair(password, context) {
		return 1
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
	score = zxcvbn.PasswordStrength(shown(word[:min(len(word), estimateWindow)]), words).Score
	if len(word) > estimateWindow && score < MaxStrength {
		score = max(score, zxcvbn.PasswordStrength(shown(word[len(word)-estimateWindow:]), words).Score)
	}
	return score
}

// The look-alikes that the estimator knows, by the letter they are read as.
var lookAlikeSets = []string{"4@", "({[<", "69", "1!|", "1|7", "$5", "+7"}

// oneOfEach keeps one look-alike for each letter.
var oneOfEach = strings.NewReplacer("@", "4", "{", "(", "[", "(", "<", "(", "9", "6", "!", "1", "|", "1", "$", "5", "+", "7")

// shown returns the part of word that the estimator sees. If look-alikes could be read in too many ways, those of a
// letter become the same character: easier to guess than what was typed, never harder.
func shown(word []rune) string {
	out, ways := ascii(word), 1
	for _, set := range lookAlikeSets {
		kinds := 0
		for _, c := range set {
			if strings.ContainsRune(out, c) {
				kinds++
			}
		}
		ways *= max(kinds, 1)
	}
	if ways > estimateWays {
		return oneOfEach.Replace(out)
	}
	return out
}

// ascii replaces every non-ASCII character by a symbol, the same one for the same character. The estimator then treats
// it as one symbol out of 33: less than it is worth, never more.
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
