package main

import (
	"context"
	"errors"

	"github.com/postern-go/postern/backoffice"
)

// stillSignedIn stands in for backoffice.StillSignedIn.
func stillSignedIn(ctx context.Context) (backoffice.Operator, error) {
	operator, ok := backoffice.OperatorFrom(ctx)
	if !ok {
		return operator, errors.New("signed out")
	}
	return operator, nil
}
