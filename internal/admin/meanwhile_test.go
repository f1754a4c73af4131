package desk_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/memdump"
	"github.com/postern-go/postern/store"
)

// meanwhile is a store in which something happens right before a commit.
type meanwhile struct {
	store.Store
	happens func()
}

func (m *meanwhile) Commit(ctx context.Context, writes ...store.Write) error {
	if happens := m.happens; happens != nil {
		m.happens = nil
		happens()
	}
	return m.Store.Commit(ctx, writes...)
}

// strengthen gives a role other permissions, as another replica would.
func (o *office) strengthen(role string, permissions ...string) {
	r, err := o.mem.FindRole(ctx, role)
	require.NoError(o.t, err)
	slices.Sort(permissions)
	r.Permissions = permissions
	require.NoError(o.t, o.mem.Commit(ctx, store.PutRole{Role: r}))
}

func (o *office) deleteRole(role string) {
	r, err := o.mem.FindRole(ctx, role)
	require.NoError(o.t, err)
	require.NoError(o.t, o.mem.Commit(ctx, store.DeleteRole{ID: r.ID, Version: r.Version}))
}

func TestNobodyWhoseRoleWasWeakenedMeanwhileChangesAnything(t *testing.T) {
	for _, act := range acts {
		for lost, lose := range map[string]func(w *world, role string){
			"is weakened": func(w *world, role string) { w.strengthen(role, "posts.delete") },
			"is deleted":  func(w *world, role string) { w.deleteRole(role) },
		} {
			t.Run(act.name+" by whose role "+lost, func(t *testing.T) {
				w := newWorld(t, act)
				var all []string
				for _, p := range w.Permissions() {
					all = append(all, p.Key)
				}
				role := w.customRole("Everything", all...)
				actor := w.signIn(w.person("Eve", role))
				lose(w, role)
				before := memdump.Dump(w.mem, "counters")
				out, err := act.do(ctx, w.Desk, actor, w)
				require.ErrorIs(t, err, desk.ErrChanged)
				require.Empty(t, out)
				require.True(t, before == memdump.Dump(w.mem, "counters"))
			})
		}
	}
}

func TestNobodyActsOnSomebodyWhoGotMoreMeanwhile(t *testing.T) {
	for _, act := range acts {
		if act.permission != desk.PermissionOperatorsManage && act.permission != desk.PermissionTwoFactorReset || act.name == "invite" || act.name == "grant" {
			continue // it is about nobody
		}
		for got, give := range map[string]func(w *world, o store.Operator, role string){
			"a stronger role": func(w *world, _ store.Operator, role string) { w.strengthen(role, desk.PermissionParametersManage) },
			"another role":    func(w *world, o store.Operator, _ string) { o.Roles = []string{desk.RoleSuperAdministrator}; w.put(o) },
		} {
			t.Run(act.name+" on who got "+got, func(t *testing.T) {
				w := newWorld(t, act)
				role := w.customRole("Helpers", "posts.delete")
				for _, o := range []*store.Operator{&w.target, &w.invited, &w.disabled} {
					next := w.reread(*o)
					next.PrimaryRole = role
					*o = w.put(next)
				}
				lesser := w.signIn(w.person("Lesser", desk.RoleAdministrator))
				var before string
				between := &meanwhile{Store: w.cfg.Store}
				between.happens = func() {
					for _, o := range []store.Operator{w.target, w.invited, w.disabled} {
						if give(w, w.reread(o), role); got == "a stronger role" {
							break
						}
					}
					before = memdump.Dump(w.mem, "counters")
				}
				out, err := act.do(ctx, w.over(between), lesser, w)
				require.ErrorIs(t, err, desk.ErrChanged)
				require.Empty(t, out)
				require.True(t, before == memdump.Dump(w.mem, "counters"))
			})
		}
	}
}

func TestNobodyGetsARoleThatChangedMeanwhile(t *testing.T) {
	for change, happens := range map[string]func(o *office, role string){
		"was strengthened": func(o *office, role string) { o.strengthen(role, "posts.delete", desk.PermissionParametersManage) },
		"was deleted":      func(o *office, role string) { o.deleteRole(role) },
	} {
		for name, give := range map[string]func(d *desk.Desk, a desk.Actor, op store.Operator, role, other string) error{
			"by invitation": func(d *desk.Desk, a desk.Actor, _ store.Operator, role, _ string) error {
				_, _, err := d.Invite(ctx, a, visit, desk.InviteForm{Email: "new@community.example", Roles: []string{desk.RoleModerator, role}})
				return err
			},
			"as a member": func(d *desk.Desk, a desk.Actor, _ store.Operator, role, _ string) error {
				_, err := d.Grant(ctx, a, visit, "m-mia", []string{role})
				return err
			},
			"by a change of roles": func(d *desk.Desk, a desk.Actor, op store.Operator, role, _ string) error {
				return d.ChangeRoles(ctx, a, visit, op.ID, desk.RolesForm{Version: op.Version, Primary: role})
			},
			"in the place of a deleted one": func(d *desk.Desk, a desk.Actor, _ store.Operator, role, other string) error {
				return d.DeleteRole(ctx, a, visit, other, 1, role)
			},
		} {
			t.Run(name+", which "+change, func(t *testing.T) {
				o := newOffice(t, func(c *desk.Config) { c.Members = newDirectory("Mia") })
				role, other := o.customRole("Helpers", "posts.delete"), o.customRole("Others", "posts.delete")
				op := o.person("Grace", other)
				lesser := o.signIn(o.person("Lesser", desk.RoleAdministrator))
				var before string
				between := &meanwhile{Store: o.cfg.Store}
				between.happens = func() {
					happens(o, role)
					before = memdump.Dump(o.mem, "counters")
				}
				require.ErrorIs(t, give(o.over(between), lesser, op, role, other), desk.ErrChanged)
				require.True(t, before == memdump.Dump(o.mem, "counters"))
			})
		}
	}
}
