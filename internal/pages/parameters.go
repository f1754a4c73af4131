package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/mail"
)

var parametersSaved = success("saved", "Saved. The changes take effect everywhere on the next request.")

// ParametersPage shows every parameter, and changes them.
type ParametersPage struct {
	view.Form
	Address  Address
	Sections []Section
	// Revision is that of the parameters the form was made from.
	Revision string
	// ReadOnly says that the reader may look only.
	ReadOnly bool
	// MayTestMail shows the button.
	MayTestMail bool
}

// Section is the parameters of one subject.
type Section struct {
	// ID is for its anchor, "password".
	ID, Title, Text string
	Settings        []Setting
	// Mail adds the sender, as far as it is known, and the test message to the
	// section.
	Mail *MailSender
}

// MailSender is who mails come from, set where the program is configured.
type MailSender struct {
	From, Server string
	// Outbox says that mails are written to a folder and not sent.
	Outbox bool
}

// Row adds to a setting what the form knows about it.
func (p ParametersPage) Row(s Setting) SettingRow {
	return SettingRow{Setting: s, ID: "field-" + s.Name, Error: p.Error(s.Name), Disabled: p.ReadOnly || s.Fixed != ""}
}

// Problems are the errors of the form, each with the label of its parameter: in
// a list of many settings, "a number from 8 to 64" says nothing.
func (p ParametersPage) Problems() []view.FieldError {
	labels := map[string]string{}
	for _, s := range p.Sections {
		for _, row := range s.Settings {
			labels[row.Name] = row.Label + ": "
		}
	}
	var named []view.FieldError
	for _, e := range p.Errors {
		named = append(named, view.FieldError{Field: e.Field, Text: labels[e.Field] + e.Text})
	}
	return named
}

func (ParametersPage) Template() string { return "parameters" }

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
		return c.redirect(nothingChanged.at("/parameters"))
	case c.confirmed():
		return c.redirect(parametersSaved.at("/parameters"))
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

// ParametersConfirmPage shows what saving changes.
type ParametersConfirmPage struct {
	view.Form
	Changes []SettingChange
	// Loosens says that some of it makes the office easier to get into, so that
	// super-administrators are told by mail.
	Loosens bool
	// Consequences are sentences on what happens at once: "2 sessions end."
	Consequences []string
	Fields       []Hidden
}

// SettingChange is a parameter before and after, as people read values.
type SettingChange struct {
	Label, Before, After string
	// Departs explains why the new value departs from NIST SP 800-63B-4.
	Departs string
	// Loosens says that it makes the office easier to get into.
	Loosens bool
}

func (ParametersConfirmPage) Template() string { return "parameters_confirm" }

func (ParametersConfirmPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Parameters", Path: "/parameters"}, {Label: "Confirm"}}
}
