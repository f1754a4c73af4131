package desk

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// ConfirmWithin is how long a new address has to be confirmed from there.
const ConfirmWithin = 15 * time.Minute

// Open reads the parameters, and on the very first start makes the office's
// address. It must succeed before anything else.
func (d *Desk) Open(ctx context.Context) error {
	_, err := d.Reload(ctx)
	if !IsNotFound(err) {
		return err
	}
	alias := vault.Alias()
	event := d.Audit(Visit{}, "alias.generated", Success).System().Write()
	err = d.Commit(ctx, store.PutParameters{Parameters: store.Parameters{
		Alias: alias, UpdatedAt: d.now(), UpdatedBy: ActorSystem,
	}}, event)
	// Another replica that started at the same time may have been first.
	if err != nil && !errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("store the office's address: %w", err)
	}
	_, err = d.Reload(ctx)
	return err
}

// State is the last reading of the parameters. Open must have succeeded.
func (d *Desk) State() *State { return d.state.Load() }

// Settings are those of the last reading; the defaults before the first.
func (d *Desk) Settings() settings.Settings {
	if s := d.State(); s != nil {
		return s.Settings
	}
	return settings.Defaults()
}

// Alias is the address in force, from memory.
func (d *Desk) Alias() string {
	s := d.State()
	if s == nil {
		return ""
	}
	return s.Alias(d.now())
}

// Reload reads the parameters from the store.
func (d *Desk) Reload(ctx context.Context) (*State, error) {
	next, invalid, err := d.load(ctx)
	// Not under the lock: whoever hears of an event may ask for the parameters.
	for _, name := range invalid {
		d.Audit(Visit{}, "parameters.invalid", Failure).System().Thing("parameter", name, name).Record(ctx)
	}
	return next, err
}

// load is Reload, and names what of a new revision is out of its range.
func (d *Desk) load(ctx context.Context) (next *State, invalid []string, err error) {
	d.loading.Lock()
	defer d.loading.Unlock()
	p, err := d.Store.LoadParameters(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("load parameters: %w", err)
	}
	inForce, bad := settings.Parse(p.Values)
	next = &State{Settings: inForce, Stored: p}
	if before := d.state.Swap(next); before != nil && before.Stored.Revision == p.Revision {
		return next, nil, nil
	}
	return next, bad, nil
}

// Refresh brings the reading up to a revision seen elsewhere, and costs
// nothing when it is there already.
func (d *Desk) Refresh(ctx context.Context, revision int64) (*State, error) {
	if s := d.State(); s != nil && s.Stored.Revision == revision {
		return s, nil
	}
	return d.Reload(ctx)
}

// Fresh is the reading as the store has it now: one small read, a second one
// only after a change.
func (d *Desk) Fresh(ctx context.Context) (*State, error) {
	revision, err := d.Store.ParametersRevision(ctx)
	if err != nil {
		return nil, fmt.Errorf("read parameters revision: %w", err)
	}
	return d.Refresh(ctx, revision)
}

