package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// holdersShown is how many holders of a role its pages name.
const holdersShown = 20

func rolePath(id string) string { return "/roles/" + url.PathEscape(id) }

// getRoles lists the roles.
func (c *call) getRoles() error {
	all, err := c.Desk.AllRoles(c.ctx())
	if err != nil {
		return err
	}
	p := RolesPage{MayCreate: c.identity.Can(desk.PermissionRolesManage)}
	for _, r := range all {
		list, err := c.Desk.Holders(c.ctx(), c.actor(), r.ID, nil, rowsPerPage)
		if err != nil {
			return err
		}
		row := RoleRow{
			Name: r.Name, Text: r.Description, Path: rolePath(r.ID), Permissions: c.reach(r), All: r.All,
			Holders: len(list.Rows), Many: list.Next != nil, TwoFactor: r.RequireTwoFactor, HoldersPath: "/operators?" + url.Values{"role": {r.ID}}.Encode(),
		}
		if r.BuiltIn {
			p.BuiltIn = append(p.BuiltIn, row)
		} else {
			p.Custom = append(p.Custom, row)
		}
	}
	return c.show(http.StatusOK, p)
}

// reach counts the permissions that a role reaches.
func (c *call) reach(r desk.Role) int {
	n := 0
	for _, p := range c.Desk.Permissions() {
		if c.Desk.Allowed([]desk.Role{r}, p.Key) {
			n++
		}
	}
	return n
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
	return c.redirect(rolePath(id) + "?done=role-created")
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
			return c.redirect(rolePath(r.ID) + "?done=nothing")
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
	return c.redirect(rolePath(r.ID) + "?done=role-changed")
}

// getRoleDelete asks what the holders of a role get in its place.
func (c *call) getRoleDelete() error { return c.showRoleDelete(http.StatusOK, view.Form{}, "") }

func (c *call) showRoleDelete(status int, f view.Form, to string) error {
	r, v, err := c.Desk.FindRole(c.ctx(), c.actor(), c.id())
	if err != nil {
		return err
	}
	if r.BuiltIn || !c.actor().CanGrant(r) {
		return desk.ErrForbidden
	}
	p := RoleDeletePage{Form: f, Name: r.Name, Path: rolePath(r.ID), Version: version(v), To: []view.Option{{Value: "", Label: "No role in its place", Chosen: to == ""}}}
	if p.Held, err = c.held(r.ID); err != nil {
		return err
	}
	if p.Held.Beyond {
		return desk.ErrForbidden
	}
	all, err := c.Desk.AllRoles(c.ctx())
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID != r.ID && c.actor().CanGrant(other) {
			p.To = append(p.To, view.Option{Value: other.ID, Label: other.Name, Chosen: other.ID == to})
		}
	}
	return c.show(status, p)
}

// postRoleDelete deletes a role.
func (c *call) postRoleDelete() error {
	err := c.Desk.DeleteRole(c.ctx(), c.actor(), c.visit, c.id(), c.version(), c.form.Get("to"))
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.showRoleDelete(http.StatusUnprocessableEntity, Problems(bad), c.form.Get("to"))
	}
	if err != nil {
		return err
	}
	return c.redirect("/roles?done=role-deleted")
}
