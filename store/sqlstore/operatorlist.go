package sqlstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/postern-go/postern/store"
)

// few is how many operators are sorted in memory rather than read in order.
const few = 1000

// ListOperators implements [store.Operators]. The rarest filter leads: the page
// is read in order from an index that begins with it.
func (s *Store) ListOperators(ctx context.Context, q store.OperatorQuery) ([]store.OperatorRow, error) {
	var found []store.OperatorRow
	var err error
	words := longest(store.Words(q.Search))
	switch {
	case len(words) > 0:
		found, err = s.searchOperators(ctx, q, words)
	case q.RoleID != "":
		p := newOperatorPage(q, roleHolders)
		p.and(`h.role_id = ? AND o.id = h.operator_id`, q.RoleID)
		p.andShown()
		found, err = p.read(ctx, s)
	case turns[q.Show].from != "":
		found, err = s.listTurning(ctx, q)
	default:
		p := newOperatorPage(q, operators)
		p.andShown()
		found, err = p.read(ctx, s)
	}
	return found, s.wrap("list operators", err)
}

// source is where the rows of a page come from, and the order they are read in.
// CROSS JOIN keeps SQLite from reading the tables the other way round.
type source struct{ tables, sorted, id string }

var (
	operators    = source{`postern_operators o`, `o`, `o.id`}
	roleHolders  = source{`postern_role_holders h CROSS JOIN postern_operators o`, `h`, `h.operator_id`}
	havePrefix   = source{`postern_operator_prefixes p CROSS JOIN postern_operators o`, `p`, `p.operator_id`}
	sortPrefixed = source{havePrefix.tables, `o`, `o.id`}
)

// operatorPage is a query for one page.
type operatorPage struct {
	filter
	source
	query store.OperatorQuery
	order string
}

func newOperatorPage(q store.OperatorQuery, from source) operatorPage {
	p := operatorPage{source: from, query: q, order: from.sorted + `.name_key`}
	switch q.Sort {
	case store.ByLastActive:
		p.order = from.sorted + `.newest_active`
	case store.ByCreated:
		p.order = from.sorted + `.newest_created`
	}
	if q.TwoFactor != store.Either {
		p.and(`o.two_factor = ?`, q.TwoFactor == store.Yes)
	}
	if q.Member != store.Either {
		p.and(`o.linked = ?`, q.Member == store.Yes)
	}
	return p
}

func (p *operatorPage) read(ctx context.Context, s *Store) ([]store.OperatorRow, error) {
	if c := p.query.After; c != nil {
		var key any = c.NameKey
		if p.query.Sort == store.ByLastActive || p.query.Sort == store.ByCreated {
			key = -micros(c.At)
		}
		p.and(`(`+p.order+`, `+p.id+`) > (?, ?)`, key, c.ID)
	}
	query := `SELECT ` + operatorColumns + `, o.two_factor FROM ` + p.tables + p.where() +
		` ORDER BY ` + p.order + `, ` + p.id + ` LIMIT ?`
	return list(ctx, s, scanOperatorRow, query, p.with(store.PageLimit(p.query.Limit))...)
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

// andShown selects by state, where something else leads.
func (p *operatorPage) andShown() {
	if p.query.Show == "" {
		return
	}
	turn, ok := turns[p.query.Show]
	if !ok {
		p.and(`o.shown = ?`, string(p.query.Show))
		return
	}
	p.and(`o.shown IN (?, ?)`, string(turn.from), string(turn.to))
	p.andTurn(turn.is)
}

// andTurn compares turns_at with the time of the query, so that databases do
// not take the index on it, whose order is another one.
func (p *operatorPage) andTurn(is string) { p.and(`o.turns_at + 0 `+is, p.query.Now) }

// listTurning lists the operators in a state that follows from a time: those
// that are stored in it, in order, and those that turned since that was noted,
// of which there are few.
func (s *Store) listTurning(ctx context.Context, q store.OperatorQuery) ([]store.OperatorRow, error) {
	const (
		late  = `SELECT o.id FROM postern_operators o WHERE o.shown = ? AND o.turns_at `
		among = `o.id IN (SELECT value FROM json_array_elements_text(?))`
	)
	turn := turns[q.Show]
	other := turn.from
	if q.Show == turn.from {
		other = turn.to
	}
	ids, err := list(ctx, s, value[string], late+turn.is+` LIMIT ?`, string(other), q.Now, few+1)
	if err != nil {
		return nil, err
	}
	noted := newOperatorPage(q, operators)
	if len(ids) > few {
		noted.andShown()
		return noted.read(ctx, s)
	}
	noted.and(`o.shown = ?`, string(q.Show))
	noted.andTurn(turn.is)
	found, err := noted.read(ctx, s)
	if err != nil || len(ids) == 0 {
		return found, err
	}
	turned := newOperatorPage(q, operators)
	turned.and(among, ids)
	turned.andShown()
	more, err := turned.read(ctx, s)
	if err != nil {
		return nil, err
	}
	return merge(q, found, more), nil
}

// merge makes one page of two. An operator may be in both when it was moved in
// between.
func merge(q store.OperatorQuery, a, b []store.OperatorRow) []store.OperatorRow {
	order := func(a, b store.OperatorRow) int {
		first := cmp.Compare(a.NameKey, b.NameKey)
		switch q.Sort {
		case store.ByLastActive:
			first = b.LastActiveAt.Compare(a.LastActiveAt)
		case store.ByCreated:
			first = b.CreatedAt.Compare(a.CreatedAt)
		}
		return cmp.Or(first, cmp.Compare(a.ID, b.ID))
	}
	all := slices.Concat(a, b)
	slices.SortFunc(all, order)
	all = slices.CompactFunc(all, func(a, b store.OperatorRow) bool { return a.ID == b.ID })
	return all[:min(len(all), store.PageLimit(q.Limit))]
}
