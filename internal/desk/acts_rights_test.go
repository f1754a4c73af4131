package desk_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
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
			without := w.Actor(w.Person("Without", w.CustomRole("All but one", others...)))
			with := w.Actor(w.Person("With", w.CustomRole("All it takes", act.permission, desk.PermissionOperatorsManage, desk.PermissionOperatorsView, "posts.delete")))
			if strings.Contains(act.name, "address") {
				with = w.Actor(w.Person("Only", w.CustomRole("Only that", act.permission)))
			}
			before := w.Dump("counters")
			_, err := act.do(ctx, w.Desk, without, w)
			require.ErrorIs(t, err, desk.ErrForbidden)
			_, err = act.do(ctx, w.Desk, desk.Actor{}, w)
			require.ErrorIs(t, err, desk.ErrForbidden, "nobody may")
			if !act.unproved {
				now := w.Now()
				w.Clock.Set(now.Add(6 * time.Minute))
				_, err = act.do(ctx, w.Desk, with, w)
				require.ErrorIs(t, err, desk.ErrStepUp)
				w.Clock.Set(now)
			}
			require.True(t, before == w.Dump("counters"), "a refusal changes nothing")
			_, err = act.do(ctx, w.Desk, with, w)
			require.NoError(t, err)
			require.False(t, before == w.Dump("counters"))
		})
	}
}

func TestNoActSucceedsForWhoLostTheirRightsMeanwhile(t *testing.T) {
	losses := map[string]func(w *world, op store.Operator){
		"is disabled":     func(w *world, op store.Operator) { op.State = store.OperatorDisabled; w.Put(op) },
		"has other roles": func(w *world, op store.Operator) { op.PrimaryRole = desk.RoleModerator; w.Put(op) },
		"loses the role":  func(w *world, op store.Operator) { op.PrimaryRole = ""; w.Put(op) },
		"is deleted": func(w *world, op store.Operator) {
			w.Write(store.DeleteOperator{ID: op.ID, Version: op.Version})
		},
	}
	for _, act := range acts {
		for lost, lose := range losses {
			t.Run(act.name+" by who "+lost, func(t *testing.T) {
				w := newWorld(t, act)
				eve := w.Person("Eve", desk.RoleSuperAdministrator)
				actor := w.Actor(eve)
				lose(w, w.Find(eve.ID))
				before := w.Dump("counters")
				out, err := act.do(ctx, w.Desk, actor, w)
				if lost != "is deleted" || act.name != "send a test mail" {
					require.ErrorIs(t, err, desk.ErrChanged)
				}
				require.Error(t, err)
				require.Empty(t, out)
				require.True(t, before == w.Dump("counters"))
			})
		}
	}
}