// aliasForm is what an address may look like: long enough not to be guessed
// among common words, and the same in every spelling.
var aliasForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{6,62})[a-z0-9]$`)

// RotateAlias gives the office a new random address; see ChangeAlias.
func (d *Desk) RotateAlias(ctx context.Context, a Actor, v Visit) (string, error) {
	alias := vault.Alias()
	if err := d.ChangeAlias(ctx, a, v, alias); err != nil {
		return "", err
	}
	return alias, nil
}

// ChangeAlias gives the office another address at once; the old one is dead on
// every replica from the next request. From the command line it needs no
// confirmation, because whoever has the command line can read the address
// again, and every operator is told by mail. From inside the office it rolls
// back to the last confirmed one unless it is confirmed from the new address within
// 15 minutes; then they are told.
func (d *Desk) ChangeAlias(ctx context.Context, a Actor, v Visit, alias string) error {
	if err := a.May(PermissionParametersManage); err != nil {
		return err
	}
	s, err := d.Reload(ctx)
	if err != nil {
		return err
	}
	p := s.Stored
	if err := d.CheckAlias(alias); err != nil {
		return err
	}
	p.Alias, p.UpdatedAt, p.UpdatedBy = alias, d.now(), a.ID
	p.PreviousAlias, p.ConfirmBy = "", time.Time{}
	writes := a.Still()
	if a.ID == ActorCommandLine {
		if writes, err = d.tellAddress(ctx, v, a, alias); err != nil {
			return err
		}
	} else {
		p.PreviousAlias, p.ConfirmBy = s.confirmedAlias(), d.now().Add(ConfirmWithin)
	}
	return d.PutParameters(ctx, p, d.Audit(v, "alias.changed", Success).Actor(a), writes...)
}

// CheckAlias says what is wrong with an address, as *InvalidError.
func (d *Desk) CheckAlias(alias string) error {
	bad := &InvalidError{}
	switch {
	case !aliasForm.MatchString(alias):
		bad.Add("alias", "form", "Use 8 to 64 lower-case letters, digits and dashes, and no dash at either end.")
	case alias == d.Alias():
		bad.Add("alias", "same", "This is the address already.")
	}
	return bad.Err()
}

// tellAddress tells every active operator where the office is now.
func (d *Desk) tellAddress(ctx context.Context, v Visit, a Actor, alias string) ([]store.Write, error) {
	by := a.Name
	if a.ID == ActorCommandLine {
		by = ""
	}
	return d.Tell(ctx, store.OperatorQuery{}, v, by, "", func(_ store.Operator, n letters.Notice) mail.Letter {
		n.Home = d.Origin + "/" + alias + "/"
		return letters.AliasChanged(n)
	})
}

// ConfirmAlias keeps a new address, and tells every operator. It is called from
// that address.
func (d *Desk) ConfirmAlias(ctx context.Context, a Actor, v Visit) error {
	if !a.Can(PermissionParametersManage) {
		return ErrForbidden
	}
	s, err := d.Reload(ctx)
	if err != nil {
		return err
	}
	if s.Stored.ConfirmBy.IsZero() || s.unconfirmed(d.now()) {
		return ErrChanged
	}
	p := s.Stored
	p.PreviousAlias, p.ConfirmBy = "", time.Time{}
	p.UpdatedAt, p.UpdatedBy = d.now(), a.ID
	told, err := d.tellAddress(ctx, v, a, p.Alias)
	if err != nil {
		return err
	}
	return d.PutParameters(ctx, p, d.Audit(v, "alias.confirmed", Success).Actor(a), a.Still(told...)...)
}

// RevertAlias brings the old address back at once, while a new one waits to be
// confirmed or was not confirmed in time. Nobody was told of the new one yet, so
// nobody is told of this. ErrChanged when none waits.
func (d *Desk) RevertAlias(ctx context.Context, a Actor, v Visit) error {
	if err := a.May(PermissionParametersManage); err != nil {
		return err
	}
	s, err := d.Reload(ctx)
	if err != nil {
		return err
	}
	if s.Stored.ConfirmBy.IsZero() {
		return ErrChanged
	}
	return d.PutParameters(ctx, d.reverted(s, a.ID), d.Audit(v, "alias.rolled_back", Success).Actor(a), a.Still()...)
}

// rollBack writes down that a new address was not confirmed in time.
func (d *Desk) rollBack(ctx context.Context) error {
	s := d.State()
	if !s.unconfirmed(d.now()) {
		return nil
	}
	err := d.PutParameters(ctx, d.reverted(s, ActorSystem), d.Audit(Visit{}, "alias.rolled_back", Success).System())
	if errors.Is(err, ErrChanged) {
		return nil
	}
	return err
}

// reverted is the parameters with the address from before.
func (d *Desk) reverted(s *State, by string) store.Parameters {
	p := s.Stored
	p.Alias, p.PreviousAlias, p.ConfirmBy = p.PreviousAlias, "", time.Time{}
	p.UpdatedAt, p.UpdatedBy = d.now(), by
	return p
}

// PutParameters stores changed parameters with their audit row, after the writes
// given. ErrChanged when somebody stored others meanwhile, or what the writes
// depend on changed.
func (d *Desk) PutParameters(ctx context.Context, p store.Parameters, e *Entry, writes ...store.Write) error {
	err := d.Commit(ctx, append(writes, store.PutParameters{Parameters: p}, e.Write())...)
	if IsConflict(err) || IsNotFound(err) {
		return ErrChanged
	}
	if err != nil {
		return fmt.Errorf("store parameters: %w", err)
	}
	d.adopt(p)
	return nil
}

// adopt takes over what was just stored, without reading it again: a read that
// fails must not make a change look as if it had not happened.
func (d *Desk) adopt(p store.Parameters) {
	d.loading.Lock()
	defer d.loading.Unlock()
	p.Revision++
	if before := d.state.Load(); before == nil || before.Stored.Revision < p.Revision {
		inForce, _ := settings.Parse(p.Values)
		d.state.Store(&State{Settings: inForce, Stored: p})
	}
}

func IsNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

func IsConflict(err error) bool { return errors.Is(err, store.ErrConflict) }
