package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// moving is an office in which Grace invites people, and Mia is a member.
type moving struct {
	*office
	members *testoffice.Directory
	grace   store.Operator
}

func newMoving(t *testing.T) *moving {
	m := &moving{members: testoffice.NewDirectory("Mia")}
	m.office = staffed(t, withMembers(m.members), withSSO)
	m.grace = m.Person("Grace", desk.RoleAdministrator)
	m.Person("Ada", desk.RoleModerator)
	return m
}

func (m *moving) invites(by desk.Actor) (store.Operator, string) {
	op, link := m.Must(m.Invite(ctx, by, home, desk.InviteForm{Email: "ivan@example.org", Name: "Ivan", Roles: []string{desk.RoleModerator}}))
	return op, testoffice.Token(link)
}

func (m *moving) invitedByGrace(then func(ivan store.Operator)) string {
	ivan, token := m.invites(m.Actor(m.grace))
	then(m.Find(ivan.ID))
	return token
}

func (m *moving) granted() string {
	_, err := m.Grant(ctx, m.Actor(m.grace), home, "m-mia", []string{desk.RoleModerator})
	require.NoError(m.T, err)
	return ""
}

func (m *moving) asked(then func(ada store.Operator)) string {
	require.NoError(m.T, m.RequestReset(ctx, home, "ada@example.org"))
	then(m.Find("id-of-ada"))
	return ""
}

func (m *moving) handed(by desk.Actor, then func()) string {
	link, _, err := m.PasswordLink(ctx, by, home, "id-of-ada")
	require.NoError(m.T, err)
	then()
	return testoffice.Token(link)
}

const (
	invitedAgain = "ivan@example.org: You are invited to the Meadow back office"
	grantedAgain = "mia@members.example: You have access to the Meadow back office"
	adaTold      = "ada@example.org: Your link to a new Meadow back office password no longer works"
	graceTold    = "grace@example.org: A link that you created for the Meadow back office no longer works"
)

var nothing = func(store.Operator) {}

