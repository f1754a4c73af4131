package desk

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/line"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"golang.org/x/text/unicode/norm"
)

// cleanEmail checks an email address and returns it as it is stored.
func cleanEmail(email string, bad *InvalidError) string {
	clean, err := mail.ParseEmailAddress(email)
	switch refused, ok := errors.AsType[*mail.AddressError](err); {
	case !ok:
	case strings.TrimSpace(email) == "":
		bad.Add("email", "required", addressText(refused))
	default:
		bad.Add("email", "not_address", addressText(refused))
	}
	return clean
}

func addressText(refused *mail.AddressError) messages.Text {
	return messages.New("names.email."+refused.Code, "n", refused.Limit)
}

// maxKey is the most bytes of a key that a store looks up.
const maxKey = 255

// lookable reports whether text from outside can be looked up. Nothing is stored
// under any other, and a store may fail when it is asked for it.
func lookable(s string) bool {
	return s != "" && len(s) <= maxKey && utf8.ValidString(s) && !strings.Contains(s, "\x00")
}

// lookableIfSet reports whether filters, which may be empty, can be looked up.
func lookableIfSet(filters ...string) bool {
	return !slices.ContainsFunc(filters, func(s string) bool { return s != "" && !lookable(s) })
}

// SearchKey folds text for searching: "jose" finds "José", "obrien" finds
// "O'Brien" and "strasse" finds "Straße". Case, accents and apostrophes are
// removed, and letters that Unicode does not decompose become those that people
// type for them. Different people may have the same key.
func SearchKey(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(text, "\uFFFD")) {
		r = unicode.ToLower(r)
		switch plain, ok := plainLetters[r]; {
		case ok:
			b.WriteString(plain)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.In(r, unicode.Mn, unicode.Me), line.Invisible(r):
			// Accents, and invisible characters.
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// searchFor is SearchKey for what someone searches for: an email address is found as it is
// stored, however it was typed.
func searchFor(typed string) string {
	if address, err := mail.ParseEmailAddress(typed); err == nil {
		typed = address
	}
	return SearchKey(typed)
}

// cleanReason returns a reason for the audit log as one line.
func cleanReason(reason string) string {
	return strings.TrimSpace(OneLine(strings.Join(strings.Fields(reason), " "), 512))
}

// Keyed sets the folded fields of an operator.
func Keyed(o *store.Operator) {
	o.NameKey, o.EmailKey = NameKey(o.Name), ParseLogin(o.Email).key
	o.SearchKey = SearchKey(o.Name + " " + o.Email)
	if o.MemberName != o.Name && o.MemberName != "" {
		o.SearchKey += " " + SearchKey(o.MemberName)
	}
}

// OneLine turns text from outside into one printable line of at most max bytes, for
// audit entries and logs (ASVS 16.4.1). Characters that are not printable become U+FFFD,
// and so do invisible ones, which can change the direction or the look of others, except
// where names may have them.
func OneLine(s string, max int) string {
	text := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	printable := make([]rune, len(text))
	for i, r := range text {
		shown := unicode.IsPrint(r)
		if line.Invisible(r) {
			shown = line.HasPlace(text, i)
		}
		if !shown {
			r = unicode.ReplacementChar
		}
		printable[i] = r
	}
	s = string(printable)
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}

// plainLetters are what people type for a letter; some have nothing.
var plainLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ħ': "h", 'ŧ': "t", 'ŋ': "n", 'ı': "i",
	'ĸ': "k", 'ƒ': "f", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k", 'ə': "e", 'ɛ': "e", 'ɔ': "o", 'ς': "σ",
	'\'': "", '`': "", '’': "", '‘': "", 'ʼ': "", 'ʻ': "", '´': "", 'ʹ': "",
}
