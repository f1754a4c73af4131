package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
)

// WriteJSON writes v as JSON and a newline, indented unless indent is empty. Every
// character that a terminal might obey instead of showing it is escaped, such as
// U+009B, which begins an escape sequence and which encoding/json leaves as it is.
// What reads the JSON gets the same text.
func WriteJSON(w io.Writer, v any, indent string) error {
	var plain bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetIndent("", indent)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	safe := make([]byte, 0, plain.Len())
	for _, r := range plain.String() {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			safe = append(safe, string(r)...)
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				safe = fmt.Appendf(safe, `\u%04x`, unit)
			}
		}
	}
	_, err := w.Write(safe)
	return err
}
