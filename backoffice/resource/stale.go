package resource

import (
	"net/http"

	"github.com/postern-go/postern/internal/pages"
)

// merged is the row as it is stored, with what the form changes.
func (r *request[T]) merged(fields []*column[T], was, mine, stored *T) T {
	now := *stored
	for _, c := range fields {
		if c.equal(was, mine) {
			continue
		}
		if c.kind == customKind {
			_ = c.parseCustom(&now, c.kept(mine)) // it was parsed before
		} else {
			_ = c.assign(&now, c.value(mine)) // as it comes from a row
		}
	}
	return now
}

// clash reports whether what the form changes, and what someone else saved after it was made,
// has to be compared. With a version, any change of theirs; else one of a field that both
// changed, unless to the same.
func (r *request[T]) clash(fields []*column[T], was, mine, stored *T) bool {
	if v := r.model.version; v != nil && !v.equal(was, stored) {
		return len(r.model.changed(was, mine)) > 0 && !r.alike(fields, mine, stored)
	}
	for _, c := range fields {
		if !c.equal(was, mine) && !c.equal(was, stored) && !c.equal(mine, stored) {
			return true
		}
	}
	return false
}

// alike reports whether fields of two rows are the same.
func (r *request[T]) alike(fields []*column[T], a, b *T) bool {
	for _, c := range fields {
		if !c.equal(a, b) {
			return false
		}
	}
	return true
}

// showStale shows both changes, and a form that saves the reader's.
func (r *request[T]) showStale(fields []*column[T], was, mine, stored, now *T) (pages.Answer, error) {
	id := r.model.id(stored)
	p := pages.ResourceStalePage{ResourceNames: r.names(), Name: r.model.name(stored), Post: r.rowPath(id, "edit"), Back: r.rowPath(id)}
	of, err := r.labelsOf(fields, was, mine, stored)
	if err != nil {
		return nil, err
	}
	for _, c := range fields {
		v := pages.ResourceConflict{
			Label: r.host(c.label), They: !c.equal(was, stored), Me: !c.equal(was, mine),
			Before: r.said(c, c.value(was), of), Theirs: r.said(c, c.value(stored), of), Mine: r.said(c, c.value(mine), of),
		}
		v.Clash = v.They && v.Me && !c.equal(mine, stored)
		if v.They || v.Me {
			p.Values = append(p.Values, v)
		}
	}
	texts := r.texts(fields, now)
	for _, c := range fields {
		text := texts.Get(c.name)
		if c.kind == boolKind {
			if text != "true" {
				continue // as a box that is not ticked
			}
			text = ticked
		}
		p.Fields = append(p.Fields, pages.Hidden{Name: c.name, Value: text})
	}
	p.Fields = append(p.Fields, pages.Hidden{Name: "revision", Value: r.snapped(fields, stored)})
	return pages.ShowPage(http.StatusConflict, p), nil
}
