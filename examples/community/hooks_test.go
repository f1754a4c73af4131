package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheOfficeIsOpenFromOneNetworkOnly(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir, "-from", "127.0.0.0/8")
	root := r.setUp()
	require.Equal(t, http.StatusOK, root.get(root.home+"/dashboard").status)
	r.stop()

	// The session is as good as it was, at the same address, and the network is another one.
	r = start(t, dir, "-addr", mustParse(t, root.home).Host, "-from", "192.0.2.0/24")
	root.home = strings.TrimSuffix(r.lines["back office"], "/")
	p := root.get(root.home + "/dashboard")
	require.Equal(t, http.StatusForbidden, p.status)
	require.Contains(t, p.body, "own network only")
	require.Equal(t, http.StatusOK, r.browser().get("/").status, "the community is open to all")
}

func TestTheChatHearsWhoWasLetIn(t *testing.T) {
	r := start(t, t.TempDir())
	root := r.setUp()
	p := root.post(root.home+"/operators/new", root.get(root.home+"/operators/new"), "email", "mod@example.com", "name", "Mod", "role", "moderator")
	require.Contains(t, p.body, "The invitation is on its way.")
	require.Eventually(t, func() bool { return strings.Contains(r.log.String(), "chat: Mod is invited to the back office") },
		30*time.Second, 20*time.Millisecond)
	require.NotContains(t, r.log.String(), "chat: Root", "signing in is nobody's news")
}
