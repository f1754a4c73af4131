package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
	"github.com/postern-go/postern/store"
)

// alone is an office in which a passkey can be the whole sign-in.
func alone(t testing.TB, change ...func(*desk.Config)) *office {
	t.Helper()
	o := keyed(t, change...)
	o.Rules(map[string]string{"passkeys.alone": "on"})
	return o
}

// signIn signs in with a passkey alone, in a browser of its own.
func (o *office) withPasskey(k *authenticator.Authenticator, change ...func(*authenticator.Answer)) (desk.Passed, error) {
	o.T.Helper()
	options, err := o.SignInPasskeyOptions("browser")
	require.NoError(o.T, err)
	return o.SignInWithPasskey(ctx, home, "browser", answer(o.T, k.Get, options, change...), "/next")
}

func TestAPasskeyThatChecksItsUserIsTheWholeSignInIfAParameterSaysSo(t *testing.T) {
	o, k := keyed(t), key()
	ada, _ := o.keyholder("Ada", k, desk.RoleModerator)
	_, err := o.SignInPasskeyOptions("browser")
	require.ErrorIs(t, err, desk.ErrNoPasskeys, "off by default")
	o.Rules(map[string]string{"passkeys.alone": "on"})
	options, err := o.SignInPasskeyOptions("browser")
	require.NoError(t, err)
	text := answer(t, k.Get, options)
	o.Rules(map[string]string{})
	_, err = o.SignInWithPasskey(ctx, home, "browser", text, "/")
	require.ErrorIs(t, err, desk.ErrNoPasskeys, "and off again")

	o.Rules(map[string]string{"passkeys.alone": "on"})
	require.NotContains(t, options, ada.ID, "the options tell nothing of anyone")
	passed, err := o.withPasskey(k)
	require.NoError(t, err)
	require.True(t, passed.SignedIn)
	require.Equal(t, "/next", passed.Next)
	id := o.Identity(passed.Token)
	require.Equal(t, "Ada", id.Operator.Name)
	require.Equal(t, string(desk.MethodPasskey), id.Session.Method)
	require.False(t, id.MustEnrol)
	require.True(t, id.Proved())
	require.Equal(t, "signin.succeeded", o.Last().Code)
	require.Equal(t, "passkey", o.Last().Detail["factor"])
}

