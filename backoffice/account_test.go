package backoffice_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

func TestChangingThePassword(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	other, token := ada.again(), ada.cookie(sessionCookie)
	change := func(current, plain, again string) page {
		return ada.submit(ada.get("/account/password"), "/account/password", "current_password", current, "password", plain, "password_again", again)
	}
	for words, form := range map[string][3]string{
		"Enter your current password":        {"", better, better},
		"This is not your current password":  {wrong, better, better},
		"The two passwords are not the same": {good, better, wrong},
		"This is your current password":      {good, good, good},
		"characters":                         {good, "x", "x"},
	} {
		answer := change(form[0], form[1], form[2])
		require.Equal(t, http.StatusUnprocessableEntity, answer.status)
		require.Contains(t, answer.text(), words)
	}
	require.Equal(t, "/account?done=password", change(good, better, better).location)
	require.NotEqual(t, token, ada.cookie(sessionCookie), "a new token")
	require.True(t, ada.signedIn())
	require.False(t, other.signedIn(), "other browsers are signed out")
	require.Contains(t, strings.Join(o.letters(), ""), "password")

	t.Run("a wrong current password counts like a failed sign-in", func(t *testing.T) {
		o.clock.Add(time.Hour / 4)
		for range 5 {
			require.Equal(t, http.StatusUnprocessableEntity, change(wrong, good, good).status)
		}
		limited := change(better, good, good)
		require.Equal(t, http.StatusTooManyRequests, limited.status)
		require.NotEmpty(t, limited.header.Get("Retry-After"))
		require.True(t, ada.signedIn(), "the session goes on")
	})
}

func TestAPasswordThatMustBeChanged(t *testing.T) {
	o := newOffice(t)
	o.admin.HandleFunc("/", func(http.ResponseWriter, *http.Request) { t.Error("reached") })
	ada := o.enrolled("Ada", backoffice.SuperAdministrator)
	o.change(ada.ID, func(op *store.Operator) { op.MustChangePassword = true })
	shown := ada.open("/operators")
	require.Equal(t, "/account/password", shown.path)
	require.Contains(t, shown.text(), "must change your password")
	answer := ada.submit(shown, "/account/password", "current_password", good, "password", better, "password_again", better)
	require.Equal(t, "/account?done=password", answer.location, answer.text())
	require.Equal(t, http.StatusOK, ada.get("/operators").status)
	t.Run("can be left by signing out", func(t *testing.T) {
		o.change(ada.ID, func(op *store.Operator) { op.MustChangePassword = true })
		require.Equal(t, "/logout", ada.submit(ada.open("/"), "/logout").location)
	})
}

func TestSessionsOfOnesOwn(t *testing.T) {
	o := newOffice(t)
	ada, ben := o.enrolled("Ada", backoffice.Moderator), o.enrolled("Ben", backoffice.Moderator)
	other := ada.again()
	shown := other.get("/account/sessions")
	require.Contains(t, shown.text(), "This session")
	theirs, err := o.mem.ListSessions(ctx, ben.ID)
	require.NoError(t, err)

	form := shown.form("/account/sessions")
	for _, id := range []string{theirs[0].ID, "nothing", ""} {
		form.Set("end", id)
		require.Equal(t, "/account/sessions?done=session-gone", other.post("/account/sessions", form).location)
	}
	require.True(t, ben.signedIn(), "nobody ends the session of somebody else")

	require.Equal(t, "/account/sessions?done=session-ended", other.submit(shown, "/account/sessions").location)
	require.False(t, ada.signedIn())
	own, err := o.mem.ListSessions(ctx, ada.ID)
	require.NoError(t, err)
	require.Len(t, own, 1)
	form.Set("end", own[0].ID)
	require.Equal(t, "/logout", other.post("/account/sessions", form).location)
	require.False(t, other.signedIn())

	t.Run("are three at most", func(t *testing.T) {
		first := ada.again()
		for range 3 {
			ada.again()
		}
		require.False(t, first.signedIn())
		list, err := o.mem.ListSessions(ctx, ada.ID)
		require.NoError(t, err)
		require.Len(t, list, 3)
	})
	t.Run("end after half an hour without use, and after twelve hours with", func(t *testing.T) {
		b := ada.again()
		for range 12*4 - 1 {
			o.clock.Add(15 * time.Minute)
			require.True(t, b.signedIn())
		}
		o.clock.Add(15 * time.Minute)
		require.False(t, b.signedIn())
		b = ada.again()
		o.clock.Add(30*time.Minute - totp.Period)
		require.False(t, b.signedIn())
	})
}

