package store

import (
	"context"
	"time"
)

// Parameters are the settings that operators change at run time, and the
// office's address.
type Parameters struct {
	// Revision counts the changes; zero means "not stored yet".
	Revision int64
	// Alias is the first path segment of the office.
	Alias string
	// PreviousAlias is where the office goes back to when a new alias is not
	// confirmed by ConfirmBy; both are zero when there is nothing to confirm.
	PreviousAlias string
	ConfirmBy     time.Time
	// Values holds the settings that differ from their defaults, by name.
	Values    map[string]string
	UpdatedAt time.Time
	UpdatedBy string
}

// ParametersStore reads the parameters.
type ParametersStore interface {
	// LoadParameters returns the parameters, or ErrNotFound before the first
	// PutParameters.
	LoadParameters(ctx context.Context) (Parameters, error)
	// ParametersRevision returns the stored revision, zero when there is none.
	// It is asked on requests and every second, so it must be cheap.
	ParametersRevision(ctx context.Context) (int64, error)
}

// PutParameters creates the parameters (Revision 0) or replaces them (Revision
// as it was read); the stored revision becomes Revision+1. Fails with
// ErrConflict.
type PutParameters struct{ Parameters Parameters }

func (PutParameters) isWrite() {}
