package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func TestAnInvitationLeadsToAPasswordAndThenToTwoFactor(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	op, url, err := o.Invite(ctx, o.Identity(ada.Token).Actor(), home,
		desk.InviteForm{Email: "Ben@Example.org", Name: " Ben  Okri ", Roles: []string{desk.RoleModerator, desk.RoleCommunityManager, desk.RoleModerator}})
	require.NoError(t, err)
	require.Equal(t, "Ben Okri", op.Name)
	require.Equal(t, []string{desk.RoleCommunityManager}, op.Roles)
	m := o.Letter("Ben@example.org")
	token := o.LinkIn(m, "welcome")
	require.True(t, strings.HasSuffix(url, "#"+token), "the link for handing over is the one in the mail")
	require.Contains(t, m.Text, "Ada")

	_, err = o.Login("ben@example.org", "")
	require.ErrorIs(t, err, desk.ErrCredentials, "there is no password yet")
	require.ErrorIs(t, o.Reset(ctx, home, form(token, "")), desk.ErrLink, "an invitation is no reset link")
	requireProblem(t, o.Welcome(ctx, home, desk.LinkForm{Token: token, Password: "short", Again: "short"}), "password", "too_short")
	require.NoError(t, o.Welcome(ctx, home, form(token, "")))
	require.ErrorIs(t, o.Welcome(ctx, home, form(token, "")), desk.ErrLink)
	sessions := o.SessionsOf(op.ID)
	require.Empty(t, sessions, "it signs nobody in")
	require.Equal(t, store.OperatorActive, o.Find(op.ID).State)

	passed, err := o.Login("ben okri", better)
	require.NoError(t, err)
	require.False(t, passed.SignedIn)
	e, err := o.BeginSignInEnrolment(ctx, passed.Token)
	require.NoError(t, err)
	passed, _, err = o.ConfirmSignInEnrolment(ctx, home, passed.Token, e.Sealed, o.Code(e.Key.Secret))
	require.NoError(t, err)
	id := o.Identity(passed.Token)
	require.True(t, id.Can("posts.delete"))
	require.True(t, id.Can("analytics.view"))
	require.False(t, id.Can(desk.PermissionOperatorsView))
}

func TestAnInvitationEndsAfterAWeekAndWhenTheAccountDoes(t *testing.T) {
	o := newOffice(t)
	op, token := o.Invited("ben@example.org", "", desk.RoleModerator)
	require.Equal(t, "ben", op.Name)
	o.Clock.Add(7*24*time.Hour - time.Microsecond)
	requireProblem(t, o.Welcome(ctx, home, desk.LinkForm{Token: token}), "password", "required")
	o.Clock.Add(time.Microsecond)
	require.ErrorIs(t, o.Welcome(ctx, home, form(token, "")), desk.ErrLink)
	listed, err := o.Operators(ctx, desk.CommandLine(), store.OperatorQuery{})
	require.NoError(t, err)
	require.Equal(t, store.ShowExpired, listed.Rows[0].Show)

	op, token = o.Invited("cy@example.org", "Cy", desk.RoleModerator)
	for _, state := range []store.OperatorState{store.OperatorDisabled, store.OperatorActive} {
		o.Change(op.ID, func(op *store.Operator) { op.State = state })
		require.ErrorIs(t, o.Welcome(ctx, home, form(token, "")), desk.ErrLink, string(state))
	}
}

func TestOfManyWelcomesWithOneLinkOneWins(t *testing.T) {
	o := newOffice(t)
	_, token := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
	errs := testoffice.Race(100, func(i int) error {
		return o.Welcome(ctx, from(fmt.Sprintf("198.51.100.%d", i)), form(token, ""))
	})
	require.Equal(t, 1, winners(errs))
	for _, err := range errs {
		if err != nil {
			require.ErrorIs(t, err, desk.ErrLink)
		}
	}
}

