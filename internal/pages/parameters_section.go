package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
)

var parametersSaved = success("saved")

// ParametersSectionPage shows the parameters of a section, and changes them.
type ParametersSectionPage struct {
	view.Form
	Section
	// Sections are those to go to.
	Sections []Section
	// Revision is the revision of the parameters from which the form was made.
	Revision string
}

func (ParametersSectionPage) Template() string { return "parameters_section" }

func (p ParametersSectionPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{parametersTop(in), {Label: p.Title}}
}

func (c *call) getParametersSection() error {
	of, err := c.theSection()
	if err != nil {
		return err
	}
	return c.showParameters(http.StatusOK, of, view.Form{}, nil)
}

// showParameters shows a section, after a refusal with what was typed.
func (c *call) showParameters(status int, of settings.Section, form view.Form, typed url.Values) error {
	list, state, err := c.Desk.Parameters(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	p := ParametersSectionPage{Form: form, Section: c.sectionOf(of, list, form, typed, c.Desk.InForce(state)), Revision: shownRevision(state.Stored)}
	for _, to := range settings.Sections() {
		p.Sections = append(p.Sections, Section{ID: to.ID, Title: c.say(to.Title())})
	}
	for i, row := range p.Settings {
		p.Settings[i].History = c.base + historyPath(row.Name)
	}
	return c.show(status, p)
}

// parametersForm is the page as it was posted. Parameters of other sections are not in
// it, whatever was sent: a switch that is not on another page is not off.
func (c *call) parametersForm(of settings.Section) desk.ParametersForm {
	f, defs := desk.ParametersForm{Values: map[string]string{}}, c.Desk.Definitions()
	f.Revision, f.Shown = readRevision(c.form.Get("revision"), defs)
	for _, d := range defs {
		if d.SectionID != of.ID || d.Kind != settings.KindSwitch && !c.form.Has(d.Name) && !c.form.Has(d.Name+".preset") {
			continue
		}
		f.Values[d.Name] = posted(d, c.form)
		if shown, ok := f.Shown[d.Name]; ok && f.Values[d.Name] == d.Spelling(shown) {
			f.Values[d.Name] = shown
		}
	}
	return f
}

// parameterProblems puts what is wrong beside its fields, and asks for what the form
// has. Consequences for a parameter of another section are about the form as a whole.
func (c *call) parameterProblems(of settings.Section, bad *desk.InvalidError) view.Form {
	form := c.problems(bad)
	for i, p := range bad.Problems {
		for _, d := range c.Desk.Definitions() {
			switch {
			case d.Name != p.Field:
			case d.SectionID != of.ID:
				form.Errors[i] = view.FieldError{Text: c.t("parameters.problem.elsewhere", "parameter", d.Called(), "problem", p.Text)}
			case p.Code != "range":
			case d.Kind == settings.KindDuration:
				form.Errors[i].Text = c.t("parameters.problem.duration", "range", d.Typed())
			case d.Kind == settings.KindNumber:
				form.Errors[i].Text = c.t("parameters.problem.number", "range", d.Typed())
			}
		}
	}
	return form
}

// postParametersSection saves parameters, after showing the difference.
func (c *call) postParametersSection() error {
	of, err := c.theSection()
	if err != nil {
		return err
	}
	ctx, f := c.ctx(), c.parametersForm(of)
	var changes []desk.Change
	if c.confirmed() {
		changes, err = c.Desk.SaveParameters(ctx, c.actor(), c.visit, f)
	} else {
		changes, err = c.Desk.PreviewParameters(ctx, c.actor(), f)
	}
	bad, stale := (*desk.InvalidError)(nil), (*desk.StaleError)(nil)
	switch {
	case errors.As(err, &bad):
		return c.showParameters(http.StatusUnprocessableEntity, of, c.parameterProblems(of, bad), c.form)
	case errors.As(err, &stale):
		return c.showStale(of, stale)
	case err != nil:
		return err
	case len(changes) == 0:
		return c.redirect(nothingChanged.at(sectionPath(of.ID)))
	case c.confirmed():
		return c.redirect(parametersSaved.at(sectionPath(of.ID)))
	}
	p := ParametersConfirmPage{Section: of, Path: sectionPath(of.ID), Fields: c.again()}
	for _, ch := range changes {
		row := SettingChange{Label: c.say(ch.Label()), Before: c.say(ch.From), After: c.say(ch.To), Loosens: ch.Loosens}
		p.Loosens = p.Loosens || ch.Loosens
		if ch.Follows {
			p.Follow = append(p.Follow, row)
			continue
		}
		if ch.Definition.Departs(ch.After, c.Desk.Now()) {
			row.Departs = c.departs(ch.Definition)
		}
		p.Changes = append(p.Changes, row)
	}
	return c.show(http.StatusOK, p)
}

// ParametersConfirmPage shows what saving changes.
type ParametersConfirmPage struct {
	Section settings.Section
	// Path is that of the section.
	Path    string
	Changes []SettingChange
	// Follow are parameters that stay as they are, but whose effect changes.
	Follow []SettingChange
	// Loosens means that a change protects less, so super-administrators are
	// notified.
	Loosens bool
	Fields  []Hidden
}

// SettingChange is a parameter before and after, as people read values.
type SettingChange struct {
	Label, Before, After string
	// Departs explains why the new value departs from NIST SP 800-63B-4.
	Departs string
	Loosens bool
}

func (ParametersConfirmPage) Template() string { return "parameters_confirm" }

func (p ParametersConfirmPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{parametersTop(in), {Label: in.Say(p.Section.Title()), Path: p.Path}, {Label: in.Text("parameters.confirm")}}
}
