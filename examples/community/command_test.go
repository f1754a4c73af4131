package main

import (
	"net/http"
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
	require.Contains(t, ok("unlock", "ada@example.com"), "are cleared")
	require.Contains(t, ok("reset-two-factor", "ada@example.com"), "is reset")

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
