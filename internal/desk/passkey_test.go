package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
	"github.com/postern-go/postern/store"
)

// keyed is an office that has passkeys.
func keyed(t testing.TB, change ...func(*desk.Config)) *office {
	t.Helper()
	return newOffice(t, append([]func(*desk.Config){func(c *desk.Config) { c.Passkeys = authenticator.Checker{} }}, change...)...)
}

// key is an authenticator in a browser that shows the office.
func key() *authenticator.Authenticator { return authenticator.New(origin) }

// answer answers options.
func answer(t testing.TB, respond func(string, ...func(*authenticator.Answer)) (string, error), options string, change ...func(*authenticator.Answer)) string {
	t.Helper()
	text, err := respond(options, change...)
	require.NoError(t, err)
	return text
}

// keyholder adds an operator who signs in with a password and a passkey, and returns the token
// of their session.
func (o *office) keyholder(name string, k *authenticator.Authenticator, roles ...string) (store.Operator, string) {
	o.T.Helper()
	op := o.Person(name, roles...)
	pre := o.Begun(name)
	options, err := o.SignInPasskeyNew(ctx, pre)
	require.NoError(o.T, err)
	passed, codes, err := o.ConfirmSignInPasskey(ctx, home, pre, answer(o.T, k.Create, options), "")
	require.NoError(o.T, err)
	require.Len(o.T, codes, desk.RecoveryCodes)
	return o.Find(op.ID), passed.Token
}

// asked is what a sign-in after the password asks a browser for.
func (o *office) asked(name string) (pre, options string) {
	o.T.Helper()
	pre = o.Begun(name)
	options, err := o.PasskeyOptions(ctx, pre)
	require.NoError(o.T, err)
	return pre, options
}

// addPasskey adds a passkey in a session.
func (o *office) addPasskey(token string, k *authenticator.Authenticator, label string) (string, error) {
	o.T.Helper()
	o.Clock.Add(time.Second) // lists are by time
	id := o.Identity(token)
	options, err := o.BeginPasskey(ctx, id)
	if err != nil {
		return "", err
	}
	token, _, err = o.AddPasskey(ctx, home, id, answer(o.T, k.Create, options), label)
	return token, err
}

func TestAPasskeyIsAddedDuringSignInAndSignsIn(t *testing.T) {
	o, k := keyed(t), key()
	op := o.Person("Ada", desk.RoleModerator)
	pre := o.Begun("Ada")
	p, err := o.PreSession(ctx, pre)
	require.NoError(t, err)
	require.Equal(t, desk.StepEnrol, p.Step)
	require.True(t, p.MayAddPasskey)
	options, err := o.SignInPasskeyNew(ctx, pre)
	require.NoError(t, err)
	asked, err := authenticator.Read(options)
	require.NoError(t, err)
	require.Equal(t, "community.example", asked.RP.ID)
	require.Equal(t, "none", asked.Attestation)

	passed, codes, err := o.ConfirmSignInPasskey(ctx, home, pre, answer(t, k.Create, options), "Blue key")
	require.NoError(t, err)
	require.Len(t, codes, desk.RecoveryCodes)
	id := o.Identity(passed.Token)
	require.True(t, id.Passkey)
	require.True(t, id.TwoFactor)
	require.Equal(t, string(desk.MethodPasskey), id.Session.Method)
	require.Equal(t, []string{"signin.succeeded", "passkey.added"}, o.Codes()[:2])
	require.Contains(t, o.Delivered().Subjects(op.Email), "A passkey was added")

	pre, options = o.asked("Ada")
	p, err = o.PreSession(ctx, pre)
	require.NoError(t, err)
	require.Equal(t, desk.StepCode, p.Step)
	require.True(t, p.Passkeys)
	require.True(t, p.Codes)
	require.False(t, p.HasApp)
	passed, err = o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options))
	require.NoError(t, err)
	require.True(t, passed.SignedIn)
	require.Equal(t, "/next", passed.Next)
	require.Equal(t, "passkey", o.Last().Detail["factor"])
	list, err := o.Authenticators(ctx, o.Identity(passed.Token))
	require.NoError(t, err)
	require.Empty(t, list.Apps)
	require.Equal(t, "Blue key", list.Passkeys[0].Label)
	require.Equal(t, o.Now(), list.Passkeys[0].LastUsed)
	require.False(t, list.MayRemove(list.Passkeys[0]))
	require.NotContains(t, o.Dump(), string(k.Keys[0].ID), "the credential id is encrypted")
}

