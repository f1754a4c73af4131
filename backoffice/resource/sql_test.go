package resource // statements have no outside

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store/sqlstore"
)

// over is a resource over a table in a database that says no more than it is told to.
func over(t *testing.T, d sqlstore.Dialect, database deaf, fields ...Field[entry]) (*Resource[entry], *table[entry]) {
	db := sql.OpenDB(database)
	t.Cleanup(func() { _ = db.Close() })
	author := Ref[entry, int64]{Name: "author", Filtered: true, Optional: true, At: func(e *entry) *int64 { return &e.author }}
	r := entries(append(fields, author)...)
	s := &table[entry]{db: db, patience: time.Millisecond, syntax: syntaxOf(d), Table: Table{
		Name: "garden.entries", Dialect: d, Columns: map[string]string{"author": `the author`}, Times: UnixSeconds,
	}}
	r.Data = Data[entry]{List: s.list, Get: s.get, Create: s.create, Update: s.update, Delete: s.delete, use: s.begin}
	require.NoError(t, r.Check())
	return r, s
}

// deaf is a database that fails with an error, or answers nobody.
type deaf struct{ err error }

func (d deaf) Connect(context.Context) (driver.Conn, error) { return d, nil }
func (d deaf) Driver() driver.Driver                        { return nil }
func (d deaf) Prepare(string) (driver.Stmt, error)          { return nil, d.err }
func (d deaf) Close() error                                 { return nil }
func (d deaf) Begin() (driver.Tx, error)                    { return nil, d.err }

func (d deaf) QueryContext(ctx context.Context, _ string, _ []driver.NamedValue) (driver.Rows, error) {
	return nil, d.answer(ctx)
}

func (d deaf) ExecContext(ctx context.Context, _ string, _ []driver.NamedValue) (driver.Result, error) {
	return nil, d.answer(ctx)
}

func (d deaf) answer(ctx context.Context) error {
	if d.err == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	return d.err
}

// stated is an error with a SQLSTATE, as drivers of PostgreSQL report one.
type stated struct{ state, text string }

func (s stated) Error() string    { return s.text }
func (s stated) SQLState() string { return s.state }

