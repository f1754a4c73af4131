package parts

import "strings"

// Form holds what is wrong with a form. Embed it in the data of a page that has a form:
//
//	type postPage struct {
//		parts.Form
//		Title string
//	}
//
// The functions field and tick then find the errors of each field, and the part "summary"
// those of the whole form. The zero value has no errors.
type Form struct {
	// Errors are each shown once: beside their field, or above the form if they concern all
	// of it. The first field with an error takes the focus.
	Errors []FieldError
}

// FieldError says what is wrong with a field and what to do about it. If Field is
// empty, the error concerns the whole form.
type FieldError struct{ Field, Text string }

// Failed reports whether the form was refused.
func (f Form) Failed() bool { return len(f.Errors) > 0 }

// Refuse returns the form with one more error. An empty field means the whole form.
func (f Form) Refuse(field, text string) Form {
	// A new slice, so that two forms made from one do not share memory.
	f.Errors = append(f.Errors[:len(f.Errors):len(f.Errors)], FieldError{Field: field, Text: text})
	return f
}

// Error returns the errors of the field, one a line, or "" if there are none.
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

// Field returns a text field of the form, with what is wrong with it.
func (f Form) Field(name, label, value string) Field {
	return Field{Name: name, Label: label, Value: value, Error: f.Error(name), Autofocus: f.FirstWrong(name)}
}