func TestAPasskeyAloneIsRefusedWithoutAReason(t *testing.T) {
	directory := testoffice.NewDirectory("member")
	var decide func(context.Context, desk.Question) error
	o := alone(t, func(c *desk.Config) {
		c.Members = directory
		c.Decide = func(ctx context.Context, q desk.Question) error {
			if decide == nil {
				return nil
			}
			return decide(ctx, q)
		}
	})
	k, stranger := key(), key()
	ada, _ := o.keyholder("Ada", k, desk.RoleModerator)
	eve := key()
	o.keyholder("Eve", eve, desk.RoleModerator)
	gone := key()
	gone.Keys = []*authenticator.Key{k.Keys[0]}
	_, err := stranger.Create(mustOptions(o.BeginPasskey(ctx, o.Identity(o.comeBack("Ada", k)))))
	require.NoError(t, err, "a passkey that was never added")
	for name, c := range map[string]struct {
		with   *authenticator.Authenticator
		change func(*authenticator.Answer)
		before func()
		why    string
		about  string
	}{
		"an unknown operator":        {k, func(a *authenticator.Answer) { a.Handle = []byte("id-of-nobody") }, nil, "not a passkey of this operator", ""},
		"no operator":                {k, func(a *authenticator.Answer) { a.Handle = nil }, nil, "not a passkey of this operator", ""},
		"a handle of bytes":          {k, func(a *authenticator.Answer) { a.Handle = []byte{0xff, 0} }, nil, "not a passkey of this operator", ""},
		"an unknown passkey":         {stranger, nil, nil, "not a passkey of this operator", ada.ID},
		"another operator's passkey": {k, func(a *authenticator.Answer) { a.ID, a.Key = eve.Keys[0].ID, eve.Keys[0] }, nil, "not a passkey of this operator", ada.ID},
		"a wrong signature":          {k, func(a *authenticator.Answer) { a.Key = eve.Keys[0] }, nil, "wrong signature", ada.ID},
		"a user who was not checked": {k, func(a *authenticator.Answer) { a.Verified = false }, nil, "user not verified", ada.ID},
		"another origin":             {k, func(a *authenticator.Answer) { a.Origin = "https://evil.example" }, nil, `wrong origin: "https://evil.example"`, ada.ID},
		"a counter that went back":   {k, func(a *authenticator.Answer) { a.Counter = 1 }, nil, "its counter did not go up", ada.ID},
		"a disabled account":         {k, nil, func() { o.Change(ada.ID, disable) }, "account is disabled", ada.ID},
		"an account without a role":  {k, nil, func() { o.Change(ada.ID, func(op *store.Operator) { op.PrimaryRole = "" }) }, "no role", ada.ID},
		"a member who left":          {k, nil, func() { o.Change(ada.ID, func(op *store.Operator) { op.MemberID = "gone" }) }, "no longer a member", ada.ID},
	} {
		t.Run(name, func(t *testing.T) {
			o.Clock.Add(20 * time.Minute)
			k.Keys[0].Counter += 5
			before := len(o.SessionsOf(ada.ID))
			if c.before != nil {
				c.before()
				defer o.Change(ada.ID, func(op *store.Operator) {
					op.State, op.PrimaryRole, op.MemberID = store.OperatorActive, desk.RoleModerator, ""
				})
			}
			if c.change == nil {
				c.change = func(*authenticator.Answer) {}
			}
			_, err := o.withPasskey(c.with, c.change)
			require.Equal(t, desk.ErrCredentials, err)
			require.Equal(t, c.why, o.Last().Reason)
			require.Equal(t, c.about, o.Last().TargetID)
			require.Len(t, o.SessionsOf(ada.ID), before)
		})
	}
	t.Run("sign-ins are paused", func(t *testing.T) {
		o.Rules(map[string]string{"passkeys.alone": "on", "signin.paused": "on"})
		_, err := o.withPasskey(k)
		require.ErrorIs(t, err, desk.ErrPaused)
		o.Rules(map[string]string{"passkeys.alone": "on"})
	})
	t.Run("the host refuses", func(t *testing.T) {
		decide = func(_ context.Context, q desk.Question) error {
			require.True(t, q.SignIn)
			require.True(t, q.Identity.TwoFactor)
			return &desk.RefusedError{Text: "no"}
		}
		defer func() { decide = nil }()
		_, err := o.withPasskey(k)
		require.ErrorAs(t, err, new(*desk.RefusedError))
	})
	t.Run("the directory does not answer", func(t *testing.T) {
		o.Change(ada.ID, func(op *store.Operator) { op.MemberID = "member" })
		directory.Break(true)
		_, err := o.withPasskey(k)
		require.Error(t, err)
		require.NotErrorIs(t, err, desk.ErrCredentials)
		directory.Break(false)
		o.Change(ada.ID, func(op *store.Operator) { op.MemberID = "" })
	})
	t.Run("another browser", func(t *testing.T) {
		options, err := o.SignInPasskeyOptions("browser")
		require.NoError(t, err)
		text := answer(t, k.Get, options)
		_, err = o.SignInWithPasskey(ctx, home, "another", text, "/")
		require.ErrorIs(t, err, desk.ErrStale)
		_, err = o.SignInWithPasskey(ctx, home, "", text, "/")
		require.ErrorIs(t, err, desk.ErrNoPasskeys)
		_, err = o.SignInWithPasskey(ctx, home, "browser", text, "/")
		require.NoError(t, err)
		_, err = o.Another().SignInWithPasskey(ctx, home, "browser", text, "/")
		require.ErrorIs(t, err, desk.ErrCredentials, "once")
		require.Equal(t, "passkey.replayed", o.Last().Code)
	})
	_, err = o.withPasskey(k)
	require.NoError(t, err)
}

func mustOptions(options string, err error) string {
	if err != nil {
		panic(err)
	}
	return options
}

func TestOfEightAnswersAloneOneSignsIn(t *testing.T) {
	o, k := alone(t), key()
	ada, _ := o.keyholder("Ada", k, desk.RoleModerator)
	for _, still := range []bool{false, true} {
		if still {
			k = key()
			ada, _ = o.keyholder("Ben", k, desk.RoleModerator)
			k.Keys[0].Still = true
		}
		options, err := o.SignInPasskeyOptions("browser")
		require.NoError(t, err)
		text, replicas := answer(t, k.Get, options), []*desk.Desk{o.Desk, o.Another()}
		errs := testoffice.Race(8, func(i int) error {
			_, err := replicas[i%2].SignInWithPasskey(ctx, home, "browser", text, "/")
			return err
		})
		require.Equal(t, 1, winners(errs))
		for _, err := range errs {
			if err != nil {
				require.True(t, errors.Is(err, desk.ErrStale) || errors.Is(err, desk.ErrCredentials) || errors.Is(err, desk.ErrSignInEnded), "%v", err)
			}
		}
		require.Len(t, o.SessionsOf(ada.ID), 2, "one of adding it, one of these")
	}
}

func TestPasskeysAloneAreLimitedPerNetwork(t *testing.T) {
	o, k := alone(t), key()
	o.keyholder("Ada", k, desk.RoleModerator)
	wrong := func(a *authenticator.Answer) { a.Verified = false }
	for range 30 {
		_, err := o.withPasskey(k, wrong)
		require.Equal(t, desk.ErrCredentials, err)
	}
	_, err := o.withPasskey(k)
	require.ErrorAs(t, err, new(*desk.LimitedError))
	require.Equal(t, "signin.limited", o.Last().Code)
	_, err = o.Login("Ada", nonsense)
	require.ErrorAs(t, err, new(*desk.LimitedError), "the same limit as for passwords")
	options, err := o.SignInPasskeyOptions("browser")
	require.NoError(t, err)
	_, err = o.SignInWithPasskey(ctx, from("198.51.100.9"), "browser", answer(t, k.Get, options), "/")
	require.NoError(t, err, "nobody can shut its owner out")
}

