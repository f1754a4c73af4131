package resource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postern-go/postern/backoffice"
)

func (t *table[T]) create(ctx context.Context, row T) (id string, err error) {
	m, err := t.fields()
	if err != nil {
		return "", err
	}
	s, n := t.statement(), 0
	s.add("INSERT INTO ")
	s.name(quoteTable(t.Name))
	for _, c := range m.columns {
		// What nobody set has the default of its column.
		if !c.stored() || zero(c.value(&row)) && (c.in&New == 0 || c.kind == keyKind) {
			continue
		}
		s.add([]string{" (", ", "}[min(n, 1)])
		s.name(t.columnOf(&c.spec))
		n++
		s.args = append(s.args, t.stored(c, &row))
	}
	values := s.args
	s.args = nil
	if n == 0 {
		s.add(" DEFAULT VALUES")
	} else {
		s.add(") VALUES (?"+strings.Repeat(", ?", n-1)+")", values...)
	}
	s.add(" RETURNING ")
	s.name(t.columnOf(&m.key.spec))
	ctx, explain, cancel := bounded(ctx, t.patience)
	defer cancel()
	var made T
	err = t.db.QueryRowContext(ctx, s.String(), s.args...).Scan(t.cells([]*column[T]{m.key}, &made)...)
	if err != nil {
		return "", t.failed(m, "create a row", explain(err))
	}
	return m.id(&made), nil
}

func (t *table[T]) update(ctx context.Context, c Change[T]) error {
	m, err := t.fields()
	if err != nil {
		return err
	}
	key, err := m.keyOf(c.ID)
	if err != nil {
		return err
	}
	s, n := t.statement(), 0
	s.add("UPDATE ")
	s.name(quoteTable(t.Name))
	for _, col := range m.columns {
		if !col.stored() || col.kind == keyKind || col.kind == versionKind || !slices.Contains(c.Fields, col.name) {
			continue
		}
		s.add([]string{" SET ", ", "}[min(n, 1)])
		s.name(t.columnOf(&col.spec))
		s.add(" = ?", t.stored(col, &c.Now))
		n++
	}
	if n == 0 {
		_, err = t.read(ctx, m, key)
		return err
	}
	if m.version != nil {
		s.add(", ")
		s.name(t.columnOf(&m.version.spec))
		s.add(" = COALESCE(") // NULL + 1 is NULL, so that every version would be the last
		s.name(t.columnOf(&m.version.spec))
		s.add(", 0) + 1")
	}
	return t.swap(ctx, m, s, key, &c.Was, slices.Concat(c.Fields, c.Held))
}

func (t *table[T]) delete(ctx context.Context, was T) error {
	m, err := t.fields()
	if err != nil {
		return err
	}
	s := t.statement()
	s.add("DELETE FROM ")
	s.name(quoteTable(t.Name))
	return t.swap(ctx, m, s, m.key.value(&was), &was, m.names())
}

// swap runs a change of the row with this key, if these fields of it are as they were.
func (t *table[T]) swap(ctx context.Context, m *model[T], s *statement, key any, was *T, fields []string) error {
	next := s.conditions()
	next()
	t.compare(s, &m.key.spec, "=", key)
	for _, c := range m.compared(fields) {
		next()
		t.asItWas(s, c, was)
	}
	bound, explain, cancel := bounded(ctx, t.patience)
	defer cancel()
	result, err := t.db.ExecContext(bound, s.String(), s.args...)
	if malformed(err) && m.key.plain(key) != "" {
		if _, missing := t.read(ctx, m, key); errors.Is(missing, backoffice.ErrNotFound) {
			return missing
		}
	}
	if err != nil {
		return t.failed(m, "change a row", explain(err))
	}
	n, err := result.RowsAffected()
	switch {
	case err != nil:
		return t.failed(m, "change a row", err)
	case n == 1:
		return nil
	case n > 1:
		return fmt.Errorf("%d rows of %s have the key %s, which must be unique", n, t.Name, m.key.plain(key))
	}
	return t.why(ctx, m, key, was, fields)
}

