package backoffice_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// in asks for a page as a browser of a language does.
func in(b *browser, language, path string) page {
	r := b.Request(http.MethodGet, path, nil)
	r.Header.Set("Accept-Language", language)
	return b.Send(r)
}

func TestPagesAreInTheLanguageOfTheirReader(t *testing.T) {
	o := newOffice(t)
	ada, stranger := o.Enrolled("Ada", backoffice.Moderator), o.Browser()
	requireIn := func(want string, p page, what string) {
		t.Helper()
		require.Contains(t, p.Body, `<html lang="`+want+`"`, what)
		require.Equal(t, []string{"Accept-Language"}, p.Header["Vary"], what)
	}
	requireIn("de", in(ada.Browser, "de-AT", "/account"), "no choice yet")
	requireIn("en", in(ada.Browser, "fi", "/account"), "none of the office's")
	requireIn("de", in(ada.Browser, "de", "/operators"), "a refusal")
	requireIn("de", in(stranger, "de", "/login"), "signed out")

	require.Equal(t, "/account/language", ada.Get("/").Link("Language"), "the menu leads there")
	choose := ada.Get("/account/language")
	refused := ada.Submit(choose, "/account/language", "language", "fr")
	require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
	require.Equal(t, "/account?done=language", ada.Submit(choose, "/account/language", "language", "ar").Location)
	requireIn("ar", in(ada.Browser, "de", "/account?done=language"), "the notice is in it already")
	require.Equal(t, "ar", ada.Get("/account/language").Filled("/account/language", "").Get("language"))

	o.Set(map[string]string{"office.language": "de"})
	requireIn("ar", in(ada.Browser, "fi", "/account"), "the choice, not the office's")
	requireIn("de", in(stranger, "fi", "/login"), "the office's")
	ada.Submit(ada.Get("/account"), "/logout")
	requireIn("en", in(ada.Browser, "en", "/login"), "signed out, the choice is forgotten")
	_, err := o.CommandLine().Invite(ctx, "ben@example.org", "Ben", backoffice.Moderator)
	require.NoError(t, err)
	ben, err := o.Mem.FindOperatorByLogin(ctx, "ben")
	require.NoError(t, err)
	ben.Language = "ar"
	require.NoError(t, o.Mem.Commit(ctx, store.PutOperator{Operator: ben}))
	shown := stranger.Get("/welcome")
	sent := shown.Form("/welcome")
	sent.Set("token", o.LinkIn("welcome"))
	sent.Set("password", "short")
	answer := stranger.Post("/welcome", sent)
	require.Equal(t, http.StatusUnprocessableEntity, answer.Status)
	requireIn("de", answer, "a link does not tell the language of its account")

	asset := script.FindStringSubmatch(answer.Body)[1][len(o.Base):]
	require.NotContains(t, stranger.Get(asset).Header.Get("Vary"), "Language", "a static file")
}

func TestTheContactIsSaidInTheLanguageOfTheReader(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.Contact, c.Messages = "the desk", fstest.MapFS{"de.json": {Data: []byte(`{"the desk": "die Hotline"}`)}}
	})
	require.Contains(t, in(o.Browser(), "de", "/login").Text()+in(o.Browser(), "de", "/lost-phone").Text(), "die Hotline")
}

func TestAnOfficeWithOneLanguageOffersNone(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) { c.Languages = []string{"en"} })
	o.Set(lax)
	sue := o.Entered("Sue", backoffice.SuperAdministrator)
	for _, path := range []string{"/account", "/operators/new", "/operators/new/several", "/parameters/look"} {
		require.NotContains(t, in(sue.Browser, "de", path).Text(), "anguage", path)
	}
	require.Contains(t, in(sue.Browser, "de", "/account").Body, `<html lang="en"`)
	require.Equal(t, http.StatusNotFound, sue.Get("/account/language").Status)
	token := sue.Get("/account").Form("/logout").Get("csrf")
	require.Equal(t, http.StatusNotFound, sue.Post("/account/language", url.Values{"csrf": {token}, "language": {"en"}}).Status)
}

func TestTextsOfTheHostAreSaidOnTheHomePage(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.Menu = []backoffice.MenuItem{{Label: "Posts", Text: "All of them", Path: "/posts"}}
		c.Widgets = []backoffice.Widget{{Title: "Waiting", Load: func(context.Context) (backoffice.WidgetData, error) {
			return backoffice.WidgetData{Text: "Posts"}, nil
		}}}
		c.Messages = fstest.MapFS{"de.json": {Data: []byte(`{"Posts": "Die Beiträge", "All of them": "Alle davon", "Waiting": "Was wartet"}`)}}
	})
	home := in(o.Enrolled("Ada", backoffice.Moderator).Browser, "de", "/").Text()
	for _, text := range []string{"Die Beiträge", "Alle davon", "Was wartet", "Posts"} {
		require.Contains(t, home, text)
	}
	require.Equal(t, 1, strings.Count(home, "Posts"), "what a widget counts is data")
}
