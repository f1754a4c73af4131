// Package testoffice is the one fixture of our own tests: an office over a store
// that goes wrong on request, with a clock that stands until it is moved,
// hashing that costs nothing, a mailbox in memory, and people put straight into
// the store. Package browse, below it, has the same office on a real server,
// with browsers.
package testoffice
