package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

func TestARoleIsChangedForEverybodyWhoHasItAndReplacedWhenDeleted(t *testing.T) {
	o := newOffice(t)
	role := o.customRole("Readers", "analytics.view")
	id := o.enter(o.person("Grace", desk.RoleModerator, role))
	require.True(t, id.Can("analytics.view"))

	diff, err := o.PreviewRole(ctx, o.boss, role, desk.RoleForm{Version: 1, Name: "Deleters", RequireTwoFactor: true, Permissions: []string{"posts.delete"}})
	require.NoError(t, err)
	require.Equal(t, desk.RoleDifference{NewName: "Deleters", Added: []string{"Delete posts"}, Removed: []string{"See the numbers"}, TwoFactor: "on"}, diff)
	require.NoError(t, o.UpdateRole(ctx, o.boss, visit, role, desk.RoleForm{Version: 1, Name: "Deleters", Permissions: []string{"posts.delete"}}))
	require.ErrorIs(t, o.UpdateRole(ctx, o.boss, visit, role, desk.RoleForm{Version: 1, Name: "Later", Permissions: []string{"posts.delete"}}), desk.ErrChanged)
	require.NoError(t, o.DeleteRole(ctx, o.boss, visit, role, 2, desk.RoleCommunityManager))
	grace := o.reread(id.Operator)
	require.Equal(t, []string{desk.RoleCommunityManager}, grace.Roles)
}

func TestARoleNeedsANameOfItsOwnAndAPermission(t *testing.T) {
	o := newOffice(t)
	o.customRole("Readers", "analytics.view")
	bad := (*desk.InvalidError)(nil)
	for name, f := range map[string]desk.RoleForm{
		"no name":                 {Permissions: []string{"analytics.view"}},
		"the name of another":     {Name: " READERS ", Permissions: []string{"analytics.view"}},
		"the name of a built-in":  {Name: "moderator", Permissions: []string{"analytics.view"}},
		"no permission":           {Name: "Nothing"},
		"a permission nobody has": {Name: "Ghost", Permissions: []string{"ghost.view"}},
	} {
		_, err := o.CreateRole(ctx, o.boss, visit, f)
		require.ErrorAs(t, err, &bad, name)
	}
}

func TestSavedParametersBindEverywhereAndLooserOnesAreTold(t *testing.T) {
	o := newOffice(t)
	elsewhere := o.another()
	f := desk.ParametersForm{Revision: 2, Values: map[string]string{"session.idle": "45m", "signin.failures": "3"}}
	preview, err := o.PreviewParameters(ctx, o.boss, f)
	require.NoError(t, err)
	require.Len(t, preview, 2)
	changes, err := o.SaveParameters(ctx, o.boss, visit, f)
	require.NoError(t, err)
	require.Len(t, changes, 2)
	for i := range changes {
		require.Equal(t, preview[i].Name+preview[i].After, changes[i].Name+changes[i].After, "what was shown is what was done")
	}

	s, err := elsewhere.Fresh(ctx)
	require.NoError(t, err)
	require.Equal(t, 45*time.Minute, s.Settings.Session.Idle)
	require.Equal(t, 3, s.Settings.SignIn.Failures)
	page, err := o.AuditPage(ctx, o.boss, store.EventQuery{Code: "parameters.changed"})
	require.NoError(t, err)
	rows := page.Rows
	require.Equal(t, "30m → 45m", rows[0].Detail["session.idle"])
	require.Contains(t, o.mails().subjects("boss@community.example"), "loosened")
}

