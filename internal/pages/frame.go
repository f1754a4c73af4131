package pages

import (
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/mail"
)

// done is what a page says after a redirect, by the code in its address. The
// texts are here, so that an address cannot make the office say anything else.
var done = map[string]view.Notice{
	"setup":                {Level: view.LevelSuccess, Text: "The office is yours. Sign in with the password you just chose."},
	"reset":                {Level: view.LevelSuccess, Text: "Your password is changed, and you are signed out everywhere. Sign in with the new one."},
	"welcome":              {Level: view.LevelSuccess, Text: "Your password is set. Sign in with it."},
	"ended":                {Level: view.LevelWarning, Text: "That sign-in has ended: it took too long, or went on in another tab. Start again."},
	"too-many-codes":       {Level: view.LevelWarning, Text: "That were too many wrong codes, so the sign-in has ended. Wait half a minute, then start again."},
	"password":             {Level: view.LevelSuccess, Text: "Your password is changed. Other devices are signed out."},
	"name":                 {Level: view.LevelSuccess, Text: "Your name is changed."},
	"added":                {Level: view.LevelSuccess, Text: "The authenticator app is added. Other devices are signed out."},
	"removed":              {Level: view.LevelSuccess, Text: "The authenticator app is removed. Other devices are signed out."},
	"session-ended":        {Level: view.LevelSuccess, Text: "The session is ended."},
	"sessions-ended":       {Level: view.LevelSuccess, Text: "All other sessions are ended."},
	"invited":              {Level: view.LevelSuccess, Text: "The invitation is on its way."},
	"session-gone":         {Level: view.LevelInfo, Text: "That session had ended already."},
	"operator-name":        {Level: view.LevelSuccess, Text: "The name is changed."},
	"operator-email":       {Level: view.LevelSuccess, Text: "The e-mail address is changed. Both addresses are told by mail."},
	"roles":                {Level: view.LevelSuccess, Text: "The roles are changed. They count from the next click."},
	"invitation-cancelled": {Level: view.LevelSuccess, Text: "The invitation is cancelled."},
	"unlocked":             {Level: view.LevelSuccess, Text: "The account is unlocked."},
	"operator-sessions":    {Level: view.LevelSuccess, Text: "Ended."},
	"reset-sent":           {Level: view.LevelSuccess, Text: "A reset link is on its way."},
	"two-factor-reset":     {Level: view.LevelSuccess, Text: "Two-factor authentication is reset. They were told by mail."},
	"disabled":             {Level: view.LevelSuccess, Text: "The account is disabled, and signed out everywhere."},
	"enabled":              {Level: view.LevelSuccess, Text: "The account is enabled again."},
	"deleted":              {Level: view.LevelSuccess, Text: "The operator is deleted."},
	"access":               {Level: view.LevelSuccess, Text: "The access is changed. They are told by mail."},
	"revoked":              {Level: view.LevelSuccess, Text: "The access is removed."},
	"not-now":              {Level: view.LevelInfo, Text: "That cannot be done to this operator now."},
	"role-created":         {Level: view.LevelSuccess, Text: "The role is made."},
	"role-changed":         {Level: view.LevelSuccess, Text: "The role is changed. It counts from the next click of everybody who has it."},
	"role-deleted":         {Level: view.LevelSuccess, Text: "The role is deleted."},
	"saved":                {Level: view.LevelSuccess, Text: "Saved. It counts everywhere from the next click."},
	"nothing":              {Level: view.LevelInfo, Text: "There was nothing to change."},
	"address-changed":      {Level: view.LevelSuccess, Text: "This is the new address. Keep it: the old one is dead."},
	"address-confirmed":    {Level: view.LevelSuccess, Text: "This is the address from now on. All operators are told by mail."},
	"resent":               {Level: view.LevelSuccess, Text: "The mail is on its way again."},
	"test-sent":            {Level: view.LevelSuccess, Text: "A test mail to you is on its way. See below what the server says to it."},
	"test-queued":          {Level: view.LevelSuccess, Text: "A test mail to you is on its way."},
	"stale-enrolment":      {Level: view.LevelWarning, Text: "That picture was too old. Scan this new one."},
}

// frame is what surrounds every page.
func (c *call) frame() (view.Frame, error) {
	d := c.Desk
	f := view.Frame{Office: d.Name(), Accent: d.Settings().Office.Accent, Base: c.base, Origin: d.Origin, Nonce: c.nonce}
	if err := c.makeNonce(); err != nil {
		return f, err
	}
	f.Nonce = c.nonce
	if !c.secure || c.bare {
		// No cookie is read or set over the open wire, nor where it would
		// replace one that the browser has not sent.
		return f, nil
	}
	token, err := c.formToken()
	if err != nil {
		return f, err
	}
	f.CSRF = token
	if n, ok := done[c.r.URL.Query().Get("done")]; ok && !c.unsafe() {
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
	return f, nil
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
	if c.identity.Can(desk.PermissionOperatorsView) {
		add("People", view.NavItem{Label: "Operators", Path: "/operators", Current: within(c.path, "/operators")})
		if c.Desk.CanSearchMembers() {
			add("People", view.NavItem{Label: "Members", Path: "/members", Current: within(c.path, "/members")})
		}
		add("People", view.NavItem{Label: "Roles", Path: "/roles", Current: within(c.path, "/roles")})
	}
	for _, e := range []struct{ permission, group, label, path string }{
		{desk.PermissionAuditView, "Security", "Audit", "/audit"},
		{desk.PermissionMailView, "Security", "Mail", "/mail"},
		{desk.PermissionParametersManage, "Settings", "Parameters", "/parameters"},
	} {
		if c.identity.Can(e.permission) {
			add(e.group, view.NavItem{Label: e.label, Path: e.path, Current: within(c.path, e.path)})
		}
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
		local, _, _ := strings.Cut(mail.Fold(id.Operator.Email), "@")
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
