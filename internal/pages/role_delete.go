package pages

import (
	"html/template"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var roleDeleted = success("role-deleted")

// RoleDeletePage asks before a role is deleted, and which role its holders get
// instead.
type RoleDeletePage struct {
	view.Form
	desk.Role
	Holders Holders
	// To are the roles that holders may get instead; the value "" is none.
	To []view.Option
}

func (RoleDeletePage) Template() string { return "role_delete" }

func (p RoleDeletePage) crumbs(in *messages.Language) []view.Crumb {
	return roleCrumbs(in, p.Role, in.Text("roles.crumb.delete"))
}

// HeldBy names who has the role, and says whose primary role it is.
func (p RoleDeletePage) HeldBy(f view.Frame) template.HTML {
	return p.Holders.list(f, "roles.more", "roles.more_many", func(o desk.Operator) string {
		if o.PrimaryRole == p.ID {
			return "roles.delete.holder_primary"
		}
		return "roles.holder"
	}, "")
}

// getRoleDelete asks which role the holders of a role get instead.
func (c *call) getRoleDelete() error { return c.showRoleDelete(http.StatusOK, view.Form{}) }

func (c *call) showRoleDelete(status int, f view.Form) error {
	r, err := c.Desk.FindRole(c.ctx(), c.actor(), c.id())
	if err != nil {
		return err
	}
	holders, err := c.holders(r.ID)
	if err != nil {
		return err
	}
	if r.BuiltIn || holders.Beyond || !c.actor().CanGrant(r) {
		return desk.ErrForbidden
	}
	to, err := c.Desk.GrantableRoles(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	chosen := c.form.Get("to")
	p := RoleDeletePage{Form: f, Role: r, Holders: holders, To: []view.Option{{Value: "", Label: c.t("roles.delete.none"), Chosen: chosen == ""}}}
	for _, other := range to {
		if other.ID != r.ID {
			p.To = append(p.To, view.Option{Value: other.ID, Label: c.say(other.Title()), Chosen: other.ID == chosen})
		}
	}
	return c.show(status, p)
}

// postRoleDelete deletes a role.
func (c *call) postRoleDelete() error {
	err := c.Desk.DeleteRole(c.ctx(), c.actor(), c.visit, c.id(), c.version(), c.form.Get("to"))
	if f, ok := c.refusal(err); ok {
		return c.showRoleDelete(http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return c.redirect(roleDeleted.at("/roles"))
}
