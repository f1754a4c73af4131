package commands

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// maxHolders is how many holders of a role are listed.
const maxHolders = 20

// roleKinds are the commands about roles.
var roleKinds = []*kind{
	{name: "roles", anySecret: true, summary: "list the roles", example: "roles", run: roles, flags: []option{asJSON},
		text: "The built-in roles first, then the custom ones."},
	{name: "roles show", anySecret: true, operands: "ROLE", summary: "print what a role allows, and who has it", example: "roles show moderator", run: rolesShow, see: "roles", flags: []option{asJSON},
		text: fmt.Sprintf("Lists at most %d of the operators who have it, by name.", maxHolders)},
}

// roleRecord is a role in JSON.
type roleRecord struct {
	ID               string   `json:"id"`
	Name             string   `json:"name"`
	Description      string   `json:"description"`
	BuiltIn          bool     `json:"built_in"`
	RequireTwoFactor bool     `json:"require_two_factor"`
	Permissions      []string `json:"permissions"`
}

func (r roleRecord) kind() string { return ifElse(r.BuiltIn, "built in", "custom") }

var roleColumns = columns[roleRecord]{
	[]string{"ROLE", "NAME", "KIND", "PERMISSIONS", "TWO-FACTOR", "DESCRIPTION"},
	func(r roleRecord) []any {
		return []any{r.ID, r.Name, r.kind(), len(r.Permissions), ifElse(r.RequireTwoFactor, "required", ""), r.Description}
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
		return roleRecord{r.ID, r.Name, r.Description, r.BuiltIn, r.RequireTwoFactor, permissions}
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
	names := each(holders, operatorRecord.String)
	if more {
		names = append(names, "and more")
	}
	return c.show(roleSheet{r, holders}, "Role", r.ID, "Name", r.Name, "Description", r.Description, "Kind", r.kind(),
		"Two-factor", ifElse(r.RequireTwoFactor, "required if two_factor.who is roles", ""), "Permissions", r.Permissions, "Held by", names)
}
