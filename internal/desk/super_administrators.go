package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// kept says why an operator can be neither disabled nor deleted; zero if they
// can. It informs people: keepOne and the store refuse.
func (d *Desk) kept(ctx context.Context, o store.Operator) (why messages.Text, err error) {
	if !o.IsActiveSuperAdministrator() {
		return why, nil
	}
	last, err := d.lastSuperAdministrator(ctx)
	if err != nil || last != o.ID {
		return why, err
	}
	return LastSuperAdministratorText, nil
}

// LastSuperAdministrator returns the ID of the only active super-administrator, or
// "" if there are several. One who is locked out counts, because that passes. One
// who is a member of the community counts only while the community confirms it,
// because otherwise they cannot sign in.
func (d *Desk) LastSuperAdministrator(ctx context.Context, a Actor) (string, error) {
	if !a.Can(PermissionOperatorsView) {
		return "", ErrForbidden
	}
	return d.lastSuperAdministrator(ctx)
}

func (d *Desk) lastSuperAdministrator(ctx context.Context) (string, error) {
	sure, err := d.sureSuperAdministrators(ctx, 2)
	if err != nil || len(sure) != 1 {
		return "", err
	}
	return sure[0], nil
}

// sureSuperAdministrators returns the IDs of the active super-administrators, those who
// are members of the community only if it confirms them. It stops at most, and returns
// none if there are more than it reads, which is as good as enough.
func (d *Desk) sureSuperAdministrators(ctx context.Context, most int) ([]string, error) {
	supers, err := d.Store.ListOperators(ctx, store.OperatorQuery{RoleID: RoleSuperAdministrator, Now: d.Now(), Limit: rowsToCheck})
	if err != nil {
		return nil, fmt.Errorf("list super-administrators: %w", err)
	}
	if supers.Next != nil {
		return nil, nil
	}
	var sure []string
	var linked []store.Operator
	for _, o := range supers.Rows {
		switch {
		case !o.IsActiveSuperAdministrator():
		case o.MemberID == "":
			sure = append(sure, o.ID)
		default:
			linked = append(linked, o.Operator)
		}
	}
	for i := 0; i < len(linked) && len(sure) < most; i++ {
		// A directory that does not answer confirms no one.
		if _, member, err := d.stillMember(ctx, linked[i]); err == nil && member {
			sure = append(sure, linked[i].ID)
		}
	}
	return sure, nil
}

// keepOne refuses a change that removes the last active super-administrator. The
// store also refuses it, in the commit, but does not know about members.
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

// toldOfSuperAdministrator notifies the other super-administrators of a new one.
func (d *Desk) toldOfSuperAdministrator(ctx context.Context, a Actor, v Visit, before, after store.Operator) ([]store.Write, error) {
	holds := func(o store.Operator) bool { return slices.Contains(o.AllRoles(), RoleSuperAdministrator) }
	if holds(before) || !holds(after) {
		return nil, nil
	}
	return d.tellSuperAdministrators(ctx, after.ID, func(o store.Operator) mail.Letter {
		return letters.NewSuperAdministrator(d.notice(v, o, signature(a)), after.Name)
	})
}

// toldOfSuperAdministrators notifies the other super-administrators of all who
// become one because the role to replaces another.
func (d *Desk) toldOfSuperAdministrators(ctx context.Context, a Actor, v Visit, role, to string) ([]store.Write, error) {
	if to != RoleSuperAdministrator {
		return nil, nil
	}
	var all []store.Write
	err := d.eachOperator(ctx, store.OperatorQuery{RoleID: role}, func(before store.Operator) error {
		after := before
		after.Roles = append(slices.Clone(before.Roles), to)
		told, err := d.toldOfSuperAdministrator(ctx, a, v, before, after)
		all = append(all, told...)
		return err
	})
	return all, err
}
