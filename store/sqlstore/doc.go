// Package sqlstore keeps the records of an office in the host's own SQL
// database, over database/sql. It imports no driver: the host opens the
// database with whichever it has.
//
//	db, err := sql.Open("sqlite", "office.db") // modernc.org/sqlite, say
//	st, err := sqlstore.New(db, sqlstore.SQLite(), sqlstore.Config{})
//	err = st.Migrate(ctx)
//
// or, with pgx or lib/pq,
//
//	db, err := sql.Open("pgx", "postgres://localhost/community")
//	st, err := sqlstore.New(db, sqlstore.PostgreSQL(), sqlstore.Config{})
//
// The store takes connections from the pool as it needs them, one for each
// call, and gives them back; closing the pool is the host's business. Its
// tables all begin with "postern_" and share the database with the host's own,
// but not its transactions.
//
// # SQLite
//
// SQLite works as the driver opens it. It works better with
//
//	PRAGMA journal_mode = WAL    -- readers and the writer do not wait for each other
//	PRAGMA busy_timeout = 500    -- milliseconds, for the host's own statements
//
// on every connection, which drivers take in the address, e.g.
// "file:office.db?_pragma=journal_mode(WAL)&_pragma=busy_timeout(500)". One
// transaction writes at a time: those of a process queue, and where another
// process, or the host itself, is in the way, a call tries again for about ten
// seconds before it fails. A long busy_timeout adds to that, and drivers do not
// end it with the caller's context. Whether foreign_keys is on makes no
// difference here. A database ":memory:" belongs to one connection, so it needs
// SetMaxOpenConns(1), and is gone when that connection breaks.
//
// # PostgreSQL
//
// Transactions run at READ COMMITTED, whatever the database's default is. What
// depends on more than one row is decided under row locks, which every
// transaction takes in the same order; should two block each other all the
// same, the one that the database ends is repeated. Set a pool size
// (SetMaxOpenConns, SetMaxIdleConns): a request may wait for a lock while it
// holds a connection. Use TLS where the network is not yours.
//
// # Fewer rights for the application
//
// [Store.Migrate] needs the right to create tables; nothing else does. Where
// the application runs with fewer rights, migrate with another account, from
// another program, and give the application's account what the file grants.sql
// beside this package lists: it may then append audit events, but has no right
// to change them. Migrate is content, and does nothing, when such an account
// calls it on a database that is up to date.
//
// The tables of the audit refuse UPDATE and DELETE by trigger also to accounts
// that have the right (ASVS 16.4.2). PurgeEvents passes it like this: it notes,
// in the one row of the table event_head, up to which event it purges, and that
// event's MAC; the trigger lets go of those, which the same transaction then
// deletes. Whoever can write to the database can do the same by hand, but not
// without it showing: the audit then begins where AuditEnds says, which has to
// agree with the newest event that tells of a purge, and every event that is left is
// chained by its MAC to the one before.
//
// # Lists
//
// There are some thousands of operators at most, so a page of them is one query
// that may look at all of them: with 10,000 it takes 13 ms at most, behind
// any filter and in any order.
//
// A page of events or mails costs the same however long the list is. Each filter
// by itself has an index that holds the rows of a page side by side, and the next
// page begins at a key, not at a number. Bounds of time are turned into bounds of
// the audit's numbers. Where filters come together the rarest one leads, and a
// page looks at [store.PageReach] times as many rows behind it as it may have, no
// more: it then has fewer, and the next page looks further. Which one is the
// rarest is counted for each page, no further than that. A search of mails has no
// index, and looks at [store.SearchReach] rows a page.
//
// # How records are stored
//
// Times are whole numbers of microseconds since 1970 in UTC, 0 for "not set".
// Digests, ciphertexts and MACs are bytes; lists and maps that are only read as
// a whole are JSON. Text that is not valid UTF-8 or holds NUL, which PostgreSQL
// refuses, is kept with U+FFFD in place of that on every database, and events
// are given to their MAC in that form. An empty list, map or byte slice comes
// back as nil.
//
// # Errors
//
// A commit that fails with one of the sentinels of package store, or before its
// end, did not happen. Only when the connection breaks in the very moment of
// COMMIT does nobody know; such a commit fails and is not repeated. Waits and
// statements end with the caller's context; COMMIT and ROLLBACK do not, but are
// given up after ten seconds.
package sqlstore
