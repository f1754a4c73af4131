// Package memstore keeps the back office's records in memory. It is the
// reference for other stores, and the store for tests and demos: [New] is all
// it takes.
//
// It keeps every duty of package store but one: nothing survives the process.
// Two processes cannot share it, and a few operations look at every record of a
// kind, so it is not for an office that has thousands of them.
package memstore
