package desk_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/memdump"
	"github.com/postern-go/postern/store"
)

func TestEachServiceAsksForItsPermissionAndForProof(t *testing.T) {
	for _, act := range acts {
		t.Run(act.name, func(t *testing.T) {
			w := newWorld(t, act)
			var others []string
			for _, p := range w.Permissions() {
				if p.Key != act.permission {
					others = append(others, p.Key)
				}
			}
			without := w.signIn(w.person("Without", w.customRole("All but one", others...)))
			with := w.signIn(w.person("With", w.customRole("All it takes", act.permission, desk.PermissionOperatorsManage, desk.PermissionOperatorsView, "posts.delete")))
			if strings.Contains(act.name, "address") {
				with = w.signIn(w.person("Only", w.customRole("Only that", act.permission)))
			}
			before := memdump.Dump(w.mem, "counters")
			_, err := act.do(ctx, w.Desk, without, w)
			require.ErrorIs(t, err, desk.ErrForbidden)
			_, err = act.do(ctx, w.Desk, desk.Actor{}, w)
			require.ErrorIs(t, err, desk.ErrForbidden, "nobody may")
			if !act.unproved {
				now := w.now
				w.now = now.Add(6 * time.Minute)
				_, err = act.do(ctx, w.Desk, with, w)
				require.ErrorIs(t, err, desk.ErrStepUp)
				w.now = now
			}
			require.True(t, before == memdump.Dump(w.mem, "counters"), "a refusal changes nothing")
			_, err = act.do(ctx, w.Desk, with, w)
			require.NoError(t, err)
			require.False(t, before == memdump.Dump(w.mem, "counters"))
		})
	}
}

