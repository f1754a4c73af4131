package passkey_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/passkey"
	"github.com/postern-go/postern/store/memstore"
)

func TestAnOriginWithoutANameHasNoPasskeys(t *testing.T) {
	for origin, ok := range map[string]bool{
		"https://community.example": true, "https://example.org/forum": true, "http://localhost:8080": true, "http://127.0.0.1:8080": false, "https://[2001:db8::1]": false,
	} {
		_, err := backoffice.New(context.Background(), backoffice.Config{
			Secret: testoffice.Secret(), Store: memstore.New(), Mail: &mail.Outbox{Dir: t.TempDir()},
			Origin: origin, InsecurePlainHTTP: origin[:5] == "http:", Passkeys: passkey.New(),
		})
		if ok {
			require.NoError(t, err, origin)
		} else {
			require.ErrorContains(t, err, "Config.Passkeys: passkeys are bound to a host name", origin)
		}
	}
}

// desked is the checker of this package as the desk sees it.
type desked struct{ backoffice.Passkeys }

// inside is a request in the type of this package.
func inside(r desk.PasskeyRequest) backoffice.PasskeyRequest {
	var known []backoffice.Passkey
	for _, p := range r.Known {
		known = append(known, backoffice.Passkey(p))
	}
	return backoffice.PasskeyRequest{RPID: r.RPID, Origin: r.Origin, RPName: r.RPName, Challenge: r.Challenge, UserID: r.UserID,
		UserName: r.UserName, UserDisplayName: r.UserDisplayName, Known: known, VerifyUser: r.VerifyUser, Discoverable: r.Discoverable}
}

func (d desked) CreationOptions(r desk.PasskeyRequest) ([]byte, error) {
	return d.Passkeys.CreationOptions(inside(r))
}

func (d desked) RequestOptions(r desk.PasskeyRequest) ([]byte, error) {
	return d.Passkeys.RequestOptions(inside(r))
}

func (d desked) Created(r desk.PasskeyRequest, answer []byte) (desk.Passkey, error) {
	made, err := d.Passkeys.Created(inside(r), answer)
	return desk.Passkey(made), err
}

func (d desked) Used(r desk.PasskeyRequest, of desk.Passkey, answer []byte) (desk.PasskeyUse, error) {
	use, err := d.Passkeys.Used(inside(r), backoffice.Passkey(of), answer)
	return desk.PasskeyUse(use), err
}

// TestAnOfficeWithPasskeys walks through every ceremony of an office with the real checker;
// internal/desk tests what goes wrong in each.
func TestAnOfficeWithPasskeys(t *testing.T) {
	ctx := context.Background()
	o := testoffice.New(t, func(c *desk.Config) { c.Passkeys = desked{passkey.New()} })
	o.Rules(map[string]string{"passkeys.alone": "on"})
	o.Person("Ada", desk.RoleModerator)
	session := ""
	for _, algorithm := range []int{authenticator.ES256, authenticator.EdDSA, authenticator.RS256} {
		k := authenticator.New(testoffice.Origin)
		k.Algorithm = algorithm
		respond := func(answer func(string, ...func(*authenticator.Answer)) (string, error)) func(string, error) string {
			return func(options string, err error) string {
				require.NoError(t, err)
				text, err := answer(options)
				require.NoError(t, err)
				return text
			}
		}
		create, get := respond(k.Create), respond(k.Get)
		if session == "" {
			pre := o.Begun("Ada")
			_, _, err := o.ConfirmSignInPasskey(ctx, testoffice.Home, pre, create(o.SignInPasskeyNew(ctx, pre)), "first")
			require.NoError(t, err)
		} else {
			id := o.Identity(session)
			_, _, err := o.AddPasskey(ctx, testoffice.Home, id, create(o.BeginPasskey(ctx, id)), "another")
			require.NoError(t, err)
		}
		pre := o.Begun("Ada")
		passed, err := o.SubmitPasskey(ctx, testoffice.Home, pre, get(o.PasskeyOptions(ctx, pre)))
		require.NoError(t, err)
		id := o.Identity(passed.Token)
		_, err = o.StepUpWithPasskey(ctx, testoffice.Home, id, get(o.StepUpPasskey(ctx, id)), "")
		require.NoError(t, err)
		alone, err := o.SignInWithPasskey(ctx, testoffice.Home, "browser", get(o.SignInPasskeyOptions("browser")), "/")
		require.NoError(t, err)
		session = alone.Token
	}
}
