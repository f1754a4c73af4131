package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func TestLinkingAndUnlinking(t *testing.T) {
	o := withCompany(t)
	op := o.Person("Ada", desk.RoleModerator)
	id := o.Entered(op)
	o.idp.account.Email = "somebody.else@company.example"
	done, err := o.walk(id, desk.CompanyStart{Purpose: desk.CompanyLink})
	require.NoError(t, err)
	require.Equal(t, desk.CompanyLink, done.Purpose)
	require.Empty(t, done.Token)
	linked := o.Find(op.ID)
	require.Equal(t, desk.SubjectOf(issuer, "sub-of-ada"), linked.Subject)
	require.Equal(t, "somebody.else@company.example", linked.SubjectName)
	require.Equal(t, "company.linked", o.Last().Code)
	require.Contains(t, o.Letter(op.Email).Text, "Example ID")

	id = o.Identity(o.Enter("Ada"))
	at, err := o.CompanyAccount(ctx, id)
	require.NoError(t, err)
	require.Equal(t, desk.CompanyLinked{Linked: true, Name: "somebody.else@company.example", MayUnlink: true}, at)
	entered, err := o.enter()
	require.NoError(t, err)

	require.NoError(t, o.UnlinkCompany(ctx, home, id))
	require.Empty(t, o.Find(op.ID).Subject)
	require.False(t, o.Alive(entered.Token), "a session that began there ends")
	_, err = o.enter()
	o.requireRefused(err, "signin.refused", "no operator has this company account")
	require.ErrorIs(t, o.UnlinkCompany(ctx, home, o.Identity(o.Enter("Ada"))), desk.ErrChanged)
}

func TestLinkingTakesAProofAndTheSameSession(t *testing.T) {
	o := withCompany(t)
	op := o.Person("Ada", desk.RoleModerator)
	_, err := o.BeginCompany(ctx, home, nil, desk.CompanyStart{Purpose: desk.CompanyLink})
	require.Equal(t, desk.ErrNoSession, err)
	token := o.Enter("Ada")
	flow := o.back(brought(o.away(o.Identity(token), desk.CompanyStart{Purpose: desk.CompanyLink})))
	kept := o.cookie
	_, err = o.finish(nil, flow)
	require.Equal(t, desk.ErrNoSession, err)
	o.cookie = kept
	_, err = o.finish(o.Identity(o.Enter("Ada")), flow)
	require.Equal(t, desk.ErrSignInEnded, err, "another session")
	o.Person("Eve", desk.RoleModerator)
	o.cookie = kept
	_, err = o.finish(o.Identity(o.Enter("Eve")), flow)
	require.Equal(t, desk.ErrSignInEnded, err, "another operator")
	o.Clock.Add(6 * time.Minute)
	o.cookie = kept
	_, err = o.finish(o.Identity(token), flow)
	require.Equal(t, desk.ErrStepUp, err)
	_, err = o.BeginCompany(ctx, home, o.Identity(token), desk.CompanyStart{Purpose: desk.CompanyLink})
	require.Equal(t, desk.ErrStepUp, err)
	require.Empty(t, o.Find(op.ID).Subject)
}

func TestAnAccountAtTheProviderIsOneOperators(t *testing.T) {
	o := withCompany(t)
	o.linked("Ada", desk.RoleModerator)
	eve := o.Person("Eve", desk.RoleModerator)
	_, err := o.walk(o.Entered(eve), desk.CompanyStart{Purpose: desk.CompanyLink})
	require.Equal(t, desk.ErrCompanyTaken, err)
	require.Equal(t, "linked to another operator", o.Last().Reason)
	require.Empty(t, o.Find(eve.ID).Subject)
}

