package resource

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// mostUnion is the largest number of values that PostgreSQL and MySQL are asked for one by one, so
// that each is read along an index that begins with the field, and only as far as the page
// goes. For one list of them it reads and sorts every row that has one, or goes through the
// table in order until the page is full, which took half a second of a million rows. SQLite
// merges the ranges by itself.
const mostUnion = 8

func (t *table[T]) list(ctx context.Context, q Query) (found []T, err error) {
	m, err := t.fields()
	if err != nil {
		return nil, err
	}
	s, columns, err := t.listing(m, q)
	if err != nil {
		return nil, err
	}
	ctx, explain, cancel := t.bounded(ctx, t.patience)
	defer cancel()
	defer func() {
		ranged := slices.ContainsFunc(q.Where, func(w Where) bool { return w.From != nil || w.Until != nil })
		if malformed(err) && !ranged && len(q.Where) > 0 {
			found, err = nil, nil // no row has such a value
		}
		if err != nil {
			err = fmt.Errorf("list rows of %s: %w", t.Name, explain(err))
		}
	}()
	rows, err := t.db.QueryContext(ctx, s.String(), s.args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err says what went wrong
	var row, none T
	cells := t.cells(columns, &row)
	for rows.Next() {
		row = none
		if err = rows.Scan(cells...); err != nil {
			return nil, err
		}
		found = append(found, row)
	}
	return found, rows.Err()
}

// listing writes the statement of a list.
func (t *table[T]) listing(m *model[T], q Query) (*statement, []*column[T], error) {
	order := m.byName[q.Sort]
	if order == nil || !order.stored() || order.kind == customKind {
		return nil, nil, fmt.Errorf("there is no field %q to sort by", q.Sort)
	}
	for _, w := range q.Where {
		if c := m.byName[w.Field]; c == nil || !c.stored() || c.kind == customKind {
			return nil, nil, fmt.Errorf("there is no field %q for a condition", w.Field)
		}
		if w.In != nil && len(w.In) == 0 {
			return nil, nil, fmt.Errorf("no value of %q could meet the condition", w.Field)
		}
	}
	for _, name := range q.Searched {
		if c := m.byName[name]; c == nil || c.kind != textKind {
			return nil, nil, fmt.Errorf("there is no text %q to search", name)
		}
	}
	wanted := func(c *column[T]) bool { return c == order || c == m.key || slices.Contains(q.Fields, c.name) }
	l := &listing[T]{table: t, model: m, Query: q, order: order, wanted: wanted}
	q.Where = slices.Clone(q.Where)
	for i, w := range q.Where {
		q.Where[i].In = distinct(w.In)
	}
	each := slices.IndexFunc(q.Where, func(w Where) bool {
		return t.syntax != sqlite && len(w.In) > 1 && len(w.In) <= mostUnion && m.byName[w.Field] != order && w.Field != m.key.name && !folded(w.In)
	})
	s := t.statement()
	if each < 0 {
		columns := l.write(s, q.Where)
		return s, columns, nil
	}
	var columns []*column[T]
	for i, v := range q.Where[each].In {
		if i > 0 {
			s.add(" UNION ALL ")
		}
		where := slices.Clone(q.Where)
		where[each].In = []any{v}
		s.add("SELECT * FROM (")
		columns = l.write(s, where)
		s.add(") AS part" + strconv.Itoa(i))
	}
	l.ordered(s, "")
	return s, columns, nil
}

// distinct are values without those that are there before.
func distinct(values []any) (kept []any) {
	seen := make(map[any]bool, len(values))
	for _, v := range values {
		if !seen[v] {
			kept = append(kept, v)
		}
		seen[v] = true
	}
	return kept
}

// folded reports that a column might take two of the texts for the same, as those with
// COLLATE NOCASE do: a row would be in two lists.
func folded(values []any) bool {
	var seen []string
	for _, v := range values {
		text, ok := v.(string)
		if ok && slices.ContainsFunc(seen, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), strings.TrimSpace(text)) }) {
			return true
		}
		seen = append(seen, text)
	}
	return false
}

type listing[T any] struct {
	table *table[T]
	model *model[T]
	Query
	order  *column[T]
	wanted func(*column[T]) bool
}

