package pages

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
)

// Section is the parameters of one subject. ID is its anchor.
type Section struct {
	ID, Title, Text string
	Settings        []Setting
}

// Setting is a parameter with its control.
type Setting struct {
	// Name is the field, ID the control, and Error what is wrong with it.
	Name, ID, Error string
	Label, Effect   string
	Kind            settings.Kind
	// Long means that a text has several lines of room.
	Long bool
	// Value is what the control shows: a number, a text, a date, the value of an
	// option, or "on".
	Value string
	// Unit follows the control. With Units there is a choice, which is sent as
	// <name>.unit.
	Unit  string
	Units []view.Option
	// Options are the values of a choice.
	Options []view.Option
	// Default and Range are for people: "15 characters", "8 to 64". Initial and
	// InitialUnit are the default as the control has it.
	Default, Range       string
	Initial, InitialUnit string
	// Changed means that the value is not the default.
	Changed bool
	// Departs explains why the value departs from NIST SP 800-63B-4; empty if it
	// does not. MayDepart then says which values would.
	Departs, MayDepart string
}

// Swatch is the value for the browser's colour picker, which takes nothing but
// colours.
func (s Setting) Swatch() string {
	for _, value := range []string{s.Value, s.Initial} {
		if colour.MatchString(value) {
			return strings.ToLower(value)
		}
	}
	return "#000000"
}

var colour = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// sectionTexts explain sections whose titles do not.
var sectionTexts = map[string]string{
	settings.SectionPasswords:   "Requirements for new passwords. Existing passwords are not checked against them.",
	settings.SectionReset:       "“Forgot your password?” and the links that it sends.",
	settings.SectionSignIn:      "Limits that slow down guessing. They do not sign anyone out.",
	settings.SectionMaintenance: "Super-administrators can still sign in.",
}

// Sections are the parameters as their page shows them. If typed is not nil,
// controls show it instead of the values in force, with the errors of the form.
func Sections(list []desk.Setting, form view.Form, typed url.Values, now time.Time) []Section {
	var sections []Section
	for _, s := range list {
		if len(sections) == 0 || sections[len(sections)-1].Title != s.Section {
			id := strings.ToLower(strings.ReplaceAll(s.Section, " ", "-"))
			sections = append(sections, Section{ID: id, Title: s.Section, Text: sectionTexts[s.Section]})
		}
		row := setting(s, typed, now)
		row.Error = form.Error(s.Name)
		last := &sections[len(sections)-1]
		last.Settings = append(last.Settings, row)
	}
	return sections
}

func setting(s desk.Setting, typed url.Values, now time.Time) Setting {
	value := s.Value
	if typed != nil {
		value = posted(s.Definition, typed)
	}
	row := Setting{
		Name: s.Name, ID: "field-" + s.Name, Label: s.Label, Effect: s.Effect, Kind: s.Kind, Value: value, Unit: s.Unit,
		Default: readable(s.Definition, s.Default()), Range: s.Range, Initial: s.Default(), Changed: s.Changed,
	}
	switch s.Kind {
	case settings.KindDuration:
		unit := ""
		row.Range = readableRange(s.Definition)
		row.Value, unit = splitDuration(value)
		if typed.Has(s.Name + ".unit") {
			row.Value, unit = typed.Get(s.Name), typed.Get(s.Name+".unit")
		}
		row.Initial, row.InitialUnit = splitDuration(s.Default())
		row.Units = unitsFor(s.Definition, unit)
	case settings.KindSwitch:
		row.Range = ""
	case settings.KindChoice:
		row.Range = ""
		for _, choice := range s.Choices {
			row.Options = append(row.Options, view.Option{Value: choice, Label: readable(s.Definition, choice), Chosen: choice == value})
		}
	case settings.KindText:
		row.Long = s.High > settings.MostName
	}
	switch {
	case s.Departs(value, now):
		row.Departs = departs(s.Definition)
	case s.Kind == settings.KindSwitch && s.Departs("on", now):
		row.MayDepart = "“On” departs from NIST SP 800-63B-4"
	case s.Departs("", now):
		row.MayDepart = "Any other value departs from NIST SP 800-63B-4"
	}
	return row
}

// departs explains the mark beside a parameter.
func departs(d settings.Definition) string {
	if d.Section == settings.SectionTwoFactor {
		return "If a password alone is enough to sign in, the office meets only the lowest level of NIST SP 800-63B-4. Use this only until everyone has an authenticator app."
	}
	return "NIST SP 800-63B-4 advises against this. It is available because some contracts require it."
}

// choices are the values of choices as people read them.
var choices = map[string]string{
	string(settings.TwoFactorEveryone):    "Everyone",
	string(settings.TwoFactorRoles):       "Roles that require it",
	string(settings.TwoFactorRecommended): "No one; it is only recommended",
}

// zeroes say what zero means for parameters of which it is not a number.
var zeroes = map[string]string{
	"password.min_length": "automatic",
	"password.max_age":    "never",
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
		return cmp.Or(choices[value], value)
	case settings.KindNumber:
		return strings.TrimSpace(value + " " + d.Unit)
	case settings.KindDuration:
		return readableDuration(value)
	case settings.KindDate:
		t, err := settings.ParseDay(value)
		if err != nil {
			return "immediately"
		}
		return view.Day(t)
	}
	if value == "" {
		return "empty"
	}
	return value
}

// posted is the value of a parameter in a form, as it is stored. A switch that is
// off sends nothing.
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
