package markup

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Form is a form of a page.
type Form struct {
	// Action is where it posts to, as the page has it. Method is in upper case.
	Action, Method string
	// Multipart means that it is sent as multipart/form-data, as files must be.
	Multipart bool
	Controls  []Control

	id string
}

// Control is a field or a button of a form.
type Control struct {
	// Kind is the type of an input in lower case, such as "text" or "hidden", or
	// "textarea", "select", "submit" for a button that sends the form, or "button" for one
	// that does not.
	Kind string
	// Name is empty if the control is not sent.
	Name, Value string
	// Text is what a button says.
	Text string
	// Action is where a button sends the form to, if it is not the form's own action.
	Action string
	// On means that a tick box or a radio button is ticked.
	On, Disabled, Multiple bool
	// Options are the choices of a select.
	Options []Option
}

// Option is a choice of a select.
type Option struct {
	Value        string
	On, Disabled bool
}

// Button reports whether the control sends its value only if it is pressed.
func (c Control) Button() bool {
	return c.Kind == "submit" || c.Kind == "button" || c.Kind == "image" || c.Kind == "reset"
}

// Sends are the values that the control sends unless it is touched.
func (c Control) Sends() []string {
	switch {
	case c.Disabled, c.Button():
		return nil
	case c.Kind == "checkbox", c.Kind == "radio":
		if !c.On {
			return nil
		}
	case c.Kind == "select":
		var chosen []string
		for _, o := range c.Options {
			if o.On && !o.Disabled {
				chosen = append(chosen, o.Value)
			}
		}
		if c.Multiple {
			return chosen
		}
		if len(chosen) > 0 {
			return chosen[len(chosen)-1:]
		}
		for _, o := range c.Options {
			if !o.Disabled {
				return []string{o.Value}
			}
		}
		return nil
	}
	return []string{c.Value}
}

// Values is what a browser sends when no field was touched and no button pressed.
func (f Form) Values() url.Values {
	values := url.Values{}
	for _, c := range f.Controls {
		for _, v := range c.Sends() {
			if c.Name != "" {
				values.Add(c.Name, v)
			}
		}
	}
	return values
}

// Forms returns the forms of a page, with the controls elsewhere that name them.
func Forms(page string) []Form {
	p := parser{html: html.NewTokenizer(strings.NewReader(page)), form: -1}
	for p.next() {
	}
	for _, c := range p.elsewhere {
		if i := slices.IndexFunc(p.forms, func(f Form) bool { return f.id == c.form }); i >= 0 {
			p.forms[i].Controls = append(p.forms[i].Controls, c.Control)
		}
	}
	return p.forms
}

// parser goes through a page from tag to tag.
type parser struct {
	html  *html.Tokenizer
	forms []Form
	// form is the index of the form that is open, or -1.
	form      int
	elsewhere []owned
	// open is the control whose text or options follow, or nil; at is its form.
	open *owned
	text strings.Builder
	// option is set while the text of an option may be its value.
	option bool
}

// owned is a control that names its form.
type owned struct {
	Control
	form string
}

func (p *parser) next() bool {
	kind := p.html.Next()
	if p.open != nil && kind != html.TextToken && p.open.Kind != "textarea" {
		p.text.WriteByte(' ') // as in Text
	}
	switch kind {
	case html.ErrorToken:
		p.close()
		return false
	case html.TextToken:
		if p.open != nil {
			p.text.Write(p.html.Text())
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		name, more := p.html.TagName()
		p.start(string(name), p.attributes(more))
	case html.EndTagToken:
		name, _ := p.html.TagName()
		p.end(string(name))
	}
	return true
}

func (p *parser) attributes(more bool) map[string]string {
	if !more {
		return nil
	}
	all := map[string]string{}
	for more {
		var name, value []byte
		name, value, more = p.html.TagAttr()
		if _, twice := all[string(name)]; !twice {
			all[string(name)] = string(value)
		}
	}
	return all
}

func has(attributes map[string]string, name string) bool { _, ok := attributes[name]; return ok }

func (p *parser) start(name string, a map[string]string) {
	switch name {
	case "form":
		if p.form < 0 { // forms in forms are not HTML
			method := strings.ToUpper(a["method"])
			if method == "" {
				method = "GET"
			}
			p.forms = append(p.forms, Form{Action: a["action"], Method: method, Multipart: strings.EqualFold(a["enctype"], "multipart/form-data"), id: a["id"]})
			p.form = len(p.forms) - 1
		}
	case "input":
		c := control(strings.ToLower(a["type"]), a)
		switch {
		case c.Kind == "":
			c.Kind = "text"
		case (c.Kind == "checkbox" || c.Kind == "radio") && !has(a, "value"):
			c.Value = "on"
		case c.Button():
			c.Text = a["value"]
		}
		p.add(owned{c, a["form"]})
	case "button":
		kind := strings.ToLower(a["type"])
		if kind != "button" && kind != "reset" {
			kind = "submit"
		}
		p.begin(owned{control(kind, a), a["form"]})
	case "textarea", "select":
		p.begin(owned{control(name, a), a["form"]})
	case "option":
		p.endOption()
		if p.open != nil && p.open.Kind == "select" {
			p.open.Options = append(p.open.Options, Option{Value: a["value"], On: has(a, "selected"), Disabled: has(a, "disabled")})
			p.option = !has(a, "value")
			p.text.Reset()
		}
	}
}

func control(kind string, a map[string]string) Control {
	return Control{
		Kind: kind, Name: a["name"], Value: a["value"], Action: a["formaction"],
		On: has(a, "checked"), Disabled: has(a, "disabled"), Multiple: has(a, "multiple"),
	}
}

func (p *parser) end(name string) {
	switch name {
	case "form":
		p.form = -1
	case "option":
		p.endOption()
	case "button", "textarea", "select":
		p.close()
	}
}

func (p *parser) endOption() {
	if p.option {
		p.open.Options[len(p.open.Options)-1].Value = words(p.text.String())
		p.option = false
	}
}

// begin opens a control whose text follows.
func (p *parser) begin(c owned) {
	p.close()
	p.open = &c
	p.text.Reset()
}

func (p *parser) close() {
	if p.open == nil {
		return
	}
	p.endOption()
	c := *p.open
	p.open = nil
	switch {
	case c.Kind == "textarea":
		c.Value = strings.TrimPrefix(p.text.String(), "\n") // browsers drop a first line break
	case c.Button():
		c.Text = words(p.text.String())
	}
	p.add(c)
}

func (p *parser) add(c owned) {
	switch {
	case c.form != "":
		p.elsewhere = append(p.elsewhere, c)
	case p.form >= 0:
		p.forms[p.form].Controls = append(p.forms[p.form].Controls, c.Control)
	}
}

// words is text as people read it.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }
