package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var (
	roleCreated = success("role-created", "Role created.")
	roleChanged = success("role-changed", "Role changed. It takes effect on the next request of everyone who has it.")
)

// RolePage makes a role, or changes one.
type RolePage struct {
	view.Form
	// Path is where the form is posted: "/roles/new" or the role's page.
	Path string
	// New says that there is no such role yet.
	New bool
	// Title is the role's present name; Name and Text are what was typed.
	Title, Name, Text string
	TwoFactor         bool
	Groups            []PermissionGroup
	Held
	// HoldersPath lists all of them.
	HoldersPath string
	// Fixed says why nothing can be changed: built in, or more than the reader
	// holds. Empty when it can.
	Fixed   string
	Version string
	// MayDelete shows the button.
	MayDelete bool
}

// PermissionGroup is the permissions of one area.
type PermissionGroup struct {
	Title       string
	Permissions []PermissionTick
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

// manyPermissions is from how many permissions on a page needs help to find
// one.
const manyPermissions = 24

// Long says that there are so many permissions that people need help to find
// one.
func (p RolePage) Long() bool {
	n := 0
	for _, g := range p.Groups {
		n += len(g.Permissions)
	}
	return n >= manyPermissions
}

// PermissionTick is a permission to tick.
type PermissionTick struct {
	// Key is what is sent: "analytics.view".
	Key, Label, Text string
	Chosen           bool
	// Refusal says why it cannot be changed; empty when it can.
	Refusal string
}

func (RolePage) Template() string { return "role" }

func (p RolePage) crumbs() []view.Crumb {
	top := view.Crumb{Label: "Roles", Path: "/roles"}
	if p.New {
		return []view.Crumb{top, {Label: "New"}}
	}
	return []view.Crumb{top, {Label: p.Title}}
}

// getRoleNew asks for a new role.
func (c *call) getRoleNew() error { return c.showRoleNew(http.StatusOK, view.Form{}, desk.RoleForm{}) }

func (c *call) showRoleNew(status int, form view.Form, f desk.RoleForm) error {
	p := RolePage{Form: form, Path: "/roles/new", New: true, Name: f.Name, Text: f.Description, TwoFactor: f.RequireTwoFactor,
		Groups: c.permissionGroups(f.Permissions, false)}
	return c.show(status, p)
}

// permissionGroups is every permission as a matrix to tick.
func (c *call) permissionGroups(chosen []string, all bool) []PermissionGroup {
	var groups []PermissionGroup
	labels := map[string]string{}
	for _, p := range c.Desk.Permissions() {
		labels[p.Key] = p.Label
	}
	for _, p := range c.Desk.Permissions() {
		i := slices.IndexFunc(groups, func(g PermissionGroup) bool { return g.Title == p.Group })
		if i < 0 {
			groups, i = append(groups, PermissionGroup{Title: p.Group}), len(groups)
		}
		tick := PermissionTick{Key: p.Key, Label: p.Label, Text: p.Description, Chosen: all || slices.Contains(chosen, p.Key)}
		for _, key := range p.Includes() {
			tick.Text += " Comes with “" + labels[key] + "”."
		}
		if !c.identity.Can(p.Key) {
			tick.Refusal = "You do not hold this yourself."
		}
		groups[i].Permissions = append(groups[i].Permissions, tick)
	}
	return groups
}

func (c *call) roleForm() desk.RoleForm {
	return desk.RoleForm{
		Version: c.version(), Name: c.form.Get("name"), Description: c.form.Get("description"),
		RequireTwoFactor: c.form.Get("two_factor") == "on", Permissions: c.form["permission"],
	}
}

// postRoleNew makes a role.
func (c *call) postRoleNew() error {
	f := c.roleForm()
	id, err := c.Desk.CreateRole(c.ctx(), c.actor(), c.visit, f)
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.showRoleNew(http.StatusUnprocessableEntity, Problems(bad), f)
	}
	if err != nil {
		return err
	}
	return c.redirect(roleCreated.at(rolePath(id)))
}

// getRole shows a role and who has it.
func (c *call) getRole() error {
	r, v, err := c.Desk.FindRole(c.ctx(), c.actor(), c.id())
	if err != nil {
		return err
	}
	return c.showRole(http.StatusOK, view.Form{}, r, desk.RoleForm{
		Version: v, Name: r.Name, Description: r.Description, RequireTwoFactor: r.RequireTwoFactor, Permissions: r.Permissions,
	})
}

