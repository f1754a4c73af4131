package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

func TestAnOperatorsPageHasWhatTheyDidAndWhatWasDoneToThem(t *testing.T) {
	o := staffed(t)
	ada := o.Person("Ada", desk.RoleAdministrator)
	ben := o.Person("Ben", desk.RoleModerator)
	by := o.Actor(ada)
	for n := range 7 {
		require.NoError(t, o.RenameOperator(ctx, by, home, ben.ID, o.Find(ben.ID).Version, fmt.Sprintf("Ben %d", n)))
		require.NoError(t, o.RenameOperator(ctx, o.Boss, home, ada.ID, o.Find(ada.ID).Version, fmt.Sprintf("Ada %d", n)))
		by = o.Actor(o.Find(ada.ID))
	}
	events, _, err := o.Recent(ctx, o.Boss, ada.ID)
	require.NoError(t, err)
	require.Len(t, events, 5)
	did, suffered := 0, 0
	for i, e := range events {
		require.True(t, i == 0 || e.Seq < events[i-1].Seq, "newest first, each once")
		require.True(t, e.ActorID == ada.ID || e.TargetID == ada.ID, e.Code)
		if e.ActorID == ada.ID && e.TargetID == ben.ID {
			did++
		} else if e.TargetID == ada.ID && e.ActorID != ada.ID {
			suffered++
		}
	}
	require.Positive(t, did)
	require.Positive(t, suffered)
	events, mails, err := o.Recent(ctx, o.Actor(o.Person("Looker", o.CustomRole("Looks", desk.PermissionOperatorsView))), ada.ID)
	require.NoError(t, err)
	require.Empty(t, events)
	require.Empty(t, mails)
}

func TestWhoTheAuditIsAskedAbout(t *testing.T) {
	o := staffed(t)
	ada := o.Person("Ada", desk.RoleAdministrator)
	reader := o.Actor(o.Person("Reader", o.CustomRole("Reads", desk.PermissionAuditView)))
	gus, cal := o.Person("Gus", desk.RoleModerator), o.Person("Cal", desk.RoleModerator)
	require.NoError(t, o.RenameOperator(ctx, o.Boss, home, cal.ID, cal.Version, "Callum"))
	require.NoError(t, o.Disable(ctx, o.Boss, home, gus.ID, ""))
	require.NoError(t, o.Delete(ctx, o.Boss, home, gus.ID, ""))
	both := o.Actor(o.Person("Both", o.CustomRole("Reads and sees", desk.PermissionAuditView, desk.PermissionOperatorsView)))
	for _, c := range []struct {
		name, who string
		actor     desk.Actor
		want      string
	}{
		{"an id is itself", ada.ID, reader, ada.ID},
		{"a name is found", " ADA ", reader, ada.ID},
		{"whose an address is, the audit does not say", ada.Email, reader, ada.Email},
		{"but the list of operators does", ada.Email, both, ada.ID},
		{"somebody unknown stays as typed", "gone", reader, "gone"},
		{"a deleted operator has their last name", "gus", reader, gus.ID},
		{"a renamed one their former name, too", "Cal", reader, cal.ID},
		{"the office itself is no operator", desk.ActorSystem, reader, desk.ActorSystem},
		{"nobody is nobody", "", reader, ""},
		{"what cannot be looked up is nobody's", "\xff", reader, "\xff"},
	} {
		id, _, err := o.AuditSubject(ctx, c.actor, c.who)
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, id, c.name)
	}
	_, _, err := o.AuditSubject(ctx, o.Actor(ada), ada.ID)
	require.NoError(t, err)
	_, _, err = o.AuditSubject(ctx, o.Actor(o.Person("Mo", desk.RoleModerator)), ada.ID)
	require.ErrorIs(t, err, desk.ErrForbidden)
}

func TestWhoIsTheLastSuperAdministrator(t *testing.T) {
	o := staffed(t)
	boss, err := o.Mem.FindOperatorByLogin(ctx, "boss")
	require.NoError(t, err)
	last := func() string {
		id, err := o.LastSuperAdministrator(ctx, o.Boss)
		require.NoError(t, err)
		return id
	}
	require.Equal(t, boss.ID, last())
	second := o.Person("Second", desk.RoleModerator, desk.RoleSuperAdministrator)
	require.Empty(t, last())
	require.NoError(t, o.Disable(ctx, o.Boss, home, second.ID, ""))
	require.Equal(t, boss.ID, last(), "who is disabled does not count")
	_, err = o.LastSuperAdministrator(ctx, desk.Actor{})
	require.ErrorIs(t, err, desk.ErrForbidden)
	list, err := o.Operators(ctx, o.Actor(o.Person("Ada", desk.RoleAdministrator)), store.OperatorQuery{})
	require.NoError(t, err)
	for _, l := range list.Rows {
		require.Equal(t, l.Name == "Ada", l.Within, l.Name)
	}
}

