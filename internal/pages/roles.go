package pages

import (
	"net/http"
	"net/url"

	"github.com/postern-go/postern/internal/desk"
)

// RolesPage lists the roles.
type RolesPage struct {
	Custom, BuiltIn []RoleRow
	// MayCreate shows the button.
	MayCreate bool
}

// RoleRow is one role of the list.
type RoleRow struct {
	Name, Text, Path string
	// Permissions and Holders are counted; All is every permission there is.
	Permissions, Holders int
	// Many says that more than Holders have it.
	Many bool
	All  bool
	// HoldersPath lists who has it; empty leaves the link out.
	HoldersPath string
	// TwoFactor says that holders must have two-factor authentication.
	TwoFactor bool
}

func (RolesPage) Template() string { return "roles" }

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
