package backoffice

import (
	"context"
	"errors"
	"slices"

	"github.com/postern-go/postern/internal/desk"
)

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

// Parameters lists every parameter, in the order of the page. It asks for the
// permission parameters.manage.
func (s *Services) Parameters(ctx context.Context) ([]Parameter, error) {
	var rows []Parameter
	err := s.by(ctx, desk.PermissionParametersManage, func(a desk.Actor, _ desk.Visit) error {
		list, _, err := s.services.Parameters(ctx, a)
		for _, p := range list {
			rows = append(rows, Parameter{p.Name, p.Section, p.Label, p.Effect, p.Range, p.Unit, p.Value, p.Default(),
				p.Departs(p.Value, s.services.Now()), p.Loosens(p.Default(), p.Value)})
		}
		return err
	})
	return rows, err
}

// ParameterChange is one parameter before and after.
type ParameterChange struct {
	Name, Label, Before, After string
	// Loosens says that it protects less than before, which every
	// super-administrator is told by mail.
	Loosens bool
}

// SetParameters changes the parameters that values names, all of them or none,
// and returns what is different now: nothing where they had these values. They
// bind on every replica from the next request on. ErrNotFound says that there is
// no such parameter, [*InvalidError] what is wrong with a value, by the name of
// the parameter; the code "range" is one out of its range. It asks for the
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
			rows = append(rows, ParameterChange{c.Name, c.Label, c.Before, c.After, c.Loosens})
		}
		return err
	})
	return rows, err
}