// openLinks are links that are open, or are not, when the address changes, and the
// emails that the change comes to.
var openLinks = map[string]struct {
	// make returns the token, unless only the email has it.
	make func(m *moving) string
	// mails are those about the link, and event the entry about it.
	mails []string
	event string
}{
	"an invitation":                       {func(m *moving) string { return m.invitedByGrace(nothing) }, []string{invitedAgain}, "operator.invitation_renewed success"},
	"an invitation from the command line": {func(m *moving) string { _, token := m.invites(desk.CommandLine()); return token }, []string{invitedAgain}, "operator.invitation_renewed success"},
	"the access of a member":              {(*moving).granted, []string{grantedAgain}, "operator.invitation_renewed success"},
	"an invitation, sent again": {func(m *moving) string {
		m.invitedByGrace(func(ivan store.Operator) {
			_, err := m.ResendInvitation(ctx, desk.CommandLine(), home, ivan.ID)
			require.NoError(m.T, err)
		})
		return ""
	}, []string{invitedAgain}, "operator.invitation_renewed success"},
	"an invitation, its email failed": {func(m *moving) string {
		return m.invitedByGrace(func(ivan store.Operator) {
			queued, err := m.Mails(ctx, desk.CommandLine(), store.MailQuery{OperatorID: ivan.ID, Limit: 9})
			require.NoError(m.T, err)
			for _, mail := range queued.Rows {
				m.Write(store.MoveMail{ID: mail.ID, From: store.MailQueued, To: store.MailFailed, Attempt: mail.Attempts, At: m.Now(), Reply: "550"})
			}
		})
	}, []string{invitedAgain}, "operator.invitation_renewed success"},
	"an invitation, the inviter disabled": {func(m *moving) string {
		return m.invitedByGrace(func(store.Operator) { m.grace.State = store.OperatorDisabled; m.Put(m.grace) })
	}, nil, "operator.invitation_renewed refused"},
	"an invitation, the inviter deleted": {func(m *moving) string {
		return m.invitedByGrace(func(store.Operator) { require.NoError(m.T, m.Delete(ctx, m.Boss, home, m.grace.ID, "")) })
	}, nil, "operator.invitation_renewed refused"},
	"an invitation, the inviter demoted": {func(m *moving) string {
		return m.invitedByGrace(func(store.Operator) { m.grace.PrimaryRole = desk.RoleModerator; m.Put(m.grace) })
	}, nil, "operator.invitation_renewed refused"},
	"an invitation above the inviter by now": {func(m *moving) string {
		return m.invitedByGrace(func(ivan store.Operator) { ivan.PrimaryRole = desk.RoleSuperAdministrator; m.Put(ivan) })
	}, nil, "operator.invitation_renewed refused"},
	"an invitation without a role": {func(m *moving) string {
		return m.invitedByGrace(func(ivan store.Operator) { ivan.PrimaryRole = ""; m.Put(ivan) })
	}, nil, "operator.invitation_renewed refused"},
	"an invitation to an impossible email address": {func(m *moving) string {
		return m.invitedByGrace(func(ivan store.Operator) { ivan.Email = "no address"; m.Put(ivan) })
	}, nil, "operator.invitation_renewed refused"},
	"the access of someone who left":                         {func(m *moving) string { defer m.members.Forget("m-mia"); return m.granted() }, nil, "operator.invitation_renewed refused"},
	"the access of a member, without company sign-in by now": {func(m *moving) string { m.granted(); m.sso(false); return "" }, nil, "operator.invitation_renewed refused"},
	"an invitation, disabled": {func(m *moving) string {
		return m.invitedByGrace(func(ivan store.Operator) { require.NoError(m.T, m.Disable(ctx, m.Boss, home, ivan.ID, "")) })
	}, nil, ""},
	"an invitation, cancelled": {func(m *moving) string {
		return m.invitedByGrace(func(ivan store.Operator) { require.NoError(m.T, m.CancelInvitation(ctx, m.Boss, home, ivan.ID)) })
	}, nil, ""},
	"an invitation, expired": {func(m *moving) string {
		defer func() {
			m.Clock.Add(8 * 24 * time.Hour)
			m.Boss = m.Actor(m.Find(m.Boss.ID))
		}()
		return m.invitedByGrace(nothing)
	}, nil, ""},
	"an invitation, accepted": {func(m *moving) string {
		token := m.invitedByGrace(nothing)
		require.NoError(m.T, m.Welcome(ctx, home, desk.LinkForm{Token: token, Password: good, Again: good}))
		return ""
	}, nil, ""},

	"a reset link asked for":       {func(m *moving) string { return m.asked(nothing) }, []string{adaTold}, "password.link_ended success"},
	"a reset link for no one":      {func(m *moving) string { require.NoError(m.T, m.RequestReset(ctx, home, "eve@example.org")); return "" }, nil, ""},
	"a reset link that was handed": {func(m *moving) string { return m.handed(m.Actor(m.grace), func() {}) }, []string{adaTold, graceTold}, "password.link_ended success"},
	"a reset link that was sent": {func(m *moving) string {
		require.NoError(m.T, m.SendReset(ctx, m.Actor(m.grace), home, "id-of-ada"))
		return ""
	}, []string{adaTold, graceTold}, "password.link_ended success"},
	"a reset link from the command line": {func(m *moving) string { return m.handed(desk.CommandLine(), func() {}) }, []string{adaTold}, "password.link_ended success"},
	"a reset link, its maker disabled": {func(m *moving) string {
		return m.handed(m.Actor(m.grace), func() { m.grace.State = store.OperatorDisabled; m.Put(m.grace) })
	}, nil, "password.link_ended refused"},
	"a reset link, its operator without a role": {func(m *moving) string {
		return m.asked(func(ada store.Operator) { ada.PrimaryRole = ""; m.Put(ada) })
	}, nil, "password.link_ended refused"},
	"a reset link, its operator disabled": {func(m *moving) string {
		return m.asked(func(ada store.Operator) { require.NoError(m.T, m.Disable(ctx, m.Boss, home, ada.ID, "")) })
	}, nil, ""},
	"a reset link, expired": {func(m *moving) string { defer m.Clock.Add(2 * time.Hour); return m.asked(nothing) }, nil, ""},
}

// moves are the ways in which the address changes. The first confirms it, the second
// finds what to replace.
var moves = map[string]func(m *moving){
	"confirmed": func(m *moving) {
		m.move("second-side-door")
		require.NoError(m.T, m.ConfirmAlias(ctx, m.Boss, home))
	},
	"from the command line": func(m *moving) { m.rotate() },
	"changed twice before it was confirmed": func(m *moving) {
		m.move("second-side-door")
		m.move("third-side-door")
		require.NoError(m.T, m.ConfirmAlias(ctx, m.Boss, home))
	},
	"changed again, half way": func(m *moving) {
		m.rotate()
		require.NoError(m.T, m.ReplaceLinks(ctx))
		m.rotate()
	},
}

func (m *moving) move(alias string) {
	m.T.Helper()
	m.Boss = m.Actor(m.Find(m.Boss.ID))
	require.NoError(m.T, m.ChangeAlias(ctx, m.Boss, home, alias))
	require.NoError(m.T, m.ReplaceLinks(ctx), "while it may be rolled back, nothing is replaced")
	m.deliver()
}

func (m *moving) rotate() {
	m.T.Helper()
	_, err := m.RotateAlias(ctx, desk.CommandLine(), home)
	require.NoError(m.T, err)
}

// about are the emails since the first n that are about links, and not about the address.
func (m *moving) about(n int) (found []string) {
	for _, mail := range m.Delivered().All()[n:] {
		if !strings.Contains(mail.Subject, "has a new address") && !strings.Contains(mail.Subject, "access was") && !strings.Contains(mail.Subject, "was created") {
			found = append(found, mail.To+": "+mail.Subject)
		}
	}
	slices.Sort(found)
	return found
}

