package desk

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// Setting is a parameter with the value in force.
type Setting struct {
	settings.Definition
	Value string
	// Means is what Value means now. Changed reports that it is not the default, and
	// Loosened that it protects less.
	Means             messages.Text
	Changed, Loosened bool
}

// InForce are the parameters in force.
func (d *Desk) InForce(s *State) settings.InForce {
	return settings.InForce{Values: s.Stored.Values, Now: d.Now()}
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
	in := d.InForce(s)
	for _, def := range d.Definitions() {
		value, ok := s.Stored.Values[def.Name]
		if !ok || def.Check(value) != nil {
			value, ok = def.Default(), false
		}
		list = append(list, Setting{
			Definition: def, Value: value, Means: def.Means(value, in), Changed: ok && value != def.Default(),
			Loosened: def.Loosens(def.Counts(def.Default(), in), def.Counts(value, in)),
		})
	}
	return list, s, nil
}

// Change is one parameter before and after.
type Change struct {
	settings.Definition
	Before, After string
	// From and To are what they mean.
	From, To messages.Text
	// Loosens reports that After protects less than Before.
	Loosens bool
	// Follows reports that no one changes the parameter, but that its value comes to
	// something else because of another.
	Follows bool
}

// change compares a value with the one that replaces it.
func change(def settings.Definition, before, after string, was, will settings.InForce) Change {
	return Change{
		Definition: def, Before: before, After: after, From: def.Means(before, was), To: def.Means(after, will),
		Loosens: def.LoosensNow(before, after, was, will),
	}
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

// PreviewParameters returns what a form would change, and what follows from that.
// Mistakes in the form are an [InvalidError].
func (d *Desk) PreviewParameters(ctx context.Context, a Actor, f ParametersForm) ([]Change, error) {
	p, err := d.prepare(ctx, a, f)
	return append(p.changes, p.follow...), err
}

// allowedNetworks is the parameter that can shut operators out.
const allowedNetworks = "signin.networks"

// SaveParameters stores what a form changes. It takes effect on every replica
// from the next request. Super-administrators are notified of changes that
// protect less, and of fewer networks.
func (d *Desk) SaveParameters(ctx context.Context, a Actor, v Visit, f ParametersForm) ([]Change, error) {
	next, err := d.prepare(ctx, a, f)
	if err != nil || len(next.changes) == 0 {
		return nil, err
	}
	if err := shutsOut(a, next, v); err != nil {
		return nil, err
	}
	if err := d.checkRule(ctx, a, next.changes); err != nil {
		return nil, err
	}
	entry := d.Audit(v, parametersChanged, Success).Actor(a)
	for _, c := range next.changes {
		entry.With(c.Name, c.Before+arrow+c.After)
		if c.Name == auditKeep {
			inForce, _ := settings.Parse(map[string]string{auditKeep: c.After})
			entry.change = func(s *seal) { s.Keep = inForce.AuditKeep }
		}
	}
	told, err := d.toldOfParameters(ctx, a, v, append(next.changes, next.follow...))
	if err != nil {
		return nil, err
	}
	a = a.proposing(proposal{Act: ApprovalParameters, Parameters: &f})
	err = d.putParametersAs(ctx, a, next.stored, entry, told...)
	if errors.Is(err, ErrChanged) {
		// Perhaps someone saved since the actor's request began: then say what.
		if _, err := d.Reload(ctx); err != nil {
			return nil, err
		}
		if _, err := d.prepare(ctx, a, f); err != nil {
			return nil, err
		}
	}
	return next.changes, err
}

// shutsOut refuses parameters that lock the actor out by mistake. The command line can
// also repair that.
func shutsOut(a Actor, next prepared, v Visit) error {
	if s, _ := settings.Parse(next.stored.Values); !a.program() && !s.AllowsIP(v.IP) {
		return invalid(allowedNetworks, "own", messages.New("settings.signin.networks.own", "ip", OneLine(v.IP, 64)))
	}
	return nil
}

// toldOfParameters notifies the super-administrators of changes that protect less, and of
// one that may shut them out.
func (d *Desk) toldOfParameters(ctx context.Context, a Actor, v Visit, changes []Change) (told []store.Write, err error) {
	var loosened []letters.Loosened
	tell := func(letter func(letters.Notice) mail.Letter) error {
		more, err := d.tellSuperAdministrators(ctx, "", func(o store.Operator) mail.Letter { return letter(d.notice(v, o, signature(a))) })
		told = append(told, more...)
		return err
	}
	for _, c := range changes {
		switch {
		case c.Loosens:
			loosened = append(loosened, letters.Loosened{Parameter: c.Label(), From: c.From, To: c.To})
		case c.Name == "passkeys.who":
			err = tell(letters.PasskeysRequired)
		case c.Name == allowedNetworks:
			err = tell(func(n letters.Notice) mail.Letter { return letters.NetworksRestricted(n, c.After) })
		}
	}
	if err == nil && len(loosened) > 0 {
		err = tell(func(n letters.Notice) mail.Letter { return letters.ParametersLoosened(n, loosened) })
	}
	return told, err
}

// prepared is the result of checking a form.
type prepared struct {
	changes []Change
	// follow are the consequences for parameters that are not in the form.
	follow []Change
	stored store.Parameters
}

// prepare checks a form against the parameters that the actor's request has read.
func (d *Desk) prepare(ctx context.Context, a Actor, f ParametersForm) (prepared, error) {
	if err := a.may(PermissionParametersManage); err != nil {
		return prepared{}, err
	}
	s, err := d.current(ctx, a)
	if err != nil {
		return prepared{}, err
	}
	p := s.Stored
	p.Values = maps.Clone(p.Values)
	if p.Values == nil {
		p.Values = make(map[string]string)
	}
	bad := &InvalidError{}
	type pair struct {
		settings.Definition
		before, after string
	}
	var mine, theirs []pair
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
			theirs = append(theirs, pair{def, shown, now})
		}
		if posted == now || posted == shown {
			continue
		}
		mine = append(mine, pair{def, now, posted})
		p.Values[def.Name] = posted
		if posted == def.Default() {
			delete(p.Values, def.Name)
		}
	}
	for _, one := range mine {
		if one.Name == companyOnly && one.after == "on" && d.Company == nil {
			bad.Add(one.Name, "missing", messages.New("company.missing"))
		}
	}
	settings.CrossCheck(p.Values, bad.Add)
	for _, one := range mine {
		if strings.HasPrefix(one.Name, "passkeys.") && one.after != one.Default() && !d.HasPasskeys() {
			bad.Add(one.Name, "unavailable", messages.New("passkey.problem.unavailable"))
		}
	}
	if err := bad.Err(); err != nil {
		return prepared{}, err
	}
	compared := func(pairs []pair, was, will map[string]string) (changes []Change) {
		for _, p := range pairs {
			changes = append(changes, change(p.Definition, p.before, p.after, settings.InForce{Values: was, Now: d.Now()}, settings.InForce{Values: will, Now: d.Now()}))
		}
		return changes
	}
	next := prepared{changes: compared(mine, s.Stored.Values, p.Values), stored: p}
	// A change that someone else made on another page is not a conflict.
	if f.Revision != p.Revision && (f.Shown == nil || len(theirs) > 0) {
		stale := &StaleError{Theirs: compared(theirs, f.Shown, s.Stored.Values), Mine: next.changes, At: p.UpdatedAt, Revision: p.Revision, Now: s.Stored.Values}
		if o, err := d.Store.FindOperator(ctx, p.UpdatedBy); err == nil {
			stale.By = o.Name
		}
		return prepared{}, stale
	}
	if len(mine) > 0 {
		next.follow = d.consequences(s.Stored.Values, p.Values)
	}
	return next, nil
}

// consequences are the parameters whose values stay as they are, but come to
// something else.
func (d *Desk) consequences(before, after map[string]string) (follow []Change) {
	was, will := settings.InForce{Values: before, Now: d.Now()}, settings.InForce{Values: after, Now: d.Now()}
	for _, def := range d.Definitions() {
		value, ok := after[def.Name]
		if !ok {
			value = def.Default()
		}
		if before[def.Name] == after[def.Name] && def.Counts(value, was) != def.Counts(value, will) {
			c := change(def, value, value, was, will)
			c.Follows = true
			follow = append(follow, c)
		}
	}
	return follow
}
