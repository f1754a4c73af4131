package pages

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
)

// Section is the parameters of one page.
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
	// Presets are values to choose from, sent as <name>.preset. The value itself is
	// only sent for the last, which is custom, unless Complete means that there is none.
	Presets  []Preset
	Complete bool
	// Unit follows the control. With Units there is a choice, which is sent as
	// <name>.unit.
	Unit  string
	Units []view.Option
	// Options are the values of a choice.
	Options []view.Option
	// Was is the value in force in words, if the control shows another that was typed.
	Was string
	// InForce says what the value in force means, if the control alone does not.
	InForce string
	// Default and Range are for people: "Default: 15 characters", "Range: 8 to 64".
	// Initial is the default as the control has it.
	Default, Range, Initial string
	// Changed means that the value is not the default.
	Changed bool
	// Departs explains why the value departs from NIST SP 800-63B-4; empty if it
	// does not. MayDepart then says which values would.
	Departs, MayDepart string
	// History is the URL of its history.
	History string
}

// Preset is a value to choose.
type Preset struct {
	view.Option
	// Default marks the default.
	Default bool
}

// customPreset is the preset of a value that is typed.
const customPreset = "custom"

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

// sectionOf is one section as its page shows it. If typed is not nil, controls show it
// instead of the values in force, with the errors of the form.
func (c *call) sectionOf(of settings.Section, list []desk.Setting, form view.Form, typed url.Values, in settings.InForce) Section {
	s := Section{ID: of.ID, Title: c.say(of.Title()), Text: c.say(of.Text())}
	for _, p := range list {
		if p.SectionID == of.ID {
			row := c.setting(p, typed, in)
			row.Error = form.Error(p.Name)
			s.Settings = append(s.Settings, row)
		}
	}
	return s
}

func (c *call) setting(s desk.Setting, typed url.Values, in settings.InForce) Setting {
	value := s.Value
	if typed != nil {
		value = posted(s.Definition, typed)
	}
	row := Setting{
		Name: s.Name, ID: "field-" + s.Name, Label: c.say(s.Label()), Effect: c.say(s.Effect()), Kind: s.Kind, Value: value, Unit: c.say(s.Unit()),
		Default: c.t("parameters.setting.default", "value", s.Brief(s.Default(), in)), Initial: s.Default(), Changed: s.Changed,
	}
	if typed := s.Typed(); !typed.IsZero() {
		row.Range = c.t("parameters.setting.range", "range", typed)
	}
	brief := c.say(s.Brief(s.Value, in))
	if value != s.Value {
		row.Was = brief
	}
	if means := c.say(s.Means); means != brief {
		row.InForce = c.t("parameters.setting.now", "value", s.Means)
	}
	switch s.Kind {
	case settings.KindNumber, settings.KindDuration:
		c.preset(&row, s.Definition, value, typed, in)
	case settings.KindChoice:
		for _, choice := range s.Choices {
			row.Options = append(row.Options, view.Option{Value: choice, Label: c.say(s.Brief(choice, in)), Chosen: choice == value})
		}
	case settings.KindText:
		row.Long = s.High > settings.MostName
	}
	switch {
	case s.Departs(value, in.Now):
		row.Departs = c.departs(s.Definition)
	case s.Kind == settings.KindSwitch && s.Departs("on", in.Now):
		row.MayDepart = c.t("parameters.setting.on_departs")
	case s.Departs("", in.Now):
		row.MayDepart = c.t("parameters.setting.others_depart")
	}
	return row
}

// preset fills in the choice of a number or duration, and the field for others.
func (c *call) preset(row *Setting, d settings.Definition, value string, typed url.Values, in settings.InForce) {
	custom := !slices.Contains(d.Presets, value) || typed.Get(d.Name+".preset") == customPreset
	for _, preset := range d.Presets {
		row.Presets = append(row.Presets, Preset{
			Option: view.Option{Value: preset, Label: c.say(d.Brief(preset, in)), Chosen: !custom && preset == value}, Default: preset == d.Default(),
		})
	}
	row.Complete = d.Complete()
	if !row.Complete {
		row.Presets = append(row.Presets, Preset{Option: view.Option{Value: customPreset, Label: c.t("parameters.setting.custom"), Chosen: custom}})
	}
	unit := ""
	if d.Kind == settings.KindDuration {
		row.Value, unit = splitDuration(value)
		if typed.Has(d.Name + ".unit") {
			unit = typed.Get(d.Name + ".unit")
		}
		if unit == "" {
			_, unit = splitDuration(d.Default())
		}
		row.Units = unitsFor(c.words(), d, unit)
	}
	switch {
	case typed.Has(d.Name):
		row.Value = typed.Get(d.Name)
	case !custom:
		row.Value = ""
	}
}

// departs explains the mark beside a parameter.
func (c *call) departs(d settings.Definition) string {
	if d.SectionID == settings.SectionTwoFactor.ID {
		return c.t("parameters.departs.two_factor")
	}
	return c.t("parameters.departs.others")
}

// posted is the value of a parameter in a form, as it is stored. A switch that is
// off sends nothing.
func posted(d settings.Definition, form url.Values) string {
	value, preset := form.Get(d.Name), form.Get(d.Name+".preset")
	switch {
	case form.Get("restore") == d.Name:
		return d.Default()
	case preset != "" && preset != customPreset:
		return preset
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

// parameterPath leads to a parameter on its page.
func parameterPath(d settings.Definition) string {
	return sectionPath(d.SectionID) + "#field-" + d.Name
}

func sectionPath(id string) string { return "/parameters/" + id }
