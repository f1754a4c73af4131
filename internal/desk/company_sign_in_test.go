package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func TestACompanySignIn(t *testing.T) {
	o := withCompany(t)
	op := o.linked("Ada", desk.RoleModerator)
	done, err := o.enter()
	require.NoError(t, err)
	require.True(t, done.SignedIn)
	require.Equal(t, "/next", done.Next)
	require.Empty(t, done.Cookie, "nothing is left of the flow")
	id := o.Identity(done.Token)
	require.Equal(t, op.ID, id.Operator.ID)
	require.Equal(t, string(desk.MethodCompany), id.Session.Method)
	require.Len(t, id.Session.Provider, 64)
	require.Equal(t, "company sign-in", o.Last().Detail["factor"])

	asked := o.idp.asked[0]
	require.Equal(t, origin+"/auth/callback", asked.RedirectURL)
	require.NotContains(t, asked.RedirectURL, o.Alias())
	require.False(t, asked.Fresh)
	values := map[string]bool{asked.State: true, asked.Nonce: true, asked.Verifier: true}
	require.Len(t, values, 3)
	for v := range values {
		require.Len(t, v, 43)
	}
	require.NotContains(t, o.Log.String()+o.Dump(), asked.Verifier)
	require.NotContains(t, o.Log.String()+o.Dump(), "code of")
}

func TestWhatACompanySignInPassesBeforeASession(t *testing.T) {
	refuse := func(context.Context, desk.Question) error { return &desk.RefusedError{Text: "not today"} }
	for name, c := range map[string]struct {
		change   func(*desk.Config)
		prepare  func(*companyOffice, store.Operator)
		code     string
		why      string
		otherErr error
	}{
		"unknown": {prepare: func(o *companyOffice, _ store.Operator) { o.idp.account.Subject = "someone else" }, code: "signin.refused", why: "no operator has this company account"},
		"the email address of an operator is not enough": {prepare: func(o *companyOffice, op store.Operator) {
			o.Change(op.ID, func(op *store.Operator) { op.Subject = "" })
		}, code: "signin.refused", why: "no operator has this company account"},
		"the same subject at another issuer": {prepare: func(o *companyOffice, _ store.Operator) { o.idp.account.Issuer = "https://evil.example" }, code: "signin.refused", why: "no operator has this company account"},
		"disabled":                           {prepare: func(o *companyOffice, op store.Operator) { o.Change(op.ID, disable) }, code: "signin.refused", why: "account is disabled"},
		"invited": {prepare: func(o *companyOffice, op store.Operator) {
			o.Change(op.ID, func(op *store.Operator) { op.State = store.OperatorInvited })
		}, code: "signin.refused", why: "account is invited"},
		"without a role": {prepare: func(o *companyOffice, op store.Operator) {
			o.Change(op.ID, func(op *store.Operator) { op.PrimaryRole = "" })
		}, code: "signin.refused", why: "no role"},
		"no longer a member": {change: func(c *desk.Config) { c.Members = testoffice.NewDirectory("Mia") }, prepare: func(o *companyOffice, op store.Operator) {
			o.Change(op.ID, func(op *store.Operator) { op.MemberID = "m-gone" })
		}, code: "signin.refused", why: "no longer a member"},
		"no subject":                {prepare: func(o *companyOffice, _ store.Operator) { o.idp.account.Subject = "" }, code: "company.refused", why: "answer of the identity provider: sub"},
		"an answer that is refused": {prepare: func(o *companyOffice, _ store.Operator) { o.idp.err = &desk.AnswerError{Reason: "nonce"} }, code: "company.refused", why: "answer of the identity provider: nonce"},
		"paused": {prepare: func(o *companyOffice, _ store.Operator) {
			o.Rules(map[string]string{"two_factor.who": "recommended", "signin.paused": "on"})
		}, code: "signin.paused", otherErr: desk.ErrPaused},
		"another network": {prepare: func(o *companyOffice, _ store.Operator) {
			o.Rules(map[string]string{"two_factor.who": "recommended", "signin.networks": "198.51.100.0/24"})
		}, code: "signin.refused", otherErr: &desk.RefusedError{Text: "refusal.networks"}},
		"the rule of the host": {change: func(c *desk.Config) { c.Decide = refuse }, code: "signin.refused", otherErr: &desk.RefusedError{Text: "not today"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := withCompany(t)
			op := o.linked("Ada", desk.RoleModerator)
			if c.change != nil {
				c.change(&o.Cfg)
				o.Desk = o.Another()
			}
			state := o.away(nil, desk.CompanyStart{Purpose: desk.CompanySignIn})
			if c.prepare != nil {
				c.prepare(o, op)
			}
			done, err := o.finish(nil, o.back(brought(state)))
			require.Empty(t, done.Token)
			require.Empty(t, o.SessionsOf(op.ID))
			if c.otherErr != nil {
				require.Equal(t, c.otherErr, err)
				require.Equal(t, c.code, o.Last().Code)
				return
			}
			o.requireRefused(err, c.code, c.why)
		})
	}
}

