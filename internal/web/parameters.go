package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/postern-go/postern/internal/admin"
	"github.com/postern-go/postern/internal/desk"
	show "github.com/postern-go/postern/internal/pages/admin"
	"github.com/postern-go/postern/internal/pages/view"
)

// departs explains the mark beside a parameter.
const departs = "NIST SP 800-63B-4 advises against this. It is offered for owners whose contracts demand it."

// sectionTexts say what a section is for, where its title does not.
var sectionTexts = map[string]string{
	desk.SectionPasswords:   "What a new password needs. Passwords that exist are not looked at.",
	desk.SectionReset:       "“Forgot your password?” and the links it sends.",
	desk.SectionSignIn:      "How guessing is slowed down. Nobody who is signed in is signed out by it.",
	desk.SectionMaintenance: "Super-administrators can still sign in.",
}

func sectionID(title string) string { return strings.ToLower(strings.ReplaceAll(title, " ", "-")) }

func (c *call) getParameters() error { return c.showParameters(http.StatusOK, view.Form{}, nil) }

func (c *call) showParameters(status int, form view.Form, typed map[string]string) error {
	list, state, err := c.s.Services.Parameters(c.r.Context(), c.actor())
	if err != nil {
		return err
	}
	p := show.ParametersPage{Form: form, Revision: version(state.Stored.Revision), MayTestMail: true}
	pending, err := c.s.Services.PendingLinks(c.r.Context(), c.actor())
	if err != nil {
		return err
	}
	p.Address = show.Address{Until: state.Stored.ConfirmBy, Old: state.Stored.PreviousAlias, PendingLinks: pending}
	for _, s := range list {
		if len(p.Sections) == 0 || p.Sections[len(p.Sections)-1].Title != s.Section {
			p.Sections = append(p.Sections, show.Section{ID: sectionID(s.Section), Title: s.Section, Text: sectionTexts[s.Section]})
		}
		section := &p.Sections[len(p.Sections)-1]
		section.Settings = append(section.Settings, settingRow(s, typed))
	}
	return c.show(status, p)
}

func settingRow(s admin.Setting, typed map[string]string) show.Setting {
	row := show.Setting{
		Name: s.Name, Label: s.Label, Effect: s.Effect, Value: s.Value, Unit: s.Unit, Range: s.Range,
		Default: readable(s.Definition, s.Default()), Initial: s.Default(), Changed: s.Changed,
	}
	if value, ok := typed[s.Name]; ok {
		row.Value = value
	}
	switch s.Kind {
	case desk.KindNumber:
		row.Control, row.Min, row.Max = show.ControlNumber, strconv.Itoa(s.Low), strconv.Itoa(s.High)
	case desk.KindSwitch:
		row.Control, row.Range = show.ControlSwitch, ""
	case desk.KindChoice:
		row.Control, row.Range = show.ControlChoice, ""
		for _, choice := range s.Choices {
			row.Options = append(row.Options, view.Option{Value: choice, Label: readable(s.Definition, choice), Chosen: choice == row.Value})
		}
	case desk.KindText:
		row.Control = show.ControlArea
	}
	if s.Definition.Departs(row.Value) {
		row.Departs = departs
	}
	return row
}

// choices are the values of choices as people read them.
var choices = map[string]string{
	string(desk.TwoFactorEveryone):    "Everyone",
	string(desk.TwoFactorRoles):       "Roles that say so",
	string(desk.TwoFactorRecommended): "Nobody, recommended only",
}

// readable is a value as people read it.
func readable(d desk.Definition, value string) string {
	switch d.Kind {
	case desk.KindSwitch:
		if value == "on" {
			return "On"
		}
		return "Off"
	case desk.KindChoice:
		return choices[value]
	case desk.KindNumber:
		return strings.TrimSpace(value + " " + d.Unit)
	}
	if value == "" {
		return "empty"
	}
	return value
}

// parametersForm is the page as it was posted. A switch that is off sends
// nothing, so what is not there is off.
func (c *call) parametersForm() admin.ParametersForm {
	f := admin.ParametersForm{Values: map[string]string{}, Shown: map[string]string{}}
	f.Revision, _ = strconv.ParseInt(c.form.Get("revision"), 10, 64)
	for _, d := range desk.Definitions() {
		value, there := c.form.Get(d.Name), c.form.Has(d.Name)
		switch {
		case c.form.Get("restore") == d.Name:
			value = d.Default()
		case d.Kind == desk.KindSwitch && !there:
			value = "off"
		case !there:
			continue
		}
		f.Values[d.Name] = value
		if c.form.Has("was:" + d.Name) {
			f.Shown[d.Name] = c.form.Get("was:" + d.Name)
		}
	}
	return f
}

