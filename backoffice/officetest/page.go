package officetest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/postern-go/postern/internal/testoffice/markup"
)

// Page is what a browser got.
type Page struct {
	Status int
	Header http.Header
	Body   string
	// Path is where it came from, after redirects: a path inside the office, with its
	// query, or a URL of the community.
	Path string
	// To is where it redirects to, if the browser did not follow, written like Path.
	To string

	asked   string // "GET /reports"
	browser *Browser
	// notes are what a failed test should know besides.
	notes []string
}

// Want ends the test, with an extract of the page, unless the page has this status. It returns
// the page.
func (p *Page) Want(t testing.TB, status int) *Page {
	t.Helper()
	if p.Status != status {
		t.Fatalf("officetest: %s: the status is %s, not %s\n%s", p.asked, spelt(p.Status), spelt(status), p)
	}
	return p
}

// WantText ends the test unless each of the texts can be read on the page. It returns the page.
func (p *Page) WantText(t testing.TB, texts ...string) *Page {
	t.Helper()
	all := p.Text()
	for _, text := range texts {
		if !strings.Contains(all, strings.Join(strings.Fields(text), " ")) {
			t.Fatalf("officetest: %s: the page does not say %q\n%s", p.asked, text, p)
		}
	}
	return p
}

// Text returns the readable text of the page, in one line.
func (p *Page) Text() string {
	if !p.html() {
		return p.Body
	}
	return markup.Text(p.Body)
}

// Find returns the texts of the elements that match a selector: a name ("h1"), a class
// (".badge"), an id ("#total"), or a name with a class or an id ("td.total").
func (p *Page) Find(selector string) []string {
	var texts []string
	for _, e := range markup.Find(p.Body, selector) {
		texts = append(texts, e.Text)
	}
	return texts
}

// Link returns where the first link with this text leads, written like Path, or "" if there is
// none.
func (p *Page) Link(text string) string {
	for _, e := range markup.Find(p.Body, "a") {
		if e.Text == text {
			return p.browser.inside(p.browser.against(p.Path, e.Attributes["href"]))
		}
	}
	return ""
}

// Problems returns the errors beside fields, by the names of the fields. It knows the markup
// of the office's own forms and partials.
func (p *Page) Problems() map[string]string {
	problems := map[string]string{}
	for _, e := range markup.Find(p.Body, ".problem") {
		if name, ok := strings.CutPrefix(e.Attributes["id"], "field-"); ok {
			problems[strings.TrimSuffix(name, "-error")] = strings.TrimPrefix(e.Text, "Error: ")
		}
	}
	return problems
}

func (p *Page) html() bool { return strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") }

// String returns an extract for failed tests.
func (p *Page) String() string {
	var b strings.Builder
	line := func(what, text string) {
		if text = strings.TrimSpace(text); text != "" {
			fmt.Fprintf(&b, "\t%-8s %s\n", what+":", shortened(text, 600))
		}
	}
	line("answer", spelt(p.Status)+" at "+p.Path)
	line("leads to", p.To)
	if p.html() {
		line("title", strings.Join(p.Find("title"), ""))
		line("heading", strings.Join(p.Find("h1"), " / "))
		for name, problem := range p.Problems() {
			line("field", name+": "+problem)
		}
		main := p.Find("main")
		if len(main) == 0 {
			main = []string{p.Text()}
		}
		line("text", strings.Join(main, " "))
	} else {
		line("body", p.Body)
	}
	for _, note := range append(slices.Clone(p.notes), p.why()...) {
		line("note", note)
	}
	return b.String()
}

// why says what an answer means that a developer may not have expected.
func (p *Page) why() (notes []string) {
	b := p.browser
	switch to, _, _ := strings.Cut(p.To, "?"); {
	case within(to, "/login") && b.Operator.ID == "":
		notes = append(notes, "nobody is signed in in this browser: use that of SignIn")
	case within(to, "/login"):
		notes = append(notes, fmt.Sprintf("%s is no longer signed in: the session has ended, by Advance or by what the test did; SignIn opens another", b.Operator.Name))
	case to == "/step-up":
		notes = append(notes, "the page needs a recent step-up: call StepUp first")
	case to == "/account/password", to == "/account/two-factor/add":
		notes = append(notes, b.Operator.Name+" must finish that page first, and nothing else opens")
	case p.To != "" && to == "":
		notes = append(notes, "redirects out of the office are not followed")
	}
	switch next := b.office.next(); {
	case p.Status == http.StatusForbidden && b.Operator.ID != "":
		for _, e := range b.office.Events("permission.denied").All {
			if e.ActorID == b.Operator.ID && strings.HasSuffix(e.Route, p.route()) {
				notes = append(notes, "missing: "+e.Detail["permission"])
				break
			}
		}
		notes = append(notes, fmt.Sprintf("%s has the roles %s, and of their own the permissions %s", b.Operator.Name, list(b.Operator.Roles), list(b.Operator.Permissions)))
	case p.Status == http.StatusNotFound && next == nil && !b.office.own(p.Path):
		notes = append(notes, "Config.Handler is nil, so the office has only pages of its own")
	}
	return notes
}

// route is the path without its query, as the audit log has it.
func (p *Page) route() string {
	path, _, _ := strings.Cut(p.Path, "?")
	return " " + path
}

func spelt(status int) string {
	return strings.TrimSpace(fmt.Sprint(status, " ", http.StatusText(status)))
}

func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
