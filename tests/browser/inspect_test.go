package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

// inspector looks at every page that a walk comes to, and keeps their markup
// for one run of the validator at the end.
type inspector struct {
	t         *testing.T
	s         *site
	documents map[string][]byte
	// seen are the paths of pages that axe has seen: it sees each once, in one look or the
	// other by turns. The gallery has every state of every page.
	seen map[string]bool
}

// focusable is where the Tab key has led.
type focused struct {
	What, Outline string
	Seen, Primary bool
}

// whereFocus describes the element with the focus: a ring or shadow must show
// it, and it must be on the screen.
const whereFocus = `(() => {
	const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);
	return {
		What: e.tagName + (e.id ? "#" + e.id : "") + " " + e.textContent.trim().slice(0, 30),
		Outline: s.outlineStyle + " " + s.outlineWidth,
		Seen: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && r.width > 1 && r.bottom > 0 && r.top < innerHeight,
		Primary: e.matches(` + "`main button.button[type=submit], main a.button`" + `),
	} })()`

// small finds what is hard to hit with a finger: controls under 44 pixels high.
const small = `[...document.querySelectorAll("button, .button, select, summary, nav a, input:not([type=hidden], [type=checkbox]), .tick label")]
	.filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest(".skip"))
	.map(e => [e, e.getBoundingClientRect()])
	.filter(([e, r]) => r.width > 1 && r.height > 0 && (r.height < 43.5 && !e.closest(".tick") || e.closest(".tick")?.getBoundingClientRect().height < 43.5))
	.map(([e, r]) => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 20) + " is " + Math.round(r.height) + " high")`

// look inspects the page that the browser is on. The name is for reports.
func (i *inspector) look(b *person, name string) {
	i.t.Helper()
	bad := func(format string, args ...any) {
		i.t.Helper()
		i.t.Errorf("%s (%s): %s", name, strings.TrimPrefix(b.Location(), i.s.office.HomeURL()), fmt.Sprintf(format, args...))
	}
	if html, fresh := i.s.pages.page(); fresh {
		i.documents[name] = html
	}
	for _, problem := range b.TakeProblems() {
		bad("%s", problem)
	}
	if n := b.Count("h1"); n != 1 {
		bad("%d h1", n)
	}
	i.focus(b, bad)
	phone := chrome.Shot{Width: 390, Height: 844, Phone: true, Dark: true}
	if path := kindOf(strings.TrimPrefix(b.Location(), strings.TrimSuffix(i.s.office.HomeURL(), "/"))); !i.seen[path] {
		shot := []chrome.Shot{{Width: 1280}, phone}[len(i.seen)%2]
		i.seen[path] = true
		b.Look(shot)
		for _, violation := range judge.Axe(i.t, b.Browser) {
			bad("%d dark %v: %s", shot.Width, shot.Dark, violation)
		}
	}
	var controls []string
	for _, width := range []int{390, 320} {
		phone.Width = width
		b.Look(phone)
		var over int
		b.Evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth", &over)
		if over > 0 {
			bad("scrolls %d px sideways at %d", over, width)
		}
		if controls == nil {
			b.Evaluate(small, &controls)
		}
	}
	if len(controls) > 0 {
		bad("%s", strings.Join(controls, ", "))
	}
	b.Look(chrome.Shot{})
	for _, problem := range b.TakeProblems() {
		bad("%s", problem)
	}
}

// focus checks where the focus is when the page has loaded, and that the Tab
// key leads from there to the main action, visibly all the way.
func (i *inspector) focus(b *person, bad func(string, ...any)) {
	i.t.Helper()
	var at string
	// A browser gives autofocus the focus when it next draws the page, which under
	// load is later than when the page has loaded. It does not draw hidden tabs.
	b.Evaluate(`new Promise(done => {
		requestAnimationFrame(() => requestAnimationFrame(done));
		setTimeout(done, 1000);
	}).then(() => document.activeElement.id || document.activeElement.tagName)`, &at)
	switch {
	case b.Count("#error-summary, .problem") > 0:
		if b.Count("#error-summary[autofocus]:focus, [aria-invalid=true]:focus, fieldset:focus") == 0 {
			bad("what is wrong has no focus, %s has", at)
		}
		if title := b.Title(); !strings.HasPrefix(title, "Error: ") {
			bad("the title does not begin with Error: %s", title)
		}
		if b.Count("#error-summary[autofocus]") == 0 && b.Count("[aria-invalid=true]") == 0 && b.Count("fieldset [id$=-error]") == 0 {
			bad("no field is marked as wrong")
		}
	case b.Count("[autofocus]") > 0:
		var want string
		b.Evaluate(`document.querySelector("[autofocus]").id`, &want)
		if at != want {
			bad("%s has the focus, not %s", at, want)
		}
	}
	var action bool
	b.Evaluate(`document.querySelector("main button.button[type=submit], main a.button") !== null`, &action)
	if !action {
		return
	}
	var path []string
	for range 60 {
		b.Press(chrome.Tab)
		var f focused
		b.Evaluate(whereFocus, &f)
		path = append(path, f.What)
		if !f.Seen && !strings.HasPrefix(f.What, "BODY") { // the end of the page
			bad("the focus cannot be seen on %s (outline %s)", f.What, f.Outline)
		}
		if f.Primary {
			return
		}
	}
	bad("the Tab key does not reach the main action, but %s", strings.Join(path, ", "))
}
