package desk

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// ConfirmWithin is how long a new address has to be confirmed from there.
const ConfirmWithin = 15 * time.Minute

// Alias is the address in force, from memory.
func (d *Desk) Alias() string {
	s := d.State()
	if s == nil {
		return ""
	}
	return s.Alias(d.now())
}

// Alias is the address in force at a time: a new one that was not confirmed in
// time has stopped being it, whether or not anybody wrote that down yet.
func (s *State) Alias(now time.Time) string {
	if s.unconfirmed(now) {
		return s.Stored.PreviousAlias
	}
	return s.Stored.Alias
}

// confirmedAlias is the last address that operators were told of: that is where
// an address goes back to which is not confirmed, however many were tried.
func (s *State) confirmedAlias() string {
	if s.Stored.ConfirmBy.IsZero() {
		return s.Stored.Alias
	}
	return s.Stored.PreviousAlias
}

func (s *State) unconfirmed(now time.Time) bool {
	return !s.Stored.ConfirmBy.IsZero() && !now.Before(s.Stored.ConfirmBy)
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
	if err := a.may(PermissionParametersManage); err != nil {
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
	writes := a.still()
	if a.ID == ActorCommandLine {
		if writes, err = d.tellAddress(ctx, v, a, alias); err != nil {
			return err
		}
	} else {
		p.PreviousAlias, p.ConfirmBy = s.confirmedAlias(), d.now().Add(ConfirmWithin)
	}
	return d.putParameters(ctx, p, d.Audit(v, "alias.changed", Success).Actor(a), writes...)
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
	return d.tell(ctx, store.OperatorQuery{}, v, by, "", func(_ store.Operator, n letters.Notice) mail.Letter {
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
	return d.putParameters(ctx, p, d.Audit(v, "alias.confirmed", Success).Actor(a), a.still(told...)...)
}

// RevertAlias brings the old address back at once, while a new one waits to be
// confirmed or was not confirmed in time. Nobody was told of the new one yet, so
// nobody is told of this. ErrChanged when none waits.
func (d *Desk) RevertAlias(ctx context.Context, a Actor, v Visit) error {
	if err := a.may(PermissionParametersManage); err != nil {
		return err
	}
	s, err := d.Reload(ctx)
	if err != nil {
		return err
	}
	if s.Stored.ConfirmBy.IsZero() {
		return ErrChanged
	}
	return d.putParameters(ctx, d.reverted(s, a.ID), d.Audit(v, "alias.rolled_back", Success).Actor(a), a.still()...)
}

// rollBack writes down that a new address was not confirmed in time.
func (d *Desk) rollBack(ctx context.Context) error {
	s := d.State()
	if !s.unconfirmed(d.now()) {
		return nil
	}
	err := d.putParameters(ctx, d.reverted(s, ActorSystem), d.Audit(Visit{}, "alias.rolled_back", Success).System())
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
