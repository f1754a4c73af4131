package messages

// Text is a message that has no language yet: errors and records carry it, and whoever
// shows it translates it. The zero value says nothing.
type Text struct{ saying *saying }

type saying struct {
	key   string
	plain string
	args  []any
}

var nothing saying

// what is said; never nil.
func (t Text) what() *saying {
	if t.saying == nil {
		return &nothing
	}
	return t.saying
}

// New returns the message of a key, with its arguments as names and values in turn:
//
//	messages.New("operator.disabled", "name", o.Name, "n", sessions)
//
// Values may be what [Language.Text] formats.
//
//go:noinline
func New(key string, args ...any) Text { return Text{&saying{key: key, args: args}} }

// Plain returns a text that is the same in every language, such as one of the host's that
// its catalogue does not have.
//
//go:noinline
func Plain(text string) Text {
	if text == "" {
		return Text{}
	}
	return Text{&saying{plain: text}}
}

// Host returns the host's text: the message of that key if the catalogue has one, and the
// text itself otherwise.
//
//go:noinline
func Host(text string) Text {
	if text == "" {
		return Text{}
	}
	return Text{&saying{key: text, plain: text}}
}

// IsZero reports whether it says nothing.
func (t Text) IsZero() bool { return t.what().key == "" && t.what().plain == "" }

// Key is the key of the message; empty for a plain text.
func (t Text) Key() string { return t.what().key }

// Arg is the value of an argument, nil if there is none of that name.
func (t Text) Arg(name string) any { return argument(t.what().args, name) }

// String is the text in English, for logs and errors.
func (t Text) String() string { return English().Say(t) }

// MarshalText makes it a string in JSON, in English.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// English is the language that every message has, without the host's changes.
func English() *Language { return Ours().In(Source) }
