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
			require.Equal(t, c.sqlite, SQLite().kind.rewrite(c.query, c.prefix))
			require.Equal(t, c.postgresql, PostgreSQL().kind.rewrite(c.query, c.prefix))
		})
	}
}

func TestSyntax(t *testing.T) {
	row := upsert{table: `t`, columns: []string{`id`, `n`}, keys: 1, values: []any{"a", 1}}
	query := func(query string, _ []any) string { return query }
	for _, c := range []struct {
		name                      string
		say                       func(d *dialect) string
		sqlite, postgresql, mysql string
	}{
		{
			"row locks are for databases with many writers", func(d *dialect) string { return d.lock(`SELECT 1`) },
			`SELECT 1`, `SELECT 1 FOR UPDATE`, `SELECT 1 FOR UPDATE`,
		},
		{
			"and so is skipping them", func(d *dialect) string { return d.lockFree(`SELECT 1`) },
			`SELECT 1`, `SELECT 1 FOR UPDATE SKIP LOCKED`, `SELECT 1 FOR UPDATE SKIP LOCKED`,
		},
		{
			"a text contains another", func(d *dialect) string { return d.contains(`c`) },
			`instr(c, ?) > 0`, `strpos(c, ?) > 0`, `INSTR(c, ?) > 0`,
		},
		{
			"a page begins after a key", func(d *dialect) string { return query(d.after([]string{`a`, `b`}, `>`, []any{1, 2})) },
			`(a, b) > (?, ?)`, `(a, b) > (?, ?)`, `a >= ? AND (a > ? OR a = ? AND b > ?)`,
		},
		{
			"or with it", func(d *dialect) string { return query(d.after([]string{`a`, `b`}, `<=`, []any{1, 2})) },
			`(a, b) <= (?, ?)`, `(a, b) <= (?, ?)`, `a <= ? AND (a < ? OR a = ? AND b <= ?)`,
		},
		{
			"a row that is there is changed", func(d *dialect) string { return query(d.upsert(row)) },
			`INSERT INTO t (id, n) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET n = excluded.n`,
			`INSERT INTO t (id, n) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET n = excluded.n`,
			`INSERT INTO t (id, n) VALUES (?, ?) ON DUPLICATE KEY UPDATE n = VALUES(n)`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.sqlite, c.say(SQLite().kind))
			require.Equal(t, c.postgresql, c.say(PostgreSQL().kind))
			require.Equal(t, c.mysql, c.say(MySQL().kind))
		})
	}
}

func TestUpsertAsUpdate(t *testing.T) {
	u := upsert{
		table: `t`, columns: []string{`id`, `claim`, `ends`}, keys: 1, values: []any{"a", "mine", 9},
		where: `t.ends <= ? OR t.claim = excluded.claim`, whereArgs: []any{5},
	}
	query, args := u.update()
	require.Equal(t, `UPDATE t SET claim = ?, ends = ? WHERE id = ? AND (t.ends <= ? OR t.claim = ?)`, query)
	require.Equal(t, []any{"mine", 9, "a", 5, "mine"}, args)

	head, condition := splitUpdate(`UPDATE t SET a = (SELECT 1 FROM u WHERE u.id = t.id), b = ? WHERE id = ? AND NOT EXISTS (SELECT 1 FROM u WHERE c = ?)`)
	require.Equal(t, `UPDATE t SET a = (SELECT 1 FROM u WHERE u.id = t.id), b = ? `, head)
	require.Equal(t, `id = ? AND NOT EXISTS (SELECT 1 FROM u WHERE c = ?)`, condition)
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
		{"a name in MySQL", `Error 1062 (23000): Duplicate entry 'email_key' for key 'postern_operators.postern_operators_name_key'`, store.ErrNameTaken},
		{"an address in MariaDB", `Error 1062 (23000): Duplicate entry 'name_key' for key 'postern_operators_email_key'`, store.ErrEmailTaken},
		{"a member in MariaDB", `Error 1062 (23000): Duplicate entry '7' for key 'postern_operators_member_id'`, store.ErrMemberTaken},
		{"an account in MariaDB", `Error 1062 (23000): Duplicate entry '7' for key 'club_operators_subject'`, store.ErrSubjectTaken},
		{"an id in MariaDB", `Error 1062 (23000): Duplicate entry 'name_key' for key 'PRIMARY'`, store.ErrExists},
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
