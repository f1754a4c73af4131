package resource

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

// rowsPerPage is how many rows a page of the list has.
const rowsPerPage = 50

// getList shows a page of the list.
func (r *request[T]) getList() (pages.Answer, error) {
	p := pages.ResourceListPage{ResourceNames: r.names(), Lede: r.host(r.Text), MostExported: mostExported}
	q, form, err := r.query(&p)
	if err != nil {
		return nil, err
	}
	p.Form = form
	if r.may("create") {
		p.New = r.path() + "/" + ofNone + "/" + newPage
	}
	if r.may("export") {
		p.Export = r.path()
	}
	if p.Failed() {
		return pages.ShowPage(http.StatusUnprocessableEntity, p), nil
	}
	status, err := http.StatusOK, r.fill(&p, q)
	if errors.Is(err, ErrTooSlow) {
		r.Log("list too slow", err)
		p.Form, status, err = r.only("resource.slow"), http.StatusServiceUnavailable, nil
	}
	return pages.ShowPage(status, p), err
}

// fill reads the rows of the page.
func (r *request[T]) fill(p *pages.ResourceListPage, q Query) error {
	q.Limit = rowsPerPage
	given := r.Query()
	back := false
	if before := given.Get("before"); before != "" {
		reverse := q
		reverse.Desc = !q.Desc
		if q.After, back = r.cursor(reverse, before); back {
			q.Desc = reverse.Desc
		}
	} else if after := given.Get("after"); after != "" {
		q.After, _ = r.cursor(q, after)
	}
	rows, next, err := r.Resource.page(r.ctx, r.viewable, q)
	if err == nil && len(rows) == 0 && q.After != nil {
		// Nothing is left there, which does not mean that nothing is.
		q.After, q.Desc, back = nil, q.Desc != back, false
		rows, next, err = r.Resource.page(r.ctx, r.viewable, q)
	}
	if err != nil {
		return err
	}
	first, last := q.After == nil, next == nil
	if back {
		slices.Reverse(rows)
		first, last, q.Desc = next == nil, false, !q.Desc
	}
	p.List = r.Listed()
	if q.After != nil {
		p.First = r.Following(r.path(), nil, "after", "before", "list")
	}
	if len(rows) > 0 && !first {
		reverse := q
		reverse.Desc = !q.Desc
		p.Previous = r.Following(r.path(), map[string]string{"before": r.sealed(reverse, &rows[0])}, "after", "list")
	}
	if len(rows) > 0 && !last {
		p.Next = r.Following(r.path(), map[string]string{"after": r.sealed(q, &rows[len(rows)-1])}, "before", "list")
	}
	return r.lines(p, rows)
}

// cursor opens a place in the list that a link of this operator names.
func (r *request[T]) cursor(q Query, text string) (*Cursor, bool) {
	plain, ok := r.Open("list "+r.Path, text)
	if !ok {
		return nil, false
	}
	return r.model.cursorOf(q, string(plain))
}

func (r *request[T]) sealed(q Query, row *T) string {
	return r.Seal("list "+r.Path, []byte(r.model.cursorText(q, r.model.place(q, row))))
}

// listed are the columns of the list, that which says which row it is first.
func (r *request[T]) listed() []*column[T] {
	columns := r.model.seen(r.op, List)
	if i := slices.Index(columns, r.model.title); i > 0 {
		columns = slices.Insert(slices.Delete(columns, i, i+1), 0, r.model.title)
	}
	return columns
}

// lines shows rows, and what can be done to them.
func (r *request[T]) lines(p *pages.ResourceListPage, rows []T) error {
	columns := r.listed()
	sort, desc := r.model.ordered(r.op, r.Query().Get("sort"))
	for _, c := range columns {
		p.Columns = append(p.Columns, r.head(c, sort, desc))
	}
	if len(columns) > 0 && columns[0] == r.model.title {
		columns = columns[1:]
	} else {
		p.Columns = slices.Insert(p.Columns, 0, pages.ResourceColumn{Label: r.host(r.model.title.label)})
	}
	pointers := make([]*T, len(rows))
	for i := range rows {
		pointers[i] = &rows[i]
	}
	of, err := r.labelsOf(columns, pointers...)
	if err != nil {
		return err
	}
	bulk := r.bulkActs()
	for _, row := range pointers {
		id := r.model.id(row)
		line := pages.ResourceRow{ID: id, Name: r.model.name(row), Path: r.rowPath(id), Acts: r.offered(row)}
		for _, c := range columns {
			line.Cells = append(line.Cells, r.cell(c, row, of))
		}
		line.Tick = slices.ContainsFunc(bulk, func(act string) bool { return r.mayDo(act, row) })
		p.MayTick = p.MayTick || line.Tick
		p.Rows = append(p.Rows, line)
	}
	p.Acts = []view.Option{{Label: r.T("list.choose")}}
	for _, act := range bulk {
		if r.may(act) {
			p.Acts = append(p.Acts, view.Option{Value: act, Label: r.label(act)})
		}
	}
	return nil
}

