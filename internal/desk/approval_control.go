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
	// controlReach is how many audit entries between two operators are looked at, and how
	// far creators of creators are followed. Beyond that, control is assumed.
	controlReach = 500
	mostCreators = 32
)

// controlling are the events by which an operator may have come to sign in as another.
var controlling = map[string]bool{
	"operator.email_changed": true, "operator.enabled": true,
	"two_factor.reset": true, "password.link_made": true, "password.temporary": true,
}

// tied reports whether one of two operators may control the account of the other: they
// created it, or one that created it, generated its password, or acted on it lately in a
// way that can open it. The two are not two persons then, as far as the office can know.
func (d *Desk) tied(ctx context.Context, one, other store.Operator) (bool, error) {
	for _, pair := range [][2]store.Operator{{one, other}, {other, one}} {
		controls, err := d.controls(ctx, pair[0], pair[1])
		if err != nil || controls {
			return true, err
		}
	}
	return false, nil
}

// controls reports whether an operator may control the account of another.
func (d *Desk) controls(ctx context.Context, by, over store.Operator) (bool, error) {
	if by.ID == over.ID || over.PasswordBy == by.ID {
		return true, nil
	}
	creator := over.CreatedBy
	for steps := 0; creator != "" && !NotOperator(creator); steps++ {
		if creator == by.ID || steps == mostCreators {
			return true, nil
		}
		o, err := d.Store.FindOperator(ctx, creator)
		if isNotFound(err) {
			break
		}
		if err != nil {
			return true, fmt.Errorf("find creator: %w", err)
		}
		creator = o.CreatedBy
	}
	page, err := d.Store.ListEvents(ctx, store.EventQuery{ActorID: by.ID, TargetID: over.ID, From: d.Now().Add(-ControlFor), Limit: controlReach})
	if err != nil {
		return true, fmt.Errorf("look for acts on an account: %w", err)
	}
	acted := slices.ContainsFunc(page.Rows, func(e store.Event) bool { return controlling[e.Code] && e.Outcome == Success })
	return acted || page.Next != 0, nil
}

// approversOf returns the active super-administrators who could approve what an operator
// asks for. Others may hold the permission as well; these always do.
func (d *Desk) approversOf(ctx context.Context, asker string) ([]store.Operator, error) {
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
	var can []store.Operator
	for _, o := range supers {
		tied, err := d.tied(ctx, by, o)
		if err != nil {
			return nil, err
		}
		if !tied {
			can = append(can, o)
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
		can, err := d.approversOf(ctx, a.ID)
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
