package desk_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
)

func init() { flows = append(flows, passkeyFlows...) }

// passkeyFlows are those in which somebody answers with a passkey.
var passkeyFlows = []flow{
	{"reset with a passkey", false, func(t *testing.T, o *office) action {
		k := key()
		op, _ := o.keyholder("Ada", k, desk.RoleSuperAdministrator)
		token := o.ResetLink(op.Email)
		text := answer(t, k.Get, mustOptions(o.ResetPasskey(ctx, token)))
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			_, err := d.Reset(ctx, home, desk.LinkForm{Token: token, Password: better, Again: better, Passkey: text})
			return "", err
		}
	}},
	{"attach a passkey while signing in", false, func(t *testing.T, o *office) action {
		o.Person("Ada", desk.RoleSuperAdministrator)
		pre := o.Begun("Ada")
		text := answer(t, key().Create, mustOptions(o.SignInPasskeyNew(ctx, pre)))
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			passed, codes, err := d.ConfirmSignInPasskey(ctx, home, pre, text, "")
			return passed.Token + strings.Join(codes, ""), err
		}
	}},
	{"post a passkey", false, func(t *testing.T, o *office) action {
		k := key()
		o.keyholder("Ada", k, desk.RoleSuperAdministrator)
		pre, options := o.asked("Ada")
		text := answer(t, k.Get, options)
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			passed, err := d.SubmitPasskey(ctx, home, pre, text)
			return passed.Token, err
		}
	}},
	{"post a passkey of another origin", true, func(t *testing.T, o *office) action {
		k := key()
		o.keyholder("Ada", k, desk.RoleSuperAdministrator)
		pre, options := o.asked("Ada")
		text := answer(t, k.Get, options, func(a *authenticator.Answer) { a.Origin = "https://evil.example" })
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			passed, err := d.SubmitPasskey(ctx, home, pre, text)
			return passed.Token, err
		}
	}},
	{"post a passkey that may be a copy", true, func(t *testing.T, o *office) action {
		k := key()
		o.keyholder("Ada", k, desk.RoleSuperAdministrator)
		o.comeBack("Ada", k)
		pre, options := o.asked("Ada")
		text := answer(t, k.Get, options, func(a *authenticator.Answer) { a.Counter = 1 })
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			passed, err := d.SubmitPasskey(ctx, home, pre, text)
			return passed.Token, err
		}
	}},
	{"sign in with a passkey alone", false, func(t *testing.T, o *office) action {
		k := key()
		o.keyholder("Ada", k, desk.RoleSuperAdministrator)
		o.Rules(map[string]string{"passkeys.alone": "on"})
		text := answer(t, k.Get, mustOptions(o.SignInPasskeyOptions("browser")))
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			passed, err := d.SignInWithPasskey(ctx, home, "browser", text, "/")
			return passed.Token, err
		}
	}},
	{"sign in with a passkey that nobody has", true, func(t *testing.T, o *office) action {
		k := key()
		o.keyholder("Ada", k, desk.RoleSuperAdministrator)
		o.Rules(map[string]string{"passkeys.alone": "on"})
		text := answer(t, k.Get, mustOptions(o.SignInPasskeyOptions("browser")), func(a *authenticator.Answer) { a.Handle = []byte("id-of-zoe") })
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			passed, err := d.SignInWithPasskey(ctx, home, "browser", text, "/")
			return passed.Token, err
		}
	}},
	{"step up with a passkey", false, withKey(func(ctx context.Context, d *desk.Desk, _ *office, id *desk.Identity, text string) (string, error) {
		return d.StepUpWithPasskey(ctx, home, id, text, "")
	}, (*desk.Desk).StepUpPasskey, false)},
	{"step up with a passkey and a wrong password", true, withKey(func(ctx context.Context, d *desk.Desk, _ *office, id *desk.Identity, text string) (string, error) {
		return d.StepUpWithPasskey(ctx, home, id, text, nonsense)
	}, (*desk.Desk).StepUpPasskey, false)},
	{"attach a second passkey", false, withKey(func(ctx context.Context, d *desk.Desk, _ *office, id *desk.Identity, text string) (string, error) {
		token, codes, err := d.AddPasskey(ctx, home, id, text, "Phone")
		return token + strings.Join(codes, ""), err
	}, (*desk.Desk).BeginPasskey, true)},
	{"remove a passkey", false, func(t *testing.T, o *office) action {
		op, token := o.keyholder("Ada", key(), desk.RoleSuperAdministrator)
		o.Rules(map[string]string{"two_factor.who": "recommended"})
		o.Identity(token)
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			id, err := d.Authenticate(ctx, home, token)
			if err != nil {
				return "", err
			}
			return d.RemoveAuthenticator(ctx, home, id, o.factors(op.ID)[0].ID)
		}
	}},
}

// withKey wraps an action of somebody who is signed in with a passkey and answers with it, or
// with a new one.
func withKey(f func(context.Context, *desk.Desk, *office, *desk.Identity, string) (string, error), ask func(*desk.Desk, context.Context, *desk.Identity) (string, error), fresh bool) func(*testing.T, *office) action {
	return func(t *testing.T, o *office) action {
		k := key()
		_, token := o.keyholder("Ada", k, desk.RoleSuperAdministrator)
		options, err := ask(o.Desk, ctx, o.Identity(token))
		require.NoError(t, err)
		respond := k.Get
		if fresh {
			respond = key().Create
		}
		text := answer(t, respond, options)
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			id, err := d.Authenticate(ctx, home, token)
			if err != nil {
				return "", err
			}
			return f(ctx, d, o, id, text)
		}
	}
}
