package resource

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-go/postern/backoffice"
)

const (
	// MostWords is how many words of a search count.
	MostWords = 5
	// mostSearch is how many bytes of a search count.
	mostSearch = 200
	// mostSearched is how many fields are searched.
	mostSearched = 3
)

// Words returns the words of a search, at most [MostWords], without those that are empty
// and without what no text holds.
func Words(search string) []string {
	search = strings.ToValidUTF8(search[:min(len(search), mostSearch)], "")
	words := strings.Fields(strings.ReplaceAll(search, "\x00", " "))
	return words[:min(len(words), MostWords)]
}

// errIgnored means that a Data returned what it was not asked for: rows that the operator
// may not see, or too many. Nothing of it is shown.
var errIgnored = errors.New("the Data of the resource ignores its query")

// scope asks the host which rows the operator may do something to. Nothing else decides
// that; the permission is checked before.
func (r *Resource[T]) scope(ctx context.Context, o backoffice.Operator, act string) (Rows, error) {
	if r.Rows == nil {
		return All(), nil
	}
	rows, err := r.Rows(ctx, o, act)
	if err != nil {
		return Rows{}, fmt.Errorf("resource %s: Rows for %q: %w", r.Path, act, err)
	}
	for _, w := range rows.where {
		c := r.model.byName[w.Field]
		if c == nil || !c.stored() || c.kind == customKind {
			return Rows{}, fmt.Errorf("resource %s: Rows for %q names the field %q, which must be in Fields, and no Shown or Custom", r.Path, act, w.Field)
		}
		if len(w.In) > MostValues {
			return Rows{}, fmt.Errorf("resource %s: Rows for %q names more than %d values of %q", r.Path, act, MostValues, w.Field)
		}
		for _, v := range w.In {
			if err := c.assign(new(T), v); err != nil {
				return Rows{}, fmt.Errorf("resource %s: Rows for %q: %s: %w", r.Path, act, w.Field, err)
			}
		}
	}
	return rows, nil
}

// allows reports whether a row is among them.
func (m *model[T]) allows(rows Rows, row *T) bool {
	return rows.all && m.holds(rows.where, row)
}

func (m *model[T]) holds(where []Where, row *T) bool {
	for _, w := range where {
		c := m.byName[w.Field]
		if c == nil || !w.holds(&c.spec, c.value(row)) {
			return false
		}
	}
	return true
}

func (w Where) holds(s *spec, v any) bool {
	if (w.From != nil || w.Until != nil) && s.null(v) {
		return false // as NULL is neither below nor above anything
	}
	if w.In != nil && !slices.ContainsFunc(w.In, func(one any) bool { return same(one, v) }) {
		return false
	}
	return (w.From == nil || compare(v, w.From) >= 0) && (w.Until == nil || compare(v, w.Until) < 0)
}

// page reads a page of the list, of the rows among these that q describes, and where the
// next one begins: nil at the end.
func (r *Resource[T]) page(ctx context.Context, rows Rows, q Query) ([]T, *Cursor, error) {
	m, limit := r.model, q.Limit
	where, possible := m.possible(m.joined(q.Where, rows.where))
	if rows.none() || !possible {
		return nil, nil, nil
	}
	q.Where = where
	q.Limit++
	q.Fields = m.wanted(q)
	found, err := r.Data.List(ctx, q)
	if err != nil {
		return nil, nil, fmt.Errorf("resource %s: list: %w", r.Path, err)
	}
	if len(found) > q.Limit {
		return nil, nil, fmt.Errorf("resource %s: list: %w: %d rows, and at most %d were asked for", r.Path, errIgnored, len(found), q.Limit)
	}
	for i := range found {
		if !m.holds(q.Where, &found[i]) {
			return nil, nil, fmt.Errorf("resource %s: list: %w: row %q does not meet its conditions", r.Path, errIgnored, m.id(&found[i]))
		}
	}
	if len(found) <= limit {
		return found, nil, nil
	}
	found = found[:limit]
	return found, m.place(q, &found[limit-1]), nil
}

// byKeys reads those of the rows that have one of these keys, of which there are few.
func (r *Resource[T]) byKeys(ctx context.Context, rows Rows, ids []string) ([]T, error) {
	key, in := r.model.key, make([]any, 0, len(ids))
	for _, id := range ids {
		if v, err := r.model.keyOf(id); err == nil {
			in = append(in, v)
		}
	}
	if len(in) == 0 {
		return nil, nil
	}
	found, _, err := r.page(ctx, rows, Query{Where: []Where{{Field: key.name, In: in}}, Sort: key.name, Limit: len(in)})
	return found, err
}

// place is where a row is in the order of a list.
func (m *model[T]) place(q Query, row *T) *Cursor {
	return &Cursor{Value: m.byName[q.Sort].value(row), Key: m.key.value(row)}
}

