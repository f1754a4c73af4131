package sqlstore

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/postern-go/postern/store"
)

const (
	// batchRows and batchBytes bound what is in memory, and what one transaction writes.
	batchRows  = 2_000
	batchBytes = 1 << 20
	// insertRows is how many rows one statement inserts. The widest table has 32 columns,
	// and SQLite takes 32,766 placeholders.
	insertRows = 100
)

// record is a row of a table: a string, an int64, a bool, a []byte or nil for each column.
type record []any

func (r record) key(t table) []any { return r[:t.keys] }

// page returns the rows after a key, in the order of the keys: at most batchRows, and fewer if
// they are long. Of no key, it returns the first. Keys sort alike in every database.
func (s *Store) page(ctx context.Context, t table, after []any) ([]record, error) {
	columns := t.columns
	query := `SELECT ` + names(columns) + ` FROM ` + t.full()
	var args []any
	switch key := names(columns[:t.keys]); {
	case len(after) == 1:
		query += ` WHERE ` + key + ` > ?`
		args = after
	case len(after) == 2:
		// Not as a comparison of rows, for which not every database uses the index.
		first, second := columns[0].name, columns[1].name
		query += ` WHERE ` + first + ` >= ? AND (` + first + ` > ? OR ` + second + ` > ?)`
		args = []any{after[0], after[0], after[1]}
	}
	query += ` ORDER BY ` + names(columns[:t.keys]) + ` LIMIT ` + strconv.Itoa(batchRows)
	var found []record
	err := s.retry(ctx, func() error {
		found = nil
		rows, err := s.rows(ctx, query, args)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for size := 0; size < batchBytes && rows.Next(); {
			r, n, err := scanRecord(rows, columns, t.keys)
			if err != nil {
				return err
			}
			found, size = append(found, r), size+n
		}
		return rows.Err()
	})
	return found, err
}

// scanRecord returns a row, in the types of record, and about how many bytes it has.
func scanRecord(from row, columns []field, keys int) (r record, size int, err error) {
	r = make(record, len(columns))
	into := make([]any, len(columns))
	for i := range r {
		into[i] = &r[i]
	}
	if err := from.Scan(into...); err != nil {
		return nil, 0, err
	}
	var wrong []error
	for i, c := range columns {
		v, ok := c.convert(r[i])
		if !ok {
			wrong = append(wrong, fmt.Errorf("column %s cannot be kept as %s", c.name, c.kind))
		}
		r[i] = v
		switch v := v.(type) {
		case string:
			size += len(v)
		case []byte:
			size += len(v)
		}
		size += 8
	}
	if len(wrong) > 0 {
		return nil, 0, fmt.Errorf("row %s: %w: correct it by hand", nameOf(r[:keys]), errors.Join(wrong...))
	}
	return r, size, nil
}

// nameOf says which row it is, for someone who looks for it.
func nameOf(key []any) string {
	var parts []string
	for _, v := range key {
		if b, ok := v.([]byte); ok {
			v = "x'" + hex.EncodeToString(b[:min(len(b), 4)]) + "...'"
		}
		parts = append(parts, fmt.Sprintf("%q", fmt.Sprint(v)))
	}
	return strings.Join(parts, ", ")
}

// convert returns a value as every database keeps it, whatever type this one's driver has for it.
func (c field) convert(v any) (any, bool) {
	if v == nil {
		if c.kind == ofBytes && !c.null {
			return []byte{}, true // what some drivers make of no bytes
		}
		return nil, c.null
	}
	switch c.kind {
	case ofBytes:
		switch v := v.(type) {
		case []byte:
			return bytes.Clone(v), true
		case string:
			return []byte(v), true
		}
	case ofText:
		if b, ok := v.([]byte); ok {
			v = string(b)
		}
		s, ok := v.(string)
		return v, ok && utf8.ValidString(s) && !strings.Contains(s, "\x00")
	case ofNumber:
		return number(v)
	case ofFlag:
		if b, ok := v.(bool); ok {
			return b, true
		}
		n, ok := number(v)
		return n == 1, ok && (n == 0 || n == 1)
	}
	return v, false
}

func number(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case []byte:
		n, err := strconv.ParseInt(string(v), 10, 64)
		return n, err == nil
	}
	return 0, false
}

// same reports whether two rows are.
func (r record) same(other record) bool {
	return slices.EqualFunc(r, other, func(a, b any) bool {
		x, isBytes := a.([]byte)
		y, areBytes := b.([]byte)
		if isBytes || areBytes {
			return isBytes == areBytes && bytes.Equal(x, y)
		}
		return a == b
	})
}

// count returns how many rows a table has.
func (s *Store) count(ctx context.Context, t table) (int, error) {
	return find(ctx, s, value[int], `SELECT count(*) FROM `+t.full())
}

