package sqlstore

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/postern-go/postern/store"
)

// few is how many operators are looked for whose state turned since that was
// noted.
const few = 1000

// ListOperators implements [store.Operators].
func (s *Store) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	l := listOperators(q)
	found, end, err := s.readOperators(ctx, q, l)
	if err != nil {
		return store.OperatorPage{}, s.wrap("list operators", err)
	}
	rows, next := page(found, l.limit, end)
	return store.OperatorPage{Rows: rows, Next: operatorCursor(q, next)}, nil
}

// listOperators is the page that a query selects.
func listOperators(q store.OperatorQuery) listing {
	order := orderOf(q)
	l := listing{
		columns: operatorColumns + `, o.two_factor`, limit: store.PageLimit(q.Limit),
		whole: lead{table: `postern_operators o`, key: `o.` + order + `, o.id`},
	}
	if c := q.After; c != nil {
		l.after = []any{c.Text, c.ID}
		if order == byLastActive || order == byCreated {
			l.after[0] = -micros(c.At)
		}
	}
	if order == byPhrase {
		l.search(store.Phrase(q.Search))
	}
	on := func(is, instead condition) lead {
		return lead{table: l.whole.table, key: l.whole.key, is: is, instead: instead}
	}
	if q.Show != "" {
		l.leads = append(l.leads, leadByShow(q, l.whole))
	}
	if q.RoleID != "" {
		l.leads = append(l.leads, lead{
			table: `postern_role_holders h`, key: `h.` + order + `, h.operator_id`,
			is: where(`h.role_id = ?`, q.RoleID), join: where(`o.id = h.operator_id`),
			instead: where(`EXISTS (SELECT 1 FROM postern_role_holders h WHERE h.operator_id = o.id AND h.role_id = ?)`, q.RoleID),
		})
	}
	if q.TwoFactor != store.Either {
		yes := q.TwoFactor == store.Yes
		l.leads = append(l.leads, on(where(`o.two_factor = ?`, yes), where(`COALESCE(o.two_factor, FALSE) = ?`, yes)))
	}
	if q.Member != store.Either {
		yes := q.Member == store.Yes
		l.leads = append(l.leads, on(where(`o.linked = ?`, yes), where(`COALESCE(o.linked, FALSE) = ?`, yes)))
	}
	if order == byPhrase {
		l.follow(len(l.leads))
	}
	return l
}

// follow keeps the first filters from leading.
func (l *listing) follow(n int) {
	for _, by := range l.leads[:n] {
		l.besides = append(l.besides, by.instead)
	}
	l.leads = l.leads[n:]
}

// What lists are sorted by.
const (
	byName       = `name_key`
	byLastActive = `newest_active`
	byCreated    = `newest_created`
	byPhrase     = `phrase`
)

func orderOf(q store.OperatorQuery) string {
	switch {
	case store.Phrase(q.Search) != "":
		return byPhrase
	case q.Sort == store.ByLastActive:
		return byLastActive
	case q.Sort == store.ByCreated:
		return byCreated
	}
	return byName
}

// operatorCursor makes a cursor of a key.
func operatorCursor(q store.OperatorQuery, key []any) *store.OperatorCursor {
	if key == nil {
		return nil
	}
	c := &store.OperatorCursor{ID: key[1].(string)}
	switch first := key[0].(type) {
	case string:
		c.Text = first
	case int64:
		c.At = timeOf(-first)
	}
	return c
}

func scanOperatorRow(r row) (o store.OperatorRow, err error) {
	err = r.Scan(append(operatorFields(&o.Operator), &o.TwoFactor)...)
	slices.Sort(o.Roles)
	return o, err
}

// turns are the states that follow from a time, turns_at: before it, and once
// it has come.
var turns = map[store.OperatorShow]struct {
	from, to store.OperatorShow
	is       string // compares turns_at with the time
}{
	store.ShowLocked:  {store.ShowLocked, store.ShowActive, `> ?`},
	store.ShowActive:  {store.ShowLocked, store.ShowActive, `<= ?`},
	store.ShowInvited: {store.ShowInvited, store.ShowExpired, `> ?`},
	store.ShowExpired: {store.ShowInvited, store.ShowExpired, `<= ?`},
}

