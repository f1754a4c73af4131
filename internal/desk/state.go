package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// State is one consistent reading of the parameters: as stored, and parsed.
type State struct {
	Settings settings.Settings
	Stored   store.Parameters
	// Invalid names the stored parameters that are out of range: their defaults are
	// in force.
	Invalid []string
	// began numbers the readings in the order in which they began. The one that
	// began last counts, whichever ends first: no one waits for another's, which
	// the store may never answer.
	began int64
}

// Open reads the parameters, and creates the alias on the very first start. It
// must succeed before anything else is called.
func (d *Desk) Open(ctx context.Context) error {
	s, err := d.Fresh(ctx) // which also tells the time
	if err == nil && d.PasskeysMissing() {
		d.Log.ErrorContext(ctx, "the parameter passkeys.who requires passkeys, but Config.Passkeys is nil: nobody who must use one can sign in; set it, or run: parameters restore passkeys.who")
	}
	if err == nil && d.CompanyOnly() && d.Company == nil {
		d.Log.ErrorContext(ctx, "the parameter signin.company_only is on, but Config.Company is nil: only super-administrators can sign in; set it, or run: parameters restore signin.company_only")
	}
	if err == nil && d.shadowed(s.Stored.Alias) {
		return errors.New("the alias is the first word of Origin's path: rotate it with the old Origin first")
	}
	if !isNotFound(err) {
		return err
	}
	alias := vault.Alias()
	event := d.Audit(Visit{}, "alias.generated", Success).System().Write()
	err = d.Commit(ctx, store.PutParameters{Parameters: store.Parameters{
		Office: event.Event.ID, Alias: alias, UpdatedAt: d.Now(), UpdatedBy: ActorSystem,
	}}, event)
	d.founded = err == nil
	// Another replica that started at the same time may have been first.
	if err != nil && !errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("store the first alias: %w", err)
	}
	_, err = d.Reload(ctx)
	return err
}

// Founded reports whether Open made the store that of an office.
func (d *Desk) Founded() bool { return d.founded }

// State returns the last reading of the parameters, nil before Open.
func (d *Desk) State() *State { return d.state.Load() }

// officeID is the id of the office, which no other has, whatever secret they share; empty
// before Open.
func (d *Desk) officeID() string {
	if s := d.State(); s != nil {
		return s.Stored.Office
	}
	return ""
}

// Settings returns the settings of the last reading, or the defaults before Open.
func (d *Desk) Settings() settings.Settings {
	if s := d.State(); s != nil {
		return s.Settings
	}
	return settings.Defaults()
}

// Reload reads the parameters from the store. Values of a new revision that are out
// of range are audited.
func (d *Desk) Reload(ctx context.Context) (*State, error) {
	began := d.readings.Add(1)
	p, err := d.Store.LoadParameters(ctx)
	if err != nil {
		return nil, fmt.Errorf("load parameters: %w", err)
	}
	inForce, invalid := settings.Parse(p.Values)
	next := &State{Settings: inForce, Stored: p, Invalid: invalid, began: began}
	d.learnAliases(p)
	before := d.state.Load()
	for before == nil || before.began < began {
		if d.state.CompareAndSwap(before, next) {
			if before != nil && before.Stored.Revision == p.Revision {
				return next, nil
			}
			for _, name := range invalid {
				d.Audit(Visit{}, "parameters.invalid", Failure).System().Thing("parameter", name, name).Record(ctx)
			}
			return next, nil
		}
		before = d.state.Load()
	}
	return next, nil
}

// refresh reads the parameters unless they are at this revision.
func (d *Desk) refresh(ctx context.Context, revision int64) (*State, error) {
	if s := d.State(); s != nil && s.Stored.Revision == revision {
		return s, nil
	}
	return d.Reload(ctx)
}

// Fresh returns the parameters as the store has them now. It takes one small
// read, and a second one only after a change.
func (d *Desk) Fresh(ctx context.Context) (*State, error) {
	r, err := d.reading(ctx)
	if err != nil {
		return nil, err
	}
	return d.refresh(ctx, r.Revision)
}

