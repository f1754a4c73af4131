package stores_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/mariadb"
	"github.com/postern-go/postern/tests/postgres"
)

// changed are the tables to which migrations after the first one add columns. The last one has
// one row, always.
var changed = []string{"operators", "roles", "sessions", "pre_sessions", "factors", "tokens", "parameters"}

// unset are the columns that came after the first version, with what rows from before have. In
// MySQL they are in the first, as there was no office before.
var unset = map[string]string{
	"operators.subject": "NULL", "operators.subject_name": "''", "operators.ends_at": "0", "operators.passkey": "0",
	"operators.touch": "0", "roles.require_passkey": "0", "sessions.method": "''", "sessions.provider": "''", "sessions.touch": "0",
	"pre_sessions.method": "''", "pre_sessions.provider": "''", "factors.handle": "NULL", "tokens.sealed": "''",
}

// TestAnUpgradeKeepsTheData migrates tables with rows from each version before this one.
func TestAnUpgradeKeepsTheData(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		files, err := fs.Glob(sqlstore.Migrations(d.dialect), "*.sql")
		require.NoError(t, err)
		db := d.open(t)
		run(t, db, d, files[0])
		before := map[string][]string{}
		for _, table := range changed {
			columns := slices.DeleteFunc(columnsOf(t, db, table), func(name string) bool { return name == "min_version" })
			if table == "parameters" {
				require.NoError(t, execute(t, d, "UPDATE postern_parameters SET revision = 7, alias = 'k7w3', settings = '{}'"))
			} else {
				insert(t, db, d, table, columns)
			}
			before[table] = columns
		}
		was := map[string]string{}
		for table, columns := range before {
			was[table] = rowsOf(t, db, table, columns)
			require.Contains(t, []int{1, 2}, strings.Count(was[table], "\n"), table)
		}
		for i, file := range files[1:] {
			s := d.over(t, db)
			require.ErrorContains(t, s.Check(t.Context()), strings.Join(files[1+i:], ", ")+" did not run yet: call Migrate")
			if i+1 < len(files)-1 {
				run(t, db, d, file)
			}
		}
		require.NoError(t, d.over(t, db).Migrate(t.Context()))
		for table, columns := range before {
			require.Equal(t, was[table], rowsOf(t, db, table, columns), table)
		}
		if d.driver == mariadb.Driver {
			return // whose first version had all the columns
		}
		s := d.store(t)
		o, err := s.FindOperator(t.Context(), "id0")
		require.NoError(t, err)
		require.True(t, o.EndsAt.IsZero(), "access does not end")
		require.Empty(t, o.Subject)
		all, err := s.ListFactors(t.Context(), "operator_id1")
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.True(t, all[0].Handle.IsZero())
		page, err := s.ListOperators(t.Context(), store.OperatorQuery{})
		require.NoError(t, err)
		require.Len(t, page.Rows, 2)
		require.False(t, page.Rows[0].Passkey)
	})
}

// TestAMigrationThatRunsAgainChangesNothing has rows with the columns that it added.
func TestAMigrationThatRunsAgainChangesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		fill(t, s)
		ada, err := s.FindOperator(t.Context(), "ada")
		require.NoError(t, err)
		ada.Subject, ada.SubjectName, ada.EndsAt = "subject", "ada@company.example", noon
		require.NoError(t, s.Commit(t.Context(),
			store.PutOperator{Operator: ada},
			store.PutRole{Role: store.Role{ID: "strict", NameKey: "strict", RequirePasskey: true}},
			store.PutFactor{Factor: store.Factor{ID: "key", OperatorID: "ada", Kind: store.FactorPasskey, Handle: store.DigestOf("handle"), ConfirmedAt: noon}},
			store.PutSession{Session: store.Session{Digest: store.DigestOf("new"), ID: "new", OperatorID: "ada", Method: "passkey", Provider: "provider"}},
			store.PutPreSession{PreSession: store.PreSession{Digest: store.DigestOf("company"), OperatorID: "ada", Method: "company", Provider: "provider"}},
			store.PutToken{Token: store.Token{Digest: store.DigestOf("waits"), Purpose: store.PurposeApproval, Subject: "waits", Home: "approval", Sealed: []byte("ciphertext")}}))
		db := d.open(t)
		was, schema := map[string]string{}, d.schema(t)
		for _, table := range changed {
			was[table] = rowsOf(t, db, table, columnsOf(t, db, table))
		}
		for _, text := range []string{"subject", "ada@company.example", "passkey", "provider", "ciphertext"} {
			require.Contains(t, fmt.Sprint(was), text)
		}
		files, err := fs.Glob(sqlstore.Migrations(d.dialect), "*.sql")
		require.NoError(t, err)
		for _, file := range files {
			run(t, db, d, file)
			require.Equal(t, schema, d.schema(t), file)
			for table, rows := range was {
				require.Equal(t, rows, rowsOf(t, db, table, columnsOf(t, db, table)), file)
			}
		}
	})
}

