package resource

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/mysqlerror"
)

func (t *table[T]) create(ctx context.Context, row T) (id string, err error) {
	m, err := t.fields()
	if err != nil {
		return "", err
	}
	s, n := t.statement(), 0
	s.add("INSERT INTO ")
	s.name(t.quoteTable(t.Name))
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
	switch {
	case n == 0 && t.syntax == mysql:
		s.add(" () VALUES ()")
	case n == 0:
		s.add(" DEFAULT VALUES")
	default:
		s.add(") VALUES (?"+strings.Repeat(", ?", n-1)+")", values...)
	}
	if t.syntax == mysql {
		return t.insert(ctx, m, s, row)
	}
	s.add(" RETURNING ")
	s.name(t.columnOf(&m.key.spec))
	ctx, explain, cancel := t.bounded(ctx, t.patience)
	defer cancel()
	var made T
	err = t.db.QueryRowContext(ctx, s.String(), s.args...).Scan(t.cells([]*column[T]{m.key}, &made)...)
	if err != nil {
		return "", t.failed(m, "create a row", explain(err))
	}
	return m.id(&made), nil
}

// insert runs an INSERT that cannot return the key, as in MySQL.
func (t *table[T]) insert(ctx context.Context, m *model[T], s *statement, row T) (id string, err error) {
	given := m.key.value(&row)
	if zero(given) && m.key.values != numbers {
		return "", fmt.Errorf("a new row of %s has no key, and MySQL would not say which one it gave: set it in Resource.New", t.Name)
	}
	ctx, explain, cancel := t.bounded(ctx, t.patience)
	defer cancel()
	result, err := t.db.ExecContext(ctx, s.String(), s.args...)
	if err != nil {
		return "", t.failed(m, "create a row", explain(err))
	}
	if !zero(given) {
		return m.id(&row), nil
	}
	key, err := result.LastInsertId()
	if err == nil && key == 0 {
		err = errors.New("its key is unknown, because the column has no AUTO_INCREMENT: set it in Resource.New")
	}
	if err == nil {
		err = m.key.assign(&row, key)
	}
	if err != nil {
		return "", fmt.Errorf("a row of %s was made, but %w", t.Name, err)
	}
	return m.id(&row), nil
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
	s.name(t.quoteTable(t.Name))
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
	s.name(t.quoteTable(t.Name))
	return t.swap(ctx, m, s, m.key.value(&was), &was, m.names())
}

// swap runs a change of the row with this key, if these fields of it are as they were.
func (t *table[T]) swap(ctx context.Context, m *model[T], s *statement, key any, was *T, fields []string) error {
	text, args := s.Len(), len(s.args) // where the conditions begin
	next := s.conditions()
	next()
	t.equals(s, &m.key.spec, key)
	for _, c := range m.compared(fields) {
		next()
		t.asItWas(s, c, was)
	}
	bound, explain, cancel := t.bounded(ctx, t.patience)
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
	case t.syntax == mysql && m.version == nil:
		same, err := t.unchanged(bound, s.String(), text, s.args, args)
		if err != nil {
			return t.failed(m, "change a row", explain(err))
		}
		if same {
			return nil
		}
	}
	return t.why(ctx, m, key, was, fields)
}

// unchanged runs an UPDATE again that changed no row of MySQL, which does not count those
// that had the values before. It reports whether there is such a row.
func (t *table[T]) unchanged(ctx context.Context, update string, text int, args []any, first int) (same bool, err error) {
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	query := "SELECT 1 FROM " + t.quoteTable(t.Name) + update[text:] + " FOR UPDATE"
	var one int
	if err = tx.QueryRowContext(ctx, query, args[first:]...).Scan(&one); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return false, err
	}
	// It may have been another row a moment ago, as the statement before found none.
	if _, err = tx.ExecContext(ctx, update, args...); err != nil {
		return false, err
	}
	return true, tx.Commit()
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
	case c.kind == customKind && t.syntax == mysql:
		s.name(t.columnOf(&c.spec))
		s.add(" <=> ?", t.stored(c, was))
	case c.kind == customKind && t.syntax == postgres:
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
		t.equals(s, &c.spec, v)
		s.add(")")
	default:
		t.equals(s, &c.spec, v)
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
	if e, _ := mysqlerror.As(err); sqlState(err) == "23502" || e.Number == 1048 || e.Number == 1364 || strings.Contains(err.Error(), "NOT NULL constraint failed") {
		return fmt.Errorf("%s of %s: %w; an Optional field that is empty is NULL unless NotNull is set, and a column without a field needs a default", doing, t.Name, err)
	}
	return fmt.Errorf("%s of %s: %w", doing, t.Name, err)
}

// duplicate returns the field whose value must be unique and is not; nil if the error says
// something else. SQLite names the columns: "UNIQUE constraint failed: posts.slug".
// PostgreSQL names the constraint, which is posts_slug_key if nobody called it otherwise,
// and posts_pkey for the key. MySQL names the key, which is slug or slug_2, and PRIMARY, behind
// the table in some versions.
func (t *table[T]) duplicate(m *model[T], err error) *column[T] {
	_, name, found := strings.Cut(t.Name, ".")
	if !found {
		name = t.Name
	}
	text := err.Error()
	key, isTaken := mysqlerror.TakenKey(err)
	if _, behind, found := strings.Cut(key, name+"."); found {
		key = behind
	}
	switch {
	case t.syntax == sqlite && !strings.Contains(text, "UNIQUE constraint failed"),
		t.syntax == postgres && sqlState(err) != "23505",
		t.syntax == mysql && !isTaken:
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
		column := strings.Trim(t.columnOf(&c.spec), "\"`")
		var is bool
		switch t.syntax {
		case sqlite:
			is = mentions(name + "." + column)
		case postgres:
			is = mentions(name+"_"+column+"_key") || c == m.key && mentions(name+"_pkey")
		case mysql:
			n, numbered := strings.CutPrefix(key, column+"_")
			is = key == column || numbered && strings.Trim(n, "0123456789") == "" || c == m.key && key == "PRIMARY"
		}
		if is {
			return c
		}
	}
	return nil
}

// sqlState returns the SQLSTATE of an error of PostgreSQL, or "".
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
	e, _ := mysqlerror.As(err)
	return err != nil && (strings.HasPrefix(sqlState(err), "22") || strings.HasPrefix(e.State, "22") || notText[e.Number] || strings.Contains(err.Error(), "failed to encode args["))
}

// notText are errors of MySQL about a value that its column's type or character set cannot hold.
var notText = map[int]bool{1267: true, 1300: true, 1366: true, 1525: true, 3854: true}
