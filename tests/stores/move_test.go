package stores_test

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// moves are the ways between kinds of databases.
var moves = []struct {
	name     string
	from, to func(*testing.T) database
}{
	{"SQLite to PostgreSQL", tunedSQLite, postgreSQL},
	{"PostgreSQL to MariaDB", postgreSQL, mariaDB},
	{"MariaDB to SQLite", mariaDB, plainSQLite},
}

// TestEveryColumnOfEveryTableMoves fills all columns that the schema has, and looks for them.
func TestEveryColumnOfEveryTableMoves(t *testing.T) {
	for _, c := range moves {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			from, to := c.from(t), c.to(t)
			db := from.open(t)
			s := from.over(t, db)
			require.NoError(t, s.Migrate(t.Context()))
			tables := from.tables(t, db)
			for _, table := range tables {
				fillTable(t, db, from, table)
			}
			was := from.contents(t, db, "")
			there := to.over(t, to.open(t))
			moved, err := s.Move(t.Context(), store.Move{Way: store.MoveAll, To: there})
			require.NoError(t, err)
			requireSame(t, was, to.contents(t, to.open(t), ""))
			requireSame(t, was, from.contents(t, db, "aside_"))
			var names []string
			for _, m := range moved.Tables {
				names = append(names, m.Name)
				require.NotZero(t, m.Rows, m.Name)
			}
			require.ElementsMatch(t, tables, names)
			require.NoError(t, there.Check(t.Context()))
		})
	}
}

// tables lists the tables of an office, without their prefix.
func (d database) tables(t *testing.T, db *sql.DB) (found []string) {
	t.Helper()
	prefix := d.tablePrefix()
	for _, name := range d.left(t, db) {
		name, ok := strings.CutPrefix(name, prefix)
		if ok && name != "migrations" {
			found = append(found, name)
		}
	}
	slices.Sort(found) // every database sorts in a way of its own
	require.NotEmpty(t, found)
	return found
}

// left are all tables that there are.
func (d database) left(t *testing.T, db *sql.DB) []string {
	t.Helper()
	return texts(t, db, each(d, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1`,
		`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
		`SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1`))
}

func (d database) tablePrefix() string {
	if d.prefix == "" {
		return sqlstore.DefaultTablePrefix
	}
	return d.prefix
}

func texts(t *testing.T, db *sql.DB, query string) (found []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var text string
		require.NoError(t, rows.Scan(&text))
		found = append(found, text)
	}
	require.NoError(t, rows.Err())
	return found
}

// fillTable gives every column of a table a value that is not its default.
func fillTable(t *testing.T, db *sql.DB, d database, table string) {
	t.Helper()
	columns := slices.DeleteFunc(columnsOf(t, db, table), func(c string) bool { return slices.Contains(computed, c) })
	var statements []string
	switch table {
	case "guards":
		return
	case "parameters":
		statements = []string{`UPDATE postern_parameters SET revision = 7, roles_mark = 9007199254740993, office = 'office', alias = 'alias', previous_alias = 'before',
			confirm_by = 1, sessions_from = 2, settings = '{"a":"b"}', setup = '{"c":"d"}', updated_at = 3, updated_by = 'ada'`}
	case "event_head":
		bytes := each(d, "x'00ff'", `'\x00ff'`, "x'00ff'")
		statements = []string{`UPDATE postern_event_head SET seq = 5000, mac = ` + bytes + `, latest_at = 1, purged_seq = 2, purged_mac = ` + bytes + `, seal = ` + bytes}
	default:
		statements = d.rows(t, db, table, columns)
	}
	for _, statement := range statements {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, table)
	}
}

