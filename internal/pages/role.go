package pages

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

var (
	roleCreated = success("role-created")
	roleChanged = success("role-changed")
)

// RolePage creates a role, or changes one.
type RolePage struct {
	view.Form
	// Role is as stored; the zero Role for a new one.
	desk.Role
	// Typed is what was typed.
	Typed   desk.RoleForm
	Groups  []PermissionGroup
	Holders Holders
	// Passkeys reports that the office has passkeys, so that a role can require one.
	Passkeys bool
	// Fixed says why the role cannot be changed; empty if it can.
	Fixed string
}

// PermissionGroup is the permissions of one area.
type PermissionGroup struct {
	Title       string
	Permissions []PermissionTick
}

// PermissionTick is a permission to tick.
type PermissionTick struct {
	desk.Permission
	// Text is its description, and what comes with it.
	Text   string
	Chosen bool
	// Refusal says why it cannot be changed; empty if it can.
	Refusal string
}

// Ticked counts the permissions that are chosen.
func (g PermissionGroup) Ticked() int {
	n := 0
	for _, p := range g.Permissions {
		if p.Chosen {
			n++
		}
	}
	return n
}

// manyPermissions is the number of permissions from which people need help to
// find one.
const manyPermissions = 24

// Long reports whether people need help to find a permission.
func (p RolePage) Long() bool {
	n := 0
	for _, g := range p.Groups {
		n += len(g.Permissions)
	}
	return n >= manyPermissions
}

// New reports whether the role does not exist yet.
func (p RolePage) New() bool { return p.ID == "" }

func (RolePage) Template() string { return "role" }

func (p RolePage) crumbs(in *messages.Language) []view.Crumb {
	label := in.Say(p.Title())
	if p.New() {
		label = in.Text("roles.crumb.new")
	}
	return []view.Crumb{{Label: in.Text("common.roles"), Path: "/roles"}, {Label: label}}
}

// roleCrumbs lead to a page below a role's.
func roleCrumbs(in *messages.Language, r desk.Role, label string) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.roles"), Path: "/roles"}, {Label: in.Say(r.Title()), Path: rolePath(r.ID)}, {Label: label}}
}

// permissionGroups is every permission as a matrix to tick.
func (c *call) permissionGroups(chosen []string, all bool) []PermissionGroup {
	var groups []PermissionGroup
	titles := map[string]messages.Text{}
	for _, p := range c.Desk.Permissions() {
		titles[p.Key] = p.Title()
	}
	for _, p := range c.Desk.Permissions() {
		title := c.say(p.Area())
		i := slices.IndexFunc(groups, func(g PermissionGroup) bool { return g.Title == title })
		if i < 0 {
			groups, i = append(groups, PermissionGroup{Title: title}), len(groups)
		}
		tick := PermissionTick{Permission: p, Text: c.say(p.About()), Chosen: all || slices.Contains(chosen, p.Key)}
		for _, key := range p.Includes {
			tick.Text += " " + c.t("roles.comes_with", "permission", titles[key])
		}
		if !c.identity.Can(p.Key) {
			tick.Refusal = c.t("roles.not_held")
		}
		groups[i].Permissions = append(groups[i].Permissions, tick)
	}
	return groups
}

// Holders are the operators who have a role.
type Holders struct {
	// Named are the first few, Count is how many were counted, and Many reports
	// whether there are more.
	Named []desk.Operator
	Count int
	Many  bool
	// Beyond reports whether one of them holds more than the reader.
	Beyond bool
}

// More is how many are counted and not named.
func (h Holders) More() int { return h.Count - len(h.Named) }

// list names the first few, each by the message that key returns for them, and ends with
// how many more there are. rest is the path of a list of them all, for a message that has a
// link.
func (h Holders) list(f view.Frame, more, many string, key func(desk.Operator) string, rest string) template.HTML {
	var all []template.HTML
	for _, o := range h.Named {
		all = append(all, f.In().HTML(key(o), "name", o.Name, "a", f.URL("/operators", o.ID)))
	}
	switch {
	case h.More() > 0 && h.Many:
		all = append(all, f.In().HTML(many, "a", rest))
	case h.More() > 0:
		all = append(all, f.In().HTML(more, "n", h.More(), "a", rest))
	}
	return f.In().ListHTML(all)
}

// HeldBy names who has the role.
func (p RolePage) HeldBy(f view.Frame) template.HTML {
	return p.Holders.list(f, "roles.more_link", "roles.more_link_many", func(desk.Operator) string { return "roles.holder" },
		f.URL("/operators?"+url.Values{"role": {p.ID}}.Encode()))
}

