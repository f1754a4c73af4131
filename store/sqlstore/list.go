package sqlstore

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/postern-go/postern/store"
)

// condition is a part of a WHERE. An empty one always holds.
type condition struct {
	sql  string
	args []any
}

func where(sql string, args ...any) condition { return condition{sql, args} }

// lead is a way to read a list: an index of the table begins with what is and
// goes on in the order of key.
type lead struct {
	table, key string
	is         condition
	// until is where it ends, unless the page ends before.
	until condition
	// join leads from the table to the others that rows are read from.
	join condition
	// check is what rows must meet besides.
	check condition
	// instead selects the same rows where something else leads. It is written
	// so that no database takes an index for it, which has another order.
	instead condition
}

// listing is one page to be read.
type listing struct {
	columns string
	// whole reads the list without filters, or a search. leads are the filters
	// that can lead instead, besides are those that cannot.
	whole   lead
	leads   []lead
	besides []condition
	// within are bounds of the key that hold for every lead.
	within []condition
	// after is the key where the page before ended; nil: from the first.
	after []any
	desc  bool
	limit int
}

// listed is a row with its key.
type listed[T any] struct {
	row T
	key []any
}

// readList reads a page, or more where turned rows have to be merged in: one row
// more than asked for, if there is one. end is where it stopped looking; nil when
// it did not.
func readList[T any](ctx context.Context, s *Store, l listing, scan func(row) (T, error)) (found []listed[T], end []any, err error) {
	by, others := l.whole, slices.Clone(l.besides)
	leading := -1
	if len(l.leads) > 0 {
		if leading, err = s.rarest(ctx, l); err != nil {
			return nil, nil, err
		}
		by = l.leads[leading]
	}
	for i, other := range l.leads {
		if i != leading {
			others = append(others, other.instead)
		}
	}
	if len(others) > 0 && by.is.sql != "" {
		if end, err = s.lookUntil(ctx, l, by); err != nil {
			return nil, nil, err
		}
	}
	var f filter
	f.all(by.is, by.join, by.check)
	f.all(others...)
	l.bound(&f, by)
	l.end(&f, by, end)
	found, err = readListed(ctx, s, l, by, f, scan)
	return found, end, err
}

// readListed reads the rows that a filter selects, with their keys.
func readListed[T any](ctx context.Context, s *Store, l listing, by lead, f filter, scan func(row) (T, error)) ([]listed[T], error) {
	query := `SELECT ` + l.columns + `, ` + by.key + ` FROM ` + by.table + by.joined() + f.where() + l.order(by) + ` LIMIT ?`
	return list(ctx, s, func(r row) (one listed[T], err error) {
		k := keyed{r, make([]any, strings.Count(by.key, ",")+1)}
		one.row, err = scan(k)
		one.key = k.key
		return one, err
	}, query, f.with(l.limit+1)...)
}

// page cuts a list to its limit, and says where it goes on.
func page[T any](found []listed[T], limit int, end []any) (rows []T, next []any) {
	if len(found) > limit {
		found, end = found[:limit], found[limit-1].key
	}
	for _, one := range found {
		rows = append(rows, one.row)
	}
	return rows, end
}

// reach is how many rows are looked at for a page, where filters come together.
func (l listing) reach() int { return store.PageReach * l.limit }

// rarest is the filter that selects the fewest from here on. It does not count
// further than it matters: one more than reach are many.
func (s *Store) rarest(ctx context.Context, l listing) (rarest int, err error) {
	if len(l.leads) == 1 {
		return 0, nil
	}
	fewest := 0
	for i, by := range l.leads {
		var f filter
		f.all(by.is, by.until)
		l.bound(&f, by)
		query := `SELECT COUNT(*) FROM (SELECT 1 FROM ` + by.table + f.where() + ` LIMIT ?) counted`
		n, err := find(ctx, s, value[int], query, f.with(l.reach()+1)...)
		if err != nil {
			return 0, err
		}
		if i == 0 || n < fewest {
			rarest, fewest = i, n
		}
	}
	return rarest, nil
}

// lookUntil is the key of the last row that is looked at; nil when it is the last
// of the list.
func (s *Store) lookUntil(ctx context.Context, l listing, by lead) ([]any, error) {
	var f filter
	f.all(by.is, by.until)
	l.bound(&f, by)
	query := `SELECT ` + by.key + ` FROM ` + by.table + f.where() + l.order(by) + ` LIMIT 2 OFFSET ?`
	ends, err := list(ctx, s, func(r row) ([]any, error) {
		k := keyed{r, make([]any, strings.Count(by.key, ",")+1)}
		err := k.Scan()
		return k.key, err
	}, query, f.with(l.reach()-1)...)
	if err != nil || len(ends) < 2 {
		return nil, err
	}
	return ends[0], nil
}

// bound adds where the page begins, and the bounds that hold for every lead.
func (l listing) bound(f *filter, by lead) {
	f.all(l.within...)
	if l.after != nil {
		f.and(l.compare(by, ">", "<"), l.after...)
	}
}

// end adds where the page ends, if that is before the list does. There is one
// such bound only: databases may take either for where to stop.
func (l listing) end(f *filter, by lead, end []any) {
	if end == nil {
		f.all(by.until)
		return
	}
	f.and(l.compare(by, "<=", ">="), end...)
}

// compare compares keys, in the order of the list.
func (l listing) compare(by lead, ascending, descending string) string {
	op := ascending
	if l.desc {
		op = descending
	}
	if !strings.Contains(by.key, ",") {
		return by.key + ` ` + op + ` ?`
	}
	return `(` + by.key + `) ` + op + ` (?, ?)`
}

func (l listing) order(by lead) string {
	if !l.desc {
		return ` ORDER BY ` + by.key
	}
	return ` ORDER BY ` + strings.ReplaceAll(by.key, `,`, ` DESC,`) + ` DESC`
}

// joined is the tables behind the one that leads. CROSS JOIN keeps SQLite from
// reading them the other way round.
func (by lead) joined() string {
	if by.join.sql == "" {
		return ""
	}
	return ` CROSS JOIN postern_operators o`
}

// equality is a filter of a column that has an index; none without a value.
type equality struct{ column, value string }

// equal adds filters that can lead.
func (l *listing) equal(filters ...equality) {
	for _, f := range filters {
		if f.value == "" {
			continue
		}
		by := l.whole
		by.is, by.instead = where(f.column+` = ?`, f.value), where(`COALESCE(`+f.column+`, '') = ?`, f.value)
		l.leads = append(l.leads, by)
	}
}

// all adds conditions.
func (f *filter) all(conditions ...condition) {
	for _, c := range conditions {
		if c.sql != "" {
			f.and(c.sql, c.args...)
		}
	}
}

// keyed scans the key behind the columns of a row.
type keyed struct {
	row
	key []any
}

func (k keyed) Scan(into ...any) error {
	for i := range k.key {
		into = append(into, &k.key[i])
	}
	return k.row.Scan(into...)
}

// compareKeys compares two keys of a text or a number, and an id.
func compareKeys(a, b []any) int {
	first := 0
	switch x := a[0].(type) {
	case string:
		first = cmp.Compare(x, b[0].(string))
	case int64:
		first = cmp.Compare(x, b[0].(int64))
	}
	return cmp.Or(first, cmp.Compare(a[1].(string), b[1].(string)))
}