func (c *call) showRole(status int, form view.Form, r desk.Role, f desk.RoleForm) error {
	p := RolePage{
		Form: form, Path: rolePath(r.ID), Title: r.Name, Name: f.Name, Text: f.Description, TwoFactor: f.RequireTwoFactor,
		Groups: c.permissionGroups(f.Permissions, r.All), Version: version(f.Version),
		HoldersPath: "/operators?" + url.Values{"role": {r.ID}}.Encode(),
	}
	switch {
	case r.BuiltIn:
		p.Fixed = "This role is built in, and new versions may add to it. Make a role of your own for anything else."
	case !c.identity.Can(desk.PermissionRolesManage):
		p.Fixed = lookOnly
	case !c.actor().CanGrant(r):
		p.Fixed = "This role holds more than you do, so you cannot change it."
	}
	var err error
	if p.Held, err = c.held(r.ID); err != nil {
		return err
	}
	if p.Fixed == "" && p.Held.Beyond {
		p.Fixed = "Somebody who has this role holds more than you do, so you cannot change it."
	}
	p.MayDelete = p.Fixed == ""
	return c.show(status, p)
}

// held names the first few who have a role, and counts some more.
func (c *call) held(roleID string) (Held, error) {
	list, err := c.Desk.Holders(c.ctx(), c.actor(), roleID, nil, rowsPerPage)
	if err != nil {
		return Held{}, err
	}
	h := Held{Many: list.Next != nil}
	h.Beyond = slices.ContainsFunc(list.Rows, func(o desk.Listed) bool { return !o.Within })
	for _, o := range list.Rows[:min(len(list.Rows), holdersShown)] {
		h.Holders = append(h.Holders, Holder{Name: o.Name, Path: operatorPath(o.ID), Primary: o.PrimaryRole == roleID})
	}
	h.More = len(list.Rows) - len(h.Holders)
	return h, nil
}

// postRole changes a role, after showing the difference.
func (c *call) postRole() error {
	ctx, f := c.ctx(), c.roleForm()
	r, _, err := c.Desk.FindRole(ctx, c.actor(), c.id())
	if err != nil {
		return err
	}
	if !c.confirmed() {
		change, err := c.Desk.PreviewRole(ctx, c.actor(), r.ID, f)
		if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
			return c.showRole(http.StatusUnprocessableEntity, Problems(bad), r, f)
		}
		if err != nil {
			return err
		}
		if change.None() {
			return c.redirect(nothingChanged.at(rolePath(r.ID)))
		}
		held, err := c.held(r.ID)
		if err != nil {
			return err
		}
		return c.show(http.StatusOK, RoleConfirmPage{
			Title: r.Name, Path: rolePath(r.ID), NewName: change.NewName, Text: change.Text, NewText: change.NewText, Adds: change.Adds, Removes: change.Removes,
			TwoFactor: change.TwoFactor, Holders: len(held.Holders) + held.More, Many: held.Many, Fields: c.again(),
		})
	}
	err = c.Desk.UpdateRole(ctx, c.actor(), c.visit, r.ID, f)
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.showRole(http.StatusUnprocessableEntity, Problems(bad), r, f)
	}
	if err != nil {
		return err
	}
	return c.redirect(roleChanged.at(rolePath(r.ID)))
}

// RoleConfirmPage shows what a change of a role gives and takes.
type RoleConfirmPage struct {
	view.Form
	Title, Path string
	// NewName is set where the name changes.
	NewName string
	// Text says that the description changes, to NewText.
	Text    bool
	NewText string
	// Adds and Removes are labels of permissions.
	Adds, Removes []string
	// TwoFactor is "on" or "off" where the requirement changes.
	TwoFactor string
	// Holders counts whom it concerns; Many says that there are more.
	Holders int
	Many    bool
	Fields  []Hidden
}

func (RoleConfirmPage) Template() string { return "role_confirm" }

func (p RoleConfirmPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Roles", Path: "/roles"}, {Label: p.Title, Path: p.Path}, {Label: "Confirm"}}
}
