package pages

import (
	"net/http"
	"net/url"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

// RolesPage lists the roles.
type RolesPage struct {
	Custom, BuiltIn []RoleRow
	// MayCreate shows the button.
	MayCreate bool
}

// RoleRow is one role of the list.
type RoleRow struct {
	desk.Role
	// Reach is how many permissions the role includes.
	Reach int
	// Holders is how many operators have it.
	Holders int
}

func (RolesPage) Template() string { return "roles" }

// RoleGroup is a table of roles.
type RoleGroup struct {
	ID             string
	Title, Caption messages.Text
	Roles          []RoleRow
}

// Groups returns the tables in their order.
func (p RolesPage) Groups() []RoleGroup {
	return []RoleGroup{
		{"custom", messages.New("roles.list.own"), messages.New("roles.list.own_roles"), p.Custom},
		{"built-in", messages.New("roles.list.built_in"), messages.New("roles.list.built_in_roles"), p.BuiltIn},
	}
}

func rolePath(id string) string { return "/roles/" + url.PathEscape(id) }

// getRoles lists the roles.
func (c *call) getRoles() error {
	all, err := c.Desk.AllRoles(c.ctx())
	if err != nil {
		return err
	}
	holders, err := c.Desk.CountHolders(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	p := RolesPage{MayCreate: c.identity.Can(desk.PermissionRolesManage)}
	for _, r := range all {
		row := RoleRow{Role: r, Holders: holders[r.ID]}
		for _, permission := range c.Desk.Permissions() {
			if c.Desk.Allowed([]desk.Role{r}, permission.Key) {
				row.Reach++
			}
		}
		if r.BuiltIn {
			p.BuiltIn = append(p.BuiltIn, row)
		} else {
			p.Custom = append(p.Custom, row)
		}
	}
	return c.show(http.StatusOK, p)
}
