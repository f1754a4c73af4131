package brand

import (
	"strings"

	"github.com/postern-go/postern/internal/messages"
)

// Office is what a sentence calls an office of this name: "the {office}". It does not
// repeat "back office", in English or in any words that the language has for it.
func Office(in *messages.Language, name string) messages.Text {
	name = strings.TrimSpace(name)
	for _, words := range []string{messages.English().Text("common.back_office.words"), in.Text("common.back_office.words")} {
		for word := range strings.SplitSeq(words, ",") {
			if word = strings.TrimSpace(word); word != "" && strings.Contains(strings.ToLower(name), strings.ToLower(word)) {
				return messages.New("common.back_office.named", "name", name)
			}
		}
	}
	return messages.New("common.back_office", "name", name)
}