func TestTheSecondFactorOfACompanySignIn(t *testing.T) {
	for name, c := range map[string]struct {
		methods        []string
		class          string
		enrolled, must bool
		signedIn       bool
		step           desk.Step
		method         desk.Method
	}{
		"none is needed":                        {signedIn: true, method: desk.MethodCompany},
		"the office's is asked for":             {enrolled: true, step: desk.StepCode},
		"it must be added":                      {must: true, step: desk.StepEnrol},
		"the provider checked one":              {enrolled: true, must: true, methods: []string{"pwd", "mfa"}, signedIn: true, method: desk.MethodCompanyTwoFactor},
		"the provider checked one, as acr":      {must: true, class: "mfa", signedIn: true, method: desk.MethodCompanyTwoFactor},
		"the provider checked a security key":   {enrolled: true, methods: []string{"hwk"}, signedIn: true, method: desk.MethodCompanyResistant},
		"the provider checked something else":   {enrolled: true, methods: []string{"pwd", "sms"}, step: desk.StepCode},
		"the provider's words are not patterns": {enrolled: true, methods: []string{"MFA", "mf", "mfa ", ""}, step: desk.StepCode},
	} {
		t.Run(name, func(t *testing.T) {
			o := withCompany(t)
			if c.enrolled {
				o.Rules(map[string]string{"two_factor.who": "everyone"})
				op, _ := o.Enrolled("Ada", desk.RoleModerator)
				o.Change(op.ID, func(op *store.Operator) { op.Subject = desk.SubjectOf(issuer, "sub-of-ada") })
			} else {
				o.linked("Ada", desk.RoleModerator)
			}
			if !c.must {
				o.Rules(map[string]string{"two_factor.who": "recommended"})
			} else {
				o.Rules(nil)
			}
			o.idp.account.Methods, o.idp.account.Class = c.methods, c.class
			done, err := o.enter()
			require.NoError(t, err)
			require.Equal(t, c.signedIn, done.SignedIn)
			if c.signedIn {
				id := o.Identity(done.Token)
				require.Equal(t, string(c.method), id.Session.Method)
				require.False(t, id.MustEnrol)
				return
			}
			p, err := o.PreSession(ctx, done.Token)
			require.NoError(t, err)
			require.Equal(t, c.step, p.Step)
			require.Equal(t, "signin.company", o.Last().Code)
			require.Len(t, p.PreSession.Provider, 64)
		})
	}
}

func TestARuleThatAsksForAPasskey(t *testing.T) {
	for name, c := range map[string]struct {
		methods  []string
		mustAdd  bool
		signedIn bool
	}{
		"is not satisfied by two factors":    {[]string{"mfa"}, true, true},
		"is satisfied by what the host says": {[]string{"hwk"}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			o := withCompany(t)
			o.linked("Ada", desk.RoleModerator)
			o.Rules(map[string]string{"passkeys.who": "everyone"})
			o.idp.account.Methods = c.methods
			done, err := o.enter()
			require.NoError(t, err)
			require.Equal(t, c.signedIn, done.SignedIn)
			require.Equal(t, c.mustAdd, o.Identity(done.Token).MustAddPasskey)
		})
	}
}

func TestOnlyTheCompanySignIn(t *testing.T) {
	o := withCompany(t)
	o.Rules(nil)
	_, root := o.Enrolled("Root", desk.RoleSuperAdministrator)
	o.linked("Ada", desk.RoleModerator)
	o.Person("Bare", desk.RoleSuperAdministrator)
	o.Rules(map[string]string{"two_factor.who": "recommended", "signin.company_only": "on"})

	_, err := o.Login("Ada", good)
	require.Equal(t, desk.ErrCredentials, err)
	require.Equal(t, "only the company sign-in is accepted", o.Last().Reason)
	_, err = o.Login("Ada", nonsense)
	require.Equal(t, desk.ErrCredentials, err, "the same answer")
	require.Equal(t, "wrong password", o.Last().Reason)

	passed, err := o.Login("Root", good)
	require.NoError(t, err)
	require.False(t, passed.SignedIn)
	passed, err = o.SubmitCode(ctx, home, passed.Token, o.Code(root.Secret))
	require.NoError(t, err)
	require.True(t, passed.SignedIn, "who breaks the glass uses two factors")

	passed, err = o.Login("Bare", good)
	require.NoError(t, err)
	require.False(t, passed.SignedIn, "whatever two_factor.who says")
	p, err := o.PreSession(ctx, passed.Token)
	require.NoError(t, err)
	require.Equal(t, desk.StepEnrol, p.Step)

	done, err := o.enter()
	require.NoError(t, err)
	require.True(t, done.SignedIn)
	id := o.Identity(done.Token)
	_, err = o.StepUp(ctx, home, id, good, "")
	require.Equal(t, desk.ErrCredentials, err)
	ways, err := o.StepUpWays(ctx, id)
	require.NoError(t, err)
	require.Equal(t, desk.StepUpWays{Company: true}, ways)
	require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
	require.NotContains(t, o.Letter("ada@example.org").Text, "reset#", "no link to a password that is not accepted")

	t.Run("without a company sign-in it stays closed, and the health check says so", func(t *testing.T) {
		o.Cfg.Company = nil
		o.Desk = o.Another()
		_, err := o.Login("Ada", good)
		require.Equal(t, desk.ErrCredentials, err)
		var codes []string
		for _, r := range o.Health(ctx, false).Reasons {
			codes = append(codes, r.Code)
		}
		require.Contains(t, codes, "company_missing")
		_, err = o.BeginCompany(ctx, home, nil, desk.CompanyStart{Purpose: desk.CompanySignIn})
		require.ErrorIs(t, err, desk.ErrNoCompany)
	})
}

