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

func TestSignInWithTwoFactors(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	for _, login := range []string{"Ada", "ada", " ADA ", "Ada@Example.org"} {
		b := o.browser()
		answer := b.login(login, good)
		require.Equal(t, "/login/code", answer.location, login)
		require.Empty(t, b.cookie(sessionCookie), "a password is not enough")
		done := b.submit(b.follow(answer), "/login/code", "code", o.code(ada.secret))
		require.Equal(t, "/", done.location, done.text())
		require.True(t, b.signedIn())
		o.clock.Add(totp.Period)
	}
}

func TestCodesAsPeopleTypeThem(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	recovery := func(i int) string { return ada.codes[i] }
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
		b := o.browser()
		b.login("Ada", good)
		now := o.code(ada.secret)
		code := strings.NewReplacer("SPACED", now[:3]+" "+now[3:], "CODE", now).Replace(c.code)
		done := b.submit(b.get(c.page), c.page, "code", code)
		require.Equal(t, "/", done.location, "%s: %s", what, done.text())
		o.clock.Add(totp.Period)
	}
	require.Contains(t, strings.Join(o.letters(), ""), "recovery code", "its owner is told")
}

func TestWrongCodesHaveFriendlyWords(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	b := o.browser()
	b.login("Ada", good)
	for _, c := range []struct{ page, code, words string }{
		{"/login/code", o.badCode(ada.secret), "set your phone’s clock"},
		{"/login/code", "12345", "6 digits"},
		{"/login/code", "", "6 digits"},
		{"/login/code", "abcdef", "6 digits"},
		{"/login/recovery", "ABCD-EFGH", "16 letters and digits"},
		{"/login/recovery", "ABCD-EFGH-IJKL-MNOP", "not one of your unused recovery codes"},
	} {
		answer := b.submit(b.get(c.page), c.page, "code", c.code)
		require.Equal(t, http.StatusUnprocessableEntity, answer.status, c.code)
		require.Contains(t, answer.text(), c.words, c.code)
		require.Contains(t, answer.body, "Error: ", "the title says so, too")
	}
	t.Run("and the fifth ends the sign-in", func(t *testing.T) {
		var answer page
		for range 4 {
			answer = b.submit(b.get("/login/recovery"), "/login/recovery", "code", "ABCD-EFGH-IJKL-MNOP")
			if answer.status == http.StatusSeeOther {
				break
			}
		}
		require.Contains(t, b.follow(answer).text(), "Too many wrong codes")
		require.Equal(t, "/login?done=ended", b.get("/login/code").location)
	})
}

func TestAPhoneWithTheWrongTime(t *testing.T) {
	for _, c := range []struct {
		off   time.Duration
		words string
	}{
		{-3 * time.Minute, "about 3 minutes slow"}, {5 * time.Minute, "about 5 minutes fast"}, {-time.Minute, "about 60 seconds slow"},
	} {
		o := newOffice(t)
		o.add(store.Operator{}, "Ada", backoffice.Moderator)
		b := o.browser()
		shown := b.follow(b.login("Ada", good))
		secret := shown.shown()
		code, err := totp.Code(secret, o.clock.Now().Add(c.off), totp.Options{})
		require.NoError(t, err)
		answer := b.submit(shown, "/login/enrol", "code", code)
		require.Equal(t, http.StatusUnprocessableEntity, answer.status)
		require.Contains(t, answer.text(), c.words)
		require.Equal(t, secret, answer.shown(), "the picture that was scanned stays")
		done := b.submit(answer, "/login/enrol", "code", o.code(secret))
		require.Len(t, done.recoveryCodes(), 10)
	}
}

func TestAnEnrolmentLeftLying(t *testing.T) {
	o := newOffice(t)
	o.add(store.Operator{}, "Ada", backoffice.Moderator)
	b := o.browser()
	shown := b.follow(b.login("Ada", good))
	other := b.get("/login/enrol")
	require.NotEqual(t, shown.shown(), other.shown(), "a second tab shows another picture")

	t.Run("a wrong code keeps the picture", func(t *testing.T) {
		answer := b.submit(shown, "/login/enrol", "code", o.badCode(shown.shown()))
		require.Equal(t, http.StatusUnprocessableEntity, answer.status)
		require.Contains(t, answer.text(), "does not match the QR code")
		require.Equal(t, shown.shown(), answer.shown())
	})
	t.Run("a changed form gets a new picture", func(t *testing.T) {
		answer := b.submit(shown, "/login/enrol", "code", "123456", "enrolment", shown.form("/login/enrol").Get("enrolment")+"00")
		require.Equal(t, http.StatusUnprocessableEntity, answer.status)
		require.Contains(t, answer.text(), "Scan this new one")
		require.NotEqual(t, shown.shown(), answer.shown())
	})
	t.Run("a picture of somebody else is none", func(t *testing.T) {
		o.add(store.Operator{}, "Eve", backoffice.Moderator)
		eve := o.browser()
		theirs := eve.follow(eve.login("Eve", good))
		answer := b.submit(shown, "/login/enrol", "code", o.code(theirs.shown()), "enrolment", theirs.form("/login/enrol").Get("enrolment"))
		require.Equal(t, http.StatusUnprocessableEntity, answer.status)
		require.Empty(t, b.cookie(sessionCookie))
	})
	t.Run("the first of two tabs wins, and the other one goes home", func(t *testing.T) {
		require.Len(t, b.submit(other, "/login/enrol", "code", o.code(other.shown())).recoveryCodes(), 10)
		answer := b.submit(shown, "/login/enrol", "code", o.code(shown.shown()))
		require.Equal(t, "/", answer.location)
		factors, err := o.mem.ListFactors(ctx, "id-of-ada")
		require.NoError(t, err)
		require.Len(t, factors, 1)
	})
	t.Run("after ten minutes the sign-in begins anew", func(t *testing.T) {
		o.add(store.Operator{}, "Ben", backoffice.Moderator)
		b := o.browser()
		shown := b.follow(b.login("Ben", good))
		o.clock.Add(10 * time.Minute)
		answer := b.submit(shown, "/login/enrol", "code", o.code(shown.shown()))
		require.Contains(t, b.follow(answer).text(), "This sign-in took too long")
	})
}

func TestSignInsPaused(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.SuperAdministrator)
	mo := o.enrolled("Mo", backoffice.Moderator)
	o.rules(map[string]string{"signin.paused": "on", "signin.paused_text": "We move to <b>another</b> server."})
	b := o.browser()
	require.Contains(t, b.get("/login").text(), "We move to <b>another</b> server.", "as text, not as markup")
	answer := b.login("Mo", good)
	require.Equal(t, http.StatusServiceUnavailable, answer.status)
	require.Contains(t, answer.text(), "We move to <b>another</b> server.")
	require.Empty(t, b.cookie(sessionCookie))
	require.Equal(t, http.StatusUnprocessableEntity, b.login("Mo", wrong).status)
	require.True(t, mo.signedIn(), "who is in stays in")
	require.True(t, ada.again().signedIn(), "a super-administrator gets in")
	o.rules(nil)
	require.Equal(t, "/login/code", b.login("Mo", good).location)
}
