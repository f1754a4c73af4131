package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var roleDeleted = success("role-deleted", "Role deleted.")

// RoleDeletePage asks before a role is deleted, and who gets what instead.
type RoleDeletePage struct {
	view.Form
	Name, Path string
	Held
	// To are the roles that holders may get in its place; the value "" is none.
	To      []view.Option
	Version string
}

// Holder is an operator who has a role.
type Holder struct {
	Name, Path string
	// Primary says that it is their primary role.
	Primary bool
}

// Held is who has a role: the first few by name, and how many More.
type Held struct {
	// Beyond says that one of them holds more than the reader.
	Beyond  bool
	Holders []Holder
	More    int
	// Many says that there are more than were counted.
	Many bool
}

func (RoleDeletePage) Template() string { return "role_delete" }

func (p RoleDeletePage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Roles", Path: "/roles"}, {Label: p.Name, Path: p.Path}, {Label: "Delete"}}
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
	return c.redirect(roleDeleted.at("/roles"))
}
