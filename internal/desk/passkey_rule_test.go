package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// requirePasskeys sets who must use one.
func (o *office) requirePasskeys(who string) { o.Rules(map[string]string{"passkeys.who": who}) }

func TestWhoMustUseAPasskeyAndHasOneCannotSignInWithACode(t *testing.T) {
	o, k := keyed(t), key()
	op := o.Person("Ada", desk.RoleModerator)
	ada := o.Enrol("Ada")
	_, err := o.addPasskey(ada.Token, k, "")
	require.NoError(t, err)
	o.Clock.Add(totp.Period)
	withCode := o.Again("Ada", ada.Secret)

	o.requirePasskeys("everyone")
	t.Run("codes and recovery codes open nothing, and are not spent", func(t *testing.T) {
		pre := o.Begun("Ada")
		p, err := o.PreSession(ctx, pre)
		require.NoError(t, err)
		require.False(t, p.Codes)
		require.True(t, p.Passkeys)
		require.True(t, p.PasskeyRequired)
		for _, code := range []string{o.Code(ada.Secret), ada.Codes[0], "nonsense"} {
			_, err = o.SubmitCode(ctx, home, pre, code)
			require.ErrorIs(t, err, desk.ErrPasskeyNeeded)
			require.Equal(t, "a passkey is required", o.Last().Reason)
		}
		set, err := o.Mem.FindRecoverySet(ctx, op.ID)
		require.NoError(t, err)
		require.Len(t, set.Hashes, desk.RecoveryCodes)
	})
	t.Run("a session that began with a code goes on with the passkey", func(t *testing.T) {
		id := o.Identity(withCode)
		require.True(t, id.MustUsePasskey)
		require.False(t, id.Proved())
		_, err := o.StepUp(ctx, home, id, good, o.Code(ada.Secret))
		require.ErrorIs(t, err, desk.ErrPasskeyNeeded)
		options, err := o.StepUpPasskey(ctx, id)
		require.NoError(t, err)
		withCode, err = o.StepUpWithPasskey(ctx, home, id, answer(t, k.Get, options), "")
		require.NoError(t, err)
		require.False(t, o.Identity(withCode).MustUsePasskey)
	})
	t.Run("one that was proved with it goes on", func(t *testing.T) {
		id := o.Identity(o.comeBack("Ada", k))
		require.False(t, id.MustUsePasskey)
		require.False(t, id.MustAddPasskey)
		require.True(t, id.PasskeyRequired)
		list, err := o.Authenticators(ctx, id)
		require.NoError(t, err)
		require.True(t, list.LonePasskey())
		require.False(t, list.MayRemove(list.Passkeys[0]))
		require.True(t, list.MayRemove(list.Apps[0]))
		_, err = o.RemoveAuthenticator(ctx, home, id, list.Passkeys[0].ID)
		require.ErrorIs(t, err, desk.ErrPasskeyRequired)
		require.ErrorIs(t, err, desk.ErrRequired)
	})
}

func TestWhoMustUseAPasskeyAndHasNoneAddsOneFirst(t *testing.T) {
	o := keyed(t)
	o.Person("Ada", desk.RoleModerator)
	ada := o.Enrol("Ada")
	o.Person("Ben", desk.RoleModerator)
	o.requirePasskeys("everyone")

	t.Run("with an app, after its code", func(t *testing.T) {
		id := o.Identity(o.Again("Ada", ada.Secret))
		require.True(t, id.MustAddPasskey)
		require.False(t, id.MustUsePasskey)
		require.False(t, id.MustEnrol)
		e, err := o.BeginEnrolment(id)
		require.NoError(t, err)
		_, _, err = o.ConfirmEnrolment(ctx, home, id, e.Sealed, o.Code(e.Key.Secret), "")
		require.ErrorIs(t, err, desk.ErrPasskeyNeeded, "another app will not do")
		token, err := o.addPasskey(o.Again("Ada", ada.Secret), key(), "")
		require.NoError(t, err)
		id = o.Identity(token)
		require.False(t, id.MustAddPasskey)
		require.Equal(t, string(desk.MethodPasskey), id.Session.Method)
	})
	t.Run("without any, after the password", func(t *testing.T) {
		pre := o.Begun("Ben")
		p, err := o.PreSession(ctx, pre)
		require.NoError(t, err)
		require.Equal(t, desk.StepEnrol, p.Step)
		require.True(t, p.PasskeyRequired)
		_, err = o.BeginSignInEnrolment(ctx, pre)
		require.ErrorIs(t, err, desk.ErrPasskeyNeeded)
		_, _, err = o.ConfirmSignInEnrolment(ctx, home, pre, "", "123456")
		require.ErrorIs(t, err, desk.ErrPasskeyNeeded)
		options, err := o.SignInPasskeyNew(ctx, pre)
		require.NoError(t, err)
		passed, _, err := o.ConfirmSignInPasskey(ctx, home, pre, answer(t, key().Create, options), "")
		require.NoError(t, err)
		require.False(t, o.Identity(passed.Token).MustAddPasskey)
	})
	t.Run("even where a second factor is only recommended", func(t *testing.T) {
		o.Rules(map[string]string{"passkeys.who": "everyone", "two_factor.who": "recommended"})
		o.Person("Cid", desk.RoleModerator)
		p, err := o.PreSession(ctx, o.Begun("Cid"))
		require.NoError(t, err)
		require.Equal(t, desk.StepEnrol, p.Step)
	})
}

