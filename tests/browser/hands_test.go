package browser_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/settings"
)

// pressable are the visible links and buttons inside a selector. marked marks the one of a
// number among them, and brings it to the middle of the window.
const (
	pressable = `(within => [...document.querySelectorAll(within)].flatMap(e => [...e.querySelectorAll("a, button, summary")])
		.filter(e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1 && e.innerText.trim()))`
	marked = `((all, i) => {
		document.querySelectorAll("[data-marked]").forEach(e => e.removeAttribute("data-marked"));
		all[i].setAttribute("data-marked", "");
		all[i].scrollIntoView({block: "center"});
	})`
)

// mark marks the link or button with these words, or else the first that begins with them.
func (p *person) mark(within, words string) string {
	p.s.t.Helper()
	var all []string
	here := pressable + "(" + strconv.Quote(within) + ")"
	p.Evaluate(here+".map(e => e.innerText)", &all)
	i := pick(all, words)
	require.NotEqual(p.s.t, -1, i, "there is no %q on %s, but %q", words, p.Location(), all)
	p.Evaluate(marked+"("+here+", "+strconv.Itoa(i)+")", nil)
	return "[data-marked]"
}

// press clicks the link or button with these words, and comes to another page.
func (p *person) press(words string) (status int) {
	p.s.t.Helper()
	return p.Submit(p.mark("main", words))
}

// pressIn is press where several have the same words.
func (p *person) pressIn(within, words string) (status int) {
	p.s.t.Helper()
	return p.Submit(p.mark(within, words))
}

// follow clicks an entry of the navigation.
func (p *person) follow(label string) {
	p.s.t.Helper()
	require.Equal(p.s.t, 200, p.Submit(p.mark(".side", label)))
	p.heading(label)
}

// navigation is what the side of the page offers.
func (p *person) navigation() (labels []string) {
	p.Evaluate(`[...document.querySelectorAll(".side a")].map(e => e.innerText.trim())`, &labels)
	for i, label := range labels {
		if english := wholeIn("common.", label); len(english) > 0 {
			labels[i] = english[0]
		}
	}
	return labels
}

// tick changes a box, wherever on the page it is.
func (p *person) tick(selector string) {
	p.s.t.Helper()
	p.Evaluate(`document.querySelector(`+strconv.Quote(selector)+`).scrollIntoView({block: "center"})`, nil)
	p.Click(selector)
}

// ticksRoles leaves exactly these roles ticked.
func (p *person) ticksRoles(roles ...string) {
	p.s.t.Helper()
	var ticked, offered []string
	p.Evaluate(`[...document.querySelectorAll("input[name=role]:checked")].map(i => i.value)`, &ticked)
	p.Evaluate(`[...document.querySelectorAll("input[name=role]")].map(i => i.value)`, &offered)
	for _, role := range offered {
		if slices.Contains(ticked, role) != slices.Contains(roles, role) {
			p.tick(`input[name=role][value="` + role + `"]`)
		}
	}
}

// proved proves who is there where the page asks for it, and goes on.
func (p *person) proved() {
	p.s.t.Helper()
	if !strings.Contains(p.Location(), "/step-up") {
		return
	}
	p.Paste("#field-password", p.password)
	if p.Count("#field-code") > 0 {
		p.Fill("#field-code", p.next())
	}
	require.Equal(p.s.t, 200, p.Submit(primary))
}

// saves changes parameters on their page: a number, the value of a choice, or a
// text; a time is a number and its unit, "90 m"; a switch that is named is
// turned.
func (p *person) saves(values map[string]string) {
	p.s.t.Helper()
	for _, section := range settings.Sections() {
		if here := within(section, values); len(here) > 0 {
			p.savesSection(section, here)
		}
	}
}

// within are the values of the parameters of a section.
func within(section settings.Section, values map[string]string) map[string]string {
	here := map[string]string{}
	for _, d := range settings.Definitions() {
		if value, ok := values[d.Name]; ok && d.SectionID == section.ID {
			here[d.Name] = value
		}
	}
	return here
}

func (p *person) savesSection(section settings.Section, values map[string]string) {
	p.s.t.Helper()
	p.fillParameters(section, values)
	p.press("Review and save")
	if strings.Contains(p.Location(), "/step-up") { // a while has passed
		p.proved()
		p.fillParameters(section, values)
		p.press("Review and save")
	}
	p.heading("Save these changes?", p.Text("main"))
	require.Equal(p.s.t, len(values), p.Count("main table:not(.table-follow) tbody tr"))
	p.press("Save ")
	require.Contains(p.s.t, p.reads("main [role=status]"), "Saved.")
}

func (p *person) fillParameters(section settings.Section, values map[string]string) {
	p.s.t.Helper()
	p.follow("Parameters")
	p.press(section.Title().String())
	for name, value := range values {
		if preset := `[name="` + name + `.preset"]`; p.Count(preset) > 0 {
			p.Choose(preset, "custom")
		}
		field := `[name="` + name + `"]`
		p.Evaluate(`document.querySelector(`+strconv.Quote(field)+`).scrollIntoView({block: "center"})`, nil)
		var kind string
		p.Evaluate(`document.querySelector(`+strconv.Quote(field)+`).type`, &kind)
		switch number, unit, timed := strings.Cut(value, " "); {
		case kind == "checkbox":
			p.Click(field)
		case kind == "select-one":
			p.Choose(field, value)
		case timed && p.Count(`[name="`+name+`.unit"]`) > 0:
			p.Fill(field, number)
			p.Choose(`[name="`+name+`.unit"]`, unit)
		default:
			p.Fill(field, value)
		}
	}
}

// said is what the page says in its notice, or what it refuses.
func (p *person) said() string {
	if p.Count("#error-summary, .problem") > 0 {
		return p.problem()
	}
	return p.reads("main [role=status]")
}

// letIn invites somebody, who follows the link of the mail, chooses a password,
// enrols, and comes to the home page.
func (p *person) letIn(t *testing.T, name, email string, roles ...string) *person {
	t.Helper()
	colleague := p.s.person(t, name, email)
	colleague.welcome(p.invite(name, email, roles...))
	colleague.arrive()
	return colleague
}

// arrive ticks that the recovery codes are saved, and goes on.
func (p *person) arrive() {
	p.s.t.Helper()
	p.Click("#saved")
	p.Submit(primary)
	p.heading("Home")
}
