package desk

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// What the office remembers of its setup, in store.Parameters.Setup.
const (
	setupMail     = "mail"     // an email has arrived
	setupAddress  = "address"  // the office address is kept
	setupHidden   = "hidden"   // the checklist is put away
	setupFinished = "finished" // every step was done
)

// Checklist is what makes an office well set up.
type Checklist struct {
	// Hidden reports that a super-administrator put the checklist away. Then no step is
	// looked at.
	Hidden bool
	// Mail reports that an email has arrived, SecondSuperAdministrator that there are
	// two who are active, RecoveryCodes that the reader has some, AddressKept that
	// someone ticked that they keep the office address, RoleGiven that there is an
	// operator with another role or a custom role, and Contact that operators who are
	// stuck can read whom to ask.
	Mail, SecondSuperAdministrator, RecoveryCodes, AddressKept, RoleGiven, Contact bool
}

// SetupSteps is how many steps there are.
const SetupSteps = 6

// Done is how many steps are done.
func (l Checklist) Done() int {
	n := 0
	for _, done := range []bool{l.Mail, l.SecondSuperAdministrator, l.RecoveryCodes, l.AddressKept, l.RoleGiven, l.Contact} {
		if done {
			n++
		}
	}
	return n
}

// newest is how many of the newest operators are looked at for one with another role.
const newest = 20

// Checklist returns the checklist for the operator who is signed in, who has this many
// recovery codes left, and nil for one who is not a super-administrator, or once every
// step was done. It takes up to seven bounded reads; none once it is nil or hidden.
func (d *Desk) Checklist(ctx context.Context, id *Identity, codes int) (*Checklist, error) {
	stored := id.State.Stored.Setup
	if !id.HasRole(RoleSuperAdministrator) || stored[setupFinished] != "" {
		return nil, nil
	}
	if stored[setupHidden] != "" {
		return &Checklist{Hidden: true}, nil
	}
	l := &Checklist{
		Mail: stored[setupMail] != "", AddressKept: stored[setupAddress] != "", Contact: d.Contact(messages.English()) != "",
		RecoveryCodes: codes > 0,
	}
	if !l.Mail {
		var err error
		if l.Mail, err = d.linkUsed(ctx); err != nil {
			return nil, err
		}
	}
	both, err := d.Store.ListOperators(ctx, store.OperatorQuery{RoleID: RoleSuperAdministrator, Show: store.ShowActive, Now: d.Now(), Limit: 2})
	if err != nil {
		return nil, fmt.Errorf("list super-administrators: %w", err)
	}
	l.SecondSuperAdministrator = len(both.Rows) == 2
	if l.RoleGiven, err = d.roleGiven(ctx); err != nil {
		return nil, err
	}
	return l, nil
}

// roleGiven reports whether there is a custom role, or an operator who has another role
// than super-administrator.
func (d *Desk) roleGiven(ctx context.Context) (bool, error) {
	page, err := d.Store.ListOperators(ctx, store.OperatorQuery{Sort: store.ByCreated, Limit: newest})
	if err != nil {
		return false, fmt.Errorf("list operators: %w", err)
	}
	if slices.ContainsFunc(page.Rows, func(o store.OperatorRow) bool {
		return slices.ContainsFunc(o.AllRoles(), func(role string) bool { return role != RoleSuperAdministrator })
	}) {
		return true, nil
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return false, fmt.Errorf("list roles: %w", err)
	}
	return len(custom) > 0, nil
}

// FinishSetup remembers that every step was done, so that the checklist does not come
// back. If that cannot be stored, the next home page tries again.
func (d *Desk) FinishSetup(ctx context.Context) {
	if err := d.noteSetup(ctx, setupFinished, nil); err != nil && !errors.Is(err, store.ErrReadOnly) {
		d.Log.WarnContext(ctx, "setup not remembered as finished", "error", err)
	}
}

// What an operator can do to the checklist.
const (
	// TickAddress ticks that the office address is kept.
	TickAddress = "address"
	// HideChecklist and ShowChecklist put the checklist away for everyone, and bring it
	// back.
	HideChecklist = "hide"
	ShowChecklist = "show"
)

// ErrNoSuchTick means that the checklist has no such act.
var ErrNoSuchTick = errors.New("no such act of the checklist")

