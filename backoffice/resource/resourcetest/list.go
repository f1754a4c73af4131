package resourcetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/backoffice/resource"
)

func listDuties[T any]() []duty[T] {
	return []duty[T]{
		{"a list holds every row once, in any order that is offered", orders[T]},
		{"the reverse order is the exact reverse, also of rows that are equal in it", reversed[T]},
		{"pages of every size make up the list", paged[T]},
		{"a page begins behind its cursor also if that row is gone", behindNothing[T]},
		{"a list has no more rows than its limit", limited[T]},
		{"rows of a list have the fields that are asked for", complete[T]},
		{"a condition on values selects the rows that have one of them", selected[T]},
		{"a condition on bounds includes the first and excludes the second", bounded[T]},
		{"all conditions hold, on every page", conditionsAndPages[T]},
		{"a search finds rows by the beginning of a text, whatever its case", searched[T]},
		{"a search takes no letter for a wildcard or for SQL", literal[T]},
		{"a search without words finds all rows", blank[T]},
	}
}

// sorted calls check for each order.
func (s *subject[T]) sorted(check func(f resource.Description[T], desc bool) error) error {
	for _, f := range s.fields {
		for _, desc := range []bool{false, true} {
			if !f.Sorted {
				continue
			}
			if err := check(f, desc); err != nil {
				return fmt.Errorf("sorted by %s, descending %v: %w", f.Name, desc, err)
			}
		}
	}
	return nil
}

func orders[T any](ctx context.Context, s *subject[T]) error {
	return s.sorted(func(f resource.Description[T], desc bool) error {
		found, err := s.Data.List(ctx, s.query(f.Name, desc))
		if err != nil {
			return err
		}
		if err := sameSet(s.ids(found), s.ids(s.rows)); err != nil {
			return err
		}
		for i := 1; i < len(found); i++ {
			before, after := &found[i-1], &found[i]
			if desc {
				before, after = after, before
			}
			if n, ok := order(f.Value(before), f.Value(after)); ok && n > 0 {
				return fmt.Errorf("%v comes before %v", f.Value(&found[i-1]), f.Value(&found[i]))
			}
		}
		return nil
	})
}

// order compares values that sort alike everywhere, which texts do not.
func order(a, b any) (int, bool) {
	switch a := a.(type) {
	case int64:
		return int(min(max(a-b.(int64), -1), 1)), true
	case time.Time:
		return a.Compare(b.(time.Time)), true
	}
	return 0, false
}

func reversed[T any](ctx context.Context, s *subject[T]) error {
	return s.sorted(func(f resource.Description[T], desc bool) error {
		there, err := s.Data.List(ctx, s.query(f.Name, desc))
		if err != nil {
			return err
		}
		back, err := s.Data.List(ctx, s.query(f.Name, !desc))
		slices.Reverse(back)
		return firstOf(err, sameList(s.ids(there), s.ids(back)))
	})
}

func paged[T any](ctx context.Context, s *subject[T]) error {
	return s.sorted(func(f resource.Description[T], desc bool) error {
		whole, err := s.Data.List(ctx, s.query(f.Name, desc))
		if err != nil {
			return err
		}
		for _, size := range []int{1, 2, 5, many} {
			all, err := s.walk(ctx, s.query(f.Name, desc), size)
			if err := firstOf(err, sameList(s.ids(all), s.ids(whole))); err != nil {
				return fmt.Errorf("in pages of %d: %w", size, err)
			}
		}
		return nil
	})
}

