package messages

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Keys are the keys of all our messages, sorted.
func Keys() []string { return slices.Clone(source().keys) }

// Written is the English of a message as its file has it, for translators: a text with its
// arguments and tags, or plural forms as JSON.
func Written(key string) string {
	m, _, _ := English().find(key)
	if m.forms == nil {
		return written(m.other)
	}
	var all []string
	for _, name := range []string{"zero", "one", "two", "few", "many", "other"} {
		if pieces, ok := m.forms[forms[name]]; ok {
			all = append(all, strconv.Quote(name)+": "+strconv.Quote(written(pieces)))
		}
	}
	return "{" + strings.Join(all, ", ") + "}"
}

func written(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		switch {
		case p.Arg != "":
			b.WriteString("{" + p.Arg + "}")
		case p.tag != "":
			b.WriteString("<" + p.tag + ">")
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// Missing are the keys that a language says in English, sorted.
func (c *Catalogue) Missing(tag string) []string {
	l := c.In(tag)
	var missing []string
	for _, key := range Keys() {
		if _, ok := l.own(key); !ok {
			missing = append(missing, key)
		}
	}
	return missing
}

// check reports the mistakes in the messages of the host: what cannot be read, keys that
// look like ours and are none, arguments and tags that our message does not have, and
// plural forms that the language needs.
func (c *Catalogue) check() error {
	var mistakes []error
	for _, tag := range c.tags {
		for _, name := range c.files[tag] {
			mistakes = append(mistakes, checkFile(c.host, name, language.Make(tag)))
		}
	}
	return errors.Join(mistakes...)
}

func checkFile(fsys fs.FS, name string, tag language.Tag) error {
	values, err := readFile(fsys, name)
	if err != nil {
		return err
	}
	areas := map[string]bool{}
	for _, key := range Keys() {
		area, _, _ := strings.Cut(key, ".")
		areas[area] = true
	}
	var mistakes []error
	needed := formsOf(tag)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		area, _, dotted := strings.Cut(key, ".")
		_, known := source().index[key]
		err := checkValue(key, values[key], needed)
		switch folder := strings.Contains(name, "/"); {
		case folder && area+".json" != path.Base(name):
			err = fmt.Errorf("in a folder, it belongs in %s.json", area)
		case dotted && areas[area] && !known:
			err = errors.New("there is no such message")
		}
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("messages: %s: %s: %w", name, key, err))
		}
	}
	return errors.Join(mistakes...)
}

// checkValue compares a message with ours of the same key, if there is one. needed are the
// plural forms of the language.
func checkValue(key string, raw json.RawMessage, needed []plural.Form) error {
	m, err := parseValue(raw)
	if err != nil {
		return err
	}
	for form := range m.forms {
		if !slices.Contains(needed, form) && form != plural.Many && form != plural.Other {
			return fmt.Errorf("the language has no plural form %q", formName(form))
		}
	}
	for _, form := range needed {
		if _, ok := m.forms[form]; m.forms != nil && !ok {
			return fmt.Errorf("the plural form %q is missing", formName(form))
		}
	}
	ours, known := English().own(key)
	if !known {
		return nil
	}
	if m.forms != nil && ours.forms == nil && !slices.Contains(shape(ours.other), "{n}") {
		return errors.New("it has plural forms, but no argument n")
	}
	for form, pieces := range m.all() {
		got, want := shape(pieces), shape(ours.other)
		if form != plural.Other {
			// A form for few numbers may leave the number out: "one code left".
			got, want = without(got, "{n}"), without(want, "{n}")
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("it has %s, and the English has %s", said(got), said(want))
		}
	}
	return nil
}

// all are the forms of a message; one without plurals has "other".
func (m message) all() map[plural.Form][]Piece {
	if m.forms == nil {
		return map[plural.Form][]Piece{plural.Other: m.other}
	}
	return m.forms
}

// shape are the arguments and tags of a text, sorted. An argument may be said twice.
func shape(pieces []Piece) []string {
	var all []string
	for _, p := range pieces {
		switch {
		case p.Arg != "":
			all = append(all, "{"+p.Arg+"}")
		case p.tag != "":
			all = append(all, "<"+p.tag+">")
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func without(all []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == one })
}

func said(shape []string) string {
	if len(shape) == 0 {
		return "no arguments or tags"
	}
	return strings.Join(shape, " ")
}

func formName(form plural.Form) string {
	for name, f := range forms {
		if f == form {
			return name
		}
	}
	return ""
}

// formsOf are the plural forms of whole numbers up to a thousand in a language.
func formsOf(tag language.Tag) []plural.Form {
	var all []plural.Form
	for n := range 1001 {
		if f := plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0); !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	slices.Sort(all)
	return all
}
