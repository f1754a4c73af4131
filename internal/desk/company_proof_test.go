package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
)

func TestWhoIsStillSignedInAtTheProviderHasProvedNothingNow(t *testing.T) {
	for name, c := range map[string]struct {
		at     time.Duration
		unsaid bool
		proved bool
	}{
		"a moment ago":                 {at: -time.Minute, proved: true},
		"by a clock that is ahead":     {at: time.Minute, proved: true},
		"this morning":                 {at: -time.Hour},
		"the provider does not say it": {unsaid: true},
	} {
		for _, methods := range [][]string{nil, {"mfa"}, {"hwk"}} {
			t.Run(name, func(t *testing.T) {
				o := withCompany(t)
				o.linked("Ada", desk.RoleModerator)
				o.idp.account.Methods, o.idp.unsaid = methods, c.unsaid
				if !c.unsaid {
					o.idp.account.AuthenticatedAt = o.Clock.Now().Add(c.at)
				}
				done, err := o.enter()
				require.NoError(t, err)
				id := o.Identity(done.Token)
				require.Equal(t, c.proved, id.Proved())
				if !c.proved {
					require.ErrorIs(t, o.UnlinkCompany(ctx, home, id), desk.ErrStepUp)
				}
				o.idp.account.AuthenticatedAt, o.idp.unsaid = time.Time{}, false
				done, err = o.walk(id, desk.CompanyStart{Purpose: desk.CompanyStepUp})
				require.NoError(t, err)
				require.True(t, o.Identity(done.Token).Proved())
			})
		}
	}
}

func TestAFactorAddedAfterTheCompanySignInProvesNothing(t *testing.T) {
	o, k := withCompany(t, func(c *desk.Config) { c.Passkeys = authenticator.Checker{} }), key()
	o.Rules(nil)
	o.linked("Ada", desk.RoleModerator)
	done, err := o.enter()
	require.NoError(t, err)
	require.False(t, done.SignedIn)
	options, err := o.SignInPasskeyNew(ctx, done.Token)
	require.NoError(t, err)
	passed, _, err := o.ConfirmSignInPasskey(ctx, home, done.Token, answer(t, k.Create, options), "")
	require.NoError(t, err)
	require.False(t, o.Identity(passed.Token).Proved(), "who is still signed in there adds what they like")

	done, err = o.enter()
	require.NoError(t, err)
	options, err = o.PasskeyOptions(ctx, done.Token)
	require.NoError(t, err)
	passed, err = o.SubmitPasskey(ctx, home, done.Token, answer(t, k.Get, options))
	require.NoError(t, err)
	require.True(t, o.Identity(passed.Token).Proved(), "one that they had")
	_, token := o.keyholder("Ben", key(), desk.RoleModerator)
	require.True(t, o.Identity(token).Proved(), "after a password")
}
