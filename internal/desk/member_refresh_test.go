package desk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

const (
	oldMailbox = "mia@members.example"
	newMailbox = "mia@new.example"
)

// followed is an office with a member who has access, whose emails are delivered.
func followed(t *testing.T, change ...func(*desk.Config)) (*office, *testoffice.Directory, store.Operator) {
	t.Helper()
	members := testoffice.NewDirectory("Mia", "Noa")
	o := staffed(t, append(change, withMembers(members))...)
	mia, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleModerator})
	require.NoError(t, err)
	o.Delivered().Clear()
	return o, members, o.Find(mia.ID)
}

// moments are when an operator follows the community.
var moments = map[string]func(t *testing.T, o *office, mia store.Operator){
	"at a sign-in": func(_ *testing.T, o *office, mia store.Operator) {
		_, _ = o.Login(mia.Name, good) // who is gone, or nobody knows about, is refused
	},
	"before an email": func(t *testing.T, o *office, mia store.Operator) {
		require.NoError(t, o.EndSessions(ctx, desk.CommandLine(), home, mia.ID, "all"))
		o.Delivered()
	},
	"in Run": func(_ *testing.T, o *office, _ store.Operator) {
		o.Clock.Add(6*time.Hour + time.Second)
		_ = o.RefreshMembers(ctx) // returns the error of the directory
	},
}

func TestAnOperatorFollowsTheCommunityAtEachMoment(t *testing.T) {
	for when, happens := range moments {
		for what, c := range map[string]struct {
			change      func(*testoffice.Directory)
			name, email string
			problem     string
			audited     bool
		}{
			"nothing changed": {change: func(*testoffice.Directory) {}, name: "Mia", email: oldMailbox},
			"another name": {change: func(d *testoffice.Directory) { d.Rename("m-mia", "Mia\u202E <Admin>\n") },
				name: "Mia <Admin>", email: oldMailbox, audited: true},
			"another email address": {change: func(d *testoffice.Directory) { d.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: newMailbox}) },
				name: "Mia", email: newMailbox, audited: true},
			"both": {change: func(d *testoffice.Directory) {
				d.Put(desk.Member{ID: "m-mia", Name: "Boss", Email: " " + newMailbox + " "})
			},
				name: "Boss", email: newMailbox, audited: true},
			"other capitals": {change: func(d *testoffice.Directory) {
				d.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: "MIA@members.EXAMPLE"})
			},
				name: "Mia", email: oldMailbox},
			"an email address that is taken": {change: func(d *testoffice.Directory) { d.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: "Boss@example.org"}) },
				name: "Mia", email: oldMailbox, problem: "another operator, Boss.", audited: true},
			"one that is none": {change: func(d *testoffice.Directory) { d.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: "mia at home\r\n"}) },
				name: "Mia", email: oldMailbox, problem: "“mia at home”", audited: true},
			"no email address": {change: func(d *testoffice.Directory) { d.Put(desk.Member{ID: "m-mia", Name: "", Email: ""}) },
				email: oldMailbox, problem: "no longer has an email address", audited: true},
			"gone":                     {change: func(d *testoffice.Directory) { d.Forget("m-mia") }, name: "Mia", email: oldMailbox},
			"a directory that is down": {change: func(d *testoffice.Directory) { d.Put(desk.Member{ID: "m-mia", Email: newMailbox}); d.Break(true) }, name: "Mia", email: oldMailbox},
		} {
			t.Run(when+" "+what, func(t *testing.T) {
				o, members, mia := followed(t)
				require.NoError(t, o.RenameOperator(ctx, o.Boss, home, mia.ID, mia.Version, "Mimi"))
				o.Delivered().Clear()
				mia = o.Find(mia.ID)
				c.change(members)
				for range 2 { // the second time there is nothing new
					happens(t, o, mia)
				}
				now := o.Find(mia.ID)
				require.Equal(t, []string{"Mimi", c.name, c.email}, []string{now.Name, now.MemberName, now.Email}, "the name here stays theirs")
				require.Equal(t, []int{map[bool]int{true: 1}[c.audited]}, []int{o.Count("operator.refreshed")}, "audited once")
				moved := c.email != oldMailbox
				o.Delivered()
				for _, mailbox := range []string{oldMailbox, newMailbox} {
					require.Equal(t, moved, strings.Contains(o.Sent.Subjects(mailbox), "email address was changed"), mailbox)
				}
				detail, err := o.Operator(ctx, o.Boss, mia.ID)
				require.NoError(t, err)
				require.Contains(t, detail.EmailProblem.String(), c.problem)
				require.Equal(t, c.problem == "", detail.EmailProblem.IsZero())
				found, err := o.Operators(ctx, o.Boss, store.OperatorQuery{Search: c.name + " " + c.email})
				require.NoError(t, err)
				require.Len(t, found.Rows, 1, "they are found by what the community calls them")
				if c.audited {
					i := slices.IndexFunc(o.Events(), func(e store.Event) bool { return e.Code == "operator.refreshed" })
					e := o.Events()[i]
					require.Equal(t, []string{desk.ActorSystem, mia.ID, "Mia <" + oldMailbox + ">", c.name + " <" + c.email + ">"},
						[]string{e.ActorID, e.TargetID, e.Detail["before"], e.Detail["after"]})
					require.Equal(t, c.problem != "", e.Outcome == desk.Failure)
				}
			})
		}
	}
}

