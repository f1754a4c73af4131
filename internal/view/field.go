package view

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/password"
)

// What forms are made of is public, because forms of hosts are made of it.
type (
	Form       = parts.Form
	FieldError = parts.FieldError
	Option     = parts.Option
)

// Summary is what is above a form that was refused. Errors beside fields are not repeated
// there, but if there are several, it counts them and leads to the first.
type Summary struct {
	// Texts are the errors of the whole form.
	Texts []string
	// Fields is how many fields have an error, First the name of the first.
	Fields int
	First  string
}

func summary(errors []FieldError) *Summary {
	var s Summary
	seen := map[string]bool{}
	for _, e := range errors {
		if e.Field == "" {
			s.Texts = append(s.Texts, e.Text)
		} else if !seen[e.Field] {
			seen[e.Field] = true
			s.First = cmp.Or(s.First, e.Field)
		}
	}
	s.Fields = len(seen)
	if len(s.Texts) == 0 && s.Fields < 2 {
		return nil
	}
	return &s
}

// PasswordRules are listed below a field for a new password.
type PasswordRules struct {
	// Requirements are ticked live by the script as far as it can judge them; it
	// knows their codes.
	Requirements []password.Requirement
	// Needs introduces them; if empty, "Your password needs:".
	Needs string
	// Words must not be the password. They are sent to the browser, so give only
	// what the reader may know, such as the office's name.
	Words []string
}

// Field is a field of a page of ours, which may also be for a new password.
type Field struct {
	parts.Field
	// Rules, on a field for a new password, are listed below it.
	Rules *PasswordRules
	// Context names fields of the same form that the password must differ from.
	Context string
}

// control is a field as the part "field" shows it: all on one level, with nothing left to
// compare, because templates do both slowly.
type control struct {
	ID, Name, Label, Hint, Value, Error, Autocomplete, Mode, Capitals, Unit, Context string
	// Class is that of the field, Input that of the control.
	Class, Input, Type, Dir, DescribedBy string
	MaxLength, Rows                      int
	Options                              []Option
	Rules                                *PasswordRules
	Required, Optional, Autofocus        bool
	// Plain is a box of the browser's to type in, Valued one that shows its value. The others
	// are kinds.
	Plain, Valued, Choice, Long, Password, Tick, Radio bool
}

// controlOf works out what a template should not. field is a parts.Field, or what the
// functions below make.
func controlOf(field any) (*control, error) {
	var f Field
	switch given := field.(type) {
	case Field:
		f = given
	case parts.Field:
		f.Field = given
	case *parts.Field:
		if given == nil {
			return nil, mistaken("field", "parts.Field", nil)
		}
		f.Field = *given
	case *control:
		return given, nil
	default:
		return nil, mistaken("field", "parts.Field", field)
	}
	if f.Name == "" || f.Label == "" {
		return nil, fmt.Errorf("the part \"field\": the field %q needs a name and a label", f.Name)
	}
	if !f.Kind.Known() {
		return nil, unknownKind(f.Name, string(f.Kind))
	}
	c := &control{
		ID: cmp.Or(f.ID, fieldID(f.Name)), Name: f.Name, Label: f.Label, Hint: f.Hint, Value: f.Value, Error: f.Error,
		Autocomplete: f.Autocomplete, Mode: f.InputMode, Capitals: f.Capitals, Unit: f.Unit, Context: f.Context,
		Class: "field", Input: "input", Type: cmp.Or(string(f.Kind), string(parts.KindText)), MaxLength: f.MaxLength, Rows: cmp.Or(f.Rows, 3),
		Options: f.Options, Rules: f.Rules, Required: !f.Optional && !f.Filter, Optional: f.Optional, Autofocus: f.Autofocus,
		Choice: f.Kind == parts.KindChoice, Long: f.Kind == parts.KindLong, Password: f.Kind == parts.KindPassword, Tick: f.Kind == parts.KindTick, Radio: f.Kind == parts.KindRadio,
		Valued: f.Kind != parts.KindFile,
	}
	c.Plain = !(c.Choice || c.Long || c.Password || c.Tick || c.Radio || f.Kind == parts.KindTicks)
	switch {
	case f.Kind == parts.KindNumber:
		c.Type, c.Mode, c.Input = string(parts.KindText), cmp.Or(c.Mode, "decimal"), "input input-number"
	case f.Filter && f.Kind == parts.KindSearch:
		c.Class = "field field-search"
	case f.Filter && f.Kind == parts.KindDateTime:
		c.Class = "field field-wide"
	}
	// What is typed is written from the left in addresses and numbers, whatever the language;
	// times are the browser's.
	switch cmp.Or(c.Mode, c.Type) {
	case "email", "url", "numeric", "decimal", "tel", "password":
		c.Dir = "ltr"
	case "date", "datetime-local", "time", "file":
	default:
		c.Dir = "auto"
	}
	var ids []string
	for _, text := range []struct {
		there bool
		name  string
	}{
		{c.Hint != "", "-hint"}, {c.Error != "", "-error"}, {c.Plain && c.Unit != "", "-unit"}, {c.Rules != nil && len(c.Rules.Requirements) > 0, "-rules"},
	} {
		if text.there {
			ids = append(ids, c.ID+text.name)
		}
	}
	c.DescribedBy = strings.Join(ids, " ")
	return c, nil
}

