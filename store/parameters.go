package store

import (
	"context"
	"time"
)

// Parameters holds what operators change at run time, and the alias.
type Parameters struct {
	// Revision counts changes; zero means "not stored yet".
	Revision int64
	// Office tells the office apart from others: random, since its first start.
	Office string
	// Alias is the first path segment of the office.
	Alias string
	// PreviousAlias is restored if the new alias is not confirmed by ConfirmBy;
	// both are zero if there is nothing to confirm.
	PreviousAlias string
	ConfirmBy     time.Time
	// SessionsFrom is when everyone was last signed out: sessions and sign-ins that
	// began by then have ended.
	SessionsFrom time.Time
	// Values holds the parameters that differ from their defaults, by name.
	Values map[string]string
	// Setup holds what is remembered of setting the office up: by name, when it was
	// done (RFC 3339).
	Setup     map[string]string
	UpdatedAt time.Time
	UpdatedBy string
}

// ParametersStore reads the parameters.
type ParametersStore interface {
	// LoadParameters returns the parameters, or ErrNotFound before the first
	// PutParameters.
	LoadParameters(ctx context.Context) (Parameters, error)
	// ParametersRevision returns the stored revision, or zero if there is none.
	// It is called on requests and every second, so it must be cheap.
	ParametersRevision(ctx context.Context) (Reading, error)
}

// Reading is a revision of the parameters, and when it was read.
type Reading struct {
	Revision int64
	// At is the time of the database's own clock, which all processes on it share.
	// It is zero if the store has no clock but this process's.
	At time.Time
}

// PutParameters creates the parameters (Revision 0) or replaces them (Revision
// as it was read); the stored revision becomes Revision+1. It fails with
// ErrConflict.
type PutParameters struct{ Parameters Parameters }

func (PutParameters) isWrite() {}