func TestAStaleFormIsShownTheDifference(t *testing.T) {
	o := newOffice(t)
	_, err := o.SaveParameters(ctx, o.boss, visit, desk.ParametersForm{Revision: 2, Values: map[string]string{"session.idle": "20m"}})
	require.NoError(t, err)
	mine := desk.ParametersForm{Revision: 2,
		Shown:  map[string]string{"session.idle": "30m", "signin.failures": "5"},
		Values: map[string]string{"session.idle": "30m", "signin.failures": "4"}}
	_, err = o.SaveParameters(ctx, o.boss, visit, mine)
	stale := (*desk.StaleError)(nil)
	require.ErrorAs(t, err, &stale)
	require.Equal(t, "Boss", stale.By)
	require.Len(t, stale.Theirs, 1)
	require.Equal(t, "20m", stale.Theirs[0].After)
	require.Len(t, stale.Mine, 1)
	require.Equal(t, "signin.failures", stale.Mine[0].Name)
	s, err := o.Fresh(ctx)
	require.NoError(t, err)
	require.Equal(t, 5, s.Settings.SignIn.Failures, "nothing was overwritten")
}

func TestParametersOutsideTheirRangeAreNamedBesideTheirField(t *testing.T) {
	o := newOffice(t)
	for name, value := range map[string]string{
		"password.min_length": "7", "session.idle": "2h", "signin.failures": "0", "two_factor.who": "nobody", "reset.life": "soon", "audit.keep": "1d",
	} {
		_, err := o.SaveParameters(ctx, o.boss, visit, desk.ParametersForm{Revision: 2, Values: map[string]string{name: value}})
		bad := (*desk.InvalidError)(nil)
		require.ErrorAs(t, err, &bad, name)
		require.Equal(t, name, bad.Problems[0].Field)
		require.NotEmpty(t, bad.Problems[0].Text)
	}
	for _, d := range settings.Definitions() {
		require.NoError(t, d.Check(d.Default()), d.Name)
		require.NotEmpty(t, d.Label+d.Effect+d.Section, d.Name)
	}
}

func TestANewAddressIsConfirmedFromThereOrGoesBack(t *testing.T) {
	o := newOffice(t)
	old := o.Alias()
	bad := (*desk.InvalidError)(nil)
	for _, alias := range []string{"", "short", "UPPERCASE-ALIAS", "with space in it", "-dash-in-front", old, "slash/inside"} {
		require.ErrorAs(t, o.ChangeAlias(ctx, o.boss, visit, alias), &bad, alias)
	}
	require.NoError(t, o.ChangeAlias(ctx, o.boss, visit, "quiet-side-door"))
	require.Equal(t, "quiet-side-door", o.Alias())
	require.Empty(t, o.mails().subjects("boss@community.example"), "told when it is confirmed")
	o.now = o.now.Add(desk.ConfirmWithin)
	require.Equal(t, old, o.Alias(), "not confirmed in time")

	o.boss = o.signIn(o.reread(store.Operator{ID: o.boss.ID}))
	require.NoError(t, o.ChangeAlias(ctx, o.boss, visit, "quiet-side-door"))
	require.NoError(t, o.ConfirmAlias(ctx, o.boss, visit))
	require.ErrorIs(t, o.ConfirmAlias(ctx, o.boss, visit), desk.ErrChanged)
	o.now = o.now.Add(time.Hour)
	require.Equal(t, "quiet-side-door", o.Alias())
	require.Contains(t, o.mails().subjects("boss@community.example"), "address")
}

func TestAFailedMailIsTriedAgainAndALinkIsMadeAnew(t *testing.T) {
	o := newOffice(t)
	o.box.fail = &mail.DeliveryError{Permanent: true, Reply: "550 no such user"}
	op, _, err := o.Invite(ctx, o.boss, visit, desk.InviteForm{Email: "grace@community.example", Roles: []string{desk.RoleModerator}})
	require.NoError(t, err)
	require.NoError(t, o.TestMail(ctx, o.boss, visit))
	o.mails()
	failed, err := o.Mails(ctx, o.boss, store.MailQuery{State: store.MailFailed})
	require.NoError(t, err)
	require.Len(t, failed.Rows, 2)
	o.box.fail = nil
	for _, m := range failed.Rows {
		require.Equal(t, "550 no such user", m.Reply)
		one, err := o.Mail(ctx, o.boss, m.ID)
		require.NoError(t, err)
		require.Nil(t, one.Body)
		require.NoError(t, o.ResendMail(ctx, o.boss, visit, m.ID))
	}
	o.mails()
	require.Contains(t, o.box.subjects("boss@community.example"), "Test email")
	require.Contains(t, o.box.subjects("grace@community.example"), "invited")
	require.True(t, o.reread(op).InviteExpiresAt.After(o.now))
	sent, err := o.Mails(ctx, o.boss, store.MailQuery{State: store.MailSent, Kind: "test-message"})
	require.NoError(t, err)
	require.ErrorIs(t, o.ResendMail(ctx, o.boss, visit, sent.Rows[0].ID), desk.ErrChanged, "its text is gone")
}

