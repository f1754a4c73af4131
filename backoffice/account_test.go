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
	ada := o.Enrolled("Ada", backoffice.Moderator)
	other, token := ada.Again(), ada.Cookie(sessionCookie)
	change := func(current, plain, again string) page {
		return ada.Submit(ada.Get("/account/password"), "/account/password", "current_password", current, "password", plain, "password_again", again)
	}
	for words, form := range map[string][3]string{
		"Enter your current password":        {"", better, better},
		"This is not your current password":  {wrong, better, better},
		"The two passwords are not the same": {good, better, wrong},
		"This is your current password":      {good, good, good},
		"characters":                         {good, "x", "x"},
	} {
		answer := change(form[0], form[1], form[2])
		require.Equal(t, http.StatusUnprocessableEntity, answer.Status)
		require.Contains(t, answer.Text(), words)
	}
	require.Equal(t, "/account?done=password", change(good, better, better).Location)
	require.NotEqual(t, token, ada.Cookie(sessionCookie), "a new token")
	require.True(t, ada.SignedIn())
	require.False(t, other.SignedIn(), "other browsers are signed out")
	require.Contains(t, strings.Join(o.Letters(), ""), "password")

	t.Run("a wrong current password counts like a failed sign-in", func(t *testing.T) {
		o.Clock.Add(time.Hour / 4)
		for range 5 {
			require.Equal(t, http.StatusUnprocessableEntity, change(wrong, good, good).Status)
		}
		limited := change(better, good, good)
		require.Equal(t, http.StatusTooManyRequests, limited.Status)
		require.NotEmpty(t, limited.Header.Get("Retry-After"))
		require.True(t, ada.SignedIn(), "the session goes on")
	})
}

func TestAPasswordThatMustBeChanged(t *testing.T) {
	o := newOffice(t)
	o.Inside.HandleFunc("/", func(http.ResponseWriter, *http.Request) { t.Error("reached") })
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	o.Change(ada.ID, func(op *store.Operator) { op.MustChangePassword = true })
	shown := ada.Open("/operators")
	require.Equal(t, "/account/password", shown.Path)
	require.Contains(t, shown.Text(), "must change your password")
	answer := ada.Submit(shown, "/account/password", "current_password", good, "password", better, "password_again", better)
	require.Equal(t, "/account?done=password", answer.Location, answer.Text())
	require.Equal(t, http.StatusOK, ada.Get("/operators").Status)
	t.Run("can be left by signing out", func(t *testing.T) {
		o.Change(ada.ID, func(op *store.Operator) { op.MustChangePassword = true })
		require.Equal(t, "/logout", ada.Submit(ada.Open("/"), "/logout").Location)
	})
}

func TestSessionsOfOnesOwn(t *testing.T) {
	o := newOffice(t)
	ada, ben := o.Enrolled("Ada", backoffice.Moderator), o.Enrolled("Ben", backoffice.Moderator)
	other := ada.Again()
	shown := other.Get("/account/sessions")
	require.Contains(t, shown.Text(), "This session")
	theirs := o.SessionsOf(ben.ID)

	form := shown.Form("/account/sessions")
	for _, id := range []string{theirs[0].ID, "nothing", ""} {
		form.Set("end", id)
		require.Equal(t, "/account/sessions?done=session-gone", other.Post("/account/sessions", form).Location)
	}
	require.True(t, ben.SignedIn(), "nobody ends the session of somebody else")

	require.Equal(t, "/account/sessions?done=session-ended", other.Submit(shown, "/account/sessions").Location)
	require.False(t, ada.SignedIn())
	own := o.SessionsOf(ada.ID)
	require.Len(t, own, 1)
	form.Set("end", own[0].ID)
	require.Equal(t, "/logout", other.Post("/account/sessions", form).Location)
	require.False(t, other.SignedIn())

	t.Run("are three at most", func(t *testing.T) {
		first := ada.Again()
		for range 3 {
			ada.Again()
		}
		require.False(t, first.SignedIn())
		list := o.SessionsOf(ada.ID)
		require.Len(t, list, 3)
	})
	t.Run("end after half an hour without use, and after twelve hours with", func(t *testing.T) {
		b := ada.Again()
		for range 12*4 - 1 {
			o.Clock.Add(15 * time.Minute)
			require.True(t, b.SignedIn())
		}
		o.Clock.Add(15 * time.Minute)
		require.False(t, b.SignedIn())
		b = ada.Again()
		o.Clock.Add(30*time.Minute - totp.Period)
		require.False(t, b.SignedIn())
	})
}

