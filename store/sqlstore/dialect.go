package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/postern-go/postern/store"
)

// Dialect is a kind of database: one value holds all differences but the
// migrations. Get one from [SQLite] or [PostgreSQL]; [New] refuses the zero value.
type Dialect struct {
	// name is its name in errors, and the folder of its migrations.
	name string
	// probe is a query that only this kind of database answers.
	probe string
	// requirements are what Migrate wants of the database, check what it wants once
	// the tables are there, and writable is what mends one that takes no writes.
	requirements []requirement
	check        func(context.Context, *Store) error
	writable     string
	// now is an expression: the time of the database's clock in microseconds, or 0
	// if that is the clock of this process.
	now string
	// readOnly is an expression: whether the database says that it takes no writes.
	readOnly string
	// begin starts a transaction that may write, and bounds how long it can hold
	// others up. beginMigration does the same for DDL, which takes its time.
	begin, beginMigration string
	// lockMigrations lets one replica migrate at a time; it is empty if begin does.
	lockMigrations string
	// oneWriter means that begin excludes every other writer, so that single
	// rows need no locks. Writers then queue in the process, which is fairer
	// and faster than having the database turn them away.
	oneWriter bool
	// prepares means that the statements of requests are kept prepared. On
	// PostgreSQL that would fail behind a pooler that gives each transaction
	// another connection, and where it works, the driver does it.
	prepares bool
	// words are pairs of old and new: replacements for the PostgreSQL terms in
	// which the queries are written.
	words []string
	// numbered means that placeholders are $1, $2 and not question marks.
	numbered bool
	// recommit means that a COMMIT that failed because the database was busy left
	// the transaction open, so that COMMIT alone can be repeated.
	recommit bool
	// condition is what the database's own errors mean.
	condition func(error) condition
}

// String returns "sqlite" or "postgresql", and "" for the zero value.
func (d Dialect) String() string { return d.name }

// SQLite returns the dialect for SQLite 3.38 or later, with any driver.
func SQLite() Dialect {
	return Dialect{
		name:         "sqlite",
		probe:        "SELECT sqlite_version()",
		requirements: sqliteRequirements,
		check:        checkSQLite,
		writable:     "let this account write the file and its folder, and take mode=ro and immutable=1 out of the data source name",
		now:          "0",
		// That a file cannot be written shows only when someone tries.
		readOnly: "0",
		// A transaction that begins as a reader cannot always become a writer.
		begin:          "BEGIN IMMEDIATE",
		beginMigration: "BEGIN IMMEDIATE",
		oneWriter:      true,
		prepares:       true,
		words: []string{
			" FOR UPDATE SKIP LOCKED", "",
			" FOR UPDATE OF o", "",
			" FOR UPDATE", "",
			"json_build_array(", "json_array(",
			"json_agg(", "json_group_array(",
			"encode(", "hex(", ", 'hex')", ")",
			"r.permissions::json", "json(r.permissions)",
			"o.roles::jsonb @> to_jsonb(CAST(? AS TEXT))", "EXISTS (SELECT 1 FROM json_each(o.roles) j WHERE j.value = ?)",
			"o.roles::jsonb @> to_jsonb(r.id)", "EXISTS (SELECT 1 FROM json_each(o.roles) j WHERE j.value = r.id)",
			"strpos(", "instr(",
		},
		recommit:  true,
		condition: conditionInSQLite,
	}
}

// PostgreSQL returns the dialect for PostgreSQL 12 or later, with a driver whose
// errors have a method SQLState() string, such as pgx and lib/pq.
func PostgreSQL() Dialect {
	return Dialect{
		name:         "postgresql",
		probe:        "SELECT current_setting('server_version_num')",
		requirements: postgresqlRequirements,
		check:        checkPostgreSQL,
		writable:     "connect to the server that takes writes, with target_session_attrs=read-write in the data source name, or run ALTER DATABASE name RESET default_transaction_read_only",
		now:          "(date_part('epoch', clock_timestamp()) * 1000000)::bigint",
		readOnly:     "current_setting('transaction_read_only') = 'on'",
		begin:        beginPostgreSQL + boundsPostgreSQL,
		// No migration of ours holds the tables for longer than that.
		beginMigration: beginPostgreSQL + `; SET LOCAL lock_timeout = '1min'` +
			`; SET LOCAL idle_in_transaction_session_timeout = '10s'; SET LOCAL statement_timeout = 0`,
		lockMigrations: "SELECT pg_advisory_xact_lock(hashtext('postern_migrations'))",
		numbered:       true,
		condition:      conditionInPostgreSQL,
	}
}

const (
	// Set explicitly, because the database's default may differ: the queries
	// lock first, and then read what others have committed.
	beginPostgreSQL = "BEGIN ISOLATION LEVEL READ COMMITTED"
	// A process that freezes in a transaction loses it, and its locks, after two
	// seconds. A wait for a lock lasts longer than that, and a statement longer than
	// its wait. SET LOCAL works behind PgBouncer and in one message with BEGIN, as
	// drivers send statements without arguments as they are.
	boundsPostgreSQL = `; SET LOCAL idle_in_transaction_session_timeout = '2s'` +
		`; SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'`
)

// rewrite translates a query into the dialect, with the prefix for its tables.
// Question marks in queries are only placeholders, and "postern_" occurs only
// before table names.
func (d Dialect) rewrite(query, prefix string) string {
	query = strings.NewReplacer(append(d.words, DefaultTablePrefix, prefix)...).Replace(query)
	if !d.numbered {
		return query
	}
	var b strings.Builder
	for n := 1; ; n++ {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("$" + strconv.Itoa(n))
		query = after
	}
}

// taken turns the violation of a unique constraint into its sentinel. The code
// checks before it writes, under a lock; this is for rows written by others, who do
// not take our locks. Drivers share no error type, but all of them pass on the
// database's message, which names the constraint: "operators_name_key_key" in
// PostgreSQL, "operators.name_key" in SQLite. PostgreSQL may speak any language
// (lc_messages), but its SQLSTATE is the same.
func taken(err error) error {
	if err == nil {
		return nil
	}
	text := strings.ToLower(err.Error())
	if stateOf(err) != "23505" && !strings.Contains(text, "unique constraint") {
		return err
	}
	for _, sentinel := range []struct {
		column string
		err    error
	}{
		{"name_key", store.ErrNameTaken},
		{"email_key", store.ErrEmailTaken},
		{"member_id", store.ErrMemberTaken},
		{"operators_subject", store.ErrSubjectTaken}, {"operators.subject", store.ErrSubjectTaken},
	} {
		if strings.Contains(text, sentinel.column) {
			return fmt.Errorf("%w: %w", sentinel.err, err)
		}
	}
	return fmt.Errorf("%w: %w", store.ErrExists, err)
}
