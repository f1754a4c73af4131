package resource // what is typed and what is in addresses have no outside

import (
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzWhatIsTyped: what a form accepts is shown as it was stored, can be typed again, and has
// one text in addresses, which alone is read back.
func FuzzWhatIsTyped(f *testing.F) {
	for _, text := range []string{
		"", " a ", "a\r\nb", "-128", "007", "true", "b", "2026-03-29T02:30", "2026-10-25T02:30", "2026-03-29 03:00:01", "2026-02-28",
		"0001-01-01T00:00", "9999-12-31T23:59", "10000-01-01", "0x1", "\xff", "00000000-0000-0000-0000-000000000001",
	} {
		f.Add(text)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(f, err)
	howe, err := time.LoadLocation("Australia/Lord_Howe")
	require.NoError(f, err)
	at := func(e *entry) *time.Time { return &e.at }
	columns := []*column[entry]{
		entryKey.column(),
		Text[entry]{Name: "title", At: title}.column(),
		Text[entry]{Name: "body", At: body, Long: true, Optional: true}.column(),
		Int[entry, int8]{Name: "level", At: func(e *entry) *int8 { return &e.level }, Optional: true}.column(),
		Bool[entry]{Name: "pinned", At: func(e *entry) *bool { return &e.pinned }}.column(),
		Choice[entry, state]{Name: "status", At: func(e *entry) *state { return &e.status }, Of: []Option{{Value: "a"}, {Value: "b"}}}.column(),
		Ref[entry, int64]{Name: "author", At: func(e *entry) *int64 { return &e.author }}.column(),
		Time[entry]{Name: "at", At: at}.column(),
		Time[entry]{Name: "berlin", At: at, Zone: berlin, Optional: true}.column(),
		Time[entry]{Name: "howe", At: at, Zone: howe}.column(),
		Time[entry]{Name: "day", At: at, Date: true}.column(),
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range columns {
			var row entry
			if p := c.parse(nil, &row, text); p != nil {
				require.Equal(t, entry{}, row, "%s: what is refused changes nothing", c.name)
			}
			shown := c.text(&row)
			require.True(t, utf8.ValidString(shown))
			if c.values != bools && shown != "" && !zero(c.value(&row)) {
				var again entry
				require.Nil(t, c.parse(nil, &again, shown), "%s: %q", c.name, shown)
				require.True(t, c.equal(&row, &again), "%s: %q", c.name, shown)
			}
			v, err := c.read(c.plain(c.value(&row)))
			require.NoError(t, err, c.name)
			require.True(t, same(v, c.value(&row)), c.name)
			if v, err := c.read(text); err == nil {
				require.Equal(t, text, c.plain(v), c.name)
			}
			_, _ = c.bound(text, true)
		}
		r := entries()
		require.NoError(t, r.Check())
		if key, err := r.model.keyOf(text); err == nil {
			require.Equal(t, text, r.model.key.plain(key))
		}
		for _, sort := range []string{"id", "title"} {
			q := Query{Sort: sort}
			if c, ok := r.model.cursorOf(q, text); ok {
				again, ok := r.model.cursorOf(q, r.model.cursorText(q, c))
				require.True(t, ok)
				require.Equal(t, c, again)
			}
		}
		require.LessOrEqual(t, len(Words(text)), MostWords)
	})
}
