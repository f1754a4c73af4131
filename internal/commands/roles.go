package commands

import (
	"context"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// maxHolders is how many holders of a role are listed.
const maxHolders = 20

// roleKinds are the commands about roles.
var roleKinds = []*kind{
	{name: "roles", anySecret: true, summary: messages.New("commands.roles.summary"), example: "roles", run: roles, flags: []option{asJSON},
		text: messages.New("commands.roles.text")},
	{name: "roles show", anySecret: true, operands: "ROLE", summary: messages.New("commands.roles_show.summary"), example: "roles show moderator", run: rolesShow, see: "roles", flags: []option{asJSON},
		text: messages.New("commands.roles_show.text", "n", maxHolders)},
}

// roleRecord is a role in JSON.
type roleRecord struct {
	ID               string   `json:"id"`
	Name             string   `json:"name"`
	Description      string   `json:"description"`
	BuiltIn          bool     `json:"built_in"`
	RequireTwoFactor bool     `json:"require_two_factor"`
	RequirePasskey   bool     `json:"require_passkey"`
	Permissions      []string `json:"permissions"`
	// title and about are its name and description in the reader's language.
	title, about messages.Text
}

func (r roleRecord) kind() messages.Text {
	if r.BuiltIn {
		return messages.New("commands.roles.built_in")
	}
	return messages.New("commands.roles.custom")
}

func (r roleRecord) named() string { return r.Name + " (" + r.ID + ")" }

var roleColumns = columns[roleRecord]{
	[]string{"role", "name", "kind", "permissions", "two_factor", "description"},
	func(c *call, r roleRecord) []any {
		return []any{r.ID, r.title, r.kind(), len(r.Permissions), c.only(r.RequireTwoFactor, "commands.roles.two_factor_required"), r.about}
	},
}

// roles are all roles, each with every permission that it holds.
func (c *call) roles(ctx context.Context) ([]roleRecord, error) {
	all, err := c.desk.AllRoles(ctx)
	return each(all, func(r desk.Role) roleRecord {
		permissions := append([]string{}, r.Permissions...)
		if r.All {
			permissions = each(c.desk.Permissions(), func(p desk.Permission) string { return p.Key })
		}
		return roleRecord{r.ID, r.Name, r.Description, r.BuiltIn, r.RequireTwoFactor, r.RequirePasskey, permissions, r.Title(), r.About()}
	}), err
}

func roles(ctx context.Context, c *call) error {
	rows, err := c.roles(ctx)
	if err != nil {
		return err
	}
	return list(c, rows, "", roleColumns)
}

// roleSheet is everything about one role in JSON.
type roleSheet struct {
	roleRecord
	Holders []operatorRecord `json:"holders"`
}

func rolesShow(ctx context.Context, c *call) error {
	found, err := c.rolesBy(ctx, c.arg(0))
	if err != nil {
		return err
	}
	r := found[0]
	holders, err := c.operators(ctx, store.OperatorQuery{RoleID: r.ID}, maxHolders+1)
	if err != nil {
		return err
	}
	more := len(holders) > maxHolders
	holders = holders[:min(len(holders), maxHolders)]
	names := each(holders, func(o operatorRecord) messages.Text { return messages.Plain(o.String()) })
	if more {
		names = append(names, messages.New("commands.roles_show.and_more"))
	}
	return c.show(roleSheet{r, holders}, "role", r.ID, "name", r.title, "description", r.about, "kind", r.kind(),
		"two_factor", c.only(r.RequireTwoFactor, "commands.roles_show.two_factor_required", "parameter", "two_factor.who", "value", "roles"),
		"passkey", c.only(r.RequirePasskey, "commands.roles_show.passkey_required"), "permissions", r.Permissions, "held_by", names)
}