func TestARecoveryCodeReplacesALostPasskey(t *testing.T) {
	o, k := keyed(t), key()
	o.Person("Ada", desk.RoleModerator)
	pre := o.Begun("Ada")
	options, err := o.SignInPasskeyNew(ctx, pre)
	require.NoError(t, err)
	_, codes, err := o.ConfirmSignInPasskey(ctx, home, pre, answer(t, k.Create, options), "")
	require.NoError(t, err)
	passed, err := o.SubmitCode(ctx, home, o.Begun("Ada"), codes[3])
	require.NoError(t, err)
	require.Equal(t, string(desk.MethodRecovery), o.Identity(passed.Token).Session.Method)

	_, err = o.SubmitCode(ctx, home, o.Begun("Ada"), "123456")
	require.ErrorIs(t, err, desk.ErrCode, "no app, no code")
}

func TestAnAnswerThatIsNotForThisSignInOpensNothing(t *testing.T) {
	o, k, other := keyed(t), key(), key()
	ada, session := o.keyholder("Ada", k, desk.RoleModerator)
	o.keyholder("Eve", other, desk.RoleModerator)
	o.Clock.Add(desk.ChallengeLife)
	for name, c := range map[string]struct {
		change func(*authenticator.Answer)
		err    error
		code   string
	}{
		"of another origin":        {func(a *authenticator.Answer) { a.Origin = "https://community.example.evil.example" }, desk.ErrPasskey, "passkey.refused"},
		"of a subdomain":           {func(a *authenticator.Answer) { a.Origin = "https://forum.community.example" }, desk.ErrPasskey, "passkey.refused"},
		"of another relying party": {func(a *authenticator.Answer) { a.RPID = "evil.example" }, desk.ErrPasskey, "passkey.refused"},
		"of a registration":        {func(a *authenticator.Answer) { a.Type = "webauthn.create" }, desk.ErrPasskey, "passkey.refused"},
		"without a user":           {func(a *authenticator.Answer) { a.Present = false }, desk.ErrPasskey, "passkey.refused"},
		"of somebody else":         {func(a *authenticator.Answer) { a.Handle = []byte("id-of-eve") }, desk.ErrPasskey, "passkey.refused"},
		"with another key":         {func(a *authenticator.Answer) { a.Key = other.Keys[0] }, desk.ErrPasskey, "passkey.refused"},
		"of another passkey":       {func(a *authenticator.Answer) { a.ID, a.Handle, a.Key = other.Keys[0].ID, nil, other.Keys[0] }, desk.ErrPasskeyUnknown, "passkey.refused"},
		"to a made-up challenge":   {func(a *authenticator.Answer) { a.Challenge = strings.Repeat("A", 86) }, desk.ErrStale, "passkey.refused"},
		"to no challenge":          {func(a *authenticator.Answer) { a.Challenge = "" }, desk.ErrStale, "passkey.refused"},
		"with a changed signature": {func(a *authenticator.Answer) {
			a.Signed = func(s []byte) []byte { s[len(s)-1] ^= 1; return s }
		}, desk.ErrPasskey, "passkey.refused"},
	} {
		t.Run(name, func(t *testing.T) {
			o.Clock.Add(time.Hour)
			pre, options := o.asked("Ada")
			_, err := o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options, c.change))
			require.ErrorIs(t, err, c.err)
			require.Equal(t, c.code, o.Last().Code)
			require.Equal(t, ada.ID, o.Last().TargetID)
			require.NotEmpty(t, o.Last().Reason)
			passed, err := o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options))
			require.NoError(t, err, "the sign-in goes on")
			session = passed.Token
		})
	}
	t.Run("of another sign-in, step or browser", func(t *testing.T) {
		pre, _ := o.asked("Ada")
		_, second := o.asked("Ada")
		stepUp, err := o.StepUpPasskey(ctx, o.Identity(session))
		require.NoError(t, err)
		o.Rules(map[string]string{"passkeys.alone": "on"})
		alone, err := o.SignInPasskeyOptions("browser")
		require.NoError(t, err)
		for _, options := range []string{second, stepUp, alone} {
			_, err = o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options))
			require.ErrorIs(t, err, desk.ErrStale)
		}
	})
	t.Run("that is no answer", func(t *testing.T) {
		pre, _ := o.asked("Ada")
		for _, text := range []string{"", "{}", "null", "[]", `{"id":"%"}`, `{"id":"aWQ"}`, `{"id":"aWQ","response":{"clientDataJSON":"e30"}} x`, strings.Repeat("1", 20<<10)} {
			before := o.Count("passkey.refused")
			_, err := o.SubmitPasskey(ctx, home, pre, text)
			if !strings.Contains(text, "e30") || strings.HasSuffix(text, "x") {
				requireProblem(t, err, "passkey", "malformed")
				require.Equal(t, before, o.Count("passkey.refused"), "nothing was tried")
			}
		}
	})
	t.Run("that is too late", func(t *testing.T) {
		pre, options := o.asked("Ada")
		o.Clock.Add(desk.ChallengeLife - time.Microsecond)
		late := answer(t, k.Get, options)
		o.Clock.Add(time.Microsecond)
		_, err := o.SubmitPasskey(ctx, home, pre, late)
		require.ErrorIs(t, err, desk.ErrStale)
	})
	t.Run("of a passkey that was removed", func(t *testing.T) {
		pre, options := o.asked("Ada")
		o.Write(store.RemoveFactors{OperatorID: ada.ID, All: true})
		_, err := o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options))
		require.ErrorIs(t, err, desk.ErrSignInEnded)
	})
}

