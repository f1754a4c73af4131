package password

import (
	"context"
	"fmt"
)

// BreachChecker knows passwords that became public elsewhere (ASVS 6.2.12). This package ships none: the embedded
// list is the local one, and a lookup at a remote service is for the host to choose. An implementation MUST be safe
// for concurrent use, MUST end with ctx, MUST NOT send the password or a full hash of it, and returns an error only if
// it could not decide.
type BreachChecker interface {
	Breached(ctx context.Context, password string) (bool, error)
}

// CheckBreached asks c at the moment a password is set, after [Policy.Check] accepted it. A nil c finds nothing. On an
// error the verdict of Check stands and the caller records that the lookup is missing and repeats it at the next
// sign-in; it must not be skipped silently.
func CheckBreached(ctx context.Context, c BreachChecker, password string) ([]Reason, error) {
	if c == nil {
		return nil, nil
	}
	found, err := c.Breached(ctx, password)
	if err != nil {
		return nil, fmt.Errorf("password: check for breaches: %w", err)
	}
	if !found {
		return nil, nil
	}
	return []Reason{Policy{}.Reason(CodeBreached)}, nil
}
