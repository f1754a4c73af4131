package backoffice

import (
	"context"
	"errors"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

// Parameter is a setting that operators change at run time.
type Parameter struct {
	// Name is the key, e.g. "session.idle".
	Name string
	// Section, Label and Effect describe the parameter as its page does, Range and
	// Unit its values.
	Section, Label, Effect, Range, Unit string
	// Value is in force, and Meaning says what it comes to: "Automatic: 12 characters,
	// because everyone must have two-factor authentication".
	Value, Meaning, Default string
	// DepartsFromNIST means that Value departs from NIST SP 800-63B-4.
	DepartsFromNIST bool
	// Loosened means that Value protects less than Default.
	Loosened bool
}

// Parameters returns all parameters, in the order of the page. It requires the
// permission parameters.manage.
func (s *Services) Parameters(ctx context.Context) ([]Parameter, error) {
	var rows []Parameter
	in := messages.English()
	err := s.by(ctx, desk.PermissionParametersManage, func(a desk.Actor, _ desk.Visit) error {
		list, _, err := s.services.Parameters(ctx, a)
		for _, p := range list {
			rows = append(rows, Parameter{p.Name, in.Say(p.Section()), in.Say(p.Label()), in.Say(p.Effect()), in.Say(p.Range()), in.Say(p.Unit()), p.Value, in.Say(p.Means), p.Default(),
				p.Departs(p.Value, s.services.Now()), p.Loosened})
		}
		return err
	})
	return rows, err
}

// ParameterChange is one parameter before and after a change.
type ParameterChange struct {
	Name, Label, Before, After string
	// Loosens means that the parameter protects less than before. Every
	// super-administrator is told so by email.
	Loosens bool
}

// SetParameters changes parameters by name, all of them or none, and returns the
// ones that had another value. It takes effect on every replica with the next
// request. SetParameters returns ErrNotFound if there is no such parameter, and
// [*InvalidError] if a value is not valid: its problems have the parameter's name
// as Field, and the Code "range" if the value is out of range. It requires the
// permission parameters.manage.
func (s *Services) SetParameters(ctx context.Context, values map[string]string) ([]ParameterChange, error) {
	var rows []ParameterChange
	err := s.by(ctx, desk.PermissionParametersManage, func(a desk.Actor, v desk.Visit) error {
		list, state, err := s.services.Parameters(ctx, a)
		if err != nil {
			return err
		}
		for name := range values {
			if !slices.ContainsFunc(list, func(p desk.Setting) bool { return p.Name == name }) {
				return ErrNotFound
			}
		}
		changes, err := s.services.SaveParameters(ctx, a, v, desk.ParametersForm{Revision: state.Stored.Revision, Values: values})
		if stale := (*desk.StaleError)(nil); errors.As(err, &stale) {
			return ErrChanged
		}
		for _, c := range changes {
			rows = append(rows, ParameterChange{c.Name, messages.English().Say(c.Label()), c.Before, c.After, c.Loosens})
		}
		return err
	})
	return rows, err
}