func TestNoActReachesSomebodyWhoHoldsMore(t *testing.T) {
	o := staffed(t)
	boss, err := o.Mem.FindOperatorByLogin(ctx, "boss")
	require.NoError(t, err)
	o.Person("Second", desk.RoleSuperAdministrator)
	lesser := o.Actor(o.Person("Lesser", desk.RoleAdministrator))
	for name, do := range map[string]func() error{
		"change roles": func() error {
			return o.ChangeRoles(ctx, lesser, home, boss.ID, desk.RolesForm{Version: boss.Version})
		},
		"rename":           func() error { return o.RenameOperator(ctx, lesser, home, boss.ID, boss.Version, "Mallory") },
		"disable":          func() error { return o.Disable(ctx, lesser, home, boss.ID, "") },
		"delete":           func() error { return o.Delete(ctx, lesser, home, boss.ID, "") },
		"end sessions":     func() error { return o.EndSessions(ctx, lesser, home, boss.ID, "all") },
		"unlock":           func() error { return o.Unlock(ctx, lesser, home, boss.ID) },
		"send a reset":     func() error { return o.SendReset(ctx, lesser, home, boss.ID) },
		"reset two-factor": func() error { return o.ResetTwoFactor(ctx, lesser, home, boss.ID, "x") },
		"make a link":      func() error { _, _, err := o.PasswordLink(ctx, lesser, home, boss.ID); return err },
	} {
		require.ErrorIs(t, do(), desk.ErrForbidden, name)
	}
	require.Equal(t, boss, o.Find(boss.ID))

	o.role("r-stale", "Stale", "posts.delete", "no.longer_declared")
	for name, role := range map[string]string{"Other": desk.RoleAdministrator, "Mod": desk.RoleModerator, "Stale": "r-stale"} {
		o.Person(name, role)
	}
	for _, c := range []struct {
		by   desk.Actor
		on   string
		want error
	}{
		{o.Boss, "Second", nil}, {o.Boss, "Other", nil}, {o.Boss, "Stale", nil},
		{lesser, "Other", nil}, {lesser, "Mod", nil}, {lesser, "Second", desk.ErrForbidden},
		{o.Boss, "\xff\x00", desk.ErrNotFound},
	} {
		require.ErrorIs(t, o.ResetTwoFactor(ctx, c.by, home, c.on, "lost phone"), c.want, "%s on %s", c.by.Name, c.on)
		require.ErrorIs(t, o.Unlock(ctx, c.by, home, c.on), c.want, "%s on %s", c.by.Name, c.on)
	}
}

func TestNoActGivesMoreThanItsActorHolds(t *testing.T) {
	o := staffed(t)
	self := o.Person("Lesser", desk.RoleAdministrator)
	lesser := o.Actor(self)
	bad := (*desk.InvalidError)(nil)
	require.ErrorAs(t, o.ChangeRoles(ctx, lesser, home, self.ID, desk.RolesForm{Version: self.Version, Primary: desk.RoleSuperAdministrator}), &bad)
	_, err := o.CreateRole(ctx, lesser, home, desk.RoleForm{Name: "Climb", Permissions: []string{desk.PermissionParametersManage}})
	require.ErrorAs(t, err, &bad)

	more := o.CustomRole("More", desk.PermissionParametersManage)
	require.ErrorIs(t, o.UpdateRole(ctx, lesser, home, more, desk.RoleForm{Version: 1, Name: "Less", Permissions: []string{desk.PermissionOperatorsView}}), desk.ErrForbidden)
	require.ErrorIs(t, o.DeleteRole(ctx, lesser, home, more, 1, ""), desk.ErrForbidden)
	within := o.CustomRole("Within", desk.PermissionOperatorsView)
	require.ErrorAs(t, o.DeleteRole(ctx, lesser, home, within, 1, more), &bad)
}

func TestTheLastSuperAdministratorStays(t *testing.T) {
	o := staffed(t)
	boss, err := o.Mem.FindOperatorByLogin(ctx, "boss")
	require.NoError(t, err)
	for name, do := range map[string]func() error{
		"demote": func() error {
			return o.ChangeRoles(ctx, o.Boss, home, boss.ID, desk.RolesForm{Version: boss.Version, Primary: desk.RoleModerator})
		},
		"disable": func() error { return o.Disable(ctx, o.Boss, home, boss.ID, "") },
		"delete":  func() error { return o.Delete(ctx, o.Boss, home, boss.ID, "") },
	} {
		require.ErrorIs(t, do(), desk.ErrLastSuperAdministrator, name)
	}
	detail, err := o.Operator(ctx, o.Boss, boss.ID)
	require.NoError(t, err)
	require.NotEmpty(t, detail.Kept)
	o.Person("Second", desk.RoleSuperAdministrator)
	detail, err = o.Operator(ctx, o.Boss, boss.ID)
	require.NoError(t, err)
	require.Empty(t, detail.Kept)
	require.NoError(t, o.Disable(ctx, o.Boss, home, boss.ID, ""))
}

