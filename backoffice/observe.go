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

// observer counts what an office does with its store and its processors.
type observer struct {
	store  *bounded.Store
	pool   store.Pooled // nil if the store has none
	hasher *password.Hasher
	// waits and hashes are those for and of slow hashes. busy counts callers that
	// were turned away.
	waits, hashes measure.Histogram
	busy          atomic.Uint64
}

// observe makes an observer of what a configuration names, and puts it in between.
func observe(cfg *Config) *observer {
	o := &observer{store: bounded.New(cfg.Store, cfg.StoreTimeout, cfg.Trace)}
	o.pool, _ = cfg.Store.(store.Pooled)
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