// walk reads all pages of a list.
func (s *subject[T]) walk(ctx context.Context, q resource.Query, size int) (all []T, err error) {
	q.Limit = size
	for range 3 * many {
		page, err := s.Data.List(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < size {
			return all, nil
		}
		q.After = s.cursor(q.Sort, &page[len(page)-1])
	}
	return nil, fmt.Errorf("its pages do not end; a page begins strictly behind q.After")
}

func (s *subject[T]) cursor(sort string, row *T) *resource.Cursor {
	return &resource.Cursor{Value: s.field(sort).Value(row), Key: s.key.Value(row)}
}

func (s *subject[T]) field(name string) resource.Description[T] {
	return s.fields[slices.IndexFunc(s.fields, func(f resource.Description[T]) bool { return f.Name == name })]
}

func behindNothing[T any](ctx context.Context, s *subject[T]) error {
	if s.Data.Delete == nil {
		return errSkipped
	}
	q := s.query(s.key.Name, false)
	whole, err := s.Data.List(ctx, q)
	if err != nil {
		return err
	}
	middle := len(whole) / 2
	q.After = s.cursor(s.key.Name, &whole[middle])
	row, err := s.Data.Get(ctx, s.ID(&whole[middle]))
	if err := firstOf(err, s.Data.Delete(ctx, row)); err != nil {
		return err
	}
	rest, err := s.Data.List(ctx, q)
	return firstOf(err, sameList(s.ids(rest), s.ids(whole[middle+1:])))
}

func limited[T any](ctx context.Context, s *subject[T]) error {
	q := s.query(s.key.Name, false)
	q.Limit = 3
	found, err := s.Data.List(ctx, q)
	if err == nil && len(found) != q.Limit {
		err = fmt.Errorf("%d rows for a limit of %d", len(found), q.Limit)
	}
	return err
}

func complete[T any](ctx context.Context, s *subject[T]) error {
	found, err := s.Data.List(ctx, s.query(s.key.Name, false))
	if err != nil {
		return err
	}
	for i := range found {
		at := slices.IndexFunc(s.rows, func(row T) bool { return s.ID(&row) == s.ID(&found[i]) })
		if at < 0 {
			return fmt.Errorf("a row %q that nobody stored", s.ID(&found[i]))
		}
		if text := s.differs(&found[i], &s.rows[at]); text != "" {
			return fmt.Errorf("row %q: %s", s.ID(&found[i]), text)
		}
	}
	return nil
}

// agrees compares a list with what it should be, in every order.
func (s *subject[T]) agrees(ctx context.Context, where []resource.Where, want func(row *T) bool) error {
	var wanted []string
	for i := range s.rows {
		if want(&s.rows[i]) {
			wanted = append(wanted, s.ID(&s.rows[i]))
		}
	}
	return s.sorted(func(f resource.Description[T], desc bool) error {
		q := s.query(f.Name, desc)
		q.Where = where
		found, err := s.Data.List(ctx, q)
		return firstOf(err, sameSet(s.ids(found), wanted))
	})
}

func selected[T any](ctx context.Context, s *subject[T]) error {
	for _, f := range s.fields {
		if !f.Filtered && f.Kind != "key" {
			continue
		}
		a, b := f.Value(&s.rows[0]), f.Value(&s.rows[len(s.rows)-1])
		for _, values := range [][]any{{a}, {a, b}, {a, a}} {
			err := s.agrees(ctx, []resource.Where{{Field: f.Name, In: values}}, func(row *T) bool { return slices.Contains(values, f.Value(row)) })
			if err != nil {
				return fmt.Errorf("%s in %v: %w", f.Name, values, err)
			}
		}
	}
	return nil
}

func bounded[T any](ctx context.Context, s *subject[T]) error {
	for _, f := range s.fields {
		if !f.Filtered || f.Kind != "int" && f.Kind != "time" {
			continue
		}
		var all []any
		null := func(row *T) bool { return f.Optional && !f.NotNull && reflect.ValueOf(f.Value(row)).IsZero() }
		for i := range s.rows {
			if !null(&s.rows[i]) {
				all = append(all, f.Value(&s.rows[i]))
			}
		}
		if len(all) == 0 {
			continue
		}
		slices.SortFunc(all, func(a, b any) int { n, _ := order(a, b); return n })
		from, until := all[len(all)/4], all[3*len(all)/4]
		for _, w := range []resource.Where{{From: from}, {Until: until}, {From: from, Until: until}, {From: until, Until: until}} {
			w.Field = f.Name
			err := s.agrees(ctx, []resource.Where{w}, func(row *T) bool {
				low, _ := order(f.Value(row), from)
				if w.From == until {
					low, _ = order(f.Value(row), until)
				}
				high, _ := order(f.Value(row), until)
				return !null(row) && (w.From == nil || low >= 0) && (w.Until == nil || high < 0)
			})
			if err != nil {
				return fmt.Errorf("%s from %v until %v: %w", f.Name, w.From, w.Until, err)
			}
		}
	}
	return nil
}

func conditionsAndPages[T any](ctx context.Context, s *subject[T]) error {
	var where []resource.Where
	for _, f := range s.fields {
		if f.Filtered {
			// Six rows or more have one of two values.
			where = append(where, resource.Where{Field: f.Name, In: []any{f.Value(&s.rows[0]), f.Value(&s.rows[3])}})
		}
	}
	if len(where) == 0 {
		return errSkipped
	}
	meets := func(row T) bool {
		return !slices.ContainsFunc(where, func(w resource.Where) bool { return !slices.Contains(w.In, s.field(w.Field).Value(&row)) })
	}
	return s.sorted(func(f resource.Description[T], desc bool) error {
		q := s.query(f.Name, desc)
		whole, err := s.Data.List(ctx, q)
		if err != nil {
			return err
		}
		q.Where = where
		found, err := s.walk(ctx, q, 2)
		return firstOf(err, sameList(s.ids(found), s.ids(slices.DeleteFunc(whole, func(row T) bool { return !meets(row) }))))
	})
}

// firstText is a field that can be searched, with the first row that has a text there.
func (s *subject[T]) firstText() (resource.Description[T], *T, error) {
	for _, f := range s.fields {
		for i := range s.rows {
			if text, _ := f.Value(&s.rows[i]).(string); f.Searched && text != "" {
				return f, &s.rows[i], nil
			}
		}
	}
	return resource.Description[T]{}, nil, errSkipped
}

// search returns the keys of what a search finds, read in small pages.
func (s *subject[T]) search(ctx context.Context, text, in string) ([]string, error) {
	q := s.query(s.key.Name, false)
	q.Search, q.Searched = text, []string{in}
	found, err := s.walk(ctx, q, 5)
	return s.ids(found), err
}

func searched[T any](ctx context.Context, s *subject[T]) error {
	f, row, err := s.firstText()
	if err != nil {
		return err
	}
	text := f.Value(row).(string)
	word := strings.Fields(text)[0]
	for _, search := range []string{text, ascii(text, 'a', 'z'), ascii(text, 'A', 'Z'), " " + word + " ", word[:len(word)/2+1]} {
		found, err := s.search(ctx, strings.ToValidUTF8(search, ""), f.Name)
		if err == nil && !slices.Contains(found, s.ID(row)) {
			err = fmt.Errorf("row %q, whose %s is %q, is not found", s.ID(row), f.Name, text)
		}
		if err != nil {
			return fmt.Errorf("search for %q: %w", search, err)
		}
	}
	found, err := s.search(ctx, "zzqx "+word, f.Name)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("rows that hold one word of two are found: %v", found)
	}
	return err
}

