package docs_test

import (
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/letters/lettertest"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/tests/need"
)

// bare is a desk without any permissions of a host.
func bare(t *testing.T) *desk.Desk {
	t.Helper()
	secret := make([]byte, vault.SecretSize)
	for i := range secret {
		secret[i] = byte(200 + i)
	}
	v, err := vault.New([][]byte{secret})
	require.NoError(t, err)
	d, err := desk.New(desk.Config{Store: memstore.New(), Vault: v, Clock: time.Now, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return d
}

func roles(t *testing.T) string {
	t.Helper()
	var rows [][]string
	for _, r := range bare(t).BuiltInRoles() {
		holds := codes(r.Permissions)
		switch {
		case r.All:
			holds = "all there are"
		case r.ID == desk.RoleAdministrator:
			holds += ", and all of yours"
		case holds == "":
			holds = "those of yours that name it"
		}
		must := "if the parameter says everyone"
		if r.RequireTwoFactor {
			must = "if the parameter says everyone or roles"
		}
		rows = append(rows, []string{code(r.ID), r.Name, r.Description, holds, must})
	}
	return table([]string{"role", "name", "for", "permissions", "must have two-factor"}, rows)
}

func templateNames(t *testing.T) string {
	t.Helper()
	folder := os.DirFS(filepath.Join(need.Root(t), "internal", "pages", "templates"))
	var names []string
	require.NoError(t, fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	}))
	require.NotEmpty(t, names)
	return wrapped(codes(names))
}

// letterValues are the fields that a template of a letter has beside those of
// every letter.
func letterValues(*testing.T) string {
	all := reflect.TypeFor[letters.Notice]()
	var rows [][]string
	for _, l := range lettertest.Samples() {
		own := []string{}
		for _, f := range reflect.VisibleFields(reflect.TypeOf(l.Values)) {
			if _, shared := all.FieldByName(f.Name); !shared && !f.Anonymous {
				own = append(own, f.Name)
			}
		}
		rows = append(rows, []string{code(l.Kind), codes(own)})
	}
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return table([]string{"kind", "its own `.Values`"}, rows)
}

func TestEveryLetterIsSent(t *testing.T) {
	sends := ""
	for name := range parse(t, "internal/desk") {
		text, err := os.ReadFile(filepath.Join(need.Root(t), "internal", "desk", name))
		require.NoError(t, err)
		sends += string(text)
	}
	made := regexp.MustCompile(`(?m)^func ([A-Z]\w*)\([^\n]*\) mail\.Letter \{$`)
	found := 0
	for name := range parse(t, "internal/letters") {
		text, err := os.ReadFile(filepath.Join(need.Root(t), "internal", "letters", name))
		require.NoError(t, err)
		for _, f := range made.FindAllStringSubmatch(string(text), -1) {
			found++
			require.Regexp(t, `\bletters\.`+f[1]+`\b`, sends, "nothing of the office sends this letter")
		}
	}
	require.Equal(t, len(letters.Kinds), found)
}

// wrapped breaks a list into lines of about 100 characters.
func wrapped(list string) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(list) {
		if column > 0 && column+1+len(word) > 100 {
			b.WriteByte('\n')
			column = 0
		}
		if column > 0 {
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String() + "\n"
}

func grants(file string) func(t *testing.T) string {
	return func(t *testing.T) string {
		t.Helper()
		sql, err := os.ReadFile(filepath.Join(need.Root(t), "store", "sqlstore", file))
		require.NoError(t, err)
		return "```sql\n" + strings.TrimSpace(string(sql)) + "\n```\n"
	}
}

// tables are the tables of the office, from the first migration on.
func tables(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(need.Root(t), "store", "sqlstore", "migrations", "postgresql", "*.sql"))
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		sql, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, line := range strings.Split(string(sql), "\n") {
			if name, ok := strings.CutPrefix(strings.Replace(line, "UNLOGGED ", "", 1), "CREATE TABLE IF NOT EXISTS "); ok {
				names = append(names, strings.TrimSuffix(name, " ("))
			}
		}
	}
	require.NotEmpty(t, names)
	return names
}
