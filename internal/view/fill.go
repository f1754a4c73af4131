package view

import (
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Filling is what was typed into a form before, to be shown in it again.
type Filling struct {
	// Path is where the form posts to, by POST, with the alias.
	Path   string
	Values url.Values
	// MadeFrom are the hidden fields that are also filled: they say what the form was made
	// from.
	MadeFrom []string
	// Mark, if it is not empty, is the value of a hidden field MarkName that the form gets.
	MarkName, Mark string
}

// Fill returns a page whose forms that post to the path have the values, as a browser would
// restore them. It reports whether a control that people see now shows something else.
//
// It works on what a template rendered, so that no page can forget a field, whether the
// template is ours or the host's. Text boxes, ticks, radio buttons and lists are filled.
// Buttons, passwords and controls that are disabled stay as they are. A form with a hidden
// "action" other than that of the values is another form. What was there before is in the
// attribute data-was, for the script that counts changes.
func (with Filling) Fill(page []byte) (filled []byte, changed bool) {
	f := filler{Filling: with, text: string(page), used: map[string]int{}}
	f.tags = tagsOf(f.text)
	for i, t := range f.tags {
		if t.name == "form" && !t.closing {
			if end := f.end(i); f.isFor(i, end) {
				f.mark(t)
				f.form(i, end)
			}
		}
	}
	if len(f.edits) == 0 {
		return page, false
	}
	slices.SortStableFunc(f.edits, func(a, b edit) int { return a.start - b.start })
	var out strings.Builder
	done := 0
	for _, e := range f.edits {
		if e.start < done {
			continue // forms in forms are not HTML
		}
		out.WriteString(f.text[done:e.start])
		out.WriteString(e.text)
		done = e.end
	}
	out.WriteString(f.text[done:])
	return []byte(out.String()), f.changed
}

type filler struct {
	Filling
	text    string
	tags    []tag
	used    map[string]int
	edits   []edit
	changed bool
}

// edit replaces a part of the page.
type edit struct {
	start, end int
	text       string
}

// end returns the index of the tag that closes the one at i.
func (f *filler) end(i int) int {
	for n := i + 1; n < len(f.tags); n++ {
		if f.tags[n].closing && f.tags[n].name == f.tags[i].name {
			return n
		}
	}
	return len(f.tags)
}

// isFor reports whether the form, or one of its buttons, posts to the path.
func (f *filler) isFor(start, end int) bool {
	t := f.tags[start]
	if !strings.EqualFold(t.get("method"), "post") {
		return false
	}
	posts := leadsTo(t.get("action"), f.Path)
	for _, c := range f.tags[start+1 : end] {
		if c.name == "button" && c.has("formaction") {
			posts = posts || leadsTo(c.get("formaction"), f.Path)
		}
		if c.name == "input" && c.get("type") == "hidden" && c.get("name") == "action" && c.get("value") != f.Values.Get("action") {
			return false
		}
	}
	return posts
}

func leadsTo(link, path string) bool {
	u, err := url.Parse(link)
	return err == nil && u.Host == "" && u.Path == path
}

// mark adds the hidden field.
func (f *filler) mark(form tag) {
	if f.Mark != "" {
		f.edits = append(f.edits, edit{form.end, form.end, `<input type="hidden"` + attribute("name", f.MarkName) + attribute("value", f.Mark) + ">"})
	}
}

// form fills the controls between two tags, and those elsewhere that name the form.
func (f *filler) form(start, end int) {
	id := f.tags[start].get("id")
	for i, t := range f.tags {
		inside, names := i > start && i < end, t.get("form")
		if t.closing || t.has("disabled") || names == "" && !inside || names != "" && names != id {
			continue
		}
		switch t.name {
		case "input":
			f.input(t)
		case "textarea":
			f.textarea(i)
		case "select":
			f.choose(i)
		}
	}
}

// next returns the next value of a field, of which a form may have several controls.
func (f *filler) next(name string) (string, bool) {
	n := f.used[name]
	f.used[name]++
	if n >= len(f.Values[name]) {
		return "", false
	}
	return f.Values[name][n], true
}

func (f *filler) input(t tag) {
	name, before := t.get("name"), t.get("value")
	switch kind := strings.ToLower(t.get("type")); kind {
	case "checkbox", "radio":
		if !t.has("value") {
			before = "on"
		}
		tick, was := slices.Contains(f.Values[name], before), t.has("checked")
		if name == "" || tick == was || kind == "radio" && !f.Values.Has(name) {
			return
		}
		add := dataWas(strconv.FormatBool(was))
		if tick {
			add = " checked" + add
		}
		f.changed = true
		f.replace(t, add, "checked")
	case "hidden":
		if value := f.Values.Get(name); slices.Contains(f.MadeFrom, name) && f.Values.Has(name) && value != before {
			f.replace(t, attribute("value", value), "value")
		}
	case "password", "file", "submit", "reset", "button", "image":
	default:
		value, ok := f.next(name)
		if !ok || value == before {
			return
		}
		f.changed = true
		f.replace(t, attribute("value", value)+dataWas(before), "value")
	}
}

func (f *filler) textarea(i int) {
	t, end := f.tags[i], f.end(i)
	if end == len(f.tags) {
		return
	}
	from, to := t.end, f.tags[end].start
	before := html.UnescapeString(strings.TrimPrefix(f.text[from:to], "\n"))
	value, ok := f.next(t.get("name"))
	value = strings.ReplaceAll(value, "\r\n", "\n") // so browsers send line breaks
	if !ok || value == before {
		return
	}
	f.changed = true
	f.replace(t, dataWas(before))
	// Browsers drop a first line break.
	f.edits = append(f.edits, edit{from, to, "\n" + html.EscapeString(value)})
}

// choose fills a list, if what was chosen is still there.
func (f *filler) choose(i int) {
	t, end := f.tags[i], f.end(i)
	var options []tag
	for _, o := range f.tags[i+1 : end] {
		if o.name == "option" && !o.closing {
			options = append(options, o)
		}
	}
	value, ok := f.next(t.get("name"))
	is := slices.IndexFunc(options, func(o tag) bool { return f.valueOf(o) == value && !o.has("disabled") })
	was := max(0, slices.IndexFunc(options, func(o tag) bool { return o.has("selected") }))
	if !ok || is < 0 || is == was || t.has("multiple") {
		return
	}
	f.changed = true
	f.replace(t, dataWas(f.valueOf(options[was])))
	f.replace(options[was], "", "selected")
	f.replace(options[is], " selected")
}

func (f *filler) valueOf(option tag) string {
	if option.has("value") {
		return option.get("value")
	}
	text, _, _ := strings.Cut(f.text[option.end:], "<")
	return strings.TrimSpace(html.UnescapeString(text))
}

// replace writes a tag again, with more attributes and without some.
func (f *filler) replace(t tag, more string, without ...string) {
	var b strings.Builder
	b.WriteString("<" + t.name)
	for _, a := range t.attributes {
		if !slices.Contains(without, a.name) {
			b.WriteString(" " + f.text[a.start:a.end])
		}
	}
	b.WriteString(more + ">")
	f.edits = append(f.edits, edit{t.start, t.end, b.String()})
}

func attribute(name, value string) string { return " " + name + `="` + html.EscapeString(value) + `"` }
func dataWas(value string) string         { return attribute("data-was", value) }
