package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// sectionTexts say what a section is for, where its title does not.
var sectionTexts = map[string]string{
	settings.SectionPasswords:   "What a new password needs. Passwords that exist are not looked at.",
	settings.SectionReset:       "“Forgot your password?” and the links it sends.",
	settings.SectionSignIn:      "How guessing is slowed down. Nobody who is signed in is signed out by it.",
	settings.SectionMaintenance: "Super-administrators can still sign in.",
}

func sectionID(title string) string { return strings.ToLower(strings.ReplaceAll(title, " ", "-")) }

// getParameters shows the parameters.
func (c *call) getParameters() error { return c.showParameters(http.StatusOK, view.Form{}, nil) }

// showParameters shows the page, after a refusal with what was typed.
func (c *call) showParameters(status int, form view.Form, typed url.Values) error {
	list, state, err := c.Desk.Parameters(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	p := ParametersPage{Form: form, Revision: shownRevision(state.Stored), MayTestMail: true}
	if p.Address, err = c.address(state); err != nil {
		return err
	}
	for _, s := range list {
		if len(p.Sections) == 0 || p.Sections[len(p.Sections)-1].Title != s.Section {
			p.Sections = append(p.Sections, Section{ID: sectionID(s.Section), Title: s.Section, Text: sectionTexts[s.Section]})
		}
		section := &p.Sections[len(p.Sections)-1]
		section.Settings = append(section.Settings, settingRow(s, typed, c.Desk.Now()))
	}
	p.Sections = append(p.Sections, Section{ID: "mail", Title: "Mail", Mail: mailSender(c.Desk.Sender)})
	return c.show(status, p)
}

// mailSender is who mails come from, as far as whoever sends them says it.
func mailSender(s mail.Sender) *MailSender {
	var shown MailSender
	if named, ok := s.(interface{ From() string }); ok {
		shown.From = named.From()
	}
	_, shown.Outbox = s.(*mail.Outbox)
	return &shown
}

// shownRevision is what a form of parameters gives back: the revision, and the
// values it was made from, so that what somebody else saves meanwhile can be
// told from what the form changes.
func shownRevision(p store.Parameters) string {
	values := url.Values{}
	for name, value := range p.Values {
		values.Set(name, value)
	}
	return version(p.Revision) + "?" + values.Encode()
}

// readRevision takes apart what shownRevision put together. What cannot be read
// fits no revision.
func readRevision(text string, defs []settings.Definition) (revision int64, shown map[string]string) {
	number, rest, ok := strings.Cut(text, "?")
	revision, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		revision = -1
	}
	values, err := url.ParseQuery(rest)
	if !ok || err != nil {
		return revision, nil
	}
	shown = make(map[string]string)
	for _, d := range defs {
		shown[d.Name] = d.Default()
		if values.Has(d.Name) {
			shown[d.Name] = values.Get(d.Name)
		}
	}
	return revision, shown
}

// posted is the value of a parameter as it is stored, from a form. A switch
// that is off sends nothing, so what is not there is off.
func posted(d settings.Definition, form url.Values) string {
	value := form.Get(d.Name)
	switch {
	case form.Get("restore") == d.Name:
		return d.Default()
	case d.Kind == settings.KindSwitch && !form.Has(d.Name):
		return "off"
	case d.Kind == settings.KindDuration:
		return joinDuration(value, form.Get(d.Name+".unit"))
	case d.Kind == settings.KindText:
		// One line, however it was typed.
		return strings.Join(strings.Fields(value), " ")
	}
	return strings.TrimSpace(value)
}

// parametersForm is the page as it was posted.
func (c *call) parametersForm() desk.ParametersForm {
	f, defs := desk.ParametersForm{Values: map[string]string{}}, c.Desk.Definitions()
	f.Revision, f.Shown = readRevision(c.form.Get("revision"), defs)
	for _, d := range defs {
		if d.Kind != settings.KindSwitch && !c.form.Has(d.Name) {
			continue
		}
		f.Values[d.Name] = posted(d, c.form)
		if shown := f.Shown[d.Name]; d.Kind == settings.KindDuration && sameDuration(shown, f.Values[d.Name]) {
			f.Values[d.Name] = shown
		}
	}
	return f
}

// parameterProblems puts what is wrong beside its fields, and says of durations
// what the form asks for: a number and a unit.
func (c *call) parameterProblems(bad *desk.InvalidError) view.Form {
	form := Problems(bad)
	for i, p := range bad.Problems {
		for _, d := range c.Desk.Definitions() {
			if d.Name == p.Field && d.Kind == settings.KindDuration && p.Code == "range" {
				form.Errors[i].Text = "Enter a whole number and choose its unit, from " + readableRange(d) + "."
			}
		}
	}
	return form
}

// postParameters saves parameters, after showing the difference.
func (c *call) postParameters() error {
	ctx, f := c.ctx(), c.parametersForm()
	var changes []desk.Change
	var err error
	if c.confirmed() {
		changes, err = c.Desk.SaveParameters(ctx, c.actor(), c.visit, f)
	} else {
		changes, err = c.Desk.PreviewParameters(ctx, c.actor(), f)
	}
	bad, stale := (*desk.InvalidError)(nil), (*desk.StaleError)(nil)
	switch {
	case errors.As(err, &bad):
		return c.showParameters(http.StatusUnprocessableEntity, c.parameterProblems(bad), c.form)
	case errors.As(err, &stale):
		return c.showStale(stale)
	case err != nil:
		return err
	case len(changes) == 0:
		return c.redirect("/parameters?done=nothing")
	case c.confirmed():
		return c.redirect("/parameters?done=saved")
	}
	p := ParametersConfirmPage{Fields: c.again()}
	for _, ch := range changes {
		row := SettingChange{Label: ch.Label, Before: readable(ch.Definition, ch.Before), After: readable(ch.Definition, ch.After), Loosens: ch.Loosens}
		if ch.Definition.Departs(ch.After, c.Desk.Now()) {
			row.Departs = departs(ch.Definition)
		}
		p.Loosens = p.Loosens || ch.Loosens
		p.Changes = append(p.Changes, row)
	}
	return c.show(http.StatusOK, p)
}

// showStale shows what somebody saved meanwhile beside what was about to be
// saved, and offers to go on with mine over theirs.
func (c *call) showStale(stale *desk.StaleError) error {
	p := ParametersStalePage{By: stale.By, At: stale.At}
	add := func(ch desk.Change, mine, theirs string, clash bool) {
		p.Settings = append(p.Settings, SettingConflict{Label: ch.Label, Before: readable(ch.Definition, ch.Before), Mine: mine, Theirs: theirs, Clash: clash})
	}
	for _, t := range stale.Theirs {
		theirs, mine := readable(t.Definition, t.After), readable(t.Definition, t.Before)
		i := slices.IndexFunc(stale.Mine, func(m desk.Change) bool { return m.Name == t.Name })
		if i >= 0 {
			mine = readable(t.Definition, stale.Mine[i].After)
		}
		add(t, mine, theirs, i >= 0)
	}
	for _, m := range stale.Mine {
		if !slices.ContainsFunc(stale.Theirs, func(t desk.Change) bool { return t.Name == m.Name }) {
			add(m, readable(m.Definition, m.After), readable(m.Definition, m.Before), false)
		}
	}
	p.Fields = []Hidden{{Name: "revision", Value: shownRevision(store.Parameters{Revision: stale.Revision, Values: stale.Now})}}
	for _, m := range stale.Mine {
		p.Fields = append(p.Fields, Hidden{Name: m.Name, Value: m.After})
	}
	// Switches that are off send nothing, so those that nobody meant to change
	// go along as they are now.
	for _, d := range c.Desk.Definitions() {
		if d.Kind == settings.KindSwitch && stale.Now[d.Name] == "on" && !slices.ContainsFunc(stale.Mine, func(m desk.Change) bool { return m.Name == d.Name }) {
			p.Fields = append(p.Fields, Hidden{Name: d.Name, Value: "on"})
		}
	}
	return c.show(http.StatusConflict, p)
}
