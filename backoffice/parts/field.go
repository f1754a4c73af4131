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
	// Name is the name under which the browser sends the value. If ID is empty, it is "field-"
	// and Name.
	Name, ID string
	Label    string
	// Hint, if it is not empty, is below the label.
	Hint string
	// Value is the current value, or what was typed and refused. A KindTick is on if Value is
	// not empty. With Options, Chosen of each says what is chosen.
	Value string
	// Error says what is wrong with the value, and how to fix it.
	Error string
	Kind  Kind
	// Optional marks the field as optional beside its label. If false, the browser requires
	// a value.
	Optional bool
	// Filter is set for a field of a search form: it is never required, and is not marked as
	// optional.
	Filter bool
	// Autofocus puts the cursor here. Set it for one field of a page.
	Autofocus bool
	// Autocomplete is what the browser may fill in, such as "email"; "" leaves it to the
	// browser.
	Autocomplete string
	// InputMode is the keyboard that a phone shows. Default: the one for Kind.
	InputMode string
	// Capitals is what a phone capitalises: "words" or "sentences". If empty, nothing.
	Capitals string
	// MaxLength is the most characters that the browser accepts; 0 means any number.
	MaxLength int
	// Rows is the height of a KindLong, in lines. Default: 3.
	Rows int
	// Unit stands beside a number or a time: "kg", "UTC".
	Unit string
	// Options are the choices of a KindChoice, KindRadio or KindTicks.
	Options []Option
}

// Option is one that can be chosen.
type Option struct {
	// Value is what the browser sends, Label what people read.
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