// wanted are the fields that lists need: those of the query, and all that are cheap.
func (m *model[T]) wanted(q Query) (names []string) {
	for _, c := range m.columns {
		asked := c.name == q.Sort || slices.Contains(q.Fields, c.name) ||
			slices.ContainsFunc(q.Where, func(w Where) bool { return w.Field == c.name })
		if c.listed() || c.stored() && asked {
			names = append(names, c.name)
		}
	}
	return names
}

// joined are conditions of which all hold. Values of one field are intersected, so that
// an implementation has one list of values for each.
func (m *model[T]) joined(where, more []Where) []Where {
	where = slices.Clone(where)
	for _, w := range more {
		i := slices.IndexFunc(where, func(old Where) bool { return old.Field == w.Field && old.In != nil && w.In != nil })
		if i < 0 {
			where = append(where, w)
			continue
		}
		both := make([]any, 0, len(w.In))
		for _, v := range where[i].In {
			if w.holds(&m.byName[w.Field].spec, v) {
				both = append(both, v)
			}
		}
		where[i].In = both
	}
	return where
}

// possible returns conditions without values that the type of their field cannot hold,
// which databases take for errors. It reports false if no row could meet them.
func (m *model[T]) possible(where []Where) ([]Where, bool) {
	where = slices.Clone(where)
	for i, w := range where {
		c := m.byName[w.Field]
		if c == nil || c.assign == nil {
			return nil, false
		}
		if w.In != nil {
			var row T
			w.In = slices.DeleteFunc(slices.Clone(w.In), func(v any) bool { return c.kind != customKind && c.assign(&row, v) != nil })
			if len(w.In) == 0 {
				return nil, false
			}
		}
		if from, ok := w.From.(int64); ok && from > c.most {
			return nil, false
		} else if ok && from <= c.least {
			w.From = nil
		}
		if until, ok := w.Until.(int64); ok && until <= c.least {
			return nil, false
		} else if ok && until > c.most {
			w.Until = nil
		}
		where[i] = w
	}
	return where, true
}

// row reads a row that the operator may view, given that rows are those. Others do not
// exist for them.
func (r *Resource[T]) row(ctx context.Context, rows Rows, id string) (row T, err error) {
	var none T
	if _, err = r.model.keyOf(id); err != nil || rows.none() {
		return none, backoffice.ErrNotFound
	}
	if row, err = r.Data.Get(ctx, id); err != nil {
		if errors.Is(err, backoffice.ErrNotFound) {
			return none, backoffice.ErrNotFound
		}
		return none, fmt.Errorf("resource %s: get: %w", r.Path, err)
	}
	if !r.model.allows(rows, &row) {
		return none, backoffice.ErrNotFound // whatever else is wrong with it, or that would say that it exists
	}
	got := r.model.id(&row)
	switch {
	case got == id:
		return row, nil
	case strings.EqualFold(strings.TrimSpace(got), strings.TrimSpace(id)):
		return none, backoffice.ErrNotFound // to the column they are the same; a row has one address
	}
	return none, fmt.Errorf("resource %s: get: %w: it was asked for %q and returned %q", r.Path, errIgnored, id, got)
}

// sealedCursor is what the pages seal, as a cursor holds values of rows, which may be
// secrets, and must not be made up.
type sealedCursor struct {
	Sort  string `json:"s"`
	Desc  bool   `json:"d"`
	Value string `json:"v"`
	Key   string `json:"k"`
}

// cursorText is a cursor as text, which says to which order it belongs.
func (m *model[T]) cursorText(q Query, c *Cursor) string {
	b, _ := json.Marshal(sealedCursor{q.Sort, q.Desc, m.byName[q.Sort].plain(c.Value), m.key.plain(c.Key)}) // texts and a bool have JSON
	return string(b)
}

// cursorOf is the reverse of cursorText. It returns false for a cursor of another order.
func (m *model[T]) cursorOf(q Query, text string) (*Cursor, bool) {
	var s sealedCursor
	if json.Unmarshal([]byte(text), &s) != nil || s.Sort != q.Sort || s.Desc != q.Desc {
		return nil, false
	}
	value, err := m.byName[q.Sort].read(s.Value)
	key, err2 := m.key.read(s.Key)
	if err != nil || err2 != nil {
		return nil, false
	}
	return &Cursor{value, key}, true
}

// ordered returns the order that a page was asked for, such as "-published", if the
// operator may have it, and otherwise that of the list at first.
func (m *model[T]) ordered(o backoffice.Operator, asked string) (sort *column[T], desc bool) {
	name, desc := strings.CutPrefix(asked, "-")
	if c := m.byName[name]; c != nil && c.sorted && c.open(o) {
		return c, desc
	}
	if m.sort.open(o) {
		return m.sort, m.desc
	}
	return m.key, m.desc
}
