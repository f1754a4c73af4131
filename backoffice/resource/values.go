package resource

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/pages"
)

// What pages show of rows.

// labels are what people call the rows that fields refer to, by field and key.
type labels map[string]map[string]string

// labelsOf asks for the labels of all references of some rows, once for each field.
func (r *request[T]) labelsOf(columns []*column[T], rows ...*T) (labels, error) {
	all := labels{}
	for _, c := range columns {
		if c.kind != refKind {
			continue
		}
		var ids []string
		for _, row := range rows {
			if v := c.value(row); !zero(v) {
				ids = append(ids, c.plain(v))
			}
		}
		if len(ids) == 0 {
			continue
		}
		found, err := c.to.labels(r.ctx, ids)
		if err != nil {
			return nil, err
		}
		all[c.name] = found
	}
	return all, nil
}

// cell is a value as people read it. of are the labels of what it may refer to.
func (r *request[T]) cell(c *column[T], row *T, of labels) pages.ResourceCell {
	v := c.value(row)
	cell := pages.ResourceCell{Label: r.host(c.label), Number: c.kind == intKind, Long: c.long, Mono: c.kind == keyKind}
	switch t, isTime := v.(time.Time); {
	case zero(v) && (c.optional || c.kind != intKind && c.kind != boolKind && c.kind != choiceKind):
	case isTime && !c.date:
		cell.At = t
	default:
		cell.Text = r.said(c, v, of)
	}
	switch {
	case c.kind == choiceKind && cell.Text != "":
		cell.Level = string(cmp.Or(c.choice(c.plain(v)).Level, "plain"))
	case c.kind == refKind && cell.Text != "" && c.to.Path != "" && r.Can(c.to.Permission):
		if _, there := of[c.name][c.plain(v)]; there {
			cell.Path = r.URL(c.to.Path + url.PathEscape(c.plain(v)))
		}
	}
	return cell
}

// said is a value as text.
func (r *request[T]) said(c *column[T], v any, of labels) string {
	in := r.Words()
	if c.optional && zero(v) {
		return ""
	}
	switch c.kind {
	case choiceKind:
		return r.host(c.choice(c.plain(v)).Label)
	case refKind:
		if label, ok := of[c.name][c.plain(v)]; ok {
			return label
		}
		return c.plain(v)
	case boolKind:
		return r.T(yesNo(v == true))
	case intKind:
		n := strconv.FormatInt(v.(int64), 10)
		if c.unit != "" {
			n += "\u00a0" + r.host(c.unit)
		}
		return n
	case timeKind:
		t := v.(time.Time)
		switch {
		case t.IsZero():
			return ""
		case c.date:
			return in.Date(messages.On(t))
		}
		return t.In(c.zone).Format(shownLayout)
	}
	return c.plain(v)
}

// shownLayout is for times beside others of a form, in its zone.
const shownLayout = "2006-01-02 15:04:05 MST"

func yesNo(yes bool) string {
	if yes {
		return "resource.yes"
	}
	return "resource.no"
}

// choice is the option with a value, which may be offered no more.
func (s *spec) choice(value string) Option {
	i := slices.IndexFunc(s.options, func(o Option) bool { return o.Value == value })
	if i < 0 {
		return Option{Value: value, Label: value}
	}
	return s.options[i]
}

// facts are the values of a row that fit on lines, for pages that ask before an act.
func (r *request[T]) facts(row *T) ([]pages.ResourceCell, error) {
	short := slices.DeleteFunc(r.model.seen(r.op, Read), func(c *column[T]) bool { return c.long || c.secret })
	of, err := r.labelsOf(short, row)
	if err != nil {
		return nil, err
	}
	var facts []pages.ResourceCell
	for _, c := range short {
		if cell := r.cell(c, row, of); !cell.Empty() {
			facts = append(facts, cell)
		}
	}
	return facts, nil
}
