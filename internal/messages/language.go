package messages

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Language says messages in one language. It is safe for concurrent use.
type Language struct {
	// Tag is the language (BCP 47), for lang attributes.
	Tag string
	// Name is what the language calls itself.
	Name string
	// RTL reports that it is written from right to left.
	RTL bool

	tag language.Tag
	// messages are the host's, which come first.
	messages map[string]message
	ours     *lazy
	fallback *Language
	formats  formats
	shared   bool
}

// Dir is the value of dir attributes, "ltr" or "rtl".
func (l *Language) Dir() string {
	if l.RTL {
		return "rtl"
	}
	return "ltr"
}

// Has reports whether there is a message of the key, in this language or the one it falls
// back to.
func (l *Language) Has(key string) bool {
	_, ok, _ := l.find(key)
	return ok
}

// find returns a message and the language that has it.
func (l *Language) find(key string) (message, bool, *Language) {
	for ; l != nil; l = l.fallback {
		if m, ok := l.own(key); ok {
			return m, true, l
		}
	}
	return message{}, false, nil
}

// own returns a message of this language: the host's, or ours.
func (l *Language) own(key string) (message, bool) {
	if m, ok := l.messages[key]; ok {
		return m, true
	}
	return l.ours.find(key)
}

// Text says the message of a key. Arguments are names and values in turn; a value may be
//
//   - a string, which is data and isolated from the direction of the text around it;
//   - a [Text], said in the same language, and data if it has no message;
//   - an int or int64, grouped as the language does;
//   - a [Date], or a time.Duration, rounded to one unit;
//   - []string or []Text, joined with "and".
//
// An unknown key is said itself, and a missing argument as "…"; tests find both.
func (l *Language) Text(key string, args ...any) string {
	m, ok, in := l.find(key)
	if !ok {
		return key
	}
	pieces := in.choose(m, args)
	if len(pieces) == 1 && pieces[0].Text != "" {
		return pieces[0].Text
	}
	var b strings.Builder
	b.Grow(lengthOf(pieces))
	for _, p := range pieces {
		switch {
		case p.Arg != "":
			b.WriteString(l.plain(argument(args, p.Arg)))
		case p.tag == "":
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// isData reports whether a text has no message in any language: what it says is data.
func (l *Language) isData(t Text) bool {
	m := t.what()
	return m.key == "" || m.plain != "" && !l.Has(m.key)
}

// Say says a text.
func (l *Language) Say(t Text) string {
	if l.isData(t) {
		return t.what().plain
	}
	return l.Text(t.what().key, t.what().args...)
}

// HTML says the message of a key with its tags. Arguments are escaped and isolated with
// <bdi>, and NUL becomes U+FFFD, as in templates; only template.HTML stays as it is. The
// arguments "a", "a2" and "a3" are the URLs of links: a path, a fragment, or complete with http
// or https.
func (l *Language) HTML(key string, args ...any) template.HTML {
	m, ok, in := l.find(key)
	if !ok {
		return template.HTML(template.HTMLEscapeString(key))
	}
	var b strings.Builder
	pieces := in.choose(m, args)
	b.Grow(lengthOf(pieces))
	for _, p := range pieces {
		switch {
		case p.Arg != "":
			l.argumentHTML(&b, argument(args, p.Arg))
		case p.tag != "":
			tagHTML(&b, p.tag, args)
		default:
			b.WriteString(p.html)
		}
	}
	return template.HTML(b.String())
}

// Pieces returns the parts of a message in order, for callers that put elements of their
// own in place of arguments. n chooses the plural form.
func (l *Language) Pieces(key string, n int) []Piece {
	m, _, in := l.find(key)
	if in == nil {
		return []Piece{{Text: key}}
	}
	return in.choose(m, []any{"n", n})
}

// Forms returns the plural forms of a message as JSON, by their names (CLDR) and with their
// arguments in braces, for a script that says them.
func (l *Language) Forms(key string) string {
	m, _, _ := l.find(key)
	all := map[string]string{}
	for form, pieces := range m.all() {
		all[formName(form)] = written(pieces)
	}
	text, err := json.Marshal(all)
	if err != nil {
		return "{}" // strings marshal
	}
	return string(text)
}

// choose returns the plural form that the argument n asks for.
func (l *Language) choose(m message, args []any) []Piece {
	if m.forms == nil {
		return m.other
	}
	var n int64
	switch v := argument(args, "n").(type) {
	case int:
		n = int64(v)
	case int64:
		n = v
	default:
		return m.other
	}
	size := uint64(n)
	if n < 0 {
		size = -size // also of the least number, which has no opposite
	}
	// No form depends on more than the last digits, and whether there are others.
	const most = 1_000_000
	if size >= most {
		size = most + size%most
	}
	return m.form(plural.Cardinal.MatchPlural(l.tag, int(size), 0, 0, 0, 0))
}

// lengthOf is about how long a text becomes, so that it is allocated once.
func lengthOf(pieces []Piece) int {
	n := 0
	for _, p := range pieces {
		n += len(p.html) + 40
	}
	return n
}

func argument(args []any, name string) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return nil
}

// plain formats an argument as text. Data is isolated only where it matters.
func (l *Language) plain(v any) string {
	switch v := v.(type) {
	case nil:
		return "…"
	case string:
		return l.isolate(v)
	}
	if text, ok := l.formatted(v); ok {
		return text
	}
	return l.isolate(fmt.Sprint(v))
}

// formatted formats what the language has a way to say; all else is data.
func (l *Language) formatted(v any) (string, bool) {
	switch v := v.(type) {
	case Text:
		if l.isData(v) {
			return l.isolate(v.what().plain), true
		}
		return l.Say(v), true
	case int:
		return l.Number(v), true
	case int64:
		return l.grouped(strconv.FormatInt(v, 10)), true
	case time.Duration:
		return l.Span(v), true
	case Date:
		return l.Date(v), true
	case time.Time:
		return l.Date(On(v)), true
	case []string:
		return l.List(v), true
	case []Text:
		said := make([]string, len(v))
		for i, t := range v {
			said[i] = l.Say(t)
		}
		return l.List(said), true
	}
	return "", false
}

// isolate keeps data in a direction of its own within a text that has no markup. Marks of
// the data's own could end that, or go on after it.
func (l *Language) isolate(s string) string {
	if !l.RTL || s == "" {
		return s
	}
	return "\u2068" + isolates.Replace(s) + "\u2069"
}

var isolates = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

func (l *Language) argumentHTML(b *strings.Builder, v any) {
	switch v := v.(type) {
	case template.HTML:
		b.WriteString(string(v))
	case string:
		b.WriteString("<bdi>")
		b.WriteString(template.HTMLEscapeString(v))
		b.WriteString("</bdi>")
	case Text:
		if l.isData(v) {
			l.argumentHTML(b, v.what().plain)
			return
		}
		b.WriteString(template.HTMLEscapeString(l.Say(v)))
	case []string, []Text:
		b.WriteString(string(l.ListHTML(v)))
	default:
		b.WriteString(template.HTMLEscapeString(l.plain(v)))
	}
}

// ListHTML is [Language.List] as HTML, with <bdi> around names. items are what an argument
// may be that is a list, or markup that is safe.
func (l *Language) ListHTML(items any) template.HTML {
	switch items := items.(type) {
	case []string:
		return template.HTML(l.join(true, len(items), func(i int) string { return l.itemHTML(items[i]) }))
	case []Text:
		return template.HTML(l.join(true, len(items), func(i int) string { return l.itemHTML(items[i]) }))
	case []template.HTML:
		return template.HTML(l.join(true, len(items), func(i int) string { return string(items[i]) }))
	}
	return template.HTML(template.HTMLEscapeString(l.plain(items)))
}

func (l *Language) itemHTML(item any) string {
	var b strings.Builder
	l.argumentHTML(&b, item)
	return b.String()
}

// tagHTML writes a tag. A link that could lead to a script leads nowhere: html/template
// does not look into template.HTML.
func tagHTML(b *strings.Builder, tag string, args []any) {
	name, closes := strings.CutPrefix(tag, "/")
	switch {
	case closes && isLink(name):
		b.WriteString("</a>")
	case closes:
		b.WriteString(Tags[name][1])
	case !isLink(name):
		b.WriteString(Tags[name][0])
	default:
		to, _ := argument(args, name).(string)
		b.WriteString(`<a href="`)
		b.WriteString(template.HTMLEscapeString(safeLink(to)))
		b.WriteString(`">`)
	}
}

func safeLink(to string) string {
	switch {
	case strings.HasPrefix(to, "//"), strings.Contains(to, `\`):
	case strings.HasPrefix(to, "/"), strings.HasPrefix(to, "#"), strings.HasPrefix(to, "https://"), strings.HasPrefix(to, "http://"):
		return to
	}
	return "#"
}
