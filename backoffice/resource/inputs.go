package resource

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

// inputs are the fields of a form, with these texts in them.
func (r *request[T]) inputs(fields []*column[T], texts url.Values, form view.Form) ([]pages.ResourceField, error) {
	var all []pages.ResourceField
	for _, c := range fields {
		f := pages.ResourceField{Field: parts.Field{
			Name: c.name, ID: "field-" + c.name, Label: r.host(c.label), Value: texts.Get(c.name),
			Error: form.Error(c.name), Autofocus: form.FirstWrong(c.name), Optional: c.optional,
		}}
		hints := []string{r.host(c.hint)}
		switch c.kind {
		case choiceKind:
			f.Kind, f.Options = parts.KindChoice, r.options(c, f.Value)
		case refKind:
			choices, err := r.choices(c, f.Value, texts.Get(c.name+seek))
			if err != nil {
				return nil, err
			}
			f.Sought = texts.Get(c.name + seek)
			if f.Value == "" && f.Sought != "" && len(choices) == 1 {
				f.Value, choices[0].Chosen = choices[0].Value, true // nothing else can be meant
			}
			f.Kind, f.Options = parts.KindChoice, r.orNone(c, f.Value, choices)
			f.More = len(choices) >= mostFound || f.Sought != ""
			f.Autofocus = f.Autofocus || texts.Get("find") == c.name
		case boolKind:
			f.Kind, f.Optional = parts.KindTick, false
			if f.Value == "false" {
				f.Value = ""
			}
		case intKind:
			f.Unit = r.host(c.unit)
			if c.low >= 0 { // the keyboards of digits of some phones have no minus
				f.Kind = parts.KindNumber
			}
			if c.bounded {
				hints = append(hints, r.T("resource.hint.between", "low", c.low, "high", c.high))
			}
		case timeKind:
			f.Kind = parts.KindDate
			if !c.date {
				f.Kind, f.Unit = parts.KindDateTime, c.zone.String()
			}
			if !shows(f.Kind, f.Value) {
				f.Kind = parts.KindText
			}
		default:
			f.MaxLength = c.max
			if c.kind == textKind {
				f.Capitals = "sentences"
			}
			if c.long {
				f.Kind, f.Rows = parts.KindLong, 8
			}
		}
		f.Hint = strings.Join(slices.DeleteFunc(hints, func(s string) bool { return s == "" }), " ")
		all = append(all, f)
	}
	return all, nil
}

// shows reports whether the browser's field for times shows a text: one that it cannot read,
// it drops, and so what was typed in a browser without such fields.
func shows(kind parts.Kind, text string) bool {
	layout := time.DateOnly
	if kind == parts.KindDateTime {
		layout = minuteLayout
		if len(text) > len(minuteLayout) {
			layout = secondLayout
		}
	}
	_, err := time.Parse(layout, text)
	return text == "" || err == nil
}

// ticked is what a box that is ticked posts.
const ticked = "on"

// options are the choices of a field. A value that is no longer one of them stays.
func (r *request[T]) options(c *column[T], value string) (options []view.Option) {
	there := value == ""
	for _, o := range c.options {
		there = there || o.Value == value
		options = append(options, view.Option{Value: o.Value, Label: r.host(o.Label), Chosen: o.Value == value})
	}
	if !there {
		options = append(options, view.Option{Value: value, Label: value, Chosen: true})
	}
	return r.orNone(c, value, options)
}

// orNone adds that nothing is chosen, where that may be or is so.
func (r *request[T]) orNone(c *column[T], value string, options []view.Option) []view.Option {
	if !c.optional && value != "" {
		return options
	}
	none := view.Option{Label: r.T("list.choose"), Chosen: value == ""}
	if c.optional {
		none.Label = r.T("common.none")
	}
	return append([]view.Option{none}, options...)
}

// texts are what the form of a row begins with.
func (r *request[T]) texts(fields []*column[T], row *T) url.Values {
	texts := url.Values{}
	for _, c := range fields {
		text := c.text(row)
		if c.kind == refKind && zero(c.value(row)) {
			text = ""
		}
		texts.Set(c.name, text)
	}
	return texts
}

// parsed reads the form into now, which is a copy of was, and returns what is wrong. Only
// these fields are read, whatever was sent.
func (r *request[T]) parsed(fields []*column[T], was, now *T) (found []*problem) {
	for _, c := range fields {
		if p := c.parse(was, now, r.Form().Get(c.name)); p != nil {
			found = append(found, p)
		}
	}
	return found
}

// reason reads the reason for an act, cut as its field is.
func (r *request[T]) reason(of Reason) (reason pages.ResourceReason, f view.Form) {
	reason = pages.ResourceReason{Ask: of != NoReason, Must: of == MustReason}
	if !reason.Ask {
		return reason, f
	}
	reason.Reason = strings.TrimSpace(r.Form().Get("reason"))
	switch {
	case reason.Must && reason.Reason == "":
		f = f.Refuse("reason", r.T("resource.problem.required"))
	case len([]rune(reason.Reason)) > mostReason:
		f = f.Refuse("reason", r.T("resource.problem.too_long", "n", mostReason))
	}
	return reason, f
}

const mostReason = 500
