package main

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/totp"
)

// operator is a browser in the back office.
type operator struct {
	*browser
	home string
}

var secretOnPage = regexp.MustCompile(`id="totp-secret"[^>]*>([^<]+)<`)

// enter signs somebody in who has a password and no second factor yet.
func (r *running) enter(login, password string) *operator {
	r.t.Helper()
	o := &operator{r.browser(), strings.TrimSuffix(r.lines["back office"], "/")}
	p := o.post(o.home+"/login", o.get(o.home+"/login"), "login", login, "password", password)
	require.Contains(r.t, p.at, "/login/enrol", p.body)
	found := secretOnPage.FindStringSubmatch(p.body)
	require.NotNil(r.t, found, p.body)
	secret, err := totp.ParseSecret(found[1])
	require.NoError(r.t, err)
	code, err := totp.Code(secret, time.Now(), totp.Options{})
	require.NoError(r.t, err)
	p = o.post(o.home+"/login/enrol", p, "code", code)
	require.Equal(r.t, 200, p.status, p.body)
	require.Contains(r.t, p.body, "recovery-codes")
	return o
}

// setUp makes the first super-administrator and signs them in.
func (r *running) setUp() *operator {
	r.t.Helper()
	b := r.browser()
	page, token, _ := strings.Cut(r.lines["setup"], "#")
	p := b.post(page, b.get(page), "token", token, "email", "root@example.com", "name", "Root",
		"password", firstPassword, "password_again", firstPassword)
	require.Equal(r.t, 200, p.status, p.body)
	return r.enter("root@example.com", firstPassword)
}

// invite lets somebody in through the command line, and signs them in.
func (r *running) invite(email, name, role string) *operator {
	r.t.Helper()
	status, stdout, stderr := r.command("invite", email, "-name", name, "-role", role)
	require.Zero(r.t, status, stderr)
	page, token, _ := strings.Cut(regexp.MustCompile(`http\S+`).FindString(stdout), "#")
	b := r.browser()
	p := b.post(page, b.get(page), "token", token, "password", secondPassword, "password_again", secondPassword)
	require.Equal(r.t, 200, p.status, p.body)
	return r.enter(email, secondPassword)
}

func TestTheOfficeHasThePagesOfTheCommunity(t *testing.T) {
	r := start(t, t.TempDir())
	root := r.setUp()
	home := root.get(root.home + "/")
	for _, label := range []string{"Dashboard", "Analytics", "Moderation"} {
		require.Contains(t, home.body, "<span>"+label+"</span>")
	}
	require.Contains(t, home.body, "Joined in the last seven days:")
	require.Contains(t, home.body, "Reported posts that wait for a moderator.")
	p := root.get(root.home + "/dashboard")
	require.Equal(t, 200, p.status)
	require.Contains(t, p.body, "<h1>Dashboard</h1>")
	require.Contains(t, p.body, "Seed swap on Saturday at ten")
	p = root.get(root.home + "/analytics")
	require.Contains(t, p.body, "<h1>Analytics</h1>")
	require.Equal(t, 9, strings.Count(p.body, "<tr"), "a head and eight weeks")
	for path, want := range map[string]string{
		"/": "Gemeldete Beiträge, über die noch niemand entschieden hat.", "/dashboard": "<h1>Übersicht</h1>",
		"/analytics": "<h1>Statistik</h1>", "/moderation": "<h1>Moderation</h1>",
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, root.address(root.home+path), nil)
		require.NoError(t, err)
		request.Header.Set("Accept-Language", "de")
		require.Contains(t, root.do(request).body, want)
	}
	require.Equal(t, http.StatusNotFound, root.get(root.home+"/elsewhere").status)
	require.NotContains(t, root.get(root.home+"/elsewhere").body, "bare earth", "inside, the office has a missing page of its own")

	stranger := r.browser()
	require.Contains(t, stranger.get(root.home+"/dashboard").at, "/login", "a bookmark leads to sign-in")
	root.post(root.home+"/logout", root.get(root.home+"/"))
	require.Contains(t, root.get(root.home+"/dashboard").at, "/login")
}

func TestRolesOpenTheirPages(t *testing.T) {
	r := start(t, t.TempDir())
	r.setUp()
	mod := r.invite("mod@example.com", "Mod", "moderator")
	require.Equal(t, 200, mod.get(mod.home+"/dashboard").status)
	require.Equal(t, 200, mod.get(mod.home+"/moderation").status)
	require.Equal(t, http.StatusForbidden, mod.get(mod.home+"/analytics").status)
	require.NotContains(t, mod.get(mod.home+"/").body, "Analytics")
	require.Equal(t, 200, r.invite("cm@example.com", "Manager", "community-manager").get(mod.home+"/analytics").status)
}