func TestASessionOfATemporaryPasswordStaysRestricted(t *testing.T) {
	o := withCompany(t)
	op := o.linked("Ada", desk.RoleModerator)
	o.Change(op.ID, func(op *store.Operator) { op.MustChangePassword = true })
	token := o.Enter("Ada")
	o.Rules(map[string]string{"two_factor.who": "recommended", "signin.company_only": "on"})
	id := o.Identity(token)
	require.True(t, id.MustChangePassword)
	_, err := o.ChangePassword(ctx, home, id, good, better, better)
	requireProblem(t, err, "password", "company_only")
	done, err := o.enter()
	require.NoError(t, err)
	require.False(t, o.Identity(done.Token).MustChangePassword, "it is not what they signed in with")
}

func TestOnlyTheCompanySignInNeedsOne(t *testing.T) {
	o := staffed(t)
	s, err := o.Fresh(ctx)
	require.NoError(t, err)
	_, err = o.SaveParameters(ctx, o.Boss, home, desk.ParametersForm{Revision: s.Stored.Revision, Values: map[string]string{"signin.company_only": "on"}})
	requireProblem(t, err, "signin.company_only", "missing")
}

func TestAFirstStepWithAPasswordEndsWhenOnlyTheCompanySignInIsAccepted(t *testing.T) {
	o := withCompany(t)
	o.Rules(nil)
	_, ada := o.Enrolled("Ada", desk.RoleModerator)
	pre := o.Begun("Ada")
	o.Rules(map[string]string{"signin.company_only": "on"})
	_, err := o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
	require.ErrorIs(t, err, desk.ErrSignInEnded)
}

func TestAProviderThatIsDownOpensNothing(t *testing.T) {
	o := withCompany(t)
	o.linked("Ada", desk.RoleModerator)
	state := o.away(nil, desk.CompanyStart{Purpose: desk.CompanySignIn})
	flow := o.back(brought(state))
	o.idp.err = errProviderDown
	_, err := o.BeginCompany(ctx, home, nil, desk.CompanyStart{Purpose: desk.CompanySignIn})
	require.Equal(t, desk.ErrCompanyDown, err)
	require.Equal(t, "company.unavailable", o.Last().Code)
	require.Contains(t, o.Log.String(), "connection refused")
	_, err = o.finish(nil, flow)
	require.Equal(t, desk.ErrCompanyDown, err)
	_, err = o.Login("Ada", good)
	require.NoError(t, err, "the password is still accepted")
}

func TestLimitsOfCompanySignIns(t *testing.T) {
	t.Run("per network", func(t *testing.T) {
		o := withCompany(t)
		o.idp.err = &desk.AnswerError{Reason: "code"}
		for range 30 {
			_, err := o.enter()
			require.Equal(t, desk.ErrCompanyRefused, err)
		}
		_, err := o.enter()
		require.ErrorAs(t, err, new(*desk.LimitedError))
		require.Equal(t, "signin.limited", o.Last().Code)
		o.idp.err = nil
		o.linked("Ada", desk.RoleModerator)
		_, err = o.enter()
		require.ErrorAs(t, err, new(*desk.LimitedError))
		o.Clock.Add(15 * time.Minute)
		_, err = o.enter()
		require.NoError(t, err)
	})
	t.Run("right ones do not count", func(t *testing.T) {
		o := withCompany(t)
		o.linked("Ada", desk.RoleModerator)
		for range 40 {
			_, err := o.enter()
			require.NoError(t, err)
		}
	})
	t.Run("per account", func(t *testing.T) {
		o := withCompany(t)
		op := o.linked("Ada", desk.RoleModerator)
		o.Change(op.ID, disable)
		limited := 0
		for i := range 35 {
			v := from("198.51.100." + strings.Repeat("1", 1+i%2) + string(rune('0'+i%10)))
			begun, err := o.BeginCompany(ctx, v, nil, desk.CompanyStart{Purpose: desk.CompanySignIn})
			require.NoError(t, err)
			returned, ok := o.ReturnCompany(v, begun.Cookie, brought(begun.URL[strings.Index(begun.URL, "state=")+6:]))
			require.True(t, ok)
			_, err = o.FinishCompany(ctx, v, nil, returned.Cookie, returned.Path[len("/login/company?flow="):])
			if err != desk.ErrCompanyRefused {
				limited++
			}
		}
		require.Equal(t, 5, limited)
	})
}
