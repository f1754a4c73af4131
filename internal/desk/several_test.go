package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

func TestPeopleToInviteAreReadAsTheyAreTypedOrPasted(t *testing.T) {
	for typed, want := range map[string]string{
		"": "", " \n\r\n\t": "",
		"ada@example.org":                                 "1||ada@example.org",
		"Ada Brook <ada@example.org>":                     "1|Ada Brook|ada@example.org",
		`"Brook, Ada" <ada@example.org>`:                  "1|Brook, Ada|ada@example.org",
		"Brook, Ada <ada@example.org>, b@example.org":     "1|Brook, Ada|ada@example.org 1||b@example.org",
		"a@example.org; b@example.org,":                   "1||a@example.org 1||b@example.org",
		"Ada Brook\tada@example.org\r\nb@example.org":     "1|Ada Brook|ada@example.org 2||b@example.org",
		"ada@example.org Ada\n\nBen":                      "1|Ada|ada@example.org 3||Ben",
		"Ada <ada@example.org":                            "1|Ada|ada@example.org",
		"<>":                                              "1||",
		"Name,Email\nAda Brook,ada@example.org":           "1||Name,Email 2|Ada Brook|ada@example.org",
		"Ada,Brook,ada@example.org":                       "1|Ada Brook|ada@example.org",
		"ada@example.org,Ada,Brook":                       "1|Ada Brook|ada@example.org",
		"Ada Brook;ada@example.org":                       "1|Ada Brook|ada@example.org",
		`"Ada Brook","ada@example.org"`:                   "1|Ada Brook|ada@example.org",
		`"Brook, Ada",ada@example.org`:                    "1|Brook, Ada|ada@example.org",
		`ada@example.org;"Brook, Ada"`:                    "1|Brook, Ada|ada@example.org",
		"a@example.org,b@example.org":                     "1||a@example.org 1||b@example.org",
		"ada@example.org,,\n;;,\n\"Ben\",b@example.org,,": "1||ada@example.org 3|Ben|b@example.org",
		"a@example.org b@example.org":                     "1||a@example.org 1||b@example.org",
		"Ada <\u202aada@example.org\u202c>":               "1|Ada|ada@example.org",
		"ben; ada@example.org":                            "1||ben 1||ada@example.org",
		"ada@example.org, ben":                            "1||ada@example.org 1||ben",
		"Ada Brook (ada@example.org)":                     "1|Ada Brook|ada@example.org",
		"ada@example.org (Ada Brook)":                     "1|Ada Brook|ada@example.org",
		"Ada Brook:\u00a0ada@example.org":                 "1|Ada Brook|ada@example.org",
		"- ada@example.org\nmailto:b@example.org":         "1||ada@example.org 2||b@example.org",
		"\ufeffada@example.org\u200b":                     "1||ada@example.org",
		"O'Neil, Pat <pat@example.org>":                   "1|O'Neil, Pat|pat@example.org",
	} {
		var got []string
		for _, p := range desk.ParseInvitees(typed) {
			got = append(got, fmt.Sprintf("%d|%s|%s", p.Line, p.Name, p.Email))
			again := desk.ParseInvitees(p.Typed)
			require.Len(t, again, 1, typed)
			require.Equal(t, []string{p.Name, p.Email}, []string{again[0].Name, again[0].Email}, "what is sent on is read the same")
		}
		require.Equal(t, want, strings.Join(got, " "), "%q", typed)
	}
}

func FuzzParseInvitees(f *testing.F) {
	f.Add("Brook, Ada <ada@example.org>, b@example.org; c\n@")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range desk.ParseInvitees(text) {
			require.Len(t, desk.ParseInvitees(p.Typed), 1)
		}
	})
}

// listed are people as a form has them, with the roles that all of them get.
func (o *office) listed(text string) ([]desk.Invitee, error) {
	return o.PreviewInvitations(ctx, o.Boss, desk.ParseInvitees(text), desk.InviteForm{Roles: []string{desk.RoleModerator}})
}

func TestLookingAtInvitationsFollowsNoOne(t *testing.T) {
	o, members, mia := followed(t, withSSO)
	require.Equal(t, store.OperatorInvited, mia.State)
	members.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: newMailbox})
	before := o.Dump()
	list, err := o.listed(oldMailbox)
	require.NoError(t, err)
	require.True(t, before == o.Dump(), "it may be a GET, after a step-up")
	require.Equal(t, mia.Version, list[0].Seen)
	done, _, err := o.InviteSeveral(ctx, o.Boss, home, list, desk.InviteForm{Roles: []string{desk.RoleModerator}})
	require.NoError(t, err)
	require.Equal(t, "They were invited in the meantime.", done[0].Why.String())
	require.Equal(t, newMailbox, o.Find(mia.ID).Email, "now it was followed")
}