func TestWhoMustUseAPasskey(t *testing.T) {
	o := keyed(t)
	o.Write(store.PutRole{Role: store.Role{ID: "strict", Name: "Strict", NameKey: "strict", RequirePasskey: true, Permissions: []string{"posts.delete"}, CreatedAt: o.Now(), UpdatedAt: o.Now()}})
	o.Person("Boss", desk.RoleSuperAdministrator)
	o.Person("Chief", desk.RoleAdministrator)
	o.Person("Mod", desk.RoleModerator)
	o.Person("Strict", desk.RoleModerator, "strict")
	for rule, must := range map[string][4]bool{
		"roles":          {false, false, false, true},
		"administrators": {true, true, false, true},
		"everyone":       {true, true, true, true},
	} {
		o.requirePasskeys(rule)
		for i, name := range []string{"Boss", "Chief", "Mod", "Strict"} {
			p, err := o.PreSession(ctx, o.Begun(name))
			require.NoError(t, err)
			require.Equal(t, must[i], p.PasskeyRequired, "%s under %q", name, rule)
		}
	}
}

func TestWithoutPasskeysNothingAsksForThemAndWhatDidLetsNobodyIn(t *testing.T) {
	o, k := keyed(t), key()
	boss, bossToken := o.keyholder("Boss", k, desk.RoleSuperAdministrator)
	o.Person("Ada", desk.RoleModerator)
	ada := o.Enrol("Ada")
	o.Cfg.Passkeys = nil
	without := o.Another()

	t.Run("they cannot be asked for", func(t *testing.T) {
		a, err := without.Authenticate(ctx, home, bossToken)
		require.NoError(t, err)
		for name, value := range map[string]string{"passkeys.who": "everyone", "passkeys.alone": "on"} {
			_, err = without.SaveParameters(ctx, a.Actor(), home, desk.ParametersForm{Values: map[string]string{name: value}, Shown: map[string]string{}})
			requireProblem(t, err, name, "unavailable")
		}
		_, err = without.CreateRole(ctx, a.Actor(), home, desk.RoleForm{Name: "Strict", RequirePasskey: true, Permissions: []string{"posts.delete"}})
		requireProblem(t, err, "require_passkey", "unavailable")
	})
	t.Run("a passkey that cannot be checked still is a second factor", func(t *testing.T) {
		passed, err := without.SignIn(ctx, home, desk.SignInForm{Login: "Boss", Password: good})
		require.NoError(t, err)
		require.False(t, passed.SignedIn)
		p, err := without.PreSession(ctx, passed.Token)
		require.NoError(t, err)
		require.Equal(t, desk.StepCode, p.Step)
		require.False(t, p.Passkeys)
		require.True(t, p.Codes, "recovery codes")
		_, err = without.PasskeyOptions(ctx, passed.Token)
		require.ErrorIs(t, err, desk.ErrNoPasskeys)
		_, err = without.SubmitPasskey(ctx, home, passed.Token, "{}")
		require.ErrorIs(t, err, desk.ErrNoPasskeys)
	})
	t.Run("and where one is required, nobody gets in with less", func(t *testing.T) {
		o.Set(map[string]string{"passkeys.who": "everyone"})
		without = o.Another()
		require.Contains(t, o.Log.String(), "Config.Passkeys is nil")
		require.True(t, without.PasskeysMissing())
		reasons := []string{}
		for _, r := range without.Health(ctx, false).Reasons {
			reasons = append(reasons, r.Code)
		}
		require.Contains(t, reasons, "passkeys_missing")
		passed, err := without.SignIn(ctx, home, desk.SignInForm{Login: "Boss", Password: good})
		require.NoError(t, err)
		_, err = without.SubmitCode(ctx, home, passed.Token, "123456")
		require.ErrorIs(t, err, desk.ErrPasskeyNeeded)
		id, err := without.Authenticate(ctx, home, ada.Token)
		require.NoError(t, err)
		require.True(t, id.MustAddPasskey)
		_, err = without.BeginPasskey(ctx, id)
		require.ErrorIs(t, err, desk.ErrNoPasskeys)
	})
	t.Run("the command line helps", func(t *testing.T) {
		_, err := without.SaveParameters(ctx, desk.CommandLine(), home, desk.ParametersForm{Values: map[string]string{"passkeys.who": "roles"}, Shown: map[string]string{}})
		require.NoError(t, err)
		require.NoError(t, without.ResetTwoFactor(ctx, desk.CommandLine(), home, boss.ID, "passkeys are gone"))
		passed, err := without.SignIn(ctx, home, desk.SignInForm{Login: "Boss", Password: good})
		require.NoError(t, err)
		p, err := without.PreSession(ctx, passed.Token)
		require.NoError(t, err)
		require.Equal(t, desk.StepEnrol, p.Step)
		require.False(t, p.MayAddPasskey)
		_, err = without.BeginSignInEnrolment(ctx, passed.Token)
		require.NoError(t, err)
	})
}

