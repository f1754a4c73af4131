package desk

import (
	"slices"
	"strings"
	"unicode"

	"github.com/postern-go/postern/internal/line"
	"github.com/postern-go/postern/internal/messages"
)

const (
	// codeLength is the number of digits that an authenticator app shows.
	codeLength = 6
	// maxTyped is more than a list of recovery codes with a heading, in bytes.
	maxTyped = 1024
)

// readCode reads a code as people type or paste it: six digits, or a recovery code.
// Only letters and digits count, in any script, width or case, and a sentence around
// the code does not matter if no other code is in it. The same code twice is one code.
// Anything else is *InvalidError, with recovery set if a recovery code seems to be meant.
func readCode(text string) (code string, recovery bool, err error) {
	if len(text) > maxTyped {
		text = ""
	}
	text = strings.Map(foldTyped, lookAlikes.Replace(strings.ToUpper(text)))
	words := strings.Fields(strings.ReplaceAll(text, ":", " ? ")) // a heading is not part of the code
	whole := strings.Join(strings.Fields(strings.ReplaceAll(text, ":", "")), "")
	if half := whole[:len(whole)/2]; half+half == whole && (len(half) == codeLength || len(half) == recoveryLength) {
		whole, words = half, []string{half}
	}
	if code, ok := sixDigits(whole); ok {
		return code, false, nil
	}
	// Before the text as a whole: "123456 is your code" has as many letters and digits
	// as a recovery code.
	found := codesIn(words)
	if len(found) == 1 {
		return found[0], len(found[0]) == recoveryLength, nil
	}
	if code, ok := recoveryCode(whole); ok {
		return code, true, nil
	}
	if len(found) > 1 || isList(whole) {
		return "", false, invalid("code", "several_codes", messages.New("signin.code.several"))
	}
	if off := len(whole) - recoveryLength; max(off, -off) <= 2 && !isDigits(whole) {
		return "", true, invalid("code", "not_code", messages.New("signin.recovery.not_code"))
	}
	return "", false, notCode()
}

func notCode() error {
	return invalid("code", "not_code", messages.New("signin.code.not_code"))
}

// foldTyped maps a character in upper case to the ASCII letter or digit that it is in a
// code, to a space if it separates words, to -1 if it only groups characters or shows
// nothing, and to "?" if no code can contain it. A colon stays.
func foldTyped(r rune) rune {
	if d, ok := digit(r); ok {
		return d
	}
	if r >= '\uFF21' && r <= '\uFF3A' {
		r += 'A' - '\uFF21' // full width
	}
	switch {
	case r >= 'A' && r <= 'Z', r == ':':
		return r
	case r == '：':
		return ':'
	case strings.ContainsRune("_−˗⁃ーｰـ", r), unicode.In(r, unicode.Pd, unicode.M), line.Invisible(r):
		return -1 // Japanese and Arabic keyboards have lengthening marks where others have a dash.
	case r == unicode.ReplacementChar, unicode.IsControl(r) && !unicode.IsSpace(r):
		return '?'
	case unicode.In(r, unicode.Z, unicode.Cc, unicode.P, unicode.S, unicode.Lo):
		return ' ' // Letters without a case are in no code.
	}
	return '?'
}

// digit returns the ASCII digit for a decimal digit of any script.
func digit(r rune) (rune, bool) {
	if !unicode.IsDigit(r) {
		return 0, false
	}
	zero := r
	for unicode.IsDigit(zero - 1) {
		zero--
	}
	// Unicode has them in runs of ten, each from zero to nine.
	return '0' + (r-zero)%10, true
}

// lookAlikes replaces capitals of other alphabets, and a sign, with the Latin letter
// that looks the same.
var lookAlikes = strings.NewReplacer(slices.Concat(
	pairs("АAВBЕEКKМMНHОOРPСCТTУYХXЅSІIӀIЈJԚQԜWҮY"), // Cyrillic
	pairs("ΑAΒBϹCΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX"),         // Greek
	pairs("İI\u212AK"),
)...)

var (
	asDigits  = strings.NewReplacer("O", "0", "I", "1", "L", "1")
	asLetters = strings.NewReplacer("0", "O", "1", "I", "L", "I", "8", "B")
)

// sixDigits returns the code of an authenticator app in a text that is one. In it, the
// letter O is a zero, and I and L are a one.
func sixDigits(s string) (string, bool) {
	if len(s) != codeLength || !strings.ContainsAny(s, "0123456789") {
		return "", false
	}
	s = asDigits.Replace(s)
	return s, isDigits(s)
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// recoveryCode returns the recovery code in a text that is one: with I for L and 1,
// O for 0 and B for 8, which no code has.
func recoveryCode(s string) (string, bool) {
	s = asLetters.Replace(s)
	return s, len(s) == recoveryLength && strings.Trim(s, recoveryAlphabet) == ""
}

// codesIn returns the different codes in a sentence: recovery codes that are one word, or
// the only four neighbouring words that are a group of one each, and neighbouring words
// that are six digits together. Beside six digits, 16 letters are a word.
func codesIn(words []string) (found []string) {
	digits, groups := "", ""
	for _, word := range append(words, "?") {
		if isDigits(word) {
			digits += word
		} else {
			if len(digits) == codeLength {
				found = append(found, digits)
			}
			digits = ""
		}
		if len(word) == codeGroup {
			groups += word
			continue
		}
		for _, text := range []string{groups, word} {
			if code, ok := recoveryCode(text); ok {
				found = append(found, code)
			}
		}
		groups = ""
	}
	slices.Sort(found) // digits come first
	found = slices.Compact(found)
	if len(found) == 2 && isDigits(found[0]) && !strings.ContainsAny(found[1], "0123456789") {
		return found[:1] // "code d’authentification 123456"
	}
	return found
}

// isList reports whether a text is several codes that were pasted without the line
// breaks between them, which browsers remove.
func isList(s string) bool {
	if len(s) > codeLength && len(s)%codeLength == 0 && isDigits(s) {
		return true
	}
	codes := slices.Collect(slices.Chunk([]byte(s), recoveryLength))
	return len(codes) > 1 && !slices.ContainsFunc(codes, func(c []byte) bool {
		_, ok := recoveryCode(string(c))
		return !ok
	})
}
