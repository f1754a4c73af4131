package admin_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/admin"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// act is one service with what it takes.
type act struct {
	name, permission string
	do               func(o *office, a desk.Actor, target store.Operator, role string) error
}

// acts are all services that change something.
var acts = []act{
	{"invite", desk.PermissionOperatorsManage, func(o *office, a desk.Actor, _ store.Operator, _ string) error {
		_, _, err := o.Invite(ctx, a, visit, admin.InviteForm{Email: "new@community.example", Roles: []string{desk.RoleModerator}})
		return err
	}},
	{"change roles", desk.PermissionOperatorsManage, func(o *office, a desk.Actor, t store.Operator, _ string) error {
		return o.ChangeRoles(ctx, a, visit, t.ID, admin.RolesForm{Version: t.Version, Primary: desk.RoleModerator})
	}},
	{"rename", desk.PermissionOperatorsManage, func(o *office, a desk.Actor, t store.Operator, _ string) error {
		return o.RenameOperator(ctx, a, visit, t.ID, t.Version, "Other name")
	}},
	{"disable", desk.PermissionOperatorsManage, func(o *office, a desk.Actor, t store.Operator, _ string) error {
		return o.Disable(ctx, a, visit, t.ID, "left")
	}},
	{"delete", desk.PermissionOperatorsManage, func(o *office, a desk.Actor, t store.Operator, _ string) error {
		return o.Delete(ctx, a, visit, t.ID, "left")
	}},
	{"end sessions", desk.PermissionOperatorsManage, func(o *office, a desk.Actor, t store.Operator, _ string) error {
		return o.EndSessions(ctx, a, visit, t.ID, "all")
	}},
	{"unlock", desk.PermissionOperatorsManage, func(o *office, a desk.Actor, t store.Operator, _ string) error {
		return o.Unlock(ctx, a, visit, t.ID)
	}},
	{"send a reset mail", desk.PermissionOperatorsManage, func(o *office, a desk.Actor, t store.Operator, _ string) error {
		return o.SendReset(ctx, a, visit, t.ID)
	}},
	{"make a password link", desk.PermissionOperatorsManage, func(o *office, a desk.Actor, t store.Operator, _ string) error {
		_, _, err := o.PasswordLink(ctx, a, visit, t.ID)
		return err
	}},
	{"reset two-factor", desk.PermissionTwoFactorReset, func(o *office, a desk.Actor, t store.Operator, _ string) error {
		return o.ResetTwoFactor(ctx, a, visit, t.ID, "phone lost")
	}},
	{"create a role", desk.PermissionRolesManage, func(o *office, a desk.Actor, _ store.Operator, _ string) error {
		_, err := o.CreateRole(ctx, a, visit, admin.RoleForm{Name: "Readers", Permissions: []string{desk.PermissionOperatorsView}})
		return err
	}},
	{"change a role", desk.PermissionRolesManage, func(o *office, a desk.Actor, _ store.Operator, role string) error {
		return o.UpdateRole(ctx, a, visit, role, admin.RoleForm{Version: 1, Name: "Helpers", Permissions: []string{desk.PermissionOperatorsView}})
	}},
	{"delete a role", desk.PermissionRolesManage, func(o *office, a desk.Actor, _ store.Operator, role string) error {
		return o.DeleteRole(ctx, a, visit, role, 1, "")
	}},
	{"save parameters", desk.PermissionParametersManage, func(o *office, a desk.Actor, _ store.Operator, _ string) error {
		_, err := o.SaveParameters(ctx, a, visit, admin.ParametersForm{Revision: 2, Values: map[string]string{"session.idle": "20m"}})
		return err
	}},
	{"change the address", desk.PermissionParametersManage, func(o *office, a desk.Actor, _ store.Operator, _ string) error {
		return o.ChangeAlias(ctx, a, visit, "quiet-side-door")
	}},
	{"send a test mail", desk.PermissionParametersManage, func(o *office, a desk.Actor, _ store.Operator, _ string) error {
		return o.TestMail(ctx, a, visit)
	}},
	{"export the audit", desk.PermissionAuditView, func(o *office, a desk.Actor, _ store.Operator, _ string) error {
		return o.ExportAudit(ctx, a, visit, store.EventQuery{}, func(store.Event) error { return nil })
	}},
}

func TestEachServiceAsksForItsPermissionAndForProof(t *testing.T) {
	for _, act := range acts {
		t.Run(act.name, func(t *testing.T) {
			o := newOffice(t)
			target := o.person("Target")
			role := o.customRole("Viewers", desk.PermissionOperatorsView)
			reads := []string{desk.PermissionOperatorsView}

			var others []string
			for _, p := range o.Permissions() {
				if p.Key != act.permission {
					others = append(others, p.Key)
				}
			}
			without := o.signIn(o.person("Without", o.customRole("All but one", others...)))
			before := len(o.events())
			require.ErrorIs(t, act.do(o, without, target, role), desk.ErrForbidden)
			require.Len(t, o.events(), before, "a refusal changes nothing")
			require.Error(t, act.do(o, desk.Actor{}, target, role), "nobody may")

			with := o.signIn(o.person("With", o.customRole("All it takes", append(reads, act.permission, desk.PermissionOperatorsView, "posts.delete")...)))
			before = len(o.events())
			now := o.now
			o.now = now.Add(6 * time.Minute)
			require.ErrorIs(t, act.do(o, with, target, role), desk.ErrStepUp)
			require.Len(t, o.events(), before, "neither does a missing proof")
			o.now = now
			require.NoError(t, act.do(o, with, target, role))
		})
	}
}