func TestListsAreOneStatement(t *testing.T) {
	status := Choice[entry, state]{Name: "status", Filtered: true, Of: []Option{{Value: "live"}}, At: func(e *entry) *state { return &e.status }}
	at := Time[entry]{Name: "at", Sorted: true, Filtered: true, At: func(e *entry) *time.Time { return &e.at }}
	const list = `SELECT "id", "title" FROM "garden"."entries"`
	moment := time.Unix(1_800_000_000, 0).UTC()
	for _, tt := range []struct {
		name             string
		query            Query
		sqlite, postgres string
		args             []any
	}{
		{"all", Query{Sort: "id"}, list + ` ORDER BY "id" LIMIT 3`, "", nil},
		{"behind a key", Query{Sort: "id", Desc: true, After: &Cursor{int64(7), int64(7)}},
			list + ` WHERE "id" < ? ORDER BY "id" DESC LIMIT 3`, list + ` WHERE "id" < $1 ORDER BY "id" DESC LIMIT 3`, []any{int64(7)}},
		{"behind a title", Query{Sort: "title", After: &Cursor{`'; --`, int64(7)}},
			list + ` WHERE ("title", "id") > (?, ?) ORDER BY "title", "id" LIMIT 3`, list + ` WHERE ("title", "id") > ($1, $2) ORDER BY "title", "id" LIMIT 3`, []any{`'; --`, int64(7)}},
		{"a value and bounds", Query{Sort: "id", Where: []Where{{Field: "status", In: []any{"live"}}, {Field: "at", From: moment, Until: moment}}},
			list + ` WHERE "status" = ? AND "at" >= ? AND "at" < ? ORDER BY "id" LIMIT 3`,
			list + ` WHERE "status" = $1 AND "at" >= $2 AND "at" < $3 ORDER BY "id" LIMIT 3`, []any{"live", moment.Unix(), moment.Unix()}},
		{"two values", Query{Sort: "id", Where: []Where{{Field: "status", In: []any{"live", "live", "dead"}}}},
			list + ` WHERE ("status" IN (?, ?)) ORDER BY "id" LIMIT 3`,
			`SELECT * FROM (` + list + ` WHERE "status" = $1 ORDER BY "id" LIMIT 3) AS part0 UNION ALL SELECT * FROM (` + list + ` WHERE "status" = $2 ORDER BY "id" LIMIT 3) AS part1 ORDER BY "id" LIMIT 3`,
			[]any{"live", "dead"}},
		{"values that a column might take for one", Query{Sort: "id", Where: []Where{{Field: "status", In: []any{"live", "LIVE"}}}},
			list + ` WHERE ("status" IN (?, ?)) ORDER BY "id" LIMIT 3`, list + ` WHERE ("status" IN ($1, $2)) ORDER BY "id" LIMIT 3`, []any{"live", "LIVE"}},
		{"nothing, in a column of another name", Query{Sort: "id", Where: []Where{{Field: "author", In: []any{int64(0)}}}},
			list + ` WHERE (("the author" IS NULL)) ORDER BY "id" LIMIT 3`, "", nil},
		{"a word with wildcards", Query{Sort: "id", Search: `50%_\`, Searched: []string{"title"}},
			list + ` WHERE ((("title" LIKE ? ESCAPE '\'))) ORDER BY "id" LIMIT 3`,
			list + ` WHERE (((lower("title") LIKE lower($1)))) ORDER BY "id" LIMIT 3`, []any{`50\%\_\\%`}},
		{"two words", Query{Sort: "id", Search: `a  b`, Searched: []string{"title"}},
			list + ` WHERE (("title" LIKE ? ESCAPE '\') OR (("title" LIKE ? ESCAPE '\') AND ("title" LIKE ? ESCAPE '\'))) ORDER BY "id" LIMIT 3`,
			list + ` WHERE ((lower("title") LIKE lower($1)) OR ((lower("title") LIKE lower($2)) AND (lower("title") LIKE lower($3)))) ORDER BY "id" LIMIT 3`, []any{"a b%", "a%", "b%"}},
		{"a word in no field", Query{Sort: "id", Search: `a`}, list + ` WHERE 1 = 0 ORDER BY "id" LIMIT 3`, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.query.Limit, tt.query.Fields = 3, []string{"id", "title"}
			check := func(d sqlstore.Dialect, want string) {
				r, s := over(t, d, deaf{}, status, at)
				statement, columns, err := s.listing(r.model, tt.query)
				require.NoError(t, err)
				require.Equal(t, want, statement.String())
				require.Equal(t, tt.args, statement.args)
				require.Len(t, columns, 2)
			}
			check(sqlstore.SQLite(), tt.sqlite)
			if tt.postgres == "" {
				tt.postgres = tt.sqlite
			}
			check(sqlstore.PostgreSQL(), tt.postgres)
		})
	}
}

func TestListsOfMySQLAreOneStatement(t *testing.T) {
	at := Time[entry]{Name: "at", Sorted: true, Filtered: true, At: func(e *entry) *time.Time { return &e.at }}
	moment := time.Date(2026, 3, 28, 23, 1, 2, 500_000_000, time.FixedZone("", 3600))
	const list, end = "SELECT `id`, `title` FROM `garden`.`entries`", "`garden`.`entries`.`id` LIMIT 3"
	const exact = "CAST(CONVERT(`title` USING utf8mb4) AS BINARY) = CAST(CONVERT(? USING utf8mb4) AS BINARY)"
	const days = "SELECT `id`, CAST(`at` AS CHAR) AS `at` FROM `garden`.`entries` WHERE `the author` = ? ORDER BY `garden`.`entries`.`at`, " + end
	for _, tt := range []struct {
		name  string
		query Query
		want  string
		args  []any
	}{
		{"behind a title", Query{Sort: "title", After: &Cursor{"a", int64(7)}},
			list + " WHERE `title` >= ? AND (`title` > ? OR `id` > ?) ORDER BY `garden`.`entries`.`title`, " + end, []any{"a", "a", int64(7)}},
		{"a text", Query{Sort: "id", Where: []Where{{Field: "title", In: []any{"a"}}}}, list + " WHERE `title` = ? AND " + exact + " ORDER BY " + end, []any{"a", "a"}},
		{"a word with wildcards", Query{Sort: "id", Search: `50%_\|`, Searched: []string{"title"}},
			list + " WHERE (((`title` LIKE ? ESCAPE '|'))) ORDER BY " + end, []any{`50|%|_\||%`}},
		{"a moment", Query{Sort: "id", Where: []Where{{Field: "at", From: moment}}}, list + " WHERE `at` >= ? ORDER BY " + end, []any{"2026-03-28 22:01:02.5"}},
		{"two values in the order of moments", Query{Sort: "at", Fields: []string{"id"}, Where: []Where{{Field: "author", In: []any{int64(1), int64(2)}}}},
			"SELECT * FROM (" + days + ") AS part0 UNION ALL SELECT * FROM (" + days + ") AS part1 ORDER BY `at`, `id` LIMIT 3", []any{int64(1), int64(2)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.query.Limit = 3; tt.query.Fields == nil {
				tt.query.Fields = []string{"id", "title"}
			}
			r, s := over(t, sqlstore.MySQL(), deaf{}, at)
			s.Times = ""
			statement, _, err := s.listing(r.model, tt.query)
			require.NoError(t, err)
			require.Equal(t, tt.want, statement.String())
			require.Equal(t, tt.args, statement.args)
		})
	}
}

func TestTimesOfMySQLAreRead(t *testing.T) {
	at := Time[entry]{Name: "at", At: func(e *entry) *time.Time { return &e.at }}
	day := Time[entry]{Name: "day", Date: true, At: func(e *entry) *time.Time { return &e.day }}
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		field, from string
		want        any // nil if it is an error
	}{
		{"at", "2026-03-01 10:00:05", first.Add(10*time.Hour + 5*time.Second)},
		{"at", "2026-03-01 10:00:05.250000", first.Add(10*time.Hour + 5*time.Second + 250*time.Millisecond)},
		{"at", "2026-03-01", first},
		{"at", "0000-00-00 00:00:00", time.Time{}},
		{"at", "0001-01-01 00:00:00", time.Time{}},
		{"at", "yesterday", nil},
		{"at", "2026-00-00 00:00:00", nil},
		{"day", "2026-03-01", first},
		{"day", "2026-03-01 00:00:00.000000", first},
		{"day", "2026-03-01 10:00:05", nil},
	} {
		r, s := over(t, sqlstore.MySQL(), deaf{}, at, day)
		s.Times = ""
		var row entry
		c := r.model.byName[tt.field]
		err := s.cells([]*column[entry]{c}, &row)[0].(sql.Scanner).Scan([]byte(tt.from))
		if tt.want == nil {
			require.ErrorContains(t, err, tt.field, tt.from)
			continue
		}
		require.NoError(t, err, tt.from)
		require.Equal(t, tt.want, c.value(&row), tt.from)
	}
}

func TestAWordIsFoundAnywhereIfTheTableSaysSo(t *testing.T) {
	r, s := over(t, sqlstore.PostgreSQL(), deaf{})
	s.Contains = true
	statement, _, err := s.listing(r.model, Query{Sort: "id", Search: "a 5%", Searched: []string{"title"}, Fields: []string{"id"}, Limit: 3})
	require.NoError(t, err)
	require.Equal(t, `SELECT "id" FROM "garden"."entries" WHERE (((lower("title") LIKE lower($1)) AND (lower("title") LIKE lower($2)))) ORDER BY "id" LIMIT 3`, statement.String())
	require.Equal(t, []any{"%a%", `%5\%%`}, statement.args)
}

func TestNamesComeFromFieldsAlone(t *testing.T) {
	r, s := over(t, sqlstore.SQLite(), deaf{}, Custom[entry, *string]{Name: "price", At: func(e *entry) **string { return &e.price }, Format: func(*string) string { return "" }})
	for name, q := range map[string]Query{
		"no order":                {},
		"an order of SQL":         {Sort: `id; DROP TABLE entries`},
		"an order of no kind":     {Sort: "price"},
		"a condition on nothing":  {Sort: "id", Where: []Where{{Field: `1=1 OR id`, In: []any{int64(1)}}}},
		"a condition on a custom": {Sort: "id", Where: []Where{{Field: "price", In: []any{"1"}}}},
		"no values":               {Sort: "id", Where: []Where{{Field: "id", In: []any{}}}},
		"a search of nothing":     {Sort: "id", Search: "a", Searched: []string{`title" OR 1=1`}},
		"a search of numbers":     {Sort: "id", Search: "a", Searched: []string{"id"}},
	} {
		q.Limit = 1
		_, _, err := s.listing(r.model, q)
		require.Error(t, err, name)
	}
}

func TestADatabaseThatDoesNotAnswerIsGivenUp(t *testing.T) {
	r, _ := over(t, sqlstore.PostgreSQL(), deaf{})
	_, _, err := r.page(t.Context(), All(), Query{Sort: "id", Limit: 1})
	require.ErrorIs(t, err, ErrTooSlow)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = r.page(ctx, All(), Query{Sort: "id", Limit: 1})
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, ErrTooSlow, "it was the operator who left")
}

func TestErrorsOfTheDatabaseFindTheirField(t *testing.T) {
	for _, tt := range []struct {
		name, text, state string
		field             string
	}{
		{"SQLite", "constraint failed: UNIQUE constraint failed: entries.title (2067)", "", "title"},
		{"SQLite, two columns", "UNIQUE constraint failed: entries.kind, entries.title", "", "title"},
		{"SQLite, another column", "UNIQUE constraint failed: entries.title_key", "", ""},
		{"SQLite, another table", "UNIQUE constraint failed: old_entries.title", "", ""},
		{"SQLite, the key", "UNIQUE constraint failed: entries.id", "", "id"},
		{"SQLite, another error", "NOT NULL constraint failed: entries.title", "", ""},
		{"pgx", `ERROR: duplicate key value violates unique constraint "entries_title_key" (SQLSTATE 23505)`, "23505", "title"},
		{"pgx in German", `FEHLER: doppelter Schlüsselwert verletzt Unique-Constraint »entries_title_key«`, "23505", "title"},
		{"pgx, the key", `duplicate key value violates unique constraint "entries_pkey"`, "23505", "id"},
		{"pgx, a constraint with another name", `duplicate key value violates unique constraint "one_title"`, "23505", ""},
		{"MySQL", "Error 1062 (23000): Duplicate entry 'a' for key 'entries.title'", "", "title"},
		{"MariaDB, the second key", "Error 1062 (23000): Duplicate entry 'a' for key 'id' for key 'title_2'", "", "title"},
		{"MariaDB in German", "Error 1062 (23000): Doppelter Eintrag 'a' für Schlüssel 'title'", "", "title"},
		{"MySQL, the key", "Error 1062 (23000): Duplicate entry '7' for key 'PRIMARY'", "", "id"},
		{"MySQL, a key with another name", "Error 1062 (23000): Duplicate entry 'a@b' for key 'title_one'", "", ""},
		{"MySQL, another error", "Error 1048 (23000): Column 'title' cannot be null", "", ""},
		{"pgx, another error", `null value in column "title" of relation "entries_title_key" violates`, "23502", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := sqlstore.SQLite(), errors.New(tt.text)
			if strings.HasPrefix(tt.text, "Error ") {
				d = sqlstore.MySQL()
			}
			if tt.state != "" {
				d, err = sqlstore.PostgreSQL(), stated{tt.state, tt.text}
			}
			r, s := over(t, d, deaf{err})
			_, got := r.Data.Create(t.Context(), entry{title: "a"})
			var invalid *backoffice.InvalidError
			if tt.field == "" {
				require.NotErrorAs(t, got, &invalid)
				require.ErrorContains(t, got, strings.ReplaceAll(tt.text, "Duplicate entry 'a@b'", "(…),"))
				return
			}
			require.ErrorAs(t, got, &invalid)
			require.Equal(t, tt.field, invalid.Problems[0].Field)
			problems, got := problemsOf(got)
			require.NoError(t, got)
			require.Equal(t, codeTaken, problems[0].code)

			s.Problems = func(error) []backoffice.Problem {
				return []backoffice.Problem{{Field: "title", Text: "Choose another title."}}
			}
			_, got = r.Data.Create(t.Context(), entry{title: "a"})
			problems, _ = problemsOf(got)
			require.Equal(t, "Choose another title.", problems[0].text)
		})
	}
}

