// Package memstore keeps the back office's records in memory. It is the
// reference for other stores, and the store for tests and demos. Create one with
// [New].
//
// It fulfils every duty of package store but one: nothing survives the process.
// Processes cannot share it, and some operations look at every record of a kind,
// so it does not suit an office with many thousands of them.
package memstore
