package sqlstore

import (
	"errors"
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
	// now is an expression: the time of the database's clock in microseconds, or 0
	// if that is the clock of this process.
	now string
	// begin starts a transaction that may write.
	begin string
	// lockMigrations lets one replica migrate at a time; it is empty if begin does.
	lockMigrations string
	// oneWriter means that begin excludes every other writer, so that single
	// rows need no locks. Writers then queue in the process, which is fairer
	// and faster than having the database turn them away.
	oneWriter bool
	// words are pairs of old and new: replacements for the PostgreSQL terms in
	// which the queries are written.
	words []string
	// numbered means that placeholders are $1, $2 and not question marks.
	numbered bool
	// again reports whether the database undid, or never began, the transaction,
	// and whether repeating it makes sense.
	again func(error) bool
	// recommit means that a COMMIT that failed with such an error left the
	// transaction open, so that COMMIT alone can be repeated.
	recommit bool
	// missing reports whether a table or a column does not exist.
	missing func(error) bool
}

// SQLite returns the dialect for SQLite 3.38 or later, with any driver.
func SQLite() Dialect {
	return Dialect{
		name:  "sqlite",
		probe: "SELECT sqlite_version()",
		now:   "0",
		// A transaction that begins as a reader cannot always become a writer.
		begin:     "BEGIN IMMEDIATE",
		oneWriter: true,
		words: []string{
			" FOR UPDATE SKIP LOCKED", "",
			" FOR UPDATE", "",
			"json_agg(", "json_group_array(",
			"strpos(", "instr(",
		},
		// The drivers share no error type, but all of them pass on SQLite's
		// messages: "database is locked", "database table is locked".
		again:    func(err error) bool { return strings.Contains(err.Error(), "is locked") },
		recommit: true,
		missing: func(err error) bool {
			text := err.Error()
			return strings.Contains(text, "no such table") || strings.Contains(text, "no such column") ||
				strings.Contains(text, "has no column named")
		},
	}
}

// PostgreSQL returns the dialect for PostgreSQL 12 or later, with a driver whose
// errors have a method SQLState() string, such as pgx and lib/pq.
func PostgreSQL() Dialect {
	return Dialect{
		name:  "postgresql",
		probe: "SELECT current_setting('server_version_num')",
		now:   "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
		// Set explicitly, because the database's default may differ: the queries
		// lock first, and then read what others have committed.
		begin:          "BEGIN ISOLATION LEVEL READ COMMITTED",
		lockMigrations: "SELECT pg_advisory_xact_lock(hashtext('postern_migrations'))",
		numbered:       true,
		// Serialization failure, deadlock.
		again:   func(err error) bool { return hasState(err, "40001", "40P01") },
		missing: func(err error) bool { return hasState(err, "42P01", "42703") },
	}
}

func hasState(err error, states ...string) bool {
	var e interface{ SQLState() string }
	if !errors.As(err, &e) {
		return false
	}
	for _, state := range states {
		if e.SQLState() == state {
			return true
		}
	}
	return false
}

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
// database's message, which names the constraint: "operators_
// name_key_key" in PostgreSQL, "operators.name_key" in SQLite.
func taken(err error) error {
	if err == nil {
		return nil
	}
	text := strings.ToLower(err.Error())
	if !strings.Contains(text, "unique constraint") {
		return err
	}
	for _, sentinel := range []struct {
		column string
		err    error
	}{
		{"name_key", store.ErrNameTaken},
		{"email_key", store.ErrEmailTaken},
		{"member_id", store.ErrMemberTaken},
	} {
		if strings.Contains(text, sentinel.column) {
			return fmt.Errorf("%w: %w", sentinel.err, err)
		}
	}
	return fmt.Errorf("%w: %w", store.ErrExists, err)
}
