package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// Grave is an effect that waits for a second operator, if its parameter says so.
type Grave string

const (
	GraveSuperAdministrator Grave = "super_administrator"
	GraveParameters         Grave = "parameters"
	GraveAddress            Grave = "address"
	GraveAudit              Grave = "audit"
	GraveTwoFactor          Grave = "two_factor"
	// GraveRule is that of the two-person rule itself, which waits if any other does.
	GraveRule Grave = "rule"
)

// ErrSecondPerson means that an act needs a second operator and cannot wait for one: it
// is that of a job, or one that does not say how to repeat it.
var ErrSecondPerson = errors.New("needs the approval of a second operator")

// WaitingError reports that an act was not done, but waits for a second operator.
type WaitingError struct {
	// ID is that of the request.
	ID string
}

func (*WaitingError) Error() string { return "waits for the approval of a second operator" }

// Is makes it an ErrSecondPerson.
func (*WaitingError) Is(target error) bool { return target == ErrSecondPerson }

// Details of audit entries about who approved of an act. The command line acts alone.
const (
	DetailApprovedBy = "approved_by"
	DetailApproval   = "approval"
	actedAlone       = "no one"
)

// second applies the two-person rule to what an actor is about to store. It reads the
// effects from the writes themselves, so that no service can go round it: commitAs and
// putParametersAs, which are the only ways to commit as an actor, call it. If the rule asks
// for a second operator, nothing but the request is stored, and the error is a
// [*WaitingError]. Otherwise it returns the writes, whose audit entries say who approved.
func (d *Desk) second(ctx context.Context, a Actor, writes []store.Write) ([]store.Write, error) {
	if a.approved != nil {
		return noted(writes, a.ID, map[string]string{DetailApprovedBy: a.approved.by, DetailApproval: a.approved.id}), nil
	}
	grave, err := d.graveEffects(ctx, a, writes)
	if err != nil || len(grave) == 0 {
		return writes, err
	}
	switch {
	case a.ID == ActorCommandLine:
		// Anyone with a shell on the server has the database and the master secret.
		return noted(writes, a.ID, map[string]string{DetailApprovedBy: actedAlone}), nil
	case a.program(), a.proposal == nil:
		return nil, ErrSecondPerson
	}
	return nil, d.askForApproval(ctx, a, grave, writes)
}

// noted adds details to the audit entries of an actor.
func noted(writes []store.Write, actor string, details map[string]string) []store.Write {
	writes = slices.Clone(writes)
	for i, w := range writes {
		if e, ok := w.(store.AppendEvent); ok && e.Event.ActorID == actor {
			if e.Event.Detail = maps.Clone(e.Event.Detail); e.Event.Detail == nil {
				e.Event.Detail = map[string]string{}
			}
			for key, value := range details {
				e.Event.Detail[key] = OneLine(value, maxDetail)
			}
			writes[i] = e
		}
	}
	return writes
}

