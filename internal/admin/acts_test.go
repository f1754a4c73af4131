package desk_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// world is an office in which every service has something to act on.
type world struct {
	*office
	target, invited, disabled store.Operator
	role, failed              string
	revision                  int64
}

func newWorld(t *testing.T, of act) *world { return newWorldWith(t, of, func(*desk.Config) {}) }

func newWorldWith(t *testing.T, of act, change func(*desk.Config)) *world {
	o := newOffice(t, func(c *desk.Config) { c.Members = newDirectory("Mia") }, change)
	w := &world{office: o}
	o.rules(map[string]string{"two_factor.who": "recommended", "password.temporary": "on"})
	w.target = o.person("Target", desk.RoleModerator)
	w.target.LockedUntil = o.now
	w.disabled = o.person("Disabled", desk.RoleModerator)
	w.disabled.State = store.OperatorDisabled
	w.disabled = o.put(w.disabled)
	w.invited, _ = o.must(o.Invite(ctx, desk.CommandLine(), visit, desk.InviteForm{Email: "ivan@community.example", Roles: []string{desk.RoleModerator}}))
	w.role = o.customRole("Viewers", desk.PermissionOperatorsView)
	o.box.fail = &mail.DeliveryError{Permanent: true, Reply: "550 no"}
	require.NoError(t, o.TestMail(ctx, o.boss, visit))
	o.mails()
	o.box.fail = nil
	list, err := o.Mails(ctx, o.boss, store.MailQuery{State: store.MailFailed, Kind: "test-message"})
	require.NoError(t, err)
	w.failed = list.Rows[0].ID
	if of.prepare != nil {
		of.prepare(w)
	}
	w.revision = o.State().Stored.Revision
	return w
}

// act is one service that changes something. It returns what it hands out.
type act struct {
	name, permission string
	// unproved says that it asks for no proof.
	unproved bool
	prepare  func(w *world)
	do       func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error)
}

// manage is an act that takes the right to manage operators, and hands out
// nothing.
func manage(name string, do func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error) act {
	return silent(name, desk.PermissionOperatorsManage, do)
}

func silent(name, permission string, do func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error) act {
	return act{name: name, permission: permission, do: func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error) {
		return "", do(ctx, d, a, w)
	}}
}

func handing(name, permission string, do func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error)) act {
	return act{name: name, permission: permission, do: do}
}

// acts are all services that change something.
var acts = []act{
	handing("invite", desk.PermissionOperatorsManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) (string, error) {
		op, link, err := d.Invite(ctx, a, visit, desk.InviteForm{Email: "new@community.example", Roles: []string{desk.RoleModerator}})
		return op.ID + link, err
	}),
	handing("send an invitation again", desk.PermissionOperatorsManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error) {
		return d.ResendInvitation(ctx, a, visit, w.invited.ID)
	}),
	manage("cancel an invitation", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.CancelInvitation(ctx, a, visit, w.invited.ID)
	}),
	handing("grant", desk.PermissionOperatorsManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) (string, error) {
		op, err := d.Grant(ctx, a, visit, "m-mia", []string{desk.RoleModerator})
		return op.ID, err
	}),
	manage("change roles", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.ChangeRoles(ctx, a, visit, w.target.ID, desk.RolesForm{Version: w.target.Version, Roles: []string{desk.RoleModerator}})
	}),
	manage("rename", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.RenameOperator(ctx, a, visit, w.target.ID, w.target.Version, "Other name")
	}),
	manage("give another e-mail", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.ChangeEmail(ctx, a, visit, w.target.ID, w.target.Version, "other@community.example")
	}),
	manage("disable", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.Disable(ctx, a, visit, w.target.ID, "left")
	}),
	manage("enable", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.Enable(ctx, a, visit, w.disabled.ID)
	}),
	manage("delete", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.Delete(ctx, a, visit, w.target.ID, "left")
	}),
	manage("end sessions", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.EndSessions(ctx, a, visit, w.target.ID, "all")
	}),
	manage("unlock", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.Unlock(ctx, a, visit, w.target.ID)
	}),
	manage("send a reset mail", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.SendReset(ctx, a, visit, w.target.ID)
	}),
	handing("make a password link", desk.PermissionOperatorsManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error) {
		link, _, err := d.PasswordLink(ctx, a, visit, w.target.ID)
		return link, err
	}),
	handing("give a temporary password", desk.PermissionOperatorsManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error) {
		plain, _, err := d.TemporaryPassword(ctx, a, visit, w.target.ID)
		return plain, err
	}),
	silent("reset two-factor", desk.PermissionTwoFactorReset, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.ResetTwoFactor(ctx, a, visit, w.target.ID, "phone lost")
	}),
	handing("create a role", desk.PermissionRolesManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) (string, error) {
		return d.CreateRole(ctx, a, visit, desk.RoleForm{Name: "Readers", Permissions: []string{desk.PermissionOperatorsView}})
	}),
	silent("change a role", desk.PermissionRolesManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.UpdateRole(ctx, a, visit, w.role, desk.RoleForm{Version: 1, Name: "Helpers", Permissions: []string{desk.PermissionOperatorsView}})
	}),
	silent("delete a role", desk.PermissionRolesManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.DeleteRole(ctx, a, visit, w.role, 1, desk.RoleModerator)
	}),
	silent("save parameters", desk.PermissionParametersManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		_, err := d.SaveParameters(ctx, a, visit, desk.ParametersForm{Revision: w.revision, Values: map[string]string{"session.idle": "50m"}})
		return err
	}),
	silent("change the address", desk.PermissionParametersManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) error {
		return d.ChangeAlias(ctx, a, visit, "quiet-side-door")
	}),
	{name: "confirm the address", permission: desk.PermissionParametersManage, unproved: true,
		prepare: func(w *world) { require.NoError(w.t, w.ChangeAlias(ctx, w.boss, visit, "quiet-side-door")) },
		do: func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) (string, error) {
			return "", d.ConfirmAlias(ctx, a, visit)
		}},
	{name: "take the new address back", permission: desk.PermissionParametersManage,
		prepare: func(w *world) { require.NoError(w.t, w.ChangeAlias(ctx, w.boss, visit, "quiet-side-door")) },
		do: func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) (string, error) {
			return "", d.RevertAlias(ctx, a, visit)
		}},
	silent("send a test mail", desk.PermissionParametersManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) error {
		return d.TestMail(ctx, a, visit)
	}),
	manage("write to an operator", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.Send(ctx, a, visit, w.target.ID, desk.Message{Subject: "12 posts wait", Paragraphs: []string{"Since yesterday."}})
	}),
	silent("send a failed mail again", desk.PermissionMailView, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.ResendMail(ctx, a, visit, w.failed)
	}),
	silent("export the audit", desk.PermissionAuditView, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) error {
		return d.ExportAudit(ctx, a, visit, store.EventQuery{}, func(store.Event) error { return nil })
	}),
}
