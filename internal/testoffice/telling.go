package testoffice

import (
	"context"
	"time"

	"github.com/postern-go/postern/store"
)

// Telling is a store whose readings come with the time that Tell makes of the one they
// have: the clock of its database, as a test moves it.
type Telling struct {
	store.Store
	Tell func(at time.Time) time.Time
}

// FindSession implements [store.Sessions].
func (s Telling) FindSession(ctx context.Context, d store.Digest) (store.SessionView, error) {
	v, err := s.Store.FindSession(ctx, d)
	v.At = s.Tell(v.At)
	return v, err
}

// FindSignIn implements [store.SignIns].
func (s Telling) FindSignIn(ctx context.Context, q store.SignInQuery) (store.SignInView, error) {
	v, err := s.Store.FindSignIn(ctx, q)
	v.At = s.Tell(v.At)
	return v, err
}

// ParametersRevision implements [store.ParametersStore].
func (s Telling) ParametersRevision(ctx context.Context) (store.Reading, error) {
	r, err := s.Store.ParametersRevision(ctx)
	r.At = s.Tell(r.At)
	return r, err
}

// Pulse implements [store.Store].
func (s Telling) Pulse(ctx context.Context) (store.Pulse, error) {
	p, err := s.Store.Pulse(ctx)
	p.At = s.Tell(p.At)
	return p, err
}
