package messages

// Text is a message that has no language yet: errors and records carry it, and whoever
// shows it translates it. The zero value says nothing.
type Text struct {
	key   string
	plain string
	args  []any
}

// New returns the message of a key, with its arguments as names and values in turn:
//
//	messages.New("operator.disabled", "name", o.Name, "n", sessions)
//
// Values may be what [Language.Text] formats.
func New(key string, args ...any) Text { return Text{key: key, args: args} }

// Plain returns a text that is the same in every language, such as one of the host's that
// its catalogue does not have.
func Plain(text string) Text { return Text{plain: text} }

// Host returns the host's text: the message of that key if the catalogue has one, and the
// text itself otherwise.
func Host(text string) Text { return Text{key: text, plain: text} }

// IsZero reports whether it says nothing.
func (t Text) IsZero() bool { return t.key == "" && t.plain == "" }

// Key is the key of the message; empty for a plain text.
func (t Text) Key() string { return t.key }

// Arg is the value of an argument, nil if there is none of that name.
func (t Text) Arg(name string) any { return argument(t.args, name) }

// String is the text in English, for logs and errors.
func (t Text) String() string { return English().Say(t) }

// MarshalText makes it a string in JSON, in English.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// English is the language that every message has, without the host's changes.
func English() *Language { return Ours().In(Source) }
