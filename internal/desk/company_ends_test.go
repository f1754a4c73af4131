package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
	"github.com/postern-go/postern/store"
)

// Where only the company sign-in is accepted, whoever has left the company must not stay.
func TestOnlyTheCompanyMakesASessionLastLonger(t *testing.T) {
	o := withCompany(t, func(c *desk.Config) { c.Passkeys = authenticator.Checker{} })
	k := key()
	o.Rules(nil)
	op, token := o.keyholder("Ada", k, desk.RoleModerator)
	o.Change(op.ID, func(op *store.Operator) { op.Subject = desk.SubjectOf(issuer, "sub-of-ada") })
	withPasskey := func() {
		t.Helper()
		id := o.Identity(token)
		options, err := o.StepUpPasskey(ctx, id)
		require.NoError(t, err)
		token, err = o.StepUpWithPasskey(ctx, home, id, answer(t, k.Get, options), "")
		require.NoError(t, err)
		require.True(t, o.Identity(token).Proved())
	}
	ends := func() time.Time { return o.Identity(token).Session.EndsAt }
	began := ends()
	o.Clock.Add(10 * time.Minute)
	withPasskey()
	require.True(t, ends().After(began), "without the parameter it does")

	o.Rules(map[string]string{"signin.company_only": "on"})
	began = ends()
	o.Clock.Add(10 * time.Minute)
	withPasskey()
	require.Equal(t, began, ends())

	o.idp.account.Methods = []string{"mfa"}
	done, err := o.walk(o.Identity(token), desk.CompanyStart{Purpose: desk.CompanyStepUp})
	require.NoError(t, err)
	token = done.Token
	require.True(t, ends().After(began))
	require.Empty(t, o.Identity(token).Session.Provider, "it did not begin there")
}

func TestASessionFollowsAFreshSignInAtTheProvider(t *testing.T) {
	t.Run("without a code", func(t *testing.T) {
		o := withCompany(t)
		o.linked("Ada", desk.RoleModerator)
		done, err := o.enter()
		require.NoError(t, err)
		o.idp.account.Session = "s-2"
		done, err = o.walk(o.Identity(done.Token), desk.CompanyStart{Purpose: desk.CompanyStepUp})
		require.NoError(t, err)
		o.idp.notice = desk.LogoutNotice{Issuer: issuer, Subject: "sub-of-ada", Session: "s-2"}
		require.True(t, o.LogoutCompany(ctx, home, "jti-1"))
		require.False(t, o.Alive(done.Token))
	})
	t.Run("with a code", func(t *testing.T) {
		o := withCompany(t)
		o.Rules(nil)
		op, ada := o.Enrolled("Ada", desk.RoleModerator)
		o.Change(op.ID, func(op *store.Operator) { op.Subject = desk.SubjectOf(issuer, "sub-of-ada") })
		done, err := o.enter()
		require.NoError(t, err)
		o.Clock.Add(time.Minute)
		passed, err := o.SubmitCode(ctx, home, done.Token, o.Code(ada.Secret))
		require.NoError(t, err)
		o.Rules(map[string]string{"signin.company_only": "on"})
		began := o.Identity(passed.Token).Session.EndsAt
		o.Clock.Add(time.Minute)
		o.idp.account.Session = "s-2"
		flow := o.back(brought(o.away(o.Identity(passed.Token), desk.CompanyStart{Purpose: desk.CompanyStepUp})))
		done, err = o.finish(o.Identity(passed.Token), flow)
		require.NoError(t, err)
		require.True(t, done.CodeNeeded)
		done, err = o.StepUpCompany(ctx, home, o.Identity(passed.Token), o.cookie, flow, o.Code(ada.Secret))
		require.NoError(t, err)
		require.True(t, o.Identity(done.Token).Session.EndsAt.After(began), "the company said so")
		o.idp.notice = desk.LogoutNotice{Issuer: issuer, Subject: "sub-of-ada", Session: "s-2"}
		require.True(t, o.LogoutCompany(ctx, home, "jti-1"))
		require.False(t, o.Alive(done.Token))
	})
}

func TestASessionWithoutANameAtTheProviderEndsWithAny(t *testing.T) {
	o := withCompany(t)
	o.linked("Ada", desk.RoleModerator)
	o.idp.account.Session = ""
	done, err := o.enter()
	require.NoError(t, err)
	o.idp.notice = desk.LogoutNotice{Issuer: issuer, Subject: "sub-of-eve", Session: "s-7"}
	require.True(t, o.LogoutCompany(ctx, home, "jti-1"))
	require.True(t, o.Alive(done.Token), "of someone else")
	o.idp.notice.Subject = "sub-of-ada"
	require.True(t, o.LogoutCompany(ctx, home, "jti-2"))
	require.False(t, o.Alive(done.Token))
}

func TestStrangersLogoutTokensFillNoLog(t *testing.T) {
	o := withCompany(t)
	refused := func(reason string, from int) {
		o.idp.err = &desk.AnswerError{Reason: reason}
		v := home
		v.IP = fmt.Sprintf("192.0.2.%d", from)
		require.False(t, o.LogoutCompany(ctx, v, "made up"))
	}
	before := o.Last().ID
	for _, reason := range []string{"token", "iss", "aud"} {
		refused(reason, 1)
	}
	require.Equal(t, before, o.Last().ID, "it is not even for this office")
	for i := range 10 {
		refused("kid", i)
	}
	require.Equal(t, "logout token: kid", o.Last().Reason)
	last := o.Last().ID
	for i := range 20 {
		refused("signature", i)
	}
	require.Equal(t, last, o.Last().ID, "from however many networks")
	o.Clock.Add(2 * time.Minute)
	refused("signature", 1)
	require.NotEqual(t, last, o.Last().ID)
}

func TestStrangersOfManyNetworksFillNoMemory(t *testing.T) {
	o := withCompany(t)
	o.idp.err = &desk.AnswerError{Reason: "token"}
	v := home
	for i := range 20_000 {
		v.IP = fmt.Sprintf("2001:db8:%x:%x::1", i>>8, i&0xff)
		require.False(t, o.LogoutCompany(ctx, v, "x"))
	}
	require.LessOrEqual(t, o.StrangersCounted(), 4096)
	for range 121 {
		_, _ = o.BeginCompany(ctx, v, nil, desk.CompanyStart{Purpose: desk.CompanySignIn})
	}
	_, err := o.BeginCompany(ctx, v, nil, desk.CompanyStart{Purpose: desk.CompanySignIn})
	require.ErrorAs(t, err, new(*desk.LimitedError))
}