func (c *call) postParameters() error {
	ctx, f := c.r.Context(), c.parametersForm()
	var changes []admin.Change
	var err error
	if c.confirmed() {
		changes, err = c.s.Services.SaveParameters(ctx, c.actor(), c.visit, f)
	} else {
		changes, err = c.s.Services.PreviewParameters(ctx, c.actor(), f)
	}
	bad, stale := (*desk.InvalidError)(nil), (*admin.StaleError)(nil)
	switch {
	case errors.As(err, &bad):
		return c.showParameters(http.StatusUnprocessableEntity, problems(bad), f.Values)
	case errors.As(err, &stale):
		return c.showStale(stale)
	case err != nil:
		return err
	case len(changes) == 0:
		return c.redirect("/parameters?done=nothing")
	case c.confirmed():
		return c.redirect("/parameters?done=saved")
	}
	p := show.ParametersConfirmPage{Fields: c.again()}
	for _, ch := range changes {
		row := show.SettingChange{Label: ch.Label, Before: readable(ch.Definition, ch.Before), After: readable(ch.Definition, ch.After), Loosens: ch.Loosens}
		if ch.Definition.Departs(ch.After) {
			row.Departs = departs
		}
		p.Loosens = p.Loosens || ch.Loosens
		p.Changes = append(p.Changes, row)
	}
	return c.show(http.StatusOK, p)
}

// showStale shows what somebody saved meanwhile beside what was about to be
// saved, and offers to go on with mine over theirs.
func (c *call) showStale(stale *admin.StaleError) error {
	p := show.ParametersStalePage{By: stale.By, At: stale.At}
	add := func(ch admin.Change, mine, theirs string, clash bool) {
		p.Settings = append(p.Settings, show.SettingConflict{Label: ch.Label, Before: readable(ch.Definition, ch.Before), Mine: mine, Theirs: theirs, Clash: clash})
	}
	for _, t := range stale.Theirs {
		mine := ""
		for _, m := range stale.Mine {
			if m.Name == t.Name {
				mine = readable(m.Definition, m.After)
			}
		}
		add(t, mine, readable(t.Definition, t.After), mine != "")
	}
	for _, m := range stale.Mine {
		if !slices.ContainsFunc(stale.Theirs, func(t admin.Change) bool { return t.Name == m.Name }) {
			add(m, readable(m.Definition, m.After), "", false)
		}
	}
	p.Fields = []show.Hidden{{Name: "revision", Value: version(stale.Revision)}}
	for _, m := range stale.Mine {
		p.Fields = append(p.Fields, show.Hidden{Name: m.Name, Value: m.After})
	}
	// Switches that are off send nothing, so those that nobody meant to change
	// go along as they are now.
	for _, d := range desk.Definitions() {
		if d.Kind == desk.KindSwitch && stale.Now[d.Name] == "on" && !slices.ContainsFunc(stale.Mine, func(m admin.Change) bool { return m.Name == d.Name }) {
			p.Fields = append(p.Fields, show.Hidden{Name: d.Name, Value: "on"})
		}
	}
	return c.show(http.StatusConflict, p)
}

func (c *call) getAddress() error { return c.showAddress(http.StatusOK, view.Form{}, "", "") }

func (c *call) showAddress(status int, f view.Form, typed, proposed string) error {
	pending, err := c.s.Services.PendingLinks(c.r.Context(), c.actor())
	if err != nil {
		return err
	}
	p := show.ParametersAddressPage{Form: f, Alias: typed, Proposed: proposed, PendingLinks: pending, Within: desk.ConfirmWithin, Revision: version(c.state.Stored.Revision)}
	if proposed != "" {
		p.Fields = []show.Hidden{{Name: "action", Value: "choose"}, {Name: "alias", Value: proposed}, {Name: "confirm", Value: "yes"}}
	}
	return c.show(status, p)
}

func (c *call) postAddress() error {
	ctx, s := c.r.Context(), c.s.Services
	if c.form.Get("action") == "confirm" {
		if err := s.ConfirmAlias(ctx, c.actor(), c.visit); err != nil {
			return err
		}
		return c.redirect("/parameters?done=address-confirmed")
	}
	alias := strings.TrimSpace(c.form.Get("alias"))
	if c.form.Get("action") == "generate" {
		var err error
		if alias, err = s.SuggestAlias(); err != nil {
			return err
		}
		return c.showAddress(http.StatusOK, view.Form{}, "", alias)
	}
	if !c.confirmed() {
		if err := s.CheckAlias(alias); err != nil {
			return c.addressRefused(err, alias)
		}
		return c.showAddress(http.StatusOK, view.Form{}, "", alias)
	}
	if err := s.ChangeAlias(ctx, c.actor(), c.visit, alias); err != nil {
		return c.addressRefused(err, alias)
	}
	// This address is dead with the answer. The new one is the test of itself:
	// who does not arrive there cannot confirm it, and the old one comes back.
	c.base = "/" + alias
	return c.redirect("/parameters?done=address-changed")
}

func (c *call) addressRefused(err error, typed string) error {
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.showAddress(http.StatusUnprocessableEntity, problems(bad), typed, "")
	}
	return err
}

func sortedKeys(v url.Values) []string { return slices.Sorted(maps.Keys(v)) }
