package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// duo is an office under the two-person rule: Boss asks, Bea is the second person, and Cleo
// is a super-administrator whom Boss created.
type duo struct {
	*office
	bea, cleo        store.Operator
	second, puppet   desk.Actor
	target, disabled store.Operator
	role             string
}

var allGrave = map[string]string{
	"two_factor.who": "recommended", "audit.keep": "730d",
	"approval.super_administrator": "on", "approval.parameters": "on", "approval.address": "on", "approval.audit": "on", "approval.two_factor": "on",
}

func newDuo(t *testing.T) *duo {
	o := &duo{office: staffed(t, func(c *desk.Config) { c.Members = testoffice.NewDirectory("Mia") })}
	o.bea = o.Person("Bea", desk.RoleSuperAdministrator)
	o.cleo = o.Add(store.Operator{CreatedBy: o.Boss.ID}, "Cleo", desk.RoleSuperAdministrator)
	o.target = o.Person("Target", desk.RoleAdministrator)
	o.disabled = o.Person("Dora", desk.RoleSuperAdministrator)
	o.disabled.State = store.OperatorDisabled
	o.disabled = o.Put(o.disabled)
	o.role = o.CustomRole("Helpers", "posts.delete")
	o.Person("Hugo", o.role)
	o.Rules(allGrave)
	o.Boss = o.Actor(o.Find(o.Boss.ID))
	o.second, o.puppet = o.Actor(o.bea), o.Actor(o.cleo)
	o.Delivered().Clear()
	return o
}

// grave are all acts that wait for a second person, and how to tell that they were done.
var grave = []struct {
	name, effect string
	do           func(ctx context.Context, d *desk.Desk, a desk.Actor, o *duo) error
	done         func(o *duo) bool
}{
	{"an invitation", "super_administrator", func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *duo) error {
		_, link, err := d.Invite(ctx, a, home, desk.InviteForm{Email: "new@example.org", Roles: []string{desk.RoleSuperAdministrator}})
		if link != "" {
			return errors.New("it hands out a link")
		}
		return err
	}, func(o *duo) bool { _, err := o.Mem.FindOperatorByLogin(ctx, "new@example.org"); return err == nil }},
	{"one invitation of several", "super_administrator", func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *duo) error {
		list, _, err := d.InviteSeveral(ctx, a, home, []desk.Invitee{{Line: 1, Email: "new@example.org"}}, desk.InviteForm{Roles: []string{desk.RoleSuperAdministrator}})
		return waitsIn(err, len(list) == 1 && !list[0].Done && strings.Contains(list[0].Why.String(), "second person"))
	}, func(o *duo) bool { _, err := o.Mem.FindOperatorByLogin(ctx, "new@example.org"); return err == nil }},
	{"access as a member", "super_administrator", func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *duo) error {
		_, err := d.Grant(ctx, a, home, "m-mia", []string{desk.RoleModerator, desk.RoleSuperAdministrator})
		return err
	}, func(o *duo) bool { _, err := o.Mem.FindOperatorByMember(ctx, "m-mia"); return err == nil }},
	{"other roles", "super_administrator", func(ctx context.Context, d *desk.Desk, a desk.Actor, o *duo) error {
		return d.ChangeRoles(ctx, a, home, o.target.ID, desk.RolesForm{Version: o.target.Version, Primary: desk.RoleSuperAdministrator})
	}, func(o *duo) bool { return o.Find(o.target.ID).PrimaryRole == desk.RoleSuperAdministrator }},
	{"a role for several", "super_administrator", func(ctx context.Context, d *desk.Desk, a desk.Actor, o *duo) error {
		plan, _, err := d.Bulk(ctx, a, home, desk.BulkForm{Act: desk.BulkAddRole, Role: desk.RoleSuperAdministrator, Operators: []string{o.target.ID}, Seen: []int64{o.target.Version}})
		return waitsIn(err, len(plan.Rows) == 1 && !plan.Rows[0].Done && strings.Contains(plan.Rows[0].Why.String(), "second person"))
	}, func(o *duo) bool { return len(o.Find(o.target.ID).Roles) == 1 }},
	{"a disabled account enabled", "super_administrator", func(ctx context.Context, d *desk.Desk, a desk.Actor, o *duo) error {
		return d.Enable(ctx, a, home, o.disabled.ID)
	}, func(o *duo) bool { return o.Find(o.disabled.ID).State == store.OperatorActive }},
	{"a role deleted", "super_administrator", func(ctx context.Context, d *desk.Desk, a desk.Actor, o *duo) error {
		return d.DeleteRole(ctx, a, home, o.role, 1, desk.RoleSuperAdministrator)
	}, func(o *duo) bool { _, err := o.Mem.FindRole(ctx, o.role); return err != nil }},
	{"a parameter loosened", "parameters", func(ctx context.Context, d *desk.Desk, a desk.Actor, o *duo) error {
		return save(ctx, d, a, "session.idle", "50m")
	}, func(o *duo) bool { return o.Settings().Session.Idle == 50*time.Minute }},
	{"audit entries deleted sooner", "audit parameters", func(ctx context.Context, d *desk.Desk, a desk.Actor, o *duo) error {
		return save(ctx, d, a, "audit.keep", "365d")
	}, func(o *duo) bool { return o.Settings().AuditKeep == 365*24*time.Hour }},
	{"the rule itself switched off", "parameters rule", func(ctx context.Context, d *desk.Desk, a desk.Actor, o *duo) error {
		return save(ctx, d, a, "approval.two_factor", "off")
	}, func(o *duo) bool { return !o.Settings().Approvals.TwoFactor }},
	{"another address", "address", func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *duo) error {
		return d.ChangeAlias(ctx, a, home, "quiet-side-door")
	}, func(o *duo) bool { return o.Alias() == "quiet-side-door" && !o.State().Stored.ConfirmBy.IsZero() }},
	{"a random address", "address", func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *duo) error {
		alias, err := d.RotateAlias(ctx, a, home)
		if alias != "" {
			return errors.New("it hands out the address")
		}
		return err
	}, func(o *duo) bool { return !o.State().Stored.ConfirmBy.IsZero() }},
	{"two-factor of an administrator reset", "two_factor", func(ctx context.Context, d *desk.Desk, a desk.Actor, o *duo) error {
		return d.ResetTwoFactor(ctx, a, home, o.target.ID, "phone lost")
	}, func(o *duo) bool { return o.Count("two_factor.reset") == 1 }},
}