func TestLookingAtAGrantFollowsNoOne(t *testing.T) {
	o, members, mia := followed(t)
	members.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: newMailbox})
	members.Put(desk.Member{ID: "m-noa", Name: "Noa", Email: oldMailbox})
	before := o.Dump()
	for _, name := range []string{"", "Noa N."} {
		change, err := o.PreviewGrant(ctx, o.Boss, "m-noa", desk.GrantForm{Name: name, Roles: []string{desk.RoleModerator}})
		require.NoError(t, err)
		require.NotEmpty(t, change.Gains)
	}
	require.True(t, before == o.Dump(), "it may be a GET, after a step-up")
	noa, err := o.Grant(ctx, o.Boss, home, "m-noa", []string{desk.RoleModerator})
	require.NoError(t, err)
	require.Equal(t, []string{oldMailbox, newMailbox}, []string{noa.Email, o.Find(mia.ID).Email}, "now it was followed")
}

func TestInvitingSeveralShowsFirstWhatBecomesOfEach(t *testing.T) {
	o := staffed(t)
	o.Person("Ada", desk.RoleModerator)
	o.Add(store.Operator{State: store.OperatorDisabled}, "Disa", desk.RoleModerator)
	ivan := o.Add(store.Operator{State: store.OperatorInvited, InviteExpiresAt: o.Now().Add(time.Hour)}, "Ivan", desk.RoleModerator)
	before := o.Dump()
	list, err := o.listed("new@example.org\nada@example.org\ndisa@example.org\nivan@example.org\nNew <NEW@example.org>\nName <named@example.org>")
	require.NoError(t, err)
	require.True(t, before == o.Dump(), "asking changes nothing")
	var got []string
	for _, p := range list {
		got = append(got, fmt.Sprintf("%s %d %.24s", p.Email, p.Seen, p.Why))
	}
	require.Equal(t, []string{
		"new@example.org 0 ", "ada@example.org 0 They are an operator alr", "disa@example.org 0 They have a disabled acc",
		fmt.Sprintf("ivan@example.org %d ", ivan.Version), "named@example.org 0 ",
	}, got, "someone who is listed twice is there once")

	_, err = o.listed("cleo@riverside,example")
	require.ErrorContains(t, err, "One line needs a correction", "it is one line, though read as two addresses")
	for text, problem := range map[string]string{
		"x@":                  "Something is missing",
		"Ada <a@example.org>": "Another operator has this name",
		"Twin <a@example.org>\ntwin <b@example.org>": "Line 2 has the same name",
	} {
		list, err := o.listed("fine@example.org\n" + text)
		requireProblem(t, err, "people", "wrong")
		require.Contains(t, list[len(list)-1].Problem.String(), problem)
		require.Empty(t, list[0].Problem)
	}
	_, err = o.listed("")
	requireProblem(t, err, "people", "required")
	_, err = o.listed(strings.Repeat("x", 3) + strings.Join(numbered(51), "\n"))
	requireProblem(t, err, "people", "too_many")
	_, err = o.PreviewInvitations(ctx, o.Boss, desk.ParseInvitees("new@example.org"), desk.InviteForm{})
	requireProblem(t, err, "role", "required")
	moderator := o.Actor(o.Person("Mo", desk.RoleModerator))
	_, err = o.PreviewInvitations(ctx, moderator, nil, desk.InviteForm{})
	require.ErrorIs(t, err, desk.ErrForbidden)
}

// numbered are email addresses.
func numbered(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("person%d@example.org", i))
	}
	return all
}

func TestInvitingSeveralStopsWithWholeOnesAndSentAgainDoesTheRest(t *testing.T) {
	for name, leaves := range map[string]bool{"the store fails": false, "the client leaves": true} {
		t.Run(name, func(t *testing.T) {
			o := staffed(t)
			list, err := o.listed(strings.Join(numbered(4), "\n"))
			require.NoError(t, err)
			gone, leave := context.WithCancel(ctx)
			defer leave()
			d, faults := o.Faulty()
			faults.After("EnqueueMail", 2, func() {
				if leaves {
					leave()
				} else {
					faults.FailMethod("Commit", store.ErrUnavailable)
				}
			})
			done, stopped, err := d.InviteSeveral(gone, o.Boss, home, append([]desk.Invitee(nil), list...), desk.InviteForm{Roles: []string{desk.RoleModerator}})
			if leaves {
				require.ErrorIs(t, err, context.Canceled, "nothing is reported to one who left")
			} else {
				require.NoError(t, err)
				require.ErrorIs(t, stopped, store.ErrUnavailable)
				require.Equal(t, []bool{true, true, false, false}, []bool{done[0].Done, done[1].Done, done[2].Done, done[3].Done})
				require.Contains(t, done[2].Why.String(), "Try again later")
				require.Contains(t, done[3].Why.String(), "Not tried")
			}
			require.Equal(t, 2, o.Count("operator.invited"))
			require.Len(t, o.mails(), 2)

			done, stopped, err = o.InviteSeveral(ctx, o.Boss, home, list, desk.InviteForm{Roles: []string{desk.RoleModerator}})
			require.NoError(t, errOr(stopped, err))
			require.Contains(t, done[0].Why.String()+done[1].Why.String(), "invited in the meantime")
			require.True(t, done[2].Done && done[3].Done)
			require.Equal(t, 4, o.Count("operator.invited"))
			require.Len(t, o.mails(), 4)
		})
	}
}

