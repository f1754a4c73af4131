package desk

import (
	"strings"
	"unicode"

	"github.com/postern-go/postern/internal/messages"
)

// Why says why something was refused or failed, as it is stored with events and emails:
// in the office's own words, which are codes, or in a person's, which are said as they are.
// A code may have a colon and more after it, as in "periodic work: purge".
func Why(stored string) messages.Text {
	in := messages.English()
	if key := reasonKey(stored); in.Has(key) {
		return messages.New(key)
	}
	code, rest, ok := strings.Cut(stored, ": ")
	key := reasonKey(code)
	if step, detail, more := strings.Cut(rest, ": "); ok && code == notDelivered {
		key, rest = "mails.step."+slug(step), detail
		if ok = in.Has(key); ok && !more {
			return messages.New(key + ".alone")
		}
	}
	if !ok || !in.Has(key) {
		return messages.Plain(stored)
	}
	if known := Why(rest); known.Key() != "" {
		return messages.New(key, "rest", known)
	}
	return messages.New(key, "rest", rest)
}

// notDelivered is how a [mail.DeliveryError] begins, before the step that failed.
const notDelivered = "deliver mail"

func reasonKey(code string) string { return "audit.reason." + slug(code) }

// slug makes a part of a key of a code: "Not sent: too late." becomes "not_sent_too_late".
func slug(code string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(code), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), "_")
}
