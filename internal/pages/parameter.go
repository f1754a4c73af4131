package pages

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
)

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

// SettingRow is a Setting as the form has it.
type SettingRow struct {
	Setting
	// ID is that of the control, Error what is wrong with it.
	ID, Error string
	Disabled  bool
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

// departs explains the mark beside a parameter.
func departs(d settings.Definition) string {
	if d.Section == settings.SectionTwoFactor {
		return "Where a password alone signs in, the office reaches only the lowest level of NIST SP 800-63B-4. It is offered for the time until everyone has an authenticator app."
	}
	return "NIST SP 800-63B-4 advises against this. It is offered for owners whose contracts demand it."
}

func settingRow(s desk.Setting, typed url.Values, now time.Time) Setting {
	row := Setting{
		Name: s.Name, Label: s.Label, Effect: s.Effect, Value: s.Value, Unit: s.Unit, Range: s.Range,
		Default: readable(s.Definition, s.Default()), Initial: s.Default(), Changed: s.Changed,
	}
	value := s.Value
	if typed != nil {
		value = posted(s.Definition, typed)
		row.Value = value
	}
	switch s.Kind {
	case settings.KindNumber:
		row.Control, row.Min, row.Max = ControlNumber, strconv.Itoa(s.Low), strconv.Itoa(s.High)
	case settings.KindDuration:
		unit := ""
		row.Control, row.Range = ControlNumber, readableRange(s.Definition)
		row.Value, unit = splitDuration(value)
		if typed.Has(s.Name + ".unit") {
			row.Value, unit = typed.Get(s.Name), typed.Get(s.Name+".unit")
		}
		row.Initial, row.InitialUnit = splitDuration(s.Default())
		row.Units = unitsFor(s.Definition, unit)
	case settings.KindSwitch:
		// A box is ticked by any value at all.
		row.Control, row.Range = ControlSwitch, ""
		if value == "off" {
			row.Value = ""
		}
	case settings.KindChoice:
		row.Control, row.Range = ControlChoice, ""
		for _, choice := range s.Choices {
			row.Options = append(row.Options, view.Option{Value: choice, Label: readable(s.Definition, choice), Chosen: choice == value})
		}
	case settings.KindDate:
		row.Control = ControlDate
	case settings.KindColour:
		row.Control = ControlColour
	case settings.KindText:
		row.Control = ControlText
		if s.High > settings.MostName {
			row.Control = ControlArea
		}
	}
	switch {
	case s.Departs(value, now):
		row.Departs = departs(s.Definition)
	case s.Kind == settings.KindSwitch && s.Departs("on", now):
		row.MayDepart = "On departs from NIST SP 800-63B-4"
	case s.Departs("", now):
		row.MayDepart = "Anything else departs from NIST SP 800-63B-4"
	}
	return row
}

// choices are the values of choices as people read them.
var choices = map[string]string{
	string(settings.TwoFactorEveryone):    "Everyone",
	string(settings.TwoFactorRoles):       "Roles that say so",
	string(settings.TwoFactorRecommended): "Nobody, recommended only",
}

// zeroes are what nought means where it is no number of anything.
var zeroes = map[string]string{
	"password.min_length": "chosen by itself",
	"password.max_age":    "never asks",
	"password.history":    "none",
}

// readable is a value as people read it.
func readable(d settings.Definition, value string) string {
	if word := zeroes[d.Name]; word != "" && value == "0" {
		return word
	}
	switch d.Kind {
	case settings.KindSwitch:
		if value == "on" {
			return "On"
		}
		return "Off"
	case settings.KindChoice:
		return choices[value]
	case settings.KindNumber:
		return strings.TrimSpace(value + " " + d.Unit)
	case settings.KindDuration:
		return readableDuration(value)
	case settings.KindDate:
		t, err := settings.ParseDay(value)
		if err != nil {
			return "at once"
		}
		return view.Day(t)
	}
	if value == "" {
		return "empty"
	}
	return value
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