func errOr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func TestInvitingSeveralKeepsTheLimitOfEmails(t *testing.T) {
	o := staffed(t)
	ada := o.Actor(o.Person("Ada", desk.RoleSuperAdministrator))
	for range 2 {
		list, err := o.listed(strings.Join(numbered(40), "\n"))
		require.NoError(t, err)
		done, stopped, err := o.InviteSeveral(ctx, ada, home, list, desk.InviteForm{Roles: []string{desk.RoleModerator}})
		require.NoError(t, err)
		if stopped != nil {
			limited := (*desk.LimitedError)(nil)
			require.ErrorAs(t, stopped, &limited)
			require.True(t, done[19].Done)
			require.Contains(t, done[20].Why.String(), "too many emails")
			require.Contains(t, done[39].Why.String(), "Not tried")
			return
		}
	}
	require.Fail(t, "no limit")
}

// bulk previews an act and does what was shown.
func (o *office) bulk(a desk.Actor, f desk.BulkForm) (shown, done desk.BulkPlan) {
	o.T.Helper()
	before := o.Dump()
	shown, err := o.PreviewBulk(ctx, a, f)
	require.NoError(o.T, err)
	require.True(o.T, before == o.Dump(), "asking changes nothing")
	f.Operators, f.Seen = nil, nil
	for _, row := range shown.Rows {
		f.Operators, f.Seen = append(f.Operators, row.ID), append(f.Seen, row.Version)
	}
	done, stopped, err := o.Bulk(ctx, a, home, f)
	require.NoError(o.T, errOr(stopped, err))
	return shown, done
}

func whys(plan desk.BulkPlan) (all []string) {
	for _, row := range plan.Rows {
		all = append(all, row.Why.String())
	}
	return all
}

func TestActsOnSeveralOperatorsDoWhatTheySaidToEach(t *testing.T) {
	o := staffed(t)
	eve := o.Person("Eve", desk.RoleAdministrator)
	a := o.Actor(eve)
	sue := o.Person("Sue", desk.RoleSuperAdministrator)
	ada, ben := o.Person("Ada", desk.RoleModerator), o.Person("Ben", desk.RoleModerator, desk.RoleCommunityManager)
	ivan := o.Add(store.Operator{State: store.OperatorInvited, InviteExpiresAt: o.Now().Add(time.Hour)}, "Ivan", desk.RoleModerator)
	disa := o.Add(store.Operator{State: store.OperatorDisabled}, "Disa", desk.RoleModerator)
	all := []string{eve.ID, sue.ID, ada.ID, ben.ID, ivan.ID, disa.ID, "nobody", ada.ID}
	const self, more, gone = "This is you. Change your own account on its own pages.", "They hold more than you do, so you cannot act on them.", "This operator no longer exists."
	o.Enter("Ada")

	for _, act := range []struct {
		f    desk.BulkForm
		whys []string // of Ada, Ben, Ivan and Disa
		code string
		n    int
	}{
		{desk.BulkForm{Act: desk.BulkResend}, []string{"chosen a password", "chosen a password", "", "is disabled"}, "operator.invited", 1},
		{desk.BulkForm{Act: desk.BulkEndSessions}, []string{"", "not signed in", "not signed in", "not signed in"}, "operator.sessions_ended", 1},
		{desk.BulkForm{Act: desk.BulkAddRole, Role: desk.RoleCommunityManager}, []string{"", "already", "", ""}, "operator.roles_changed", 3},
		{desk.BulkForm{Act: desk.BulkRemoveRole, Role: desk.RoleModerator}, []string{"", "", "", ""}, "operator.roles_changed", 7},
		{desk.BulkForm{Act: desk.BulkDisable, Reason: "The project is over."}, []string{"", "", "Cancel it", "already"}, "operator.disabled", 2},
	} {
		act.f.Operators = all
		shown, done := o.bulk(a, act.f)
		require.Equal(t, whys(shown), whys(done), "what was shown is what was done")
		require.Len(t, done.Rows, 7, "someone who is ticked twice is there once")
		require.Equal(t, []string{self, more, gone}, []string{done.Rows[0].Why.String(), done.Rows[1].Why.String(), done.Rows[6].Why.String()})
		for i, row := range done.Rows[2:6] {
			require.Equal(t, act.whys[i] == "", row.Done, "%s %s: %s", act.f.Act, row.Name, row.Why)
			require.Contains(t, row.Why.String(), act.whys[i])
		}
		require.Equal(t, act.n, o.Count(act.code), act.f.Act)
	}
	require.Equal(t, []string{desk.RoleCommunityManager}, o.Find(ben.ID).AllRoles(), "the next role becomes the primary one")
	require.Equal(t, store.OperatorDisabled, o.Find(ada.ID).State)
	require.Equal(t, store.OperatorActive, o.Find(sue.ID).State)
}

