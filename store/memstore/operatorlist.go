package memstore

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/postern-go/postern/store"
)

// ListOperators implements [store.Operators]. It looks at every operator.
func (s *Store) ListOperators(ctx context.Context, q store.OperatorQuery) ([]store.OperatorRow, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	words := store.Words(q.Search)
	order := orderOf(q.Sort)
	var found []store.OperatorRow
	for _, o := range s.operators {
		row := store.OperatorRow{Operator: o, TwoFactor: s.hasFactor(o.ID)}
		if matches(row, q) && hasWords(o, words) && (q.After == nil || order(o, rowAt(q.After)) > 0) {
			found = append(found, row)
		}
	}
	slices.SortFunc(found, func(a, b store.OperatorRow) int { return order(a.Operator, b.Operator) })
	found = found[:min(len(found), store.PageLimit(q.Limit))]
	for i := range found {
		found[i].Operator = cloneOperator(found[i].Operator)
	}
	return found, nil
}

// rowAt is an operator that stands where the page before ended.
func rowAt(c *store.OperatorCursor) store.Operator {
	at := store.Time(c.At)
	return store.Operator{ID: c.ID, NameKey: c.NameKey, LastActiveAt: at, CreatedAt: at}
}

func orderOf(sort store.OperatorSort) func(a, b store.Operator) int {
	return func(a, b store.Operator) int {
		var first int
		switch sort {
		case store.ByLastActive:
			first = b.LastActiveAt.Compare(a.LastActiveAt)
		case store.ByCreated:
			first = b.CreatedAt.Compare(a.CreatedAt)
		default:
			first = cmp.Compare(a.NameKey, b.NameKey)
		}
		return cmp.Or(first, cmp.Compare(a.ID, b.ID))
	}
}

func matches(o store.OperatorRow, q store.OperatorQuery) bool {
	return (q.Show == "" || o.Show(store.Time(q.Now)) == q.Show) &&
		(q.RoleID == "" || slices.Contains(o.AllRoles(), q.RoleID)) &&
		chosen(q.TwoFactor, o.TwoFactor) &&
		chosen(q.Member, o.MemberID != "")
}

func chosen(c store.Choice, is bool) bool {
	return c == store.Either || (c == store.Yes) == is
}

// hasWords says whether each word begins one of the operator's.
func hasWords(o store.Operator, words []string) bool {
	if len(words) == 0 {
		return true
	}
	own := append(store.Words(o.NameKey), store.Words(o.EmailKey)...)
	for _, word := range words {
		begins := func(w string) bool { return strings.HasPrefix(w, word) }
		if !slices.ContainsFunc(own, begins) {
			return false
		}
	}
	return true
}

// hasFactor says whether the operator has a confirmed factor.
func (s *Store) hasFactor(operatorID string) bool {
	return slices.ContainsFunc(s.factorIDs[operatorID], func(id string) bool {
		return !s.factors[id].ConfirmedAt.IsZero()
	})
}
