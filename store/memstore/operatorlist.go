package memstore

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

// ListOperators implements [store.Operators].
func (s *Store) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	if err := ctx.Err(); err != nil {
		return store.OperatorPage{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var after store.OperatorCursor
	if q.After != nil {
		after = *q.After
		after.At = store.Time(after.At)
	}
	var found []store.OperatorRow
	for _, o := range s.operators {
		row := store.OperatorRow{Operator: o}
		row.TwoFactor, row.Passkey = s.hasFactor(o.ID)
		if matches(row, q) && (q.After == nil || inOrder(q.Sort, cursorOf(o, q.Sort), after) > 0) {
			found = append(found, row)
		}
	}
	slices.SortFunc(found, func(a, b store.OperatorRow) int {
		return inOrder(q.Sort, cursorOf(a.Operator, q.Sort), cursorOf(b.Operator, q.Sort))
	})
	page := store.OperatorPage{Rows: found[:min(len(found), store.PageLimit(q.Limit))]}
	for i := range page.Rows {
		page.Rows[i].Operator = cloneOperator(page.Rows[i].Operator)
	}
	if n := len(page.Rows); n < len(found) {
		next := cursorOf(found[n-1].Operator, q.Sort)
		page.Next = &next
	}
	return page, nil
}

// CountOperators implements [store.Operators].
func (s *Store) CountOperators(ctx context.Context, now time.Time, most int) (store.OperatorCounts, error) {
	if err := ctx.Err(); err != nil {
		return store.OperatorCounts{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var c store.OperatorCounts
	for _, o := range s.operators {
		switch o.Show(store.Time(now)) {
		case store.ShowLocked:
			c.Locked++
		case store.ShowInvited:
			c.Invited++
		case store.ShowExpired:
			c.Expired++
		case store.ShowActive:
			if has, _ := s.hasFactor(o.ID); !has {
				c.WithoutTwoFactor++
			}
		}
		if endsBefore(o, store.Time(now).Add(store.EndingSoon)) {
			c.Ending++
		}
	}
	for _, n := range []*int{&c.Locked, &c.Invited, &c.Expired, &c.WithoutTwoFactor, &c.Ending} {
		*n = min(*n, most)
	}
	return c, nil
}

// CountHolders implements [store.Operators].
func (s *Store) CountHolders(ctx context.Context) (map[string]int, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	holders := map[string]int{}
	for _, o := range s.operators {
		for i, ids := 0, o.AllRoles(); i < len(ids); i++ {
			if !slices.Contains(ids[:i], ids[i]) {
				holders[ids[i]]++
			}
		}
	}
	return holders, nil
}

// cursorOf returns the position of an operator in a list.
func cursorOf(o store.Operator, sort store.OperatorSort) store.OperatorCursor {
	switch sort {
	case store.ByLastActive:
		return store.OperatorCursor{At: o.LastActiveAt, ID: o.ID}
	case store.ByCreated:
		return store.OperatorCursor{At: o.CreatedAt, ID: o.ID}
	}
	return store.OperatorCursor{NameKey: o.NameKey, ID: o.ID}
}

// inOrder compares positions in a list.
func inOrder(sort store.OperatorSort, a, b store.OperatorCursor) int {
	first := cmp.Compare(a.NameKey, b.NameKey)
	if sort == store.ByLastActive || sort == store.ByCreated {
		first = b.At.Compare(a.At)
	}
	return cmp.Or(first, cmp.Compare(a.ID, b.ID))
}

func matches(o store.OperatorRow, q store.OperatorQuery) bool {
	return (q.Show == "" || o.Show(store.Time(q.Now)) == q.Show) &&
		(q.RoleID == "" || slices.Contains(o.AllRoles(), q.RoleID)) &&
		chosen(q.TwoFactor, o.TwoFactor) &&
		chosen(q.Member, o.MemberID != "") &&
		(q.RefreshedBefore.IsZero() || o.RefreshedAt.Before(store.Time(q.RefreshedBefore))) &&
		(q.EndsBefore.IsZero() || endsBefore(o.Operator, store.Time(q.EndsBefore))) &&
		(q.InactiveBefore.IsZero() || inactiveBefore(o.Operator, store.Time(q.InactiveBefore))) &&
		contains(o.SearchKey, q.Search)
}

func endsBefore(o store.Operator, then time.Time) bool {
	return o.State != store.OperatorDisabled && !o.EndsAt.IsZero() && o.EndsAt.Before(then)
}

func inactiveBefore(o store.Operator, then time.Time) bool {
	return o.State == store.OperatorActive && o.LastActiveAt.Before(then) && o.CreatedAt.Before(then)
}

func chosen(c store.Choice, is bool) bool {
	return c == store.Either || (c == store.Yes) == is
}

// contains reports whether a search finds a key.
func contains(key, search string) bool {
	for word := range strings.FieldsSeq(search) {
		if !strings.Contains(key, word) {
			return false
		}
	}
	return true
}

// hasFactor reports whether the operator has a confirmed factor, and whether one of them
// is a passkey.
func (s *Store) hasFactor(operatorID string) (any, passkey bool) {
	for _, id := range s.factorIDs[operatorID] {
		if f := s.factors[id]; !f.ConfirmedAt.IsZero() {
			any, passkey = true, passkey || f.Kind == store.FactorPasskey
		}
	}
	return any, passkey
}