// leadByShow reads the operators in a state as it was noted.
func leadByShow(q store.OperatorQuery, whole lead) lead {
	by := lead{table: whole.table, key: whole.key, is: where(`o.shown = ?`, string(q.Show))}
	turn, ok := turns[q.Show]
	if !ok {
		by.instead = where(`COALESCE(o.shown, '') = ?`, string(q.Show))
		return by
	}
	// Nothing is added to the time but to keep databases from taking the index
	// on it, whose order is another one.
	by.check = where(`o.turns_at + 0 `+turn.is, q.Now)
	by.instead = where(`COALESCE(o.shown, '') IN (?, ?) AND o.turns_at + 0 `+turn.is, string(turn.from), string(turn.to), q.Now)
	return by
}

// readOperators reads a page. Where a state may lead that follows from a time,
// those are merged in that turned since that was noted, of which there are few.
func (s *Store) readOperators(ctx context.Context, q store.OperatorQuery, l listing) (found []listed[store.OperatorRow], end []any, err error) {
	turned, err := s.turnedOperators(ctx, q, l)
	if err != nil {
		return nil, nil, err
	}
	if len(turned) > few {
		l.follow(1)
	}
	found, end, err = readList(ctx, s, l, scanOperatorRow)
	if err != nil || len(turned) == 0 || len(turned) > few {
		return found, end, err
	}
	l.follow(len(l.leads))
	var f filter
	f.all(l.besides...)
	f.and(`o.id IN (SELECT value FROM json_array_elements_text(?))`, turned)
	l.bound(&f, l.whole)
	l.end(&f, l.whole, end)
	more, err := readListed(ctx, s, l, l.whole, f, scanOperatorRow)
	if err != nil {
		return nil, nil, err
	}
	return merge(found, more), end, nil
}

// turnedOperators are the ids of those that are in a state by now, and noted in
// another one; one more than few are too many.
func (s *Store) turnedOperators(ctx context.Context, q store.OperatorQuery, l listing) ([]string, error) {
	turn, ok := turns[q.Show]
	if !ok || len(l.leads) == 0 {
		return nil, nil
	}
	other := turn.from
	if q.Show == turn.from {
		other = turn.to
	}
	query := `SELECT o.id FROM postern_operators o WHERE o.shown = ? AND o.turns_at ` + turn.is + ` LIMIT ?`
	return list(ctx, s, value[string], query, string(other), q.Now, few+1)
}

// merge makes one list of two. An operator may be in both when it was moved in
// between.
func merge(a, b []listed[store.OperatorRow]) []listed[store.OperatorRow] {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(a, b listed[store.OperatorRow]) int { return compareKeys(a.key, b.key) })
	return slices.CompactFunc(all, func(a, b listed[store.OperatorRow]) bool { return a.row.ID == b.row.ID })
}

// search reads a list by the phrases that begin with one. Each operator comes
// once, with the first of theirs.
func (l *listing) search(phrase string) {
	const first = `NOT EXISTS (SELECT 1 FROM postern_operator_phrases q
		WHERE q.operator_id = p.operator_id AND q.phrase >= ? AND q.phrase < p.phrase)`
	// No phrase holds this character, so it comes after all that go on.
	end := phrase + string(utf8.MaxRune)
	l.whole = lead{
		table: `postern_operator_phrases p`, key: `p.phrase, p.operator_id`,
		is: where(first, phrase), until: where(`p.phrase < ?`, end), join: where(`o.id = p.operator_id`),
	}
	// One lower bound only: databases may take either for where to begin.
	if l.after == nil || l.after[0].(string) < phrase {
		l.after = []any{phrase, ""}
	}
}
