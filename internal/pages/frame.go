package pages

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/mail"
)

// frame returns the surroundings of every page.
func (c *call) frame() view.Frame {
	d := c.Desk
	f := view.Frame{Words: c.words(), Office: d.Name(), Accent: d.Settings().Office.Accent, Base: c.base, Origin: d.Origin, Nonce: c.nonce}
	if !c.secure || c.bare {
		// No cookie may be read or set in the clear, nor replace one that the
		// browser did not send.
		return f
	}
	f.Scheme, f.CSRF, f.Contact = c.scheme(), c.formToken(), d.Contact(f.Words)
	if n, ok := c.notice(); ok {
		f.Notices = append(f.Notices, n)
	}
	if n, ok := c.mailTrouble(); ok {
		f.Notices = append(f.Notices, n)
	}
	if c.lapsed {
		f.Notices = append(f.Notices, view.Notice{Level: view.LevelWarning, Text: c.t("frame.kept.lapsed")})
	}
	if c.state != nil && c.state.Settings.Paused {
		f.Pause = &view.Pause{Text: cmp.Or(c.state.Settings.PausedText, c.t("frame.paused.who"))}
	}
	if id := c.identity; id != nil && !c.outside {
		if by := c.state.Stored.ConfirmBy; !by.IsZero() && d.Now().Before(by) {
			f.NewAlias = &view.NewAlias{Until: by, MayConfirm: id.Can(desk.PermissionParametersManage)}
		}
		real := id.Real()
		f.Operator = &view.Operator{Name: real.Operator.Name, Email: real.Operator.Email, Role: c.say(real.Roles[0].Title())}
		f.Seeing = c.bannered()
		f.Nav, f.Here, f.Multilingual = c.nav(), c.here(), d.Multilingual()
		if f.Pause != nil && id.Can(desk.PermissionParametersManage) {
			f.Pause.Path = pausePath
		}
		f.Session = c.sessionTime()
		if by := id.EnrolBy; !by.IsZero() && c.path != enrolPath {
			f.Reminders = append(f.Reminders, view.Reminder{
				Text: c.t("frame.enrol_by", "day", messages.On(by)), Link: c.t("frame.enrol_by.link"), Path: enrolPath,
			})
		}
	}
	return f
}

// pausePath is where sign-ins are paused, and where the pause is ended.
const pausePath = "/parameters/maintenance#field-signin.paused"

// nav returns the navigation: the host's entries, then ours, each only if the
// operator may open it.
func (c *call) nav() []view.NavGroup {
	var groups []view.NavGroup
	add := func(group string, item view.NavItem) {
		i := slices.IndexFunc(groups, func(g view.NavGroup) bool { return g.Title == group })
		if i < 0 {
			i = len(groups)
			groups = append(groups, view.NavGroup{Title: group})
		}
		item.Current = within(c.path, item.Path)
		groups[i].Items = append(groups[i].Items, item)
	}
	add("", view.NavItem{Label: c.t("common.home"), Path: "/", Icon: "home"})
	for _, m := range c.menu() {
		add(c.say(messages.Host(m.Group)), view.NavItem{Label: c.say(messages.Host(m.Label)), Path: m.Path, Icon: cmp.Or(m.Icon, "file")})
	}
	for _, e := range navigation {
		permission := c.routes[e.path][http.MethodGet].permission
		switch {
		case e.path == approvalsPath && (!c.state.Settings.Approvals.Any() || !c.actor().MayApprove()):
			continue
		case e.path == approvalsPath:
		case !c.identity.Can(permission) || e.path == "/members" && !c.Desk.CanSearchMembers():
			continue
		}
		add(c.t(e.group), view.NavItem{Label: c.t(e.label), Path: e.path, Icon: e.icon})
	}
	return groups
}

// menu returns the host's entries that the operator may open.
func (c *call) menu() []MenuItem {
	var items []MenuItem
	for _, m := range c.Menu {
		if m.Permission == AnyOperator || c.identity.Can(m.Permission) {
			items = append(items, m)
		}
	}
	return items
}

// rules returns the requirements for a new password, as forms show them. The
// words that it must not be are sent only as far as the reader may know them.
func (c *call) rules() view.PasswordRules {
	rules := view.PasswordRules{Requirements: c.Desk.Requirements(c.words()), Words: []string{c.Desk.Name()}}
	if id := c.identity; id != nil {
		local, _, _ := strings.Cut(mail.FoldEmailAddress(id.Operator.Email), "@")
		rules.Words = append(rules.Words, id.Operator.Name, id.Operator.Email, local)
	}
	return rules
}

// crumbsOf returns the breadcrumbs of a page; nil on the first level.
func crumbsOf(in *messages.Language, p view.Page) []view.Crumb {
	if below, ok := p.(interface {
		crumbs(*messages.Language) []view.Crumb
	}); ok {
		return below.crumbs(in)
	}
	return nil
}
