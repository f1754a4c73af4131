package backoffice_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// use posts a link's form.
func (b *browser) use(path, token, password string, more ...string) page {
	b.t.Helper()
	return b.submit(b.get(path), path, append([]string{"token", token, "password", password, "password_again", password}, more...)...)
}

func TestAForgottenPassword(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	b := o.browser()
	require.Equal(t, http.StatusOK, b.submit(b.get("/forgot"), "/forgot", "email", "ADA@example.org").status)
	token := o.linkIn("reset")

	t.Run("looking at the link spends nothing", func(t *testing.T) {
		before := o.dump()
		for range 10 {
			require.Equal(t, http.StatusOK, o.browser().get("/reset").status)
			require.NotContains(t, o.browser().get("/reset?token="+token).body, token, "a token in the address is ignored")
		}
		require.True(t, before == o.dump())
	})
	t.Run("the second factor is asked for", func(t *testing.T) {
		answer := b.use("/reset", token, better)
		require.Equal(t, http.StatusUnprocessableEntity, answer.status)
		require.Contains(t, answer.text(), "two-factor")
		require.Contains(t, answer.form("/reset").Get("token"), token, "what was typed is not asked for again")
		answer = b.use("/reset", token, better, "code", o.badCode(ada.secret))
		require.Equal(t, http.StatusUnprocessableEntity, answer.status)
		require.Contains(t, answer.text(), "This code is wrong")
		require.Equal(t, "/login/code", o.browser().login("Ada", good).location, "nothing is changed")
	})
	t.Run("the new password is checked", func(t *testing.T) {
		for words, pair := range map[string][2]string{
			"not the same": {better, wrong}, "characters": {"short", "short"},
		} {
			answer := b.submit(b.get("/reset"), "/reset", "token", token, "password", pair[0], "password_again", pair[1], "code", o.code(ada.secret))
			require.Equal(t, http.StatusUnprocessableEntity, answer.status)
			require.Contains(t, answer.text(), words)
		}
	})
	t.Run("the new password signs nobody in, and everybody out", func(t *testing.T) {
		answer := b.use("/reset", token, better, "code", o.code(ada.secret))
		require.Equal(t, "/login?done=reset", answer.location, answer.text())
		require.Empty(t, answer.header.Values("Set-Cookie"))
		require.Contains(t, b.follow(answer).text(), "Password changed")
		require.False(t, ada.signedIn())
		o.clock.Add(30 * time.Second)
		require.Equal(t, http.StatusUnprocessableEntity, b.login("Ada", good).status)
		require.Equal(t, "/login/code", b.login("Ada", better).location, "two-factor authentication stays")
	})
	t.Run("a used link, an expired one and none at all look the same", func(t *testing.T) {
		o.clock.Add(2 * time.Minute)
		o.browser().submit(b.get("/forgot"), "/forgot", "email", "ada@example.org")
		b.submit(b.get("/forgot"), "/forgot", "email", "ada@example.org")
		expired := o.linkIn("reset")
		require.NotEqual(t, token, expired)
		o.clock.Add(30 * time.Minute)
		var want string
		for name, bad := range map[string]string{"used": token, "expired": expired, "none": strings.Repeat("A", 43), "empty": "", "garbage": "<script>"} {
			answer := b.use("/reset", bad, better, "code", o.code(ada.secret))
			require.Equal(t, http.StatusGone, answer.status, name)
			require.Contains(t, answer.body, o.base+"/forgot", "with the way to a new one")
			if want == "" {
				want = masked(answer)
			}
			require.Equal(t, want, masked(answer), name)
		}
	})
}

