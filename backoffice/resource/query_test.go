package resource // what pages ask of a Data has no outside

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// shelf is a resource with ten rows, of two authors by turns.
func shelf(change func(*Resource[entry])) *Resource[entry] {
	var rows []entry
	for n := range int64(10) {
		rows = append(rows, entry{id: n + 1, title: fmt.Sprintf("Title %d", n%5), author: n % 2, pinned: n < 5, secret: "s3cret", body: "body"})
	}
	r := entries(
		Ref[entry, int64]{Name: "author", Filtered: true, At: func(e *entry) *int64 { return &e.author }},
		Bool[entry]{Name: "pinned", Filtered: true, At: func(e *entry) *bool { return &e.pinned }},
		Text[entry]{Name: "secret", Secret: true, At: func(e *entry) *string { return &e.secret }, In: Detail | Write},
		Text[entry]{Name: "body", Long: true, At: body, In: Detail | Write},
		Text[entry]{Name: "place", At: func(e *entry) *string { return (*string)(&e.status) }, In: Nowhere, Optional: true},
	)
	r.Data = Slice(rows...)
	if change != nil {
		change(r)
	}
	return r
}

func TestRowsAreThoseOfTheOperator(t *testing.T) {
	refused := errors.New("the host's own error")
	for _, tt := range []struct {
		name string
		rows func(context.Context, backoffice.Operator, string) (Rows, error)
		want []int64
		err  string
	}{
		{"all without Rows", nil, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, ""},
		{"none for the zero Rows", say(Rows{}), nil, ""},
		{"none without values", say(Only[int64]("author")), nil, ""},
		{"some", say(Only("author", 1)), []int64{2, 4, 6, 8, 10}, ""},
		{"of several values", say(Only("author", 1, 1, 7)), []int64{2, 4, 6, 8, 10}, ""},
		{"in both", say(Only("author", 1).And(Only("pinned", true))), []int64{2, 4}, ""},
		{"in both of one field", say(Only("author", 1, 0).And(Only("author", 0))), []int64{1, 3, 5, 7, 9}, ""},
		{"in none of both", say(Only("author", 1).And(Only("author", 0))), nil, ""},
		{"in all and some", say(All().And(Only("author", 1))), []int64{2, 4, 6, 8, 10}, ""},
		{"in none and all", say(Rows{}.And(All())), nil, ""},
		{"after an error", func(context.Context, backoffice.Operator, string) (Rows, error) { return All(), refused }, nil, refused.Error()},
		{"of a field that there is not", say(Only("autor", 1)), nil, `names the field "autor"`},
		{"of a value of another type", say(Only("author", "1")), nil, "is not a number"},
		{"of too many values", say(Only("author", make1001()...)), nil, "more than 1000 values"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := shelf(func(r *Resource[entry]) { r.Rows = tt.rows })
			require.NoError(t, r.Check())
			rows, err := r.scope(t.Context(), backoffice.Operator{}, "view")
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				require.True(t, rows.none(), "an error means nobody")
				return
			}
			require.NoError(t, err)
			found, next, err := r.page(t.Context(), rows, Query{Sort: "id", Limit: 20})
			require.NoError(t, err)
			require.Nil(t, next)
			var ids []int64
			for _, e := range found {
				ids = append(ids, e.id)
			}
			require.Equal(t, tt.want, ids)
			for id := int64(1); id <= 10; id++ {
				_, err := r.row(t.Context(), rows, fmt.Sprint(id))
				require.Equal(t, !slices.Contains(tt.want, id), errors.Is(err, backoffice.ErrNotFound), "row %d", id)
			}
		})
	}
}

func say(rows Rows) func(context.Context, backoffice.Operator, string) (Rows, error) {
	return func(context.Context, backoffice.Operator, string) (Rows, error) { return rows, nil }
}

func make1001() []int64 {
	all := make([]int64, MostValues+1)
	for i := range all {
		all[i] = int64(i)
	}
	return all
}