// waitsIn is the error of an act on several, whose rows say it.
func waitsIn(err error, waits bool) error {
	if err == nil && waits {
		return &desk.WaitingError{}
	}
	return err
}

func save(ctx context.Context, d *desk.Desk, a desk.Actor, name, value string) error {
	list, state, err := d.Parameters(ctx, a)
	if err != nil {
		return err
	}
	shown := map[string]string{}
	for _, s := range list {
		shown[s.Name] = s.Value
	}
	_, err = d.SaveParameters(ctx, a, home, desk.ParametersForm{Revision: state.Stored.Revision, Values: map[string]string{name: value}, Shown: shown})
	return err
}

// asked is the only request that waits, as an actor sees it.
func (o *duo) asked(a desk.Actor) desk.Approval {
	o.T.Helper()
	open, err := o.Approvals(ctx, a)
	require.NoError(o.T, err)
	require.Len(o.T, open, 1)
	return open[0]
}

// approve is what the page does for an actor who has read it.
func (o *duo) approve(a desk.Actor, id string) error {
	r, err := o.Approval(ctx, a, id)
	if err != nil {
		return err
	}
	_, err = o.ApproveRequest(ctx, a, home, id, r.Seen)
	return err
}

func TestEveryGraveActWaitsForASecondPerson(t *testing.T) {
	for _, act := range grave {
		t.Run(act.name, func(t *testing.T) {
			o := newDuo(t)
			before := o.Dump("counters", "tokens", "events", "mails")
			waiting := (*desk.WaitingError)(nil)
			require.ErrorAs(t, act.do(ctx, o.Desk, o.Boss, o), &waiting)
			require.ErrorIs(t, waiting, desk.ErrSecondPerson)
			require.True(t, before == o.Dump("counters", "tokens", "events", "mails"), "nothing but the request is stored")
			require.False(t, act.done(o))
			e := o.Last()
			require.Equal(t, "office_approval.asked", e.Code)
			require.Equal(t, o.Boss.ID, e.ActorID)
			require.Equal(t, act.effect, e.Detail["effects"])
			require.Contains(t, o.Delivered().Subjects("bea@example.org"), "needs a second person")
			require.Empty(t, o.Sent.To("cleo@example.org"), "she could not approve")

			id := o.asked(o.Boss).ID
			if act.name != "a random address" {
				require.ErrorIs(t, act.do(ctx, o.Desk, o.Boss, o), desk.ErrSecondPerson)
				require.Equal(t, id, o.asked(o.Boss).ID, "the same again is the same request")
			}

			notNow := (*desk.NotNowError)(nil)
			require.ErrorAs(t, o.approve(o.Boss, id), &notNow, "who asked")
			require.ErrorAs(t, o.approve(o.puppet, id), &notNow, "an account that they created")
			moderator := o.Actor(o.Person("Mod", desk.RoleModerator))
			require.ErrorIs(t, o.approve(moderator, id), desk.ErrNotFound, "without the right nothing is seen")
			unproved := o.stale(o.bea)
			require.ErrorIs(t, o.approve(unproved, id), desk.ErrStepUp)
			_, err := o.ApproveRequest(ctx, o.second, home, id, "not what was shown")
			require.ErrorIs(t, err, desk.ErrChanged)
			job, err := desk.Job("nightly")
			require.NoError(t, err)
			require.ErrorAs(t, o.approve(job, id), &notNow, "a program is no person")
			require.False(t, act.done(o))

			require.NoError(t, o.approve(o.second, id))
			require.True(t, act.done(o))
			o.bothAreInTheAudit(id)
			require.Contains(t, o.Delivered().Subjects("boss@example.org"), "was decided")
			require.ErrorAs(t, o.approve(o.second, id), &notNow, "only once")
			open, err := o.Approvals(ctx, o.second)
			require.NoError(t, err)
			require.Empty(t, open)
		})
	}
}

