package resource

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store/sqlstore"
)

// Lookup makes a [Relation] of a table with a column for keys and one for what people call
// the rows. Whoever sees the [Ref] sees these names; to let operators see some only, use
// [Resource.Relation]. It finds rows as [SQL] does. Names are written as those of [Table];
// [Resource.Check] of the resource whose [Ref] has it reports mistakes in them.
func Lookup(db *sql.DB, dialect sqlstore.Dialect, table, id, name string) Relation {
	x := syntaxOf(dialect)
	l := lookup{x, db, x.quoteTable(table), x.quote(id), x.quote(name)}
	relation := Relation{Labels: l.labels, Find: l.find}
	switch {
	case db == nil:
		relation.mistake = "db is nil"
	case known(dialect) != "":
		relation.mistake = known(dialect)
	case !tableForm.MatchString(table):
		relation.mistake = fmt.Sprintf("%q is not the name of a table", table)
	case !columnForm.MatchString(id):
		relation.mistake = fmt.Sprintf("%q is not the name of a column", id)
	case !columnForm.MatchString(name):
		relation.mistake = fmt.Sprintf("%q is not the name of a column", name)
	}
	return relation
}

type lookup struct {
	syntax
	db              *sql.DB
	table, id, name string // quoted
}

func (l lookup) labels(ctx context.Context, ids []string) (map[string]string, error) {
	labels := make(map[string]string, len(ids))
	if len(ids) == 0 {
		return labels, nil
	}
	s := l.selected()
	s.add(" WHERE ")
	s.name(l.id)
	s.add(" IN (")
	for i, id := range ids {
		if i > 0 {
			s.add(", ")
		}
		s.add("?", id)
	}
	s.add(")")
	options, err := l.options(ctx, s)
	for _, o := range options {
		if l.syntax == mysql && !slices.Contains(ids, o.Value) {
			continue // it takes '1) OR' for 1, and Rose for rose
		}
		labels[o.Value] = o.Label
	}
	return labels, err
}

func (l lookup) find(ctx context.Context, search string, limit int) ([]Option, error) {
	s := l.selected()
	if words := Words(search); len(words) > 0 {
		s.add(" WHERE ")
		s.search([]string{l.name}, words, false)
	}
	s.add(" ORDER BY ")
	s.name(l.name)
	s.add(", ")
	s.name(l.id)
	s.add(fmt.Sprintf(" LIMIT %d", limit))
	return l.options(ctx, s)
}

func (l lookup) selected() *statement {
	s := l.statement()
	s.add("SELECT CAST(")
	s.name(l.id)
	s.add(" AS " + l.text() + "), ")
	s.name(l.name)
	s.add(" FROM ")
	s.name(l.table)
	return s
}

func (l lookup) options(ctx context.Context, s *statement) (found []Option, err error) {
	ctx, explain, cancel := l.bounded(ctx, Patience)
	defer cancel()
	rows, err := l.db.QueryContext(ctx, s.String(), s.args...)
	if malformed(err) {
		return nil, nil // no row has such a key
	}
	if err != nil {
		return nil, fmt.Errorf("look up rows of %s: %w", l.table, explain(err))
	}
	defer func() { _ = rows.Close() }() // Err says what went wrong
	for rows.Next() {
		var id string
		var name sql.NullString
		if err = rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		found = append(found, Option{Value: id, Label: name.String})
	}
	if err = rows.Err(); malformed(err) {
		return nil, nil
	}
	return found, explain(err)
}

// Relation returns what a [Ref] to rows of this resource needs. Operators see the names of
// the rows that they may view, and can choose those.
func (r *Resource[T]) Relation() Relation {
	return Relation{
		Labels: r.labels, Find: r.find, Path: r.path() + "/", Permission: r.permission("view"),
	}
}

// viewer returns the rows that the operator of the request may view.
func (r *Resource[T]) viewer(ctx context.Context) (Rows, error) {
	if err := r.Check(); err != nil {
		return Rows{}, err
	}
	o, ok := backoffice.OperatorFrom(ctx)
	if !ok || !o.Can(r.permission("view")) {
		return Rows{}, nil
	}
	return r.scope(ctx, o, "view")
}

func (r *Resource[T]) labels(ctx context.Context, ids []string) (map[string]string, error) {
	rows, err := r.viewer(ctx)
	if err != nil {
		return nil, err
	}
	found, err := r.byKeys(ctx, rows, ids)
	labels := make(map[string]string, len(found))
	for i := range found {
		labels[r.model.id(&found[i])] = r.model.name(&found[i])
	}
	return labels, err
}

func (r *Resource[T]) find(ctx context.Context, search string, limit int) ([]Option, error) {
	rows, err := r.viewer(ctx)
	if err != nil {
		return nil, err
	}
	m := r.model
	q := Query{Search: search, Sort: m.sort.name, Desc: m.desc, Limit: limit}
	if m.sort.permission != "" {
		q.Sort = m.key.name
	}
	for _, c := range m.columns {
		if c.searched && c.permission == "" {
			q.Searched = append(q.Searched, c.name)
		}
	}
	found, _, err := r.page(ctx, rows, q)
	options := make([]Option, 0, len(found))
	for i := range found {
		options = append(options, Option{Value: m.id(&found[i]), Label: m.name(&found[i])})
	}
	return options, err
}