func TestActsOnSeveralLeaveOutWhoChangedAndWhatWasDone(t *testing.T) {
	o := staffed(t)
	a := o.Actor(o.Person("Eve", desk.RoleSuperAdministrator))
	ada, ben := o.Person("Ada", desk.RoleModerator), o.Person("Ben", desk.RoleModerator)
	f := desk.BulkForm{Act: desk.BulkAddRole, Role: desk.RoleCommunityManager, Operators: []string{ada.ID, ben.ID}, Seen: []int64{ada.Version, ben.Version}}
	o.Change(ben.ID, func(op *store.Operator) { op.MustChangePassword = true })
	done, stopped, err := o.Bulk(ctx, a, home, f)
	require.NoError(t, errOr(stopped, err))
	require.True(t, done.Rows[0].Done)
	require.Contains(t, done.Rows[1].Why.String(), "changed in the meantime")
	done, _, err = o.Bulk(ctx, a, home, f)
	require.NoError(t, err)
	require.Contains(t, done.Rows[0].Why.String(), "already", "sent again, it is not done again")
	require.Equal(t, 1, o.Count("operator.roles_changed"))
	f.Seen = f.Seen[:1]
	_, _, err = o.Bulk(ctx, a, home, f)
	require.ErrorIs(t, err, desk.ErrChanged)
}

func TestTwoTogetherCannotTakeTheLastSuperAdministrator(t *testing.T) {
	for _, f := range []desk.BulkForm{{Act: desk.BulkDisable}, {Act: desk.BulkRemoveRole, Role: desk.RoleSuperAdministrator}} {
		o := newOffice(t)
		f.Operators = []string{o.Person("Sue", desk.RoleSuperAdministrator, desk.RoleModerator).ID, o.Person("Sam", desk.RoleSuperAdministrator).ID}
		shown, done := o.bulk(desk.CommandLine(), f)
		require.Equal(t, []string{"", desk.LastSuperAdministratorText.String()}, whys(shown))
		require.Equal(t, whys(shown), whys(done))
		require.True(t, o.Find(f.Operators[1]).IsActiveSuperAdministrator())
	}
}

func TestActsOnSeveralAreRefusedAsAWhole(t *testing.T) {
	o := staffed(t)
	eve := o.Actor(o.Person("Eve", desk.RoleAdministrator))
	ada := o.Person("Ada", desk.RoleModerator)
	for field, f := range map[string]desk.BulkForm{
		"operator": {Act: desk.BulkDisable},
		"act":      {Act: "delete", Operators: []string{ada.ID}},
		"role":     {Act: desk.BulkAddRole, Role: "none", Operators: []string{ada.ID}},
	} {
		_, err := o.PreviewBulk(ctx, eve, f)
		requireProblem(t, err, field, "required")
		_, _, err = o.Bulk(ctx, eve, home, f)
		requireProblem(t, err, field, "required")
	}
	_, err := o.PreviewBulk(ctx, eve, desk.BulkForm{Act: desk.BulkAddRole, Role: desk.RoleSuperAdministrator, Operators: []string{ada.ID}})
	requireProblem(t, err, "role", "beyond")
	_, err = o.PreviewBulk(ctx, eve, desk.BulkForm{Act: desk.BulkDisable, Operators: numbered(51)})
	requireProblem(t, err, "operator", "too_many")
	_, err = o.PreviewBulk(ctx, o.Actor(ada), desk.BulkForm{Act: desk.BulkDisable, Operators: []string{ada.ID}})
	require.ErrorIs(t, err, desk.ErrForbidden)
}
