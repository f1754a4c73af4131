package mail

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/postern-go/postern/internal/messages"
)

const (
	maxAddress   = 254 // RFC 5321 section 4.5.3.1.3, less the angle brackets
	maxLocalPart = 64  // RFC 5321 section 4.5.3.1.1
	maxLabel     = 63  // RFC 1035 section 2.3.4
	// maxTyped bounds what is looked at: an address with a name around it.
	maxTyped = 1024
)

// AddressError says why a text is not an email address that mail can be sent to.
type AddressError struct {
	// Code names the reason. It is stable, such as "no_at_sign".
	Code string
	// Text is a sentence in English for the person who typed it. It does not repeat the
	// address.
	Text string
	// Limit is the number in Text; 0 if it has none.
	Limit int
}

// Error returns the reason, without the address.
func (e *AddressError) Error() string { return "email address not accepted: " + e.Text }

func refuse(code string) error {
	limit := map[string]int{"too_long": maxAddress, "long_before": maxLocalPart}[code]
	return &AddressError{code, messages.English().Text("names.email."+code, "n", limit), limit}
}

// ParseEmailAddress checks that s is one email address, such as "ada@example.com", and
// returns the spelling to store: the domain in lower case, the part before the "@" as
// typed, because only the receiving server interprets it. An [*AddressError] says why s
// is not accepted.
//
// What surrounds an address when it is copied is dropped: spaces, invisible characters,
// "mailto:", a label such as "Email: ", brackets, quotation marks, punctuation after it,
// the same address again, and a name, unless that could be taken for another address.
// Full-width characters, as East Asian keyboards type them, and the dashes and apostrophes
// of word processors become ordinary ones. An international domain is stored in its ASCII form
// (IDNA 2008), so that letters which look alike stay apart.
//
// It is stricter than RFC 5322, on purpose. It refuses several addresses, quoted local
// parts, encoded words, comments, IP addresses as domains, domains without a dot except
// localhost, and letters outside ASCII before the "@": those would need SMTPUTF8 on every
// server on the way. The local part, labels and the whole are limited to 64, 63 and 254
// characters.
func ParseEmailAddress(s string) (string, error) {
	if len(s) > maxTyped {
		return "", refuse("too_long")
	}
	if !utf8.ValidString(s) {
		return "", refuse("damaged")
	}
	s, err := bare(s)
	if err != nil {
		return "", err
	}
	if err := checkShape(s); err != nil {
		return "", err
	}
	local, domain, _ := strings.Cut(s, "@")
	if err := checkLocalPart(local); err != nil {
		return "", err
	}
	if domain, err = asciiDomain(domain); err != nil {
		return "", err
	}
	if len(local)+1+len(domain) > maxAddress {
		return "", refuse("too_long")
	}
	return local + "@" + domain, nil
}

// FoldEmailAddress returns the key under which an email address is looked up and
// kept unique: what [ParseEmailAddress] returns, with A to Z in lower case. Servers that
// distinguish "Ada@" from "ada@" are all but extinct, and people type both. A text that
// is not accepted as an address keeps all but the spaces around it and the case of A to
// Z, so that no other letter folds to an ASCII one (as the Kelvin sign would to k).
func FoldEmailAddress(address string) string {
	if parsed, err := ParseEmailAddress(address); err == nil {
		return asciiLower(parsed)
	}
	return asciiLower(strings.Trim(address, " "))
}

// bare returns what is left of a copied address without what surrounds it.
func bare(s string) (string, error) {
	s = trim(strings.Map(narrow, s))
	s = once(s)
	// No address has a colon and a space.
	if label, rest, ok := strings.Cut(s, ": "); ok && !strings.ContainsFunc(label, func(r rune) bool { return r == '@' || unicode.IsControl(r) }) {
		s = trim(rest)
	}
	if name, rest, ok := strings.Cut(s, "<"); ok {
		address, after, closed := strings.Cut(rest, ">")
		if strings.ContainsRune(name+after, '@') || strings.ContainsAny(after, "<>") || !closed || trim(after) != "" {
			return "", refuse("with_name")
		}
		s = trim(address)
	}
	if rest, ok := cutPrefixFold(s, "mailto:"); ok {
		rest, _, _ = strings.Cut(rest, "?")
		s = strings.TrimPrefix(rest, "//")
		if decoded, err := url.PathUnescape(s); err == nil {
			s = decoded
		}
		s = trim(s)
	}
	s = strings.ReplaceAll(s, "’", "'")
	// Joiners belong in words of some scripts only; idna checks those.
	if strings.TrimFunc(s, func(r rune) bool { return r < utf8.RuneSelf || r == '\u200C' || r == '\u200D' }) == "" {
		s = strings.NewReplacer("\u200C", "", "\u200D", "").Replace(s)
	}
	return s, nil
}

// once returns the address in a text that is nothing but the same address several times,
// such as "ada@example.com <ada@example.com>".
func once(s string) string {
	all := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>()[]|,;", r) })
	for i := range all {
		all[i], _ = cutPrefixFold(all[i], "mailto:")
		if len(all) == 1 || asciiLower(all[i]) != asciiLower(all[0]) {
			return s
		}
	}
	if len(all) == 0 {
		return s
	}
	return all[0]
}

