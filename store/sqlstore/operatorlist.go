package sqlstore

import (
	"context"
	"slices"
	"strings"

	"github.com/postern-go/postern/store"
)

const (
	twoFactor = `EXISTS (SELECT 1 FROM postern_factors f WHERE f.operator_id = o.id AND f.confirmed_at <> 0)`
	// withFactor selects all operators who have one: with many operators,
	// databases read them once.
	withFactor = `(SELECT f.operator_id FROM postern_factors f WHERE f.confirmed_at <> 0)`
	// holds selects those who have a role, as the primary or an additional one.
	holds = `(o.primary_role = ? OR o.id IN
		(SELECT r.operator_id FROM postern_operator_roles r WHERE r.role_id = ?))`
)

// ListOperators implements [store.Operators]. It may look at every operator, of
// whom there are some thousands.
func (s *Store) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	var f filter
	f.show(q)
	if q.RoleID != "" {
		f.and(holds, q.RoleID, q.RoleID)
	}
	switch q.TwoFactor {
	case store.Either:
	case store.Yes:
		f.and(`o.id IN ` + withFactor)
	default:
		f.and(`o.id NOT IN ` + withFactor)
	}
	switch q.Member {
	case store.Either:
	case store.Yes:
		f.and(`o.member_id IS NOT NULL`)
	default:
		f.and(`o.member_id IS NULL`)
	}
	f.search(`o.search_key`, q.Search)

	order := `o.name_key, o.id`
	switch column := sortedBy(q.Sort); {
	case column != "":
		order = column + ` DESC, o.id`
		if q.After != nil {
			f.and(`(`+column+` < ? OR `+column+` = ? AND o.id > ?)`, q.After.At, q.After.At, q.After.ID)
		}
	case q.After != nil:
		f.and(`(o.name_key, o.id) > (?, ?)`, q.After.NameKey, q.After.ID)
	}
	// The page is found first, so that columns that are only shown are read and
	// sorted only for its rows.
	query := `SELECT ` + operatorColumns + `, ` + twoFactor + ` FROM postern_operators o WHERE o.id IN (
		SELECT o.id FROM postern_operators o` + f.where() + ` ORDER BY ` + order + ` LIMIT ?) ORDER BY ` + order
	limit := store.PageLimit(q.Limit)
	found, err := list(ctx, s, scanOperatorRow, query, f.with(limit+1)...)
	if err != nil {
		return store.OperatorPage{}, s.wrap("list operators", err)
	}
	if len(found) <= limit {
		return store.OperatorPage{Rows: found}, nil
	}
	last := found[limit-1]
	next := &store.OperatorCursor{ID: last.ID}
	switch q.Sort {
	case store.ByLastActive:
		next.At = last.LastActiveAt
	case store.ByCreated:
		next.At = last.CreatedAt
	default:
		next.NameKey = last.NameKey
	}
	return store.OperatorPage{Rows: found[:limit], Next: next}, nil
}

// sortedBy returns the time column that a list is sorted by; empty if by name.
func sortedBy(sort store.OperatorSort) string {
	switch sort {
	case store.ByLastActive:
		return `o.last_active_at`
	case store.ByCreated:
		return `o.created_at`
	}
	return ""
}

// show selects those in a state, as [store.Operator.Show] defines it.
func (f *filter) show(q store.OperatorQuery) {
	switch q.Show {
	case "":
	case store.ShowActive:
		f.and(`o.state = ? AND o.locked_until <= ?`, store.OperatorActive, q.Now)
	case store.ShowLocked:
		f.and(`o.state = ? AND o.locked_until > ?`, store.OperatorActive, q.Now)
	case store.ShowInvited:
		f.and(`o.state = ? AND o.invite_expires_at > ?`, store.OperatorInvited, q.Now)
	case store.ShowExpired:
		f.and(`o.state = ? AND o.invite_expires_at <= ?`, store.OperatorInvited, q.Now)
	default: // disabled, and unknown states
		f.and(`o.state = ?`, string(q.Show))
	}
}

// search selects rows that contain every word of a search. No character is
// special, unlike with LIKE.
func (f *filter) search(column, search string) {
	for word := range strings.FieldsSeq(search) {
		f.and(`strpos(`+column+`, ?) > 0`, word)
	}
}

func scanOperatorRow(r row) (o store.OperatorRow, err error) {
	err = r.Scan(append(operatorFields(&o.Operator), &o.TwoFactor)...)
	slices.Sort(o.Roles)
	return o, err
}
