package backoffice

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/internal/measure"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// observer measures what an office does with its store and its processors.
type observer struct {
	store *bounded.Store
	pool  store.Pooled // nil if the store has none
	// movable is the store itself, nil if it cannot be moved.
	movable store.Movable
	hasher  *password.Hasher
	// waits is how long callers waited for a slow hash to begin, hashes how long it
	// then took. busy counts callers that were turned away.
	waits, hashes measure.Histogram
	busy          atomic.Uint64
}

// observe returns an observer of the store and the hasher of a configuration, and
// makes the configuration report to it.
func observe(cfg *Config) *observer {
	o := &observer{store: bounded.New(cfg.Store, cfg.StoreTimeout, cfg.Trace)}
	o.pool, _ = cfg.Store.(store.Pooled)
	o.movable, _ = cfg.Store.(store.Movable)
	trace := cfg.PasswordHashing.Trace
	if trace == nil {
		trace = cfg.Trace
	}
	cfg.PasswordHashing.Trace = func(ctx context.Context, operation string) (context.Context, func(error)) {
		var ended func(error)
		if trace != nil {
			ctx, ended = trace(ctx, operation)
		}
		began := time.Now()
		return ctx, func(err error) {
			if operation == password.TraceWait {
				o.waits.Observe(time.Since(began))
			} else {
				o.hashes.Observe(time.Since(began))
			}
			if errors.Is(err, password.ErrBusy) {
				o.busy.Add(1)
			}
			if ended != nil {
				ended(err)
			}
		}
	}
	return o
}
