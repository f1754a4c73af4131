package messages

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"
)

// Piece is a part of a message: text, an argument, or the begin or end of a tag.
type Piece struct {
	// Text is what is said as it is.
	Text string
	// Arg is the name of an argument.
	Arg string
	// tag is the name of a tag, with "/" before it at its end.
	tag string
	// html is Text escaped.
	html string
}

// message is one text in one language, by plural form; without plurals there is only
// "other".
type message struct {
	other []Piece
	forms map[plural.Form][]Piece
}

// forms are the names of plural forms (CLDR).
var forms = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other,
}

func (m message) form(f plural.Form) []Piece {
	if pieces, ok := m.forms[f]; ok {
		return pieces
	}
	return m.other
}

// Tags are the tags that a message may have, with what they become in HTML. <a> and tags
// that begin with it are links. The script fills <left>.
var Tags = map[string][2]string{
	"b":      {"<b>", "</b>"},
	"em":     {"<em>", "</em>"},
	"code":   {`<code dir="ltr">`, "</code>"},
	"mono":   {`<span class="mono" dir="ltr">`, "</span>"},
	"quiet":  {`<span class="quiet">`, "</span>"},
	"hidden": {`<span class="visually-hidden">`, "</span>"},
	"kbd":    {"<kbd>", "</kbd>"},
	"left":   {"<b data-in>", "</b>"},
}

func isLink(tag string) bool { return tag == "a" || tag == "a2" || tag == "a3" }

// parseValue reads what a key has in a file: a text, or an object of plural forms.
func parseValue(raw json.RawMessage) (message, error) {
	var text string
	if err := json.Unmarshal(raw, &text); err == nil && string(raw) != "null" {
		pieces, err := parse(text)
		return message{other: pieces}, err
	}
	var texts map[string]string
	if err := json.Unmarshal(raw, &texts); err != nil || texts == nil {
		return message{}, errors.New("neither a text nor an object of plural forms")
	}
	m := message{forms: map[plural.Form][]Piece{}}
	for name, text := range texts {
		form, ok := forms[name]
		if !ok {
			return message{}, fmt.Errorf("%q is not a plural form", name)
		}
		pieces, err := parse(text)
		if err != nil {
			return message{}, err
		}
		if m.forms[form] = pieces; form == plural.Other {
			m.other = pieces
		}
	}
	if _, ok := texts["other"]; !ok {
		return message{}, errors.New(`plural forms are missing: "other"`)
	}
	return m, nil
}

// misplaced reports whether no text has a character: it would end a line of a log or a
// header, mark a place in a page, or turn around what follows it. Isolates are fine.
func misplaced(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r >= '\u202a' && r <= '\u202e'
}

// ParsePieces splits a text of the host's into what it says and its arguments. It may have no
// tags.
func ParsePieces(text string) ([]Piece, error) {
	pieces, err := parse(text)
	for _, p := range pieces {
		if p.tag != "" {
			return nil, fmt.Errorf("the tag <%s>", p.tag)
		}
	}
	return pieces, err
}

// parse splits a text into pieces. Tags must be known, closed and not crossed, and no link is
// in another.
func parse(text string) ([]Piece, error) {
	if i := strings.IndexFunc(text, misplaced); i >= 0 {
		r, _ := utf8.DecodeRuneInString(text[i:])
		return nil, fmt.Errorf("the character %U, which shows nothing", r)
	}
	var pieces []Piece
	var open []string
	say := func(text string) {
		if text != "" {
			pieces = append(pieces, Piece{Text: text, html: html.EscapeString(text)})
		}
	}
	for text != "" {
		i := strings.IndexAny(text, "{}<")
		if i < 0 {
			break
		}
		say(text[:i])
		end := map[byte]string{'{': "}", '<': ">"}[text[i]]
		name, rest, ok := strings.Cut(text[i+1:], end)
		if end == "" || !ok || name == "" || strings.ContainsAny(name, "{}<> ") {
			return nil, fmt.Errorf("a stray %q", text[i:i+1])
		}
		if text[i] == '{' {
			pieces = append(pieces, Piece{Arg: name})
		} else {
			closed, closes := strings.CutPrefix(name, "/")
			if _, known := Tags[closed]; !known && !isLink(closed) {
				return nil, fmt.Errorf("the tag <%s> is not known", name)
			}
			switch {
			case !closes && isLink(name) && slices.ContainsFunc(open, isLink):
				return nil, fmt.Errorf("<%s> is a link in a link", name)
			case !closes:
				open = append(open, name)
			case len(open) == 0 || open[len(open)-1] != closed:
				return nil, fmt.Errorf("<%s> closes nothing", name)
			default:
				open = open[:len(open)-1]
			}
			pieces = append(pieces, Piece{tag: name})
		}
		text = rest
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("<%s> is not closed", open[0])
	}
	say(text)
	return slices.Clip(pieces), nil
}