// holdersNamed is how many holders of a role its pages name.
const holdersNamed = 20

func (c *call) holders(roleID string) (Holders, error) {
	list, err := c.Desk.Operators(c.ctx(), c.actor(), store.OperatorQuery{RoleID: roleID, Limit: rowsPerPage})
	return Holders{
		Named: list.Rows[:min(len(list.Rows), holdersNamed)], Count: len(list.Rows), Many: list.Next != nil,
		Beyond: slices.ContainsFunc(list.Rows, func(o desk.Operator) bool { return !o.Within }),
	}, err
}

// getRoleNew asks for a new role.
func (c *call) getRoleNew() error { return c.showRoleNew(http.StatusOK, view.Form{}, desk.RoleForm{}) }

func (c *call) showRoleNew(status int, form view.Form, f desk.RoleForm) error {
	return c.show(status, RolePage{Form: form, Typed: f, Groups: c.permissionGroups(f.Permissions, false), Passkeys: c.Desk.HasPasskeys()})
}

func (c *call) roleForm() desk.RoleForm {
	return desk.RoleForm{
		Version: c.version(), Name: c.form.Get("name"), Description: c.form.Get("description"),
		RequireTwoFactor: c.form.Get("two_factor") == "on", RequirePasskey: c.form.Get("require_passkey") == "on", Permissions: c.form["permission"],
	}
}

// postRoleNew creates a role.
func (c *call) postRoleNew() error {
	f := c.roleForm()
	id, err := c.Desk.CreateRole(c.ctx(), c.actor(), c.visit, f)
	if form, ok := c.refusal(err); ok {
		return c.showRoleNew(http.StatusUnprocessableEntity, form, f)
	}
	if err != nil {
		return err
	}
	return c.redirect(roleCreated.at(rolePath(id)))
}

// getRole shows a role and its holders.
func (c *call) getRole() error {
	r, err := c.Desk.FindRole(c.ctx(), c.actor(), c.id())
	if err != nil {
		return err
	}
	return c.showRole(http.StatusOK, view.Form{}, r, desk.RoleForm{
		Version: r.Version, Name: r.Name, Description: r.Description, RequireTwoFactor: r.RequireTwoFactor, RequirePasskey: r.RequirePasskey, Permissions: r.Permissions,
	})
}

func (c *call) showRole(status int, form view.Form, r desk.Role, f desk.RoleForm) error {
	holders, err := c.holders(r.ID)
	if err != nil {
		return err
	}
	p := RolePage{Form: form, Role: r, Typed: f, Groups: c.permissionGroups(f.Permissions, r.All), Holders: holders, Passkeys: c.Desk.HasPasskeys()}
	switch {
	case r.BuiltIn:
		p.Fixed = c.t("roles.fixed.built_in")
	case !c.identity.Can(desk.PermissionRolesManage):
		p.Fixed = c.t("operators.look_only")
	case !c.actor().CanGrant(r):
		p.Fixed = c.t("roles.fixed.beyond")
	case holders.Beyond:
		p.Fixed = c.t("roles.fixed.holder_beyond")
	}
	return c.show(status, p)
}

// RoleConfirmPage shows what a change of a role gives and takes.
type RoleConfirmPage struct {
	desk.Role
	desk.RoleDifference
	Holders Holders
	// Fields are sent again.
	Fields []Hidden
}

func (RoleConfirmPage) Template() string { return "role_confirm" }

func (p RoleConfirmPage) crumbs(in *messages.Language) []view.Crumb {
	return roleCrumbs(in, p.Role, in.Text("roles.crumb.confirm"))
}

// postRole changes a role, after showing the difference.
func (c *call) postRole() error {
	f := c.roleForm()
	r, err := c.Desk.FindRole(c.ctx(), c.actor(), c.id())
	if err != nil {
		return err
	}
	var change desk.RoleDifference
	if c.confirmed() {
		err = c.Desk.UpdateRole(c.ctx(), c.actor(), c.visit, r.ID, f)
	} else {
		change, err = c.Desk.PreviewRole(c.ctx(), c.actor(), r.ID, f)
	}
	if form, ok := c.refusal(err); ok {
		return c.showRole(http.StatusUnprocessableEntity, form, r, f)
	}
	switch {
	case err != nil:
		return err
	case c.confirmed():
		return c.redirect(roleChanged.at(rolePath(r.ID)))
	case change.None():
		return c.redirect(nothingChanged.at(rolePath(r.ID)))
	}
	holders, err := c.holders(r.ID)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, RoleConfirmPage{r, change, holders, c.again()})
}
