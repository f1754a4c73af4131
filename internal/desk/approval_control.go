package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

const (
	// ControlFor is how long an act on an account counts as control over it.
	ControlFor = 30 * 24 * time.Hour
	// controlReach is how many audit entries about who asked are looked at, and how many
	// accounts may control one, directly or through others. Beyond that, control is assumed.
	controlReach    = 500
	mostControlling = 32
)

// controlling are the events by which an operator may have come to sign in as another.
var controlling = []string{
	"operator.invited", "operator.email_changed", "operator.enabled", "two_factor.reset", "password.link_made", "password.temporary",
}

// creating are the events by which an operator came to be.
var creating = []string{"operator.invited", "operator.granted"}

// tied reports whether one person may control the accounts of two operators: one of the two,
// or a third. The two are not two persons then, as far as the office can know.
func (d *Desk) tied(ctx context.Context, one, other store.Operator) (bool, error) {
	of, err := d.controllers(ctx, one)
	if err != nil {
		return true, err
	}
	return d.tiedTo(ctx, of, other)
}

// tiedTo is tied for an operator whose controllers are known.
func (d *Desk) tiedTo(ctx context.Context, of controllers, other store.Operator) (bool, error) {
	if of == nil || of[other.ID] {
		return true, nil
	}
	over, err := d.controllers(ctx, other)
	if err != nil || over == nil {
		return true, err
	}
	for id := range over {
		if of[id] {
			return true, nil
		}
	}
	return false, nil
}

// controllers are the IDs of the operators who may control an account: its own, those who
// created it, generated its password, or acted on it lately in a way that can open it, and
// those who control these. Nil stands for too many.
type controllers map[string]bool

func (d *Desk) controllers(ctx context.Context, of store.Operator) (controllers, error) {
	all, open := controllers{of.ID: true}, []string{of.ID}
	for len(open) > 0 {
		id := open[0]
		open = open[1:]
		direct, err := d.controlledBy(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, by := range direct {
			if by != "" && !NotOperator(by) && !all[by] {
				all[by], open = true, append(open, by)
			}
		}
		if len(all) > mostControlling {
			return nil, nil
		}
	}
	return all, nil
}

// controlledBy returns who may control an account directly. Of one that was deleted, the audit
// log says who created it: deleting the account between two others must not part them.
func (d *Desk) controlledBy(ctx context.Context, id string) (by []string, err error) {
	acts, since := controlling, d.Now().Add(-ControlFor)
	o, err := d.Store.FindOperator(ctx, id)
	switch {
	case isNotFound(err):
		acts, since = creating, zero
	case err != nil:
		return nil, fmt.Errorf("find operator: %w", err)
	}
	by = []string{o.CreatedBy, o.PasswordBy}
	for _, code := range acts {
		if code == "operator.invited" && o.CreatedBy == ActorCommandLine {
			continue // the server administrator vouches for whoever has it now
		}
		for q := (store.EventQuery{Code: code, Outcome: Success, TargetID: id, From: since}); ; {
			page, err := d.Store.ListEvents(ctx, q)
			if err != nil {
				return nil, fmt.Errorf("look for acts on an account: %w", err)
			}
			for _, e := range page.Rows {
				by = append(by, e.ActorID)
			}
			if q.BeforeSeq = page.Next; q.BeforeSeq == 0 {
				break
			}
		}
	}
	return by, nil
}

// approversOf returns the active super-administrators who could approve what an operator
// asks for; not all of them if most is enough. Others may hold the permission as well; these
// always do.
func (d *Desk) approversOf(ctx context.Context, asker string, most int) ([]store.Operator, error) {
	by, err := d.Store.FindOperator(ctx, asker)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find operator: %w", err)
	}
	supers, err := d.activeSupers(ctx)
	if err != nil {
		return nil, err
	}
	of, err := d.controllers(ctx, by)
	if err != nil {
		return nil, err
	}
	var can []store.Operator
	for _, o := range supers {
		tied, err := d.tiedTo(ctx, of, o)
		if err != nil {
			return nil, err
		}
		if !tied {
			can = append(can, o)
		}
		if len(can) == most {
			break
		}
	}
	return can, nil
}

// activeSupers returns active super-administrators; the first of them if there are many.
func (d *Desk) activeSupers(ctx context.Context) ([]store.Operator, error) {
	page, err := d.Store.ListOperators(ctx, store.OperatorQuery{RoleID: RoleSuperAdministrator, Now: d.Now(), Limit: rowsToCheck})
	if err != nil {
		return nil, fmt.Errorf("list super-administrators: %w", err)
	}
	var active []store.Operator
	for _, o := range page.Rows {
		if o.IsActiveSuperAdministrator() {
			active = append(active, o.Operator)
		}
	}
	return active, nil
}

// someoneApproves reports whether someone could approve what the actor asks for; for a
// program, whether there are two super-administrators of whom one can approve for the other.
func (d *Desk) someoneApproves(ctx context.Context, a Actor) (bool, error) {
	if !a.program() {
		can, err := d.approversOf(ctx, a.ID, 1)
		return len(can) > 0, err
	}
	supers, err := d.activeSupers(ctx)
	if err != nil {
		return false, err
	}
	for i, one := range supers {
		for _, other := range supers[i+1:] {
			tied, err := d.tied(ctx, one, other)
			if err != nil || !tied {
				return err == nil, err
			}
		}
	}
	return false, nil
}

// endsRequests are the events on an operator that void what they asked for before: their
// account was taken from them, or someone else may have had it.
var endsRequests = map[string]bool{
	"operator.disabled": true, "operator.ended": true, "operator.dormant": true, "operator.roles_changed": true, "operator.email_changed": true, "operator.sessions_ended": true,
	"password.compromised": true, "password.temporary": true, "password.link_made": true, "two_factor.reset": true,
}

// disturbed reports whether something happened to who asked that voids their request.
func (d *Desk) disturbed(ctx context.Context, r request) (bool, error) {
	page, err := d.Store.ListEvents(ctx, store.EventQuery{TargetID: r.token.CreatedBy, From: r.token.CreatedAt, Limit: controlReach})
	if err != nil {
		return true, fmt.Errorf("look for acts on who asked: %w", err)
	}
	hit := slices.ContainsFunc(page.Rows, func(e store.Event) bool {
		return endsRequests[e.Code] && e.Outcome == Success && e.ActorID != e.TargetID
	})
	return hit || page.Next != 0, nil
}

// Vouch says that the account of an operator is that of a person of their own, whoever
// created it. Only the command line may: anyone else could vouch for accounts they control.
func (d *Desk) Vouch(ctx context.Context, a Actor, v Visit, id string) error {
	if a.ID != ActorCommandLine {
		return ErrForbidden
	}
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if o.State == store.OperatorInvited || o.CreatedBy == "" || NotOperator(o.CreatedBy) {
		return ErrChanged // nothing to vouch for: the inviter's rights still matter, or no one created it
	}
	event := d.Audit(v, "operator.vouched", Success).Actor(a).Target(o).With("before", o.CreatedBy).Write()
	o.CreatedBy, o.UpdatedAt = ActorCommandLine, d.Now()
	return d.commitAs(ctx, a, "vouch", store.PutOperator{Operator: o}, event)
}