func TestOnlyWhoCanSignInCountsAsASuperAdministrator(t *testing.T) {
	for _, c := range []struct {
		name   string
		second func(o *office, members *testoffice.Directory)
		last   bool
	}{
		{"nobody else", func(*office, *testoffice.Directory) {}, true},
		{"another one", func(o *office, _ *testoffice.Directory) { o.Person("Second", desk.RoleSuperAdministrator) }, false},
		{"one by an additional role", func(o *office, _ *testoffice.Directory) {
			o.Person("Second", desk.RoleModerator, desk.RoleSuperAdministrator)
		}, false},
		{"one who is locked for a while", func(o *office, _ *testoffice.Directory) {
			op := o.Person("Second", desk.RoleSuperAdministrator)
			o.Write(store.MarkLocked{OperatorID: op.ID, Until: o.Now().Add(time.Hour)})
		}, false},
		{"one who is disabled", func(o *office, _ *testoffice.Directory) {
			op := o.Person("Second", desk.RoleSuperAdministrator)
			op.State = store.OperatorDisabled
			o.Put(op)
		}, true},
		{"one who is invited", func(o *office, _ *testoffice.Directory) {
			o.Must(o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "new@example.org", Roles: []string{desk.RoleSuperAdministrator}}))
		}, true},
		{"one whose invitation has expired", func(o *office, _ *testoffice.Directory) {
			o.Must(o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "new@example.org", Roles: []string{desk.RoleSuperAdministrator}}))
			o.Clock.Add(8 * 24 * time.Hour)
			o.Boss = o.Actor(o.Find(o.Boss.ID))
		}, true},
		{"a member", func(o *office, _ *testoffice.Directory) {
			_, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleSuperAdministrator})
			require.NoError(o.T, err)
		}, false},
		{"a member who has left the community", func(o *office, members *testoffice.Directory) {
			_, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleSuperAdministrator})
			require.NoError(o.T, err)
			members.Forget("m-mia")
		}, true},
		{"a member whom the directory cannot vouch for", func(o *office, members *testoffice.Directory) {
			_, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleSuperAdministrator})
			require.NoError(o.T, err)
			members.Break(true)
		}, true},
	} {
		members := testoffice.NewDirectory("Mia")
		o := staffed(t, func(cfg *desk.Config) { cfg.Members = members })
		boss := o.Find(o.Boss.ID)
		c.second(o, members)
		detail, err := o.Operator(ctx, o.Boss, boss.ID)
		require.NoError(t, err)
		require.Equal(t, c.last, !detail.Kept.IsZero(), c.name)
		if !c.last {
			require.NoError(t, o.Disable(ctx, o.Boss, home, boss.ID, ""), c.name)
			continue
		}
		before := o.Dump("counters")
		for act, do := range map[string]func() error{
			"demote": func() error {
				return o.ChangeRoles(ctx, o.Boss, home, boss.ID, desk.RolesForm{Version: boss.Version, Primary: desk.RoleModerator})
			},
			"disable": func() error { return o.Disable(ctx, o.Boss, home, boss.ID, "") },
			"delete":  func() error { return o.Delete(ctx, desk.CommandLine(), home, boss.ID, "") },
		} {
			require.ErrorIs(t, do(), desk.ErrLastSuperAdministrator, "%s: %s", c.name, act)
		}
		require.True(t, before == o.Dump("counters"), c.name)
	}
}

func TestWhoeverCannotSignInMayGo(t *testing.T) {
	members := testoffice.NewDirectory("Mia")
	o := staffed(t, func(cfg *desk.Config) { cfg.Members = members })
	mia, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleSuperAdministrator})
	require.NoError(t, err)
	members.Forget("m-mia")
	require.NoError(t, o.Delete(ctx, o.Boss, home, mia.ID, "left"))
}

