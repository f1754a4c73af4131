package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// kept says why an operator can be neither disabled nor deleted. It is for
// people; the store refuses whatever is said here.
func (d *Desk) kept(ctx context.Context, o store.Operator) (string, error) {
	if !o.IsActiveSuperAdministrator() {
		return "", nil
	}
	last, err := d.lastSuperAdministrator(ctx)
	if err != nil || last != o.ID {
		return "", err
	}
	return LastSuperAdministratorText, nil
}

// LastSuperAdministrator is the id of the only active super-administrator;
// empty when there are others. One who is locked out for a while counts, because
// that passes; a linked one counts only while the community says that they are
// still a member, because nobody else can sign in.
func (d *Desk) LastSuperAdministrator(ctx context.Context, a Actor) (string, error) {
	if !a.Can(PermissionOperatorsView) {
		return "", ErrForbidden
	}
	return d.lastSuperAdministrator(ctx)
}

func (d *Desk) lastSuperAdministrator(ctx context.Context) (string, error) {
	supers, err := d.Store.ListOperators(ctx, store.OperatorQuery{RoleID: RoleSuperAdministrator, Now: d.Now(), Limit: rowsToCheck})
	if err != nil {
		return "", fmt.Errorf("list super-administrators: %w", err)
	}
	var sure, linked []store.Operator
	for _, o := range supers.Rows {
		switch {
		case !o.IsActiveSuperAdministrator():
		case o.MemberID == "":
			sure = append(sure, o.Operator)
		default:
			linked = append(linked, o.Operator)
		}
	}
	for i := 0; i < len(linked) && len(sure) < 2; i++ {
		// A directory that does not answer vouches for nobody.
		if member, err := d.stillMember(ctx, linked[i]); err == nil && member {
			sure = append(sure, linked[i])
		}
	}
	if len(sure) != 1 || supers.Next != nil {
		return "", nil
	}
	return sure[0].ID, nil
}

// keepOne refuses to take the last active super-administrator away. The store
// refuses it too, in the commit, and knows nothing of members.
func (d *Desk) keepOne(ctx context.Context, before, after store.Operator) error {
	if !before.IsActiveSuperAdministrator() || after.IsActiveSuperAdministrator() {
		return nil
	}
	last, err := d.lastSuperAdministrator(ctx)
	if err == nil && last == before.ID {
		err = ErrLastSuperAdministrator
	}
	return err
}

const rowsToCheck = 50

// toldOfSuperAdministrator tells the others when there is a new one.
func (d *Desk) toldOfSuperAdministrator(ctx context.Context, a Actor, v Visit, before, after store.Operator) ([]store.Write, error) {
	holds := func(o store.Operator) bool { return slices.Contains(o.AllRoles(), RoleSuperAdministrator) }
	if holds(before) || !holds(after) {
		return nil, nil
	}
	return d.tellSuperAdministrators(ctx, v, signature(a), after.ID, func(n letters.Notice) mail.Letter {
		return letters.NewSuperAdministrator(n, after.Name)
	})
}

// toldOfSuperAdministrators tells the others of those whom the role to makes one
// in the place of another.
func (d *Desk) toldOfSuperAdministrators(ctx context.Context, a Actor, v Visit, role, to string) ([]store.Write, error) {
	if to != RoleSuperAdministrator {
		return nil, nil
	}
	var all []store.Write
	err := d.eachHolder(ctx, role, func(before store.Operator) error {
		after := before
		after.Roles = append(slices.Clone(before.Roles), to)
		told, err := d.toldOfSuperAdministrator(ctx, a, v, before, after)
		all = append(all, told...)
		return err
	})
	return all, err
}
