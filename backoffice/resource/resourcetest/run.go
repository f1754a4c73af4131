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
// sorted and filtered fields hold, to have rows that are equal in it. What the resource does
// not have, such as fields to search, is not checked, and the test's log says so.
func Run[T any](t *testing.T, open func(t *testing.T, rows []T) *resource.Resource[T], row func(n int) T) {
	rows, err := mixed(open(t, nil), row)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range duties[T]() {
		t.Run(d.name, func(t *testing.T) {
			s, err := begin(open(t, rows), rows, row)
			if err == nil {
				err = d.check(t.Context(), s)
			}
			if errors.Is(err, errSkipped) {
				t.Log(err)
				return
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

// mixed are rows that come in threes that are equal in every field by which they can be
// sorted or filtered.
func mixed[T any](r *resource.Resource[T], row func(n int) T) (rows []T, err error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	for n := range many {
		one, like := row(n), row(n/3)
		for _, f := range r.Describe() {
			if f.Kind == "key" || !f.Sorted && !f.Filtered {
				continue
			}
			if err := f.Set(&one, f.Value(&like)); err != nil {
				return nil, err
			}
		}
		rows = append(rows, one)
	}
	return rows, nil
}

func begin[T any](r *resource.Resource[T], rows []T, row func(n int) T) (*subject[T], error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	s := &subject[T]{Resource: r, rows: rows, row: row, fields: r.Describe()}
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