func TestAListThatIgnoresItsQueryShowsNothing(t *testing.T) {
	for name, wrong := range map[string]func(*Query){
		"its conditions": func(q *Query) { q.Where = nil },
		"its limit":      func(q *Query) { q.Limit = 100 },
		"its fields":     func(q *Query) { q.Fields = []string{"id"} },
	} {
		t.Run(name, func(t *testing.T) {
			r := shelf(func(r *Resource[entry]) {
				list := r.Data.List
				r.Data.List = func(ctx context.Context, q Query) ([]entry, error) {
					wrong(&q)
					return list(ctx, q)
				}
			})
			require.NoError(t, r.Check())
			found, _, err := r.page(t.Context(), Only("author", 1), Query{Sort: "id", Limit: 3})
			require.ErrorIs(t, err, errIgnored)
			require.Empty(t, found)
		})
	}
	t.Run("another row", func(t *testing.T) {
		r := shelf(func(r *Resource[entry]) {
			r.Data.Get = func(context.Context, string) (entry, error) { return entry{id: 2}, nil }
		})
		require.NoError(t, r.Check())
		_, err := r.row(t.Context(), All(), "1")
		require.ErrorIs(t, err, errIgnored)
	})
}

func TestAConditionThatNoRowCanMeetAsksNobody(t *testing.T) {
	asked := 0
	r := shelf(func(r *Resource[entry]) {
		r.Fields = append(r.Fields, Int[entry, int8]{Name: "level", Filtered: true, At: func(e *entry) *int8 { return &e.level }})
		list := r.Data.List
		r.Data.List = func(ctx context.Context, q Query) ([]entry, error) {
			asked++
			return list(ctx, q)
		}
	})
	require.NoError(t, r.Check())
	for _, tt := range []struct {
		where Where
		rows  int
		asked int
	}{
		{Where{Field: "level", In: []any{int64(128)}}, 0, 0},
		{Where{Field: "level", In: []any{"0"}}, 0, 0},
		{Where{Field: "level", In: []any{int64(128), int64(0)}}, 10, 1},
		{Where{Field: "level", In: []any{}}, 0, 0},
		{Where{Field: "level", From: int64(128)}, 0, 0},
		{Where{Field: "level", From: int64(-1000)}, 10, 1},
		{Where{Field: "level", Until: int64(1000)}, 10, 1},
		{Where{Field: "level", Until: int64(-128)}, 0, 0},
		{Where{Field: "level", From: int64(0), Until: int64(0)}, 0, 1},
	} {
		asked = 0
		found, _, err := r.page(t.Context(), All(), Query{Sort: "id", Limit: 20, Where: []Where{tt.where}})
		require.NoError(t, err)
		require.Len(t, found, tt.rows, tt.where)
		require.Equal(t, tt.asked, asked, tt.where)
	}
}

func TestListsHoldNoLongTextsAndNoSecrets(t *testing.T) {
	r := shelf(nil)
	require.NoError(t, r.Check())
	found, next, err := r.page(t.Context(), All(), Query{Sort: "id", Limit: 2})
	require.NoError(t, err)
	require.Equal(t, []entry{{id: 1, title: "Title 0", pinned: true}, {id: 2, title: "Title 1", author: 1, pinned: true}}, found)
	require.Equal(t, &Cursor{int64(2), int64(2)}, next)
}

func TestKeysHaveOneText(t *testing.T) {
	r := shelf(nil)
	require.NoError(t, r.Check())
	for _, id := range []string{"", "0x1", "01", "+1", " 1", "1 ", "１", "1.0", "1e0", "-0", "99999999999999999999", "' OR 1=1", "1\x00", "\xff", strings.Repeat("1", 2000)} {
		_, err := r.row(t.Context(), All(), id)
		require.ErrorIs(t, err, backoffice.ErrNotFound, "%.30q", id)
	}
	e, err := r.row(t.Context(), All(), "1")
	require.NoError(t, err)
	require.Equal(t, "s3cret", e.secret)
}