// TickChecklist does one of the acts above for a super-administrator.
func (d *Desk) TickChecklist(ctx context.Context, v Visit, id *Identity, act string) error {
	if !id.HasRole(RoleSuperAdministrator) {
		return ErrForbidden
	}
	entry := d.Audit(v, "office.checklist", Success).Actor(id.Actor()).With("act", act)
	switch act {
	case TickAddress:
		return d.noteSetup(ctx, setupAddress, entry, id.Actor().still()...)
	case HideChecklist:
		return d.noteSetup(ctx, setupHidden, entry, id.Actor().still()...)
	case ShowChecklist:
		return d.changeSetup(ctx, func(m map[string]string) bool {
			had := m[setupHidden] != ""
			delete(m, setupHidden)
			return had
		}, entry, id.Actor().still()...)
	}
	return ErrNoSuchTick
}

// noteSetup remembers that something was done now, unless it is remembered already. The
// entry may be nil.
func (d *Desk) noteSetup(ctx context.Context, name string, e *Entry, writes ...store.Write) error {
	return d.changeSetup(ctx, func(m map[string]string) bool {
		if m[name] != "" {
			return false
		}
		m[name] = d.Now().UTC().Format(time.RFC3339)
		return true
	}, e, writes...)
}

// setupTries is how often a change is tried while others save parameters.
const setupTries = 3

// changeSetup stores the setup map as change leaves it, and nothing if change returns
// false. It does not count as saving parameters: UpdatedBy stays as it is.
func (d *Desk) changeSetup(ctx context.Context, change func(map[string]string) bool, e *Entry, writes ...store.Write) error {
	for range setupTries {
		s, err := d.Fresh(ctx)
		if err != nil {
			return err
		}
		p := s.Stored
		if p.Setup = maps.Clone(p.Setup); p.Setup == nil {
			p.Setup = map[string]string{}
		}
		if !change(p.Setup) {
			return nil
		}
		all := append(slices.Clip(writes), store.PutParameters{Parameters: p})
		if e != nil {
			all = append(all, e.Write())
		}
		err = d.Commit(ctx, all...)
		if err == nil {
			d.adopt(p)
			return nil
		}
		if !isConflict(err) {
			return fmt.Errorf("remember setup step: %w", err)
		}
		if _, err := d.Reload(ctx); err != nil {
			return err
		}
	}
	return ErrChanged
}

// ArrivalURL is the link of an email that shows to an operator, once signed in, that it
// arrived. It opens nothing: its code only tells that its reader has the email.
func (d *Desk) ArrivalURL(o store.Operator) string {
	return d.Home() + "mail/arrived/" + d.arrivalCode(o.ID)
}

// arrivalCode is the code of an operator in ArrivalURL.
func (d *Desk) arrivalCode(operatorID string) string {
	return base64.RawURLEncoding.EncodeToString(d.Vault.MAC(vault.MailArrivals, operatorID)[:12])
}

// Arrived notes that the operator who is signed in followed the ArrivalURL with this
// code. It returns ErrNotFound if it is another's.
func (d *Desk) Arrived(ctx context.Context, v Visit, id *Identity, code string) error {
	if subtle.ConstantTimeCompare([]byte(code), []byte(d.arrivalCode(id.Operator.ID))) == 0 {
		return ErrNotFound
	}
	return d.noteSetup(ctx, setupMail, d.Audit(v, "mail.arrived", Success).Actor(id.Actor()), id.Actor().still()...)
}

// linkUsed reports whether someone used a link that the mail server had accepted in an
// email to them: the last accepted invitation, or the last password reset.
func (d *Desk) linkUsed(ctx context.Context) (bool, error) {
	for _, used := range []struct{ code, kind string }{{"operator.invitation_used", "invitation"}, {"password.reset", "password-reset"}} {
		events, err := d.Store.ListEvents(ctx, store.EventQuery{Code: used.code, Limit: 1})
		if err != nil {
			return false, fmt.Errorf("list events: %w", err)
		}
		if len(events.Rows) == 0 {
			continue
		}
		// By one filter, so that stores look at no one else's emails.
		mails, err := d.Store.ListMails(ctx, store.MailQuery{OperatorID: events.Rows[0].ActorID})
		if err != nil {
			return false, fmt.Errorf("list emails: %w", err)
		}
		if slices.ContainsFunc(mails.Rows, func(m store.Mail) bool { return m.Kind == used.kind && m.State == store.MailSent }) {
			return true, nil
		}
	}
	return false, nil
}
