package backoffice

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/admin"
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
	if len(events) > 0 {
		state.ChangedAt, state.ChangedBy = events[0].At, cmp.Or(events[0].ActorName, events[0].ActorID)
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

// Parameter is one parameter with what is in force.
type Parameter struct {
	Name, Section, Label, Effect string
	// Range and Unit are for people.
	Range, Unit    string
	Value, Default string
	// Departs says that the value departs from NIST SP 800-63B-4, Loosened that
	// it protects less than the default.
	Departs, Loosened bool
}

// Parameters lists every parameter, in the order of the page.
func (c *CommandLine) Parameters(ctx context.Context) ([]Parameter, error) {
	list, _, err := c.services.Parameters(ctx, desk.CommandLine())
	if err != nil {
		return nil, err
	}
	var rows []Parameter
	for _, s := range list {
		rows = append(rows, Parameter{s.Name, s.Section, s.Label, s.Effect, s.Range, s.Unit, s.Value, s.Default(),
			s.Departs(s.Value, c.Now()), s.Loosens(s.Default(), s.Value)})
	}
	return rows, nil
}

// ParameterChange is one parameter before and after.
type ParameterChange struct {
	Name, Label, Before, After string
	// Loosens says that it protects less than before, which every
	// super-administrator is told by mail.
	Loosens bool
}

// SetParameters changes the parameters that values names, all of them or none,
// and returns what is different now: nothing where they had these values.
// ErrNotFound says that there is no such parameter, [*InvalidError] what is wrong
// with a value, by the name of the parameter; the code "range" is one out of its
// range.
func (c *CommandLine) SetParameters(ctx context.Context, values map[string]string) ([]ParameterChange, error) {
	list, state, err := c.services.Parameters(ctx, desk.CommandLine())
	if err != nil {
		return nil, err
	}
	for name := range values {
		if !slices.ContainsFunc(list, func(s admin.Setting) bool { return s.Name == name }) {
			return nil, ErrNotFound
		}
	}
	changes, err := c.services.SaveParameters(ctx, desk.CommandLine(), desk.Visit{}, admin.ParametersForm{Revision: state.Stored.Revision, Values: values})
	if stale := (*admin.StaleError)(nil); errors.As(err, &stale) {
		return nil, ErrChanged
	}
	var rows []ParameterChange
	for _, ch := range changes {
		rows = append(rows, ParameterChange{ch.Name, ch.Label, ch.Before, ch.After, ch.Loosens})
	}
	return rows, err
}
