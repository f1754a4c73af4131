package officetest

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/testoffice/markup"
)

// Submit fills in the form that posts to this path, and sends it, as a person would. It takes the
// form from the page that the browser shows or, if that has none, from the page at this path or
// the nearest above it: "/posts/1/hide", "/posts/1", "/posts". A query is used to open the page at
// this path: "/posts/-/bulk?act=hide&row=1". Other fields are sent as the page has them. The first
// button is pressed, unless a field has the name and value of another button.
//
// Fields are names and values in turn. A repeated name adds to a list: of the tick boxes with one
// name, exactly those given are ticked, and the value "" ticks none. The test ends if the form has
// no such field or no such choice: to send what no form would, use [Browser.Post]. A one-time link
// is opened first.
//
// If the page with the form cannot be opened, Submit returns that page and sends nothing. To test
// that the form is refused to those who cannot see it, use Post.
func (b *Browser) Submit(path string, fields ...string) *Page {
	b.t.Helper()
	u := b.address("Submit", path)
	if u.Fragment != "" {
		b.Get(path)
		u.Fragment, u.RawFragment = "", ""
	}
	target := b.inside(u)
	on, form := b.formAt(target)
	if form == nil {
		return on
	}
	filled := filling{b: b, form: form, page: on, at: target, filled: map[int]bool{}}
	pairs := b.pairs("Submit", fields)
	filled.press(pairs)
	for _, pair := range pairs {
		filled.set(pair[0], pair[1])
	}
	return b.open(path, filled.request())
}

// formAt finds the form that posts to a path. Without one, the page is the answer.
func (b *Browser) formAt(target string) (*Page, *markup.Form) {
	b.t.Helper()
	b.window.mu.Lock()
	shown := b.window.shown
	b.window.mu.Unlock()
	if shown != nil {
		if f := b.formOn(shown, target); f != nil {
			return shown, f
		}
	}
	var first *Page
	var tried []string
	at, query, _ := strings.Cut(target, "?")
	if query != "" {
		query = "?" + query
	}
	for {
		p := b.Get(at + query)
		if first == nil {
			first = p
		}
		if f := b.formOn(p, target); f != nil {
			return p, f
		}
		tried = append(tried, fmt.Sprintf("%s (%s, %s)", at, spelt(p.Status), formsOf(b, p)))
		if p.To != "" || p.Status != http.StatusOK && p.Status != http.StatusNotFound && p.Status != http.StatusMethodNotAllowed {
			break
		}
		up := path.Dir(at)
		if up == at || up == "/" || up == "." {
			break
		}
		at, query = up, ""
	}
	if first.Status == http.StatusOK {
		b.t.Fatalf("officetest: Submit(%q): no page has a form that posts there: tried %s", target, strings.Join(tried, ", "))
	}
	first.asked = "Submit " + target
	first.notes = append(first.notes, "nothing was sent: no page has a form that posts to "+target+": tried "+strings.Join(tried, ", ")+"; Post sends without a form")
	return first, nil
}

// formOn returns the form of a page that posts to a path, or has a button that does.
func (b *Browser) formOn(p *Page, target string) *markup.Form {
	for _, f := range markup.Forms(p.Body) {
		if f.Method == http.MethodPost && (b.leads(p, f.Action, target) ||
			slices.ContainsFunc(f.Controls, func(c markup.Control) bool { return c.Action != "" && b.leads(p, c.Action, target) })) {
			return &f
		}
	}
	return nil
}

// leads reports whether the action of a form is a path, whose query need not be given. An empty
// action is the page itself. If the path is that of the page, the query may be of the page alone.
func (b *Browser) leads(p *Page, action, target string) bool {
	at := b.inside(b.against(p.Path, action))
	path, _, _ := strings.Cut(at, "?")
	asked, _, _ := strings.Cut(target, "?")
	return at == target || path == target || p.Path == target && at == asked
}

