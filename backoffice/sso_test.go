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
	mel := &person{browser: o.browser(), password: memberPassword}
	shown := mel.follow(mel.login("mel@example.org", memberPassword))
	require.Equal(t, "/login/enrol", shown.path, shown.text())
	mel.enrol(shown)
	account := mel.get("/account")
	require.Contains(t, account.text(), "You sign in with your community password")
	require.NotContains(t, account.body, o.base+"/account/password")
	require.Equal(t, http.StatusNotFound, mel.get("/account/password").status)
	require.Equal(t, http.StatusNotFound, mel.post("/account/password", account.form("/logout")).status)

	answer := mel.submit(mel.get("/step-up"), "/step-up", "password", memberPassword, "code", o.code(mel.secret))
	require.Equal(t, "/", answer.location, answer.text())

	t.Run("and gets no reset link here, but a word where to go", func(t *testing.T) {
		b := o.browser()
		require.Equal(t, http.StatusOK, b.submit(b.get("/forgot"), "/forgot", "email", "mel@example.org").status)
		mails := strings.Join(o.letters(), "")
		require.Contains(t, mails, "password of your community account")
		require.NotContains(t, mails, "/reset#")
	})
	t.Run("a plain member gets nothing, with the right password", func(t *testing.T) {
		require.Equal(t, http.StatusUnprocessableEntity, o.browser().login("mia@example.org", memberPassword).status)
	})
}

func TestUnderSSOAnOperatorHasAPasswordOfTheOffice(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.Members = members{}
		c.SSO = &backoffice.SSO{URL: "https://login.acme.example", Name: "Acme <Login>"}
	})
	require.NoError(t, o.CommandLine().Grant(ctx, "m-mel", backoffice.Moderator))
	b := o.browser()
	login := b.get("/login")
	require.Contains(t, login.text(), "The community signs in through Acme <Login>")
	require.Contains(t, login.text(), "Here you use a back-office password")
	require.Equal(t, http.StatusUnprocessableEntity, b.login("mel@example.org", memberPassword).status, "the community's password is not asked")

	token := o.linkIn("welcome")
	require.Contains(t, b.get("/welcome").text(), "works only here")
	require.Equal(t, "/login?done=welcome", b.use("/welcome", token, better).location)
	mel := &person{browser: b, password: better}
	mel.enrol(b.follow(b.login("mel@example.org", better)))
	require.Contains(t, b.get("/account/password").text(), "works only here")

	b = o.browser()
	require.Contains(t, b.get("/reset").text(), "works only here")
	b.submit(b.get("/forgot"), "/forgot", "email", "mel@example.org")
	answer := b.use("/reset", o.linkIn("reset"), good, "code", o.code(mel.secret))
	require.Equal(t, "/login?done=reset", answer.location, answer.text())
}
