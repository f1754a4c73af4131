package resource

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/postern-go/postern/backoffice"
)

// model is what Fields say, in the form that pages and implementations of Data work with.
// It never changes once it is made.
type model[T any] struct {
	columns []*column[T]
	byName  map[string]*column[T]
	// version is nil without a Version; title is the key if nothing else says which row
	// it is.
	key, version, title *column[T]
	// sort is the order of the list at first.
	sort *column[T]
	desc bool
}

// id is the key of a row as text.
func (m *model[T]) id(row *T) string { return m.key.plain(m.key.value(row)) }

// name is what people call a row.
func (m *model[T]) name(row *T) string {
	return cmp.Or(m.title.plain(m.title.value(row)), m.id(row))
}

// keyOf reads the text of a key, which comes from the request. One key has one text, so
// that a row has one address and one name in the audit log.
func (m *model[T]) keyOf(id string) (any, error) {
	if id == "" || len(id) > 4*shortText || m.key.characters(id) != nil {
		return nil, backoffice.ErrNotFound
	}
	v, err := m.key.read(id)
	if err != nil || m.key.assign(new(T), v) != nil {
		return nil, backoffice.ErrNotFound
	}
	return v, nil
}

// seen returns the fields on a page that the operator may see, in order.
func (m *model[T]) seen(o backoffice.Operator, in Place) (seen []*column[T]) {
	for _, c := range m.columns {
		if c.in&in != 0 && c.open(o) {
			seen = append(seen, c)
		}
	}
	return seen
}

// open reports whether the operator may see the field. Nothing else decides that.
func (s *spec) open(o backoffice.Operator) bool {
	return s.permission == "" || o.Can(s.permission)
}

// changed returns the names of the fields that differ.
func (m *model[T]) changed(was, now *T) (names []string) {
	for _, c := range m.columns {
		if c.stored() && c.kind != versionKind && !c.equal(was, now) {
			names = append(names, c.name)
		}
	}
	return names
}

// record returns what the audit log keeps of a change: the fields that differ, before and
// after. was is nil for a new row, and now for one that is deleted.
func (m *model[T]) record(was, now *T) (before, after map[string]string) {
	before, after = make(map[string]string), make(map[string]string)
	for _, c := range m.columns {
		switch {
		case !c.stored(), c.kind == versionKind, was != nil && now != nil && c.equal(was, now):
			continue
		case c.private():
			if was != nil && now != nil {
				after[c.name] = "changed"
			}
			continue
		}
		if was != nil && !zero(c.value(was)) {
			before[c.name] = c.record(c.value(was))
		}
		if now != nil && (was != nil || !zero(c.value(now))) {
			after[c.name] = c.record(c.value(now))
		}
	}
	return before, after
}

// check returns what is wrong with a row that is to be saved, besides what parse finds:
// references to rows that are not there or that the operator may not see, and what the
// host's Validate says. was is nil for a new row.
func (r *Resource[T]) check(ctx context.Context, was, now *T) ([]*problem, error) {
	var found []*problem
	for _, c := range r.model.columns {
		if c.kind != refKind || was != nil && c.equal(was, now) || zero(c.value(now)) || was == nil && c.in&New == 0 {
			continue
		}
		id := c.plain(c.value(now))
		labels, err := c.to.labels(ctx, []string{id})
		if err != nil {
			return nil, err
		}
		if _, ok := labels[id]; !ok {
			found = append(found, c.problem(codeReference))
		}
	}
	if len(found) > 0 || r.Validate == nil {
		return found, nil
	}
	// Copies, so that a Validate that changes a row changes nothing that is saved.
	checked := *now
	if was != nil {
		before := *was
		was = &before
	}
	return problemsOf(r.Validate(ctx, was, &checked))
}

// problemsOf turns an error about what was typed into problems. Any other it returns.
func problemsOf(err error) (found []*problem, _ error) {
	var invalid *backoffice.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Problems) == 0 {
		return nil, err
	}
	for _, p := range invalid.Problems {
		if p.Code == codeTaken && p.Text == takenText {
			found = append(found, &problem{field: p.Field, code: codeTaken})
			continue
		}
		found = append(found, &problem{field: p.Field, code: codeHost, text: p.Text})
	}
	return found, nil
}

// takenText is what [SQL] says of a value that must be unique and is not. Pages say it in
// the language of the operator.
const takenText = "is already in use"

// labels asks for labels, in the batches that a Relation expects.
func (r Relation) labels(ctx context.Context, ids []string) (map[string]string, error) {
	all := make(map[string]string, len(ids))
	if r.Labels == nil {
		return all, nil
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	for batch := range slices.Chunk(slices.Compact(ids), mostLabels) {
		labels, err := r.Labels(ctx, batch)
		if err != nil {
			return nil, err
		}
		for _, id := range batch {
			if label, ok := labels[id]; ok {
				all[id] = label
			}
		}
	}
	return all, nil
}

const mostLabels = 200

// find asks for what matches a search.
func (r Relation) find(ctx context.Context, search string) ([]Option, error) {
	if r.Find == nil {
		return nil, nil
	}
	found, err := r.Find(ctx, strings.TrimSpace(search), mostFound)
	for i := range found {
		found[i].Label = cmp.Or(found[i].Label, found[i].Value)
	}
	return found[:min(len(found), mostFound)], err
}

const mostFound = 20