// formsOf says where the forms of a page post to.
func formsOf(b *Browser, p *Page) string {
	var to []string
	for _, f := range markup.Forms(p.Body) {
		if at := b.inside(b.against(p.Path, f.Action)); f.Method == http.MethodPost && at != "/logout" && !slices.Contains(to, at) {
			to = append(to, at)
		}
	}
	if len(to) == 0 {
		return "no forms"
	}
	return "its forms post to " + strings.Join(to, " and ")
}

// filling is a form that is being filled in.
type filling struct {
	b    *Browser
	form *markup.Form
	page *Page
	at   string
	// button is the index of the button that is pressed, or -1.
	button int
	// touched are the names of fields that were given, and filled the text boxes, by index.
	touched []string
	filled  map[int]bool
}

// press finds the button: one whose name and value are among the fields, or the first, of those
// that send the form to the path.
func (f *filling) press(pairs [][2]string) {
	f.button = -1
	f.choose(func(markup.Control) bool { return true })
	for _, pair := range pairs {
		f.choose(func(c markup.Control) bool { return c.Name == pair[0] && c.Value == pair[1] })
	}
}

func (f *filling) choose(fits func(markup.Control) bool) {
	i := slices.IndexFunc(f.form.Controls, func(c markup.Control) bool {
		return c.Kind == "submit" && !c.Disabled && f.b.leads(f.page, cmp.Or(c.Action, f.form.Action), f.at) && fits(c)
	})
	if i >= 0 {
		f.button = i
	}
}

// set fills in a field.
func (f *filling) set(name, value string) {
	t := f.b.t
	t.Helper()
	again := slices.Contains(f.touched, name)
	f.touched = append(f.touched, name)
	var choices []string
	found, disabled := false, false
	for i := range f.form.Controls {
		c := &f.form.Controls[i]
		if c.Name != name {
			continue
		}
		found = true
		if c.Disabled {
			disabled = true
			continue
		}
		switch c.Kind {
		case "submit":
			if i == f.button && c.Value == value {
				return
			}
			choices = append(choices, c.Value)
		case "checkbox", "radio":
			choices = append(choices, c.Value)
			c.On = c.Value == value || again && c.On && c.Kind == "checkbox"
		case "select":
			for j := range c.Options {
				o := &c.Options[j]
				if choices = append(choices, o.Value); !o.Disabled {
					o.On = o.Value == value || again && o.On && c.Multiple
				}
			}
		case "file":
			t.Fatalf("officetest: Submit(%q): %q is a file: send it by Do", f.at, name)
		default:
			if again && f.filled[i] {
				continue // several boxes have the name
			}
			c.Value = value
			f.filled[i] = true
			return
		}
	}
	where := fmt.Sprintf("officetest: Submit(%q): the form on %s", f.at, f.page.Path)
	switch {
	case !found:
		t.Fatalf("%s has no field %q; it has %s", where, name, list(f.names()))
	case disabled && len(choices) == 0:
		t.Fatalf("%s has a field %q that is disabled", where, name)
	case len(choices) == 0:
		t.Fatalf("%s has no other field %q", where, name)
	case value != "" && !slices.Contains(choices, value):
		t.Fatalf("%s has no choice %q of %q; there are %s", where, value, name, list(choices))
	}
}

// names are those of the fields.
func (f *filling) names() []string {
	var names []string
	for _, c := range f.form.Controls {
		if c.Name != "" && c.Name != "csrf" && !slices.Contains(names, c.Name) {
			names = append(names, c.Name)
		}
	}
	return names
}

// request is the form as it is sent.
func (f *filling) request() *http.Request {
	f.b.t.Helper()
	values, action := f.form.Values(), f.form.Action
	if f.button >= 0 {
		c := f.form.Controls[f.button]
		if c.Name != "" {
			values.Add(c.Name, c.Value)
		}
		action = cmp.Or(c.Action, action)
	}
	r := f.b.request(http.MethodPost, f.b.against(f.page.Path, action), values)
	if !f.form.Multipart {
		return r
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, all := range values {
		for _, value := range all {
			_ = w.WriteField(name, value) // a buffer takes everything
		}
	}
	_ = w.Close()
	r.Body, r.ContentLength, r.GetBody = io.NopCloser(&body), int64(body.Len()), nil
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}