func TestAPasskeyConfirmsAnIdentity(t *testing.T) {
	o, k := keyed(t), key()
	_, token := o.keyholder("Ada", k, desk.RoleModerator)
	o.Clock.Add(10 * time.Minute)
	stepUp := func(token, plain string, change ...func(*authenticator.Answer)) (string, error) {
		id := o.Identity(token)
		options, err := o.StepUpPasskey(ctx, id)
		require.NoError(t, err)
		return o.StepUpWithPasskey(ctx, home, id, answer(t, k.Get, options, change...), plain)
	}
	require.False(t, o.Identity(token).Proved())
	fresh, err := stepUp(token, "")
	require.NoError(t, err)
	require.True(t, o.Identity(fresh).Proved())
	require.False(t, o.Alive(token))
	require.Equal(t, "step_up.succeeded", o.Last().Code)
	require.Equal(t, "passkey", o.Last().Detail["factor"])

	unchecked := func(a *authenticator.Answer) { a.Verified = false }
	_, err = stepUp(fresh, "", unchecked)
	requireProblem(t, err, "password", "required")
	_, err = stepUp(fresh, nonsense, unchecked)
	require.ErrorIs(t, err, desk.ErrCredentials)
	_, err = stepUp(fresh, good, func(a *authenticator.Answer) { a.RPID = "evil.example" })
	require.ErrorIs(t, err, desk.ErrPasskey)
	fresh, err = stepUp(fresh, good, unchecked)
	require.NoError(t, err, "the password as well")

	t.Run("in another session", func(t *testing.T) {
		options, err := o.StepUpPasskey(ctx, o.Identity(o.comeBack("Ada", k)))
		require.NoError(t, err)
		_, err = o.StepUpWithPasskey(ctx, home, o.Identity(fresh), answer(t, k.Get, options), "")
		require.ErrorIs(t, err, desk.ErrStale)
	})
	t.Run("of a disabled account", func(t *testing.T) {
		id := o.Identity(fresh)
		options, err := o.StepUpPasskey(ctx, id)
		require.NoError(t, err)
		o.Change("id-of-ada", disable)
		_, err = o.StepUpWithPasskey(ctx, home, id, answer(t, k.Get, options), "")
		require.ErrorIs(t, err, desk.ErrCredentials)
		require.Equal(t, "step_up.refused", o.Last().Code)
	})
	t.Run("without a passkey there is nothing to ask for", func(t *testing.T) {
		_, ben := o.Enrolled("Ben", desk.RoleModerator)
		options, err := o.StepUpPasskey(ctx, o.Identity(ben.Token))
		require.NoError(t, err)
		require.Empty(t, options)
	})
}

func FuzzAnswer(f *testing.F) {
	k := key()
	text, err := k.Create(`{"challenge":"Y2hhbGxlbmdl","rp":{"id":"community.example"},"user":{"id":"aWQ"}}`)
	require.NoError(f, err)
	f.Add(text)
	text, err = k.Get(`{"challenge":"Y2hhbGxlbmdl","rpId":"community.example"}`)
	require.NoError(f, err)
	f.Add(text)
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		id, _, _, err := desk.ReadAnswer(text)
		if err != nil {
			require.ErrorAs(t, err, new(*desk.InvalidError))
			return
		}
		require.NotEmpty(t, id)
	})
}

// counting counts how many answers are checked.
type counting struct {
	authenticator.Checker
	used int
}

func (c *counting) Used(r desk.PasskeyRequest, of desk.Passkey, answer []byte) (desk.PasskeyUse, error) {
	c.used++
	return c.Checker.Used(r, of, answer)
}

func TestAStrangersPasskeyCostsWhatAKnownOneDoes(t *testing.T) {
	checks := &counting{}
	o := alone(t, func(c *desk.Config) { c.Passkeys = checks })
	k, other := key(), key()
	o.keyholder("Ada", k, desk.RoleModerator)
	o.keyholder("Eve", other, desk.RoleModerator)
	var first []string
	for _, change := range []func(*authenticator.Answer){
		func(a *authenticator.Answer) { a.Key = other.Keys[0] },
		func(a *authenticator.Answer) { a.Handle = []byte("id-of-nobody") },
		func(a *authenticator.Answer) { a.Handle = nil },
		func(a *authenticator.Answer) { a.Handle = []byte{0, 0xff} },
		func(a *authenticator.Answer) { a.ID = []byte("unknown") },
	} {
		d, faults := o.Faulty()
		options, err := d.SignInPasskeyOptions("browser")
		require.NoError(t, err)
		checks.used = 0
		_, err = d.SignInWithPasskey(ctx, home, "browser", answer(t, k.Get, options, change), "/")
		require.Equal(t, desk.ErrCredentials, err)
		require.Equal(t, 1, checks.used, "one signature")
		if first == nil {
			first = faults.Calls()
		}
		require.Equal(t, first, faults.Calls())
	}
}