func TestEverySessionSaysHowItWasProved(t *testing.T) {
	o, k := keyed(t), key()
	o.Rules(map[string]string{"two_factor.who": "recommended", "passkeys.alone": "on"})
	method := func(token string) string { return o.Identity(token).Session.Method }
	o.Person("Ada", desk.RoleModerator)
	require.Equal(t, "password", method(o.Enter("Ada")))
	stepped, err := o.StepUp(ctx, home, o.Identity(o.Enter("Ada")), good, "")
	require.NoError(t, err)
	require.Equal(t, "password", method(stepped))

	o.Rules(map[string]string{"passkeys.alone": "on"})
	o.Person("Ben", desk.RoleModerator)
	ben := o.Enrol("Ben")
	require.Equal(t, "totp", method(ben.Token))
	require.Equal(t, "totp", method(o.Again("Ben", ben.Secret)))
	recovered, err := o.SubmitCode(ctx, home, o.Begun("Ben"), ben.Codes[0])
	require.NoError(t, err)
	require.Equal(t, "recovery", method(recovered.Token))
	stepped, _ = o.Prove(recovered.Token, good, ben.Secret)
	require.Equal(t, "totp", method(stepped))

	_, token := o.keyholder("Cid", k, desk.RoleModerator)
	require.Equal(t, "passkey", method(token))
	passed, err := o.withPasskey(k)
	require.NoError(t, err)
	require.Equal(t, "passkey", method(passed.Token))
	for _, m := range []desk.Method{desk.MethodPassword, desk.MethodTOTP, desk.MethodRecovery, desk.MethodPasskey, desk.MethodCompany, desk.MethodCompanyTwoFactor, desk.MethodCompanyResistant} {
		require.NotEmpty(t, m.Text().String())
	}
	require.Empty(t, desk.Method("").Text().String())
}

func TestAPasskeyOfAnotherHostOrKeyIsNotAskedFor(t *testing.T) {
	o, k := keyed(t), key()
	ada, token := o.keyholder("Ada", k, desk.RoleModerator)
	o.Cfg.Origin = "https://elsewhere.example"
	moved := o.Another()
	passed, err := moved.SignIn(ctx, home, desk.SignInForm{Login: "Ada", Password: good})
	require.NoError(t, err)
	p, err := moved.PreSession(ctx, passed.Token)
	require.NoError(t, err)
	require.Equal(t, desk.StepCode, p.Step, "it still is a second factor")
	require.False(t, p.Passkeys)
	id, err := moved.Authenticate(ctx, home, token)
	require.NoError(t, err)
	list, err := moved.Authenticators(ctx, id)
	require.NoError(t, err)
	require.True(t, list.Passkeys[0].Unusable)

	o.Unreadable(ada.ID)
	p, err = o.PreSession(ctx, o.Begun("Ada"))
	require.NoError(t, err)
	require.Equal(t, desk.StepCode, p.Step)
	require.False(t, p.Passkeys)
}