// graveEffects are the effects of writes for which the rule in force asks for a second
// operator. Most acts cannot have any, and cost nothing here.
func (d *Desk) graveEffects(ctx context.Context, a Actor, writes []store.Write) ([]Grave, error) {
	var found []Grave
	for _, w := range writes {
		switch w := w.(type) {
		case store.PutOperator:
			if !isSuper(w.Operator) {
				continue
			}
			before, err := d.Store.FindOperator(ctx, w.Operator.ID)
			if err != nil && !isNotFound(err) {
				return nil, fmt.Errorf("find operator: %w", err)
			}
			if !isSuper(before) || endsLater(before.EndsAt, w.Operator.EndsAt) {
				found = append(found, GraveSuperAdministrator)
			}
		case store.DeleteRole:
			if w.To == RoleSuperAdministrator {
				found = append(found, GraveSuperAdministrator)
			}
		case store.RemoveFactors:
			manages, err := d.managesOffice(ctx, w.OperatorID)
			if err != nil {
				return nil, err
			}
			if w.OperatorID != a.ID && manages {
				found = append(found, GraveTwoFactor)
			}
		case store.PutParameters:
			s, err := d.current(ctx, a)
			if err == nil && s.Stored.Revision != w.Parameters.Revision { // which the commit requires
				s, err = d.Fresh(ctx)
			}
			if err != nil {
				return nil, err
			}
			found = append(found, d.graveParameters(s.Stored, w.Parameters)...)
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	s, err := d.Fresh(ctx)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(g Grave) bool { return !waits(s.Settings.Approvals, g) })
	slices.Sort(found)
	return slices.Compact(found), nil
}

// waits reports whether an effect waits for a second operator.
func waits(rule settings.Approvals, g Grave) bool {
	switch g {
	case GraveSuperAdministrator:
		return rule.SuperAdministrator
	case GraveParameters:
		return rule.Parameters
	case GraveAddress:
		return rule.Address
	case GraveAudit:
		return rule.Audit
	case GraveTwoFactor:
		return rule.TwoFactor
	}
	return rule.Any()
}

// isSuper reports whether an operator is a super-administrator, or becomes one by joining.
// One who is disabled is none, so enabling them makes a super-administrator.
func isSuper(o store.Operator) bool {
	return o.State != store.OperatorDisabled && slices.Contains(o.AllRoles(), RoleSuperAdministrator)
}

// endsLater reports whether an account that was to end ends later, or no longer: whoever
// approved of it approved of it until then.
func endsLater(before, after time.Time) bool {
	return !before.IsZero() && (after.IsZero() || after.After(before))
}

// officePermissions are those by which an operator manages the office. Whoever signs in as
// a holder can change who gets in, or how.
var officePermissions = []string{PermissionOperatorsManage, PermissionTwoFactorReset, PermissionRolesManage, PermissionParametersManage}

// managesOffice reports whether an operator holds one of officePermissions, or held one within
// ControlFor: taking the roles of someone away for a moment must not make them a lesser one.
func (d *Desk) managesOffice(ctx context.Context, id string) (bool, error) {
	o, err := d.Store.FindOperator(ctx, id)
	if isNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find operator: %w", err)
	}
	ids := o.AllRoles()
	for _, code := range []string{"operator.roles_changed", "operator.roles_followed"} {
		for q := (store.EventQuery{Code: code, Outcome: Success, TargetID: id, From: d.Now().Add(-ControlFor)}); ; {
			page, err := d.Store.ListEvents(ctx, q)
			if err != nil {
				return false, fmt.Errorf("look for earlier roles: %w", err)
			}
			for _, e := range page.Rows {
				ids = append(ids, strings.Fields(e.Detail["before"])...)
			}
			if q.BeforeSeq = page.Next; q.BeforeSeq == 0 {
				break
			}
		}
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return false, fmt.Errorf("list roles: %w", err)
	}
	held := d.rolesOf("", ids, custom)
	return slices.ContainsFunc(officePermissions, func(p string) bool { return d.Allowed(held, p) }), nil
}

// graveParameters compares parameters with those that replace them.
func (d *Desk) graveParameters(before, after store.Parameters) (found []Grave) {
	rollsBack := !before.ConfirmBy.IsZero() && after.Alias == before.PreviousAlias
	if after.Alias != before.Alias && !rollsBack {
		found = append(found, GraveAddress)
	}
	was, will := settings.InForce{Values: before.Values, Now: d.Now()}, settings.InForce{Values: after.Values, Now: d.Now()}
	value := func(values map[string]string, def settings.Definition) string {
		if v, ok := values[def.Name]; ok {
			return v
		}
		return def.Default()
	}
	for _, def := range d.Definitions() {
		if !change(def, value(before.Values, def), value(after.Values, def), was, will).Loosens {
			continue
		}
		switch {
		case isApproval(def.Name):
			found = append(found, GraveRule)
		case def.Name == auditKeep:
			found = append(found, GraveAudit)
		}
		found = append(found, GraveParameters)
	}
	return found
}
