package reset

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
)

// maxPasted is more than any link is long. It bounds the work.
const maxPasted = 4096

// wrapping is what mail programs and people put around a link. It holds no
// character of a token: hyphen and underscore are part of one.
const wrapping = "<>()[]{}\"'`“”„‘’«»*.,;:!?"

// errNoToken does not quote what was pasted: it may be half of a secret.
var errNoToken = fmt.Errorf("%w: not a token", ErrUnknown)

// ParseToken reads what people paste: the token, or the whole link, with blanks
// and line breaks anywhere (mail programs wrap), and with brackets, quotation
// marks or punctuation around. It returns the token in its one spelling.
//
// Everything else is ErrUnknown: a token in a query, a link that is not http or
// https, another length, another alphabet, another spelling of the same bytes.
// It does not ask where the link leads: a token is good for its purpose only.
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

// isToken says whether the text is the one spelling of 32 bytes.
func isToken(text string) bool {
	// Strict refuses set bits after the last byte. The line breaks that the
	// decoder would skip are gone already.
	_, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(text) == tokenChars
}

// dropInvisible removes blanks, line breaks and format characters such as the
// zero-width space, none of which a person can see in what was pasted.
func dropInvisible(r rune) rune {
	if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}