func TestACursorBelongsToItsOrder(t *testing.T) {
	r := entries(Time[entry]{Name: "at", Sorted: true, At: func(e *entry) *time.Time { return &e.at }})
	require.NoError(t, r.Check())
	q := Query{Sort: "at", Desc: true}
	at := time.Date(2026, 1, 1, 0, 0, 0, 123_456_000, time.UTC)
	text := r.model.cursorText(q, &Cursor{at, int64(7)})
	c, ok := r.model.cursorOf(q, text)
	require.True(t, ok)
	require.Equal(t, &Cursor{at, int64(7)}, c)
	for name, wrong := range map[string]struct {
		q    Query
		text string
	}{
		"another field":     {Query{Sort: "title", Desc: true}, text},
		"another direction": {Query{Sort: "at"}, text},
		"no JSON":           {q, "x"},
		"no time":           {q, `{"s":"at","d":true,"v":"'; DROP TABLE","k":"7"}`},
		"no key":            {q, `{"s":"at","d":true,"v":"2026-01-01T00:00:00Z","k":"7 OR 1"}`},
		"nothing":           {q, `{"s":"at","d":true}`},
	} {
		_, ok := r.model.cursorOf(wrong.q, wrong.text)
		require.False(t, ok, name)
	}
}

func TestOrdersAreThoseThatAreOffered(t *testing.T) {
	r := entries(
		Text[entry]{Name: "body", At: body, Sorted: true, Permission: "entries.read"},
		Text[entry]{Name: "secret", At: func(e *entry) *string { return &e.secret }},
	)
	r.Sort = "-title"
	require.NoError(t, r.Check())
	for asked, want := range map[string]string{
		"title": "title false", "-title": "title true", "id": "id false", "-id": "id true",
		"": "title true", "body": "title true", "secret": "title true", "nothing": "title true", "--id": "title true",
		`id"; --`: "title true", "id, title": "title true",
	} {
		c, desc := r.model.ordered(backoffice.Operator{}, asked)
		require.Equal(t, want, fmt.Sprintf("%s %v", c.name, desc), asked)
	}
}

func TestTheAuditLogGetsWhatChanged(t *testing.T) {
	r := shelf(nil)
	require.NoError(t, r.Check())
	was := entry{id: 1, title: "a", author: 3, secret: "old", body: "old", pinned: true}
	now := was
	now.title, now.secret, now.body, now.pinned = strings.Repeat("é", 1000), "new", "new body", false
	before, after := r.model.record(&was, &now)
	require.Equal(t, map[string]string{"title": "a", "body": "3 characters, SHA-256 cba06b5736faf67e", "pinned": "true"}, before)
	require.Equal(t, "changed", after["secret"])
	require.Equal(t, "false", after["pinned"])
	require.LessOrEqual(t, len(after["title"]), 1024)
	require.True(t, strings.HasSuffix(after["title"], "é…"))
	require.NotContains(t, fmt.Sprint(before, after), "new body")
	require.Equal(t, []string{"title", "pinned", "secret", "body"}, r.model.changed(&was, &now))

	before, after = r.model.record(nil, &was)
	require.Empty(t, before)
	require.Equal(t, "3", after["author"])
	require.NotContains(t, after, "secret")
	before, after = r.model.record(&was, nil)
	require.Equal(t, "a", before["title"])
	require.Empty(t, after)
}