// why says why a change found no row.
func (t *table[T]) why(ctx context.Context, m *model[T], key any, was *T, fields []string) error {
	row, err := t.read(ctx, m, key)
	if err != nil {
		return err
	}
	for _, c := range m.compared(fields) {
		if !c.equal(&row, was) {
			return backoffice.ErrChanged
		}
	}
	// Or nobody could ever change the row, and nobody would know why.
	return fmt.Errorf("%w, or a column of %s holds a value that is not equal to itself once it is read and written, such as a float in a Custom", backoffice.ErrChanged, t.Name)
}

// asItWas writes the condition that a field is as it was read. NULL is read as the zero
// value.
func (t *table[T]) asItWas(s *statement, c *column[T], was *T) {
	v := c.value(was)
	switch {
	case c.kind == customKind && t.postgres:
		s.name(t.columnOf(&c.spec))
		s.add(" IS NOT DISTINCT FROM ?", t.stored(c, was))
	case c.kind == customKind:
		s.name(t.columnOf(&c.spec))
		s.add(" IS ?", t.stored(c, was))
	case c.null(v):
		t.empty(s, &c.spec, v)
	case zero(v):
		s.add("(")
		s.name(t.columnOf(&c.spec))
		s.add(" IS NULL OR ")
		t.compare(s, &c.spec, "=", v)
		s.add(")")
	default:
		t.compare(s, &c.spec, "=", v)
	}
}

// failed says what an error of a change means.
func (t *table[T]) failed(m *model[T], doing string, err error) error {
	if t.Problems != nil {
		if problems := t.Problems(err); len(problems) > 0 {
			return &backoffice.InvalidError{Problems: problems}
		}
	}
	if c := t.duplicate(m, err); c != nil {
		return taken(c.name)
	}
	if sqlState(err) == "23502" || strings.Contains(err.Error(), "NOT NULL constraint failed") {
		return fmt.Errorf("%s of %s: %w; an Optional field that is empty is NULL unless NotNull is set, and a column without a field needs a default", doing, t.Name, err)
	}
	return fmt.Errorf("%s of %s: %w", doing, t.Name, err)
}

// duplicate returns the field whose value must be unique and is not; nil if the error says
// something else. SQLite names the columns: "UNIQUE constraint failed: posts.slug".
// PostgreSQL names the constraint, which is posts_slug_key if nobody called it otherwise,
// and posts_pkey for the key.
func (t *table[T]) duplicate(m *model[T], err error) *column[T] {
	_, name, found := strings.Cut(t.Name, ".")
	if !found {
		name = t.Name
	}
	text := err.Error()
	if t.postgres && sqlState(err) != "23505" || !t.postgres && !strings.Contains(text, "UNIQUE constraint failed") {
		return nil
	}
	mentions := func(word string) bool {
		before, after, found := strings.Cut(text, word)
		letter := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
		last, _ := utf8.DecodeLastRuneInString(before)
		first, _ := utf8.DecodeRuneInString(after)
		return found && !letter(last) && !letter(first)
	}
	for _, c := range m.columns {
		if !c.stored() {
			continue
		}
		column := strings.Trim(t.columnOf(&c.spec), `"`)
		if !t.postgres && mentions(name+"."+column) || t.postgres && (mentions(name+"_"+column+"_key") || c == m.key && mentions(name+"_pkey")) {
			return c
		}
	}
	return nil
}

// sqlState returns the SQLSTATE of an error, or "".
func sqlState(err error) string {
	var e interface{ SQLState() string }
	if errors.As(err, &e) {
		return e.SQLState()
	}
	return ""
}

// malformed reports that a value cannot be one of its column's, such as a text that is no
// UUID or a number that is too large. Then no row has it. pgx finds that out by itself.
func malformed(err error) bool {
	return err != nil && (strings.HasPrefix(sqlState(err), "22") || strings.Contains(err.Error(), "failed to encode args["))
}
