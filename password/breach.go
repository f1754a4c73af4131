package password

import (
	"context"
	"fmt"
)

// BreachChecker knows passwords that became public elsewhere (ASVS 6.2.12). This package has none: its embedded list
// is local, and the host may choose one of the package breached. An implementation MUST be safe for concurrent use, MUST end with
// ctx, MUST NOT send the password or a full hash of it, and MUST return an error only if it could not decide.
type BreachChecker interface {
	Breached(ctx context.Context, password string) (bool, error)
}

// CheckBreached asks c about a password that is being set, after [Policy.Check] accepted it. A nil c finds nothing. If
// it returns an error, the caller keeps the verdict of Check, but must record the missing lookup and repeat it at the
// next sign-in.
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