func TestAuthenticatorsOfOnesOwn(t *testing.T) {
	o := newOffice(t)
	ada, ben := o.enrolled("Ada", backoffice.Moderator), o.enrolled("Ben", backoffice.Moderator)
	factor := func(p *person) string {
		list, err := o.mem.ListFactors(ctx, p.ID)
		require.NoError(t, err)
		return list[0].ID
	}
	remove := func(id string) string { return "/account/two-factor/" + id + "/remove" }
	require.Equal(t, http.StatusNotFound, ada.get(remove(factor(ben))).status, "another operator's is not there")
	token := ada.get("/account").form("/logout")
	require.Equal(t, http.StatusNotFound, ada.post(remove(factor(ben)), token).status)
	last := ada.submit(ada.get(remove(factor(ada))), remove(factor(ada)))
	require.Equal(t, http.StatusUnprocessableEntity, last.status, "the last one stays while one is required")
	require.Contains(t, last.text(), "Add another authenticator app first")

	shown := ada.get("/account/two-factor/add")
	skewed, err := totp.Code(shown.shown(), o.clock.Now().Add(-3*time.Minute), totp.Options{})
	require.NoError(t, err)
	refused := ada.submit(shown, "/account/two-factor/add", "code", skewed, "label", "Tablet")
	require.Contains(t, refused.text(), "about 3 minutes slow")
	require.Contains(t, refused.body, `value="Tablet"`)
	answer := ada.submit(refused, "/account/two-factor/add", "code", o.code(shown.shown()), "label", "Tablet")
	require.Equal(t, "/account/two-factor?done=added", answer.location, answer.text())
	require.Contains(t, ada.follow(answer).text(), "Tablet")
	old := factor(ada)
	require.Equal(t, "/account/two-factor?done=removed", ada.submit(ada.get(remove(old)), remove(old)).location)
	require.Equal(t, http.StatusNotFound, ada.get(remove(old)).status, "a second click")

	t.Run("new recovery codes void the old ones", func(t *testing.T) {
		shown := ada.submit(ada.get("/account/recovery-codes/new"), "/account/recovery-codes")
		fresh := shown.recoveryCodes()
		require.NotContains(t, fresh, ada.codes[0])
		require.NotEmpty(t, shown.form("/logout").Get("csrf"))
		require.Equal(t, "/logout", ada.submit(shown, "/logout").location, "the page's forms belong to the new token")
		b := o.browser()
		b.login("Ada", good)
		require.Equal(t, http.StatusUnprocessableEntity, b.submit(b.get("/login/recovery"), "/login/recovery", "code", ada.codes[0]).status)
		require.Equal(t, "/", b.submit(b.get("/login/recovery"), "/login/recovery", "code", fresh[0]).location)
	})
}

func TestStoredTextIsNeverMarkup(t *testing.T) {
	o := newOffice(t)
	const hostile = `<img src=x onerror=alert(1)>"'{{.}}`
	ada := o.enrolled("Ada", backoffice.SuperAdministrator)
	ada.agent = `<script>alert(2)</script>`
	ada.login("Ada", good)
	b := ada.again()
	require.Equal(t, "/account?done=name", b.submit(b.get("/account/name"), "/account/name", "name", hostile).location)
	for _, path := range []string{"/", "/account", "/account/name", "/account/sessions", "/operators", "/operators/new", "/account/two-factor"} {
		answer := b.get(path)
		require.Equal(t, http.StatusOK, answer.status)
		require.NotContains(t, answer.body, "<img src=x", path)
		require.NotContains(t, answer.body, "<script>alert", path)
	}
}