// liar is a directory that answers with Noa, whomever it is asked about by id.
type liar struct{ *testoffice.Directory }

func (l liar) FindMember(ctx context.Context, _ string) (desk.Member, error) {
	return l.Directory.FindMember(ctx, "m-noa")
}

func TestADirectoryThatAnswersWithSomeoneElseIsNotFollowed(t *testing.T) {
	for when, happens := range moments {
		o, members, mia := followed(t)
		o.Members = liar{members}
		happens(t, o, mia)
		now := o.Find(mia.ID)
		require.Equal(t, []string{mia.Email, mia.MemberName}, []string{now.Email, now.MemberName}, when)
		o.Delivered()
		require.Empty(t, o.Sent.Subjects("noa@members.example"), when)
		require.Zero(t, o.Count("operator.refreshed"), when)
	}
}

// An email address that could not be followed is followed once it can be.
func TestAFreedEmailAddressIsFollowed(t *testing.T) {
	o, members, mia := followed(t)
	ivy, _ := o.Invited("ivy@example.org", "Ivy", desk.RoleModerator)
	members.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: "ivy@example.org"})
	o.Enter("Mia")
	require.Equal(t, oldMailbox, o.Find(mia.ID).Email)
	require.NoError(t, o.CancelInvitation(ctx, o.Boss, home, ivy.ID))
	o.Enter("Mia")
	require.Equal(t, "ivy@example.org", o.Find(mia.ID).Email)
	require.Equal(t, 2, o.Count("operator.refreshed"))
}

func TestTheNextOwnerOfAMailboxCanHaveIt(t *testing.T) {
	const shared = oldMailbox
	for what, give := range map[string]func(o *office) (string, error){
		"a member": func(o *office) (string, error) {
			op, err := o.Grant(ctx, o.Boss, home, "m-noa", []string{desk.RoleModerator})
			return op.ID, err
		},
		"someone who is invited": func(o *office) (string, error) {
			op, _, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: shared, Roles: []string{desk.RoleModerator}})
			return op.ID, err
		},
		"an operator whose email address is changed": func(o *office) (string, error) {
			ivy := o.Person("Ivy", desk.RoleModerator)
			return ivy.ID, o.ChangeEmail(ctx, o.Boss, home, ivy.ID, ivy.Version, shared)
		},
		"a member who has access": func(o *office) (string, error) {
			noa := o.Add(store.Operator{State: store.OperatorActive, MemberID: "m-noa", Email: "noa@members.example"}, "Noa", desk.RoleModerator)
			_, err := o.Login("Noa", good)
			return noa.ID, err
		},
	} {
		t.Run(what, func(t *testing.T) {
			o, members, mia := followed(t)
			members.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: newMailbox})
			members.Put(desk.Member{ID: "m-noa", Name: "Noa", Email: shared})
			row, err := o.Member(ctx, o.Boss, "m-noa")
			require.NoError(t, err)
			require.Empty(t, row.EmailProblem)
			id, err := give(o)
			require.NoError(t, err)
			require.Equal(t, []string{shared, newMailbox}, []string{o.Find(id).Email, o.Find(mia.ID).Email})
		})
	}
}