func TestNobodyWhoLostTheirRightsMeanwhileChangesAnything(t *testing.T) {
	losses := map[string]func(w *world, op store.Operator){
		"is disabled":     func(w *world, op store.Operator) { op.State = store.OperatorDisabled; w.put(op) },
		"has other roles": func(w *world, op store.Operator) { op.PrimaryRole = desk.RoleModerator; w.put(op) },
		"is deleted": func(w *world, op store.Operator) {
			require.NoError(w.t, w.mem.Commit(ctx, store.DeleteOperator{ID: op.ID, Version: op.Version}))
		},
	}
	for _, act := range acts {
		for lost, lose := range losses {
			t.Run(act.name+" by who "+lost, func(t *testing.T) {
				w := newWorld(t, act)
				eve := w.person("Eve", desk.RoleSuperAdministrator)
				actor := w.signIn(eve)
				lose(w, w.reread(eve))
				before := memdump.Dump(w.mem, "counters")
				out, err := act.do(ctx, w.Desk, actor, w)
				if lost != "is deleted" || act.name != "send a test mail" {
					require.ErrorIs(t, err, desk.ErrChanged)
				}
				require.Error(t, err)
				require.Empty(t, out)
				require.True(t, before == memdump.Dump(w.mem, "counters"))
			})
		}
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
			return o.ChangeRoles(ctx, lesser, visit, boss.ID, desk.RolesForm{Version: boss.Version})
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
	_, _, err := o.Invite(ctx, lesser, visit, desk.InviteForm{Email: "m@community.example", Roles: []string{desk.RoleSuperAdministrator}})
	require.ErrorAs(t, err, &bad)
	require.ErrorAs(t, o.ChangeRoles(ctx, lesser, visit, self.ID, desk.RolesForm{Version: self.Version, Primary: desk.RoleSuperAdministrator}), &bad)
	_, err = o.CreateRole(ctx, lesser, visit, desk.RoleForm{Name: "Climb", Permissions: []string{desk.PermissionParametersManage}})
	require.ErrorAs(t, err, &bad)

	more := o.customRole("More", desk.PermissionParametersManage)
	require.ErrorIs(t, o.UpdateRole(ctx, lesser, visit, more, desk.RoleForm{Version: 1, Name: "Less", Permissions: []string{desk.PermissionOperatorsView}}), desk.ErrForbidden)
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
			return o.ChangeRoles(ctx, o.boss, visit, boss.ID, desk.RolesForm{Version: boss.Version, Primary: desk.RoleModerator})
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

func TestOnlyWhoCanSignInCountsAsASuperAdministrator(t *testing.T) {
	for _, c := range []struct {
		name   string
		second func(o *office, members *directory)
		last   bool
	}{
		{"nobody else", func(*office, *directory) {}, true},
		{"another one", func(o *office, _ *directory) { o.person("Second", desk.RoleSuperAdministrator) }, false},
		{"one by an additional role", func(o *office, _ *directory) {
			o.person("Second", desk.RoleModerator, desk.RoleSuperAdministrator)
		}, false},
		{"one who is locked for a while", func(o *office, _ *directory) {
			op := o.person("Second", desk.RoleSuperAdministrator)
			require.NoError(o.t, o.mem.Commit(ctx, store.MarkLocked{OperatorID: op.ID, Until: o.now.Add(time.Hour)}))
		}, false},
		{"one who is disabled", func(o *office, _ *directory) {
			op := o.person("Second", desk.RoleSuperAdministrator)
			op.State = store.OperatorDisabled
			o.put(op)
		}, true},
		{"one who is invited", func(o *office, _ *directory) {
			o.must(o.Invite(ctx, o.boss, visit, desk.InviteForm{Email: "new@community.example", Roles: []string{desk.RoleSuperAdministrator}}))
		}, true},
		{"one whose invitation has expired", func(o *office, _ *directory) {
			o.must(o.Invite(ctx, o.boss, visit, desk.InviteForm{Email: "new@community.example", Roles: []string{desk.RoleSuperAdministrator}}))
			o.now = o.now.Add(8 * 24 * time.Hour)
			o.boss = o.signIn(o.reread(store.Operator{ID: o.boss.ID}))
		}, true},
		{"a member", func(o *office, _ *directory) {
			_, err := o.Grant(ctx, o.boss, visit, "m-mia", []string{desk.RoleSuperAdministrator})
			require.NoError(o.t, err)
		}, false},
		{"a member who has left the community", func(o *office, members *directory) {
			_, err := o.Grant(ctx, o.boss, visit, "m-mia", []string{desk.RoleSuperAdministrator})
			require.NoError(o.t, err)
			members.members = nil
		}, true},
		{"a member whom the directory cannot vouch for", func(o *office, members *directory) {
			_, err := o.Grant(ctx, o.boss, visit, "m-mia", []string{desk.RoleSuperAdministrator})
			require.NoError(o.t, err)
			members.broken = true
		}, true},
	} {
		members := newDirectory("Mia")
		o := newOffice(t, func(cfg *desk.Config) { cfg.Members = members })
		boss := o.reread(store.Operator{ID: o.boss.ID})
		c.second(o, members)
		detail, err := o.Operator(ctx, o.boss, boss.ID)
		require.NoError(t, err)
		require.Equal(t, c.last, detail.Kept != "", c.name)
		if !c.last {
			require.NoError(t, o.Disable(ctx, o.boss, visit, boss.ID, ""), c.name)
			continue
		}
		before := memdump.Dump(o.mem, "counters")
		for act, do := range map[string]func() error{
			"demote": func() error {
				return o.ChangeRoles(ctx, o.boss, visit, boss.ID, desk.RolesForm{Version: boss.Version, Primary: desk.RoleModerator})
			},
			"disable": func() error { return o.Disable(ctx, o.boss, visit, boss.ID, "") },
			"delete":  func() error { return o.Delete(ctx, desk.CommandLine(), visit, boss.ID, "") },
		} {
			require.ErrorIs(t, do(), desk.ErrLastSuperAdministrator, "%s: %s", c.name, act)
		}
		require.True(t, before == memdump.Dump(o.mem, "counters"), c.name)
	}
}

func TestWhoeverCannotSignInMayGo(t *testing.T) {
	members := newDirectory("Mia")
	o := newOffice(t, func(cfg *desk.Config) { cfg.Members = members })
	mia, err := o.Grant(ctx, o.boss, visit, "m-mia", []string{desk.RoleSuperAdministrator})
	require.NoError(t, err)
	members.members = nil
	require.NoError(t, o.Delete(ctx, o.boss, visit, mia.ID, "left"))
}

func TestADetailHoldsNoHash(t *testing.T) {
	o := newOffice(t)
	target := o.person("Target", desk.RoleModerator)
	detail, err := o.Operator(ctx, o.boss, target.ID)
	require.NoError(t, err)
	require.True(t, detail.HasPassword)
	require.NotEmpty(t, target.Password)
	require.NotContains(t, fmt.Sprintf("%#v", detail), target.Password)
}

// Who is invited has not asked for mails, and whoever invites chooses the address
// and the words: each mail to them counts, whatever it is about.
func TestStrangersAreWrittenToOnlySoOften(t *testing.T) {
	o := newOffice(t)
	target, _ := o.must(o.Invite(ctx, o.boss, visit, desk.InviteForm{Email: "new@elsewhere.example", Name: "New", Roles: []string{desk.RoleModerator}}))
	limited := (*desk.LimitedError)(nil)
	acts := []func(id string) error{
		func(id string) error {
			return o.RenameOperator(ctx, o.boss, visit, id, o.reread(target).Version, "Newer")
		},
		func(id string) error { return o.EndSessions(ctx, o.boss, visit, id, "all") },
		func(id string) error { return o.ResetTwoFactor(ctx, o.boss, visit, id, "lost") },
		func(id string) error {
			return o.ChangeRoles(ctx, o.boss, visit, id, desk.RolesForm{Version: o.reread(target).Version, Primary: desk.RoleModerator})
		},
		func(id string) error { return o.Disable(ctx, o.boss, visit, id, "") },
		func(id string) error { return o.Enable(ctx, o.boss, visit, id) },
	}
	var err error
	for n := 0; err == nil; n++ {
		require.Less(t, n, 100)
		err = acts[n%len(acts)](target.ID)
	}
	require.ErrorAs(t, err, &limited)
	require.Equal(t, 60, strings.Count(o.mails().subjects("new@elsewhere.example"), "\n")+1)
	for _, act := range acts {
		if err := act(target.ID); !errors.Is(err, desk.ErrChanged) {
			require.ErrorAs(t, err, &limited)
		}
	}
	known := o.person("Known", desk.RoleModerator)
	require.NoError(t, o.EndSessions(ctx, o.boss, visit, known.ID, "all"), "who has joined is told of everything")
}

func TestNobodyChangesARoleUnderSomebodyWhoHoldsMore(t *testing.T) {
	o := newOffice(t)
	role := o.customRole("Posts", "posts.delete")
	p := o.person("Pia", o.customRole("More", desk.PermissionParametersManage), role)
	anne := o.signIn(o.person("Anne", desk.RoleAdministrator))
	form := desk.RoleForm{Version: 1, Name: "Posts", Permissions: []string{"analytics.view"}}
	_, err := o.PreviewRole(ctx, anne, role, form)
	require.ErrorIs(t, err, desk.ErrForbidden)
	require.ErrorIs(t, o.UpdateRole(ctx, anne, visit, role, form), desk.ErrForbidden)
	require.ErrorIs(t, o.DeleteRole(ctx, anne, visit, role, 1, ""), desk.ErrForbidden)
	require.NoError(t, o.ChangeRoles(ctx, o.boss, visit, p.ID, desk.RolesForm{Version: p.Version, Primary: role}))
	require.NoError(t, o.UpdateRole(ctx, anne, visit, role, form), "they hold no more than Anne now")
	require.NoError(t, o.DeleteRole(ctx, anne, visit, role, 2, ""))
}

func TestSuperAdministratorsMadeByDeletingARoleAreTold(t *testing.T) {
	o := newOffice(t)
	role := o.customRole("Posts", "posts.delete")
	o.person("Pia", role)
	o.person("Quin", desk.RoleSuperAdministrator, role)
	require.NoError(t, o.DeleteRole(ctx, o.boss, visit, role, 1, desk.RoleSuperAdministrator))
	require.Equal(t, 1, strings.Count(o.mails().subjects("boss@community.example"), "new super-administrator"), "Pia is new, Quin is not")
}