func TestWhatCannotBeAKeyIsNotFound(t *testing.T) {
	for _, err := range []error{stated{"22P02", "invalid input syntax for type uuid"}, stated{"22003", "out of range"}, errors.New("failed to encode args[0]: x")} {
		r, _ := over(t, sqlstore.PostgreSQL(), deaf{err})
		_, got := r.Data.Get(t.Context(), "7")
		require.ErrorIs(t, got, backoffice.ErrNotFound)
		require.ErrorIs(t, r.Data.Update(t.Context(), Change[entry]{ID: "7", Fields: []string{"title"}}), backoffice.ErrNotFound)
		require.ErrorIs(t, r.Data.Delete(t.Context(), entry{id: 7}), backoffice.ErrNotFound)
	}
	r, _ := over(t, sqlstore.PostgreSQL(), deaf{errors.New("connection refused")})
	_, got := r.Data.Get(t.Context(), "7")
	require.NotErrorIs(t, got, backoffice.ErrNotFound)
	require.False(t, strings.Contains(got.Error(), "7"), "errors hold no values")
}

func TestColumnsAreReadInEveryFormOfTheirs(t *testing.T) {
	moment := time.Date(2026, 3, 1, 10, 0, 5, 0, time.UTC)
	at := Time[entry]{Name: "at", At: func(e *entry) *time.Time { return &e.at }}
	day := Time[entry]{Name: "day", Date: true, At: func(e *entry) *time.Time { return &e.day }}
	level := Int[entry, int8]{Name: "level", At: func(e *entry) *int8 { return &e.level }}
	pinned := Bool[entry]{Name: "pinned", At: func(e *entry) *bool { return &e.pinned }}
	for _, tt := range []struct {
		name, field string
		times       TimeFormat
		from        any
		want        any // nil if it is an error
	}{
		{"NULL", "title", "", nil, ""},
		{"bytes", "title", "", []byte("é"), "é"},
		{"a number as text", "title", "", int64(7), "7"},
		{"a number", "level", "", int64(7), int64(7)},
		{"one as text, as numeric is", "level", "", []byte("7"), int64(7)},
		{"one as a float", "level", "", 7.0, int64(7)},
		{"a fraction", "level", "", 7.5, nil},
		{"one that does not fit", "level", "", int64(1000), nil},
		{"a bool", "pinned", "", true, true},
		{"one as number", "pinned", "", int64(1), true},
		{"one as text", "pinned", "", "f", false},
		{"a time elsewhere", "at", "", moment.In(time.FixedZone("", 3600)), moment},
		{"seconds", "at", UnixSeconds, moment.Unix(), moment},
		{"no seconds", "at", UnixSeconds, int64(0), time.Time{}},
		{"milliseconds", "at", UnixMillis, moment.UnixMilli(), moment},
		{"microseconds", "at", UnixMicros, moment.UnixMicro(), moment},
		{"a text", "at", time.DateTime, "2026-03-01 10:00:05", moment},
		{"no text", "at", time.DateTime, "", time.Time{}},
		{"another text", "at", time.DateTime, "yesterday", nil},
		{"a text instead of seconds", "at", UnixSeconds, "2026-03-01 10:00:05", nil},
		{"seconds instead of a text", "at", time.DateTime, moment.Unix(), nil},
		{"a day", "day", time.DateTime, "2026-03-01", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, s := over(t, sqlstore.SQLite(), deaf{}, at, day, level, pinned)
			s.Times = tt.times
			var row entry
			c := r.model.byName[tt.field]
			err := s.cells([]*column[entry]{c}, &row)[0].(sql.Scanner).Scan(tt.from)
			if tt.want == nil {
				require.ErrorContains(t, err, tt.field)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, c.value(&row))
		})
	}
}