// Several members can pass their mailboxes on, or on in a circle.
func TestMembersWhoExchangeMailboxesFollowAtOnce(t *testing.T) {
	for what, next := range map[string][]int{"two exchange": {1, 0, 2, 3}, "three go round": {1, 2, 0, 3}, "four in a row, two of them exchanging": {1, 2, 3, 2}} {
		t.Run(what, func(t *testing.T) {
			names := []string{"Ann", "Ben", "Cat", "Dan"}
			members := testoffice.NewDirectory(names...)
			o := staffed(t, withMembers(members))
			for _, name := range names {
				_, err := o.Grant(ctx, o.Boss, home, "m-"+strings.ToLower(name), []string{desk.RoleModerator})
				require.NoError(t, err)
			}
			want := map[string]string{}
			for i, name := range names {
				email := strings.ToLower(names[next[i]]) + "@members.example"
				members.Put(desk.Member{ID: "m-" + strings.ToLower(name), Name: name, Email: email})
				want[name] = email
			}
			o.Enter("Ann")
			if what == "four in a row, two of them exchanging" {
				want["Ben"] = "ben@members.example" // two members cannot have one mailbox
				want["Ann"] = "ann@members.example"
			}
			for _, name := range names {
				op, err := o.Under.FindOperatorByLogin(ctx, strings.ToLower(name))
				require.NoError(t, err)
				require.Equal(t, want[name], op.Email, name)
			}
			_, err := o.VerifyAudit(ctx, o.Boss, home, "")
			require.NoError(t, err)
		})
	}
}

