package pages

import (
	"net/http"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/mail"
)

// frame is what surrounds every page.
func (c *call) frame() view.Frame {
	d := c.Desk
	f := view.Frame{Office: d.Name(), Accent: d.Settings().Office.Accent, Base: c.base, Origin: d.Origin, Nonce: c.makeNonce()}
	if !c.secure || c.bare {
		// No cookie is read or set over the open wire, nor where it would
		// replace one that the browser has not sent.
		return f
	}
	f.CSRF = c.formToken()
	if n, ok := notices[c.r.URL.Query().Get("done")]; ok && !c.unsafe() {
		f.Notices = append(f.Notices, n)
	}
	if c.state != nil && c.state.Settings.Paused {
		f.Maintenance = c.state.Settings.PausedText
		if f.Maintenance == "" {
			f.Maintenance = "Sign-ins are paused for maintenance. Come back later."
		}
	}
	if id := c.identity; id != nil && !c.outside {
		if by := c.state.Stored.ConfirmBy; !by.IsZero() && d.Now().Before(by) {
			f.NewAddress = &view.NewAddress{Until: by, MayConfirm: id.Can(desk.PermissionParametersManage)}
		}
		f.Operator = &view.Operator{Name: id.Operator.Name, Email: id.Operator.Email, Role: roleLabel(id)}
		f.Nav = c.nav()
		if by := id.EnrolBy; !by.IsZero() && c.path != enrolPath {
			f.Reminders = append(f.Reminders, view.Reminder{
				Text: "From " + view.Day(by) + " you need two-factor authentication to get in.", Link: "Set it up now", Path: enrolPath,
			})
		}
	}
	return f
}

func roleLabel(id *desk.Identity) string {
	if len(id.Roles) == 0 {
		return ""
	}
	return id.Roles[0].Name
}

// nav is the side navigation: the host's entries first, then ours, each only
// for who may open it.
func (c *call) nav() []view.NavGroup {
	var groups []view.NavGroup
	add := func(group string, item view.NavItem) {
		for i := range groups {
			if groups[i].Title == group {
				groups[i].Items = append(groups[i].Items, item)
				return
			}
		}
		groups = append(groups, view.NavGroup{Title: group, Items: []view.NavItem{item}})
	}
	add("", view.NavItem{Label: "Home", Path: "/", Current: c.path == "/"})
	for _, m := range c.menu() {
		add(m.Group, view.NavItem{Label: m.Label, Path: m.Path, Current: within(c.path, m.Path)})
	}
	for _, e := range navigation {
		permission := c.routes[e.path][http.MethodGet].permission
		if !c.identity.Can(permission) || e.path == "/members" && !c.Desk.CanSearchMembers() {
			continue
		}
		add(e.group, view.NavItem{Label: e.label, Path: e.path, Current: within(c.path, e.path)})
	}
	return groups
}

// menu is the host's entries that the operator may open.
func (c *call) menu() []MenuItem {
	var items []MenuItem
	for _, m := range c.Menu {
		if m.Permission == "" || c.identity.Can(m.Permission) {
			items = append(items, m)
		}
	}
	return items
}

func within(path, top string) bool { return path == top || strings.HasPrefix(path, top+"/") }

// rules are the requirements for a new password, as forms show them. The words
// it must not be are sent only as far as the reader may know them.
func (c *call) rules() view.PasswordRules {
	rules := view.PasswordRules{Words: []string{c.Desk.Name()}}
	for _, r := range c.Desk.Requirements() {
		rules.Requirements = append(rules.Requirements, view.Requirement{Code: r.Code, Text: r.Text, Min: r.Min, Max: r.Max})
	}
	if id := c.identity; id != nil {
		local, _, _ := strings.Cut(mail.FoldEmailAddress(id.Operator.Email), "@")
		rules.Words = append(rules.Words, id.Operator.Name, id.Operator.Email, local)
	}
	return rules
}

// Crumbs lead to a page from the top; nil on the first level.
func Crumbs(p view.Page) []view.Crumb {
	if below, ok := p.(interface{ crumbs() []view.Crumb }); ok {
		return below.crumbs()
	}
	return nil
}
