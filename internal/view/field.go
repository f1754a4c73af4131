package view

import (
	"cmp"
	"strings"

	"github.com/postern-go/postern/password"
)

// Form is embedded by the data of pages that have a form.
type Form struct {
	// Errors are shown once: beside their fields, of which the first takes the focus,
	// or above the form if they concern all of it.
	Errors []FieldError
}

// FieldError says what is wrong with a field and what to do about it. If Field is
// empty, the error concerns the whole form.
type FieldError struct{ Field, Text string }

// Failed reports whether the form was refused.
func (f Form) Failed() bool { return len(f.Errors) > 0 }

// Refuse returns the form with one more error.
func (f Form) Refuse(field, text string) Form {
	// A new slice, so that two forms made from one do not share memory.
	f.Errors = append(f.Errors[:len(f.Errors):len(f.Errors)], FieldError{Field: field, Text: text})
	return f
}

// Error returns all that is wrong with the field, a line each, or "" if nothing is.
func (f Form) Error(field string) string {
	var texts []string
	for _, e := range f.Errors {
		if e.Field == field {
			texts = append(texts, e.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// FirstWrong reports whether the field is the first in Errors with something wrong: it takes
// the focus, unless an error concerns the whole form.
func (f Form) FirstWrong(field string) bool { return len(f.Errors) > 0 && f.Errors[0].Field == field }

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

// Field is a labelled control. Templates build it with the functions field,
// label, hint and so on. A password field never has a value.
type Field struct {
	Name, ID, Label, Hint, Value, Error string
	// Type is the type of the input.
	Type, Autocomplete, InputMode string
	// Capitals is what a phone begins with a capital letter; nothing by default.
	Capitals            string
	Optional, Autofocus bool
	// MaxLength is the most characters that the browser accepts; 0 means any number.
	MaxLength int
	// Rules, on a field for a new password, are listed below it.
	Rules *PasswordRules
	// Context names fields of the same form that the password must differ from.
	Context string
	// Options are the choices of a list.
	Options []Option
}

// Option is one choice of a list.
type Option struct {
	// Value is sent, Label is read.
	Value, Label string
	Chosen       bool
}

// DescribedBy returns the ids of the texts that describe the control.
func (f Field) DescribedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.ID+"-error")
	}
	if f.Rules != nil && len(f.Rules.Requirements) > 0 {
		ids = append(ids, f.ID+"-rules")
	}
	return strings.Join(ids, " ")
}

// Dir returns the direction of what is typed: "ltr" for email addresses, links, numbers
// and passwords, whatever the language, "auto" for words, and "", the page's own, for times,
// which browsers write in their own way.
func (f Field) Dir() string {
	switch cmp.Or(f.InputMode, f.Type) {
	case "email", "url", "numeric", "number", "tel", "password":
		return "ltr"
	case "datetime-local":
		return ""
	}
	return "auto"
}

// fieldFuncs build a Field in a template, so that labels and hints stay in the
// markup:
//
//	{{template "field" (field .Page "email" .Page.Email | label "Email address" | autocomplete "email")}}
var fieldFuncs = map[string]any{
	"field": func(form formErrors, name, value string) Field {
		return Field{Name: name, ID: fieldID(name), Type: "text", Value: value, Error: form.Error(name), Autofocus: form.FirstWrong(name)}
	},
	"secret": func(form formErrors, name string) Field {
		return Field{Name: name, ID: fieldID(name), Type: "password", Error: form.Error(name), Autofocus: form.FirstWrong(name)}
	},
	"label":        func(s string, f Field) Field { f.Label = s; return f },
	"hint":         func(s string, f Field) Field { f.Hint = s; return f },
	"kind":         func(s string, f Field) Field { f.Type = s; return f },
	"inputmode":    func(s string, f Field) Field { f.InputMode = s; return f },
	"capitals":     func(s string, f Field) Field { f.Capitals = s; return f },
	"maxlength":    func(n int, f Field) Field { f.MaxLength = n; return f },
	"autocomplete": func(s string, f Field) Field { f.Autocomplete = s; return f },
	"optional":     func(f Field) Field { f.Optional = true; return f },
	"autofocus":    func(when bool, f Field) Field { f.Autofocus = f.Autofocus || when; return f },
	"rules":        func(r PasswordRules, f Field) Field { f.Rules = &r; return f },
	"context":      func(names string, f Field) Field { f.Context = names; return f },
	"options":      func(o []Option, f Field) Field { f.Options = append(f.Options, o...); return f },
	"choice": func(value, label string, f Field) Field {
		f.Options = append(f.Options, Option{Value: value, Label: label, Chosen: value == f.Value})
		return f
	},
	// any puts an empty choice first, for a list in which nothing need be chosen.
	"any": func(label string, f Field) Field {
		f.Options = append([]Option{{Label: label}}, f.Options...)
		return f
	},
	"fieldID": fieldID,
	"summary": summary,
}

type formErrors interface {
	Error(field string) string
	FirstWrong(field string) bool
}

func fieldID(name string) string { return "field-" + name }
