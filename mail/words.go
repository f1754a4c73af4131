package mail

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/messages"
)

// Words are what the library's layout says around the content of a letter, in its
// language. An empty one is in English.
type Words struct {
	// Colon stands between a label and its value. Default: ":".
	Colon string
	// CopyLink, PasteCode and KeepLink introduce the link of the button, its code and Home,
	// each on a line of its own below.
	CopyLink, PasteCode, KeepLink string
	// SentBy and CheckOrigin end the letter. They name the sender, and the address to look
	// for before a password is entered.
	SentBy, CheckOrigin string
}

// clean returns the words of a letter on one line each, with those that are missing.
func (w Words) clean(l Letter) Words {
	say := func(word *string, key string, args ...any) {
		if *word = l.oneLine(*word); *word == "" {
			*word = messages.English().Text(key, args...)
		}
	}
	say(&w.Colon, "mail.colon")
	say(&w.CopyLink, "mail.copy_link")
	say(&w.PasteCode, "mail.paste_code")
	say(&w.KeepLink, "mail.keep_link")
	say(&w.SentBy, "mail.sent_by", "sender", l.Sender)
	say(&w.CheckOrigin, "mail.check_origin", "origin", l.Origin+"/")
	return w
}

// rightToLeft is the Direction of languages that are written from right to left.
const rightToLeft = "rtl"

// What surrounds data in a text of another direction (Unicode UAX 9).
const (
	isolate    = '\u2068'
	isolateEnd = '\u2069'
)

// oneLine returns a text of the letter on one line. It keeps spaces at which no line
// breaks and, from right to left, complete isolates: they order names and punctuation.
// Every other character that reorders a line is left out.
func (l Letter) oneLine(text string) string {
	var opened []int // where, in out
	var out []rune
	for _, r := range text {
		switch {
		case r == isolate && l.Direction == rightToLeft:
			opened = append(opened, len(out))
			out = append(out, r)
		case r == isolateEnd && len(opened) > 0:
			opened = opened[:len(opened)-1]
			out = append(out, r)
		case breaks(r) || unicode.IsControl(r):
			if len(out) > 0 && out[len(out)-1] != ' ' {
				out = append(out, ' ')
			}
		case r != utf8.RuneError && !isBidiControl(r):
			out = append(out, r)
		}
	}
	for _, at := range slices.Backward(opened) { // never closed
		out = slices.Delete(out, at, at+1)
	}
	if text = string(out); strings.TrimSpace(text) == "" {
		return ""
	}
	return strings.Trim(text, " ")
}

// breaks reports whether a line can be broken at a space.
func breaks(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' }
