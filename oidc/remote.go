package oidc

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// freshFor is how long a document of the provider is used without asking again, and
	// staleFor how long it is used while the provider does not answer.
	freshFor = time.Hour
	staleFor = 24 * time.Hour
	// retryAfter is how long a failure answers everyone else: a provider that is down is not
	// asked by each of many people.
	retryAfter = 5 * time.Second
)

// remote is a document of the provider: read when it is needed, by one at a time, and kept.
type remote[T any] struct {
	fetch func(context.Context) (*T, error)
	now   func() time.Time

	mu     sync.Mutex
	value  *T
	readAt time.Time
	err    error
	failed time.Time
	flight chan struct{}
}

// get returns the document if it is younger than an age, and reads it otherwise. If that
// fails, an older one does, for staleFor. Nobody waits longer than their context, and the
// reading goes on for the others.
func (r *remote[T]) get(ctx context.Context, age time.Duration) (*T, error) {
	r.mu.Lock()
	now := r.now()
	if r.value != nil && now.Sub(r.readAt) < age {
		defer r.mu.Unlock()
		return r.value, nil
	}
	if r.flight == nil {
		if r.err != nil && now.Sub(r.failed) < retryAfter {
			defer r.mu.Unlock()
			return r.stale(now)
		}
		r.flight = make(chan struct{})
		go r.read(context.WithoutCancel(ctx))
	}
	flight := r.flight
	r.mu.Unlock()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-flight:
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stale(r.now())
}

// stale returns what there is. r.mu is held.
func (r *remote[T]) stale(now time.Time) (*T, error) {
	if r.value != nil && (r.err == nil || now.Sub(r.readAt) < staleFor) {
		return r.value, nil
	}
	return nil, r.err
}

// read reads the document, and ends the flight.
func (r *remote[T]) read(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	value, err := r.safely(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err = err; err == nil {
		r.value, r.readAt = value, r.now()
	} else {
		r.failed = r.now()
	}
	close(r.flight)
	r.flight = nil
}

// safely makes a panic, such as one in Config.Transport, an error: nobody else would see it.
func (r *remote[T]) safely(ctx context.Context) (value *T, err error) {
	defer func() {
		if p := recover(); p != nil {
			value, err = nil, fmt.Errorf("panic: %v", p)
		}
	}()
	return r.fetch(ctx)
}
