package backoffice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/line"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/mail"
)

// The most bytes of a text in the configuration, so that no page, email, header or log line
// has to cut it.
const (
	mostLabel       = 100
	mostDescription = 500
	mostPath        = 1000
)

// checkTexts checks every text of the configuration by the rule of package line, so that
// none fails later: at an enrolment, in an email, or in a log.
func (c *Config) checkTexts(bad func(field, format string, args ...any)) {
	if err := line.CheckName(c.Name, settings.MostName); err != nil {
		bad("Name", "%.100q %v", c.Name, err)
	}
	check := func(field, what, text string, most int) {
		if text == "" {
			return
		}
		if err := line.Check(text, most); err != nil {
			bad(field, "%s%.100q %v", what, text, err)
		}
	}
	check("Contact", "", c.Contact, mostDescription)
	for i, word := range c.ContextWords {
		check("ContextWords", fmt.Sprintf("word %d, ", i+1), word, mostLabel)
	}
	if c.SSO != nil {
		check("SSO", "Name ", c.SSO.Name, mostLabel)
		check("SSO", "URL ", c.SSO.URL, mostPath)
	}
	check("Look", "LogoURL ", c.Look.LogoURL, mostPath)
	for _, m := range c.Menu {
		check("Menu", "Group ", m.Group, mostLabel)
		check("Menu", "Label ", m.Label, mostLabel)
		check("Menu", "Text ", m.Text, mostDescription)
		check("Menu", "Path ", m.Path, mostPath)
		if m.Icon != "" && !slices.Contains(view.MenuIcons, m.Icon) {
			bad("Menu", "%q: unknown icon %.100q; choose one of %s", m.Label, m.Icon, strings.Join(view.MenuIcons, ", "))
		}
	}
	for _, w := range c.Widgets {
		check("Widgets", "Title ", w.Title, mostLabel)
		check("Widgets", "Path ", w.Path, mostPath)
	}
	for _, p := range c.Permissions {
		check("Permissions", fmt.Sprintf("Label of %q, ", p.Key), p.Label, mostLabel)
		check("Permissions", fmt.Sprintf("Group of %q, ", p.Key), p.Group, mostLabel)
		check("Permissions", fmt.Sprintf("Description of %q, ", p.Key), p.Description, mostDescription)
	}
	for _, p := range c.Passive {
		check("Passive", "", p, mostPath)
	}
	for _, p := range c.Tokenless {
		check("Tokenless", "", p, mostPath)
	}
	check("ForwardedHeader", "", c.ForwardedHeader, mostLabel)
	if strings.ContainsFunc(c.ForwardedHeader, func(r rune) bool { return r != '-' && !isASCIIAlphanumeric(r) }) {
		bad("ForwardedHeader", "%q is not the name of a header", c.ForwardedHeader)
	}
	if w, ok := c.Witness.(MailWitness); ok && w.To != "" {
		if to, err := mail.ParseEmailAddress(w.To); err != nil {
			bad("Witness", "MailWitness.To: %v", err)
		} else if !strings.EqualFold(to, w.To) {
			bad("Witness", "MailWitness.To: write the email address as %s", to)
		}
	}
}

func isASCIIAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
