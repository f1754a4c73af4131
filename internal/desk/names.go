package desk

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/line"
	"github.com/postern-go/postern/internal/messages"
	"golang.org/x/text/cases"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

// maxName is the most characters of a person's name.
const maxName = 64

// cleanName checks a name and returns it as it is stored: in the normal form NFC, with
// single spaces, and without joiners that join nothing. A name has no "@", so that it
// cannot be taken for the email address that someone else signs in with.
func cleanName(field, name string, bad *InvalidError) string {
	name = withoutIdleJoiners(strings.Join(strings.Fields(norm.NFC.String(name)), " "))
	key := NameKey(name)
	switch {
	case !strings.ContainsFunc(key, line.Visible):
		bad.Add(field, "required", messages.New("names.required"))
	case !isText(name):
		why := messages.New("names.not_text")
		if err := line.Check(name, maxKey); err != nil {
			why = messages.New("names.not_text_because", "why", line.Text(err))
		}
		bad.Add(field, "not_text", why)
	case strings.Contains(key, "@"):
		bad.Add(field, "at_sign", messages.New("names.at_sign"))
	case utf8.RuneCountInString(name) > maxName, len(key) > maxKey:
		bad.Add(field, "too_long", messages.New("names.too_long", "n", maxName))
	case mixesAlphabets(key):
		bad.Add(field, "mixed", messages.New("names.mixed"))
	}
	return name
}

// operatorName is cleanName for the name of an operator, which must not pass for the
// office itself: in the audit log and in emails, names say who did what.
func (d *Desk) operatorName(name string, bad *InvalidError) string {
	name = cleanName("name", name, bad)
	if bare := lettersOf(name); reserved[bare] || d.reservedNames()[bare] || bare != "" && bare == lettersOf(d.Name()) {
		bad.Add("name", "reserved", messages.New("names.reserved"))
	}
	return name
}

// reserved are the letters of names by which pages, emails and the audit log call
// those who are not operators.
var reserved = map[string]bool{
	"system": true, "office": true, "theoffice": true, "commandline": true, "thecommandline": true, "postern": true,
	"someone": true, "someoneunknown": true, "noone": true, nobody: true,
}

// strangers are the messages by which readers of other languages know them.
var strangers = []string{
	"event.office", "event.command_line", "event.someone", "audit.entry.by.unknown", "parameters.history.office",
	"parameters.history.someone", "roles.list.no_one",
}

// readReserved returns the letters of these in all languages of the office.
func (d *Desk) readReserved() map[string]bool {
	all := map[string]bool{}
	for _, in := range d.spoken() {
		for _, key := range strangers {
			all[lettersOf(in.Text(key))] = true
		}
	}
	delete(all, "")
	return all
}

// lettersOf returns the letters and digits of a name as they are compared.
func lettersOf(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.L, unicode.N) {
			return r
		}
		return -1
	}, NameKey(name))
}

// NameKey returns the form of a name in which names are compared: those with the same
// form look alike, or are the same name typed in another way. It follows the profile
// Nickname of RFC 8266 and is stricter: it folds case in full; drops invisible characters;
// makes one of what is alike; and turns a word of letters that all look Latin into Latin.
// Any text has a form, and NameKey returns a form unchanged.
func NameKey(name string) string {
	if isASCII(name) {
		return strings.ToLower(strings.Join(strings.Fields(name), " "))
	}
	// What was folded may need folding again, as RFC 8266 section 2.1 also says.
	for range 8 {
		next := strings.Map(func(r rune) rune {
			if line.Invisible(r) {
				return -1
			}
			return r
		}, strings.ToValidUTF8(name, "\uFFFD"))
		next = alike.Replace(norm.NFKC.String(strings.ToLower(cases.Fold().String(norm.NFKC.String(next)))))
		words := strings.Fields(next)
		for i, w := range words {
			words[i] = asLatin(w)
		}
		if next = strings.Join(words, " "); next == name {
			break
		}
		name = next
	}
	return name
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// asLatin returns a word of Cyrillic or Greek letters in Latin letters if all of them
// look Latin. It does not change other words, so that lists keep the order of their
// alphabet.
func asLatin(word string) string {
	var b strings.Builder
	for _, r := range word {
		latin, ok := latinLike[r]
		if !ok {
			return word
		}
		b.WriteRune(latin)
	}
	return b.String()
}

var latinLike = map[rune]rune{
	'а': 'a', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'һ': 'h', 'і': 'i', 'ј': 'j', 'ӏ': 'l', 'о': 'o', 'р': 'p', 'ԛ': 'q', 'ѕ': 's', 'ѵ': 'v', 'ԝ': 'w', 'х': 'x', 'у': 'y',
	'α': 'a', 'ι': 'i', 'κ': 'k', 'ν': 'v', 'ο': 'o', 'ρ': 'p', 'υ': 'u', 'χ': 'x',
}

// alphabets are those with letters that look alike.
var alphabets = []*unicode.RangeTable{
	unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu, unicode.Deseret,
}

// mixesAlphabets reports whether a word of a name has letters of two alphabets that
// look alike. Others mix freely, as Japanese does.
func mixesAlphabets(name string) bool {
	for word := range strings.FieldsSeq(name) {
		n := 0
		for _, alphabet := range alphabets {
			if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(alphabet, r) }) {
				n++
			}
		}
		if n > 1 {
			return true
		}
	}
	return false
}

// isText reports whether a name has only characters that RFC 8266 allows in
// nicknames, and invisible ones where they change what is shown.
func isText(name string) bool {
	s := []rune(name)
	visible := make([]rune, 0, len(s))
	for i, r := range s {
		switch {
		case !line.Invisible(r):
			visible = append(visible, r)
		case !line.HasPlace(s, i):
			return false
		}
		if line.Piled(s, i) {
			return false
		}
	}
	_, err := precis.Nickname.String(string(visible))
	return err == nil && !strings.ContainsAny(name, "\uFFFC\uFFFD"+strokes+accents) && !hasLooseMark(name)
}

const (
	// strokes through a letter make it look like another: d with one looks like đ.
	strokes = "\u0334\u0335\u0336\u0337\u0338"
	// accents without a letter are taken for apostrophes.
	accents = "`´"
)

// hasLooseMark reports whether a word begins with a mark, such as an accent, which would be
// shown on the character before it.
func hasLooseMark(name string) bool {
	for word := range strings.FieldsSeq(name) {
		if first, _ := utf8.DecodeRuneInString(word); unicode.Is(unicode.M, first) {
			return true
		}
	}
	return false
}

// withoutIdleJoiners removes joiners where they change nothing. Keyboards make it easy
// to type a superfluous one.
func withoutIdleJoiners(name string) string {
	if !strings.ContainsAny(name, line.Joiners) {
		return name
	}
	s := []rune(name)
	kept := make([]rune, 0, len(s))
	for i, r := range s {
		if !strings.ContainsRune(line.Joiners, r) || line.HasPlace(s, i) {
			kept = append(kept, r)
		}
	}
	return string(kept)
}
