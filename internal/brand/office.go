package brand

import (
	"strings"

	"github.com/postern-go/postern/internal/messages"
)

// OfficeIn is what a sentence calls an office of this name, after "the". It does not repeat
// "back office", which may be in the name, in that language or in English.
func OfficeIn(in *messages.Language, name string) string {
	name = strings.TrimSpace(name)
	const alone, words = "frame.back_office.alone", "frame.back_office.words"
	has := func(words string) bool { return strings.Contains(strings.ToLower(name), strings.ToLower(words)) }
	switch {
	case name == "", strings.EqualFold(name, messages.English().Text(words)) && in.Tag != messages.Source:
		return in.Text(alone)
	case has(in.Text(words)), has(messages.English().Text(words)):
		return name
	}
	return in.Text("frame.back_office", "office", name)
}
