package reset

import (
	"encoding/base64"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	// maxPasted is longer than any link, in bytes. It bounds the work.
	maxPasted = 4096
	// maxEncoded is how many texts are looked at: the one that was pasted, and what is
	// encoded in it, each time inside another.
	maxEncoded = 16
)

// ParseToken reads what people paste: the token, the whole link, or the text around
// it, as a mail program left it. The token is what follows "#", also if that is
// encoded and the link is inside the link of a mail filter, or it is the only thing
// of its form. White space, line breaks and marks of quoted lines may be anywhere. It
// returns the token in its canonical spelling.
//
// The code of [Links.MakeCode] is read likewise, and however it was typed.
//
// It does not check where the link leads, because a token works for its purpose only.
// Text that may have two tokens has none. If it has none as it is, full-width
// characters, dashes and what escapes a character are read as what they stand for.
// The error is [ErrMalformed] or [ErrCut], both of them ErrUnknown, and does not quote
// the text.
func ParseToken(pasted string) (string, error) {
	if len(pasted) > maxPasted || strings.ContainsFunc(pasted, isControl) {
		return "", ErrMalformed
	}
	token, err := parseToken(pasted)
	if err != nil {
		if token, again := parseToken(plain(pasted)); again == nil {
			return token, nil
		}
		if code := parseCode(plain(pasted)); code != "" {
			return code, nil
		}
	}
	return token, err
}

func parseToken(pasted string) (string, error) {
	alone := strings.Trim(strings.Map(dropWrapping, pasted), punctuation)
	if half := alone[:len(alone)/2]; half+half == alone {
		alone = half // pasted twice
	}
	if isToken(alone) {
		return alone, nil
	}
	texts := unwrapped(pasted)
	for _, after := range []func(string) string{contiguous, wrapped} {
		switch found := tokensAfterHash(texts, after); len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return "", ErrMalformed
		}
	}
	if slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, "://") }) {
		return "", cutOrMalformed(texts)
	}
	if found := distinct(strings.FieldsFunc(pasted, func(r rune) bool { return !isTokenRune(r) })); len(found) == 1 {
		return found[0], nil
	}
	return "", ErrMalformed
}

// punctuation is what people and programs put around a link. None of it occurs in
// tokens, unlike hyphen and underscore.
const punctuation = "<>()[]{}\"'`“”„‘’«»*.,;:!?#="

// isToken reports whether text is the canonical spelling of 32 bytes.
func isToken(text string) bool {
	// Strict refuses set bits after the last byte.
	_, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(text) == tokenChars && !strings.ContainsAny(text, "\r\n")
}

func isTokenRune(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_')
}

func isControl(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }

// dropWrapping removes what mail programs put inside a token that they wrap: white
// space, characters that show nothing, the "=" of a soft line break and the mark of a
// quoted line.
func dropWrapping(r rune) rune {
	if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == '=' || r == '>' || r == '|' {
		return -1
	}
	return r
}

// escapes are what editors write for a character, or allow a line break with.
var escapes = regexp.MustCompile(`\\|(?i:<w?br */?>)`)

// plain replaces what keyboards, editors and word processors make of the characters of
// a link: full-width ones, and other dashes.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '\uFF01' && r <= '\uFF5E':
			return r - '\uFF01' + '!'
		case unicode.Is(unicode.Pd, r), r == '\u2212':
			return '-'
		case r == '\uFE5F':
			return '#'
		}
		return r
	}, escapes.ReplaceAllString(text, ""))
}

// contiguous returns the token that a text begins with, whatever follows it, because
// browsers remove line breaks from what is pasted.
func contiguous(text string) string { return text[:min(len(text), tokenChars)] }

// wrapped returns the token that a text begins with, wrapped over lines.
func wrapped(text string) string {
	var token strings.Builder
	for _, r := range text {
		switch {
		case token.Len() == tokenChars:
			if isTokenRune(r) {
				return ""
			}
			return token.String()
		case isTokenRune(r):
			token.WriteRune(r)
		case dropWrapping(r) >= 0:
			return ""
		}
	}
	return token.String()
}

// tokensAfterHash returns the different tokens after each "#" of the texts.
func tokensAfterHash(texts []string, after func(string) string) []string {
	var found []string
	for _, text := range texts {
		for {
			_, rest, ok := strings.Cut(text, "#")
			if !ok {
				break
			}
			found, text = append(found, after(rest)), rest
		}
	}
	return distinct(found)
}

// distinct returns the different tokens among the words.
func distinct(words []string) (tokens []string) {
	seen := map[string]bool{}
	for _, w := range words {
		if isToken(w) && !seen[w] {
			seen[w], tokens = true, append(tokens, w)
		}
	}
	return tokens
}

// cutOrMalformed returns ErrCut for a link that has nothing after "#".
func cutOrMalformed(texts []string) error {
	for _, text := range texts {
		if _, rest, _ := strings.Cut(text, "#"); strings.ContainsFunc(rest, isTokenRune) {
			return ErrMalformed
		}
	}
	return ErrCut
}

var (
	percent = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	// base64Link is a link in base64, as Sophos puts it into its own: "http".
	base64Link = regexp.MustCompile(`aHR0c[\w+/-]+`)
	// starred is a link of Proofpoint's third form: the link with "*" for special
	// characters, and these in base64.
	starred = regexp.MustCompile(`/v3/__(.+?)__;([\w-]*)!`)
)

// unwrapped returns the text and what is inside it: as often as it is encoded, and as
// mail filters put a link into one of their own.
func unwrapped(text string) []string {
	if !strings.Contains(text, "#") && !strings.Contains(text, "%23") {
		text = strings.ReplaceAll(text, "=23", "#") // quoted-printable
	}
	texts := []string{text}
	for i := 0; i < len(texts); i++ {
		for _, inner := range inside(texts[i]) {
			if len(texts) < maxEncoded && !slices.Contains(texts, inner) {
				texts = append(texts, inner)
			}
		}
	}
	return texts
}

// inside returns what a text is once it is decoded, in each way that it may be encoded.
func inside(text string) []string {
	texts := []string{html.UnescapeString(percent.ReplaceAllStringFunc(text, func(c string) string {
		c, _ = url.PathUnescape(c)
		return c
	}))}
	if strings.Contains(text, "urldefense.") && strings.Contains(text, "/v2/") {
		texts = append(texts, strings.NewReplacer("_", "/", "-", "%").Replace(text))
	}
	if m := starred.FindStringSubmatch(text); m != nil {
		special, _ := base64.RawURLEncoding.DecodeString(m[2])
		for _, c := range special {
			m[1] = strings.Replace(m[1], "*", string(c), 1)
		}
		texts = append(texts, m[1])
	}
	if link, err := base64.RawURLEncoding.DecodeString(strings.NewReplacer("+", "-", "/", "_").Replace(base64Link.FindString(text))); err == nil && len(link) > 0 {
		texts = append(texts, string(link))
	}
	return texts
}