func (l *listing[T]) write(s *statement, where []Where) []*column[T] {
	t, m := l.table, l.model
	columns := t.selected(s, m, l.wanted)
	next := s.conditions()
	for _, w := range where {
		c := m.byName[w.Field]
		if w.In != nil {
			next()
			t.in(s, &c.spec, w.In)
		}
		if w.From != nil {
			next()
			t.compare(s, &c.spec, ">=", w.From)
		}
		if w.Until != nil {
			next()
			t.compare(s, &c.spec, "<", w.Until)
		}
	}
	if words := Words(l.Search); len(words) > 0 {
		next()
		var columns []string
		for _, name := range l.Searched {
			columns = append(columns, t.columnOf(&m.byName[name].spec))
		}
		s.search(columns, words, t.Contains)
	}
	if l.After != nil {
		next()
		l.behind(s)
	}
	of := ""
	if t.syntax == mysql {
		of = t.quoteTable(t.Name) + "." // not the text that times are read as
	}
	l.ordered(s, of)
	return columns
}

// conditions returns what writes the word in front of each condition.
func (s *statement) conditions() (next func()) {
	word := " WHERE "
	return func() {
		s.add(word)
		word = " AND "
	}
}

// behind writes the condition that a row is strictly behind the cursor.
func (l *listing[T]) behind(s *statement) {
	t, key, op := l.table, l.model.key, ">"
	if l.Desc {
		op = "<"
	}
	if l.order == key {
		t.compare(s, &key.spec, op, l.After.Key)
		return
	}
	if t.syntax == mysql {
		// It reads no index along a comparison of rows.
		t.compare(s, &l.order.spec, op+"=", l.After.Value)
		s.add(" AND (")
		t.compare(s, &l.order.spec, op, l.After.Value)
		s.add(" OR ")
		t.compare(s, &key.spec, op, l.After.Key)
		s.add(")")
		return
	}
	s.add("(")
	s.name(t.columnOf(&l.order.spec))
	s.add(", ")
	s.name(t.columnOf(&key.spec))
	s.add(") "+op+" (?, ?)", t.bind(&l.order.spec, l.After.Value), t.bind(&key.spec, l.After.Key))
}

// ordered writes the order and the limit. In front of each column is of.
func (l *listing[T]) ordered(s *statement, of string) {
	direction := ""
	if l.Desc {
		direction = " DESC"
	}
	s.add(" ORDER BY ")
	if l.order != l.model.key {
		s.name(of + l.table.columnOf(&l.order.spec))
		s.add(direction + ", ")
	}
	s.name(of + l.table.columnOf(&l.model.key.spec))
	s.add(direction + " LIMIT " + strconv.Itoa(l.Limit))
}

func (t *table[T]) compare(s *statement, c *spec, op string, v any) {
	s.name(t.columnOf(c))
	s.add(" "+op+" ?", t.bind(c, v))
}

// in writes the condition that a field has one of the values.
func (t *table[T]) in(s *statement, c *spec, values []any) {
	null := slices.IndexFunc(values, c.null)
	if len(values) == 1 && null < 0 {
		t.equals(s, c, values[0])
		return
	}
	s.add("(")
	if null >= 0 {
		t.empty(s, c, values[null])
		values = slices.Delete(slices.Clone(values), null, null+1)
	}
	if len(values) > 0 {
		if null >= 0 {
			s.add(" OR ")
		}
		t.among(s, c, values, func(text string) string { return text })
		if t.inexact(c) {
			s.add(" AND ")
			t.among(s, c, values, exactly)
		}
	}
	s.add(")")
}

// among writes the condition that a field, in some form, has one of the values in that form.
func (t *table[T]) among(s *statement, c *spec, values []any, form func(string) string) {
	s.name(form(t.columnOf(c)))
	s.add(" IN (")
	for i, v := range values {
		if i > 0 {
			s.add(", ")
		}
		s.add(form("?"), t.bind(c, v))
	}
	s.add(")")
}

// empty writes the condition that a field holds nothing: NULL or, where a column can hold
// it, the zero value, which is read alike.
func (t *table[T]) empty(s *statement, c *spec, v any) {
	s.add("(")
	s.name(t.columnOf(c))
	s.add(" IS NULL")
	if c.kind == textKind || c.kind == intKind {
		s.add(" OR ")
		t.equals(s, c, v)
	}
	s.add(")")
}
