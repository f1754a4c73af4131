package pages

import (
	"net/http"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/mail"
)

// ParametersPage leads to the pages of parameters, and finds one by what people call
// it.
type ParametersPage struct {
	Alias    AliasState
	Sections []SectionCard
	// Query is what is looked for, Rows everything there is to find, and Found how many
	// of them are shown.
	Query string
	Rows  []ParameterRow
	Found int
	// Sender is the sender of emails, or empty if unknown. Outbox means that
	// emails are written to a folder and not sent.
	Sender string
	Outbox bool
}

func (ParametersPage) Template() string { return "parameters" }

// SectionCard leads to a section, and says what of it is in force.
type SectionCard struct {
	ID, Title, Path string
	Facts           []SectionFact
	// Changed and Departs are how many parameters are not at their defaults, and how
	// many depart from NIST SP 800-63B-4.
	Changed, Departs int
}

// SectionFact is a parameter with the value in force, in words.
type SectionFact struct{ Label, Value string }

// ParameterRow is something to find on the pages of parameters.
type ParameterRow struct {
	// ID is the anchor of a parameter; empty for what is none. Path is empty for what is
	// not on a page.
	ID                          string
	Label, Section, Value, Path string
	// Words are those by which it is found, as [searchable] returns them.
	Words  string
	Hidden bool
}

// sectionFacts are the parameters that represent their sections.
var sectionFacts = []string{
	"password.min_length", "password.max_age", "reset.life", "reset.per_account", "signin.failures", "signin.disable_after", "signin.company_only", "signin.networks", "two_factor.who",
	"session.idle", "session.absolute", "forms.human_pace", "invite.life", "accounts.unused", "approval.super_administrator", "signin.paused", "audit.keep", "office.name",
}

// besides is what people look for among the parameters that is not one, by the messages of
// what it is called, where it is, and what else people call it. Without a path, there is
// nothing to change on a page.
var besides = []struct{ label, section, path, words string }{
	{"alias.title", "common.parameters", "/parameters#section-address", "alias.words"},
	{"parameters.sessions", "settings.section.session-limits.title", "/parameters/sessions", "parameters.sessions.words"},
	{"parameters.mail.senders", "common.mail", "/parameters#section-mail", "parameters.mail.sender.words"},
	{"parameters.mail.test", "common.mail", "/mail/test", "parameters.mail.test.words"},
	{"parameters.logo", "parameters.configured", "", "parameters.logo.words"},
	{"parameters.sso", "parameters.configured", "", "parameters.sso.words"},
	{"parameters.proxies", "parameters.configured", "", "parameters.proxies.words"},
}

func (c *call) getParameters() error {
	list, state, err := c.Desk.Parameters(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	p := ParametersPage{Query: desk.OneLine(c.query().Get("q"), 100), Sections: c.sectionCards(list, c.Desk.InForce(state))}
	if p.Alias, err = c.aliasState(state); err != nil {
		return err
	}
	if sender, ok := c.Desk.Sender.(interface{ From() string }); ok {
		p.Sender = sender.From()
	}
	_, p.Outbox = c.Desk.Sender.(*mail.Outbox)
	c.findAmong(&p, list, c.Desk.InForce(state))
	return c.show(http.StatusOK, p)
}

func (c *call) sectionCards(list []desk.Setting, in settings.InForce) []SectionCard {
	var cards []SectionCard
	for _, of := range settings.Sections() {
		card := SectionCard{ID: of.ID, Title: c.say(of.Title()), Path: sectionPath(of.ID)}
		for _, s := range list {
			if s.SectionID != of.ID {
				continue
			}
			if slices.Contains(sectionFacts, s.Name) {
				card.Facts = append(card.Facts, SectionFact{c.say(s.Label()), c.say(s.Brief(s.Value, in))})
			}
			if s.Changed {
				card.Changed++
			}
			if s.Departs(s.Value, in.Now) {
				card.Departs++
			}
		}
		cards = append(cards, card)
	}
	return cards
}

// findAmong lists everything, and hides what does not have the words of the query.
func (c *call) findAmong(p *ParametersPage, list []desk.Setting, in settings.InForce) {
	for _, b := range besides {
		row := ParameterRow{Label: c.t(b.label), Section: c.t(b.section), Path: b.path}
		row.Words = searchable(row.Label, row.Section, c.t(b.words))
		p.Rows = append(p.Rows, row)
	}
	for _, s := range list {
		p.Rows = append(p.Rows, ParameterRow{
			ID: "field-" + s.Name, Label: c.say(s.Label()), Section: c.say(s.Section()), Value: c.say(s.Brief(s.Value, in)), Path: parameterPath(s.Definition),
			Words: searchable(s.Haystack(c.words())),
		})
	}
	query := searchable(p.Query)
	for i, row := range p.Rows {
		p.Rows[i].Hidden = !settings.Matches(query, row.Words)
		if !p.Rows[i].Hidden {
			p.Found++
		}
	}
}

// parametersTop is the first of the breadcrumbs below the page.
func parametersTop(in *messages.Language) view.Crumb {
	return view.Crumb{Label: in.Text("common.parameters"), Path: "/parameters"}
}

// parameterFields are the fields of the forms: up to three per parameter, and their own.
func parameterFields() []string {
	fields := []string{"revision", "confirm", "restore"}
	for _, d := range settings.Definitions() {
		fields = append(fields, d.Name)
		if len(d.Presets) > 0 {
			fields = append(fields, d.Name+".preset")
		}
		if d.Kind == settings.KindDuration {
			fields = append(fields, d.Name+".unit")
		}
	}
	return fields
}

// theSection returns the section of the path.
func (c *call) theSection() (settings.Section, error) {
	sections := settings.Sections()
	i := slices.IndexFunc(sections, func(s settings.Section) bool { return s.ID == c.inner.PathValue("section") })
	if i < 0 {
		return settings.Section{}, desk.ErrNotFound
	}
	return sections[i], nil
}