func unknownKind(field, kind string) error {
	var known []string
	for _, k := range parts.Kinds() {
		known = append(known, string(k))
	}
	return fmt.Errorf("the field %q: there is no kind %q%s: there are %s", field, kind, near(kind, known), strings.Join(known, ", "))
}

// fieldFuncs build a Field in a template, so that labels and hints stay in the
// markup:
//
//	{{template "field" (field .Page "email" .Page.Email | label "Email address" | autocomplete "email")}}
var fieldFuncs = map[string]any{
	"field":  func(form formErrors, name string, value any) (Field, error) { return fieldOf(form, name, value, "") },
	"secret": func(form formErrors, name string) (Field, error) { return fieldOf(form, name, "", parts.KindPassword) },
	// filter is a field that only searches.
	"filter": func(form formErrors, name string, value any) (Field, error) {
		f, err := fieldOf(form, name, value, "")
		f.Filter = true
		return f, err
	},
	"tick": func(form formErrors, name string, on bool) (Field, error) {
		return fieldOf(form, name, map[bool]string{true: "on"}[on], parts.KindTick)
	},
	"label": func(s string, f Field) Field { f.Label = s; return f },
	"hint":  func(s string, f Field) Field { f.Hint = s; return f },
	"kind": func(s parts.Kind, f Field) (Field, error) {
		if f.Kind = s; !f.Kind.Known() {
			return f, unknownKind(f.Name, string(s))
		}
		return f, nil
	},
	"inputmode":    func(s string, f Field) Field { f.InputMode = s; return f },
	"capitals":     func(s string, f Field) Field { f.Capitals = s; return f },
	"maxlength":    func(n int, f Field) Field { f.MaxLength = n; return f },
	"rows":         func(n int, f Field) Field { f.Rows = n; return f },
	"unit":         func(s string, f Field) Field { f.Unit = s; return f },
	"autocomplete": func(s string, f Field) Field { f.Autocomplete = s; return f },
	"optional":     func(f Field) Field { f.Optional = true; return f },
	"autofocus":    func(when bool, f Field) Field { f.Autofocus = f.Autofocus || when; return f },
	"rules":        func(r PasswordRules, f Field) Field { f.Rules = &r; return f },
	"context":      func(names string, f Field) Field { f.Context = names; return f },
	"options": func(o []Option, f Field) Field {
		f.Options = append(f.Options, o...)
		return choice(f)
	},
	"choice": func(value any, label string, f Field) (Field, error) {
		v, err := textOf(f.Name, value)
		f.Options = append(f.Options, Option{Value: v, Label: label, Chosen: v == f.Value})
		return choice(f), err
	},
	// any puts an empty choice first, for a list in which nothing need be chosen.
	"any": func(label string, f Field) Field {
		f.Options = append([]Option{{Label: label}}, f.Options...)
		return choice(f)
	},
	"fieldID": fieldID,
	"control": controlOf,
	"summary": summary,
}

func fieldOf(form formErrors, name string, value any, kind parts.Kind) (Field, error) {
	text, err := textOf(name, value)
	return Field{Field: parts.Field{Name: name, ID: fieldID(name), Value: text, Kind: kind, Error: form.Error(name), Autofocus: form.FirstWrong(name)}}, err
}

// textOf is the value of a field: a text, of whatever type, or a number.
func textOf(field string, value any) (string, error) {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.String:
		return v.String(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return fmt.Sprint(value), nil
	}
	return "", fmt.Errorf("the field %q: its value is a %T: make a text or a number of it", field, value)
}

// choice makes a field with options a list, unless it is another kind that has them.
func choice(f Field) Field {
	if f.Kind == "" || f.Kind == parts.KindText {
		f.Kind = parts.KindChoice
	}
	return f
}

type formErrors interface {
	Error(field string) string
	FirstWrong(field string) bool
}

func fieldID(name string) string { return "field-" + name }