func TestNobodyIsUnlinkedFromTheirOnlyWayIn(t *testing.T) {
	o := withCompany(t)
	op := o.linked("Ada", desk.RoleModerator)
	o.Change(op.ID, func(op *store.Operator) { op.Password, op.PasswordSetAt = "", time.Time{} })
	done, err := o.enter()
	require.NoError(t, err)
	id := o.Identity(done.Token)
	require.False(t, id.MustChangePassword, "there is none")
	require.ErrorIs(t, o.UnlinkCompany(ctx, home, id), desk.ErrNoOtherWay)
	require.ErrorIs(t, o.UnlinkOperator(ctx, o.Boss, home, op.ID), desk.ErrNoOtherWay)
	o.Rules(map[string]string{"two_factor.who": "recommended", "password.max_age": "90d"})
	require.False(t, o.Identity(done.Token).MustChangePassword)

	o.Change(op.ID, func(op *store.Operator) { op.Password, op.PasswordSetAt = "x", o.Clock.Now() })
	require.NoError(t, o.UnlinkOperator(ctx, o.Boss, home, op.ID))
	require.Equal(t, "operator.company_unlinked", o.Last().Code)
	require.False(t, o.Alive(done.Token))
	require.ErrorIs(t, o.UnlinkOperator(ctx, o.Boss, home, op.ID), desk.ErrChanged)
}

func TestAnOperatorWithoutAPasswordIsEnabledAgain(t *testing.T) {
	o := withCompany(t)
	op := o.linked("Ada", desk.RoleModerator)
	o.Change(op.ID, func(op *store.Operator) {
		op.Password, op.PasswordSetAt, op.State = "", time.Time{}, store.OperatorDisabled
	})
	require.NoError(t, o.Enable(ctx, o.Boss, home, op.ID))
	require.Equal(t, store.OperatorActive, o.Find(op.ID).State)
}

func TestAnInvitationIsAcceptedWithACompanyAccount(t *testing.T) {
	invite := func(o *companyOffice) (store.Operator, string) {
		op, link := o.Must(o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "ada@example.org", Roles: []string{desk.RoleModerator}}))
		return op, link[strings.Index(link, "#")+1:]
	}
	t.Run("whose email address is the invited one", func(t *testing.T) {
		o := withCompany(t)
		op, token := invite(o)
		o.idp.account.Email = "Ada@Example.org"
		done, err := o.walk(nil, desk.CompanyStart{Purpose: desk.CompanyInvitation, Invitation: token})
		require.NoError(t, err)
		require.False(t, done.SignedIn)
		require.NotEmpty(t, done.Browsers)
		op = o.Find(op.ID)
		require.Equal(t, []any{store.OperatorActive, "", desk.SubjectOf(issuer, "sub-of-ada")}, []any{op.State, op.Password, op.Subject})
		entered, err := o.enter()
		require.NoError(t, err)
		require.True(t, entered.SignedIn)
		_, err = o.BeginCompany(ctx, home, nil, desk.CompanyStart{Purpose: desk.CompanyInvitation, Invitation: token})
		require.ErrorIs(t, err, desk.ErrLink, "the link is used")
	})
	for name, change := range map[string]func(*desk.CompanyAccount){
		"another email address":            func(a *desk.CompanyAccount) { a.Email = "eve@example.org" },
		"an email address that is claimed": func(a *desk.CompanyAccount) { a.EmailVerified = false },
		"no email address":                 func(a *desk.CompanyAccount) { a.Email = "" },
	} {
		t.Run("not with "+name, func(t *testing.T) {
			o := withCompany(t)
			op, token := invite(o)
			change(&o.idp.account)
			_, err := o.walk(nil, desk.CompanyStart{Purpose: desk.CompanyInvitation, Invitation: token})
			require.Equal(t, desk.ErrCompanyEmail, err)
			require.Equal(t, store.OperatorInvited, o.Find(op.ID).State)
			require.Equal(t, "company account has another email address", o.Last().Reason)
			o.Cfg.Company.AnyEmail = true
			_, err = o.walk(nil, desk.CompanyStart{Purpose: desk.CompanyInvitation, Invitation: token})
			require.NoError(t, err, "unless the host says so")
		})
	}
	t.Run("not with one that is another operator's", func(t *testing.T) {
		o := withCompany(t)
		o.Cfg.Company.AnyEmail = true
		_, token := invite(o)
		eve := o.Person("Eve", desk.RoleModerator)
		o.Change(eve.ID, func(op *store.Operator) { op.Subject = desk.SubjectOf(issuer, "sub-of-ada") })
		_, err := o.walk(nil, desk.CompanyStart{Purpose: desk.CompanyInvitation, Invitation: token})
		require.Equal(t, desk.ErrCompanyTaken, err)
	})
	t.Run("not once it was cancelled", func(t *testing.T) {
		o := withCompany(t)
		op, token := invite(o)
		flow := o.back(brought(o.away(nil, desk.CompanyStart{Purpose: desk.CompanyInvitation, Invitation: token})))
		require.NoError(t, o.CancelInvitation(ctx, o.Boss, home, op.ID))
		_, err := o.finish(nil, flow)
		require.ErrorIs(t, err, desk.ErrLink)
	})
	t.Run("and not with a password while only the company sign-in is accepted", func(t *testing.T) {
		o := withCompany(t)
		_, token := invite(o)
		o.Rules(map[string]string{"two_factor.who": "recommended", "signin.company_only": "on"})
		err := o.Welcome(ctx, home, desk.LinkForm{Token: token, Password: good, Again: good})
		requireProblem(t, err, "password", "company_only")
		_, err = o.walk(nil, desk.CompanyStart{Purpose: desk.CompanyInvitation, Invitation: token})
		require.NoError(t, err)
	})
}