// read reads all rows of a table, and returns how many they are, and the first that the new
// database would not take.
func (m *move) read(ctx context.Context, t table, limits map[string]limit) (rows int, err error) {
	from := m.where()
	of, err := from.count(ctx, t)
	if err != nil {
		return 0, err
	}
	var after []any
	for {
		page, err := from.page(ctx, t, after)
		if err != nil {
			return of, fmt.Errorf("read %s: %w", t.name, err)
		}
		if len(page) == 0 {
			return rows, nil
		}
		for _, r := range page {
			if err := r.fits(t, limits); err != nil {
				return of, fmt.Errorf("read %s: %w", t.name, err)
			}
		}
		rows += len(page)
		after = page[len(page)-1].key(t)
		m.Progress(store.MoveProgress{Step: store.MoveRead, Table: t.name, Rows: rows, Of: max(of, rows)})
	}
}

// copyTable copies what is not copied yet. Nothing changes on either side but by this.
func (m *move) copyTable(ctx context.Context, t table, from, to *Store) error {
	of, err := from.count(ctx, t)
	if err != nil {
		return err
	}
	var after []any
	done := 0
	if !t.made {
		if after, err = to.lastKey(ctx, t); err != nil {
			return aim(err)
		}
		if done, err = to.count(ctx, t); err != nil {
			return aim(err)
		}
	}
	for {
		page, err := from.page(ctx, t, after)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		write := to.insert
		if t.made {
			write = to.update
		}
		if err := write(ctx, t, page); err != nil {
			return aim(err)
		}
		done += len(page)
		after = page[len(page)-1].key(t)
		m.Progress(store.MoveProgress{Step: store.MoveCopy, Table: t.name, Rows: done, Of: of})
	}
}

// lastKey returns the last key of a table, or nil if it is empty.
func (s *Store) lastKey(ctx context.Context, t table) ([]any, error) {
	keys := t.columns[:t.keys]
	var order []string
	for _, c := range keys {
		order = append(order, c.name+" DESC")
	}
	found, err := list(ctx, s, func(r row) (record, error) {
		key, _, err := scanRecord(r, keys, t.keys)
		return key, err
	}, `SELECT `+names(keys)+` FROM `+t.full()+` ORDER BY `+strings.Join(order, ", ")+` LIMIT 1`)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// insert adds rows, all or none of them.
func (s *Store) insert(ctx context.Context, t table, page []record) error {
	columns := t.columns
	places := "(" + strings.Repeat("?, ", len(columns)-1) + "?)"
	return s.transact(ctx, s.dialect.beginMigration, func(x *tx) error {
		for rest := page; len(rest) > 0; {
			n := min(len(rest), insertRows)
			query := `INSERT INTO ` + t.full() + ` (` + names(columns) + `) VALUES ` + strings.Repeat(places+", ", n-1) + places
			var args []any
			for _, r := range rest[:n] {
				args = append(args, r...)
			}
			if _, err := x.exec(ctx, query, args...); err != nil {
				return err
			}
			rest = rest[n:]
		}
		return nil
	})
}

// update sets the rows that migrations make, all or none of them.
func (s *Store) update(ctx context.Context, t table, page []record) error {
	columns := t.columns
	rest := columns[t.keys:]
	if len(rest) == 0 {
		return nil // nothing but a key: comparing finds what is missing
	}
	query := `UPDATE ` + t.full() + ` SET ` + strings.ReplaceAll(names(rest), ",", " = ?,") + ` = ? WHERE ` + columns[0].name + ` = ?`
	return s.transact(ctx, s.dialect.beginMigration, func(x *tx) error {
		for _, r := range page {
			if _, err := x.exec(ctx, query, append(append([]any{}, r[t.keys:]...), r[0])...); err != nil {
				return err
			}
		}
		return nil
	})
}

// compareTable compares the copies of a table row by row, and returns how many rows it has.
func (m *move) compareTable(ctx context.Context, t table, from, to *Store) (rows int, err error) {
	of, err := from.count(ctx, t)
	if err != nil {
		return 0, err
	}
	var after []any
	for {
		ours, err := from.page(ctx, t, after)
		if err != nil {
			return rows, err
		}
		theirs, err := to.page(ctx, t, after)
		if err != nil {
			return rows, aim(err)
		}
		for i, r := range ours {
			if i == len(theirs) || !r.same(theirs[i]) {
				return rows, fmt.Errorf("row %s is not the same in both databases: take the move back with -undo, and begin again", nameOf(r.key(t)))
			}
		}
		if len(theirs) > len(ours) {
			return rows, fmt.Errorf("row %s is in the new database only: take the move back with -undo, and begin again", nameOf(theirs[len(ours)].key(t)))
		}
		if len(ours) == 0 {
			return rows, nil
		}
		rows += len(ours)
		after = ours[len(ours)-1].key(t)
		m.Progress(store.MoveProgress{Step: store.MoveCompare, Table: t.name, Rows: rows, Of: of})
	}
}
