package parts

import "slices"

// Kind is what a field takes.
type Kind string

// The kinds. All but those below the line are text fields of the browser's, with the
// keyboard and the checks that it has for them.
const (
	KindText     Kind = "text" // also the meaning of ""
	KindEmail    Kind = "email"
	KindURL      Kind = "url"
	KindTel      Kind = "tel"
	KindSearch   Kind = "search"
	KindNumber   Kind = "number" // typed as text with the keyboard of digits; Unit stands beside it
	KindDate     Kind = "date"
	KindDateTime Kind = "datetime-local" // without a zone: name it in Unit
	KindTime     Kind = "time"
	KindPassword Kind = "password" // never has a value
	KindFile     Kind = "file"     // never has a value; the form is multipart

	KindLong   Kind = "long"   // text of several lines
	KindChoice Kind = "choice" // one of Options, in a list
	KindRadio  Kind = "radio"  // one of Options, all in sight
	KindTicks  Kind = "ticks"  // any number of Options, all in sight
	KindTick   Kind = "tick"   // on or off; if it is on, it sends "on"
)

// Kinds returns all kinds.
func Kinds() []Kind {
	return []Kind{KindText, KindEmail, KindURL, KindTel, KindSearch, KindNumber, KindDate, KindDateTime, KindTime, KindPassword, KindFile, KindLong, KindChoice, KindRadio, KindTicks, KindTick}
}

// Field is a control with its label, for the part "field". Name and Label are required.
type Field struct {
	// Name is what the browser sends the value under. ID is "field-" and Name, if it is empty.
	Name, ID string
	Label    string
	// Hint, if it is not empty, is below the label.
	Hint string
	// Value is what the field has now. What was typed and refused comes back this way. A
	// KindTick is on if it is not empty, and Options say themselves what is chosen.
	Value string
	// Error is what is wrong with the value, and how to mend it.
	Error string
	Kind  Kind
	// Optional says so beside the label. Without it the browser asks for a value.
	Optional bool
	// Filter is set for a field that only searches: nothing is required, and nothing is
	// called optional.
	Filter bool
	// Autofocus puts the cursor here. Set it for one field of a page.
	Autofocus bool
	// Autocomplete is what the browser may fill in, such as "email"; "" leaves it to the
	// browser.
	Autocomplete string
	// InputMode is the keyboard of a phone; by default that of Kind.
	InputMode string
	// Capitals is what a phone begins with a capital letter: "words" or "sentences". By
	// default nothing.
	Capitals string
	// MaxLength is the most characters that the browser accepts; 0 means any number.
	MaxLength int
	// Rows is the height of a KindLong, in lines. Default: 3.
	Rows int
	// Unit stands beside a number or a time: "kg", "UTC".
	Unit string
	// Options are those of KindChoice, KindRadio and KindTicks.
	Options []Option
}

// Option is one that can be chosen.
type Option struct {
	// Value is sent, Label is read.
	Value, Label string
	// Hint, for KindRadio and KindTicks, is below the label.
	Hint   string
	Chosen bool
}

// Known reports whether there is such a kind.
func (k Kind) Known() bool { return k == "" || slices.Contains(Kinds(), k) }

// Choose returns the options with those chosen that have one of the values.
func Choose(options []Option, values ...string) []Option {
	chosen := slices.Clone(options)
	for i := range chosen {
		chosen[i].Chosen = slices.Contains(values, chosen[i].Value)
	}
	return chosen
}
