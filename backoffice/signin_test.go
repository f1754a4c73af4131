package backoffice_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/totp"
)

func TestSignInWithTwoFactors(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for _, login := range []string{"Ada", "ada", " ADA ", "Ada@Example.org"} {
		b := o.Browser()
		answer := b.Login(login, good)
		require.Equal(t, "/login/code", answer.Location, login)
		require.Empty(t, b.Cookie(sessionCookie), "a password is not enough")
		done := b.Submit(b.Follow(answer), "/login/code", "code", o.Code(ada.Secret))
		require.Equal(t, "/", done.Location, done.Text())
		require.True(t, b.SignedIn())
		o.Clock.Add(totp.Period)
	}
}

func TestCodesAsPeopleTypeThem(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	recovery := func(i int) string { return ada.Codes[i] }
	for what, c := range map[string]struct {
		page, code string
	}{
		"a space in the middle":                    {"/login/code", "SPACED"},
		"spaces around":                            {"/login/code", "  CODE\t"},
		"a code on the page of recovery codes":     {"/login/recovery", "CODE"},
		"a recovery code":                          {"/login/recovery", recovery(0)},
		"a recovery code in the code field":        {"/login/code", recovery(1)},
		"a recovery code in lower case":            {"/login/recovery", strings.ToLower(recovery(2))},
		"a recovery code without dashes":           {"/login/recovery", strings.ReplaceAll(recovery(3), "-", "")},
		"a recovery code with spaces and new line": {"/login/recovery", " " + strings.ReplaceAll(recovery(4), "-", " ") + "\r\n"},
	} {
		b := o.Browser()
		b.Login("Ada", good)
		now := o.Code(ada.Secret)
		code := strings.NewReplacer("SPACED", now[:3]+" "+now[3:], "CODE", now).Replace(c.code)
		done := b.Submit(b.Get(c.page), c.page, "code", code)
		require.Equal(t, "/", done.Location, "%s: %s", what, done.Text())
		o.Clock.Add(totp.Period)
	}
	require.Contains(t, strings.Join(o.Letters(), ""), "recovery code", "its owner is told")
}

func TestWrongCodesHaveFriendlyWords(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	b := o.Browser()
	b.Login("Ada", good)
	for _, c := range []struct{ page, code, words string }{
		{"/login/code", o.WrongCode(ada.Secret), "set your phone’s clock"},
		{"/login/code", "12345", "6 digits"},
		{"/login/code", "", "6 digits"},
		{"/login/code", "abcdef", "6 digits"},
		{"/login/recovery", "ABCD-EFGH", "16 letters and digits"},
		{"/login/recovery", "ABCD-EFGH-IJKL-MNOP", "not one of your unused recovery codes"},
	} {
		answer := b.Submit(b.Get(c.page), c.page, "code", c.code)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Status, c.code)
		require.Contains(t, answer.Text(), c.words, c.code)
		require.Contains(t, answer.Body, "Error: ", "the title says so, too")
	}
	t.Run("and the fifth ends the sign-in", func(t *testing.T) {
		var answer page
		for range 4 {
			answer = b.Submit(b.Get("/login/recovery"), "/login/recovery", "code", "ABCD-EFGH-IJKL-MNOP")
			if answer.Status == http.StatusSeeOther {
				break
			}
		}
		require.Contains(t, b.Follow(answer).Text(), "Too many wrong codes")
		require.Equal(t, "/login?done=ended", b.Get("/login/code").Location)
	})
}

func TestAPhoneWithTheWrongTime(t *testing.T) {
	for _, c := range []struct {
		off   time.Duration
		words string
	}{
		{-3 * time.Minute, "about 3 minutes slow"}, {5 * time.Minute, "about 5 minutes fast"}, {-time.Minute, "about 1 minute slow"},
	} {
		o := newOffice(t)
		o.Person("Ada", backoffice.Moderator)
		b := o.Browser()
		shown := b.Follow(b.Login("Ada", good))
		secret := shown.Secret()
		code, err := totp.Code(secret, o.Clock.Now().Add(c.off), totp.Options{})
		require.NoError(t, err)
		answer := b.Submit(shown, "/login/enrol", "code", code)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Status)
		require.Contains(t, answer.Text(), c.words)
		require.Equal(t, secret, answer.Secret(), "the picture that was scanned stays")
		done := b.Submit(answer, "/login/enrol", "code", o.Code(secret))
		require.Len(t, done.RecoveryCodes(), 10)
	}
}

