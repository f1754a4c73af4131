package pages

import (
	"strings"

	"github.com/postern-go/postern/internal/desk"
)

// eventTitle, areaTitle and mailTitle are headings for events, areas of the audit log and
// emails. One of another version has a heading made of its name.
func (c *call) eventTitle(code string) string {
	if k, ok := c.Desk.EventKind(code); ok {
		return c.hostTitle(k)
	}
	if !desk.Events[code] {
		return words(code)
	}
	return c.titled("event."+code+".title", code)
}

func (c *call) areaTitle(area string) string { return c.titled("audit.area."+area, area) }

func (c *call) mailTitle(kind string) string { return c.titled("mails.kind."+kind, kind) }

func (c *call) titled(key, name string) string {
	if in := c.words(); in.Has(key) {
		return in.Text(key)
	}
	return words(name)
}

// words makes a heading of a stable name: "password-reset" becomes "Password
// reset".
func words(name string) string {
	name = strings.NewReplacer("-", " ", "_", " ", ".", ": ").Replace(name)
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
