package main

import (
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
	require.Contains(r.t, p.at, "/login/enrol/passkey", p.body)
	p = o.get(o.home + "/login/enrol") // an authenticator app instead
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

// update changes the program's database behind its back.
func (r *running) update(query string, args ...any) {
	r.t.Helper()
	db, err := openDatabase(filepath.Join(r.dir, "community.db"), time.Second)
	require.NoError(r.t, err)
	defer db.Close()
	_, err = db.ExecContext(r.t.Context(), query, args...)
	require.NoError(r.t, err)
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