func TestAnEnrolmentLeftLying(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", backoffice.Moderator)
	b := o.Browser()
	shown := b.Follow(b.Login("Ada", good))
	other := b.Get("/login/enrol")
	require.Equal(t, shown.Secret(), other.Secret(), "a second tab, or a page loaded again, shows what the app has by then")
	require.NotEqual(t, shown.Form("/login/enrol").Get("enrolment"), other.Form("/login/enrol").Get("enrolment"))

	t.Run("a wrong code keeps the picture", func(t *testing.T) {
		answer := b.Submit(shown, "/login/enrol", "code", o.WrongCode(shown.Secret()))
		require.Equal(t, http.StatusUnprocessableEntity, answer.Status)
		require.Contains(t, answer.Text(), "does not match the QR code")
		require.Equal(t, shown.Secret(), answer.Secret())
	})
	t.Run("a changed form gets a picture again", func(t *testing.T) {
		answer := b.Submit(shown, "/login/enrol", "code", "123456", "enrolment", shown.Form("/login/enrol").Get("enrolment")+"00")
		require.Equal(t, http.StatusUnprocessableEntity, answer.Status)
		require.Contains(t, answer.Text(), "Scan this new one")
	})
	t.Run("a picture of somebody else is none", func(t *testing.T) {
		o.Person("Eve", backoffice.Moderator)
		eve := o.Browser()
		theirs := eve.Follow(eve.Login("Eve", good))
		answer := b.Submit(shown, "/login/enrol", "code", o.Code(theirs.Secret()), "enrolment", theirs.Form("/login/enrol").Get("enrolment"))
		require.Equal(t, http.StatusUnprocessableEntity, answer.Status)
		require.Empty(t, b.Cookie(sessionCookie))
	})
	t.Run("the first of two tabs wins, and the other one goes home", func(t *testing.T) {
		require.Len(t, b.Submit(other, "/login/enrol", "code", o.Code(other.Secret())).RecoveryCodes(), 10)
		answer := b.Submit(shown, "/login/enrol", "code", o.Code(shown.Secret()))
		require.Equal(t, "/", answer.Location)
		factors, err := o.Mem.ListFactors(ctx, "id-of-ada")
		require.NoError(t, err)
		require.Len(t, factors, 1)
	})
	t.Run("after ten minutes the sign-in begins anew", func(t *testing.T) {
		o.Person("Ben", backoffice.Moderator)
		b := o.Browser()
		shown := b.Follow(b.Login("Ben", good))
		o.Clock.Add(10 * time.Minute)
		answer := b.Submit(shown, "/login/enrol", "code", o.Code(shown.Secret()))
		require.Contains(t, b.Follow(answer).Text(), "This sign-in took too long")
	})
}

func TestSignInsPaused(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	mo := o.Enrolled("Mo", backoffice.Moderator)
	o.Set(map[string]string{"signin.paused": "on", "signin.paused_text": "We move to <b>another</b> server."})
	b := o.Browser()
	require.Contains(t, b.Get("/login").Text(), "We move to <b>another</b> server.", "as text, not as markup")
	answer := b.Login("Mo", good)
	require.Equal(t, http.StatusServiceUnavailable, answer.Status)
	require.Contains(t, answer.Text(), "We move to <b>another</b> server.")
	require.Empty(t, b.Cookie(sessionCookie))
	require.Equal(t, http.StatusUnprocessableEntity, b.Login("Mo", wrong).Status)
	require.True(t, mo.SignedIn(), "who is in stays in")
	require.True(t, ada.Again().SignedIn(), "a super-administrator gets in")
	o.Set(nil)
	require.Equal(t, "/login/code", b.Login("Mo", good).Location)
}