// TestAMigrationThatWouldDeleteRowsOfTheHostFails has a table that refers to ours, in a
// database that deletes such rows with those that they refer to.
func TestAMigrationThatWouldDeleteRowsOfTheHostFails(t *testing.T) {
	d := plainSQLite(t)
	d.dsn += "?_pragma=foreign_keys(1)"
	db := d.open(t)
	run(t, db, d, "0001_initial.up.sql")
	insert(t, db, d, "operators", columnsOf(t, db, "operators"))
	for _, statement := range []string{
		`CREATE TABLE notes (operator TEXT REFERENCES postern_operators (id) ON DELETE CASCADE)`,
		`INSERT INTO notes VALUES ('id0')`,
	} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	require.ErrorContains(t, d.over(t, db).Migrate(t.Context()), "0002_ways_in.up.sql")
	var notes int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM notes").Scan(&notes))
	require.Equal(t, 1, notes)
	_, err := db.ExecContext(t.Context(), `DROP TABLE notes`)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `CREATE VIEW names AS SELECT name FROM postern_operators`)
	require.NoError(t, err)
	require.ErrorContains(t, d.over(t, db).Migrate(t.Context()), "0002_ways_in.up.sql")
	_, err = db.ExecContext(t.Context(), `DROP VIEW names`)
	require.NoError(t, err)
	require.NoError(t, d.over(t, db).Migrate(t.Context()))
}

// run executes a migration as a tool does: in one transaction.
func run(t *testing.T, db *sql.DB, d database, file string) {
	t.Helper()
	text, err := fs.ReadFile(sqlstore.Migrations(d.dialect), file)
	require.NoError(t, err)
	if d.driver == mariadb.Driver {
		db = d.with("multiStatements=true").open(t)
	}
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	for _, statement := range []string{"BEGIN", string(text), "COMMIT"} {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			_, _ = conn.ExecContext(context.WithoutCancel(t.Context()), "ROLLBACK")
			require.NoError(t, err, file)
		}
	}
}

func columnsOf(t *testing.T, db *sql.DB, table string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT * FROM postern_"+table+" LIMIT 0")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	return columns
}

// insert adds two rows, with a value for each column that tells them apart.
func insert(t *testing.T, db *sql.DB, d database, table string, columns []string) {
	t.Helper()
	types, err := db.QueryContext(t.Context(), "SELECT * FROM postern_"+table+" LIMIT 0")
	require.NoError(t, err)
	kinds, err := types.ColumnTypes()
	require.NoError(t, err)
	require.NoError(t, types.Close())
	for row := range 2 {
		var values []string
		for i, column := range columns {
			value := fmt.Sprintf("'%s%d'", column, row)
			none, later := unset[table+"."+column]
			switch kind := kinds[i].DatabaseTypeName(); {
			case later:
				value = none
			case column == "roles" || column == "permissions" || column == "password_history":
				value = "'[]'"
			case column == "digest" && d.driver == postgres.Driver:
				value = fmt.Sprintf("decode('%064d', 'hex')", row)
			case column == "digest":
				value = fmt.Sprintf("x'%064d'", row)
			case kind == "BYTEA":
				value = fmt.Sprintf("decode('ff%02d', 'hex')", row)
			case kind == "BLOB" || strings.HasSuffix(kind, "BINARY"):
				value = fmt.Sprintf("x'ff%02d'", row)
			case kind == "BOOL" || kind == "BOOLEAN":
				value = []string{"FALSE", "TRUE"}[row]
			case kind == "TINYINT" || column == "two_factor" || strings.HasPrefix(column, "must_") || strings.HasPrefix(column, "require_"):
				value = fmt.Sprint(row)
			case strings.Contains(kind, "INT"):
				value = fmt.Sprint(1000 + 10*i + row)
			}
			values = append(values, value)
		}
		_, err := db.ExecContext(t.Context(), fmt.Sprintf("INSERT INTO postern_%s (%s) VALUES (%s)", table, strings.Join(columns, ", "), strings.Join(values, ", ")))
		require.NoError(t, err)
	}
}

// rowsOf returns these columns of all rows, a line each.
func rowsOf(t *testing.T, db *sql.DB, table string, columns []string) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), fmt.Sprintf("SELECT %s FROM postern_%s ORDER BY %s", strings.Join(columns, ", "), table, columns[0]))
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var all strings.Builder
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			fmt.Fprintf(&all, "%s=%v ", columns[i], v)
		}
		all.WriteByte('\n')
	}
	require.NoError(t, rows.Err())
	return all.String()
}
