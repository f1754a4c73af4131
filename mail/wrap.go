package mail

import (
	"strings"
	"unicode/utf8"
)

// textWidth is what RFC 3676 section 4.2 suggests for lines of plain text.
const textWidth = 72

// wrap breaks a text at spaces where a line may break. Longer words, such as links, stay
// whole. Isolates go on in the next line, which is a paragraph of its own to whoever shows
// it.
func wrap(s string) string {
	var b strings.Builder
	column, open := 0, 0
	for i, word := range strings.FieldsFunc(s, breaks) {
		begins, ends := strings.Count(word, string(isolate)), strings.Count(word, string(isolateEnd))
		width := utf8.RuneCountInString(word) - begins - ends
		switch {
		case i == 0:
		case column+1+width > textWidth:
			b.WriteString(strings.Repeat(string(isolateEnd), open) + "\n" + strings.Repeat(string(isolate), open))
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += width
		open = max(0, open+begins-ends)
	}
	return b.String()
}
