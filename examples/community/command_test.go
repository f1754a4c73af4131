package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCommandsWorkBesideTheRunningOffice(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	before := r.lines["back office"]
	ok := func(args ...string) string {
		t.Helper()
		status, stdout, stderr := r.command(args...)
		require.Zero(t, status, stderr)
		return stdout
	}
	require.Equal(t, before+"\n", ok("alias"))
	require.Contains(t, ok("operators"), "There are no operators yet")

	status, stdout, stderr := r.command("invite", "ben@example.com")
	require.Equal(t, 1, status)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "the office is not set up yet")

	invited := ok("invite", "ada@example.com", "-name", "Ada", "-role", "super-administrator")
	link := before + "welcome#"
	require.Contains(t, invited, link)
	require.Contains(t, r.mails(1)[0], link, "the mail is in the outbox")
	require.Contains(t, ok("operators"), "ada@example.com")
	require.Contains(t, ok("unlock", "ada@example.com"), "Cleared the failed attempts")
	require.Contains(t, ok("reset-two-factor", "ada@example.com"), "Reset two-factor")

	after := strings.TrimSpace(ok("alias", "rotate"))
	require.NotEqual(t, before, after)
	b := r.browser()
	require.Equal(t, b.get("/nothing").body, b.get(before).body, "the running office is gone from the old address at once")
	require.Eventually(t, func() bool { return b.get(after).status == http.StatusOK }, 10*time.Second, 50*time.Millisecond,
		"and answers at the new one within two seconds")
	require.Regexp(t, `alias\.changed +success +Command line`, ok("audit", "-n", "3"))

	status, stdout, _ = r.command("help")
	require.Zero(t, status)
	require.Contains(t, stdout, "alias rotate")
}

func TestAnAccountThatWasTakenOverIsDealtWithFromTheCommandLine(t *testing.T) {
	r := start(t, t.TempDir())
	r.setUp()
	ben := r.invite("ben@example.com", "Ben", "moderator")
	ok := func(args ...string) string {
		t.Helper()
		status, stdout, stderr := r.command(args...)
		require.Zero(t, status, stderr)
		return stdout
	}
	// Exit codes and words where something cannot be done.
	for _, refused := range []struct {
		status int
		says   string
		args   []string
	}{
		{1, `there is no operator called "be"; did you mean Ben (ben@example.com)?`, []string{"disable", "be"}},
		{1, "last active super-administrator", []string{"disable", "Root"}},
		{1, "add -yes to confirm", []string{"delete", "Ben"}},
		{1, "no new alias is waiting", []string{"alias", "confirm"}},
		{2, "EMAIL is missing", []string{"disable"}},
	} {
		status, stdout, stderr := r.command(refused.args...)
		require.Equal(t, refused.status, status, stderr)
		require.Empty(t, stdout)
		require.Contains(t, stderr, refused.says)
	}

	require.Equal(t, http.StatusOK, ben.get(ben.home+"/dashboard").status)
	require.Equal(t, http.StatusForbidden, ben.get(ben.home+"/operators").status)
	require.Contains(t, ok("set-roles", "Ben", "administrator"), "Moderator → Administrator")
	require.Equal(t, http.StatusOK, ben.get(ben.home+"/operators").status, "it takes effect on the next request")

	require.Contains(t, ok("disable", "Ben", "-reason", "taken over"), "Disabled Ben")
	require.Contains(t, ben.get(ben.home+"/dashboard").at, "/login", "out at once")
	require.Contains(t, ok("audit", "-actor", "Ben", "-json"), `"signin.succeeded"`)
	require.Contains(t, ok("audit", "export", "-format", "csv", "-target", "Ben"), "operator.disabled")
	require.Contains(t, ok("enable", "Ben"), "Enabled Ben")

	link := regexp.MustCompile(`http\S+`).FindString(ok("reset-password", "Ben", "-link"))
	require.Contains(t, link, "/reset#")
	require.Contains(t, ok("reset-two-factor", "Ben", "-reason", "taken over"), "Reset two-factor")
	page, token, _ := strings.Cut(link, "#")
	b := r.browser()
	p := b.post(page, b.get(page), "token", token, "password", firstPassword, "password_again", firstPassword)
	require.Equal(t, http.StatusOK, p.status, p.body)
	r.enter("Ben", firstPassword)

	require.Contains(t, ok("signin", "pause", "Back at nine."), "Back at nine.")
	b = r.browser()
	p = b.post(ben.home+"/login", b.get(ben.home+"/login"), "login", "Ben", "password", firstPassword)
	require.Contains(t, p.body, "Back at nine.")
	ok("signin", "resume")

	ok("parameters", "set", "session.idle", "20m")
	require.Contains(t, ok("parameters", "-changed"), "session.idle")
	require.Contains(t, ok("mail", "test", "you@example.net"), "accepted the email")
	require.Contains(t, ok("mail", "-json"), "you@example.net")
	require.Regexp(t, `(?m)^Sessions: +1$`, ok("operators", "show", "Ben"))
	require.Contains(t, ok("delete", "Ben", "-yes"), "Deleted Ben")
	require.Contains(t, ok("audit", "verify"), "The chain is intact")
	require.NotContains(t, r.log.String(), token)
}
