package pages

import (
	"net/http"
	"slices"

	"github.com/postern-go/postern/internal/desk"
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
	"password.min_length", "password.max_age", "reset.life", "reset.per_account", "signin.failures", "signin.disable_after", "signin.networks", "two_factor.who",
	"session.idle", "session.absolute", "forms.human_pace", "invite.life", "signin.paused", "audit.keep", "office.name",
}

// configured is where there is nothing to change on a page.
const configured = "Set in the server’s configuration"

// besides is what people look for among the parameters that is not one. Without a path,
// it is not on a page.
var besides = []struct{ label, section, path, words string }{
	{"Office address", "Parameters", "/parameters#section-address", "alias second_admin_alias admin URL path slug secret link bookmark hide move"},
	{"Sign everyone out", "Sessions", "/parameters/sessions", "end all sessions revoke log out force logout kick stolen cookies emergency"},
	{"Sender of emails", "Mail", "/parameters#section-mail", "from SMTP email server outbox mailer"},
	{"Send a test email", "Mail", "/mail/test", "SMTP check delivery email"},
	{"Logo", configured, "", "brand image icon favicon picture"},
	{"Company sign-in", configured, "", "SSO single sign-on SAML OIDC OAuth LDAP identity provider"},
	{"Trusted proxies", configured, "", "reverse proxy forwarded X-Forwarded-For load balancer client ip"},
}

func (c *call) getParameters() error {
	list, state, err := c.Desk.Parameters(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	p := ParametersPage{Query: desk.OneLine(c.query().Get("q"), 100), Sections: sectionCards(list, c.Desk.InForce(state))}
	if p.Alias, err = c.aliasState(state); err != nil {
		return err
	}
	if sender, ok := c.Desk.Sender.(interface{ From() string }); ok {
		p.Sender = sender.From()
	}
	_, p.Outbox = c.Desk.Sender.(*mail.Outbox)
	p.find(list, c.Desk.InForce(state))
	return c.show(http.StatusOK, p)
}

func sectionCards(list []desk.Setting, in settings.InForce) []SectionCard {
	var cards []SectionCard
	for _, of := range settings.Sections() {
		card := SectionCard{ID: of.ID, Title: of.Title, Path: sectionPath(of.ID)}
		for _, s := range list {
			if s.SectionID != of.ID {
				continue
			}
			if slices.Contains(sectionFacts, s.Name) {
				card.Facts = append(card.Facts, SectionFact{s.Label, s.Brief(s.Value, in)})
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

// find lists everything, and hides what does not have the words of the query.
func (p *ParametersPage) find(list []desk.Setting, in settings.InForce) {
	for _, b := range besides {
		p.Rows = append(p.Rows, ParameterRow{Label: b.label, Section: b.section, Path: b.path, Words: searchable(b.label, b.section, b.words)})
	}
	for _, s := range list {
		p.Rows = append(p.Rows, ParameterRow{
			ID: "field-" + s.Name, Label: s.Label, Section: s.Section, Value: s.Brief(s.Value, in), Path: parameterPath(s.Definition), Words: searchable(s.Haystack()),
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
var parametersTop = view.Crumb{Label: "Parameters", Path: "/parameters"}

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
