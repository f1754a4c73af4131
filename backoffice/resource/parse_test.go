package resource // what forms mean has no outside

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func zoneOf(t *testing.T, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return zone
}

func TestAFormIsUnderstood(t *testing.T) {
	text := Text[entry]{Name: "title", At: title, Max: 5}.column()
	optional := Text[entry]{Name: "title", At: title, Optional: true}.column()
	long := Text[entry]{Name: "body", At: body, Long: true, Max: 10}.column()
	level := Int[entry, int8]{Name: "level", At: func(e *entry) *int8 { return &e.level }}.column()
	bounded := Int[entry, int8]{Name: "level", At: func(e *entry) *int8 { return &e.level }, Max: 10}.column()
	status := Choice[entry, state]{Name: "status", At: func(e *entry) *state { return &e.status }, Of: []Option{{Value: "a"}, {Value: "b"}}}.column()
	ref := Ref[entry, int64]{Name: "author", At: func(e *entry) *int64 { return &e.author }}.column()
	pinned := Bool[entry]{Name: "pinned", At: func(e *entry) *bool { return &e.pinned }}.column()
	picky := Text[entry]{Name: "title", At: title, Validate: func(s string) error { return errors.New("not " + s) }}.column()
	price := Custom[entry, *string]{Name: "price", At: func(e *entry) **string { return &e.price }, Optional: true,
		Format: func(s *string) string {
			if s == nil {
				return ""
			}
			return "£" + *s
		},
		Parse: func(s string) (*string, error) {
			if s == "" {
				return nil, nil
			}
			rest, ok := strings.CutPrefix(s, "£")
			if !ok {
				return nil, errors.New("must begin with £")
			}
			return &rest, nil
		}}.column()
	for _, tt := range []struct {
		name   string
		column *column[entry]
		text   string
		want   any
		code   string
	}{
		{"a text", text, " rosés ", "rosés", ""},
		{"of the longest length", text, "ééééé", "ééééé", ""},
		{"one longer", text, "éééééé", "", codeTooLong},
		{"nothing", text, "  ", "", codeRequired},
		{"nothing, as may be", optional, " ", "", ""},
		{"two lines", text, "a\nb", "", codeCharacter},
		{"NUL", text, "a\x00", "", codeCharacter},
		{"no UTF-8", text, "a\xff", "", codeCharacter},
		{"lines of a long text", long, "a\r\n b\t", "a\n b\t", ""},
		{"a bell in a long text", long, "a\ab", "", codeCharacter},
		{"a number", level, " -128 ", int64(-128), ""},
		{"one that does not fit its type", level, "128", int64(0), codeTooLarge},
		{"one that fits no type", level, "99999999999999999999", int64(0), codeTooLarge},
		{"nor below", level, "-99999999999999999999", int64(0), codeTooSmall},
		{"below a bound", bounded, "-1", int64(0), codeTooSmall},
		{"at a bound", bounded, "10", int64(10), ""},
		{"above", bounded, "11", int64(0), codeTooLarge},
		{"a fraction", level, "1.5", int64(0), codeNumber},
		{"hexadecimal", level, "0x1", int64(0), codeNumber},
		{"a choice", status, "b", "b", ""},
		{"one that is not offered", status, "c", "", codeChoice},
		{"none", status, "", "", codeRequired},
		{"a reference", ref, "7", int64(7), ""},
		{"written differently", ref, "07", int64(0), codeReference},
		{"a ticked box", pinned, "yes", true, ""},
		{"one that is not", pinned, "", false, ""},
		{"what the host refuses", picky, "x", "", codeHost},
		{"a custom", price, "£1.50", "£1.50", ""},
		{"one that is refused", price, "1.50", "", codeHost},
		{"none", price, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var row entry
			p := tt.column.parse(nil, &row, tt.text)
			if tt.code == "" {
				require.Nil(t, p)
			} else {
				require.NotNil(t, p)
				require.Equal(t, tt.code, p.code)
				require.Equal(t, tt.column.name, p.field)
			}
			require.Equal(t, tt.want, tt.column.value(&row))
		})
	}
}

func TestTimesAreThoseOfTheirZone(t *testing.T) {
	berlin, howe := zoneOf(t, "Europe/Berlin"), zoneOf(t, "Australia/Lord_Howe")
	for _, tt := range []struct {
		name string
		zone *time.Location
		text string
		want string
		code string
	}{
		{"in UTC without a zone", nil, "2026-03-29T02:30", "2026-03-29T02:30:00Z", ""},
		{"in winter", berlin, "2026-01-10T12:00", "2026-01-10T11:00:00Z", ""},
		{"in summer", berlin, "2026-07-10 12:00:05", "2026-07-10T10:00:05Z", ""},
		{"just before a gap", berlin, "2026-03-29T01:59", "2026-03-29T00:59:00Z", ""},
		{"in a gap", berlin, "2026-03-29T02:30", "", codeSkipped},
		{"at its end", berlin, "2026-03-29T03:00", "2026-03-29T01:00:00Z", ""},
		{"in an overlap", berlin, "2026-10-25T02:30", "", codeTwice},
		{"at its beginning", berlin, "2026-10-25T02:00", "", codeTwice},
		{"at its end", berlin, "2026-10-25T03:00", "2026-10-25T02:00:00Z", ""},
		{"in an overlap of half an hour", howe, "2026-04-05T01:45", "", codeTwice},
		{"in a gap of half an hour", howe, "2026-10-04T02:15", "", codeSkipped},
		{"no time", berlin, "2026-02-30T10:00", "", codeTime},
		{"no year", berlin, "0000-01-01T00:00", "", codeTime},
		{"the zero time", nil, "0001-01-01T00:00", "", codeTime},
		{"words", berlin, "tomorrow", "", codeTime},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Time[entry]{Name: "at", At: func(e *entry) *time.Time { return &e.at }, Zone: tt.zone}.column()
			var row entry
			p := c.parse(nil, &row, tt.text)
			require.Equal(t, tt.want, c.plain(c.value(&row)))
			if tt.code != "" {
				require.NotNil(t, p)
				require.Equal(t, tt.code, p.code)
				return
			}
			require.Nil(t, p)
			// And back: what the form shows is what was typed.
			require.Equal(t, strings.Replace(tt.text, " ", "T", 1), c.text(&row))
		})
	}
}

