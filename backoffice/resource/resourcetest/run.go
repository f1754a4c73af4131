package resourcetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/postern-go/postern/backoffice/resource"
)

// Run checks the Data of a resource. It calls open once for each case, with the rows that
// must be there and no others; open stores them without the help of Data, and uses
// t.Cleanup to tidy up. row returns the n-th of many rows, n >= 0: each has a key of its
// own, which the database could have, and values that the fields may hold. Run changes what
// sorted and filtered fields hold, to have rows that are equal in it, and texts, to search.
func Run[T any](t *testing.T, open func(t *testing.T, rows []T) *resource.Resource[T], row func(n int) T) {
	for _, d := range duties[T]() {
		t.Run(d.name, func(t *testing.T) {
			s, err := begin(func(rows []T) *resource.Resource[T] { return open(t, rows) }, row)
			if err == nil {
				err = d.check(t.Context(), s)
			}
			if errors.Is(err, errSkipped) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

var errSkipped = errors.New("the resource does not have what this is about")

// duty is something that every Data must do.
type duty[T any] struct {
	name  string
	check func(ctx context.Context, s *subject[T]) error
}

func duties[T any]() []duty[T] {
	return slices.Concat(listDuties[T](), rowDuties[T](), changeDuties[T]())
}

// subject is a Data with the rows that it holds.
type subject[T any] struct {
	*resource.Resource[T]
	rows   []T
	row    func(n int) T
	fields []resource.Description[T]
	key    resource.Description[T]
}

// many is how many rows there are: enough for pages of several sizes, and little enough to
// read them a hundred times.
const many = 12

// begin makes a subject. Its rows come in threes that are equal in every field by which
// they can be sorted or filtered.
func begin[T any](open func(rows []T) *resource.Resource[T], row func(n int) T) (*subject[T], error) {
	r := open(nil)
	if err := r.Check(); err != nil {
		return nil, err
	}
	s := &subject[T]{row: row, fields: r.Describe()}
	for n := range many {
		one := row(n)
		for _, f := range s.fields {
			if f.Kind == "key" || !f.Sorted && !f.Filtered {
				continue
			}
			model := row(n / 3)
			if err := f.Set(&one, f.Value(&model)); err != nil {
				return nil, err
			}
		}
		s.rows = append(s.rows, one)
	}
	s.Resource = open(s.rows)
	if err := s.Check(); err != nil {
		return nil, err
	}
	s.fields = s.Describe()
	s.key = s.fields[slices.IndexFunc(s.fields, func(f resource.Description[T]) bool { return f.Kind == "key" })]
	return s, nil
}

// names are the fields that are stored.
func (s *subject[T]) names() (names []string) {
	for _, f := range s.fields {
		if f.Kind != "shown" {
			names = append(names, f.Name)
		}
	}
	return names
}

// ids are the keys of rows, as text.
func (s *subject[T]) ids(rows []T) (ids []string) {
	for i := range rows {
		ids = append(ids, s.ID(&rows[i]))
	}
	return ids
}

// query is one for all rows, in the order of a field.
func (s *subject[T]) query(sort string, desc bool) resource.Query {
	return resource.Query{Sort: sort, Desc: desc, Limit: 10 * many, Fields: s.names()}
}

// differs says in which field two rows differ, but for their versions; "" if in none.
func (s *subject[T]) differs(a, b *T) string {
	for _, f := range s.fields {
		if f.Kind == "shown" || f.Kind == "version" {
			continue
		}
		if x, y := f.Value(a), f.Value(b); !reflect.DeepEqual(x, y) {
			return fmt.Sprintf("%s is %v, and should be %v", f.Name, x, y)
		}
	}
	return ""
}

// editable returns a field that a change can change, and a way to change it.
func (s *subject[T]) editable() (resource.Description[T], func(row *T, n int) error, error) {
	for _, f := range s.fields {
		if f.In&resource.Edit == 0 || f.Sorted || f.Filtered && f.Kind != "bool" && f.Kind != "text" {
			continue
		}
		switch f.Kind {
		case "text":
			return f, func(row *T, n int) error { return f.Set(row, fmt.Sprintf("changed %d", n)) }, nil
		case "bool":
			return f, func(row *T, _ int) error { return f.Set(row, !f.Value(row).(bool)) }, nil
		}
	}
	return resource.Description[T]{}, nil, fmt.Errorf("%w: a text in Edit", errSkipped)
}