func TestReferencesAreChecked(t *testing.T) {
	asked := 0
	to := Relation{
		Labels: func(_ context.Context, ids []string) (map[string]string, error) {
			asked++
			return map[string]string{"7": "Mia", "8": "another that nobody asked for"}, nil
		},
	}
	r := entries(Ref[entry, int64]{Name: "author", At: func(e *entry) *int64 { return &e.author }, To: to, In: Everywhere})
	r.Validate = func(_ context.Context, was, now *entry) error {
		now.title = "changed by Validate"
		if was != nil && was.title == now.title || now.pinned {
			return &backoffice.InvalidError{Problems: []backoffice.Problem{{Field: "title", Text: "Not like that."}}}
		}
		return nil
	}
	require.NoError(t, r.Check())
	problems := func(was, now *entry) (codes []string) {
		found, err := r.check(t.Context(), was, now)
		require.NoError(t, err)
		for _, p := range found {
			codes = append(codes, p.field+" "+p.code)
		}
		return codes
	}
	now := entry{title: "a", author: 7}
	require.Empty(t, problems(nil, &now))
	require.Equal(t, "a", now.title)
	require.Equal(t, []string{"author reference"}, problems(nil, &entry{author: 9}))
	before := asked
	require.Empty(t, problems(&entry{author: 9}, &entry{author: 9}), "what was not changed is not asked about")
	require.Empty(t, problems(nil, &entry{}), "nor what is empty")
	require.Equal(t, before, asked)
	require.Equal(t, []string{"title host"}, problems(nil, &entry{pinned: true}))
	none := entries(Ref[entry, int64]{Name: "author", At: func(e *entry) *int64 { return &e.author }, In: Everywhere})
	require.NoError(t, none.Check())
	found, err := none.check(t.Context(), nil, &entry{author: 7})
	require.NoError(t, err)
	require.Len(t, found, 1, "without a Relation, nothing can be chosen")
}

func TestWordsOfASearch(t *testing.T) {
	for text, want := range map[string][]string{
		"":                              nil,
		" \t\n":                         nil,
		"one":                           {"one"},
		" one  two ":                    {"one", "two"},
		"1 2 3 4 5 6 7":                 {"1", "2", "3", "4", "5"},
		"a\x00b\xffc":                   {"a", "bc"},
		strings.Repeat("é", 1000):       {strings.Repeat("é", 100)},
		"x" + strings.Repeat("é", 1000): {"x" + strings.Repeat("é", 99)},
	} {
		require.Equal(t, want, append([]string(nil), Words(text)...), "%.20q", text)
	}
}

func TestNobodyFollowsARelationWithoutASession(t *testing.T) {
	r := shelf(nil)
	to := r.Relation()
	labels, err := to.Labels(t.Context(), []string{"1", "x"})
	require.NoError(t, err)
	require.Empty(t, labels)
	found, err := to.Find(t.Context(), "", 5)
	require.NoError(t, err)
	require.Empty(t, found)
	broken := &Resource[entry]{Path: "broken"}
	_, err = broken.Relation().Labels(t.Context(), []string{"1"})
	require.ErrorContains(t, err, `resource "broken"`)
}

func TestARowHasOneAddressAndNoOtherSaysThatItExists(t *testing.T) {
	const upper, lower = "6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
	type rose struct {
		slug, section string
		id            [16]byte
	}
	slug := Key[rose, string]{Name: "slug", At: func(r *rose) *string { return &r.slug }}
	section := Text[rose]{Name: "section", At: func(r *rose) *string { return &r.section }}
	// As a column would that ignores the case of letters, and another its accents.
	r := &Resource[rose]{Path: "roses", One: "Rose", Many: "Roses", Data: Slice[rose](), Fields: []Field[rose]{slug, section}}
	r.Data.Get = func(context.Context, string) (rose, error) { return rose{slug: "tea", section: "mine"}, nil }
	require.NoError(t, r.Check())
	for id, want := range map[string]error{"tea": nil, "Tea": backoffice.ErrNotFound, "thé": errIgnored} {
		_, err := r.row(t.Context(), Only("section", "mine"), id)
		require.ErrorIs(t, err, want, id)
		_, err = r.row(t.Context(), Only("section", "yours"), id)
		require.Equal(t, backoffice.ErrNotFound, err, id)
	}
	id := Key[rose, [16]byte]{Name: "id", At: func(r *rose) *[16]byte { return &r.id }}.column()
	for text, ok := range map[string]bool{lower: true, upper: false, "00000000-0000-0000-0000-000000000000": false} {
		_, err := id.read(text)
		require.Equal(t, ok, err == nil, text)
	}
}