func TestADetailHoldsNoHash(t *testing.T) {
	o := staffed(t)
	target := o.Person("Target", desk.RoleModerator)
	detail, err := o.Operator(ctx, o.Boss, target.ID)
	require.NoError(t, err)
	require.True(t, detail.HasPassword)
	require.NotEmpty(t, target.Password)
	require.NotContains(t, fmt.Sprintf("%#v", detail), target.Password)
}

// Who is invited has not asked for mails, and whoever invites chooses the address
// and the words: each mail to them counts, whatever it is about.
func TestStrangersAreWrittenToOnlySoOften(t *testing.T) {
	o := staffed(t)
	target, _ := o.Must(o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "new@elsewhere.example", Name: "New", Roles: []string{desk.RoleModerator}}))
	limited := (*desk.LimitedError)(nil)
	acts := []func(id string) error{
		func(id string) error {
			return o.RenameOperator(ctx, o.Boss, home, id, o.Find(target.ID).Version, "Newer")
		},
		func(id string) error { return o.EndSessions(ctx, o.Boss, home, id, "all") },
		func(id string) error { return o.ResetTwoFactor(ctx, o.Boss, home, id, "lost") },
		func(id string) error {
			return o.ChangeRoles(ctx, o.Boss, home, id, desk.RolesForm{Version: o.Find(target.ID).Version, Primary: desk.RoleModerator})
		},
		func(id string) error { return o.Disable(ctx, o.Boss, home, id, "") },
		func(id string) error { return o.Enable(ctx, o.Boss, home, id) },
	}
	var err error
	for n := 0; err == nil; n++ {
		require.Less(t, n, 100)
		err = acts[n%len(acts)](target.ID)
	}
	require.ErrorAs(t, err, &limited)
	require.Equal(t, 60, strings.Count(o.Delivered().Subjects("new@elsewhere.example"), "\n")+1)
	for _, act := range acts {
		if err := act(target.ID); !errors.Is(err, desk.ErrChanged) {
			require.ErrorAs(t, err, &limited)
		}
	}
	known := o.Person("Known", desk.RoleModerator)
	require.NoError(t, o.EndSessions(ctx, o.Boss, home, known.ID, "all"), "who has joined is told of everything")
}

func TestNobodyChangesARoleUnderSomebodyWhoHoldsMore(t *testing.T) {
	o := staffed(t)
	role := o.CustomRole("Posts", "posts.delete")
	p := o.Person("Pia", o.CustomRole("More", desk.PermissionParametersManage), role)
	anne := o.Actor(o.Person("Anne", desk.RoleAdministrator))
	form := desk.RoleForm{Version: 1, Name: "Posts", Permissions: []string{"analytics.view"}}
	_, err := o.PreviewRole(ctx, anne, role, form)
	require.ErrorIs(t, err, desk.ErrForbidden)
	require.ErrorIs(t, o.UpdateRole(ctx, anne, home, role, form), desk.ErrForbidden)
	require.ErrorIs(t, o.DeleteRole(ctx, anne, home, role, 1, ""), desk.ErrForbidden)
	require.NoError(t, o.ChangeRoles(ctx, o.Boss, home, p.ID, desk.RolesForm{Version: p.Version, Primary: role}))
	require.NoError(t, o.UpdateRole(ctx, anne, home, role, form), "they hold no more than Anne now")
	require.NoError(t, o.DeleteRole(ctx, anne, home, role, 2, ""))
}

func TestSuperAdministratorsMadeByDeletingARoleAreTold(t *testing.T) {
	o := staffed(t)
	role := o.CustomRole("Posts", "posts.delete")
	o.Person("Pia", role)
	o.Person("Quin", desk.RoleSuperAdministrator, role)
	require.NoError(t, o.DeleteRole(ctx, o.Boss, home, role, 1, desk.RoleSuperAdministrator))
	require.Equal(t, 1, strings.Count(o.Delivered().Subjects("boss@example.org"), "new super-administrator"), "Pia is new, Quin is not")
}