// stale is somebody whose last proof of identity is too old.
func (o *duo) stale(op store.Operator) desk.Actor {
	token := o.Enter(op.Name)
	o.Clock.Add(16 * time.Minute)
	id := o.Identity(token)
	o.second = o.Actor(o.bea)
	return id.Actor()
}

// bothAreInTheAudit says that the act is that of who asked, approved by Bea, in one commit.
func (o *duo) bothAreInTheAudit(id string) {
	o.T.Helper()
	var approved, acted bool
	for _, e := range o.Events() {
		if e.Code == "office_approval.approved" && e.TargetID == id {
			require.Equal(o.T, o.bea.ID, e.ActorID)
			require.Equal(o.T, "Boss", e.Detail["asked_by"])
			approved = true
		}
		if e.Detail[desk.DetailApproval] == id {
			require.Equal(o.T, o.Boss.ID, e.ActorID)
			require.Equal(o.T, "Bea", e.Detail[desk.DetailApprovedBy])
			acted = true
		}
	}
	require.True(o.T, approved)
	require.True(o.T, acted)
}

func TestARequestIsVoidOnceWhoAskedMayNotOrItsSubjectChanged(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(o *duo)
		why     string
	}{
		"who asked was disabled": {func(o *duo) { o.Change(o.Boss.ID, func(op *store.Operator) { op.State = store.OperatorDisabled }) }, "may no longer do this"},
		"the access of who asked was ended": {func(o *duo) {
			o.Change(o.Boss.ID, func(op *store.Operator) { op.EndsAt = o.Now() })
			require.NoError(o.T, o.EndAccountsAt(ctx, o.Now()))
			require.NoError(o.T, o.EnableWith(ctx, desk.CommandLine(), home, o.Boss.ID, desk.EndForm{}))
		}, "may no longer do this"},
		"who asked lost the role": {func(o *duo) {
			require.NoError(o.T, o.ChangeRoles(ctx, o.second, home, o.Boss.ID, desk.RolesForm{Version: o.Find(o.Boss.ID).Version, Primary: desk.RoleModerator}))
		}, "may no longer do this"},
		"who asked was deleted":                               {func(o *duo) { require.NoError(o.T, o.Delete(ctx, o.second, home, o.Boss.ID, "left")) }, "may no longer do this"},
		"the account of who asked was reported as taken over": {func(o *duo) { require.NoError(o.T, o.RequireNewPassword(ctx, o.second, home, o.Boss.ID, "stolen")) }, "may no longer do this"},
		"who asked was signed out by a colleague":             {func(o *duo) { require.NoError(o.T, o.EndSessions(ctx, o.second, home, o.Boss.ID, "all")) }, "may no longer do this"},
		"the subject changed":                                 {func(o *duo) { o.Change(o.target.ID, func(op *store.Operator) { op.Email = "else@example.org" }) }, "has changed"},
		"the subject is gone":                                 {func(o *duo) { require.NoError(o.T, o.Delete(ctx, o.second, home, o.target.ID, "left")) }, "has changed"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newDuo(t)
			require.Error(t, o.ChangeRoles(ctx, o.Boss, home, o.target.ID, desk.RolesForm{Version: o.target.Version, Primary: desk.RoleSuperAdministrator}))
			id := o.asked(o.second).ID
			o.Clock.Add(time.Second)
			c.happens(o)
			r, err := o.Approval(ctx, o.second, id)
			require.NoError(t, err)
			require.Contains(t, r.Void.String(), c.why)
			require.False(t, r.MayDecide)
			before := o.Dump("counters")
			notNow := (*desk.NotNowError)(nil)
			require.ErrorAs(t, o.approve(o.second, id), &notNow)
			require.True(t, before == o.Dump("counters"))
			require.NoError(t, o.RefuseRequest(ctx, o.second, home, id, "void"), "it can be put away")
		})
	}
}

