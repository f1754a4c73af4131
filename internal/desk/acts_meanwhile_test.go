package desk_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// strengthen gives a role other permissions, as another replica would.
func (o *office) strengthen(role string, permissions ...string) {
	r, err := o.Mem.FindRole(ctx, role)
	require.NoError(o.T, err)
	slices.Sort(permissions)
	r.Permissions = permissions
	o.Write(store.PutRole{Role: r})
}

func (o *office) deleteRole(role string) {
	r, err := o.Mem.FindRole(ctx, role)
	require.NoError(o.T, err)
	o.Write(store.DeleteRole{ID: r.ID, Version: r.Version})
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
				role := w.CustomRole("Everything", all...)
				actor := w.Actor(w.Person("Eve", role))
				lose(w, role)
				before := w.Dump("counters")
				out, err := act.do(ctx, w.Desk, actor, w)
				require.ErrorIs(t, err, desk.ErrChanged)
				require.Empty(t, out)
				require.True(t, before == w.Dump("counters"))
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
			"another role":    func(w *world, o store.Operator, _ string) { o.Roles = []string{desk.RoleSuperAdministrator}; w.Put(o) },
		} {
			t.Run(act.name+" on who got "+got, func(t *testing.T) {
				w := newWorld(t, act)
				role := w.CustomRole("Helpers", "posts.delete")
				for _, o := range []*store.Operator{&w.target, &w.invited, &w.disabled} {
					next := w.Find(o.ID)
					next.PrimaryRole = role
					*o = w.Put(next)
				}
				lesser := w.Actor(w.Person("Lesser", desk.RoleAdministrator))
				var before string
				d := w.While("Commit", func() {
					for _, o := range []store.Operator{w.target, w.invited, w.disabled} {
						if give(w, w.Find(o.ID), role); got == "a stronger role" {
							break
						}
					}
					before = w.Dump("counters")
				})
				out, err := act.do(ctx, d, lesser, w)
				require.ErrorIs(t, err, desk.ErrChanged)
				require.Empty(t, out)
				require.True(t, before == w.Dump("counters"))
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
				_, _, err := d.Invite(ctx, a, home, desk.InviteForm{Email: "new@example.org", Roles: []string{desk.RoleModerator, role}})
				return err
			},
			"as a member": func(d *desk.Desk, a desk.Actor, _ store.Operator, role, _ string) error {
				_, err := d.Grant(ctx, a, home, "m-mia", []string{role})
				return err
			},
			"by a change of roles": func(d *desk.Desk, a desk.Actor, op store.Operator, role, _ string) error {
				return d.ChangeRoles(ctx, a, home, op.ID, desk.RolesForm{Version: op.Version, Primary: role})
			},
			"in the place of a deleted one": func(d *desk.Desk, a desk.Actor, _ store.Operator, role, other string) error {
				return d.DeleteRole(ctx, a, home, other, 1, role)
			},
		} {
			t.Run(name+", which "+change, func(t *testing.T) {
				o := staffed(t, func(c *desk.Config) { c.Members = testoffice.NewDirectory("Mia") })
				role, other := o.CustomRole("Helpers", "posts.delete"), o.CustomRole("Others", "posts.delete")
				op := o.Person("Grace", other)
				lesser := o.Actor(o.Person("Lesser", desk.RoleAdministrator))
				var before string
				d := o.While("Commit", func() {
					happens(o, role)
					before = o.Dump("counters")
				})
				require.ErrorIs(t, give(d, lesser, op, role, other), desk.ErrChanged)
				require.True(t, before == o.Dump("counters"))
			})
		}
	}
}