func TestOfEightAnswersAtOnceOneSignsIn(t *testing.T) {
	for _, counts := range []bool{true, false} {
		o, k := keyed(t), key()
		o.keyholder("Ada", k, desk.RoleModerator)
		k.Keys[0].Still = !counts
		pre, options := o.asked("Ada")
		text := answer(t, k.Get, options)
		replicas := []*desk.Desk{o.Desk, o.Another()}
		errs := testoffice.Race(8, func(i int) error {
			_, err := replicas[i%2].SubmitPasskey(ctx, home, pre, text)
			return err
		})
		require.Equal(t, 1, winners(errs))
		for _, err := range errs {
			if err != nil {
				require.Truef(t, isOneOf(err, desk.ErrSignInEnded, desk.ErrStale), "%v", err)
			}
		}
		require.Len(t, o.SessionsOf("id-of-ada"), 2, "one of adding it, one of these")
	}
}

func isOneOf(err error, targets ...error) bool {
	for _, target := range targets {
		if strings.Contains(err.Error(), target.Error()) {
			return true
		}
	}
	return false
}

func TestAnAnswerIsUsedOnce(t *testing.T) {
	o, k := keyed(t), key()
	_, token := o.keyholder("Ada", k, desk.RoleModerator)
	for _, counts := range []bool{true, false} {
		if !counts {
			k = key()
			_, token = o.keyholder("Ben", k, desk.RoleModerator)
			k.Keys[0].Still = true
		}
		id := o.Identity(token)
		options, err := o.StepUpPasskey(ctx, id)
		require.NoError(t, err)
		text := answer(t, k.Get, options)
		token, err = o.StepUpWithPasskey(ctx, home, id, text, "")
		require.NoError(t, err)
		_, err = o.Another().StepUpWithPasskey(ctx, home, o.Identity(token), text, "")
		require.ErrorIs(t, err, desk.ErrStale)
		require.Equal(t, "passkey.replayed", o.Last().Code)
	}
}

// comeBack signs in once more, with a passkey.
func (o *office) comeBack(name string, k *authenticator.Authenticator) string {
	o.T.Helper()
	pre, options := o.asked(name)
	passed, err := o.SubmitPasskey(ctx, home, pre, answer(o.T, k.Get, options))
	require.NoError(o.T, err)
	return passed.Token
}

