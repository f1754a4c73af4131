package reset

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"unicode"

	"github.com/postern-go/postern/store"
)

const (
	// codeBytes is the number of random bytes in a code (ASVS 11.5.1 requires 16).
	codeBytes = 16
	// codeChars is its length without hyphens: 128 random bits, and 12 by which most
	// mistakes are noticed before the store is asked.
	codeChars = 28
	codeGroup = 4
	// codeReach is how many bytes behind a "#" a code is looked for, whatever is between its
	// characters. It bounds the work: a text may be nothing but "#".
	codeReach = 256
	// codeAlphabet is that of Crockford's base32: I and L are read as 1, O as 0, and there
	// is no U.
	codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

var codeEncoding = base32.NewEncoding(codeAlphabet).WithPadding(base32.NoPadding)

// MakeCode is [Links.Make] for a link that one person hands to another: its token is a
// code that can be read aloud and typed, seven groups of four letters and digits. It is as
// hard to guess, and [ParseToken] reads it with or without its link, in any case and with
// any signs between its characters.
func (l *Links) MakeCode(subject, createdBy string) (Link, store.PutToken, error) {
	var raw [codeBytes]byte
	rand.Read(raw[:])
	code := codeOf(raw)
	return l.makeOf(Link{token: &code}, subject, createdBy)
}

// plainCode is a code without its hyphens.
func plainCode(raw [codeBytes]byte) (plain [codeChars]byte) {
	sum := sha256.Sum256(raw[:])
	var whole [codeChars + 1]byte
	codeEncoding.Encode(whole[:], append(raw[:], sum[0], sum[1]))
	return [codeChars]byte(whole[:codeChars])
}

func codeOf(raw [codeBytes]byte) string {
	plain := plainCode(raw)
	var groups []string
	for group := range slices.Chunk(plain[:], codeGroup) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, "-")
}

// parseCode finds the one code in a text: what follows the "#" of a link, or else words in
// a row. It is "" if there is none, or more than one.
func parseCode(text string) string {
	var links, anywhere []string
	for _, t := range unwrapped(text) {
		for rest, more := t, true; more; {
			if _, rest, more = strings.Cut(rest, "#"); more {
				links = appendCode(links, codeWords(rest[:min(len(rest), codeReach)]))
			}
		}
		for words := codeWords(t); len(words) > 0; words = words[1:] {
			anywhere = appendCode(anywhere, words)
		}
	}
	for _, found := range [][]string{links, anywhere} {
		if len(found) > 0 {
			return only(found)
		}
	}
	return ""
}

func only(found []string) string {
	if len(found) > 1 {
		return ""
	}
	return found[0]
}

// codeWords returns the words of a text, with whatever is between them left out.
func codeWords(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return r >= unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// appendCode adds the code that words begin with, if they do. It is asked about every word
// of a text, so it makes nothing before it knows.
func appendCode(codes, words []string) []string {
	var plain [codeChars]byte
	n := 0
	for _, w := range words {
		if n+len(w) > codeChars {
			return codes
		}
		if n += copy(plain[n:], strings.ToUpper(w)); n == codeChars {
			break
		}
	}
	if n != codeChars {
		return codes
	}
	for i, b := range plain {
		switch b {
		case 'I', 'L':
			plain[i] = '1'
		case 'O':
			plain[i] = '0'
		}
	}
	var raw [codeBytes + 2]byte // the last bits are left over
	if _, err := codeEncoding.Decode(raw[:], plain[:]); err != nil || plainCode([codeBytes]byte(raw[:codeBytes])) != plain {
		return codes
	}
	code := codeOf([codeBytes]byte(raw[:codeBytes]))
	if slices.Contains(codes, code) {
		return codes
	}
	return append(codes, code)
}
