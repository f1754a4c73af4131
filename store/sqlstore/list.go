package sqlstore

import (
	"context"
	"slices"
	"strings"
)

// listing is a page to be read of events or emails, of which there may be
// millions.
type listing struct {
	table, columns string
	// key holds the columns that the list is sorted by.
	key []string
	// filters are filters by one column. For each, an index begins with the
	// column and continues in the order of key, so each can lead.
	filters []equality
	// besides are conditions without an index.
	besides filter
	// within are bounds of the key.
	within filter
	// after is the key at which the previous page ended; if nil, the page begins
	// with the first row.
	after []any
	desc  bool
	limit int
	// reach is the number of rows looked at for a page with several
	// conditions.
	reach int
}

// equality is a filter by the value of a column; without a value, it filters
// nothing.
type equality struct{ column, value string }

func (e equality) leads(f *filter) { f.and(e.column+` = ?`, e.value) }

// follows selects the same, in a form for which no database uses an index, which
// would have another order.
func (e equality) follows(f *filter) { f.and(`COALESCE(`+e.column+`, '') = ?`, e.value) }

// equal adds filters that have a value.
func (l *listing) equal(filters ...equality) {
	for _, e := range filters {
		if e.value != "" {
			l.filters = append(l.filters, e)
		}
	}
}

// listed is a row with its key.
type listed[T any] struct {
	row T
	key []any
}

// readList reads a page, and returns where the next one begins: nil at the end of
// the list.
func readList[T any](ctx context.Context, s *Store, l listing, scan func(row) (T, error)) (rows []T, next []any, err error) {
	var lead, follow filter
	if len(l.filters) > 0 {
		leading, err := s.rarest(ctx, l)
		if err != nil {
			return nil, nil, err
		}
		for i, e := range l.filters {
			if i == leading {
				e.leads(&lead)
			} else {
				e.follows(&follow)
			}
		}
	}
	follow.add(l.besides)
	var end []any
	if len(follow.conditions) > 0 {
		if end, err = s.lookUntil(ctx, l, lead); err != nil {
			return nil, nil, err
		}
	}
	f := l.bounded(s.dialect, lead)
	f.add(follow)
	if end != nil {
		f.add(l.compare(s.dialect, "<=", ">=", end))
	}
	query := `SELECT ` + l.columns + `, ` + strings.Join(l.key, `, `) + l.from(s.dialect, lead) + f.where() + l.order() + ` LIMIT ?`
	found, err := list(ctx, s, func(r row) (one listed[T], err error) {
		k := l.keyed(r)
		one.row, err = scan(k)
		one.key = k.key
		return one, err
	}, query, f.with(l.limit+1)...)
	if err != nil {
		return nil, nil, err
	}
	if len(found) > l.limit {
		found, end = found[:l.limit], found[l.limit-1].key
	}
	for _, one := range found {
		rows = append(rows, one.row)
	}
	return rows, end, nil
}

// rarest returns the filter that selects the fewest rows from here on. It does not
// count beyond reach.
func (s *Store) rarest(ctx context.Context, l listing) (rarest int, err error) {
	if len(l.filters) == 1 {
		return 0, nil
	}
	fewest := 0
	for i, e := range l.filters {
		var lead filter
		e.leads(&lead)
		f := l.bounded(s.dialect, lead)
		query := `SELECT COUNT(*) FROM (SELECT 1` + l.from(s.dialect, lead) + f.where() + ` LIMIT ?) counted`
		n, err := find(ctx, s, value[int], query, f.with(l.reach+1)...)
		if err != nil {
			return 0, err
		}
		if i == 0 || n < fewest {
			rarest, fewest = i, n
		}
	}
	return rarest, nil
}

// lookUntil returns the key of the last row to look at; nil if it is the last of
// the list.
func (s *Store) lookUntil(ctx context.Context, l listing, lead filter) ([]any, error) {
	f := l.bounded(s.dialect, lead)
	query := `SELECT ` + strings.Join(l.key, `, `) + l.from(s.dialect, lead) + f.where() + l.order() + ` LIMIT 2 OFFSET ?`
	ends, err := list(ctx, s, func(r row) ([]any, error) {
		k := l.keyed(r)
		err := k.Scan()
		return k.key, err
	}, query, f.with(l.reach-1)...)
	if err != nil || len(ends) < 2 {
		return nil, err
	}
	return ends[0], nil
}

// from names the table, to be read by the index of the leading filter, if there is one,
// or by that of the key.
func (l listing) from(d *dialect, lead filter) string {
	if len(lead.conditions) == 0 && len(l.key) == 1 {
		return ` FROM ` + l.table // by its primary key
	}
	return ` FROM ` + d.bySecondaryIndex(l.table)
}

// bounded adds the beginning of the page and the bounds of the key to the leading
// filter.
func (l listing) bounded(d *dialect, lead filter) filter {
	f := filter{slices.Clone(lead.conditions), slices.Clone(lead.args)}
	f.add(l.within)
	if l.after != nil {
		f.add(l.compare(d, ">", "<", l.after))
	}
	return f
}

// compare compares keys, in the order of the list.
func (l listing) compare(d *dialect, ascending, descending string, key []any) (f filter) {
	op := ascending
	if l.desc {
		op = descending
	}
	condition, args := d.after(l.key, op, key)
	f.and(condition, args...)
	return f
}

func (l listing) order() string {
	if !l.desc {
		return ` ORDER BY ` + strings.Join(l.key, `, `)
	}
	return ` ORDER BY ` + strings.Join(l.key, ` DESC, `) + ` DESC`
}

// keyed scans the key behind the columns of a row.
type keyed struct {
	row
	columns []string
	key     []any
}

func (l listing) keyed(r row) keyed { return keyed{r, l.key, make([]any, len(l.key))} }

func (k keyed) Scan(into ...any) error {
	for i, column := range k.columns {
		into = append(into, keyInto(column, &k.key[i]))
	}
	return k.row.Scan(into...)
}