// forgetProofs makes it ten minutes ago that operators proved who they are, and
// renewProofs makes it now, because the program has the clock of the machine.
func (r *running) forgetProofs() { r.proofs(time.Now().Add(-10 * time.Minute)) }
func (r *running) renewProofs()  { r.proofs(time.Now()) }

func (r *running) proofs(at time.Time) {
	r.t.Helper()
	r.update(`UPDATE postern_sessions SET proved_at = ?`, at.UnixMicro())
}

// update changes the program's database behind its back.
func (r *running) update(query string, args ...any) {
	r.t.Helper()
	db, err := openDatabase(filepath.Join(r.dir, "community.db"), time.Second)
	require.NoError(r.t, err)
	defer db.Close()
	_, err = db.ExecContext(r.t.Context(), query, args...)
	require.NoError(r.t, err)
}

func TestAModeratorHidesRestoresAndDeletes(t *testing.T) {
	r := start(t, t.TempDir())
	r.setUp()
	mod, visitor := r.invite("mod@example.com", "Mod", "moderator"), r.browser()
	const spam = "CHEAP PALLETS, CALL NOW"
	require.Contains(t, visitor.get("/").body, spam)

	at := mod.home + "/moderation"
	p := mod.get(at)
	require.Contains(t, p.body, "3 reports")
	p = mod.post(at+"/seed-3/hide", p)
	require.Contains(t, p.body, "The post is hidden.")
	require.NotContains(t, visitor.get("/").body, spam)

	p = mod.post(at+"/seed-3/restore", p)
	require.Contains(t, p.body, "its reports are settled")
	require.Contains(t, p.body, "Nothing to do")
	require.Contains(t, visitor.get("/").body, spam)

	require.Equal(t, http.StatusForbidden, mod.post(at+"/seed-3/hide", page{}).status, "without the form's token")
	require.Equal(t, http.StatusNotFound, mod.get(at+"/nothing/delete").status)
	require.Equal(t, http.StatusNotFound, mod.post(at+"/nothing/hide", p).status)

	p = mod.get(at + "/seed-3/delete")
	require.Contains(t, p.body, "gone for good", "who has just signed in has proved who they are")
	r.forgetProofs()
	require.Contains(t, mod.post(at+"/seed-3/delete", p).at, "/step-up", "some time later it takes proof again")
	require.Contains(t, mod.get(at+"/seed-3/delete").at, "/step-up")
	require.Contains(t, visitor.get("/").body, spam)
	r.renewProofs()
	p = mod.post(at+"/seed-3/delete", p)
	require.Contains(t, p.body, "The post is deleted.")
	require.NotContains(t, visitor.get("/").body, spam)
	require.NotContains(t, r.log.String(), "request failed")
}

func TestAMemberWhoIsNoOperatorGetsNothing(t *testing.T) {
	r := start(t, t.TempDir())
	r.setUp()
	r.browser().signUp("Ada", "ada@example.com", firstPassword)
	b := r.browser()
	login := r.lines["back office"] + "login"
	right := b.post(login, b.get(login), "login", "ada@example.com", "password", firstPassword)
	wrong := b.post(login, b.get(login), "login", "ada@example.com", "password", "wrong")
	require.Contains(t, right.at, "/login")
	require.Equal(t, wrong.status, right.status)
	require.Contains(t, b.get(r.lines["back office"]+"dashboard").at, "/login")
}

func TestAMembersNewPasswordEndsTheirSessionsInTheOffice(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, r *running, ada *browser) string{
		"changed": func(_ *testing.T, _ *running, ada *browser) string {
			return ada.post("/profile/password", page{}, "current_password", firstPassword, "password", secondPassword, "password_again", secondPassword).at
		},
		"reset": func(t *testing.T, r *running, _ *browser) string {
			stranger := r.browser()
			stranger.post("/forgot", page{}, "email", "ada@example.com")
			token := resetLink.FindStringSubmatch(r.mail(resetLink))
			return stranger.post("/reset", page{}, "token", token[1], "password", secondPassword, "password_again", secondPassword).at
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, t.TempDir())
			inside := r.setUp()
			ada := r.browser()
			ada.signUp("Ada", "ada@example.com", firstPassword)
			r.update(`UPDATE postern_operators SET member_id = (SELECT id FROM members WHERE name = 'Ada')`)
			require.Equal(t, 200, inside.get(inside.home+"/account").status)
			require.NotContains(t, inside.get(inside.home+"/account").at, "/login")
			require.Contains(t, change(t, r, ada), "?done=")
			require.Contains(t, inside.get(inside.home+"/account").at, "/login")
		})
	}
}
