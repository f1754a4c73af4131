package desk

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// Setting is a parameter with the value in force.
type Setting struct {
	settings.Definition
	// Changed reports that Value is not the default.
	Value   string
	Changed bool
}

// Parameters lists every parameter with its value, and returns the state that it
// was read from.
func (d *Desk) Parameters(ctx context.Context, a Actor) ([]Setting, *State, error) {
	if !a.Can(PermissionParametersManage) {
		return nil, nil, ErrForbidden
	}
	s, err := d.current(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	var list []Setting
	for _, def := range d.Definitions() {
		value, ok := s.Stored.Values[def.Name]
		if !ok || def.Check(value) != nil {
			value, ok = def.Default(), false
		}
		list = append(list, Setting{Definition: def, Value: value, Changed: ok && value != def.Default()})
	}
	return list, s, nil
}

// Change is one parameter before and after.
type Change struct {
	settings.Definition
	Before, After string
	// Loosens reports that After protects less than Before.
	Loosens bool
}

// StaleError reports that someone else saved after the form was made.
type StaleError struct {
	// Theirs is what they changed, Mine what the form would change.
	Theirs, Mine []Change
	// By is the name of the operator who saved, if known, At the time, and
	// Revision what a form must send now.
	By       string
	At       time.Time
	Revision int64
	// Now has every value that is not the default.
	Now map[string]string
}

func (e *StaleError) Error() string { return "someone else saved in the meantime" }

// ParametersForm is a form of some or all parameters.
type ParametersForm struct {
	Revision int64
	// Shown are the values that the form was made from, Values those that were
	// posted, by name.
	Shown, Values map[string]string
}

// PreviewParameters returns what a form would change. Mistakes in it are an
// [InvalidError].
func (d *Desk) PreviewParameters(ctx context.Context, a Actor, f ParametersForm) ([]Change, error) {
	changes, _, err := d.prepare(ctx, a, f)
	return changes, err
}

// allowedNetworks is the parameter that can shut operators out.
const allowedNetworks = "signin.networks"

// SaveParameters stores what a form changes. It takes effect on every replica
// from the next request. Super-administrators are notified of changes that
// protect less, and of fewer networks.
func (d *Desk) SaveParameters(ctx context.Context, a Actor, v Visit, f ParametersForm) ([]Change, error) {
	changes, p, err := d.prepare(ctx, a, f)
	if err != nil || len(changes) == 0 {
		return nil, err
	}
	// No one can lock themselves out by mistake, except with the command line, which
	// can also repair it.
	if next, _ := settings.Parse(p.Values); a.ID != ActorCommandLine && !next.AllowsIP(v.IP) {
		return nil, invalid(allowedNetworks, "own", "Your own IP address, "+OneLine(v.IP, 64)+", must be among them.")
	}
	entry := d.Audit(v, "parameters.changed", Success).Actor(a)
	for _, c := range changes {
		entry.With(c.Name, c.Before+" → "+c.After)
		if c.Name == auditKeep {
			inForce, _ := settings.Parse(map[string]string{auditKeep: c.After})
			entry.change = func(s *seal) { s.Keep = inForce.AuditKeep }
		}
	}
	told, err := d.toldOfParameters(ctx, a, v, changes)
	if err != nil {
		return nil, err
	}
	err = d.putParameters(ctx, p, entry, a.still(told...)...)
	if errors.Is(err, ErrChanged) {
		// Perhaps someone saved since the actor's request began: then say what.
		if _, err := d.Reload(ctx); err != nil {
			return nil, err
		}
		if _, _, err := d.prepare(ctx, a, f); err != nil {
			return nil, err
		}
	}
	return changes, err
}

// toldOfParameters notifies the super-administrators of changes that protect less, and of
// one that may shut them out.
func (d *Desk) toldOfParameters(ctx context.Context, a Actor, v Visit, changes []Change) (told []store.Write, err error) {
	var loosened []string
	tell := func(letter func(letters.Notice) mail.Letter) error {
		more, err := d.tellSuperAdministrators(ctx, "", func(o store.Operator) mail.Letter { return letter(d.notice(v, o, signature(a))) })
		told = append(told, more...)
		return err
	}
	for _, c := range changes {
		switch {
		case c.Loosens:
			loosened = append(loosened, c.Definition.Label+": from "+c.told(c.Before)+" to "+c.told(c.After))
		case c.Name == allowedNetworks:
			err = tell(func(n letters.Notice) mail.Letter { return letters.NetworksRestricted(n, c.After) })
		}
	}
	if err == nil && len(loosened) > 0 {
		err = tell(func(n letters.Notice) mail.Letter { return letters.ParametersLoosened(n, loosened) })
	}
	return told, err
}

// told is a value as emails write it.
func (c Change) told(value string) string {
	if value == "" && c.Kind == settings.KindDate {
		return "immediately"
	}
	return value
}

// prepare checks a form against the parameters that the actor's request has read.
func (d *Desk) prepare(ctx context.Context, a Actor, f ParametersForm) ([]Change, store.Parameters, error) {
	none := store.Parameters{}
	if err := a.may(PermissionParametersManage); err != nil {
		return nil, none, err
	}
	s, err := d.current(ctx, a)
	if err != nil {
		return nil, none, err
	}
	p := s.Stored
	p.Values = maps.Clone(p.Values)
	if p.Values == nil {
		p.Values = make(map[string]string)
	}
	bad := &InvalidError{}
	var changes, theirs []Change
	for _, def := range d.Definitions() {
		posted, ok := f.Values[def.Name]
		if !ok {
			continue
		}
		now, ok := p.Values[def.Name]
		if !ok {
			now = def.Default()
		}
		shown, ok := f.Shown[def.Name]
		if !ok {
			shown = now
		}
		// A value that was left as it was shown is not a change, even if it could
		// not be chosen now: a day that has passed.
		if posted = strings.TrimSpace(posted); posted != now && posted != shown {
			accepted, err := def.Accept(posted, d.Now())
			if err != nil {
				bad.Add(def.Name, "range", def.Problem(posted))
				continue
			}
			posted = accepted
		}
		if shown != now {
			theirs = append(theirs, Change{Definition: def, Before: shown, After: now})
		}
		if posted == now || posted == shown {
			continue
		}
		changes = append(changes, Change{Definition: def, Before: now, After: posted, Loosens: def.Loosens(now, posted)})
		p.Values[def.Name] = posted
		if posted == def.Default() {
			delete(p.Values, def.Name)
		}
	}
	settings.CrossCheck(p.Values, bad.Add)
	if err := bad.Err(); err != nil {
		return nil, none, err
	}
	if f.Revision != p.Revision {
		stale := &StaleError{Theirs: theirs, Mine: changes, At: p.UpdatedAt, Revision: p.Revision, Now: s.Stored.Values}
		if o, err := d.Store.FindOperator(ctx, p.UpdatedBy); err == nil {
			stale.By = o.Name
		}
		return nil, none, stale
	}
	return changes, p, nil
}