func TestAnInvitation(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.SuperAdministrator)
	shown := ada.get("/operators/new")
	answer := ada.submit(shown, "/operators/new", "email", "ben@example.org", "name", "Ben", "role", backoffice.Moderator)
	require.Regexp(t, `^/operators/[a-z0-9]+\?done=invited$`, answer.location, answer.text())
	require.Contains(t, ada.follow(answer).text(), "Invited")
	token := o.linkIn("welcome")
	b := o.browser()
	require.Equal(t, http.StatusUnprocessableEntity, b.login("Ben", good).status)
	require.Equal(t, http.StatusGone, b.use("/reset", token, better).status, "it is no reset link")
	require.Equal(t, http.StatusUnprocessableEntity, b.use("/welcome", token, "short").status)
	done := b.use("/welcome", token, better)
	require.Equal(t, "/login?done=welcome", done.location, done.text())
	require.Empty(t, b.cookie(sessionCookie), "an invitation signs nobody in")
	require.Equal(t, http.StatusGone, b.use("/welcome", token, wrong).status, "and works once")
	require.Equal(t, "/login/enrol", b.follow(b.login("Ben", better)).path)

	t.Run("dies after a week", func(t *testing.T) {
		_, err := o.CommandLine().Invite(ctx, "carol@example.org", "", backoffice.Moderator)
		require.NoError(t, err)
		token := o.linkIn("welcome")
		o.clock.Add(7 * 24 * time.Hour)
		require.Equal(t, http.StatusGone, b.use("/welcome", token, better).status)
	})
	t.Run("needs the right to manage operators, and what one gives away", func(t *testing.T) {
		o := newOffice(t)
		admin := o.enrolled("Al", backoffice.Administrator)
		form := admin.get("/operators/new").form("/operators/new")
		form.Set("email", "eve@example.org")
		form.Set("role", backoffice.SuperAdministrator)
		refused := admin.post("/operators/new", form)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Zero(t, o.count("operator.invited"))
	})
	t.Run("repeats what was typed, as text", func(t *testing.T) {
		o := newOffice(t)
		ada := o.enrolled("Ada", backoffice.SuperAdministrator)
		answer := ada.submit(ada.get("/operators/new"), "/operators/new", "email", `"><script>alert(1)</script>`, "name", `<img src=x>`)
		require.Equal(t, http.StatusUnprocessableEntity, answer.status)
		require.NotContains(t, answer.body, "<script>alert(1)")
		require.NotContains(t, answer.body, "<img src=x>")
	})
}

func TestALinkLeadsToTheConfiguredOriginOnly(t *testing.T) {
	o := newOffice(t)
	o.add(store.Operator{}, "Ada", backoffice.Moderator)
	b := o.browser()
	form := b.get("/forgot").form("/forgot")
	form.Set("email", "ada@example.org")
	r := b.request(http.MethodPost, "/forgot", strings.NewReader(form.Encode()))
	r.AddCookie(&http.Cookie{Name: preCookie, Value: b.cookie(preCookie)}) // The jar goes by Host.
	r.Host = "evil.example"
	r.Header.Set("X-Forwarded-Host", "evil.example")
	r.Header.Set("Forwarded", "host=evil.example;proto=http")
	require.Equal(t, http.StatusOK, b.send(r).status)
	all := strings.Join(o.letters(), "")
	require.Contains(t, all, o.HomeURL()+"reset#")
	require.NotContains(t, all, "evil.example")
}

func TestAskingTooOften(t *testing.T) {
	o := newOffice(t)
	b := o.browser()
	var answer page
	for range 40 {
		if answer = b.submit(b.get("/forgot"), "/forgot", "email", "nobody@example.org"); answer.status != http.StatusOK {
			break
		}
	}
	require.Equal(t, http.StatusTooManyRequests, answer.status)
	require.NotEmpty(t, answer.header.Get("Retry-After"))
	b = o.browser()
	for range 30 {
		if answer = b.use("/reset", strings.Repeat("A", 43), better); answer.status != http.StatusGone {
			break
		}
	}
	require.Equal(t, http.StatusTooManyRequests, answer.status)
	require.NotContains(t, answer.body, "AAAA", "no token is shown again")
}