func TestWhatIsOnItsWayToAnOldMailboxGoesToTheNewOneOrNowhere(t *testing.T) {
	o, members, mia := followed(t, withSSO)
	noa, err := o.Grant(ctx, o.Boss, home, "m-noa", []string{desk.RoleModerator})
	require.NoError(t, err)
	o.Sent.Clear()
	require.NoError(t, o.EndSessions(ctx, desk.CommandLine(), home, mia.ID, "all"))
	_, err = o.ResendInvitation(ctx, o.Boss, home, mia.ID)
	require.NoError(t, err)
	members.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: newMailbox})
	members.Put(desk.Member{ID: "m-noa", Name: "Noa", Email: oldMailbox}) // who reads the old mailbox now

	o.Delivered()
	require.NotContains(t, o.Sent.Subjects(oldMailbox), "signed out")
	require.Contains(t, o.Sent.Subjects(oldMailbox), "email address was changed")
	require.Contains(t, o.Sent.Subjects(newMailbox), "signed out")
	for _, m := range o.Sent.To(oldMailbox) {
		if strings.Contains(m.Text, "/welcome#") {
			require.Contains(t, m.Text, "Hello Noa", "her own link, and not Mia's")
		}
	}
	require.Equal(t, oldMailbox, o.Find(noa.ID).Email)
	m, ok := o.Sent.Newest(newMailbox, "You have access")
	require.True(t, ok, "the invitation is renewed")
	require.NoError(t, o.Welcome(ctx, home, desk.LinkForm{Token: o.LinkIn(m, "welcome"), Password: better, Again: better}))

	t.Run("and the old links are dead", func(t *testing.T) {
		o.Clock.Add(time.Hour)
		o.Boss = o.Actor(o.Find("id-of-boss"))
		o.Delivered().Clear()
		_, err = o.Login("Mia", better)
		require.NoError(t, err)
		require.NoError(t, o.SendReset(ctx, o.Boss, home, mia.ID))
		token := o.LinkIn(o.Letter(newMailbox), "reset")
		members.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: "mia@second.example"})
		_, err = o.Login("Mia", better)
		require.NoError(t, err)
		require.ErrorIs(t, o.Reset(ctx, home, desk.LinkForm{Token: token, Password: good, Again: good}), desk.ErrLink)
		require.NoError(t, o.SendReset(ctx, o.Boss, home, mia.ID))
		members.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: "mia@third.example"})
		o.Sent.Clear()
		o.Delivered()
		for _, m := range o.Sent.All() {
			require.NotContains(t, m.Text, "/reset#")
		}
		cancelled, err := o.Mails(ctx, o.Boss, store.MailQuery{OperatorID: mia.ID, State: store.MailCancelled, Kind: "password-reset"})
		require.NoError(t, err)
		require.Len(t, cancelled.Rows, 1)
		require.Contains(t, cancelled.Rows[0].Reply, "has changed")
	})
	t.Run("a link waits for a directory that is down, a notice does not", func(t *testing.T) {
		o.Sent.Clear()
		require.NoError(t, o.SendReset(ctx, o.Boss, home, mia.ID))
		members.Break(true)
		require.NoError(t, o.EndSessions(ctx, desk.CommandLine(), home, mia.ID, "all"))
		o.Delivered()
		require.Len(t, o.Sent.All(), 1)
		require.Contains(t, o.Sent.Subjects("mia@third.example"), "signed out")
		members.Break(false)
		o.Clock.Add(time.Minute)
		require.NotEmpty(t, o.LinkIn(o.Letter("mia@third.example"), "reset"))
	})
	t.Run("no link goes to an email address that is not the operator's, however it was queued", func(t *testing.T) {
		o.Sent.Clear()
		ivy := o.Person("Ivy", desk.RoleModerator)
		require.NoError(t, o.SendReset(ctx, o.Boss, home, ivy.ID))
		o.Change(ivy.ID, func(op *store.Operator) { op.Email = "ivy@new.example"; desk.Keyed(op) }) // at the same moment
		require.Empty(t, o.Delivered().All())
	})
	t.Run("no link goes to a member who is gone", func(t *testing.T) {
		o.Sent.Clear()
		require.NoError(t, o.SendReset(ctx, o.Boss, home, mia.ID))
		members.Forget("m-mia")
		require.Empty(t, o.Delivered().All())
		failed, err := o.Mails(ctx, o.Boss, store.MailQuery{OperatorID: mia.ID, State: store.MailFailed})
		require.NoError(t, err)
		require.Contains(t, failed.Rows[0].Reply, "no longer a member", "nor is it tried again")
	})
}

func TestAForgottenPasswordIsAskedForAtTheNewEmailAddress(t *testing.T) {
	o, members, mia := followed(t, withSSO)
	o.Change(mia.ID, func(op *store.Operator) { op.State, op.InviteExpiresAt = store.OperatorActive, time.Time{} })
	noa := o.Add(store.Operator{State: store.OperatorActive, MemberID: "m-noa", Email: "noa@members.example"}, "Noa", desk.RoleModerator)
	members.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: newMailbox})
	members.Put(desk.Member{ID: "m-noa", Name: "Noa", Email: oldMailbox})
	require.NotEmpty(t, o.ResetLink(newMailbox))
	require.NotEmpty(t, o.ResetLink(oldMailbox))
	require.Equal(t, []string{newMailbox, oldMailbox}, []string{o.Find(mia.ID).Email, o.Find(noa.ID).Email}, "each gets their own")
	members.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: "mia@third.example"})
	o.Sent.Clear()
	o.Clock.Add(time.Hour)
	require.NoError(t, o.RequestReset(ctx, home, newMailbox))
	for _, m := range o.Delivered().All() {
		require.NotContains(t, m.Text, "/reset#", "not where the mailbox is no longer theirs")
	}
}