func TestNobodyActsOnSomebodyWhoHoldsMore(t *testing.T) {
	o := newOffice(t)
	boss, err := o.mem.FindOperatorByLogin(ctx, "boss")
	require.NoError(t, err)
	o.person("Second", desk.RoleSuperAdministrator)
	lesser := o.signIn(o.person("Lesser", desk.RoleAdministrator))
	for name, do := range map[string]func() error{
		"change roles": func() error {
			return o.ChangeRoles(ctx, lesser, visit, boss.ID, admin.RolesForm{Version: boss.Version})
		},
		"rename":           func() error { return o.RenameOperator(ctx, lesser, visit, boss.ID, boss.Version, "Mallory") },
		"disable":          func() error { return o.Disable(ctx, lesser, visit, boss.ID, "") },
		"delete":           func() error { return o.Delete(ctx, lesser, visit, boss.ID, "") },
		"end sessions":     func() error { return o.EndSessions(ctx, lesser, visit, boss.ID, "all") },
		"unlock":           func() error { return o.Unlock(ctx, lesser, visit, boss.ID) },
		"send a reset":     func() error { return o.SendReset(ctx, lesser, visit, boss.ID) },
		"reset two-factor": func() error { return o.ResetTwoFactor(ctx, lesser, visit, boss.ID, "x") },
		"make a link":      func() error { _, _, err := o.PasswordLink(ctx, lesser, visit, boss.ID); return err },
	} {
		require.ErrorIs(t, do(), desk.ErrForbidden, name)
	}
	require.Equal(t, boss, o.reread(boss))
}

func TestNobodyGivesMoreThanTheyHold(t *testing.T) {
	o := newOffice(t)
	self := o.person("Lesser", desk.RoleAdministrator)
	lesser := o.signIn(self)
	bad := (*desk.InvalidError)(nil)
	_, _, err := o.Invite(ctx, lesser, visit, admin.InviteForm{Email: "m@community.example", Roles: []string{desk.RoleSuperAdministrator}})
	require.ErrorAs(t, err, &bad)
	require.ErrorAs(t, o.ChangeRoles(ctx, lesser, visit, self.ID, admin.RolesForm{Version: self.Version, Primary: desk.RoleSuperAdministrator}), &bad)
	_, err = o.CreateRole(ctx, lesser, visit, admin.RoleForm{Name: "Climb", Permissions: []string{desk.PermissionParametersManage}})
	require.ErrorAs(t, err, &bad)

	more := o.customRole("More", desk.PermissionParametersManage)
	require.ErrorIs(t, o.UpdateRole(ctx, lesser, visit, more, admin.RoleForm{Version: 1, Name: "Less", Permissions: []string{desk.PermissionOperatorsView}}), desk.ErrForbidden)
	require.ErrorIs(t, o.DeleteRole(ctx, lesser, visit, more, 1, ""), desk.ErrForbidden)
	within := o.customRole("Within", desk.PermissionOperatorsView)
	require.ErrorAs(t, o.DeleteRole(ctx, lesser, visit, within, 1, more), &bad)
}

func TestTheLastSuperAdministratorStays(t *testing.T) {
	o := newOffice(t)
	boss, err := o.mem.FindOperatorByLogin(ctx, "boss")
	require.NoError(t, err)
	for name, do := range map[string]func() error{
		"demote": func() error {
			return o.ChangeRoles(ctx, o.boss, visit, boss.ID, admin.RolesForm{Version: boss.Version, Primary: desk.RoleModerator})
		},
		"disable": func() error { return o.Disable(ctx, o.boss, visit, boss.ID, "") },
		"delete":  func() error { return o.Delete(ctx, o.boss, visit, boss.ID, "") },
	} {
		require.ErrorIs(t, do(), desk.ErrLastSuperAdministrator, name)
	}
	detail, err := o.Operator(ctx, o.boss, boss.ID)
	require.NoError(t, err)
	require.NotEmpty(t, detail.Kept)
	o.person("Second", desk.RoleSuperAdministrator)
	detail, err = o.Operator(ctx, o.boss, boss.ID)
	require.NoError(t, err)
	require.Empty(t, detail.Kept)
	require.NoError(t, o.Disable(ctx, o.boss, visit, boss.ID, ""))
}

func TestADetailHoldsNoHash(t *testing.T) {
	o := newOffice(t)
	target := o.person("Target", desk.RoleModerator)
	detail, err := o.Operator(ctx, o.boss, target.ID)
	require.NoError(t, err)
	require.True(t, detail.HasPassword)
	require.Empty(t, detail.Password)
	require.Empty(t, detail.PasswordHistory)
}
