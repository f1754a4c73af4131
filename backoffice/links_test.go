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

func TestAForgottenPassword(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	b := o.Browser()
	require.Equal(t, http.StatusOK, b.Submit(b.Get("/forgot"), "/forgot", "email", "ADA@example.org").Status)
	token := o.LinkIn("reset")

	t.Run("looking at the link spends nothing", func(t *testing.T) {
		before := o.Dump()
		for range 10 {
			require.Equal(t, http.StatusOK, o.Browser().Get("/reset").Status)
			require.NotContains(t, o.Browser().Get("/reset?token="+token).Body, token, "a token in the address is ignored")
		}
		require.True(t, before == o.Dump())
	})
	t.Run("the second factor is asked for", func(t *testing.T) {
		answer := b.Use("/reset", token, better)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Status)
		require.Contains(t, answer.Text(), "two-factor")
		require.Contains(t, answer.Form("/reset").Get("token"), token, "what was typed is not asked for again")
		answer = b.Use("/reset", token, better, "code", o.WrongCode(ada.Secret))
		require.Equal(t, http.StatusUnprocessableEntity, answer.Status)
		require.Contains(t, answer.Text(), "This code is wrong")
		require.Equal(t, "/login/code", o.Browser().Login("Ada", good).Location, "nothing is changed")
	})
	t.Run("the new password is checked", func(t *testing.T) {
		for words, pair := range map[string][2]string{
			"not the same": {better, wrong}, "characters": {"short", "short"},
		} {
			answer := b.Submit(b.Get("/reset"), "/reset", "token", token, "password", pair[0], "password_again", pair[1], "code", o.Code(ada.Secret))
			require.Equal(t, http.StatusUnprocessableEntity, answer.Status)
			require.Contains(t, answer.Text(), words)
		}
	})
	t.Run("the new password signs nobody in, and everybody out", func(t *testing.T) {
		answer := b.Use("/reset", token, better, "code", o.Code(ada.Secret))
		require.Equal(t, "/login?done=reset", answer.Location, answer.Text())
		set := answer.Header.Values("Set-Cookie")
		require.Len(t, set, 1, "the browser is known, and that is all")
		require.True(t, strings.HasPrefix(set[0], o.Named(browserCookie)+"="))
		require.Contains(t, b.Follow(answer).Text(), "Password changed")
		require.False(t, ada.SignedIn())
		o.Clock.Add(30 * time.Second)
		require.Equal(t, http.StatusUnprocessableEntity, b.Login("Ada", good).Status)
		require.Equal(t, "/login/code", b.Login("Ada", better).Location, "two-factor authentication stays")
	})
	t.Run("a used link, an expired one and none at all look the same", func(t *testing.T) {
		o.Clock.Add(2 * time.Minute)
		o.Browser().Submit(b.Get("/forgot"), "/forgot", "email", "ada@example.org")
		b.Submit(b.Get("/forgot"), "/forgot", "email", "ada@example.org")
		expired := o.LinkIn("reset")
		require.NotEqual(t, token, expired)
		o.Clock.Add(30 * time.Minute)
		var want string
		for name, bad := range map[string]string{"used": token, "expired": expired, "none": strings.Repeat("A", 43)} {
			answer := b.Use("/reset", bad, better, "code", o.Code(ada.Secret))
			require.Equal(t, http.StatusGone, answer.Status, name)
			require.Contains(t, answer.Body, o.Base+"/forgot", "with the way to a new one")
			if want == "" {
				want = masked(answer)
			}
			require.Equal(t, want, masked(answer), name)
		}
	})
}