func literal[T any](ctx context.Context, s *subject[T]) error {
	f, _, err := s.firstText()
	if err != nil {
		return err
	}
	for _, search := range []string{"%", "_", `\`, "*", "?", "'", `"`, "' OR '1'='1", "x'; DROP TABLE posts; --", "[a-z]", "$1", ".*", strings.Repeat("long ", 10_000), "\x00", "\xff%"} {
		found, err := s.search(ctx, search, f.Name)
		if len(resource.Words(search)) == 0 {
			found = nil // nothing to search for
		}
		if err == nil && len(found) > 0 {
			err = fmt.Errorf("found %v", found)
		}
		if err != nil {
			return fmt.Errorf("search for %.40q: %w", search, err)
		}
	}
	return nil
}

// ascii is the text with ASCII letters in the other case, as not every database knows that
// of others.
func ascii(text string, from, to rune) string {
	return strings.Map(func(r rune) rune {
		if r >= from && r <= to {
			return r ^ ' '
		}
		return r
	}, text)
}

func blank[T any](ctx context.Context, s *subject[T]) error {
	f, _, err := s.firstText()
	if err != nil {
		return err
	}
	found, err := s.search(ctx, " \t ", f.Name)
	return firstOf(err, sameSet(found, s.ids(s.rows)))
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func sameList(got, want []string) error {
	if !slices.Equal(got, want) {
		return fmt.Errorf("the rows are %v, and should be %v", got, want)
	}
	return nil
}

func sameSet(got, want []string) error {
	got, want = slices.Clone(got), slices.Clone(want)
	slices.Sort(got)
	slices.Sort(want)
	return sameList(got, want)
}
