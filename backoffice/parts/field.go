package parts

import "slices"

// Kind is what kind of value a field takes.
type Kind string

// The kinds. Those above the blank line are the browser's own input fields, with its keyboard
// and its checks for each.
const (
	KindText     Kind = "text" // also the meaning of ""
	KindEmail    Kind = "email"
	KindURL      Kind = "url"
	KindTel      Kind = "tel"
	KindSearch   Kind = "search"
	KindNumber   Kind = "number" // typed as text, on a keyboard of digits; Unit appears beside it
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
	// Hint, if it is not empty, appears below the label.
	Hint string
	// Value is the current value; after a refusal, set it to what was typed. A KindTick is on
	// if Value is not empty. For kinds with Options, Option.Chosen is used instead.
	Value string
	// Error says what is wrong with the value, and how to correct it.
	Error string
	Kind  Kind
	// Optional marks the field as optional beside its label. If false, the browser requires a
	// value.
	Optional bool
	// Filter is for a field that only searches: it is neither required nor marked as optional.
	Filter bool
	// Autofocus puts the cursor in the field. Set it for one field on a page.
	Autofocus bool
	// Autocomplete is what the browser may fill in, such as "email". If empty, the browser
	// decides.
	Autocomplete string
	// InputMode is the keyboard that a phone shows. Default: that of Kind.
	InputMode string
	// Capitals is what a phone capitalises: "words" or "sentences". If empty, nothing.
	Capitals string
	// MaxLength is the largest number of characters that the browser accepts. If 0, there is
	// no limit.
	MaxLength int
	// Rows is the height of a KindLong, in lines. Default: 3.
	Rows int
	// Unit appears beside a number or a time: "kg", "UTC".
	Unit string
	// Options are those of KindChoice, KindRadio and KindTicks.
	Options []Option
}

// Option is something that can be chosen.
type Option struct {
	// Value is what is sent, and Label what people read.
	Value, Label string
	// Hint appears below the label of a KindRadio or KindTicks.
	Hint   string
	Chosen bool
}

// Known reports whether the kind exists.
func (k Kind) Known() bool { return k == "" || slices.Contains(Kinds(), k) }

// Choose returns a copy of the options in which those with one of the values are chosen, and
// no others.
func Choose(options []Option, values ...string) []Option {
	chosen := slices.Clone(options)
	for i := range chosen {
		chosen[i].Chosen = slices.Contains(values, chosen[i].Value)
	}
	return chosen
}
