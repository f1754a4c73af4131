package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/store"
)

// Listed is an operator as the list shows them.
type Listed struct {
	ID, Name, Email, MemberID string
	// Roles are names, the primary one first; PrimaryRole is its id.
	Roles       []string
	PrimaryRole string
	// RoleIDs are all of their ids.
	RoleIDs      []string
	Show         store.OperatorShow
	TwoFactor    bool
	LastActiveAt time.Time
	InviteEndsAt time.Time
	// Within says that the actor may act on this operator.
	Within bool
}

// OperatorList is a page of operators; Next is the After of the next one, and nil
// at the end.
type OperatorList struct {
	Rows []Listed
	Next *store.OperatorCursor
}

// Operators lists operators, a page at a time.
func (d *Desk) Operators(ctx context.Context, a Actor, q store.OperatorQuery) (OperatorList, error) {
	if !a.Can(PermissionOperatorsView) {
		return OperatorList{}, ErrForbidden
	}
	filters := []string{q.Search, SearchKey(q.Search), string(q.Show), string(q.Sort), q.RoleID, string(q.TwoFactor), string(q.Member)}
	if q.After != nil {
		filters = append(filters, q.After.ID, q.After.NameKey)
	}
	if !lookableIfSet(filters...) {
		return OperatorList{}, nil
	}
	q.Search, q.Now = SearchKey(q.Search), d.Now()
	page, err := d.Store.ListOperators(ctx, q)
	if err != nil {
		return OperatorList{}, fmt.Errorf("list operators: %w", err)
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return OperatorList{}, fmt.Errorf("list roles: %w", err)
	}
	list := OperatorList{Rows: make([]Listed, 0, len(page.Rows)), Next: page.Next}
	for _, o := range page.Rows {
		l := Listed{
			ID: o.ID, Name: o.Name, Email: o.Email, MemberID: o.MemberID, PrimaryRole: o.PrimaryRole, RoleIDs: o.AllRoles(), Show: o.Show(q.Now), TwoFactor: o.TwoFactor,
			LastActiveAt: o.LastActiveAt, InviteEndsAt: o.InviteExpiresAt,
		}
		roles := d.rolesOf(o.Operator, custom)
		l.Roles, l.Within = names(roles), reaches(a, roles)
		list.Rows = append(list.Rows, l)
	}
	return list, nil
}
