package mail

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
)

// textWidth is what RFC 3676 section 4.2 suggests for lines of plain text.
const textWidth = 72

// wrap breaks a text at spaces. Longer words, links among them, stay whole.
func wrap(s string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(s) {
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

var (
	unseen = regexp.MustCompile(`(?is)<head.*?</head>`)
	tag    = regexp.MustCompile(`<[^>]*>`)
)

// htmlText returns the words of a mail's HTML part on one line.
func htmlText(markup string) string {
	return oneLine(html.UnescapeString(tag.ReplaceAllString(unseen.ReplaceAllString(markup, " "), " ")))
}