func TestACounterThatDoesNotGoUpIsACopy(t *testing.T) {
	o, k := keyed(t), key()
	ada, _ := o.keyholder("Ada", k, desk.RoleModerator)
	k.Keys[0].Counter = 41
	o.comeBack("Ada", k) // 42
	for _, counter := range []uint32{42, 7, 0} {
		pre, options := o.asked("Ada")
		_, err := o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options, func(a *authenticator.Answer) { a.Counter = counter }))
		require.ErrorIs(t, err, desk.ErrPasskeyCounter)
		require.Equal(t, "passkey.cloned", o.Last().Code)
		require.Equal(t, "42", o.Last().Detail["before"])
		require.Equal(t, desk.Refused, o.Last().Outcome)
		require.Equal(t, ada.ID, o.Last().TargetID)
	}
	letter, ok := o.Delivered().Newest(ada.Email, "Unusual sign-in")
	require.True(t, ok)
	require.Contains(t, letter.Text, "its counter did not go up")
	k.Keys[0].Counter = 42
	o.comeBack("Ada", k)
}

func TestACounterIsDecidedByTheCommit(t *testing.T) {
	o, k := keyed(t), key()
	o.keyholder("Ada", k, desk.RoleModerator)
	one, options := o.asked("Ada")
	two, options2 := o.asked("Ada")
	second := answer(t, k.Get, options2, func(a *authenticator.Answer) { a.Counter = 9 })
	first := answer(t, k.Get, options, func(a *authenticator.Answer) { a.Counter = 5 })
	slow := o.While("AdvanceFactor", func() {
		_, err := o.SubmitPasskey(ctx, home, two, second)
		require.NoError(t, err)
	})
	_, err := slow.SubmitPasskey(ctx, home, one, first)
	require.ErrorIs(t, err, desk.ErrPasskeyCounter)
	require.Equal(t, "passkey.cloned", o.Last().Code)
}

func TestWrongAnswersAreLimitedLikeCodes(t *testing.T) {
	o, k := keyed(t), key()
	ada, _ := o.keyholder("Ada", k, desk.RoleModerator)
	flip := func(a *authenticator.Answer) { a.Signed = func(s []byte) []byte { s[len(s)-1] ^= 1; return s } }
	pre, options := o.asked("Ada")
	for range 4 {
		_, err := o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options, flip))
		require.Equal(t, desk.ErrPasskey, err)
	}
	_, err := o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options, flip))
	require.ErrorIs(t, err, desk.ErrTooManyCodes)
	_, err = o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	require.Equal(t, 5, o.Count("passkey.refused"))
	_, ok := o.Delivered().Newest(ada.Email, "Unusual sign-in")
	require.True(t, ok)

	pre, options = o.asked("Ada")
	_, err = o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options))
	requireLimited(t, err, o.Now().Add(30*time.Second))
	require.Equal(t, "code.limited", o.Last().Code)
	require.Equal(t, "passkey", o.Last().Detail["factor"])
	o.Clock.Add(30 * time.Second)
	_, err = o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options))
	require.NoError(t, err)
}

