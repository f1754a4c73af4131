package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/mail"
)

var parametersSaved = success("saved", "Saved. The changes take effect everywhere on the next request.")

// ParametersPage shows every parameter, and changes them.
type ParametersPage struct {
	view.Form
	Alias    AliasState
	Sections []Section
	// Revision is the revision of the parameters from which the form was made.
	Revision string
	// Sender is the sender of emails, or empty if unknown. Outbox means that
	// emails are written to a folder and not sent.
	Sender string
	Outbox bool
}

func (ParametersPage) Template() string { return "parameters" }

// Problems are the errors of the form, each with the label of its parameter: in
// a list of many, "a number from 8 to 64" says nothing.
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

func (c *call) getParameters() error { return c.showParameters(http.StatusOK, view.Form{}, nil) }

// showParameters shows the page, after a refusal with what was typed.
func (c *call) showParameters(status int, form view.Form, typed url.Values) error {
	list, state, err := c.Desk.Parameters(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	p := ParametersPage{Form: form, Revision: shownRevision(state.Stored), Sections: Sections(list, form, typed, c.Desk.Now())}
	if p.Alias, err = c.aliasState(state); err != nil {
		return err
	}
	if sender, ok := c.Desk.Sender.(interface{ From() string }); ok {
		p.Sender = sender.From()
	}
	_, p.Outbox = c.Desk.Sender.(*mail.Outbox)
	return c.show(status, p)
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
		if shown, ok := f.Shown[d.Name]; ok && f.Values[d.Name] == d.Spelling(shown) {
			f.Values[d.Name] = shown
		}
	}
	return f
}

// parameterProblems puts what is wrong beside its fields. For durations it asks
// for what the form has: a number and a unit.
func (c *call) parameterProblems(bad *desk.InvalidError) view.Form {
	form := problems(bad)
	for i, p := range bad.Problems {
		for _, d := range c.Desk.Definitions() {
			if d.Name == p.Field && d.Kind == settings.KindDuration && p.Code == "range" {
				form.Errors[i].Text = "Enter a whole number and choose its unit: " + readableRange(d) + "."
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
	Changes []SettingChange
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

func (ParametersConfirmPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Parameters", Path: "/parameters"}, {Label: "Confirm"}}
}

// parameterFields are the fields of the form: one or two per parameter, and its own.
func parameterFields() []string {
	fields := []string{"revision", "confirm", "restore"}
	for _, d := range settings.Definitions() {
		fields = append(fields, d.Name)
		if d.Kind == settings.KindDuration {
			fields = append(fields, d.Name+".unit")
		}
	}
	return fields
}
