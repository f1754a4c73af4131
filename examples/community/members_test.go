package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	firstPassword  = "plum-kettle-orbit-93-sail"
	secondPassword = "nine-otters-under-a-plank"
)

func (b *browser) signUp(name, email, password string) page {
	b.t.Helper()
	return b.post("/sign-up", page{}, "name", name, "email", email, "password", password, "password_again", password)
}

func (b *browser) signIn(login, password string) page {
	b.t.Helper()
	return b.post("/sign-in", page{}, "login", login, "password", password)
}

func TestAMemberSignsUpInAndOut(t *testing.T) {
	r := start(t, t.TempDir())
	ada := r.browser()
	require.Contains(t, ada.get("/").body, "Become a member")
	require.Equal(t, "/sign-in", ada.get("/profile").at, "the profile is for members")

	p := ada.signUp("Ada Lovelace", "Ada@Example.com", firstPassword)
	require.Equal(t, "/?done=welcome", p.at)
	require.Contains(t, p.body, "Welcome. You are a member now.")
	require.Contains(t, p.body, "<bdi>Ada Lovelace</bdi>")
	require.Contains(t, ada.get("/profile").body, "Ada@example.com")

	p = ada.post("/sign-out", page{})
	require.Contains(t, p.body, "You are signed out.")
	require.NotContains(t, p.body, "Ada Lovelace")

	for _, login := range []string{"ada lovelace", " ADA  Lovelace ", "ada@example.COM"} {
		p = r.browser().signIn(login, firstPassword)
		require.Equal(t, "/", p.at, login)
		require.Contains(t, p.body, "<bdi>Ada Lovelace</bdi>")
	}
	unknown, wrong := r.browser().signIn("nobody@example.com", firstPassword), r.browser().signIn("ada@example.com", "wrong")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.body, "Name or password are not right.")
	require.Equal(t, strings.ReplaceAll(unknown.body, "nobody@", "ada@"), wrong.body, "the answer does not say which")
}

func TestASignUpSaysWhatToEnterDifferently(t *testing.T) {
	r := start(t, t.TempDir())
	r.browser().signUp("Ada", "ada@example.com", firstPassword)
	tests := []struct {
		name   string
		fields []string
		says   string
	}{
		{"no name", []string{"name", " "}, "Enter a name."},
		{"an address for a name", []string{"name", "eve@example.com"}, "A name cannot contain “@”."},
		{"a name that is taken", []string{"name", "ADA"}, "Another member has this name."},
		{"a name that does not end", []string{"name", strings.Repeat("e", 65)}, "Use at most 64 characters."},
		{"a name that moves the cursor", []string{"name", "Eve\x1b[2J"}, "ordinary punctuation"},
		{"no address", []string{"email", "eve"}, "Enter an email address with an “@”, like name@example.com."},
		{"an address that is taken", []string{"email", "ADA@example.com"}, "This address has an account already."},
		{"a short password", []string{"password", "short", "password_again", "short"}, "15 characters"},
		{"two passwords", []string{"password_again", secondPassword}, "The two passwords differ."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := map[string]string{"name": "Eve", "email": "eve@example.com", "password": firstPassword, "password_again": firstPassword}
			for i := 0; i < len(tt.fields); i += 2 {
				form[tt.fields[i]] = tt.fields[i+1]
			}
			var fields []string
			for name, value := range form {
				fields = append(fields, name, value)
			}
			b := r.browser()
			p := b.post("/sign-up", page{}, fields...)
			require.Equal(t, http.StatusUnprocessableEntity, p.status)
			require.Contains(t, p.body, tt.says)
			require.Contains(t, p.body, "<title>Error: ")
			require.NotContains(t, p.body, firstPassword, "passwords are typed again")
			require.Equal(t, "/sign-in", b.get("/profile").at)
		})
	}
}

func TestAChangedPasswordEndsTheOtherSessions(t *testing.T) {
	r := start(t, t.TempDir())
	here, there := r.browser(), r.browser()
	here.signUp("Ada", "ada@example.com", firstPassword)
	there.signIn("Ada", firstPassword)
	require.Equal(t, "/profile", there.get("/profile").at)

	change := func(current string) page {
		return here.post("/profile/password", page{}, "current_password", current, "password", secondPassword, "password_again", secondPassword)
	}
	p := change("not this one")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.body, "This is not your current password.")
	require.Equal(t, "/profile", there.get("/profile").at)

	cookies := here.client.Jar.Cookies(mustParse(t, here.origin))
	p = change(firstPassword)
	require.Equal(t, "/profile?done=password", p.at)
	require.Contains(t, p.body, "Your password is changed.")
	require.NotEqual(t, cookies, here.client.Jar.Cookies(mustParse(t, here.origin)), "the session has a new token")
	require.Equal(t, "/sign-in", there.get("/profile").at)
	require.Equal(t, http.StatusUnprocessableEntity, r.browser().signIn("Ada", firstPassword).status)
	require.Equal(t, "/", r.browser().signIn("Ada", secondPassword).at)
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u
}

func TestGuessesAreCounted(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	r.browser().signUp("Ada", "ada@example.com", firstPassword)
	for range 10 {
		require.Equal(t, http.StatusUnprocessableEntity, r.browser().signIn("Ada", "a guess").status)
	}
	p := r.browser().signIn("ada", firstPassword)
	require.Equal(t, http.StatusTooManyRequests, p.status)
	require.Contains(t, p.body, "Wait 15 minutes, and try again.")
	require.Equal(t, http.StatusUnprocessableEntity, r.browser().signIn("ben", "a guess").status, "others can sign in")

	r.stop()
	require.Equal(t, http.StatusTooManyRequests, start(t, dir).browser().signIn("Ada", firstPassword).status, "a restart forgets nothing")
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	r := start(t, t.TempDir())
	b := r.browser()
	b.signUp("Ada", "ada@example.com", firstPassword)
	for _, path := range []string{"/sign-in", "/sign-up", "/sign-out", "/profile/password", "/posts", "/posts/seed-1/report", "/forgot", "/reset"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.origin+path, strings.NewReader("a=b"))
		require.NoError(t, err)
		request.Header.Set("Origin", "https://elsewhere.example")
		p := b.do(request)
		require.Equal(t, http.StatusForbidden, p.status, path)
		require.Contains(t, p.body, "This form came from another site")
	}
	require.Equal(t, "/profile", b.get("/profile").at, "still signed in")
}

func TestAMemberWritesAndReports(t *testing.T) {
	r := start(t, t.TempDir())
	require.Equal(t, "/sign-in", r.browser().post("/posts", page{}, "title", "Hello", "body", "World").at, "strangers do not write")
	ada := r.browser()
	ada.signUp("Ada", "ada@example.com", firstPassword)

	p := ada.post("/posts", page{}, "title", "", "body", "<script>alert(1)</script>")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.body, "Enter a title.")
	require.Contains(t, p.body, "&lt;script&gt;", "what was typed stays, as text")

	p = ada.post("/posts", page{}, "title", "First <b>beans</b>", "body", "They are up.\r\n\r\nAll of them.")
	require.Equal(t, "/?done=posted", p.at)
	require.Contains(t, p.body, "First &lt;b&gt;beans&lt;/b&gt;")
	require.Contains(t, p.body, "<p>They are up.</p>\n<p>All of them.</p>")
	require.Equal(t, 6, strings.Count(p.body, "Report this post"), "all but one's own")

	p = ada.post("/posts/seed-1/report", page{})
	require.Contains(t, p.body, "A moderator will look at the post.")
	require.Equal(t, http.StatusNotFound, ada.post("/posts/nothing/report", page{}).status)
}