func TestPasskeysAreAddedAndRemovedInASession(t *testing.T) {
	o, k := keyed(t), key()
	_, token := o.keyholder("Ada", k, desk.RoleModerator)
	elsewhere := o.comeBack("Ada", k)

	second, phone := key(), o.Identity(elsewhere)
	token, err := o.addPasskey(token, second, " Security   key ")
	require.NoError(t, err)
	require.False(t, o.Alive(elsewhere), "other sessions end")
	_, err = o.BeginPasskey(ctx, phone)
	require.NoError(t, err)
	id := o.Identity(token)
	list, err := o.Authenticators(ctx, id)
	require.NoError(t, err)
	require.Equal(t, []string{"Passkey", "Security key"}, []string{list.Passkeys[0].Title().String(), list.Passkeys[1].Title().String()})
	require.Equal(t, desk.RecoveryCodes, list.RecoveryCodes, "the codes stay")

	t.Run("an authenticator is not asked twice", func(t *testing.T) {
		options, err := o.BeginPasskey(ctx, id)
		require.NoError(t, err)
		_, err = second.Create(options)
		require.ErrorContains(t, err, "InvalidStateError")
	})
	t.Run("a credential id is unique over all operators", func(t *testing.T) {
		eve := o.Identity(func() string { _, token := o.keyholder("Eve", key(), desk.RoleModerator); return token }())
		options, err := o.BeginPasskey(ctx, eve)
		require.NoError(t, err)
		_, _, err = o.AddPasskey(ctx, home, eve, answer(t, key().Create, options, func(a *authenticator.Answer) { a.ID = k.Keys[0].ID }), "")
		requireProblem(t, err, "passkey", "taken")
	})
	t.Run("one answer adds one passkey", func(t *testing.T) {
		options, err := o.BeginPasskey(ctx, id)
		require.NoError(t, err)
		text := answer(t, key().Create, options)
		errs := testoffice.Race(8, func(int) error {
			_, _, err := o.AddPasskey(ctx, home, id, text, "")
			return err
		})
		require.Equal(t, 1, winners(errs))
		require.Len(t, o.factors("id-of-ada"), 3)
		token = o.comeBack("Ada", k)
		id = o.Identity(token)
		_, _, err = o.AddPasskey(ctx, home, id, text, "")
		require.ErrorIs(t, err, desk.ErrStale, "in another session")
	})
	t.Run("after a step-up only", func(t *testing.T) {
		o.Clock.Add(10 * time.Minute)
		id := o.Identity(token)
		_, err := o.BeginPasskey(ctx, id)
		require.ErrorIs(t, err, desk.ErrStepUp)
		_, _, err = o.AddPasskey(ctx, home, id, "{}", "")
		require.ErrorIs(t, err, desk.ErrStepUp)
		_, err = o.RemoveAuthenticator(ctx, home, id, list.Passkeys[0].ID)
		require.ErrorIs(t, err, desk.ErrStepUp)
		options, err := o.StepUpPasskey(ctx, id)
		require.NoError(t, err)
		token, err = o.StepUpWithPasskey(ctx, home, id, answer(t, k.Get, options), "")
		require.NoError(t, err)
	})
	t.Run("there is room for ten", func(t *testing.T) {
		for range desk.MostPasskeys - 3 {
			token, err = o.addPasskey(token, key(), "")
			require.NoError(t, err)
		}
		_, err = o.addPasskey(token, key(), "")
		requireProblem(t, err, "passkey", "too_many")
	})
	t.Run("a removed one opens nothing", func(t *testing.T) {
		before := len(o.factors("id-of-ada"))
		token, err = o.RemoveAuthenticator(ctx, home, o.Identity(token), list.Passkeys[1].ID)
		require.NoError(t, err)
		require.Equal(t, "passkey.removed", o.Last().Code)
		require.Len(t, o.factors("id-of-ada"), before-1)
		require.Contains(t, o.Delivered().Subjects("ada@example.org"), "A passkey was removed")
		pre, options := o.asked("Ada")
		_, err = second.Get(options)
		require.ErrorContains(t, err, "NotAllowedError")
		_, err = o.SubmitPasskey(ctx, home, pre, answer(t, k.Get, options, func(a *authenticator.Answer) { a.ID, a.Key = second.Keys[0].ID, second.Keys[0] }))
		require.ErrorIs(t, err, desk.ErrPasskeyUnknown)
	})
}

func TestAResetRemovesPasskeys(t *testing.T) {
	o, k := keyed(t), key()
	_, bossIn := o.Enrolled("Boss", desk.RoleSuperAdministrator)
	ada, session := o.keyholder("Ada", k, desk.RoleModerator)
	require.NoError(t, o.ResetTwoFactor(ctx, o.Identity(bossIn.Token).Actor(), home, ada.ID, "lost their phone"))
	require.Empty(t, o.factors(ada.ID))
	require.False(t, o.Alive(session))
	p, err := o.PreSession(ctx, o.Begun("Ada"))
	require.NoError(t, err)
	require.Equal(t, desk.StepEnrol, p.Step)
}
