package backoffice

import (
	"cmp"
	"context"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// Address is where the office is now.
func (c *CommandLine) Address() string { return c.home(c.services.Alias()) }

func (c *CommandLine) home(alias string) string { return c.services.Origin + "/" + alias + "/" }

// AddressState is where the office is, and what is going on with that.
type AddressState struct {
	Address string
	// ChangedAt and ChangedBy are of the newest event about it.
	ChangedAt time.Time
	ChangedBy string
	// Old is the address that comes back at ConfirmBy unless the new one is
	// confirmed; empty when nothing waits.
	Old       string
	ConfirmBy time.Time
}

// AddressState says where the office is.
func (c *CommandLine) AddressState(ctx context.Context) (AddressState, error) {
	s, err := c.services.Fresh(ctx)
	if err != nil {
		return AddressState{}, err
	}
	state := AddressState{Address: c.Address()}
	if c.Now().Before(s.Stored.ConfirmBy) {
		state.Old, state.ConfirmBy = c.home(s.Stored.PreviousAlias), s.Stored.ConfirmBy
	}
	events, err := c.services.AuditPage(ctx, desk.CommandLine(), store.EventQuery{Area: "alias", Limit: 1})
	if err != nil {
		return AddressState{}, err
	}
	if len(events.Rows) > 0 {
		newest := events.Rows[0]
		state.ChangedAt, state.ChangedBy = newest.At, cmp.Or(newest.ActorName, newest.ActorID)
	}
	return state, nil
}

// RotateAlias gives the office a new random address at once and returns it. The
// old one is dead on every replica from the next request on, and every active
// operator is told the new one by mail.
func (c *CommandLine) RotateAlias(ctx context.Context) (string, error) {
	if _, err := c.services.RotateAlias(ctx, desk.CommandLine(), desk.Visit{}); err != nil {
		return "", err
	}
	return c.Address(), nil
}

// SetAlias is RotateAlias with an alias of one's own: 8 to 64 lower-case
// letters, digits and dashes.
func (c *CommandLine) SetAlias(ctx context.Context, alias string) (string, error) {
	if err := c.services.ChangeAlias(ctx, desk.CommandLine(), desk.Visit{}, alias); err != nil {
		return "", err
	}
	return c.Address(), nil
}

// ConfirmAlias keeps a new address that waits to be confirmed, and tells every
// active operator. ErrChanged says that none waits.
func (c *CommandLine) ConfirmAlias(ctx context.Context) (string, error) {
	if err := c.services.ConfirmAlias(ctx, desk.CommandLine(), desk.Visit{}); err != nil {
		return "", err
	}
	return c.Address(), nil
}

// RevertAlias brings the old address back while a new one waits to be confirmed.
// ErrChanged says that none waits.
func (c *CommandLine) RevertAlias(ctx context.Context) (string, error) {
	if err := c.services.RevertAlias(ctx, desk.CommandLine(), desk.Visit{}); err != nil {
		return "", err
	}
	return c.Address(), nil
}
