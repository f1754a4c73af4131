package backoffice_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestWhatIsPostedComesFromTheBodyAlone(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	token := ada.Get("/account/name").Form("/account/name").Get("csrf")
	post := func(b *browser, path string, query, body url.Values) page {
		r := b.Request(http.MethodPost, path+"?"+query.Encode(), strings.NewReader(body.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return b.Send(r)
	}
	require.Equal(t, http.StatusForbidden, post(ada.Browser, "/account/name", url.Values{"csrf": {token}}, url.Values{"name": {"Eve"}}).Status, "the form token")
	require.Equal(t, http.StatusUnprocessableEntity, post(ada.Browser, "/account/name", url.Values{"name": {"Eve"}}, url.Values{"csrf": {token}}).Status)
	require.Equal(t, http.StatusSeeOther, post(ada.Browser, "/account/name", url.Values{"name": {"Eve"}}, rename(token, "Adele")).Status)
	require.Equal(t, "Adele", o.Find(ada.ID).Name)

	stranger := o.Browser()
	form := stranger.Get("/login").Form("/login")
	form.Del("password")
	form.Set("login", "Adele")
	require.Equal(t, http.StatusUnprocessableEntity, post(stranger, "/login", url.Values{"password": {good}}, form).Status, "credentials")
	form.Set("password", good)
	require.Equal(t, http.StatusSeeOther, post(stranger, "/login", nil, form).Status)
}

// Nothing trims, folds or cuts a password on its way from the form.
func TestAPasswordIsTakenAsItIsTyped(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	const typed = " Tıdal  harbor 64 \u00e9/e\u0301 cinnamon "
	form := ada.Get("/account/password")
	require.Equal(t, "/account?done=password", ada.Submit(form, "/account/password", "current_password", good, "password", typed, "password_again", typed).Location)
	for _, other := range []string{strings.TrimSpace(typed), strings.ToLower(typed), strings.Replace(typed, "  ", " ", 1), strings.Replace(typed, "\u00e9", "e\u0301", 1)} {
		require.Equal(t, http.StatusUnprocessableEntity, o.Browser().Login("Ada", other).Status, "%q", other)
	}
	require.Equal(t, "/login/code", o.Browser().Login("Ada", typed).Location)
}
