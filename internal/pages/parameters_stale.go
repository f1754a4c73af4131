package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// ParametersStalePage shows what someone else saved in the meantime beside what
// was about to be saved.
type ParametersStalePage struct {
	Section settings.Section
	// Path is that of the section.
	Path string
	// By and At tell who saved and when; By may be empty.
	By string
	At time.Time
	// Settings are the parameters that either of the two changed.
	Settings []SettingConflict
	// Fields are the reader's changes with the new revision, to be confirmed.
	Fields []Hidden
}

// SettingConflict is a parameter that one or both of two people changed, as
// people read values.
type SettingConflict struct {
	Label, Before, Mine, Theirs string
	// Clash means that both changed it, differently.
	Clash bool
}

func (ParametersStalePage) Template() string { return "parameters_stale" }

func (p ParametersStalePage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{parametersTop(in), {Label: in.Say(p.Section.Title()), Path: p.Path}, {Label: in.Text("parameters.stale")}}
}

func (c *call) showStale(of settings.Section, stale *desk.StaleError) error {
	p := ParametersStalePage{Section: of, Path: sectionPath(of.ID), By: stale.By, At: stale.At}
	p.Fields = []Hidden{{Name: "revision", Value: shownRevision(store.Parameters{Revision: stale.Revision, Values: stale.Now})}}
	theirs, mine := byName(stale.Theirs), byName(stale.Mine)
	for _, d := range c.Desk.Definitions() {
		t, they := theirs[d.Name]
		m, me := mine[d.Name]
		switch {
		case they && me:
			m.From = t.From
		case they:
			m.From, m.To = t.From, t.From
		case me:
			t.To = m.From
		}
		if they || me {
			p.Settings = append(p.Settings, SettingConflict{
				Label: c.say(d.Label()), Before: c.say(m.From), Mine: c.say(m.To), Theirs: c.say(t.To), Clash: they && me,
			})
		}
		switch {
		case me:
			p.Fields = append(p.Fields, Hidden{Name: d.Name, Value: m.After})
		case d.SectionID == of.ID && d.Kind == settings.KindSwitch && stale.Now[d.Name] == "on":
			// A switch that is off sends nothing, so one that is to stay on is sent.
			p.Fields = append(p.Fields, Hidden{Name: d.Name, Value: "on"})
		}
	}
	return c.show(http.StatusConflict, p)
}

func byName(changes []desk.Change) map[string]desk.Change {
	named := map[string]desk.Change{}
	for _, ch := range changes {
		named[ch.Name] = ch
	}
	return named
}

// shownRevision encodes what a form of parameters sends back: the revision and
// the values that it was made from, to distinguish what someone else saves in the
// meantime from what the form changes.
func shownRevision(p store.Parameters) string {
	values := url.Values{}
	for name, value := range p.Values {
		values.Set(name, value)
	}
	return version(p.Revision) + "?" + values.Encode()
}

// readRevision decodes what shownRevision encoded. If it is malformed, the
// revision is -1, which matches none.
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
