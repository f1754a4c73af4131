package sqlstore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/postern-go/postern/store"
)

// Dialect is a kind of database: all that differs between them, but for the
// migrations, is in this one value. Take one from [SQLite] or [PostgreSQL]; the
// zero value is refused by [New].
type Dialect struct {
	// name is what errors call it, and the folder of its migrations.
	name string
	// probe is a query that only this kind of database answers.
	probe string
	// begin starts a transaction that may write.
	begin string
	// lockMigrations lets one replica migrate at a time; empty when begin does.
	lockMigrations string
	// oneWriter says that begin keeps every other writer out, so that single
	// rows need no locks. Writers then queue in the process, which is fairer
	// and quicker than having the database turn them away.
	oneWriter bool
	// words are pairs of old and new: what PostgreSQL, in whose words the
	// queries are written, calls differently.
	words []string
	// numbered says that placeholders are $1, $2 and not question marks.
	numbered bool
	// again says that the database undid, or never began, the transaction, and
	// that repeating it makes sense.
	again func(error) bool
	// recommit says that a COMMIT which failed with such an error left the
	// transaction open, so that COMMIT alone can be repeated.
	recommit bool
	// missing says that a table or a column is not there.
	missing func(error) bool
}

// SQLite is for SQLite 3.38 or later, through any driver.
func SQLite() Dialect {
	return Dialect{
		name:  "sqlite",
		probe: "SELECT sqlite_version()",
		// A transaction that begins as a reader cannot always become a writer.
		begin:     "BEGIN IMMEDIATE",
		oneWriter: true,
		words: []string{
			" FOR UPDATE SKIP LOCKED", "",
			" FOR UPDATE", "",
			"json_agg(", "json_group_array(",
			"strpos(", "instr(",
		},
		// The drivers share no error type, but all of them pass SQLite's words
		// on: "database is locked", "database table is locked".
		again:    func(err error) bool { return strings.Contains(err.Error(), "is locked") },
		recommit: true,
		missing: func(err error) bool {
			text := err.Error()
			return strings.Contains(text, "no such table") || strings.Contains(text, "no such column") ||
				strings.Contains(text, "has no column named")
		},
	}
}

// PostgreSQL is for PostgreSQL 12 or later, through a driver whose errors have
// a method SQLState() string, as those of pgx and lib/pq do.
func PostgreSQL() Dialect {
	return Dialect{
		name:  "postgresql",
		probe: "SELECT current_setting('server_version_num')",
		// Named, because the database's default may be another one: the
		// queries lock first and read afterwards what others have committed.
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

// rewrite puts a query into the dialect's words, with tables under the prefix.
// No query has a question mark that is not a placeholder, and none says
// "postern_" but in front of a table's name.
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
// looks before it writes, under a lock; this is for rows that somebody else
// writes, who does not take our locks. Drivers share no error type, but all of
// them pass on the database's words, which name the constraint: "operators_
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
