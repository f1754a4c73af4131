package desk_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// TestReplacingLinksIsTakenUpWhereItStopped breaks the work off at every call.
func TestReplacingLinksIsTakenUpWhereItStopped(t *testing.T) {
	total := 1
	for n := 1; n <= total; n++ {
		m := newMoving(t)
		m.invitedByGrace(nothing)
		m.granted()
		m.handed(m.Actor(m.grace), func() {})
		m.deliver()
		before := len(m.Sent.All())
		m.rotate()
		d, faults := m.Faulty()
		faults.FailAt(n, errDown)
		require.ErrorIs(t, d.ReplaceLinks(ctx), errDown, "%d %v", n, faults.Calls())
		require.NoError(t, m.Another().ReplaceLinks(ctx), "another process does the rest")
		require.Equal(t, slices.Sorted(slices.Values([]string{invitedAgain, grantedAgain, adaTold, graceTold})), m.about(before), "call %d", n)
		if n == 1 {
			d, faults := m.Faulty()
			m.rotate()
			require.NoError(t, d.ReplaceLinks(ctx))
			total = len(faults.Calls()) - 1 // the summary may be missing
		}
	}
	require.Greater(t, total, 10)
}

// TestAMemberWhoCannotBeLookedUpKeepsNoOneWaiting is about a directory that fails.
func TestAMemberWhoCannotBeLookedUpKeepsNoOneWaiting(t *testing.T) {
	m := newMoving(t)
	m.granted()
	m.invitedByGrace(nothing)
	m.deliver()
	before := len(m.Sent.All())
	m.rotate()
	m.members.Break(true)
	require.ErrorIs(t, m.ReplaceLinks(ctx), testoffice.ErrDirectory)
	require.Equal(t, []string{invitedAgain}, m.about(before))
	m.members.Break(false)
	require.NoError(t, m.ReplaceLinks(ctx))
	require.Equal(t, []string{invitedAgain, grantedAgain}, m.about(before))
}

// TestManyInvitationsAreRenewedBehindWhatIsUrgent is about an office that moves while it
// invites everyone it knows.
func TestManyInvitationsAreRenewedBehindWhatIsUrgent(t *testing.T) {
	m := newMoving(t)
	const many = 250
	for i := range many {
		m.Invited(fmt.Sprintf("p%d@example.org", i), "", desk.RoleModerator)
	}
	m.deliver()
	open, err := m.OpenLinks(ctx, m.Boss, true)
	require.NoError(t, err)
	require.Equal(t, many, open.Count())
	require.Len(t, open.Invitations.First, 10)
	require.Equal(t, many-10, open.Invitations.More())
	before := len(m.Sent.All())
	m.Store.Reset()
	m.move("second-side-door")
	require.NoError(t, m.ConfirmAlias(ctx, m.Boss, home))
	require.Less(t, len(m.Store.Calls()), 40, "confirming renews nothing itself")
	operators, links, err := m.AliasMails(ctx, m.Boss)
	require.NoError(t, err)
	require.Equal(t, []int{3, many}, []int{operators, links})
	m.deliver()
	require.NoError(t, m.ReplaceLinks(ctx))
	require.NoError(t, m.RequestReset(ctx, home, "ada@example.org"))
	waiting, err := m.Mails(ctx, desk.CommandLine(), store.MailQuery{State: store.MailQueued, Limit: 500})
	require.NoError(t, err)
	require.Len(t, waiting.Rows, many+1)
	for _, w := range waiting.Rows {
		require.Equal(t, w.Kind == "password-reset", w.Lane.Urgent)
	}
	m.deliver()
	sent := map[string]int{}
	for _, mail := range m.Sent.All()[before:] {
		if strings.HasPrefix(mail.Subject, "You are invited") {
			sent[mail.To]++
		}
	}
	require.Len(t, sent, many)
	require.Equal(t, 1, slices.Max(slices.Collect(maps.Values(sent))))
	summary := m.Last()
	for _, e := range m.Events() {
		if e.Code == "office.links_replaced" {
			summary = e
		}
	}
	require.Equal(t, map[string]string{"invitations_renewed": "250"}, summary.Detail)
}

// TestANoticeThatWaitsFollowsTheAddress is about emails without a one-time link.
func TestANoticeThatWaitsFollowsTheAddress(t *testing.T) {
	m := newMoving(t)
	m.members.Put(desk.Member{ID: "m-lea", Name: "Lea", Email: "lea@members.example"})
	lea := m.Add(store.Operator{State: store.OperatorActive, MemberID: "m-lea", Email: "lea@members.example"}, "Lea", desk.RoleModerator)
	old := m.Alias()
	require.NoError(t, m.EndSessions(ctx, desk.CommandLine(), home, lea.ID, "all"))
	require.NoError(t, m.TestMail(ctx, m.Boss, home))
	require.NoError(t, m.Disable(ctx, m.Boss, home, m.grace.ID, ""))
	require.NoError(t, m.Enable(ctx, m.Boss, home, m.grace.ID))
	m.rotate()
	second := m.Alias()
	m.rotate()
	gone := m.Find(m.grace.ID)
	gone.State = store.OperatorDisabled
	m.Put(gone)
	m.members.Forget("m-lea")
	for _, mail := range m.Delivered().All() {
		switch {
		case mail.To == "grace@example.org", mail.To == lea.Email:
			require.NotContains(t, mail.Text+mail.HTML, m.Alias(), "who was disabled or has left learns of no new address: %s", mail.Subject)
		default:
			require.NotContains(t, mail.Text+mail.HTML, old, mail.Subject)
			require.NotContains(t, mail.Text+mail.HTML, second, mail.Subject)
		}
	}
}

// TestAnOperatorDisabledInTheMeantimeGetsNoEmail is about what happens right before a link is
// replaced.
func TestAnOperatorDisabledInTheMeantimeGetsNoEmail(t *testing.T) {
	for what, make := range map[string]func(m *moving) string{
		"an invitation, by its inviter": func(m *moving) string { m.invitedByGrace(nothing); return m.grace.ID },
		"a reset link, by its maker":    func(m *moving) string { m.handed(m.Actor(m.grace), func() {}); return m.grace.ID },
		"a reset link":                  func(m *moving) string { m.asked(nothing); return "id-of-ada" },
	} {
		t.Run(what, func(t *testing.T) {
			m := newMoving(t)
			id := make(m)
			m.deliver()
			m.rotate()
			m.deliver()
			before := len(m.Sent.All())
			d := m.While("ConsumeToken", func() {
				op := m.Find(id)
				op.State = store.OperatorDisabled
				m.Put(op)
			})
			require.NoError(t, d.ReplaceLinks(ctx))
			require.Empty(t, m.about(before))
			require.Contains(t, m.trail(), " refused")
		})
	}
}