func TestWhatEachGraveActIsAboutMustStayAsItWasShown(t *testing.T) {
	for name, c := range map[string]struct {
		ask, happens func(o *duo) error
	}{
		"a parameter that was saved again": {
			func(o *duo) error { return save(ctx, o.Desk, o.Boss, "session.idle", "50m") },
			func(o *duo) error { return save(ctx, o.Desk, o.second, "session.idle", "10m") }},
		"an address that moved": {
			func(o *duo) error { return o.ChangeAlias(ctx, o.Boss, home, "quiet-side-door") },
			func(o *duo) error { return o.ChangeAlias(ctx, desk.CommandLine(), home, "lantern-moss-gravel") }},
		"a role with one more holder": {
			func(o *duo) error {
				return o.DeleteRole(ctx, o.Boss, home, o.role, 1, desk.RoleSuperAdministrator)
			},
			func(o *duo) error { o.Person("Late", o.role); return nil }},
		"an operator who was enabled": {
			func(o *duo) error { return o.Enable(ctx, o.Boss, home, o.disabled.ID) },
			func(o *duo) error { return o.Enable(ctx, desk.CommandLine(), home, o.disabled.ID) }},
		"a mailbox that was invited": {
			func(o *duo) error {
				_, _, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "new@example.org", Roles: []string{desk.RoleSuperAdministrator}})
				return err
			},
			func(o *duo) error {
				_, _, err := o.Invite(ctx, o.second, home, desk.InviteForm{Email: "new@example.org", Roles: []string{desk.RoleModerator}})
				return err
			}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newDuo(t)
			require.ErrorIs(t, c.ask(o), desk.ErrSecondPerson)
			id := o.asked(o.second).ID
			require.NoError(t, c.happens(o))
			r, err := o.Approval(ctx, o.second, id)
			require.NoError(t, err)
			require.False(t, r.Void.IsZero())
			notNow := (*desk.NotNowError)(nil)
			require.ErrorAs(t, o.approve(o.second, id), &notNow)
		})
	}
}

func TestARequestShowsTheLastDayOfAccess(t *testing.T) {
	supers := []string{desk.RoleSuperAdministrator}
	for name, ask := range map[string]func(o *duo, last string) error{
		"an invitation": func(o *duo, last string) error {
			_, _, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "new@example.org", Roles: supers, Ends: last})
			return err
		},
		"access as a member": func(o *duo, last string) error {
			_, err := o.GrantAs(ctx, o.Boss, home, "m-mia", desk.GrantForm{Roles: supers, Ends: last})
			return err
		},
		"a disabled account enabled": func(o *duo, last string) error {
			return o.EnableWith(ctx, o.Boss, home, o.disabled.ID, desk.EndForm{Ends: last})
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newDuo(t)
			require.ErrorIs(t, ask(o, o.inDays(1)), desk.ErrSecondPerson)
			id := o.asked(o.second).ID
			r, err := o.Approval(ctx, o.second, id)
			require.NoError(t, err)
			require.Contains(t, fmt.Sprint(r.Rows), "Last day of access")
			require.ErrorIs(t, ask(o, o.inDays(9)), desk.ErrSecondPerson)
			open, err := o.Approvals(ctx, o.second)
			require.NoError(t, err)
			require.Len(t, open, 2, "another day is another request")

			require.NoError(t, o.approve(o.second, id))
			require.True(t, slices.ContainsFunc(o.Events(), func(e store.Event) bool { return e.Detail["last_day"] != "" }))
		})
	}
}

func TestTwoApprovalsAtOnceAreOneAct(t *testing.T) {
	for _, act := range grave {
		o := newDuo(t)
		third := o.Actor(o.Person("Theo", desk.RoleSuperAdministrator))
		require.ErrorIs(t, act.do(ctx, o.Desk, o.Boss, o), desk.ErrSecondPerson)
		r, err := o.Approval(ctx, third, o.asked(third).ID)
		require.NoError(t, err)
		replica := o.Another()
		errs := make([]error, 6)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				d, a := o.Desk, o.second
				if i%2 == 1 {
					d, a = replica, third
				}
				_, errs[i] = d.ApproveRequest(ctx, a, home, r.ID, r.Seen)
			})
		}
		all.Wait()
		require.Equal(t, 1, winners(errs), "%s: %v", act.name, errs)
		require.Equal(t, 1, o.Count("office_approval.approved"), act.name)
		_, err = o.Reload(ctx)
		require.NoError(t, err)
		require.True(t, act.done(o), act.name)
	}
}