func TestStepUpAtTheProvider(t *testing.T) {
	begin := desk.CompanyStart{Purpose: desk.CompanyStepUp, Next: "/audit"}
	t.Run("asks for a fresh sign-in there", func(t *testing.T) {
		o := withCompany(t)
		o.linked("Ada", desk.RoleModerator)
		entered, err := o.enter()
		require.NoError(t, err)
		o.Clock.Add(6 * time.Minute)
		id := o.Identity(entered.Token)
		require.False(t, id.Proved())
		done, err := o.walk(id, begin)
		require.NoError(t, err)
		require.True(t, o.idp.asked[len(o.idp.asked)-1].Fresh)
		require.Equal(t, "/audit", done.Next)
		require.True(t, o.Identity(done.Token).Proved())
		require.False(t, o.Alive(entered.Token), "the token is replaced")
	})
	t.Run("not an old one", func(t *testing.T) {
		o := withCompany(t)
		o.linked("Ada", desk.RoleModerator)
		o.idp.account.AuthenticatedAt = o.Clock.Now().Add(-2 * time.Minute)
		_, err := o.walk(o.Identity(o.Enter("Ada")), begin)
		o.requireRefused(err, "step_up.refused", "answer of the identity provider: auth_time")
	})
	t.Run("not with another account", func(t *testing.T) {
		o := withCompany(t)
		o.linked("Ada", desk.RoleModerator)
		o.idp.account.Subject = "sub-of-eve"
		_, err := o.walk(o.Identity(o.Enter("Ada")), begin)
		o.requireRefused(err, "step_up.refused", "another company account")
	})
	t.Run("not without a linked account", func(t *testing.T) {
		o := withCompany(t)
		_, err := o.BeginCompany(ctx, home, o.Entered(o.Person("Ada", desk.RoleModerator)), begin)
		require.ErrorIs(t, err, desk.ErrChanged)
	})
	t.Run("with a code, for who has a second factor", func(t *testing.T) {
		o := withCompany(t)
		o.Rules(nil)
		op, ada := o.Enrolled("Ada", desk.RoleModerator)
		o.Change(op.ID, func(op *store.Operator) { op.Subject = desk.SubjectOf(issuer, "sub-of-ada") })
		token := o.Again("Ada", ada.Secret)
		o.Clock.Add(6 * time.Minute)
		flow := o.back(brought(o.away(o.Identity(token), begin)))
		done, err := o.finish(o.Identity(token), flow)
		require.NoError(t, err)
		require.True(t, done.CodeNeeded)
		require.Empty(t, done.Token)
		require.False(t, o.Identity(token).Proved())
		done, err = o.StepUpCompany(ctx, home, o.Identity(token), o.cookie, flow, o.WrongCode(ada.Secret))
		require.ErrorIs(t, err, desk.ErrCode)
		require.Equal(t, o.cookie, done.Cookie, "they can try again")
		code := o.Code(ada.Secret)
		kept := o.cookie
		done, err = o.StepUpCompany(ctx, home, o.Identity(token), o.cookie, flow, code)
		require.NoError(t, err)
		require.True(t, o.Identity(done.Token).Proved())
		require.Empty(t, done.Cookie)
		o.Clock.Add(31 * time.Second)
		_, err = o.StepUpCompany(ctx, home, o.Identity(done.Token), kept, flow, o.Code(ada.Secret))
		require.ErrorIs(t, err, desk.ErrSignInEnded, "the proof counts once")
		o.idp.account.Methods = []string{"mfa"}
		done, err = o.walk(o.Identity(done.Token), begin)
		require.NoError(t, err)
		require.False(t, done.CodeNeeded, "the provider asked for one")
	})
}