// current returns the parameters by which an actor acts: as their request has read
// them, or later.
func (d *Desk) current(ctx context.Context, a Actor) (*State, error) {
	if s := d.State(); s != nil && a.state != nil && s.Stored.Revision >= a.state.Stored.Revision {
		return s, nil
	}
	return d.Fresh(ctx)
}

// adopt makes what was just stored the last reading, without reading it again: if
// that failed, a change would look as if it had not happened.
func (d *Desk) adopt(p store.Parameters) {
	p.Revision++
	inForce, invalid := settings.Parse(p.Values)
	next := &State{Settings: inForce, Stored: p, Invalid: invalid, began: d.readings.Add(1)}
	d.learnAliases(next.Stored)
	for {
		before := d.state.Load()
		if before != nil && before.Stored.Revision >= p.Revision || d.state.CompareAndSwap(before, next) {
			return
		}
	}
}

// putParameters stores changed parameters as the actor of an audit entry, after
// other writes. It returns ErrChanged if someone stored others in the meantime, or
// if what the writes depend on has changed.
func (d *Desk) putParameters(ctx context.Context, p store.Parameters, e *Entry, writes ...store.Write) error {
	p.UpdatedAt, p.UpdatedBy = e.event.At, e.event.ActorID
	return d.commitParameters(ctx, p, append(writes, store.PutParameters{Parameters: p}, e.Write())...)
}

// putParametersAs is putParameters for an actor; see [Actor.still] and [Desk.second].
func (d *Desk) putParametersAs(ctx context.Context, a Actor, p store.Parameters, e *Entry, writes ...store.Write) error {
	p.UpdatedAt, p.UpdatedBy = e.event.At, e.event.ActorID
	writes, err := d.second(ctx, a, append(writes, store.PutParameters{Parameters: p}, e.Write()))
	if err != nil {
		return err
	}
	return d.commitParameters(ctx, p, a.still(writes...)...)
}

func (d *Desk) commitParameters(ctx context.Context, p store.Parameters, writes ...store.Write) error {
	err := d.Commit(ctx, writes...)
	if isConflict(err) || isNotFound(err) {
		return ErrChanged
	}
	if err != nil {
		return fmt.Errorf("store parameters: %w", err)
	}
	d.adopt(p)
	return nil
}

// Name is the name of the office.
func (d *Desk) Name() string { return cmp.Or(d.Settings().Office.Name, d.Config.Name) }

// Contact is the person or place that operators ask for help, as a reader of a language is
// told; empty if not set. Only the host's may be the key of a message: the parameter is what
// somebody typed.
func (d *Desk) Contact(in *messages.Language) string {
	return cmp.Or(d.Settings().Office.Contact, in.Say(messages.Host(d.Config.Contact)))
}

// Accent is the colour of buttons and links.
func (d *Desk) Accent() string {
	return cmp.Or(d.Settings().Office.Accent, d.Config.Accent, brand.DefaultAccent)
}

// Definitions returns all parameters, with the defaults and the languages of this office. One
// of which there is nothing to choose is left out.
func (d *Desk) Definitions() []settings.Definition {
	defs := settings.Definitions()
	if !d.Multilingual() {
		defs = slices.DeleteFunc(defs, func(def settings.Definition) bool { return def.Name == officeLanguage })
	}
	for i, def := range defs {
		switch def.Name {
		case "office.name":
			defs[i] = def.DefaultingTo(d.Config.Name)
		case "office.contact":
			defs[i] = def.DefaultingTo(d.Config.Contact)
		case "office.accent":
			defs[i] = def.DefaultingTo(cmp.Or(strings.ToLower(d.Config.Accent), brand.DefaultAccent))
		case officeLanguage:
			defs[i] = def.Among(d.Languages, d.LanguageName).DefaultingTo(d.firstLanguage())
		}
	}
	return defs
}