// narrow makes ordinary characters of full-width ones and of dashes, and drops those that
// only allow or forbid a line break.
func narrow(r rune) rune {
	switch {
	case r >= '\uFF01' && r <= '\uFF5E':
		return r - '\uFF01' + '!'
	case r == '\u3002' || r == '\uFF61': // ideographic full stops, as RFC 5895 maps them
		return '.'
	case r >= '\u2010' && r <= '\u2013' || r == '\u2212': // no domain has these (RFC 5892)
		return '-'
	case r == '\u200B' || r == '\u2060' || r == '\uFEFF' || r == '\u00AD':
		return -1
	}
	return r
}

// trim drops white space, marks of the writing direction and punctuation around an
// address, and quotation marks and brackets in pairs.
func trim(s string) string {
	for {
		before := s
		s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || isBidiControl(r) })
		s = strings.TrimLeft(strings.TrimRight(s, ".,;:!?、，"), ",;、，")
		for _, pair := range [...][2]string{{`"`, `"`}, {"'", "'"}, {"“", "”"}, {"„", "“"}, {"‘", "’"}, {"‚", "‘"}, {"«", "»"}, {"‹", "›"}, {"»", "«"}, {"(", ")"}, {"[", "]"}, {"`", "`"}, {"*", "*"}, {"_", "_"}} {
			if inner, ok := strings.CutPrefix(s, pair[0]); ok {
				if inner, ok = strings.CutSuffix(inner, pair[1]); ok {
					s = inner
				}
			}
		}
		if s == before {
			return s
		}
	}
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// spelledOut are ways to hide an address from programs that collect them.
var spelledOut = []string{" at ", "(at)", "[at]", "{at}", " dot "}

// checkShape finds what is wrong with an address as a whole.
func checkShape(s string) error {
	switch {
	case s == "":
		return refuse("required")
	case strings.ContainsFunc(s, unicode.IsControl):
		return refuse("control")
	case strings.ContainsFunc(s, isUnseen):
		return refuse("invisible")
	case strings.Count(s, "@") > 1 && (strings.ContainsAny(s, ",;") || strings.ContainsFunc(s, unicode.IsSpace)):
		return refuse("several")
	case strings.Count(s, "@") > 1:
		return refuse("two_at_signs")
	case !strings.Contains(s, "@"):
		for _, at := range spelledOut {
			if strings.Contains(strings.ToLower(s), at) {
				return refuse("spelled_out")
			}
		}
		return refuse("no_at_sign")
	case strings.ContainsFunc(s, unicode.IsSpace):
		return refuse("spaces")
	case strings.ContainsAny(s, ",;"):
		return refuse("commas")
	case strings.ContainsAny(s, "\"()<>[]\\“”„«»"):
		return refuse("quoted")
	case strings.HasPrefix(s, "@"):
		return refuse("nothing_before")
	case strings.HasSuffix(s, "@"):
		return refuse("nothing_after")
	}
	return nil
}

// isUnseen reports whether a character shows nothing, except joiners.
func isUnseen(r rune) bool { return unicode.Is(unicode.Cf, r) && r != '\u200C' && r != '\u200D' }

// checkLocalPart accepts the dot-atom of RFC 5322 section 3.2.3.
func checkLocalPart(local string) error {
	switch {
	case len(local) > maxLocalPart && isASCII(local):
		return refuse("long_before")
	case local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, ".."):
		return refuse("dot_before")
	case strings.Contains(local, "=?"):
		// RFC 2047 section 5 forbids encoded words in an address. Programs that
		// decode them nevertheless deliver to another address.
		return refuse("encoded")
	case !isASCII(local):
		return refuse("not_ascii")
	}
	for i := range len(local) {
		if !isAlphanumeric(local[i]) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", rune(local[i])) {
			return refuse("sign_before")
		}
	}
	return nil
}

// domains converts domains to ASCII as browsers and mail programs look them up: mapped by
// UTS 46, without the characters of which IDNA 2008 made something else than IDNA 2003.
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.CheckJoiners(true), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// asciiDomain returns the domain of an address as the DNS has it.
func asciiDomain(domain string) (string, error) {
	if domain != "localhost" && !strings.ContainsRune(domain, '.') {
		if asciiLower(domain) == "localhost" {
			return "localhost", nil
		}
		return "", refuse("no_dot")
	}
	if strings.HasSuffix(domain, ".") || strings.HasPrefix(domain, ".") || strings.Contains(domain, "..") {
		return "", refuse("dot_after")
	}
	if !isASCII(domain) || strings.Contains(asciiLower(domain), "xn--") {
		ascii, err := domains.ToASCII(domain)
		if err != nil {
			return "", refuse("no_domain")
		}
		domain = ascii
	}
	domain = asciiLower(domain)
	if !isDomain(domain) {
		// No top-level domain is a number (RFC 3696 section 2): this is an IP address.
		if strings.Trim(domain, "0123456789.") == "" {
			return "", refuse("ip")
		}
		return "", refuse("no_domain")
	}
	return domain, nil
}

// isDomain reports whether a domain is a host name of letters, digits and hyphens
// (RFC 1123 section 2.1). One label is enough.
func isDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if !isAlphanumeric(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	return strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
