package sqlstore // the rewriting has no outside

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

func TestRewrite(t *testing.T) {
	for _, c := range []struct {
		name, query, prefix, sqlite, postgresql string
	}{
		{
			"a query without anything special stays", `SELECT 1`, DefaultTablePrefix,
			`SELECT 1`, `SELECT 1`,
		},
		{
			"placeholders are numbered from one", `SELECT ? WHERE a = ? AND b = ?`, DefaultTablePrefix,
			`SELECT ? WHERE a = ? AND b = ?`, `SELECT $1 WHERE a = $2 AND b = $3`,
		},
		{
			"more than nine placeholders keep their order", `?,?,?,?,?,?,?,?,?,?,?`, DefaultTablePrefix,
			`?,?,?,?,?,?,?,?,?,?,?`, `$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11`,
		},
		{
			"tables move under the prefix", `SELECT id FROM postern_mails JOIN postern_tokens`, "club_",
			`SELECT id FROM club_mails JOIN club_tokens`, `SELECT id FROM club_mails JOIN club_tokens`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.sqlite, SQLite().rewrite(c.query, c.prefix))
			require.Equal(t, c.postgresql, PostgreSQL().rewrite(c.query, c.prefix))
		})
	}
}

func TestSyntax(t *testing.T) {
	type said struct{ sqlite, postgresql string }
	say := func(f func(Dialect) string) said { return said{f(SQLite()), f(PostgreSQL())} }
	for _, c := range []struct {
		name string
		got  said
		want said
	}{
		{
			"row locks are for databases with many writers", say(func(d Dialect) string { return d.lock(`SELECT 1`) }),
			said{`SELECT 1`, `SELECT 1 FOR UPDATE`},
		},
		{
			"and so is skipping them", say(func(d Dialect) string { return d.lockFree(`SELECT 1`) }),
			said{`SELECT 1`, `SELECT 1 FOR UPDATE SKIP LOCKED`},
		},
		{
			"a text contains another", say(func(d Dialect) string { return d.contains(`c`) }),
			said{`instr(c, ?) > 0`, `strpos(c, ?) > 0`},
		},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, c.got) })
	}
}

func TestTaken(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"a name in SQLite", "constraint failed: UNIQUE constraint failed: postern_operators.name_key (2067)", store.ErrNameTaken},
		{"an address in SQLite", "UNIQUE constraint failed: postern_operators.email_key", store.ErrEmailTaken},
		{"a member in SQLite", "UNIQUE constraint failed: postern_operators.member_id", store.ErrMemberTaken},
		{"an id in SQLite", "UNIQUE constraint failed: postern_operators.id", store.ErrExists},
		{"a name in PostgreSQL", `ERROR: duplicate key value violates unique constraint "postern_operators_name_key_key" (SQLSTATE 23505)`, store.ErrNameTaken},
		{"a role's name in PostgreSQL", `duplicate key value violates unique constraint "postern_roles_name_key_key"`, store.ErrNameTaken},
		{"an address in PostgreSQL", `duplicate key value violates unique constraint "postern_operators_email_key_key"`, store.ErrEmailTaken},
		{"a member in PostgreSQL", `duplicate key value violates unique constraint "postern_operators_member_id_key"`, store.ErrMemberTaken},
		{"an id in PostgreSQL", `duplicate key value violates unique constraint "postern_operators_pkey"`, store.ErrExists},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.ErrorIs(t, taken(errors.New(c.text)), c.want)
		})
	}
	t.Run("PostgreSQL speaks German", func(t *testing.T) {
		require.ErrorIs(t, taken(duplicate("doppelter Schlüsselwert verletzt Unique-Constraint »postern_operators_email_key_key«")), store.ErrEmailTaken)
	})
	t.Run("another failure stays what it is", func(t *testing.T) {
		err := errors.New("disk I/O error")
		require.Equal(t, err, taken(err))
	})
	t.Run("no failure stays none", func(t *testing.T) {
		require.NoError(t, taken(nil))
	})
}

// duplicate is an error as drivers of PostgreSQL report one.
type duplicate string

func (d duplicate) Error() string    { return string(d) }
func (d duplicate) SQLState() string { return "23505" }

func TestText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"valid text stays", "Mozilla/5.0 (Ünïcode 🚪)", "Mozilla/5.0 (Ünïcode 🚪)"},
		{"invalid UTF-8 is replaced", "a\xffb", "a\uFFFDb"},
		{"NUL is replaced", "a\x00b", "a\uFFFDb"},
		{"both are", "\x00\xc3\x28", "\uFFFD\uFFFD("},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, text(c.in)) })
	}
}
