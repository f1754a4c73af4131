package docs_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/dataclass"
	"github.com/postern-go/postern/tests/need"
)

var (
	createTable = regexp.MustCompile(`(?ms)^CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+) \(\n(.*?)^\)`)
	column      = regexp.MustCompile(`(?m)^    ([a-z_]+) `)
	alterTable  = regexp.MustCompile(`(?ms)^ALTER TABLE (\w+)\n(.*?);$`)
	addColumn   = regexp.MustCompile(`(?m)^    ADD COLUMN IF NOT EXISTS ([a-z_]+) `)
)

// columns are the columns of each table of the office.
func columns(t *testing.T, dialect string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(need.Root(t), "store", "sqlstore", "migrations", dialect, "*.sql"))
	require.NoError(t, err)
	all := map[string][]string{}
	for _, file := range files {
		sql, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, found := range createTable.FindAllStringSubmatch(string(sql), -1) {
			// SQLite makes a table anew, and then gives it the name.
			table := strings.Replace(found[1], "postern_new_", "postern_", 1)
			all[table] = nil
			for _, c := range column.FindAllStringSubmatch(found[2], -1) {
				all[table] = append(all[table], c[1])
			}
		}
		for _, found := range alterTable.FindAllStringSubmatch(string(sql), -1) {
			for _, c := range addColumn.FindAllStringSubmatch(found[2], -1) {
				all[found[1]] = append(all[found[1]], c[1])
			}
		}
	}
	for table := range all {
		slices.Sort(all[table])
	}
	require.NotEmpty(t, all)
	return all
}

func TestEveryFieldOfTheStoreHasOneClass(t *testing.T) {
	classified := map[string][]string{}
	for _, table := range dataclass.Tables {
		fields := strings.Fields(table.Internal + " " + table.Confidential + " " + table.Personal)
		classified[table.Name] = slices.Sorted(slices.Values(append(fields, slices.Collect(maps.Keys(table.Secret))...)))
	}
	for _, dialect := range []string{"sqlite", "postgresql", "mysql"} {
		all := columns(t, dialect)
		if dialect == "mysql" {
			for table, only := range onlyInMySQL {
				require.Contains(t, all[table], only)
				all[table] = slices.DeleteFunc(all[table], func(c string) bool { return c == only })
			}
		}
		require.Equal(t, all, classified, "%s: say in tests/dataclass what a new column holds", dialect)
	}
}

// onlyInMySQL are internal columns that the other databases do without: touch counts locks, and
// sealed_id is the id of an email that still has a body.
var onlyInMySQL = map[string]string{
	"postern_guards": "touch", "postern_operators": "touch", "postern_sessions": "touch", "postern_mails": "sealed_id",
}

// data is the table of all columns that are more than internal.
func data(*testing.T) string {
	var rows [][]string
	var internal []string
	for _, d := range dataclass.Tables {
		open := list(d.Personal)
		if d.Confidential != "" {
			open = list(d.Confidential) + " (confidential)"
		}
		forms := map[dataclass.Form][]string{}
		for _, name := range slices.Sorted(maps.Keys(d.Secret)) {
			forms[d.Secret[name]] = append(forms[d.Secret[name]], name)
		}
		var secret []string
		for _, form := range slices.Sorted(maps.Keys(forms)) {
			secret = append(secret, strings.Join(forms[form], ", ")+" ("+string(form)+")")
		}
		if open == "" && len(secret) == 0 {
			internal = append(internal, d.Name)
			continue
		}
		rows = append(rows, []string{code(d.Name), open, strings.Join(secret, ", "), d.Kept, d.Readers})
	}
	return table([]string{"table", "personal, plain", "secret or hidden, as", "kept", "shown to, but for secrets"}, rows) +
		"\nAll else is internal: the other columns, and " + codes(internal) + ".\n"
}

func list(columns string) string { return strings.Join(strings.Fields(columns), ", ") }