func TestAuthenticatorsOfOnesOwn(t *testing.T) {
	o := newOffice(t)
	ada, ben := o.Enrolled("Ada", backoffice.Moderator), o.Enrolled("Ben", backoffice.Moderator)
	factor := func(p *person) string {
		list, err := o.Mem.ListFactors(ctx, p.ID)
		require.NoError(t, err)
		return list[0].ID
	}
	remove := func(id string) string { return "/account/two-factor/" + id + "/remove" }
	require.Equal(t, http.StatusNotFound, ada.Get(remove(factor(ben))).Status, "another operator's is not there")
	token := ada.Get("/account").Form("/logout")
	require.Equal(t, http.StatusNotFound, ada.Post(remove(factor(ben)), token).Status)
	last := ada.Submit(ada.Get(remove(factor(ada))), remove(factor(ada)))
	require.Equal(t, http.StatusUnprocessableEntity, last.Status, "the last one stays while one is required")
	require.Contains(t, last.Text(), "Add another authenticator app first")

	shown := ada.Get("/account/two-factor/add")
	skewed, err := totp.Code(shown.Secret(), o.Clock.Now().Add(-3*time.Minute), totp.Options{})
	require.NoError(t, err)
	refused := ada.Submit(shown, "/account/two-factor/add", "code", skewed, "label", "Tablet")
	require.Contains(t, refused.Text(), "about 3 minutes slow")
	require.Contains(t, refused.Body, `value="Tablet"`)
	answer := ada.Submit(refused, "/account/two-factor/add", "code", o.Code(shown.Secret()), "label", "Tablet")
	require.Equal(t, "/account/two-factor?done=added", answer.Location, answer.Text())
	require.Contains(t, ada.Follow(answer).Text(), "Tablet")
	old := factor(ada)
	require.Equal(t, "/account/two-factor?done=removed", ada.Submit(ada.Get(remove(old)), remove(old)).Location)
	require.Equal(t, http.StatusNotFound, ada.Get(remove(old)).Status, "a second click")

	t.Run("new recovery codes void the old ones", func(t *testing.T) {
		shown := ada.Submit(ada.Get("/account/recovery-codes/new"), "/account/recovery-codes")
		fresh := shown.RecoveryCodes()
		require.NotContains(t, fresh, ada.Codes[0])
		require.NotEmpty(t, shown.Form("/logout").Get("csrf"))
		require.Equal(t, "/logout", ada.Submit(shown, "/logout").Location, "the page's forms belong to the new token")
		b := o.Browser()
		b.Login("Ada", good)
		require.Equal(t, http.StatusUnprocessableEntity, b.Submit(b.Get("/login/recovery"), "/login/recovery", "code", ada.Codes[0]).Status)
		require.Equal(t, "/", b.Submit(b.Get("/login/recovery"), "/login/recovery", "code", fresh[0]).Location)
	})
}

func TestStoredTextIsNeverMarkup(t *testing.T) {
	o := newOffice(t)
	const hostile = `<img src=x onerror=alert(1)>"'{{.}}`
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	ada.Agent = `<script>alert(2)</script>`
	ada.Login("Ada", good)
	b := ada.Again()
	require.Equal(t, "/account?done=name", b.Submit(b.Get("/account/name"), "/account/name", "name", hostile).Location)
	for _, path := range []string{"/", "/account", "/account/name", "/account/sessions", "/operators", "/operators/new", "/account/two-factor"} {
		answer := b.Get(path)
		require.Equal(t, http.StatusOK, answer.Status)
		require.NotContains(t, answer.Body, "<img src=x", path)
		require.NotContains(t, answer.Body, "<script>alert", path)
	}
}
