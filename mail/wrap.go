package mail

import (
	"strings"
	"unicode/utf8"
)

// textWidth is what RFC 3676 section 4.2 suggests for lines of plain text.
const textWidth = 72

// wrap breaks a text at spaces where a line may break. Longer words, such as links, stay
// whole.
func wrap(s string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.FieldsFunc(s, breaks) {
		width := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+width > textWidth:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += width
	}
	return b.String()
}