func TestALargeRoleLeavesWhatChangedInTheAudit(t *testing.T) {
	var many []desk.Permission
	for n := range 300 {
		many = append(many, desk.Permission{Key: fmt.Sprintf("area%03d.do_something_or_other", n), Label: "x"})
	}
	o := staffed(t, func(c *desk.Config) { c.Permissions = many })
	keys := func(n int) (keys []string) {
		for _, p := range many[:n] {
			keys = append(keys, p.Key)
		}
		return keys
	}
	id, err := o.CreateRole(ctx, o.Boss, home, desk.RoleForm{Name: "Large", Permissions: keys(298)})
	require.NoError(t, err)
	form := desk.RoleForm{Version: 1, Name: "Large", Permissions: keys(300)[1:]}
	diff, err := o.PreviewRole(ctx, o.Boss, id, form)
	require.NoError(t, err)
	require.Equal(t, []int{2, 1}, []int{len(diff.Added), len(diff.Removed)})
	require.NoError(t, o.UpdateRole(ctx, o.Boss, home, id, form))
	events := o.Events()
	detail := events[len(events)-1].Detail
	require.Equal(t, "area298.do_something_or_other area299.do_something_or_other", detail["added"])
	require.Equal(t, "area000.do_something_or_other", detail["removed"])
	require.True(t, strings.HasPrefix(detail["after"], "area001."))
}

func TestWhatAChangeOfARoleComesTo(t *testing.T) {
	o := staffed(t)
	id := o.CustomRole("Press", desk.PermissionRolesManage)
	for _, c := range []struct {
		name string
		form desk.RoleForm
		want desk.RoleDifference
	}{
		{"nothing", desk.RoleForm{Name: "Press", Permissions: []string{desk.PermissionRolesManage}}, desk.RoleDifference{}},
		{"what is included already is no change", desk.RoleForm{Name: "Press", Permissions: []string{desk.PermissionRolesManage, desk.PermissionOperatorsView}}, desk.RoleDifference{}},
		{"a description", desk.RoleForm{Name: "Press", Description: "For the press", Permissions: []string{desk.PermissionRolesManage}}, desk.RoleDifference{Text: true, NewText: "For the press"}},
		{"what was included goes with it", desk.RoleForm{Name: "Press", Permissions: []string{desk.PermissionAuditView}}, desk.RoleDifference{
			Added:   []messages.Text{messages.New("roles.permission.audit.view")},
			Removed: []messages.Text{messages.New("roles.permission.operators.view"), messages.New("roles.permission.roles.manage")},
		}},
	} {
		c.form.Version = 1
		diff, err := o.PreviewRole(ctx, o.Boss, id, c.form)
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, diff, c.name)
		require.Equal(t, c.want.NewName == "" && !c.want.Text && len(c.want.Added) == 0, diff.None(), c.name)
	}
}

func TestTheChartCountsWhatTheListHas(t *testing.T) {
	o := staffed(t)
	ada, ben := o.Person("Ada", desk.RoleSuperAdministrator), o.Person("Ben", desk.RoleModerator)
	d, faults := o.Faulty()
	bounds := []time.Time{o.Now().Add(-time.Hour), o.Now().Add(30 * time.Minute), o.Now().Add(2 * time.Hour)}
	counts := func(who store.Operator, reads int) {
		t.Helper()
		faults.Reset()
		got, err := d.CountTrail(ctx, o.Boss, store.EventQuery{}, who.ID, bounds, 50)
		require.NoError(t, err)
		require.Len(t, faults.Calls(), reads)
		for i, n := range got {
			listed, err := o.Trail(ctx, o.Boss, store.EventQuery{From: bounds[i], Until: bounds[i+1]}, who.ID)
			require.NoError(t, err)
			require.Len(t, listed.Rows, n)
		}
	}
	counts(ada, 2)
	require.NoError(t, o.Disable(ctx, o.Boss, home, ben.ID, "Left."))
	counts(ben, 2)
	o.Enter("Ada")
	o.Clock.Add(time.Hour)
	o.Enter("Ada")
	counts(ada, 3)
}