func TestRolesFollowWhatTheHostReads(t *testing.T) {
	wants := func(roles ...string) func(context.Context, desk.CompanyAccount) ([]string, error) {
		return func(context.Context, desk.CompanyAccount) ([]string, error) { return roles, nil }
	}
	for name, c := range map[string]struct {
		by    func(o *companyOffice) string
		wants func(context.Context, desk.CompanyAccount) ([]string, error)
		roles []string
		err   error
	}{
		"one that the inviter could give":            {wants: wants(desk.RoleCommunityManager), roles: []string{desk.RoleCommunityManager}},
		"several, without what there is not":         {wants: wants("no-such", desk.RoleCommunityManager, desk.RoleModerator, desk.RoleModerator), roles: []string{desk.RoleCommunityManager, desk.RoleModerator}},
		"never the super-administrator's":            {wants: wants(desk.RoleSuperAdministrator, desk.RoleModerator), roles: []string{desk.RoleModerator}},
		"none":                                       {wants: wants(), err: desk.ErrCompanyRefused},
		"only the super-administrator's":             {wants: wants(desk.RoleSuperAdministrator), err: desk.ErrCompanyRefused},
		"not more than the inviter could give today": {by: func(o *companyOffice) string { return o.Person("Max", desk.RoleModerator).ID }, wants: wants(desk.RoleAdministrator), err: desk.ErrCompanyRefused},
		"nothing from an inviter who has left":       {by: func(*companyOffice) string { return "gone" }, wants: wants(desk.RoleModerator), err: desk.ErrCompanyRefused},
		"an error of the host":                       {wants: func(context.Context, desk.CompanyAccount) ([]string, error) { return nil, errors.New("directory") }, err: errors.New("x")},
		"a panic of the host":                        {wants: func(context.Context, desk.CompanyAccount) ([]string, error) { panic("nil map") }, err: errors.New("x")},
	} {
		t.Run(name, func(t *testing.T) {
			o := withCompany(t)
			op := o.linked("Ada", desk.RoleModerator)
			by := o.Boss.ID
			if c.by != nil {
				by = c.by(o)
			}
			o.Change(op.ID, func(op *store.Operator) { op.CreatedBy = by })
			o.Cfg.Company.Roles = c.wants
			done, err := o.enter()
			if c.err != nil {
				require.Error(t, err)
				require.Empty(t, done.Token)
				require.Equal(t, []string{desk.RoleModerator}, o.Find(op.ID).AllRoles())
				return
			}
			require.NoError(t, err)
			require.True(t, done.SignedIn)
			require.Equal(t, c.roles, o.Find(op.ID).AllRoles())
			changes := o.Count("operator.roles_followed")
			_, err = o.enter()
			require.NoError(t, err)
			require.Equal(t, changes, o.Count("operator.roles_followed"), "only when they change")
		})
	}
	t.Run("super-administrators are left alone", func(t *testing.T) {
		o := withCompany(t)
		op := o.linked("Ada", desk.RoleSuperAdministrator)
		o.Cfg.Company.Roles = wants(desk.RoleModerator)
		done, err := o.enter()
		require.NoError(t, err)
		require.True(t, done.SignedIn)
		require.Equal(t, []string{desk.RoleSuperAdministrator}, o.Find(op.ID).AllRoles())
	})
}