func TestNobodyIsInvitedTwice(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	for _, c := range []struct {
		field, code string
		form        desk.InviteForm
	}{
		{"email", "taken", desk.InviteForm{Email: "ADA@example.org", Name: "Other", Roles: []string{desk.RoleModerator}}},
		{"name", "taken", desk.InviteForm{Email: "other@example.org", Name: "aDA", Roles: []string{desk.RoleModerator}}},
		{"email", "required", desk.InviteForm{Roles: []string{desk.RoleModerator}}},
		{"email", "not_address", desk.InviteForm{Email: "x", Name: "X", Roles: []string{desk.RoleModerator}}},
		{"role", "required", desk.InviteForm{Email: "other@example.org", Name: "Other"}},
		{"role", "unknown", desk.InviteForm{Email: "other@example.org", Name: "Other", Roles: []string{"\x00"}}},
		{"name", "too_long", desk.InviteForm{Email: "other@example.org", Name: strings.Repeat("\U0001F984", 64), Roles: []string{desk.RoleModerator}}},
		{"name", "too_long", desk.InviteForm{Email: "other@example.org", Name: strings.Repeat("x", 65), Roles: []string{desk.RoleModerator}}},
	} {
		_, url, err := o.Invite(ctx, desk.CommandLine(), home, c.form)
		requireProblem(t, err, c.field, c.code)
		require.Empty(t, url)
	}
	require.Empty(t, o.mails())
}

func TestAnInvitationIsRenewedByInvitingAgain(t *testing.T) {
	o := newOffice(t)
	invite := func(roles ...string) (store.Operator, string) {
		op, link, err := o.Invite(ctx, desk.CommandLine(), desk.Visit{}, desk.InviteForm{Email: "ada@example.org", Roles: roles})
		require.NoError(t, err)
		return op, link
	}
	first, old := invite(desk.RoleModerator)
	o.Clock.Add(8 * 24 * time.Hour)
	second, link := invite(desk.RoleSuperAdministrator)
	require.Equal(t, first.ID, second.ID)
	require.Equal(t, first.Name, second.Name)
	require.Equal(t, desk.RoleSuperAdministrator, second.PrimaryRole)

	require.ErrorIs(t, o.Welcome(ctx, home, desk.LinkForm{Token: old, Password: good, Again: good}), desk.ErrLink)
	require.NoError(t, o.Welcome(ctx, home, desk.LinkForm{Token: link, Password: good, Again: good}))
	_, _, err := o.Invite(ctx, desk.CommandLine(), desk.Visit{}, desk.InviteForm{Email: "ada@example.org", Roles: []string{desk.RoleModerator}})
	require.ErrorAs(t, err, new(*desk.InvalidError), "somebody active is not invited")
}

func TestAnInvitationToMoreThanOneHoldsIsNotRenewed(t *testing.T) {
	o := newOffice(t)
	_, _, err := o.Invite(ctx, desk.CommandLine(), desk.Visit{}, desk.InviteForm{Email: "ada@example.org", Roles: []string{desk.RoleSuperAdministrator}})
	require.NoError(t, err)
	_, lesser := o.Enrolled("Lesser", desk.RoleAdministrator)
	_, _, err = o.Invite(ctx, o.Identity(lesser.Token).Actor(), home, desk.InviteForm{Email: "ada@example.org", Roles: []string{desk.RoleModerator}})
	require.ErrorIs(t, err, desk.ErrForbidden)
}

func TestARequestEndsNoInvitationThatAnOperatorMade(t *testing.T) {
	o := staffed(t)
	op, made := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
	ask := func() string {
		o.Clock.Add(time.Minute)
		o.Sent.Clear()
		require.NoError(t, o.RequestReset(ctx, home, "ben@example.org"))
		return o.LinkIn(o.Letter("ben@example.org"), "welcome")
	}
	first, version := ask(), o.Find(op.ID).Version
	second := ask()
	require.Equal(t, o.Now().Add(7*24*time.Hour), o.Find(op.ID).InviteExpiresAt)
	require.Equal(t, version, o.Find(op.ID).Version, "a form that a colleague has open stays good")
	require.ErrorIs(t, o.Welcome(ctx, home, form(first, "")), desk.ErrLink, "one of the same kind replaced it")
	requireProblem(t, o.Welcome(ctx, home, desk.LinkForm{Token: made}), "password", "required")
	require.NoError(t, o.Welcome(ctx, home, form(second, "")))
	require.ErrorIs(t, o.Welcome(ctx, home, form(made, "")), desk.ErrLink, "used is used")
}