// The community keeps the email address; the office would only change it back.
func TestTheEmailAddressOfAMemberIsChangedInTheCommunity(t *testing.T) {
	o, members, mia := followed(t)
	requireProblem(t, o.ChangeEmail(ctx, o.Boss, home, mia.ID, mia.Version, "other@example.org"), "email", "elsewhere")
	detail, err := o.Operator(ctx, o.Boss, mia.ID)
	require.NoError(t, err)
	require.False(t, detail.May.Email)
	asked := members.Asked()
	ivy, _ := o.Invited("ivy@example.org", "Ivy", desk.RoleModerator)
	o.Clock.Add(24 * time.Hour)
	require.NoError(t, o.RefreshMembers(ctx))
	require.Equal(t, asked+1, members.Asked(), "nobody is asked about those who are invited")
	require.True(t, o.Find(ivy.ID).RefreshedAt.IsZero())
}

func TestRunAsksAboutEachMemberInTurn(t *testing.T) {
	members := testoffice.NewDirectory()
	o := staffed(t, withMembers(members))
	for i := range 250 {
		name := "Op" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		members.Put(desk.Member{ID: "m-" + name, Name: name, Email: strings.ToLower(name) + "@example.org"})
		o.Add(store.Operator{State: store.OperatorActive, MemberID: "m-" + name}, name, desk.RoleModerator)
	}
	o.Clock.Add(7 * time.Hour)
	asked := members.Asked()
	for i, want := range []int{100, 200, 250, 250} {
		// Another replica, or this one after a restart, goes on where the last one was.
		require.NoError(t, o.Another().RefreshMembers(ctx))
		require.Equal(t, want, members.Asked()-asked, "batch %d", i)
	}
	o.Clock.Add(7 * time.Hour)
	members.Break(true)
	require.ErrorIs(t, o.RefreshMembers(ctx), desk.ErrDirectory)
	require.Equal(t, 253, members.Asked()-asked, "a directory that is down is left alone")
	members.Break(false)
	for range 3 {
		require.NoError(t, o.RefreshMembers(ctx))
	}
	require.Equal(t, 500, members.Asked()-asked, "and nobody waits for those it failed for")
}

// hanging is a directory that does not answer and does not listen.
type hanging struct {
	*testoffice.Directory
	hang chan struct{}
}

func (h *hanging) FindMember(ctx context.Context, id string) (desk.Member, error) {
	if h.hang != nil {
		<-h.hang
		return desk.Member{}, errors.New("at last")
	}
	return h.Directory.FindMember(ctx, id)
}

func TestADirectoryThatHangsHoldsUpNoEmail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		members := &hanging{Directory: testoffice.NewDirectory("Mia")}
		o := staffed(t, func(c *desk.Config) { c.Members = members })
		mia, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleModerator})
		require.NoError(t, err)
		o.Delivered().Clear()
		members.hang = make(chan struct{})
		defer close(members.hang)
		began := time.Now()
		for range 20 {
			require.NoError(t, o.EndSessions(ctx, desk.CommandLine(), home, mia.ID, "all"))
		}
		o.Delivered()
		require.Len(t, o.Sent.To(oldMailbox), 20)
		require.Less(t, time.Since(began), 15*time.Second)
		// Once it works again it is asked again, although what hangs hangs on.
		for _, later := range []time.Duration{time.Minute, time.Minute, time.Minute, 15 * time.Minute} {
			if later > time.Minute {
				synctest.Wait()
				members.hang = nil
				members.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: newMailbox})
			}
			time.Sleep(later)
			o.Clock.Add(later)
			require.NoError(t, o.EndSessions(ctx, desk.CommandLine(), home, mia.ID, "all"))
			o.Delivered()
		}
		require.Equal(t, newMailbox, o.Find(mia.ID).Email)
	})
}
