package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWithACompanySignInMembersHaveNoPassword(t *testing.T) {
	dir := t.TempDir()
	before := start(t, dir)
	ines := before.browser()
	ines.signUp("Somebody else", "ines.moreau@riverside.example", firstPassword)
	ines.post("/forgot", page{}, "email", "ines.moreau@riverside.example")
	token := resetLink.FindStringSubmatch(before.mails(1)[0])[1]
	before.stop()

	r := start(t, dir, "-sso")
	b := r.browser()
	p := b.get("/sign-in")
	require.Contains(t, p.body, `href="/company-sign-in"`)
	require.NotContains(t, p.body, "Forgot")
	require.NotContains(t, p.body, "password\"")
	require.NotContains(t, b.get("/").body, "/sign-up")

	missing := r.raw("GET", "/nothing")
	for _, path := range []string{"/forgot", "/reset", "/sign-up"} {
		require.Equal(t, missing, r.raw("GET", path), path)
		require.Equal(t, missing, r.raw("POST", path), path)
	}
	require.Equal(t, missing, r.raw("POST", "/sign-in"))
	require.Equal(t, missing, r.raw("POST", "/profile/password"))
	p = b.post("/reset", page{}, "token", token, "password", secondPassword, "password_again", secondPassword)
	require.Equal(t, http.StatusNotFound, p.status, "a link from before is off as well")

	p = b.get("/company-sign-in")
	require.Contains(t, p.body, "Demonstration")
	require.Contains(t, p.body, "Ines Moreau")
	require.Equal(t, http.StatusUnprocessableEntity, b.post("/company-sign-in", page{}, "person", "1").status)
	p = b.post("/company-sign-in", page{}, "person", "1002")
	require.Equal(t, "/", p.at)
	require.Contains(t, p.body, "<bdi>Jonah Whitfield</bdi>")
	p = b.get("/profile")
	require.Contains(t, p.body, "there is no password here")
	require.NotContains(t, p.body, "current_password")

	owner := r.browser()
	require.Contains(t, owner.post("/company-sign-in", page{}, "person", "1001").body, "<bdi>Somebody else</bdi>", "the address was there")
	require.Contains(t, owner.get("/profile").body, "ines.moreau@riverside.example")
	r.stop()

	// The password that somebody had made for that address is gone with it.
	after := start(t, dir)
	require.Equal(t, http.StatusNotFound, after.browser().get("/company-sign-in").status)
	require.Equal(t, http.StatusUnprocessableEntity, after.browser().signIn("ines.moreau@riverside.example", firstPassword).status)
}
