package backoffice_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestAMemberSignsInWithTheCommunitysPassword(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) { c.Members = members{} })
	require.NoError(t, o.CommandLine().Grant(ctx, "m-mel", backoffice.Moderator))
	mel := &person{Browser: o.Browser(), Password: memberPassword}
	shown := mel.Follow(mel.Login("mel@example.org", memberPassword))
	require.Equal(t, "/login/enrol", shown.Path, shown.Text())
	mel.Enrol(shown)
	account := mel.Get("/account")
	require.Contains(t, account.Text(), "You sign in with your community password")
	require.NotContains(t, account.Body, o.Base+"/account/password")
	require.Equal(t, http.StatusNotFound, mel.Get("/account/password").Status)
	require.Equal(t, http.StatusNotFound, mel.Post("/account/password", account.Form("/logout")).Status)

	answer := mel.Submit(mel.Get("/step-up"), "/step-up", "password", memberPassword, "code", o.Code(mel.Secret))
	require.Equal(t, "/", answer.Location, answer.Text())

	t.Run("and gets no reset link here, but a word where to go", func(t *testing.T) {
		b := o.Browser()
		require.Equal(t, http.StatusOK, b.Submit(b.Get("/forgot"), "/forgot", "email", "mel@example.org").Status)
		mails := strings.Join(o.Letters(), "")
		require.Contains(t, mails, "password of your community account")
		require.NotContains(t, mails, "/reset#")
	})
	t.Run("a plain member gets nothing, with the right password", func(t *testing.T) {
		require.Equal(t, http.StatusUnprocessableEntity, o.Browser().Login("mia@example.org", memberPassword).Status)
	})
}

func TestUnderSSOAnOperatorHasAPasswordOfTheOffice(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.Members = members{}
		c.SSO = &backoffice.SSO{URL: "https://login.acme.example", Name: "Acme <Login>"}
	})
	require.NoError(t, o.CommandLine().Grant(ctx, "m-mel", backoffice.Moderator))
	b := o.Browser()
	login := b.Get("/login")
	require.Contains(t, login.Text(), "The community signs in through Acme <Login>")
	require.Contains(t, login.Text(), "Here you use a back-office password")
	require.Equal(t, http.StatusUnprocessableEntity, b.Login("mel@example.org", memberPassword).Status, "the community's password is not asked")

	token := o.LinkIn("welcome")
	require.Contains(t, b.Get("/welcome").Text(), "works only here")
	require.Equal(t, "/login?done=welcome", b.Use("/welcome", token, better).Location)
	mel := &person{Browser: b, Password: better}
	mel.Enrol(b.Follow(b.Login("mel@example.org", better)))
	require.Contains(t, b.Get("/account/password").Text(), "works only here")

	b = o.Browser()
	require.Contains(t, b.Get("/reset").Text(), "works only here")
	b.Submit(b.Get("/forgot"), "/forgot", "email", "mel@example.org")
	answer := b.Use("/reset", o.LinkIn("reset"), good, "code", o.Code(mel.Secret))
	require.Equal(t, "/login?done=reset", answer.Location, answer.Text())
}
