package stores_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/mariadb"
)

// strict is a sql_mode for tests of other settings.
const strict = "STRICT_TRANS_TABLES"

// TestUnfitMySQL has Migrate refuse what the office could not use, and say what mends it.
func TestUnfitMySQL(t *testing.T) {
	home := mariaDB(t)
	fill(t, home.store(t))
	account, _, _ := strings.Cut(home.dsn, "/test_")
	for _, c := range []struct{ name, dsn, refused string }{
		{"as it is", home.dsn, ""},
		{"a URL", "mysql://" + home.dsn, "without mysql:// in front"},
		{"a URL of a host", "mysql://app:secret@db.example.org:3306/office", "user:password@tcp(host:3306)/name"},
		{"a URL of PostgreSQL", "postgres://app:secret@localhost/office?sslmode=disable", "user:password@tcp(host:3306)/name"},
		{"a host without tcp()", "app:secret@localhost:3306/office", "user:password@tcp(host:3306)/name"},
		{"no server", "app:secret/office", "user:password@tcp(host:3306)/name"},
		{"no server, and a password with @", "app:p@ss:secret/office", "user:password@tcp(host:3306)/name"},
		{"no slash", "app:secret@tcp(localhost:3306)", "user:password@tcp(host:3306)/name"},
		{"half a password before the last slash", "app:secret/x@tcp(localhost:3306)", "user:password@tcp(host:3306)/name"},
		{"a slash in a value", home.with("loc=Europe/Paris").dsn, "loc=Europe%2FParis"},
		{"no database", account + "/", "names no database"},
		{"a database that is not there", account + "/gone", "CREATE DATABASE"},
		{"an account that is not there", strings.Replace(home.dsn, "root@", "nobody:secret@", 1), "the account or its password is wrong"},
		{"a parameter of PostgreSQL", home.with("sslmode=disable").dsn, "tls=true"},
		{"a parameter of SQLite", home.with("_pragma=foreign_keys(1)").dsn, "a parameter that neither the driver nor the server knows"},
		{"text without quotes", home.with("time_zone=Europe%2FParis").dsn, "values that are text need quotes"},
		{"a zone that the server does not know", home.with("time_zone=%27Europe%2FParis%27").dsn, "the server does not know that time_zone"},
		{"TLS that the server does not have", home.with("tls=true").dsn, "tls"},
		{"TLS that nobody configured", home.with("tls=own").dsn, "mysql.RegisterTLSConfig"},
		{"a time without a unit", home.with("timeout=2").dsn, "timeout=2s"},
		{"neither true nor false", home.with("parseTime=yes").dsn, "true or false"},
		{"nothing is strict", home.with("sql_mode=%27%27").dsn, "sql_mode=%27STRICT_TRANS_TABLES%27"},
		{"empty text is NULL", home.with("sql_mode=%27EMPTY_STRING_IS_NULL," + strict + "%27").dsn, "EMPTY_STRING_IS_NULL"},
		{"as Oracle", home.with("sql_mode=%27ORACLE," + strict + "%27").dsn, "ORACLE"},
		{"latin1", home.with("charset=latin1").dsn, "as latin1"},
		{"utf8 of three bytes", home.with("charset=utf8mb3").dsn, "add charset=utf8mb4"},
		{"no autocommit", home.with("autocommit=0").dsn, "autocommit"},
		{"chained transactions", home.with("completion_type=1").dsn, "completion_type is CHAIN"},
		{"no unique keys", home.with("unique_checks=0").dsn, "unique_checks"},
		{"careful updates", home.with("sql_safe_updates=1").dsn, "sql_safe_updates"},
		{"lists that end", home.with("sql_select_limit=100").dsn, "sql_select_limit is 100"},
		{"only to read", home.with("tx_read_only=1").dsn, ""},
		{"several", home.with("unique_checks=0&sql_select_limit=100").dsn, "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := home
			d.dsn = c.dsn
			for _, migrate := range []func() error{
				func() error {
					s := sqlstore.Open(d.dialect, d.driver, d.dsn)
					defer s.Close()
					return s.Open(t.Context())
				},
				func() error {
					db, err := openOrNot(d)
					if err != nil {
						return nil // as sql.Open says it to the host
					}
					t.Cleanup(func() { require.NoError(t, db.Close()) })
					return d.over(t, db).Migrate(t.Context())
				},
			} {
				err := migrate()
				if c.refused == "" {
					require.NoError(t, err)
					continue
				}
				if err == nil {
					continue
				}
				require.ErrorContains(t, err, c.refused)
				for _, wrong := range []string{"%!", "secret", "tables are missing"} {
					require.NotContains(t, err.Error(), wrong)
				}
			}
		})
	}
	for name, of := range map[string][3]string{
		"nothing":             {mariadb.Driver, "", "the data source name is empty"},
		"a driver's own name": {"go-sql-driver", home.dsn, `import _ "github.com/go-sql-driver/mysql", and name the driver "mysql"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := sqlstore.Open(home.dialect, of[0], of[1])
			defer s.Close()
			require.ErrorContains(t, s.Open(t.Context()), of[2])
		})
	}
	for i, odd := range oddMySQL {
		t.Run("no difference: "+odd, func(t *testing.T) {
			d := home.with(odd)
			d.prefix = fmt.Sprintf("odd%d_", i)
			s := d.store(t)
			fill(t, s)
			o, err := s.FindOperatorByLogin(t.Context(), "ada")
			require.NoError(t, err)
			require.Equal(t, "Ada", o.Name)
			_, err = s.FindSession(t.Context(), store.DigestOf("session"))
			require.NoError(t, err)
		})
	}
	t.Run("tables of another engine", func(t *testing.T) {
		d := home
		d.prefix = "engine_"
		s := d.store(t)
		_, err := d.open(t).ExecContext(t.Context(), "ALTER TABLE engine_tokens ENGINE = Aria")
		require.NoError(t, err)
		require.ErrorContains(t, s.Check(t.Context()), "engine_tokens (Aria) cannot undo")
	})
	t.Run("a table that was there before", func(t *testing.T) {
		d := home
		d.prefix = "before_"
		_, err := d.open(t).ExecContext(t.Context(), "CREATE TABLE before_guards (name VARCHAR(64) NOT NULL PRIMARY KEY) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin")
		require.NoError(t, err)
		for range 2 {
			err = d.over(t, d.open(t)).Migrate(t.Context())
			require.ErrorContains(t, err, "before_guards has no column touch, so it is not the table that the migrations make")
		}
	})
	t.Run("a dump with other collations", func(t *testing.T) {
		d := home
		d.prefix = "dump_"
		s := d.store(t)
		_, err := d.open(t).ExecContext(t.Context(), "ALTER TABLE dump_roles CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
		require.NoError(t, err)
		require.ErrorContains(t, s.Check(t.Context()), "dump_roles compares permissions by utf8mb4_general_ci")
		_, err = d.open(t).ExecContext(t.Context(), "ALTER TABLE dump_roles CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin")
		require.NoError(t, err)
		require.NoError(t, s.Check(t.Context()))
	})
	t.Run("privileges", func(t *testing.T) { unfitPrivileges(t, home) })
	t.Run("a server", unfitServers)
}

// unfitPrivileges grants them one after the other.
func unfitPrivileges(t *testing.T, home database) {
	home.prefix = "rights_"
	admin := home.open(t)
	run := func(statement string) {
		t.Helper()
		_, err := admin.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	var name string
	require.NoError(t, admin.QueryRowContext(t.Context(), "SELECT DATABASE()").Scan(&name))
	run("CREATE OR REPLACE USER clerk")
	clerk := home
	clerk.dsn = strings.Replace(home.dsn, "root@", "clerk@", 1)
	migrate := func() error { return clerk.over(t, clerk.open(t)).Migrate(t.Context()) }
	require.ErrorContains(t, migrate(), "GRANT ALL ON name.* TO account", "it may not even enter")
	run("GRANT SELECT ON " + name + ".* TO clerk")
	require.ErrorContains(t, migrate(), "migrate with an account that may create tables, indexes and triggers")
	home.store(t)
	for _, step := range []struct{ grant, lacks string }{
		{"SELECT 1", "INSERT ON rights_operators"},
		{"GRANT INSERT, UPDATE ON " + name + ".* TO clerk", "DELETE ON rights_operators"},
		{"GRANT DELETE ON " + name + ".* TO clerk", ""},
		{"REVOKE DELETE, UPDATE ON " + name + ".* FROM clerk", "UPDATE ON rights_guards"},
		{"GRANT DELETE, UPDATE ON " + name + ".* TO clerk", ""},
		{"CREATE OR REPLACE ROLE office", ""},
		{"REVOKE ALL, GRANT OPTION FROM clerk", "GRANT ALL ON name.* TO account"},
		{"GRANT ALL ON " + name + ".* TO office", "GRANT ALL ON name.* TO account"},
		{"GRANT office TO clerk", "GRANT ALL ON name.* TO account"},
		{"SET DEFAULT ROLE office FOR clerk", ""},
	} {
		run(step.grant)
		if err := migrate(); step.lacks == "" {
			require.NoError(t, err, step.grant)
		} else {
			require.ErrorContains(t, err, step.lacks, step.grant)
		}
	}
	// A dump brings the triggers of an account that may do nothing where it is restored.
	made := home
	made.prefix = "made_"
	run("CREATE OR REPLACE USER maker")
	run("GRANT ALL ON " + name + ".* TO maker")
	maker := made
	maker.dsn = strings.Replace(home.dsn, "root@", "maker@", 1)
	maker.store(t)
	run("REVOKE ALL, GRANT OPTION FROM maker")
	migrate = func() error { return made.over(t, made.open(t)).Migrate(t.Context()) }
	require.ErrorContains(t, migrate(), "the account named here made the triggers, and needs TRIGGER and SELECT")
	run("GRANT TRIGGER, SELECT ON " + name + ".* TO maker")
	require.NoError(t, migrate())
	require.NoError(t, made.over(t, made.open(t)).Commit(t.Context(), event("restored")))
}

// unfitServers are settings of a whole server.
func unfitServers(t *testing.T) {
	server, err := mariadb.Serve("--binlog-format=STATEMENT", "--log-bin", "--log-bin-trust-function-creators=0", "--max-allowed-packet=1M",
		"--debug-no-sync", "--innodb-flush-method=nosync", "--server-id=2")
	require.NoError(t, err)
	dsn, err := server.Create(t.Context(), "office")
	require.NoError(t, err)
	d := database{driver: mariadb.Driver, dsn: dsn, dialect: sqlstore.MySQL()}
	owner := d
	owner.dsn = strings.Replace(dsn, "root@", "owner@", 1)
	run := func(statements ...string) {
		t.Helper()
		require.NoError(t, server.Administer(t.Context(), statements...))
	}
	run("CREATE USER owner", "GRANT ALL ON office.* TO owner")
	refused := func(d database, words ...string) {
		t.Helper()
		for _, said := range words {
			require.ErrorContains(t, d.over(t, d.open(t)).Migrate(t.Context()), said)
		}
	}
	refused(d, "binlog_format is STATEMENT", "max_allowed_packet is 1048576 bytes; set it to 4M", "\n")
	run("SET GLOBAL binlog_format = MIXED", "SET GLOBAL max_allowed_packet = 4194304")
	refused(owner, "log_bin_trust_function_creators = 1")
	run("SET GLOBAL log_bin_trust_function_creators = 1")
	require.NoError(t, owner.over(t, owner.open(t)).Migrate(t.Context()), "it goes on where it was")
	run("SET GLOBAL log_bin_trust_function_creators = 0")

	other := mariaDB(t)
	other.store(t)
	requireNotSplit(t, other, owner)

	run("SET GLOBAL read_only = 1")
	refused(owner, "connect to the server that takes writes", "read_only = OFF")
	db := owner.open(t)
	s := owner.over(t, db)
	require.ErrorIs(t, s.Commit(t.Context(), event("never")), store.ErrReadOnly)
	p, err := s.Pulse(t.Context())
	require.NoError(t, err)
	require.True(t, p.ReadOnly)
	run("SET GLOBAL read_only = 0")
	require.NoError(t, s.Commit(t.Context(), event("afterwards")))
	p, err = s.Pulse(t.Context())
	require.NoError(t, err)
	require.False(t, p.ReadOnly)

	// What made the triggers is gone.
	run("RENAME USER owner TO app")
	owner.dsn = strings.Replace(dsn, "root@", "app@", 1)
	refused(owner, "the account that made the triggers of the audit log is gone")
}
