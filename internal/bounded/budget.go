// Package bounded gives every call of the store an end.
package bounded

import "sync/atomic"

// Key is the key under which the context of a request has its *Budget. It stays
// there when the context is cut off from its cancellation.
type Key struct{}

// Budget is what a request has spent of the time that it may wait for the store.
// The zero Budget has spent nothing. It is safe for concurrent use.
type Budget struct{ spent atomic.Int64 }
