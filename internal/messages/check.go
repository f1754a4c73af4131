package messages

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

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

func checkFile(host *folder, name string, tag language.Tag) error {
	values, err := host.messages(name)
	if err != nil {
		return err
	}
	var mistakes []error
	needed := formsOf(tag)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		err := checkKey(name, key)
		if err == nil {
			err = checkValue(key, values[key], needed)
		}
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("messages: %s: %s: %w", name, key, err))
		}
	}
	return errors.Join(mistakes...)
}

// checkKey refuses keys that are in the wrong file, or ours but for a slip.
func checkKey(name, key string) error {
	area, rest, dotted := strings.Cut(key, ".")
	_, known := source().index[key]
	switch {
	case known || !dotted:
	case areas()[area]:
		return fmt.Errorf("there is no such message%s", meant(Keys(), key))
	default:
		for ours := range areas() {
			if _, known := source().index[ours+"."+rest]; known && oneSlip(area, ours) {
				return fmt.Errorf("there is no such message; did you mean %q?", ours+"."+rest)
			}
		}
	}
	switch folder := strings.Contains(name, "/"); {
	case folder && !dotted:
		return fmt.Errorf("in a folder, keys begin with the name of their file and a dot; it belongs in %s.json", path.Dir(name))
	case folder && area+".json" != path.Base(name):
		return fmt.Errorf("in a folder, it belongs in %s.json", area)
	case areas()[key]:
		return fmt.Errorf("keys are written whole, such as %q", Keys()[slices.IndexFunc(Keys(), func(k string) bool { return strings.HasPrefix(k, key+".") })])
	}
	return nil
}

// areas are what our keys begin with.
var areas = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, key := range Keys() {
		area, _, _ := strings.Cut(key, ".")
		all[area] = true
	}
	return all
})

// meant suggests the one that was mistyped, if it is clear.
func meant(keys []string, key string) string {
	for _, ours := range keys {
		if oneSlip(key, ours) {
			return fmt.Sprintf("; did you mean %q?", ours)
		}
	}
	return ""
}

// oneSlip reports whether a differs from b by one letter, or by two that are swapped.
func oneSlip(a, b string) bool {
	start := 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		start++
	}
	a, b = a[start:], b[start:]
	end := 0
	for end < min(len(a), len(b)) && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	a, b = a[:len(a)-end], b[:len(b)-end]
	return len(a) <= 1 && len(b) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
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
			return fmt.Errorf("the language has no plural form %q, only %s", formName(form), strings.Join(formNames(needed), ", "))
		}
	}
	var missing []string
	for _, form := range needed {
		if _, ok := m.forms[form]; m.forms != nil && !ok {
			missing = append(missing, strconv.Quote(formName(form)))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("plural forms are missing: %s", strings.Join(missing, ", "))
	}
	ours, known := English().own(key)
	if !known {
		return nil
	}
	if m.forms != nil && ours.forms == nil && !slices.Contains(shape(ours.other), "{n}") {
		return errors.New("it has plural forms, but no argument n")
	}
	for _, pieces := range m.all() {
		if len(pieces) == 0 && len(ours.other) > 0 {
			return errors.New("it is empty; leave the key out to say it in English")
		}
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

func formNames(forms []plural.Form) []string {
	var names []string
	for _, form := range forms {
		names = append(names, formName(form))
	}
	return names
}
