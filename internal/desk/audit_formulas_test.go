package desk_test

import (
	"encoding/csv"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// hostile are texts that spreadsheets, or terminals, take for something else.
func hostile() (texts []string) {
	for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫"} {
		for _, before := range []string{
			"", " ", "\t", "\r", "\n", "\r\n", "\x00", "\u00a0", "\u3000", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u3164",
			"\u2800", "\ufe0f", "\u0301", "\U000e0020", `"`, "'", "`", `""`, `" `, ";", "x;", "x; ", `x;"`, "x;;", "x|", "x\t", "x\r\n", "x\",", "x\u2028",
		} {
			texts = append(texts, before+sign+`cmd|' /C calc'!A0`)
		}
	}
	return append(texts, "\tx", "\rx", "\nx", "\x00x", "a\x1b]0;pwned\x07", "a\u009b2J", "a\u202eb", "a\u2029b", "a\x7f")
}

// events have a text in one field each.
func eventsWith(text string) (events []store.Event) {
	for i := range reflect.TypeFor[store.Event]().NumField() {
		e := store.Event{Seq: int64(i)}
		switch field := reflect.ValueOf(&e).Elem().Field(i); {
		case field.Kind() == reflect.String:
			field.SetString(text)
		case field.Kind() == reflect.Map:
			e.Detail = map[string]string{"before": text, text: "key"}
		default:
			continue
		}
		events = append(events, e)
	}
	return events
}

func written(t *testing.T, format string, events ...store.Event) string {
	t.Helper()
	var b strings.Builder
	w, err := desk.NewAuditWriter(&b, format)
	require.NoError(t, err)
	for _, e := range events {
		require.NoError(t, w.Write(e))
	}
	require.NoError(t, w.Flush())
	return b.String()
}

func TestNoCellOfAnExportIsAFormula(t *testing.T) {
	// What a spreadsheet skips, or may: more than any of them is known to.
	begins := regexp.MustCompile(`^[^\pL\pN\p{Po}\p{Ps}\p{Sc}\x{FFFD}']*[=+\-@＝＋－＠﹦﹢﹣﹫]`)
	for _, text := range hostile() {
		events := eventsWith(text)
		require.Len(t, events, 15)
		out := written(t, "csv", events...)
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		require.NoError(t, err, "%q", text)
		require.Len(t, rows, len(events)+1, "%q", text)
		for _, row := range rows[1:] {
			require.Len(t, row, 17)
			for _, cell := range row {
				require.NotRegexp(t, begins, cell, "%q", text)
			}
		}
		// Read with another separator, quotes end up inside cells and protect nothing.
		for _, line := range strings.FieldsFunc(out, func(r rune) bool { return strings.ContainsRune("\r\n\u2028\u2029", r) }) {
			for _, cell := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(";|\t", r) }) {
				require.NotRegexp(t, begins, cell, "%q", text)
			}
		}
		require.Equal(t, len(events)+1, strings.Count(out, "\n"), "%q: a row is a line", text)
	}
}

func TestAnExportedLineIsOneJSONObjectThatNoTerminalObeys(t *testing.T) {
	for _, text := range append(hostile(), "नमस्ते 👩‍🚀 می\u200cخواهم", "<b>&amp;</b>", "\\u2028", `"},{"seq":9`) {
		events := eventsWith(text)
		out := written(t, "jsonl", events...)
		for _, r := range out {
			require.True(t, r == '\n' || unicode.IsPrint(r), "%q: %U", text, r)
		}
		for _, line := range strings.FieldsFunc(written(t, "csv", events...), func(r rune) bool { return r == '\r' || r == '\n' }) {
			require.False(t, strings.ContainsFunc(line, unicode.IsControl), "%q", text)
		}
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		require.Len(t, lines, len(events))
		for i, line := range lines {
			var record desk.AuditRecord
			require.NoError(t, json.Unmarshal([]byte(line), &record), line)
			require.Equal(t, desk.NewAuditRecord(events[i]), record, "what was written is what is read")
		}
	}
}