// head is the head of a column, which sorts by it, or the other way round.
func (r *request[T]) head(c, sort *column[T], desc bool) pages.ResourceColumn {
	h := pages.ResourceColumn{Label: r.host(c.label), Number: c.kind == intKind}
	if !c.sorted {
		return h
	}
	order := c.name
	if c == sort {
		h.Sorted = "ascending"
		if desc {
			h.Sorted = "descending"
		} else {
			order = "-" + order
		}
	} else if c.kind == timeKind {
		order = "-" + order // the newest first
	}
	h.Sort = r.Following(r.path(), map[string]string{"sort": order}, "after", "before", "list")
	return h
}

// offered are the links of a row.
func (r *request[T]) offered(row *T) (links []pages.ResourceLink) {
	id := r.model.id(row)
	if r.mayDo("edit", row) {
		links = append(links, pages.ResourceLink{Label: r.T("resource.edit"), Path: r.rowPath(id, "edit")})
	}
	links = append(links, r.actLinks(row)...)
	if r.mayDo("delete", row) {
		links = append(links, pages.ResourceLink{Label: r.T("resource.delete"), Path: r.rowPath(id, "delete"), Danger: true})
	}
	return links
}

// actLinks are the acts that make sense for a row, those that destroy last.
func (r *request[T]) actLinks(row *T) (links []pages.ResourceLink) {
	for i := range r.Acts {
		if a := &r.Acts[i]; a.fits(row) && r.mayDo(a.Name, row) {
			links = append(links, pages.ResourceLink{Label: r.host(a.Label), Path: r.rowPath(r.model.id(row), a.Name), Danger: a.Danger})
		}
	}
	slices.SortStableFunc(links, func(a, b pages.ResourceLink) int { return int(number(a.Danger) - number(b.Danger)) })
	return links
}

// fits reports whether the act makes sense for a row.
func (a *Act[T]) fits(row *T) bool { return a.When == nil || a.When(row) }

// bulkActs are the names of what can be done to several rows.
func (r *Resource[T]) bulkActs() (names []string) {
	for _, a := range r.Acts {
		if a.Bulk {
			names = append(names, a.Name)
		}
	}
	if r.BulkDelete {
		names = append(names, "delete")
	}
	return names
}

// label is the button of an act.
func (r *request[T]) label(act string) string {
	if a := r.named(act); a != nil {
		return r.host(a.Label)
	}
	return r.T("resource." + act)
}

// filtered are the columns that the operator may filter by.
func (r *request[T]) filtered() []*column[T] {
	return slices.DeleteFunc(r.model.seen(r.op, Read), func(c *column[T]) bool { return !c.filtered })
}

// listFields are the fields of the form that has all of the list.
func (s *site[T]) listFields() []string {
	fields := []string{"q", "sort"}
	for _, c := range s.model.columns {
		if c.filtered {
			fields = append(fields, c.name, c.name+from, c.name+to)
		}
	}
	return fields
}

// The names of the bounds of a range end so, and those of a search for a reference.
const (
	from = ".from"
	to   = ".to"
	seek = ".q"
)

// searched returns what is searched for, and in which fields.
func (r *request[T]) searched(text string) (search string, fields []string) {
	for _, c := range r.model.seen(r.op, Read) {
		if c.searched {
			fields = append(fields, c.name)
		}
	}
	if len(fields) == 0 || len(Words(text)) == 0 {
		return "", fields
	}
	return strings.TrimSpace(text), fields
}
