package stores_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/lib/pq" // the driver "postgres"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/postgres"
)

// with returns the database with more in its data source name.
func (d database) with(more string) database {
	d.dsn += map[bool]string{true: "&", false: "?"}[strings.Contains(d.dsn, "?")] + more
	return d
}

// uri returns the database with a name whose parameters SQLite reads itself.
func (d database) uri() database {
	d.dsn = "file:" + d.dsn
	return d
}

// in returns the file of this name in the same folder.
func (d database) in(name string) database {
	d.dsn = filepath.Join(filepath.Dir(d.dsn), name)
	return d
}

// named returns the database of this name on the same server, through a driver.
func (d database) named(t *testing.T, driver, name string) database {
	t.Helper()
	u, err := url.Parse(d.dsn)
	require.NoError(t, err)
	u.Path = "/" + name
	d.driver, d.dsn = driver, u.String()
	return d.with("sslmode=disable")
}

// TestUnfitPostgreSQL has Migrate refuse what the office could not use, and say what
// mends it, which is then tried.
func TestUnfitPostgreSQL(t *testing.T) {
	home := postgreSQL(t)
	admin := home.open(t)
	run := func(statements ...string) {
		t.Helper()
		for _, statement := range statements {
			_, err := admin.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
	}
	create := func(name, how string) {
		t.Helper()
		run("CREATE DATABASE " + name + " " + how)
		t.Cleanup(func() { // the context of the test has ended
			_, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
			require.NoError(t, err)
		})
	}
	create("shared", "")
	const ascii = "' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc TEMPLATE template0"
	for _, c := range []struct {
		name string
		// made is what a database of that name is made with, set what is done to one
		// that all such cases share.
		made, set string
		dsn       string
		refused   []string
		mend      string
	}{
		{name: "latin1", made: "ENCODING 'LATIN1" + ascii, refused: []string{"as LATIN1", "CREATE DATABASE name ENCODING 'UTF8'"}},
		{name: "ascii", made: "ENCODING 'SQL_ASCII" + ascii, refused: []string{"as SQL_ASCII", "TEMPLATE template0"}},
		{name: "client", set: "SET client_encoding = 'LATIN1'", dsn: "client_encoding=UTF8"},
		{name: "nowhere", set: "SET search_path = gone", refused: []string{"search_path"}, mend: "SET search_path = public"},
		{name: "empty_path", set: "SET search_path = ''", refused: []string{"search_path"}, mend: "RESET search_path"},
		{name: "only_read", set: "SET default_transaction_read_only = on",
			refused: []string{"takes writes", "RESET default_transaction_read_only"}, mend: "RESET default_transaction_read_only"},
		{name: "the_mend", made: "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"},
		{name: "no_difference", set: "SET standard_conforming_strings = off; SET default_transaction_isolation = 'serializable';" +
			"SET default_transaction_deferrable = on; SET bytea_output = 'escape'; SET TimeZone = 'Asia/Kathmandu'; SET DateStyle = 'German';" +
			"SET IntervalStyle = 'sql_standard'; SET extra_float_digits = -15; SET transform_null_equals = on; SET quote_all_identifiers = on;" +
			"SET statement_timeout = '2s'; SET lock_timeout = '1s'; SET row_security = off; SET escape_string_warning = off; SET xmloption = 'document'"},
	} {
		name := "shared"
		if c.made != "" {
			name = c.name
			create(name, c.made)
		}
		alter := func(settings string) {
			for set := range strings.SplitSeq(settings, ";") {
				run("ALTER DATABASE " + name + " " + set)
			}
		}
		if c.set != "" {
			alter(c.set)
		}
		drivers := []string{postgres.Driver, "postgres"}
		if c.mend != "" {
			drivers = drivers[:1] // they are told by the server, in the same words
		}
		for i, driver := range drivers {
			t.Run(c.name+" with "+driver, func(t *testing.T) {
				d := home.named(t, driver, name)
				d.prefix = fmt.Sprintf("%s_%d_", c.name, i)
				if c.dsn != "" {
					if driver == postgres.Driver { // lib/pq always sets it
						require.ErrorContains(t, d.over(t, d.open(t)).Migrate(t.Context()), "client_encoding")
					}
					d = d.with(c.dsn)
				}
				for _, words := range c.refused {
					require.ErrorContains(t, d.over(t, d.open(t)).Migrate(t.Context()), words)
				}
				if c.refused != nil && c.mend == "" {
					return
				}
				if c.mend != "" {
					alter(c.mend)
					t.Cleanup(func() { alter(c.set) })
				}
				s := d.store(t)
				fill(t, s)
				require.NoError(t, s.Migrate(t.Context()))
				if c.name == "only_read" { // with its tables there, as on a standby
					alter(c.set)
					for _, words := range c.refused {
						require.ErrorContains(t, d.over(t, d.open(t)).Migrate(t.Context()), words)
					}
					alter(c.mend)
				}
				o, err := s.FindOperatorByLogin(t.Context(), "ada")
				require.NoError(t, err)
				require.Equal(t, "Ada", o.Name)
				_, err = s.FindSession(t.Context(), store.DigestOf("session"))
				require.NoError(t, err)
			})
		}
		if c.made == "" {
			alter("RESET ALL")
		}
	}
	t.Run("PgBouncer", func(t *testing.T) {
		home.named(t, postgres.Driver, "shared").store(t)
		const exec, binary = "default_query_exec_mode=exec", "binary_parameters=yes"
		bounced := bouncer(t, home, "shared")
		for _, c := range []struct{ mode, driver, dsn, refused string }{
			{"transaction", postgres.Driver, "", "add " + exec},
			{"transaction", postgres.Driver, exec, ""},
			{"transaction", postgres.Driver, "default_query_exec_mode=simple_protocol", ""},
			{"transaction", "postgres", binary, ""},
			{"session", postgres.Driver, "", ""},
			{"session", "postgres", "", ""},
			{"statement", postgres.Driver, exec, "set its pool_mode to transaction or session"},
			{"statement", "postgres", binary, "set its pool_mode to transaction or session"},
		} {
			d := database{driver: c.driver, dsn: bounced + c.mode + "?sslmode=disable&" + c.dsn, dialect: sqlstore.PostgreSQL()}
			if err := d.over(t, d.open(t)).Migrate(t.Context()); c.refused == "" {
				require.NoError(t, err, c)
			} else {
				require.ErrorContains(t, err, c.refused, c)
			}
		}
	})
	t.Run("privileges", func(t *testing.T) {
		run("CREATE ROLE clerk LOGIN")
		create("rights", "")
		owner, clerk := home.named(t, "postgres", "rights"), home.named(t, "postgres", "rights")
		clerk.dsn = strings.Replace(clerk.dsn, "user=postgres", "user=clerk", 1)
		migrate := func() error { return clerk.over(t, clerk.open(t)).Migrate(t.Context()) }
		require.ErrorContains(t, migrate(), "GRANT CREATE ON SCHEMA")
		owner.store(t)
		all := owner.open(t)
		for _, step := range []struct{ grant, lacks string }{
			{"SELECT 1", "give the one that runs the office"},
			{"GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk", "INSERT ON postern_operators"},
			{"GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO clerk", ""},
			{"REVOKE DELETE, UPDATE ON postern_events FROM clerk", ""},
			{"REVOKE UPDATE ON postern_guards FROM clerk", "lacks UPDATE ON postern_guards; give it"},
			{"REVOKE USAGE ON SCHEMA public FROM PUBLIC", "GRANT USAGE ON SCHEMA"},
		} {
			_, err := all.ExecContext(t.Context(), step.grant)
			require.NoError(t, err)
			if err = migrate(); step.lacks == "" {
				require.NoError(t, err, step.grant)
			} else {
				require.ErrorContains(t, err, step.lacks, step.grant)
			}
		}
	})
}

// TestUnfitSQLite is the same for SQLite, and what its drivers take in their names.
func TestUnfitSQLite(t *testing.T) {
	memory := database{driver: "sqlite", dsn: ":memory:", dialect: sqlstore.SQLite()}
	for _, c := range []struct {
		name    string
		d       database
		open    int // connections, at most
		idle    int
		refused string
	}{
		{name: "memory", d: memory, refused: "SetMaxOpenConns(1)"},
		{name: "memory, two connections", d: memory, open: 2, refused: "SetMaxOpenConns(1)"},
		{name: "memory, one connection", d: memory, open: 1},
		{name: "memory, a connection that is not kept", d: memory, open: 1, idle: -1, refused: "SetMaxIdleConns(1)"},
		{name: "memory by another name", d: database{driver: "sqlite", dsn: "file::memory:", dialect: sqlstore.SQLite()}, refused: "SetMaxOpenConns(1)"},
		{name: "memory with a name", d: database{driver: "sqlite", dsn: "file:office?mode=memory", dialect: sqlstore.SQLite()}, refused: "SetMaxOpenConns(1)"},
		{name: "memory that is shared", d: database{driver: "sqlite", dsn: "file:shared?mode=memory&cache=shared", dialect: sqlstore.SQLite()}},
		{name: "no name", d: database{driver: "sqlite", dsn: "", dialect: sqlstore.SQLite()}, refused: "use a file"},
		{name: "UTF-16", d: plainSQLite(t).with("_pragma=encoding('UTF-16le')"), refused: "PRAGMA encoding = 'UTF-8'"},
		{name: "UTF-16, big end first", d: plainSQLite(t).with("_pragma=encoding('UTF-16be')"), refused: "UTF-16be"},
		{name: "no journal", d: plainSQLite(t).with("_pragma=journal_mode(OFF)"), refused: "_journal_mode=WAL"},
		{name: "no one else", d: plainSQLite(t).with("_pragma=locking_mode(EXCLUSIVE)"), refused: "_pragma=locking_mode(NORMAL)"},
		{name: "no one else, one connection", d: plainSQLite(t).with("_pragma=locking_mode(EXCLUSIVE)"), open: 1, refused: "_pragma=locking_mode(NORMAL)"},
		{name: "queries only", d: plainSQLite(t).with("_pragma=query_only(1)"), refused: "_query_only=0"},
		{name: "dirty reads", d: plainSQLite(t).with("_pragma=read_uncommitted(1)"), refused: "read_uncommitted"},
		{name: "several", d: plainSQLite(t).with("_pragma=query_only(1)&_pragma=journal_mode(OFF)"), refused: "\n"},
		{name: "no folder", d: plainSQLite(t).in("missing/office.db"), refused: "create the folder"},
		{name: "a folder", d: plainSQLite(t).in("."), refused: "the file and its folder"},
		{name: "a URL", d: database{driver: "sqlite", dsn: "sqlite:///office.db", dialect: sqlstore.SQLite()}, refused: "without sqlite:// or a server in front"},
		{name: "another machine", d: database{driver: "sqlite", dsn: "file://server/share/office.db", dialect: sqlstore.SQLite()}, refused: "on this machine"},
		{name: "no file, and none is made", d: plainSQLite(t).with("mode=rw").uri(), refused: "take mode=rw"},
		{name: "as recommended", d: tunedSQLite(t)},
		{name: "journal in memory", d: plainSQLite(t).with("_pragma=journal_mode(MEMORY)")},
		{name: "what makes no difference", d: plainSQLite(t).with("_txlock=exclusive&_time_format=sqlite&_timezone=Asia/Kathmandu&_inttotime=1&_texttotime=1&_time_integer_format=unix" +
			"&_pragma=foreign_keys(1)&_pragma=case_sensitive_like(1)&_pragma=recursive_triggers(1)&_pragma=reverse_unordered_selects(1)" +
			"&_pragma=full_column_names(1)&_pragma=synchronous(OFF)&_pragma=temp_store(MEMORY)&_pragma=auto_vacuum(FULL)&_pragma=trusted_schema(0)&_pragma=busy_timeout(0)")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db := c.d.open(t)
			db.SetMaxOpenConns(c.open)
			if c.idle != 0 {
				db.SetMaxIdleConns(c.idle)
			}
			s := c.d.over(t, db)
			if err := s.Migrate(t.Context()); c.refused != "" {
				require.ErrorContains(t, err, c.refused)
				require.NotContains(t, err.Error(), "%!")
				return
			} else {
				require.NoError(t, err)
			}
			fill(t, s)
			require.NoError(t, s.Migrate(t.Context()))
			o, err := s.FindOperatorByLogin(t.Context(), "ada")
			require.NoError(t, err)
			require.Equal(t, "Ada", o.Name)
			_, err = s.FindSession(t.Context(), store.DigestOf("session"))
			require.NoError(t, err)
		})
	}
	t.Run("only to read", func(t *testing.T) {
		d := database{driver: "sqlite", dsn: "file:" + filepath.Join(t.TempDir(), "office.db"), dialect: sqlstore.SQLite()}
		_, err := d.open(t).ExecContext(t.Context(), "VACUUM") // an empty file
		require.NoError(t, err)
		for range 2 { // without tables, and with them
			for _, how := range []string{"mode=ro", "immutable=1"} {
				reader := d.with(how)
				require.ErrorContains(t, reader.over(t, reader.open(t)).Migrate(t.Context()), "take mode=ro and immutable=1 out", how)
			}
			d.store(t)
		}
	})
	t.Run("no place for the journal", func(t *testing.T) {
		d := plainSQLite(t)
		d.store(t)
		long := d.in(strings.Repeat("x", 250)) // no name for a file is as long as with -journal
		require.NoError(t, os.Rename(d.dsn, long.dsn))
		require.ErrorContains(t, long.over(t, long.open(t)).Migrate(t.Context()), "where SQLite keeps its journal")
	})
}
