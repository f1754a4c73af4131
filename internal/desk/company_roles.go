package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-go/postern/store"
)

// followRoles gives an operator who signs in at the provider the roles that the host reads from
// their account there. What the host names is only a wish: it is cut to what whoever vouches for
// the operator may still give, never includes the super-administrator's, and never changes one.
// Whoever is left without a role is refused.
func (d *Desk) followRoles(ctx context.Context, v Visit, a *account, as CompanyAccount) error {
	before := a.operator
	if d.Company.Roles == nil || slices.Contains(before.AllRoles(), RoleSuperAdministrator) {
		return nil
	}
	var wanted []string
	err := safely(func() (err error) { wanted, err = d.Company.Roles(ctx, as); return err })
	if err != nil {
		return fmt.Errorf("roles of a company account: %w", err)
	}
	roles, err := d.mayFollow(ctx, before, wanted)
	if err != nil {
		return err
	}
	if len(roles) == 0 {
		d.Audit(v, "signin.refused", Failure).Target(before).Because("no role by the company account").With("wanted", strings.Join(wanted, " ")).Record(ctx)
		return ErrCompanyRefused
	}
	o := before
	o.PrimaryRole, o.Roles, o.UpdatedAt = roles[0], slices.Clone(roles[1:]), d.Now()
	slices.Sort(o.Roles)
	if slices.Equal(o.AllRoles(), before.AllRoles()) {
		return nil
	}
	event := d.Audit(v, "operator.roles_followed", Success).System().Target(o).
		With("before", strings.Join(before.AllRoles(), " ")).With("after", strings.Join(o.AllRoles(), " ")).Write()
	// Reset links end, as after any change of roles.
	if err := d.Commit(ctx, store.PutOperator{Operator: o}, store.RevokeTokens{Subject: o.ID, Purpose: store.PurposeReset}, event); err != nil {
		return signInError(err)
	}
	view, err := d.findSignIn(ctx, v, store.SignInQuery{OperatorID: o.ID})
	if err != nil {
		return err
	}
	if view.Operator.Version != before.Version+1 {
		return ErrSignInEnded
	}
	a.view, a.operator = view, view.Operator
	return nil
}

// mayFollow returns the roles among those wanted, in their order, that whoever vouches for an
// operator may still give.
func (d *Desk) mayFollow(ctx context.Context, o store.Operator, wanted []string) ([]string, error) {
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	by, err := d.findMaker(ctx, o.CreatedBy)
	if err != nil {
		return nil, err
	}
	all, err := d.AllRoles(ctx)
	if err != nil {
		return nil, err
	}
	var roles []string
	for _, id := range wanted {
		known := slices.ContainsFunc(all, func(r Role) bool { return r.ID == id })
		if !known || id == RoleSuperAdministrator || slices.Contains(roles, id) {
			continue
		}
		with := o
		with.PrimaryRole, with.Roles = id, nil
		if !judged(o.CreatedBy, o) || d.couldMake(by, with, custom) {
			roles = append(roles, id)
		}
	}
	return roles, nil
}
