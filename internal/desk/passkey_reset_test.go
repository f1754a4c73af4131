package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
)

func TestAPasskeyReplacesTheCodeOfAReset(t *testing.T) {
	o, k := keyed(t), key()
	ada, session := o.keyholder("Ada", k, desk.RoleModerator)
	o.Person("Ben", desk.RoleModerator)
	link := o.ResetLink(ada.Email)
	_, err := o.ResetPasskey(ctx, "no link")
	require.ErrorIs(t, err, desk.ErrLink)
	options, err := o.ResetPasskey(ctx, o.ResetLink("ben@example.org"))
	require.NoError(t, err)
	require.Empty(t, options)

	post := func(link, text string) error {
		return o.Reset(ctx, home, desk.LinkForm{Token: link, Password: better, Again: better, Passkey: text})
	}
	ask := func() string {
		options, err := o.ResetPasskey(ctx, link)
		require.NoError(t, err)
		return options
	}
	require.ErrorIs(t, post(link, ""), desk.ErrCodeNeeded)
	require.ErrorIs(t, post(link, answer(t, k.Get, ask(), func(a *authenticator.Answer) { a.Origin = "https://evil.example" })), desk.ErrPasskey)
	_, sign := o.asked("Ada")
	require.ErrorIs(t, post(link, answer(t, k.Get, sign)), desk.ErrStale, "an answer for something else")
	late := answer(t, k.Get, ask())
	o.Clock.Add(desk.ChallengeLife)
	require.ErrorIs(t, post(link, late), desk.ErrStale)
	require.True(t, o.Alive(session))

	text := answer(t, k.Get, ask())
	require.NoError(t, post(link, text))
	require.False(t, o.Alive(session))
	require.ErrorIs(t, post(link, text), desk.ErrLink)
	o.Clock.Add(time.Hour)
	other := o.ResetLink(ada.Email)
	require.ErrorIs(t, post(other, text), desk.ErrStale, "the answer belongs to its link")
	passed, err := o.Login("Ada", better)
	require.NoError(t, err)
	require.False(t, passed.SignedIn, "a reset leaves the second factor as it is")
}