func TestAnInvitation(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	shown := ada.Get("/operators/new")
	answer := ada.Submit(shown, "/operators/new", "email", "ben@example.org", "name", "Ben", "role", backoffice.Moderator)
	require.Regexp(t, `^/operators/[a-z0-9]+\?done=invited$`, answer.Location, answer.Text())
	require.Contains(t, ada.Follow(answer).Text(), "Invited")
	token := o.LinkIn("welcome")
	b := o.Browser()
	require.Equal(t, http.StatusUnprocessableEntity, b.Login("Ben", good).Status)
	led := b.Use("/reset", token, better)
	require.Equal(t, http.StatusUnprocessableEntity, led.Status, "it is no reset link")
	require.Equal(t, token, led.Form("/welcome").Get("token"), "but it leads on")
	require.Equal(t, http.StatusUnprocessableEntity, b.Use("/welcome", token, "short").Status)
	done := b.Use("/welcome", token, better)
	require.Equal(t, "/login?done=welcome", done.Location, done.Text())
	require.Empty(t, b.Cookie(sessionCookie), "an invitation signs nobody in")
	require.Equal(t, http.StatusGone, b.Use("/welcome", token, wrong).Status, "and works once")
	require.Equal(t, "/login/enrol", b.Follow(b.Login("Ben", better)).Path)

	t.Run("dies after a week", func(t *testing.T) {
		_, err := o.CommandLine().Invite(ctx, "carol@example.org", "", backoffice.Moderator)
		require.NoError(t, err)
		token := o.LinkIn("welcome")
		o.Clock.Add(7 * 24 * time.Hour)
		require.Equal(t, http.StatusGone, b.Use("/welcome", token, better).Status)
	})
	t.Run("needs the right to manage operators, and what one gives away", func(t *testing.T) {
		o := newOffice(t)
		admin := o.Enrolled("Al", backoffice.Administrator)
		form := admin.Get("/operators/new").Form("/operators/new")
		form.Set("email", "eve@example.org")
		form.Set("role", backoffice.SuperAdministrator)
		refused := admin.Post("/operators/new", form)
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
		require.Zero(t, o.Count("operator.invited"))
	})
	t.Run("repeats what was typed, as text", func(t *testing.T) {
		o := newOffice(t)
		ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
		answer := ada.Submit(ada.Get("/operators/new"), "/operators/new", "email", `"><script>alert(1)</script>`, "name", `<img src=x>`)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Status)
		require.NotContains(t, answer.Body, "<script>alert(1)")
		require.NotContains(t, answer.Body, "<img src=x>")
	})
}

func TestALinkLeadsToTheConfiguredOriginOnly(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", backoffice.Moderator)
	b := o.Browser()
	form := b.Get("/forgot").Form("/forgot")
	form.Set("email", "ada@example.org")
	r := b.Request(http.MethodPost, "/forgot", strings.NewReader(form.Encode()))
	r.AddCookie(&http.Cookie{Name: o.Named(preCookie), Value: b.Cookie(preCookie)}) // The jar goes by Host.
	r.Host = "evil.example"
	r.Header.Set("X-Forwarded-Host", "evil.example")
	r.Header.Set("Forwarded", "host=evil.example;proto=http")
	require.Equal(t, http.StatusOK, b.Send(r).Status)
	all := strings.Join(o.Letters(), "")
	require.Contains(t, all, o.HomeURL()+"reset#")
	require.NotContains(t, all, "evil.example")
}

func TestAskingTooOften(t *testing.T) {
	o := newOffice(t)
	b := o.Browser()
	var answer page
	for range 40 {
		if answer = b.Submit(b.Get("/forgot"), "/forgot", "email", "nobody@example.org"); answer.Status != http.StatusOK {
			break
		}
	}
	require.Equal(t, http.StatusTooManyRequests, answer.Status)
	require.NotEmpty(t, answer.Header.Get("Retry-After"))
	b = o.Browser()
	for range 30 {
		if answer = b.Use("/reset", strings.Repeat("A", 43), better); answer.Status != http.StatusGone {
			break
		}
	}
	require.Equal(t, http.StatusTooManyRequests, answer.Status)
	require.NotContains(t, answer.Body, "AAAA", "no token is shown again")
}

func TestALinkOfADisabledOperatorIsLimitedLikeAWrongOne(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	b := o.Browser()
	b.Submit(b.Get("/forgot"), "/forgot", "email", ada.Email)
	token := o.LinkIn("reset")
	o.Change(ada.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
	statuses := map[int]int{}
	for range 25 {
		statuses[b.Use("/reset", token, better).Status]++
	}
	require.Equal(t, map[int]int{http.StatusGone: 20, http.StatusTooManyRequests: 5}, statuses)
	refused := 0
	for _, e := range o.Events() {
		if e.Code == "password.reset_refused" {
			refused++
		}
	}
	require.Equal(t, 20, refused, "someone with the link cannot fill the audit log")
}