func TestWhatNobodyTouchesStays(t *testing.T) {
	at := time.Date(2026, 10, 25, 0, 30, 0, 123_456_789, time.UTC) // 02:30 in Berlin, for the first time
	was := entry{at: at, title: strings.Repeat("x", 300), status: "retired", level: 99, body: "a\r\nb"}
	for _, c := range []*column[entry]{
		Time[entry]{Name: "at", At: func(e *entry) *time.Time { return &e.at }, Zone: zoneOf(t, "Europe/Berlin")}.column(),
		Text[entry]{Name: "title", At: title}.column(),
		Text[entry]{Name: "body", At: body, Long: true}.column(),
		Choice[entry, state]{Name: "status", At: func(e *entry) *state { return &e.status }, Of: []Option{{Value: "live"}}}.column(),
		Int[entry, int8]{Name: "level", At: func(e *entry) *int8 { return &e.level }, Max: 10}.column(),
	} {
		now := was
		require.Nil(t, c.parse(&was, &now, strings.ReplaceAll(c.text(&was), "\r\n", "\n")), c.name)
		require.Equal(t, was, now)
		require.NotNil(t, c.parse(nil, &now, c.text(&was)+map[bool]string{true: "\a"}[c.long]), "%s: in a new row it would be refused", c.name)
	}
}

func TestBoundsIncludeWhatPeopleName(t *testing.T) {
	at := Time[entry]{Name: "at", At: func(e *entry) *time.Time { return &e.at }, Zone: zoneOf(t, "Europe/Berlin")}.column()
	day := Time[entry]{Name: "day", At: func(e *entry) *time.Time { return &e.day }, Date: true, Zone: zoneOf(t, "Europe/Berlin")}.column()
	n := Int[entry, int64]{Name: "version", At: func(e *entry) *int64 { return &e.version }}.column()
	for _, tt := range []struct {
		column *column[entry]
		text   string
		until  bool
		want   string
	}{
		{at, "2026-03-29", false, "2026-03-28T23:00:00Z"},
		{at, "2026-03-29", true, "2026-03-29T22:00:00Z"}, // a day of 23 hours
		{day, "2026-03-29", false, "2026-03-29"},
		{day, "2026-03-29", true, "2026-03-30"},
		{n, "5", false, "5"},
		{n, "5", true, "6"},
	} {
		v, p := tt.column.bound(tt.text, tt.until)
		require.Nil(t, p)
		require.Equal(t, tt.want, tt.column.plain(v))
	}
	v, p := n.bound("9223372036854775807", true)
	require.Nil(t, p)
	require.Nil(t, v, "nothing is above it")
	for _, bad := range []string{"", "x", "99999999999999999999", "2026-13-01"} {
		for _, c := range []*column[entry]{at, n} {
			_, p = c.bound(bad, false)
			require.NotNil(t, p, bad)
		}
	}
}

func TestScalarsOfEveryTypeSurvive(t *testing.T) {
	type letter uint8
	type id [16]byte
	check := func(v, back any, err error) {
		t.Helper()
		require.NoError(t, err)
		require.Equal(t, v, back)
	}
	var l letter
	err := assign(&l, canonical(letter(200)))
	check(letter(200), l, err)
	var u uint32
	err = assign(&u, canonical(uint32(math.MaxUint32)))
	check(uint32(math.MaxUint32), u, err)
	var s state
	err = assign(&s, canonical(state("x")))
	check(state("x"), s, err)
	var i id
	err = assign(&i, canonical(id{1, 15: 2}))
	check(id{1, 15: 2}, i, err)
	require.Equal(t, "01000000-0000-0000-0000-000000000002", canonical(i))

	for _, v := range []any{int64(256), int64(-1), "1", nil, 1, 1.5} {
		require.Error(t, assign(&l, v), "%v is no uint8", v)
		require.Equal(t, letter(200), l)
	}
	for _, v := range []string{"x", "01000000-0000-0000-0000-00000000000", "0100000000000000000000000000000g", "{01000000-0000-0000-0000-000000000002}", "01000000000000000000000000000002"} {
		require.Error(t, assign(&i, v), v)
	}
}
