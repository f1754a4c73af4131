// Package store is the contract between the back office and whatever keeps its
// records: the record types, the reads, the writes, and the errors that carry
// meaning. It imports only the standard library, so a store can be written
// without pulling in anything else of ours.
//
// Two stores come with the library: memstore (in memory, the reference and the
// one for tests) and sqlstore over database/sql. You can write your own. Every
// one must pass storetest.Run.
//
// # Words
//
// A record is a plain struct passed by value; a store never keeps or hands out
// memory that the caller can change afterwards. A write is one of the structs
// that implement [Write]. A commit is a batch of writes of which all happen or
// none.
//
// # Duties of an implementation
//
//   - Every method may be called concurrently.
//   - [Store.Commit] applies its writes in the order given, in one atomic and
//     isolated step. When one precondition fails, nothing of the batch is
//     visible to anybody, ever, and the error satisfies errors.Is with the
//     sentinel that the write documents.
//   - Of many concurrent commits that consume the same thing, exactly one
//     succeeds. This must hold across processes that share the database.
//   - A commit that returned nil survives a crash of the process (memstore,
//     which promises nothing of the kind, excepted).
//   - A miss is [ErrNotFound]. Any error that is not one of the sentinels of
//     this package is a system failure, and the caller answers with "not now"
//     and no access.
//   - Stores do not read clocks: the time is always an argument. Times are kept
//     as [Time] makes them, UTC and cut to microseconds, whatever was given; a
//     zero time means "not set" and comes back zero. An end or expiry that is
//     not set has come already, unless its comment says otherwise.
//   - Every field comes back as it was given, but a nil slice or map and an
//     empty one are the same.
//   - Keys and names are compared and ordered byte by byte.
//   - A call whose context is done already does nothing and returns the
//     context's error.
//   - An unknown [Write] fails the commit with [ErrUnknownWrite].
//
// # Lists
//
// Operators, events and mails are listed in pages. A page has at most as many
// rows as the query's Limit asks for ([PageLimit]), and says where the next one
// begins. Cursors are values, not rows: the record they were made of may be gone.
//
// What a page costs must depend neither on how many records there are nor on how
// far in the page is. For no filter, and for each by itself, that takes an index
// that begins with the filter and goes on in the order of the list; such a page
// is full unless the list ends with it. Where filters come together, and select
// much less than each by itself, a store may stop looking before the page is
// full, once it looked at [PageReach] times as many records as the page may
// have: the page then has fewer rows, perhaps none, and goes on all the same. A
// search comes together with filters in this way, too; the bounds of time of
// events do not count as filters.
//
// # Where the contract ends
//
// A store does not check rights, validate addresses, hash passwords or decide
// policy. What it holds is already digested or encrypted: session cookies and
// mail links as SHA-256 digests, passwords as PHC strings, authenticator
// secrets and mail bodies as ciphertext.
//
// Strings are valid UTF-8 without NUL, and the names, keys, ids and addresses
// that are looked up by are at most 255 bytes long: whoever hands on what came
// from outside cleans it first. A store may refuse anything else as a system
// failure.
package store
