package memstore

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/postern-go/postern/store"
)

// ListOperators implements [store.Operators]. It looks at every operator, so
// every page is full.
func (s *Store) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	if err := ctx.Err(); err != nil {
		return store.OperatorPage{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	phrase := store.Phrase(q.Search)
	after := placeOf(q, phrase)
	var found []listed
	for _, o := range s.operators {
		l := listed{OperatorRow: store.OperatorRow{Operator: o, TwoFactor: s.hasFactor(o.ID)}}
		var ok bool
		if l.OperatorCursor, ok = cursorOf(o, q.Sort, phrase); ok && matches(l.OperatorRow, q) && (q.After == nil || inOrder(l.OperatorCursor, after) > 0) {
			found = append(found, l)
		}
	}
	slices.SortFunc(found, func(a, b listed) int { return inOrder(a.OperatorCursor, b.OperatorCursor) })
	var page store.OperatorPage
	for _, l := range found[:min(len(found), store.PageLimit(q.Limit))] {
		l.Operator = cloneOperator(l.Operator)
		page.Rows = append(page.Rows, l.OperatorRow)
		page.Next = &l.OperatorCursor
	}
	if len(page.Rows) == len(found) {
		page.Next = nil
	}
	return page, nil
}

// listed is a row with its place.
type listed struct {
	store.OperatorRow
	store.OperatorCursor
}

// placeOf is where the page before ended, in what the list is sorted by.
func placeOf(q store.OperatorQuery, phrase string) (c store.OperatorCursor) {
	if q.After == nil {
		return c
	}
	c.ID = q.After.ID
	if phrase == "" && (q.Sort == store.ByLastActive || q.Sort == store.ByCreated) {
		c.At = store.Time(q.After.At)
	} else {
		c.Text = q.After.Text
	}
	return c
}

// cursorOf is the place of an operator in a list, if a search finds it.
func cursorOf(o store.Operator, sort store.OperatorSort, phrase string) (c store.OperatorCursor, ok bool) {
	switch {
	case phrase != "":
		phrases := store.Phrases(o.NameKey, o.EmailKey)
		i, _ := slices.BinarySearch(phrases, phrase)
		if i == len(phrases) || !strings.HasPrefix(phrases[i], phrase) {
			return c, false
		}
		c.Text = phrases[i]
	case sort == store.ByLastActive:
		c.At = o.LastActiveAt
	case sort == store.ByCreated:
		c.At = o.CreatedAt
	default:
		c.Text = o.NameKey
	}
	c.ID = o.ID
	return c, true
}

// inOrder compares places of one list, in which either no text is set or no
// time.
func inOrder(a, b store.OperatorCursor) int {
	return cmp.Or(cmp.Compare(a.Text, b.Text), b.At.Compare(a.At), cmp.Compare(a.ID, b.ID))
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

// hasFactor says whether the operator has a confirmed factor.
func (s *Store) hasFactor(operatorID string) bool {
	return slices.ContainsFunc(s.factorIDs[operatorID], func(id string) bool {
		return !s.factors[id].ConfirmedAt.IsZero()
	})
}
