package pages

import (
	"regexp"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/view"
)

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

// Setting is one parameter.
type Setting struct {
	// Name is the field, "password.min_length".
	Name, Label, Effect string
	Control             Control
	// Value is what the control shows: digits, a text, a date, the value of an
	// option, or "on".
	Value string
	// Unit stands after the control. With Units there is a choice, sent as
	// <name>.unit.
	Unit  string
	Units []view.Option
	// Options are the choices of ControlChoice.
	Options []view.Option
	// Default and Range are for people: "15 characters", "8 to 64". Initial and
	// InitialUnit are the default as the control has it.
	Default, Range       string
	Initial, InitialUnit string
	// Min and Max bound ControlNumber in its unit; empty leaves them out.
	Min, Max string
	// Changed says that the value is not the default.
	Changed bool
	// Departs explains why the value departs from NIST SP 800-63B-4; empty when
	// it does not.
	Departs string
	// MayDepart explains what would; shown in small while Departs is empty.
	MayDepart string
	// Fixed says why it cannot be changed here; empty when it can.
	Fixed string
}

// SettingRow is a Setting as the form has it.
type SettingRow struct {
	Setting
	// ID is that of the control, Error what is wrong with it.
	ID, Error string
	Disabled  bool
}

// Row adds to a setting what the form knows about it.
func (p ParametersPage) Row(s Setting) SettingRow {
	return SettingRow{Setting: s, ID: "field-" + s.Name, Error: p.Error(s.Name), Disabled: p.ReadOnly || s.Fixed != ""}
}

// Swatch is the value as the browser's palette takes it: that one takes
// colours only.
func (s Setting) Swatch() string {
	for _, value := range []string{s.Value, s.Initial} {
		if colour.MatchString(value) {
			return strings.ToLower(value)
		}
	}
	return "#000000"
}

var colour = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

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

// Control is how a parameter is changed.
type Control string

const (
	ControlNumber Control = "number"
	ControlSwitch Control = "switch"
	ControlChoice Control = "choice"
	ControlDate   Control = "date"
	ControlArea   Control = "area"
	// ControlColour takes "#rrggbb".
	ControlColour Control = "colour"
	// ControlText is the meaning of "".
	ControlText Control = "text"
)

func (ParametersPage) Template() string { return "parameters" }

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

// ParametersStalePage says that somebody saved meanwhile, and shows both.
type ParametersStalePage struct {
	view.Form
	// By and At are who saved and when; By may be empty.
	By string
	At time.Time
	// Settings are those that the two disagree on, or that either changed.
	Settings []SettingConflict
	// Fields are mine, with the new revision, to be confirmed next.
	Fields []Hidden
}

// SettingConflict is a parameter that two people changed, as people read
// values.
type SettingConflict struct {
	Label, Before, Mine, Theirs string
	// Clash says that both changed it, differently.
	Clash bool
}

func (ParametersStalePage) Template() string { return "parameters_stale" }

func (ParametersStalePage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Parameters", Path: "/parameters"}, {Label: "Changed meanwhile"}}
}