func TestASyncedPasskeyIsKeptUpToDate(t *testing.T) {
	o, k := keyed(t), key()
	k.Syncs = true
	o.keyholder("Ada", k, desk.RoleModerator)
	for _, backed := range []bool{false, true} {
		o.Clock.Add(time.Minute)
		pre, options := o.asked("Ada")
		passed, err := o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options, func(a *authenticator.Answer) { a.Backed = backed }))
		require.NoError(t, err)
		list, err := o.Authenticators(ctx, o.Identity(passed.Token))
		require.NoError(t, err)
		require.Equal(t, backed, list.Passkeys[0].Synced)
		require.Equal(t, o.Now(), list.Passkeys[0].LastUsed)
	}
}

func TestSuperAdministratorsAreToldThatPasskeysAreRequired(t *testing.T) {
	o := keyed(t)
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	boss := o.Entered(o.Person("Boss", desk.RoleSuperAdministrator))
	o.Person("Other", desk.RoleSuperAdministrator)
	_, err := o.SaveParameters(ctx, boss.Actor(), home, desk.ParametersForm{Values: map[string]string{"passkeys.who": "administrators"}, Shown: map[string]string{}})
	require.NoError(t, err)
	letter, ok := o.Delivered().Newest("other@example.org", "Passkeys are now required")
	require.True(t, ok)
	require.Contains(t, letter.Text, "parameters restore passkeys.who")
	_, err = o.SaveParameters(ctx, desk.CommandLine(), home, desk.ParametersForm{Values: map[string]string{"passkeys.who": "roles"}, Shown: map[string]string{}})
	require.NoError(t, err)
	_, ok = o.Delivered().Newest("other@example.org", "loosened")
	require.True(t, ok)
}

func TestASessionWhosePasskeyIsGoneAddsAnother(t *testing.T) {
	o, k := keyed(t), key()
	ada, token := o.keyholder("Ada", k, desk.RoleModerator)
	o.requirePasskeys("everyone")
	require.False(t, o.Identity(token).MustAddPasskey)
	o.Write(store.RemoveFactors{OperatorID: ada.ID, All: true})
	id := o.Identity(token)
	require.True(t, id.MustAddPasskey)
	require.False(t, id.MustUsePasskey)
	o.Rules(map[string]string{})
	id = o.Identity(token)
	require.False(t, id.MustAddPasskey)
	require.True(t, id.MustEnrol)
}

func TestTwoFactorsOfTheCompanyReplaceOurs(t *testing.T) {
	o := keyed(t)
	ada := o.Person("Ada", desk.RoleModerator)
	begin := func(m desk.Method) *desk.Identity {
		o.Write(store.PutSession{Session: store.Session{Digest: store.DigestOf(string(m)), ID: string(m), OperatorID: ada.ID, CreatedAt: o.Now(), SeenAt: o.Now(),
			ProvedAt: o.Now(), EndsAt: o.Now().Add(time.Hour), IP: home.IP, UserAgent: home.UserAgent, Method: string(m)}})
		return o.Identity(string(m))
	}
	require.True(t, begin(desk.MethodCompany).MustEnrol)
	require.False(t, begin(desk.MethodCompanyTwoFactor).MustEnrol)
	o.requirePasskeys("everyone")
	require.True(t, o.Identity(string(desk.MethodCompanyTwoFactor)).MustAddPasskey)
	resistant := begin(desk.MethodCompanyResistant)
	require.False(t, resistant.MustAddPasskey)
	require.False(t, resistant.MustUsePasskey)
	require.False(t, resistant.MustEnrol)
}

// panicking panics over every answer.
type panicking struct{ authenticator.Checker }

func (panicking) Used(desk.PasskeyRequest, desk.Passkey, []byte) (desk.PasskeyUse, error) {
	panic("index out of range")
}

func TestACheckerThatPanicsRefuses(t *testing.T) {
	o, k := keyed(t), key()
	o.keyholder("Ada", k, desk.RoleModerator)
	o.Cfg.Passkeys = panicking{}
	o.Desk = o.Another()
	pre, options := o.asked("Ada")
	_, err := o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options))
	require.Equal(t, desk.ErrPasskey, err)
	require.Equal(t, "malformed answer", o.Last().Reason)
	require.Contains(t, o.Log.String(), "panic in Passkeys")
}