// trail are the entries about links that were replaced.
func (m *moving) trail() string {
	var found []string
	for _, e := range m.Events() {
		if e.Code == "operator.invitation_renewed" || e.Code == "password.link_ended" {
			require.Equal(m.T, desk.ActorSystem, e.ActorID)
			require.Contains(m.T, e.Reason, "the office address changed")
			found = append(found, e.Code+" "+e.Outcome)
		}
	}
	return strings.Join(found, ", ")
}

// TestANewAddressReplacesOpenLinks is about everything that is on its way to someone, or
// lies in a mailbox, when the office moves.
func TestANewAddressReplacesOpenLinks(t *testing.T) {
	for how, move := range moves {
		for what, c := range openLinks {
			for _, waiting := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s, its email waits %v", how, what, waiting), func(t *testing.T) {
					m := newMoving(t)
					old := m.Alias()
					token := c.make(m)
					if !waiting {
						m.deliver()
					}
					before := len(m.Sent.All())
					move(m)
					replicas := []*desk.Desk{m.Desk, m.Another()}
					for _, err := range testoffice.Race(2, func(i int) error { return replicas[i].ReplaceLinks(ctx) }) {
						require.NoError(t, err)
					}
					require.NoError(t, m.ReplaceLinks(ctx))
					mails, times := c.mails, 1
					if how == "changed again, half way" && strings.HasPrefix(c.event, "operator.invitation_renewed success") {
						times = 2 // the first is on its way, or was sent
					}
					found := m.about(before)
					if times == 2 {
						found = slices.Compact(found)
					}
					require.Equal(t, slices.Sorted(slices.Values(mails)), slices.Sorted(slices.Values(found)))
					require.Equal(t, strings.TrimSuffix(strings.Repeat(c.event+", ", times), ", "), m.trail())
					for _, mail := range m.Sent.All()[before:] {
						if strings.Contains(mail.Subject, "access was") {
							continue // to someone who may not know the new one
						}
						require.NotContains(t, mail.Text+mail.HTML, old, mail.Subject)
					}
					if token != "" && !strings.Contains(what, "expired") {
						for _, use := range []func() error{
							func() error {
								return m.Welcome(ctx, home, desk.LinkForm{Token: token, Password: better, Again: better})
							},
							func() error { return m.Reset(ctx, home, desk.LinkForm{Token: token, Password: better, Again: better}) },
						} {
							require.ErrorIs(t, use(), desk.ErrLink, "not even at the new address")
						}
					}
					if len(mails) == 1 && (mails[0] == invitedAgain || mails[0] == grantedAgain) {
						to, _, _ := strings.Cut(mails[0], ":")
						letter, ok := m.Sent.Newest(to, "")
						require.True(t, ok)
						require.Contains(t, strings.Join(strings.Fields(letter.Text), " "), "The office address has changed, so the link in the earlier email no longer works")
						require.NoError(t, m.Welcome(ctx, home, desk.LinkForm{Token: m.LinkIn(letter, "welcome"), Password: better, Again: better}))
					}
				})
			}
		}
	}
}

// TestAnAddressThatGoesBackTakesTheLinksOfTheOtherWithIt is the other direction: what was
// made before works again, and what was made in between does not.
func TestAnAddressThatGoesBackTakesTheLinksOfTheOtherWithIt(t *testing.T) {
	for _, between := range []bool{false, true} {
		for what, c := range openLinks {
			if slices.Contains([]string{"an invitation, expired", "the access of a member, without company sign-in by now"}, what) {
				continue // they take longer than there is time, or another process
			}
			t.Run(fmt.Sprintf("%s, made in between %v", what, between), func(t *testing.T) {
				m := newMoving(t)
				var token string
				if !between {
					token = c.make(m)
				}
				m.Boss = m.Actor(m.Find(m.Boss.ID))
				require.NoError(t, m.ChangeAlias(ctx, m.Boss, home, "second-side-door"))
				if between {
					token = c.make(m)
				}
				before := len(m.Sent.All())
				m.deliver()
				for _, mail := range m.Sent.All()[before:] {
					require.True(t, between || !strings.Contains(mail.Text, "#"), "links wait until it is known where they lead")
				}
				before = len(m.Sent.All())
				require.NoError(t, m.RevertAlias(ctx, desk.CommandLine(), home))
				require.NoError(t, m.ReplaceLinks(ctx))
				m.Clock.Add(time.Minute)
				if between {
					require.ElementsMatch(t, c.mails, m.about(before))
					require.Equal(t, c.event, m.trail())
					return
				}
				m.deliver()
				require.Empty(t, m.trail())
				if token != "" && strings.HasSuffix(c.event, "success") {
					require.NoError(t, errOf(m, token), "it works as before")
				}
			})
		}
	}
}

// errOf uses a link on the page that it is for.
func errOf(m *moving, token string) error {
	form := desk.LinkForm{Token: token, Password: better, Again: better}
	if m.Welcome(ctx, home, form) == nil {
		return nil
	}
	return m.Reset(ctx, home, form)
}
