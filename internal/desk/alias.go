package desk

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// ConfirmWithin is the time to confirm a new office address.
const ConfirmWithin = 15 * time.Minute

// Alias returns the alias in force, from memory; empty before Open.
func (d *Desk) Alias() string {
	s := d.State()
	if s == nil {
		return ""
	}
	return d.AliasOf(s)
}

// AliasOf returns the alias in force in a reading of the parameters.
func (d *Desk) AliasOf(s *State) string {
	if s.Stored.ConfirmBy.IsZero() {
		// Nearly always. Every request of the community comes by here, and the clock
		// would be most of what it pays.
		return s.Stored.Alias
	}
	return s.Alias(d.Now())
}

// Alias returns the alias in force at a time: one that was not confirmed in time
// has lapsed, even if that is not stored yet.
func (s *State) Alias(now time.Time) string {
	if s.unconfirmed(now) {
		return s.Stored.PreviousAlias
	}
	return s.Stored.Alias
}

// confirmedAlias is the last alias that operators were notified of. It is
// restored if a new one is not confirmed, however many were tried.
func (s *State) confirmedAlias() string {
	if s.Stored.ConfirmBy.IsZero() {
		return s.Stored.Alias
	}
	return s.Stored.PreviousAlias
}

func (s *State) unconfirmed(now time.Time) bool {
	by := s.Stored.ConfirmBy
	return !by.IsZero() && (!now.Before(by) || ahead(by, now.Add(ConfirmWithin)))
}

// RotateAlias gives the office a new random alias; see ChangeAlias.
func (d *Desk) RotateAlias(ctx context.Context, a Actor, v Visit) (string, error) {
	alias := vault.Alias()
	if err := d.ChangeAlias(ctx, a, v, alias); err != nil {
		return "", err
	}
	return alias, nil
}

// ChangeAlias gives the office another alias. The old one stops working on every
// replica from the next request. Changed from the command line, which can print
// the alias at any time, it needs no confirmation, and all operators are notified.
// Changed from inside the office, it must be confirmed from the new address within
// ConfirmWithin; otherwise the last confirmed alias is restored. Once it is decided, Run
// replaces the links that it breaks: see ReplaceLinks.
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
	p.Alias, p.PreviousAlias, p.ConfirmBy = alias, "", time.Time{}
	a = a.proposing(proposal{Act: ApprovalAddress, Alias: alias, Was: s.confirmedAlias()})
	var writes []store.Write
	entry := d.Audit(v, "alias.changed", Success).Actor(a)
	if a.program() {
		if writes, err = d.tellAlias(ctx, v, a, alias, entry); err != nil {
			return err
		}
	} else {
		p.PreviousAlias, p.ConfirmBy = s.confirmedAlias(), d.Now().Add(ConfirmWithin)
	}
	return d.putParametersAs(ctx, a, p, entry, writes...)
}

// tellAlias notifies every active operator of the new office address. It adds to an audit
// entry how many are told, and how many links [Desk.ReplaceLinks] will find.
func (d *Desk) tellAlias(ctx context.Context, v Visit, a Actor, alias string, entry *Entry) ([]store.Write, error) {
	links, err := d.linksElsewhere(ctx, alias, openLinksMost)
	if err != nil {
		return nil, err
	}
	told, err := d.tell(ctx, store.OperatorQuery{}, "", func(o store.Operator) mail.Letter {
		n := d.notice(v, o, signature(a))
		n.Home = d.HomeAt(alias)
		return letters.AliasChanged(n)
	})
	entry.With("operators", strconv.Itoa(len(told))).With("links", strconv.Itoa(links))
	return told, err
}

// ConfirmAlias keeps a new alias and notifies all operators. It is called from the
// new address.
func (d *Desk) ConfirmAlias(ctx context.Context, a Actor, v Visit) error {
	if !a.Can(PermissionParametersManage) {
		return ErrForbidden
	}
	s, err := d.Reload(ctx)
	if err != nil {
		return err
	}
	if s.Stored.ConfirmBy.IsZero() || s.unconfirmed(d.Now()) {
		return ErrChanged
	}
	p := s.Stored
	p.PreviousAlias, p.ConfirmBy = "", time.Time{}
	entry := d.Audit(v, "alias.confirmed", Success).Actor(a)
	told, err := d.tellAlias(ctx, v, a, p.Alias, entry)
	if err != nil {
		return err
	}
	return d.putParametersAs(ctx, a, p, entry, told...)
}

// RevertAlias restores the old alias while a new one is unconfirmed. Operators
// were not notified of the new one, so they are not notified of this. It returns
// ErrChanged if there is none to confirm.
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
	return d.putParametersAs(ctx, a, reverted(s.Stored), d.Audit(v, "alias.rolled_back", Success).Actor(a))
}

// rollBack stores that a new alias was not confirmed in time.
func (d *Desk) rollBack(ctx context.Context) error {
	s := d.State()
	if !s.unconfirmed(d.Now()) {
		return nil
	}
	err := d.putParameters(ctx, reverted(s.Stored), d.Audit(Visit{}, "alias.rolled_back", Success).System())
	if errors.Is(err, ErrChanged) {
		return nil
	}
	return err
}

func reverted(p store.Parameters) store.Parameters {
	p.Alias, p.PreviousAlias, p.ConfirmBy = p.PreviousAlias, "", time.Time{}
	return p
}