// rows are statements that add two rows to a table, which differ in each column, and in none of
// them have its default.
func (d database) rows(t *testing.T, db *sql.DB, table string, columns []string) (statements []string) {
	t.Helper()
	empty, err := db.QueryContext(t.Context(), "SELECT "+strings.Join(columns, ", ")+" FROM postern_"+table+" LIMIT 0")
	require.NoError(t, err)
	types, err := empty.ColumnTypes()
	require.NoError(t, err)
	require.NoError(t, empty.Close())
	for row := 1; row <= 2; row++ {
		var values []string
		for i, column := range columns {
			kind := types[i].DatabaseTypeName()
			value := fmt.Sprintf("'%s%d'", column, row)
			switch {
			case kind == "BYTEA":
				value = fmt.Sprintf("decode('%02dff00', 'hex')", row)
			case strings.HasSuffix(kind, "BLOB") || strings.HasSuffix(kind, "BINARY"):
				value = fmt.Sprintf("x'%02dff00'", row)
			case kind == "BOOL":
				value = []string{"", "TRUE", "FALSE"}[row]
			case slices.Contains([]string{"two_factor", "passkey", "must_change_password", "require_two_factor", "require_passkey"}, column):
				value = []string{"", "1", "0"}[row]
			case strings.Contains(kind, "INT"):
				value = fmt.Sprint(9007199254740993 + int64(10*i+row)) // more than a float64 can tell apart
			}
			values = append(values, value)
		}
		statements = append(statements, fmt.Sprintf("INSERT INTO postern_%s (%s) VALUES (%s)", table, strings.Join(columns, ", "), strings.Join(values, ", ")))
	}
	return statements
}

// contents are all rows of all tables of an office, in an order and a form that all databases
// share.
func (d database) contents(t *testing.T, db *sql.DB, aside string) string {
	t.Helper()
	var all strings.Builder
	d.prefix = d.tablePrefix() + aside
	for _, table := range d.tables(t, db) {
		if aside == "" && strings.HasPrefix(table, "aside_") {
			continue
		}
		all.WriteString(table + "\n")
		var lines []string
		rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+d.prefix+table)
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		types, err := rows.ColumnTypes()
		require.NoError(t, err)
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			require.NoError(t, rows.Scan(into...))
			var line []string
			for i, v := range values {
				if !slices.Contains(computed, columns[i]) {
					line = append(line, columns[i]+"="+canonical(v, types[i].DatabaseTypeName()))
				}
			}
			slices.Sort(line)
			lines = append(lines, strings.Join(line, " "))
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
		slices.Sort(lines)
		all.WriteString(strings.Join(lines, "\n") + "\n")
	}
	return all.String()
}

// requireSame compares contents, and shows the first line that differs.
func requireSame(t *testing.T, was, is string) {
	t.Helper()
	before, after := strings.Split(was, "\n"), strings.Split(is, "\n")
	for i := range before {
		require.Less(t, i, len(after))
		require.Equal(t, before[i], after[i], "line %d", i)
	}
	require.Len(t, after, len(before))
}

// computed are columns that the database computes, or that say something of the tables and nothing
// of an office.
var computed = []string{"area", "sealed_id", "touch", "min_version"}

func canonical(v any, kind string) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case bool:
		if v {
			return "1"
		}
		return "0"
	case []byte:
		if kind == "BYTEA" || strings.HasSuffix(kind, "BLOB") || strings.HasSuffix(kind, "BINARY") {
			return hex.EncodeToString(v)
		}
		return string(bytes.Clone(v))
	}
	return fmt.Sprint(v)
}

// TestAnOfficeMovesToAnotherPrefix stays in its database, as one of many offices does.
func TestAnOfficeMovesToAnotherPrefix(t *testing.T) {
	for _, d := range databases[1:] {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			from := d.make(t)
			from.prefix = "meadow" // without an underscore, after which New refuses the next prefix
			s := from.store(t)
			fill(t, s)
			was := from.contents(t, from.open(t), "")
			to := from
			to.prefix = "meadowaside_"
			_, err := s.Move(t.Context(), store.Move{Way: store.MoveAll, To: to.over(t, to.open(t))})
			require.ErrorContains(t, err, "choose another table prefix than meadowaside_")
			to.prefix = "garden_"
			_, err = s.Move(t.Context(), store.Move{Way: store.MoveAll, To: to.over(t, to.open(t))})
			require.NoError(t, err)
			requireSame(t, was, to.contents(t, to.open(t), ""))
			require.NoError(t, to.over(t, to.open(t)).Commit(t.Context(), event("there")))
			require.ErrorIs(t, s.Commit(t.Context(), event("here")), store.ErrIncompatible)
		})
	}
}
