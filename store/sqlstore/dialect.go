package sqlstore

import (
	"context"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

// Dialect is a kind of database. Get one from [SQLite], [PostgreSQL] or [MySQL]; [New]
// refuses the zero value.
type Dialect struct{ kind *dialect }

// String returns "sqlite", "postgresql" or "mysql", and "" for the zero value.
func (d Dialect) String() string {
	if d.kind == nil {
		return ""
	}
	return d.kind.name
}

// dialect holds all differences between databases but the migrations.
type dialect struct {
	// name is its name in errors, and the folder of its migrations.
	name string
	// probe is a query that only this kind of database answers.
	probe string
	// requirements are what Migrate wants of the database, check what it wants once
	// the tables are there, and writable is what mends one that takes no writes.
	requirements []requirement
	check        func(context.Context, *Store) error
	writable     string
	// advice is what the server administrator can do about an error, or "".
	advice func(error) string
	// hasTable is a query that returns a row if there is a table of a name.
	hasTable string
	// now is an expression: the time of the database's clock in microseconds, or 0
	// if that is the clock of this process.
	now string
	// readOnly is an expression: whether the database says that it takes no writes.
	readOnly string
	// begin starts a transaction that may write, and bounds how long it can hold
	// others up. beginMigration does the same for DDL, which takes its time.
	begin, beginMigration []string
	// settings begin each connection of a pool of the store's own. They bound the same
	// where begin cannot, because a setting would stay in a session of the host's.
	settings []string
	// lockMigrations lets one replica migrate at a time; it is empty if begin does.
	// unlockMigrations ends that, if COMMIT does not.
	lockMigrations, unlockMigrations string
	// oneWriter means that begin excludes every other writer, so that single
	// rows need no locks. Writers then queue in the process, which is fairer
	// and faster than having the database turn them away.
	oneWriter bool
	// combines means that statements which change rows can be parts of one: see
	// [combine].
	combines bool
	// returning means that an UPDATE can return what it changed.
	returning bool
	// prepares means that the statements of requests are kept prepared. On
	// PostgreSQL that would fail behind a pooler that gives each transaction
	// another connection, and where it works, the driver does it.
	prepares bool
	// makesCounters means that counters are made before they are locked: see
	// [tx.lockCounters].
	makesCounters bool
	// readOnlySessions means that a session may write nothing but in transactions which
	// say that they do.
	readOnlySessions bool
	// recommit means that a COMMIT that failed because the database was busy left
	// the transaction open, so that COMMIT alone can be repeated.
	recommit bool
	// nodes means that the database may be one of several nodes: see [node].
	nodes bool
	// undone reports whether a COMMIT that failed certainly did nothing.
	undone func(error) bool
	// condition is what the database's own errors mean.
	condition func(error) condition
	// hush takes values that were to be written out of an error; nil if none are in it.
	hush func(error) error
	syntax
}

// syntax is how a database says what others say in another way. Everything else in
// queries is the SQL that they share.
type syntax interface {
	// placeholders turns the question marks of a query into those of the database.
	placeholders(query string) string
	// lock makes a query lock the rows that it returns. lockFree returns, and locks,
	// only rows that nobody else has locked.
	lock(query string) string
	lockFree(query string) string
	// lockOperators is a query that locks operators, and reads their versions and, beside
	// each, the head of the audit log, which it does not lock.
	lockOperators(which string) string
	// ifAbsent makes an INSERT change nothing if a key is taken, and upsert makes it
	// change the row that has the key. See [tx.run].
	ifAbsent(insert string) string
	upsert(u upsert) (query string, args []any)
	// run sends a statement of a transaction that changes rows, and returns how many
	// rows it matched.
	run(ctx context.Context, t *tx, s *step) (int64, error)
	// countUnchanged is a statement that stores n counters if each still is as
	// it was, without waiting for anyone; "" if that takes more than one.
	countUnchanged(n int) string
	// lanesDue returns the lanes with an email that is due, the most urgent first.
	lanesDue(state store.MailState, from, to string, now time.Time, most int) (query string, args []any)
	// sealedMails selects those emails after one that still have a body, in order.
	sealedMails() string
	// nest is the query for a view, and readNested has its answer scanned as one row, of
	// the view's columns and then its arrays.
	nest(v view) (query string, args []any)
	readNested(ctx context.Context, r reader, v view, scan func(row) error, query string, args []any) error
	// after is the condition that columns come after a key in the order of a list, or
	// before it: op is ">", "<", ">=" or "<=".
	after(columns []string, op string, key []any) (condition string, args []any)
	// bySecondaryIndex is a table that is not to be read by its primary key.
	bySecondaryIndex(table string) string
	// has is the condition that a list of texts, which is JSON, has an element.
	has(list, element string) string
	// unless ends a SELECT of arguments alone: it returns no row if a query returns one.
	unless(query string) string
	// joined is a text, which is an argument, before another.
	joined(arg, text string) string
	// contains is the condition that a text contains an argument.
	contains(column string) string
	// rename renames all tables of an office, from one prefix to another.
	rename(ctx context.Context, t *tx, from, to string) error
}

func (d *dialect) String() string { return d.name }

// rewrite completes a query: it gives placeholders the dialect's form, and tables
// their prefix. Question marks in queries are only placeholders, and "postern_" occurs
// only before table names.
func (d *dialect) rewrite(query, prefix string) string {
	return d.placeholders(strings.ReplaceAll(query, DefaultTablePrefix, prefix))
}
