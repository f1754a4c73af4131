package resource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/postern-go/postern/backoffice"
)

// Slice keeps rows in memory, for tests. It does what [SQL] does with a table, also in what
// it leaves out: of a row it keeps and returns only what Fields describe. It finds what SQL
// finds, whatever the case of letters in any script. It gives new rows the next number if the
// key is one.
func Slice[T any](rows ...T) Data[T] {
	s := &slice[T]{}
	for _, row := range rows {
		s.rows = append(s.rows, &row)
	}
	return Data[T]{
		List: s.list, Get: s.get, Create: s.create, Update: s.update, Delete: s.delete,
		use: s.use,
	}
}

type slice[T any] struct {
	user[T]
	lock sync.RWMutex
	rows []*T
}

// user is an implementation of Data that knows the fields of its resource.
type user[T any] struct {
	mu    sync.Mutex
	model *model[T]
}

var errUnused = errors.New("this Data belongs to no resource: put it into a resource.Resource, and that into Config.Parts, or call its Check")

// use is called by the resource. Two resources can share one only if they say the same.
func (u *user[T]) use(m *model[T]) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.model != nil && !slices.EqualFunc(u.model.columns, m.columns, func(a, b *column[T]) bool {
		return a.name == b.name && a.kind == b.kind && a.optional == b.optional && a.notNull == b.notNull
	}) {
		return errors.New("another resource with other Fields has the same one; make one for each")
	}
	if u.model == nil {
		u.model = m
	}
	return nil
}

func (u *user[T]) fields() (*model[T], error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.model == nil {
		return nil, errUnused
	}
	return u.model, nil
}

// part returns a row with the fields that are asked for and no others.
func (m *model[T]) part(row *T, wanted func(*column[T]) bool) (part T) {
	for _, c := range m.columns {
		if c.stored() && wanted(c) {
			c.copy(&part, row)
		}
	}
	return part
}

func (m *model[T]) whole(row *T) T { return m.part(row, func(*column[T]) bool { return true }) }

func (s *slice[T]) begin(ctx context.Context) (*model[T], error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.fields()
}

func (s *slice[T]) list(ctx context.Context, q Query) (found []T, err error) {
	m, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	order := m.byName[q.Sort]
	if order == nil || !order.stored() {
		return nil, fmt.Errorf("there is no field %q to sort by", q.Sort)
	}
	before := func(a, b *T) int {
		n := compare(order.value(a), order.value(b))
		if n == 0 {
			n = compare(m.key.value(a), m.key.value(b))
		}
		if q.Desc {
			n = -n
		}
		return n
	}
	behind := func(row *T) bool {
		if q.After == nil {
			return true
		}
		n := compare(order.value(row), q.After.Value)
		if n == 0 {
			n = compare(m.key.value(row), q.After.Key)
		}
		return n != 0 && (n > 0) != q.Desc
	}
	s.lock.RLock()
	defer s.lock.RUnlock()
	var all []*T
	for _, row := range s.rows {
		if behind(row) && m.holds(q.Where, row) && m.matches(q, row) {
			all = append(all, row)
		}
	}
	slices.SortFunc(all, before)
	for _, row := range all[:min(len(all), q.Limit)] {
		found = append(found, m.part(row, func(c *column[T]) bool { return slices.Contains(q.Fields, c.name) }))
	}
	return found, nil
}

// matches reports whether a row matches the search.
func (m *model[T]) matches(q Query, row *T) bool {
	begins := func(word string) bool {
		return slices.ContainsFunc(q.Searched, func(name string) bool {
			c := m.byName[name]
			return c != nil && strings.HasPrefix(strings.ToLower(c.plain(c.value(row))), strings.ToLower(word))
		})
	}
	words := Words(q.Search)
	return len(words) == 0 || begins(strings.Join(words, " ")) ||
		!slices.ContainsFunc(words, func(word string) bool { return !begins(word) })
}

// find returns the place of the row with the key, or -1. The caller holds the lock.
func (s *slice[T]) find(m *model[T], id string) int {
	return slices.IndexFunc(s.rows, func(row *T) bool { return m.id(row) == id })
}

func (s *slice[T]) get(ctx context.Context, id string) (row T, err error) {
	m, err := s.begin(ctx)
	if err != nil {
		return row, err
	}
	s.lock.RLock()
	defer s.lock.RUnlock()
	i := s.find(m, id)
	if i < 0 {
		return row, backoffice.ErrNotFound
	}
	return m.whole(s.rows[i]), nil
}

func (s *slice[T]) create(ctx context.Context, row T) (id string, err error) {
	m, err := s.begin(ctx)
	if err != nil {
		return "", err
	}
	row = m.whole(&row)
	s.lock.Lock()
	defer s.lock.Unlock()
	if zero(m.key.value(&row)) {
		if m.key.values != numbers {
			return "", fmt.Errorf("the key %s of the new row is empty: set Make of the Key, or put it into New", m.key.name)
		}
		last := int64(0)
		for _, other := range s.rows {
			last = max(last, m.key.value(other).(int64))
		}
		if err = m.key.assign(&row, last+1); err != nil {
			return "", err
		}
	}
	id = m.id(&row)
	if s.find(m, id) >= 0 {
		return "", taken(m.key.name)
	}
	s.rows = append(s.rows, &row)
	return id, nil
}

// taken says that the value of a field must be unique and is not.
func taken(field string) error {
	return &backoffice.InvalidError{Problems: []backoffice.Problem{{Field: field, Code: codeTaken, Text: takenText}}}
}

func (s *slice[T]) update(ctx context.Context, c Change[T]) error {
	return s.swap(ctx, c.ID, &c.Was, slices.Concat(c.Fields, c.Held), func(m *model[T], i int) {
		// A new row, as others may be reading the old one.
		row := *s.rows[i]
		for _, name := range c.Fields {
			if col := m.byName[name]; col != nil && col.stored() {
				col.copy(&row, &c.Now)
			}
		}
		if m.version != nil {
			_ = m.version.assign(&row, m.version.value(&row).(int64)+1) // an int64 holds it
		}
		s.rows[i] = &row
	})
}

func (s *slice[T]) delete(ctx context.Context, was T) error {
	m, err := s.begin(ctx)
	if err != nil {
		return err
	}
	return s.swap(ctx, m.id(&was), &was, m.names(), func(_ *model[T], i int) {
		s.rows = slices.Delete(s.rows, i, i+1)
	})
}

// swap changes a row if these fields of it, or its version, are as they were.
func (s *slice[T]) swap(ctx context.Context, id string, was *T, fields []string, change func(m *model[T], i int)) error {
	m, err := s.begin(ctx)
	if err != nil {
		return err
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	i := s.find(m, id)
	if i < 0 {
		return backoffice.ErrNotFound
	}
	for _, c := range m.compared(fields) {
		if !c.equal(s.rows[i], was) {
			return backoffice.ErrChanged
		}
	}
	change(m, i)
	return nil
}

// compared are the fields that must be as they were for a change of these fields: the
// version, if there is one.
func (m *model[T]) compared(fields []string) (compared []*column[T]) {
	if m.version != nil {
		return []*column[T]{m.version}
	}
	for _, c := range m.columns {
		if c.stored() && c.kind != keyKind && slices.Contains(fields, c.name) {
			compared = append(compared, c)
		}
	}
	return compared
}
