// Package sqlstore keeps the records of an office in the host's own SQL
// database, over database/sql. It imports no driver: the host imports whichever it
// has.
//
//	st := sqlstore.Open(sqlstore.SQLite(), "sqlite", "office.db") // modernc.org/sqlite, say
//	st := sqlstore.Open(sqlstore.PostgreSQL(), "pgx", "postgres://localhost/community")
//	st := sqlstore.Open(sqlstore.MySQL(), "mysql", "app@tcp(localhost:3306)/community") // MariaDB too
//
// backoffice.New opens such a store and creates its tables. Over a pool of the host's,
//
//	st, err := sqlstore.New(db, sqlstore.PostgreSQL(), sqlstore.Config{})
//	err = st.Migrate(ctx)
//
// The store takes a connection from the pool for each call and returns it. The names
// of its tables begin with "postern_". They share the database with the host's own
// tables, but not its transactions.
//
// # SQLite
//
// SQLite works with a driver's defaults. It works better with
//
//	PRAGMA journal_mode = WAL    -- readers and the writer do not wait for each other
//	PRAGMA busy_timeout = 500    -- milliseconds, for the host's own statements
//
// on every connection, which drivers accept in the data source name, e.g.
// "file:office.db?_pragma=journal_mode(WAL)&_pragma=busy_timeout(500)". One
// transaction writes at a time. Those of a process queue, as long as their contexts
// last. If another process, or the host itself, holds the lock, a call retries for
// five seconds, or until its context ends. A long busy_timeout adds to that, and
// drivers do not end it with the caller's context. Nobody can take the lock from a
// process that froze while it held it: until it goes on or is killed, all writes
// fail with [store.ErrUnavailable]. The setting of foreign_keys makes no difference.
// A database ":memory:" belongs to one connection, so it needs SetMaxOpenConns(1),
// and is lost if that connection breaks. [Store.Migrate] refuses it with more.
//
// # PostgreSQL
//
// Transactions always run at READ COMMITTED. Decisions that depend on more than one
// row are made under row locks, which every transaction takes in the same order; if
// two still block each other, the one that the database ends is repeated. A request
// may wait for a lock while it holds a connection, so give the store a small pool of
// its own (SetMaxOpenConns, SetMaxIdleConns), beside the host's. Use TLS if the
// network is not yours.
//
// A commit takes few round trips. What its writes change is sent as one statement, if
// no write depends on another, with the new audit events in it: a sign-in step is
// BEGIN, a lock on the operator, that statement, COMMIT. Locks are taken in this
// order: the guards, the operators by id, other rows, the last row of the audit log.
// That last one is held during no more than two round trips, COMMIT included, and
// during one if the event continues from where the process last saw the log end. See
// decision 015.
//
// No process can hold up the others. Every transaction sets its own bounds,
// independent of the data source name: PostgreSQL ends the session of one that has
// sent nothing for two seconds in the middle of a transaction, and with it its
// locks; a wait for a lock ends after four seconds, a statement after five. The
// settings are local to the transaction and sent along with BEGIN, so they cost no
// round trip, and work behind PgBouncer in transaction mode. Statements outside
// transactions read, or count attempts without waiting for a lock; they end with
// the caller's context. Migrate tries to get its locks for a minute, a second at a time,
// and its statements may take as long as they need.
//
// # MySQL and MariaDB
//
// Transactions always run at READ COMMITTED, which is set for each, so that a session of
// the host's keeps its own level, under the same row locks as on PostgreSQL, in the same
// order. The statements of a commit are sent one by one; with interpolateParams=true in the
// data source name each is one round trip, and otherwise two. The audit log is locked for
// the last three and COMMIT. The count of changed rows means the same with and without
// clientFoundRows=true: where an UPDATE that must hold changed nothing, it is sent again
// under a lock.
//
// A pool of the function [Open] bounds waits for locks, and on MariaDB transactions that do
// nothing, by settings of its sessions; [New] leaves those of the host's pool as they are,
// so say them in the data source name:
//
//	?innodb_lock_wait_timeout=4&idle_transaction_timeout=2
//
// Text is compared byte by byte, with the spaces at its end, whatever the collation of the
// database. An id has at most 255 characters, and a name or an email address 700, as it is
// compared; a longer one is an error.
//
// On a node of a Galera cluster, which the store detects, locks are writes,
// reads wait for what other nodes have committed, and transactions are sent as text. See
// docs/galera.md and decision 065.
//
// Migrations commit statement by statement. One that breaks off goes on when Migrate is
// called again. See docs/mysql.md for all that differs, and decision 064.
//
// # Fewer rights for the application
//
// Only [Store.Migrate] needs the right to create tables. To run the application
// with fewer rights, migrate with another account, from another program, and give
// the application's account what the file grants.sql in this folder lists, or
// grants_mysql.sql: it may then append audit events, but not change them. Called by such
// an account on a database that is up to date, Migrate succeeds and does nothing.
//
// Triggers on the tables of the audit log refuse UPDATE and DELETE even to accounts
// that have the right (ASVS 16.4.2). PurgeEvents records, in the one row of the
// table event_head, the last event it purges and that event's MAC; the trigger
// lets the same transaction delete the events up to there. Another trigger lets
// both numbers in that row only grow. Anyone who can write to the database can still
// do the same by hand, but verification detects it: the row has a seal, which the
// office makes with its master secret, as it does the MACs that chain the events.
//
// # What requests read
//
// The guard of a request is one read of one row, which costs little more than the
// session alone. What it needs of the operator and their roles a store remembers from
// an earlier read: the row has a mark that every change of them replaces, in the
// same transaction, so a change counts from the next request of every process. What is
// changed by hand, with SQL, counts within a minute, or at once if the columns mark of
// postern_operators and roles_mark of postern_parameters get another random number.
// Sessions that are deleted by hand end at once. On SQLite and MySQL, the statements of
// requests stay prepared; on PostgreSQL, that is left to the driver, because poolers such as
// PgBouncer may not allow it.
//
// # Lists
//
// There are at most some thousands of operators, so a page of them is one query
// that may look at all of them: with 10,000, it takes at most 13 ms, with any
// filter and in any order.
//
// The cost of a page of events or emails does not depend on the length of the list.
// Each filter has an index in which the rows of a page are adjacent, and the next
// page begins at a key, not at a row number. Time bounds of events become bounds of
// their sequence numbers. If there are several filters, the rarest one leads, and a
// page looks at no more than [store.PageReach] times as many rows behind it as it
// may have: it may then have fewer, and the next page continues. The rarest is
// determined for each page, by counting no further than that. A search of emails
// has no index, and looks at [store.SearchReach] rows per page.
//
// # How records are stored
//
// Times are whole numbers of microseconds since 1970 in UTC, 0 for "not set".
// Digests, ciphertexts and MACs are bytes; lists and maps that are only read as
// a whole are JSON. PostgreSQL refuses text that is not valid UTF-8 or holds NUL, so on
// every database U+FFFD replaces those bytes, and events are passed to their MAC in
// that form. An empty list, map or byte slice is read as nil.
//
// # Errors
//
// A commit that fails with one of the sentinels of package store, or before COMMIT,
// did not happen. Waits and statements end with the caller's context; COMMIT does
// not, but is given up at the context's deadline, or two seconds later if it is
// nearer than that.
//
// What an error says about the database is decided by its SQLSTATE in PostgreSQL, by
// its number in MySQL and MariaDB, by its text in SQLite, and by the errors of packages
// context, net, io and database/sql:
//
//   - Others were in the way (locks, deadlocks, SQLITE_BUSY): the call is repeated
//     for five seconds, or until its context ends.
//   - The connection broke or was ended: a read, and a commit that had not reached
//     COMMIT, are repeated on another connection, until each that was open then
//     has been tried, and a new one. If it broke during COMMIT, the outcome is
//     unknown, and nothing is repeated.
//   - The connection takes no writes: it is not used again, so that after a
//     fail-over one to the new primary takes its place, and the call is repeated
//     once. With pgx, name all hosts and target_session_attrs=read-write.
//   - The database is full, cannot be reached, is starting or stopping, or took
//     too long: nothing is repeated.
//
// An error that remains is a [store.ErrReadOnly] if the database takes no writes or is
// full, and a [store.ErrUnavailable] in all of these cases; errors.Is also finds the
// driver's error. A caller who leaves gets context.Canceled and neither of them.
// Everything else is a system failure.
package sqlstore
