package resource

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

// query reads what the address asks of the list, and shows it in the filters of the page. The
// form has what is wrong with them.
func (r *request[T]) query(p *pages.ResourceListPage) (Query, view.Form, error) {
	given := r.Query()
	q, found := r.asked(given)
	p.Searched, p.Search = len(q.Searched) > 0, given.Get("q")
	for _, c := range r.filtered() {
		inputs, err := r.filters(c, given, found)
		if err != nil {
			return q, view.Form{}, err
		}
		if c.values == numbers && !c.chosen() || c.values == times || len(p.Filters) == mostOpenFilters {
			p.More = append(p.More, inputs...)
			p.MoreOpen = p.MoreOpen || slices.ContainsFunc(inputs, func(f pages.ResourceField) bool { return f.Value != "" || f.Error != "" || f.Sought != "" })
			continue
		}
		p.Filters = append(p.Filters, inputs...)
	}
	p.Filtered = q.Search != "" || len(q.Where) > 0 || len(found) > 0
	r.orders(p, given.Get("sort"))
	for _, name := range r.listFields() {
		if v := given.Get(name); v != "" {
			p.Query = append(p.Query, pages.Hidden{Name: name, Value: v})
		}
	}
	var form view.Form
	for _, f := range found {
		form = form.Refuse(f.field, r.sentence(f))
	}
	return q, form, nil
}

// mostOpenFilters is how many filters are not folded away.
const mostOpenFilters = 3

// chosen reports that values of the field are chosen from a list.
func (s *spec) chosen() bool {
	return s.kind == choiceKind || s.kind == refKind || s.kind == boolKind
}

// asked reads a query from an address or a form. Fields that the operator may not see
// do not exist in it.
func (r *request[T]) asked(given url.Values) (q Query, found []*problem) {
	q.Search, q.Searched = r.searched(given.Get("q"))
	sort, desc := r.model.ordered(r.op, given.Get("sort"))
	q.Sort, q.Desc = sort.name, desc
	for _, c := range r.filtered() {
		if text := given.Get(c.name); text != "" {
			if w, p := c.equals(text); p != nil {
				found = append(found, p)
			} else {
				q.Where = append(q.Where, w)
			}
		}
		bounds := Where{Field: c.name}
		for _, end := range []string{from, to} {
			text := given.Get(c.name + end)
			if strings.TrimSpace(text) == "" {
				continue
			}
			v, p := c.bound(text, end == to)
			switch {
			case p != nil:
				p.field += end
				found = append(found, p)
			case end == from:
				bounds.From = v
			default:
				bounds.Until = v
			}
		}
		if bounds.From != nil || bounds.Until != nil {
			q.Where = append(q.Where, bounds)
		}
	}
	return q, found
}

// equals is the condition that the field has the value with this text.
func (c *column[T]) equals(text string) (w Where, p *problem) {
	if c.kind == choiceKind {
		if _, p := c.understand(text); p != nil {
			return w, p
		}
	}
	if c.kind == textKind {
		text = c.tidy(text)
	}
	v, err := c.read(text)
	if err == nil {
		err = c.assign(new(T), v)
	}
	if err != nil {
		return w, c.problem(codeChoice)
	}
	return Where{Field: c.name, In: []any{v}}, nil
}

// filters are the inputs that filter by a field.
func (r *request[T]) filters(c *column[T], given url.Values, found []*problem) ([]pages.ResourceField, error) {
	value := given.Get(c.name)
	input := func(name, label, value string) pages.ResourceField {
		f := pages.ResourceField{Field: parts.Field{Name: name, ID: "field-" + name, Label: label, Value: value, Kind: parts.KindSearch, Filter: true}}
		for _, p := range found {
			if p.field == name {
				f.Error = r.sentence(p)
			}
		}
		return f
	}
	f := input(c.name, r.host(c.label), value)
	anything := view.Option{Label: r.T("resource.filter.any"), Chosen: value == ""}
	switch {
	case c.kind == refKind:
		return r.refFilter(f, c, given)
	case c.kind == choiceKind:
		f.Kind, f.Options = parts.KindChoice, []view.Option{anything}
		for _, o := range c.options {
			f.Options = append(f.Options, view.Option{Value: o.Value, Label: r.host(o.Label), Chosen: o.Value == value})
		}
	case c.kind == boolKind:
		f.Kind = parts.KindChoice
		f.Options = []view.Option{
			anything,
			{Value: "true", Label: r.T("resource.yes"), Chosen: value == "true"},
			{Value: "false", Label: r.T("resource.no"), Chosen: value == "false"},
		}
	case c.values == numbers || c.values == times:
		low := input(c.name+from, r.T("resource.filter.from", "field", r.host(c.label)), given.Get(c.name+from))
		high := input(c.name+to, r.T("resource.filter.to", "field", r.host(c.label)), given.Get(c.name+to))
		low.Kind, high.Kind, low.Unit, high.Unit = parts.KindNumber, parts.KindNumber, r.host(c.unit), r.host(c.unit)
		if c.values == times {
			low.Kind, high.Kind = parts.KindDate, parts.KindDate
		}
		for _, f := range []*pages.ResourceField{&low, &high} {
			if f.Kind == parts.KindDate && !shows(f.Kind, f.Value) {
				f.Kind = parts.KindText
			}
		}
		return []pages.ResourceField{low, high}, nil
	}
	return []pages.ResourceField{f}, nil
}

// refFilter chooses a row that the field refers to, among those that are found.
func (r *request[T]) refFilter(f pages.ResourceField, c *column[T], given url.Values) ([]pages.ResourceField, error) {
	f.Kind, f.Sought = parts.KindChoice, given.Get(c.name+seek)
	choices, err := r.choices(c, f.Value, f.Sought)
	if err != nil {
		return nil, err
	}
	f.More = len(choices) >= mostFound || f.Sought != ""
	f.Options = append([]view.Option{{Label: r.T("resource.filter.any"), Chosen: f.Value == ""}}, choices...)
	return []pages.ResourceField{f}, nil
}

// choices are the rows that a field may refer to, as far as they are found: that which is
// chosen is among them.
func (r *request[T]) choices(c *column[T], chosen, sought string) ([]view.Option, error) {
	found, err := c.to.find(r.ctx, sought)
	if err != nil {
		return nil, err
	}
	if chosen != "" && !slices.ContainsFunc(found, func(o Option) bool { return o.Value == chosen }) {
		known, err := c.to.labels(r.ctx, []string{chosen})
		if err != nil {
			return nil, err
		}
		found = append([]Option{{Value: chosen, Label: cmp.Or(known[chosen], chosen)}}, found...)
	}
	var options []view.Option
	for _, o := range found {
		options = append(options, view.Option{Value: o.Value, Label: o.Label, Chosen: o.Value == chosen})
	}
	return options, nil
}

// orders offers the orders of the list, for those who see no heads of columns.
func (r *request[T]) orders(p *pages.ResourceListPage, asked string) {
	sort, desc := r.model.ordered(r.op, asked)
	add := func(c *column[T], down bool) {
		o := view.Option{Value: c.name, Label: r.T("resource.sort.ascending", "field", r.host(c.label)), Chosen: c == sort && down == desc}
		if down {
			o.Value, o.Label = "-"+c.name, r.T("resource.sort.descending", "field", r.host(c.label))
		}
		p.Sorts = append(p.Sorts, o)
	}
	for _, c := range r.model.seen(r.op, List) {
		if c.sorted {
			add(c, false)
			add(c, true)
		}
	}
	if !slices.ContainsFunc(p.Sorts, func(o view.Option) bool { return o.Chosen }) {
		add(sort, desc)
	}
}
