package view

import "strings"

// Form is embedded by the data of pages that have a form.
type Form struct {
	// Errors are shown in a summary that takes focus, and beside their fields.
	Errors []FieldError
}

// FieldError is what is wrong with a field and what to do about it. An empty
// Field means the form as a whole.
type FieldError struct{ Field, Text string }

// Failed says that the form was refused.
func (f Form) Failed() bool { return len(f.Errors) > 0 }

// Refuse returns the form with one more error.
func (f Form) Refuse(field, text string) Form {
	// A fresh slice: two forms made from one must not write into each other.
	f.Errors = append(f.Errors[:len(f.Errors):len(f.Errors)], FieldError{Field: field, Text: text})
	return f
}

// Error is the text for the field, "" when nothing is wrong with it.
func (f Form) Error(field string) string {
	for _, e := range f.Errors {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

// Requirement is one rule for a new password, as a person reads it.
type Requirement struct {
	// Code names the rule, as package password does. The script ticks these
	// live and leaves others to the server: "too_short" and "too_long" (Min and
	// Max code points), "class_lower" and its like (at least Min of the kind; 0
	// means 1), "context" (not the same as a context word) and "weak" (an
	// estimate of at least Min).
	Code string
	// Text says the rule: "At least 15 characters".
	Text string
	// Min or Max is the number in it, where there is one.
	Min, Max int
}

// PasswordRules are shown below a field for a new password.
type PasswordRules struct {
	Requirements []Requirement
	// Words must not be the password. They are sent to the browser: give only
	// what the reader may know, such as the office's name.
	Words []string
}

// Field is a labelled control. Templates make it with the functions field,
// label, hint and so on; a password never gets a value.
type Field struct {
	Name, ID, Label, Hint, Value, Error string
	// Type is that of the input; "" is "text".
	Type, Autocomplete, InputMode string
	Optional, Autofocus           bool
	// Rules, on a field for a new password, are listed below it.
	Rules *PasswordRules
	// Context names fields of the same form that the password must differ from.
	Context string
	// Options are what a list of choices offers.
	Options []Option
}

// Option is one choice of a list.
type Option struct {
	// Value is what is sent, Label what is read.
	Value, Label string
	// Chosen is the one in force.
	Chosen bool
	// Refusal says why it cannot be chosen; empty when it can.
	Refusal string
}

// DescribedBy lists the ids of the texts that belong to the control.
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

// fieldFuncs build a Field in a template, as in
//
//	{{template "field" (field .Page "email" .Page.Email | label "E-mail" | autocomplete "email")}}
//
// so that labels and hints stay in the markup.
var fieldFuncs = map[string]any{
	"field": func(form interface{ Error(string) string }, name, value string) Field {
		return Field{Name: name, ID: fieldID(name), Type: "text", Value: value, Error: form.Error(name)}
	},
	"secret": func(form interface{ Error(string) string }, name string) Field {
		return Field{Name: name, ID: fieldID(name), Type: "password", Error: form.Error(name)}
	},
	"label":        func(s string, f Field) Field { f.Label = s; return f },
	"hint":         func(s string, f Field) Field { f.Hint = s; return f },
	"kind":         func(s string, f Field) Field { f.Type = s; return f },
	"inputmode":    func(s string, f Field) Field { f.InputMode = s; return f },
	"autocomplete": func(s string, f Field) Field { f.Autocomplete = s; return f },
	"optional":     func(f Field) Field { f.Optional = true; return f },
	"autofocus":    func(when bool, f Field) Field { f.Autofocus = when; return f },
	"rules":        func(r PasswordRules, f Field) Field { f.Rules = &r; return f },
	"context":      func(names string, f Field) Field { f.Context = names; return f },
	"options":      func(o []Option, f Field) Field { f.Options = append(f.Options, o...); return f },
	"choice": func(value, label string, f Field) Field {
		f.Options = append(f.Options, Option{Value: value, Label: label, Chosen: value == f.Value})
		return f
	},
	// any puts a choice of nothing first, where no option need be chosen.
	"any": func(label string, f Field) Field {
		f.Options = append([]Option{{Label: label}}, f.Options...)
		return f
	},
	"fieldID": fieldID,
}

func fieldID(name string) string { return "field-" + name }
