// Package store is the contract between the back office and the storage of its
// records: the record types, the reads, the writes, and the errors with a meaning.
// It imports only the standard library, so that a store can be written without
// pulling in anything else of ours.
//
// Two stores come with the library: memstore, in memory, which is the reference
// and for tests, and sqlstore over database/sql. You can write your own. Every
// store must pass storetest.Run.
//
// # Words
//
// A record is a plain struct passed by value; a store never keeps or hands out
// memory that the caller can change afterwards, except that the slices of a
// [SessionView] may be shared and must not be changed. A write is one of the structs
// that implement [Write]. A commit is a batch of writes that happens completely
// or not at all.
//
// # Duties of an implementation
//
//   - Every method may be called concurrently.
//   - [Store.Commit] applies its writes in the order given, in one atomic and
//     isolated step. If a precondition fails, nothing of the batch is ever
//     visible to anyone, and the error satisfies errors.Is with the sentinel
//     that the write documents.
//   - Of many concurrent commits that consume the same thing, exactly one
//     succeeds. This must hold across processes that share the database.
//   - A commit that returned nil survives a crash of the process, except in
//     memstore.
//   - A call that fails because the database cannot be reached, is starting or
//     stopping, broke the connection, or did not answer before the context's
//     deadline returns an [ErrUnavailable], and one that fails because it takes no
//     writes an [ErrReadOnly]; errors.Is must also find the cause. A caller who
//     leaves gets context.Canceled and neither. storetest cannot break your
//     database, so it does not check this: do it in tests of your own.
//   - No process can hold up the others for more than a few seconds, even if it
//     freezes in the middle of a commit, unless the database cannot do that.
//   - A miss is [ErrNotFound]. Any error that is not one of the sentinels of
//     this package is a system failure, and the caller grants no access.
//   - Times are arguments, never read from this process's clock. A store that
//     several machines share tells the time of its database ([Reading]), so that
//     they agree on what is now. Times are kept
//     as [Time] makes them, in UTC and truncated to microseconds; a zero time
//     means "not set" and is returned as zero. An end or expiry that is not set
//     has already passed, unless its comment says otherwise, as that of
//     [Operator.EndsAt] does.
//   - Every field is returned as it was given, except that a nil slice or map
//     and an empty one are the same.
//   - Keys and names are compared and ordered byte by byte.
//   - A call whose context is already done does nothing and returns the
//     context's error.
//   - An unknown [Write] fails the commit with [ErrUnknownWrite].
//
// # Lists
//
// Operators, events and emails are listed in pages. A page has at most as many
// rows as the query's Limit asks for ([PageLimit]), and the cursor of the next one.
// Cursors are values, not rows: the record they were taken from may be gone.
//
// There are at most some thousands of operators: a store may look at all of them
// for a page, and every page is full unless the list ends with it.
//
// There may be millions of events and emails. The cost of a page of them must
// depend neither on their number nor on its position in the list. Without a
// filter, and with any single one, that takes an index that begins with the
// filter and continues in the order of the list; such a page is full unless the
// list ends with it. If several filters select much less than each alone, a store
// may stop looking before the page is full, once it has looked at [PageReach]
// times as many records as the page may hold, or, in a search, at [SearchReach]:
// the page then has fewer rows, perhaps none, and still has the cursor of the
// next one. Time bounds of events do not count as filters.
//
// # Where the contract ends
//
// A store does not check permissions, validate email addresses, hash passwords
// or decide policy. What it holds is already digested or encrypted: session
// cookies and email links as SHA-256 digests, passwords as PHC strings,
// authenticator secrets and email bodies as ciphertext.
//
// Strings are valid UTF-8 without NUL, and the names, keys, ids and addresses
// used for lookups are at most 255 bytes long: callers clean input from
// outside first. A store may refuse anything else as a system failure.
package store