func TestTheProviderEndsSessions(t *testing.T) {
	sessions := func(t *testing.T) (o *companyOffice, first, second, own string) {
		o = withCompany(t)
		o.linked("Ada", desk.RoleModerator)
		one, err := o.enter()
		require.NoError(t, err)
		o.idp.account.Session = "s-2"
		two, err := o.enter()
		require.NoError(t, err)
		return o, one.Token, two.Token, o.Enter("Ada")
	}
	for name, c := range map[string]struct {
		sub, sid             string
		first, second, works bool
	}{
		"of a subject":           {"sub-of-ada", "", false, false, true},
		"of a session":           {"", "s-1", false, true, true},
		"of a subject's session": {"sub-of-ada", "s-2", true, false, true},
		"of someone else":        {"sub-of-eve", "", true, true, true},
		"of an unknown session":  {"", "s-9", true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			o, first, second, own := sessions(t)
			o.idp.notice = desk.LogoutNotice{Issuer: issuer, Subject: c.sub, Session: c.sid}
			require.Equal(t, c.works, o.LogoutCompany(ctx, home, "jti-1"))
			require.Equal(t, []bool{c.first, c.second, true}, []bool{o.Alive(first), o.Alive(second), o.Alive(own)})
			require.False(t, o.LogoutCompany(ctx, home, "jti-1"), "a token counts once")
			require.Equal(t, "logout token: jti", o.Last().Reason)
		})
	}
	t.Run("and a sign-in that waits for its second step", func(t *testing.T) {
		o := withCompany(t)
		o.linked("Ada", desk.RoleModerator)
		o.Rules(nil)
		done, err := o.enter()
		require.NoError(t, err)
		o.idp.notice = desk.LogoutNotice{Issuer: issuer, Subject: "sub-of-ada"}
		require.True(t, o.LogoutCompany(ctx, home, "jti-1"))
		_, err = o.PreSession(ctx, done.Token)
		require.ErrorIs(t, err, desk.ErrSignInEnded)
	})
	t.Run("and one whose session alone is named", func(t *testing.T) {
		o := withCompany(t)
		o.Rules(nil)
		op, ada := o.Enrolled("Ada", desk.RoleModerator)
		o.Change(op.ID, func(op *store.Operator) { op.Subject = desk.SubjectOf(issuer, "sub-of-ada") })
		waiting, err := o.enter()
		require.NoError(t, err)
		o.idp.account.Session = "s-2"
		other, err := o.enter()
		require.NoError(t, err)
		begun := o.away(nil, desk.CompanyStart{Purpose: desk.CompanySignIn})
		o.idp.notice = desk.LogoutNotice{Issuer: issuer, Session: "s-1"}
		o.Clock.Add(time.Second)
		require.True(t, o.LogoutCompany(ctx, home, "jti-1"))
		require.True(t, o.LogoutCompany(ctx, home, "jti-2"), "said again")
		o.Clock.Add(time.Minute)
		_, err = o.SubmitCode(ctx, home, waiting.Token, o.Code(ada.Secret))
		require.ErrorIs(t, err, desk.ErrSignInEnded)
		o.Clock.Add(time.Minute)
		_, err = o.SubmitCode(ctx, home, other.Token, o.Code(ada.Secret))
		require.NoError(t, err, "another session there")

		o.idp.account.Session, o.idp.account.Methods = "s-1", []string{"mfa"}
		_, err = o.finish(nil, o.back(brought(begun)))
		require.ErrorIs(t, err, desk.ErrSignInEnded, "its code was given before")
		_, err = o.enter()
		require.NoError(t, err, "a sign-in that began later")
	})
	t.Run("but not with a token that is refused", func(t *testing.T) {
		o, first, _, _ := sessions(t)
		o.idp.err = &desk.AnswerError{Reason: "signature"}
		require.False(t, o.LogoutCompany(ctx, home, "jti-1"))
		require.True(t, o.Alive(first))
		require.Equal(t, "logout token: signature", o.Last().Reason)
		o.idp.err = errProviderDown
		require.False(t, o.LogoutCompany(ctx, home, "jti-1"))
	})
	t.Run("of many tokens at once, once", func(t *testing.T) {
		o, _, _, _ := sessions(t)
		o.idp.notice = desk.LogoutNotice{Issuer: issuer, Subject: "sub-of-ada"}
		errs := testoffice.Race(6, func(int) error {
			if !o.LogoutCompany(ctx, home, "jti-1") {
				return errors.New("refused")
			}
			return nil
		})
		require.Equal(t, 1, winners(errs))
	})
}

func TestSigningOutAtTheProviderToo(t *testing.T) {
	o := withCompany(t)
	o.linked("Ada", desk.RoleModerator)
	require.Empty(t, o.CompanySignOutURL(ctx, o.Identity(o.Enter("Ada"))), "it did not begin there")
	done, err := o.enter()
	require.NoError(t, err)
	require.Equal(t, issuer+"/out", o.CompanySignOutURL(ctx, o.Identity(done.Token)))
	o.idp.err = errProviderDown
	require.Empty(t, o.CompanySignOutURL(ctx, o.Identity(done.Token)))
}
