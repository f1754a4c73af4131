package reset

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
)

// maxPasted is longer than any link. It bounds the work.
const maxPasted = 4096

// wrapping holds the characters that mail programs and people put around a link.
// None of them occurs in tokens, unlike hyphen and underscore.
const wrapping = "<>()[]{}\"'`“”„‘’«»*.,;:!?"

// errNoToken does not quote what was pasted: it may be half of a secret.
var errNoToken = fmt.Errorf("%w: not a token", ErrUnknown)

// ParseToken reads what people paste: the token, or the whole link, with white
// space and line breaks anywhere (mail programs wrap), and brackets, quotation
// marks or punctuation around it. It returns the token in its canonical spelling.
//
// Everything else is ErrUnknown: a token in a query, a link that is not http or
// https, another length, another alphabet, another spelling of the same bytes. It
// does not check where the link leads, because a token works for its purpose only.
func ParseToken(pasted string) (string, error) {
	if len(pasted) > maxPasted {
		return "", errNoToken
	}
	text := strings.Trim(strings.Map(dropInvisible, pasted), wrapping)
	if page, fragment, isLink := strings.Cut(text, "#"); isLink {
		if _, err := parsePage(page); err != nil && page != "" {
			return "", errNoToken
		}
		text = fragment
	}
	if !isToken(text) {
		return "", errNoToken
	}
	return text, nil
}

// isToken reports whether text is the canonical spelling of 32 bytes.
func isToken(text string) bool {
	// Strict refuses set bits after the last byte. Line breaks, which the
	// decoder would skip, are already removed.
	_, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(text) == tokenChars
}

// dropInvisible removes white space, line breaks and format characters such as the
// zero-width space, which people cannot see in pasted text.
func dropInvisible(r rune) rune {
	if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}