func TestTheCommandLineTriesMailToAnyAddress(t *testing.T) {
	o := newOffice(t)
	_, err := o.TestMailTo(ctx, o.boss, visit, "somebody@elsewhere.example")
	require.ErrorIs(t, err, desk.ErrForbidden, "an operator does not write to strangers")
	_, err = o.TestMailTo(ctx, desk.CommandLine(), desk.Visit{}, "somebody")
	bad := (*desk.InvalidError)(nil)
	require.ErrorAs(t, err, &bad)
	require.Empty(t, o.mails().sent)

	for _, to := range []string{"somebody@elsewhere.example", "boss@community.example"} {
		id, err := o.TestMailTo(ctx, desk.CommandLine(), desk.Visit{}, to)
		require.NoError(t, err)
		require.Contains(t, o.mails().subjects(to), "Test email")
		m, err := o.Mail(ctx, desk.CommandLine(), id)
		require.NoError(t, err)
		require.Equal(t, store.MailSent, m.State)
	}
	require.Contains(t, o.events(), "mail.tested")
}

func TestTheAuditIsVerifiedAlsoAfterOldRowsArePurged(t *testing.T) {
	o := newOffice(t)
	v, err := o.VerifyAudit(ctx, o.boss, visit, "")
	require.NoError(t, err)
	require.Zero(t, v.Broken)
	require.Positive(t, v.Checked)

	o.now = o.now.Add(400 * 24 * time.Hour)
	require.NoError(t, o.Purge(ctx))
	o.boss = o.signIn(o.reread(store.Operator{ID: o.boss.ID}))
	v, err = o.VerifyAudit(ctx, o.boss, visit, "")
	require.NoError(t, err)
	require.Zero(t, v.Broken, v.Problem)
	require.Greater(t, v.From, int64(1))

	// A row put in by somebody without the key does not fit.
	require.NoError(t, o.mem.Commit(ctx, store.AppendEvent{Event: store.Event{ID: "forged", Code: "signin.succeeded", At: o.now, MAC: []byte("guess")}}))
	v, err = o.VerifyAudit(ctx, o.boss, visit, "")
	require.NoError(t, err)
	require.NotZero(t, v.Broken)
}

func TestAnExportHoldsWhatTheFilterSelectsAndIsAuditedItself(t *testing.T) {
	o := newOffice(t)
	var codes []string
	require.NoError(t, o.ExportAudit(ctx, o.boss, visit, store.EventQuery{Area: "signin"}, func(e store.Event) error {
		codes = append(codes, e.Code)
		return nil
	}))
	require.Equal(t, []string{"signin.succeeded"}, codes)
	require.Equal(t, "audit.exported", o.events()[0])
	stop := errors.New("gone away")
	require.ErrorIs(t, o.ExportAudit(ctx, o.boss, visit, store.EventQuery{}, func(store.Event) error { return stop }), stop)
}

func TestAttentionCountsOnlyWhatTheReaderMaySee(t *testing.T) {
	o := newOffice(t)
	o.person("Grace", desk.RoleModerator)
	all, err := o.Attention(ctx, o.boss)
	require.NoError(t, err)
	require.Equal(t, 2, all.WithoutTwoFactor)
	require.Equal(t, []string{"Two-factor authentication: Who must have it"}, all.Departures)
	require.NotEmpty(t, all.Recent)
	little, err := o.Attention(ctx, o.signIn(o.person("Linus", desk.RoleModerator)))
	require.NoError(t, err)
	require.Equal(t, desk.Attention{}, little)
}
