package desk

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"golang.org/x/text/unicode/norm"
)

// maxName is how long a person's name may be, in code points.
const maxName = 64

// cleanName brings a name to the form it is kept in: single spaces, none
// around. An "@" would make it look like an address, which may be signed in
// with too, so a name has none.
func cleanName(field, name string, bad *InvalidError) string {
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case name == "":
		bad.Add(field, "required", "Enter a name.")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, notPrintable):
		bad.Add(field, "not_text", "Use letters, digits, spaces and ordinary punctuation.")
	case strings.Contains(name, "@"):
		bad.Add(field, "at_sign", "A name cannot contain “@”. The e-mail address has its own field.")
	case utf8.RuneCountInString(name) > maxName, len(NameKey(name)) > maxKey:
		bad.Add(field, "too_long", "Use at most 64 characters.")
	}
	return name
}

func notPrintable(r rune) bool { return !unicode.IsPrint(r) }

// cleanEmail checks an address and returns the spelling to keep.
func cleanEmail(field, address string, bad *InvalidError) string {
	address = strings.TrimSpace(address)
	if address == "" {
		bad.Add(field, "required", "Enter an e-mail address.")
		return ""
	}
	clean, err := mail.ParseEmailAddress(address)
	if err != nil {
		bad.Add(field, "not_address", "Enter an e-mail address like name@example.com.")
		return address
	}
	return clean
}

// loginKey folds what people sign in with: a name or an e-mail address. Both
// are compared without regard to case and spaces around.
func loginKey(login string) string {
	login = strings.Join(strings.Fields(login), " ")
	if strings.Contains(login, "@") {
		return mail.FoldEmailAddress(login)
	}
	return NameKey(login)
}

// maxKey is how long, in bytes, what a store looks up by may be.
const maxKey = 255

// lookable says whether text from outside can be looked up by. What cannot is
// nobody's name or id, and a store may refuse to be asked.
func lookable(s string) bool {
	return s != "" && len(s) <= maxKey && utf8.ValidString(s) && !strings.Contains(s, "\x00")
}

// lookableIfSet is lookable for filters, which may be empty.
func lookableIfSet(filters ...string) bool {
	return !slices.ContainsFunc(filters, func(s string) bool { return s != "" && !lookable(s) })
}

func NameKey(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// SearchKey folds what is searched and what is searched for alike: "jose" finds
// "José", "obrien" finds "O'Brien" and "strasse" finds "Straße". Case, accents
// and apostrophes go, and letters that no decomposition takes apart become those
// that people type for them. It is for finding only: different people may well
// have the same key.
func SearchKey(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(text, "\uFFFD")) {
		r = unicode.ToLower(r)
		switch plain, ok := plainLetters[r]; {
		case ok:
			b.WriteString(plain)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
			// Accents, and what cannot be seen.
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Keyed sets the folded names.
func Keyed(o *store.Operator) {
	o.NameKey, o.EmailKey = NameKey(o.Name), loginKey(o.Email)
	o.SearchKey = SearchKey(o.Name + " " + o.Email)
}

// OneLine keeps outside text to one printable line of at most max bytes, for
// audit rows and logs (ASVS 16.4.1).
func OneLine(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || !unicode.IsPrint(r) && r != ' ' {
			return '\uFFFD'
		}
		return r
	}, s)
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}

// plainLetters are what people type for a letter, or nothing.
var plainLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ħ': "h", 'ŧ': "t", 'ŋ': "n", 'ı': "i",
	'ĸ': "k", 'ƒ': "f", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k", 'ə': "e", 'ɛ': "e", 'ɔ': "o", 'ς': "σ",
	'\'': "", '`': "", '’': "", '‘': "", 'ʼ': "", 'ʻ': "", '´': "", 'ʹ': "",
}
