package backoffice_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

// typings are what a person types into each form in a session that takes more than the press
// of a button, by the pattern of its route.
var typings = map[string]url.Values{
	"/account/name": {"name": {`Sue "S" <b>`}}, "/account/two-factor/add": {"label": {"Old phone"}}, "/account/passkeys/new": {"label": {"Old laptop"}},
	"/operators/new":               {"email": {"new@example.org"}, "name": {"New & Co"}, "role": {backoffice.Moderator, backoffice.CommunityManager}},
	"/operators/new/several":       {"people": {"new@example.org\r\nTwo <two@example.org>"}, "role": {backoffice.Moderator}},
	"/operators/bulk":              {"operator": {"id-of-mo"}, "act": {"disable"}, "reason": {"Left."}},
	"/operators/{id}/name":         {"name": {"Maurice"}, "version": {"1"}},
	"/operators/{id}/email":        {"email": {"maurice@example.org"}, "version": {"1"}},
	"/operators/{id}/roles":        {"role": {backoffice.CommunityManager, "within"}, "version": {"1"}, "confirm": {"yes"}},
	"/operators/{id}/new-password": {"reason": {"It was on a list.\r\nOf many."}},
	"/operators/{id}/two-factor":   {"reason": {"Lost."}},
	"/operators/{id}/disable":      {"reason": {"Left."}},
	"/operators/{id}/delete":       {"reason": {"Left & gone."}},
	"/members/{id}":                {"name": {"Mia M."}, "role": {backoffice.Moderator}, "version": {"0"}, "confirm": {"yes"}},
	"/members/{id}/revoke":         {"reason": {"Moved."}},
	"/roles/new":                   {"name": {"Press"}, "description": {"Writes."}, "permission": {"posts.delete", "audit.view"}, "two_factor": {"on"}, "require_passkey": {"on"}},
	"/roles/{id}":                  {"name": {"Other"}, "permission": {"posts.delete"}, "version": {"1"}, "confirm": {"yes"}},
	"/roles/{id}/delete":           {"to": {backoffice.Moderator}, "version": {"1"}},
	"/parameters/{section}":        {"password.min_length": {"20"}, "password.min_length.preset": {"custom"}, "confirm": {"yes"}},
	"/parameters/address":          {"action": {"choose"}, "alias": {"a-new-address-of-the-office"}},
	"/parameters/sessions":         {"reason": {"Cookies were stolen."}},
	"/audit/export":                {"format": {"csv"}, "kind": {"alias"}, "person": {"Sue"}},
}

// onlyPressed are forms in a session into which nothing is typed, or only secrets.
var onlyPressed = []string{
	"/{$}", "/step-up", "/logout", "/account/appearance", "/account/language", "/account/password", "/account/sessions", "/account/two-factor/{id}/remove", "/account/recovery-codes",
	"/operators/{id}/invitation", "/operators/{id}/unlock", "/operators/{id}/sessions", "/operators/{id}/reset-mail", "/operators/{id}/link",
	"/operators/{id}/temporary-password", "/operators/{id}/enable", "/mail/test", "/mail/{id}", "/audit/verify",
}

func TestEveryFormThatIsTypedIntoIsKnown(t *testing.T) {
	known := slices.Collect(maps.Keys(typings))
	for _, r := range pages.Routes() {
		if r.Method == http.MethodPost && r.SignedIn {
			require.True(t, slices.Contains(known, r.Path) != slices.Contains(onlyPressed, r.Path),
				"%s: say in typings what is typed into it, or in onlyPressed that nothing is", r.Path)
		}
	}
}

// typing is an office whose super-administrator is about to send the form of a route.
func typing(t *testing.T) (o *office, sue *person, about func(route string) (path string, sent url.Values)) {
	o, _, sue = stage(t, browse.WithPasskeys)
	token := func() string { return sue.Get("/account").Form("/logout").Get("csrf") }
	require.Equal(t, http.StatusSeeOther, sue.Post("/members/m-mel", url.Values{"csrf": {token()}, "role": {backoffice.Moderator}, "version": {"0"}, "confirm": {"yes"}}).Status)
	o.Person("Wim", "within")
	o.Set(map[string]string{"two_factor.who": "recommended", "session.proof": "5m", "session.per_operator": "1"})
	return o, sue, func(route string) (string, url.Values) {
		path := at.Replace(route)
		sent := url.Values{}
		for name, values := range typings[route] {
			sent[name] = slices.Clone(values)
		}
		sent.Set("csrf", token())
		if route == "/parameters/{section}" {
			all := sue.Get(path).Filled(path, review)
			for name, values := range sent {
				all[name] = values
			}
			sent = all
		}
		return path, sent
	}
}

// requireTyped requires that the form of a page has what was typed.
func requireTyped(t *testing.T, p page, path string, sent url.Values) {
	t.Helper()
	require.Equal(t, http.StatusOK, p.Status, p.Text())
	got := p.Filled(path, "")
	for name, values := range sent {
		if !slices.Contains([]string{"csrf", "confirm", "action"}, name) {
			for i, v := range values {
				values[i] = strings.ReplaceAll(v, "\r\n", "\n")
			}
			for i, v := range got[name] {
				got[name][i] = strings.TrimPrefix(v, "\n")
			}
			require.ElementsMatch(t, values, got[name], "%s at %s: %s", name, path, p.Text())
		}
	}
	require.NotEqual(t, sent.Get("csrf"), got.Get("csrf"), "with a token of its own")
}

// interruptions are what comes between a form and its handling, and what has the person go
// on.
var interruptions = map[string]struct {
	happens func(*office, *person)
	leads   string
	says    string
}{
	"a step-up":                   {func(o *office, _ *person) { o.Clock.Add(6 * time.Minute) }, "/step-up?next=", "It is not saved yet."},
	"a session that was not used": {func(o *office, _ *person) { o.Clock.Add(31 * time.Minute) }, "/login?", "You were signed out before this was saved."},
	"a session that was ended": {func(o *office, sue *person) {
		o.Write(store.EndSessions{OperatorID: sue.ID, All: true})
	}, "/login?", "You were signed out before this was saved."},
	"a sign-in elsewhere": {func(o *office, sue *person) { o.Browser().Login(sue.Name, good) }, "/login?", "You were signed out before this was saved."},
}

func TestWhatIsTypedOutlives(t *testing.T) {
	for name, between := range interruptions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, sue, about := typing(t)
			again := func(shown page) page {
				if shown.Path == "/step-up" {
					require.Contains(t, shown.Text(), "What you typed is kept.")
					return sue.Follow(sue.Submit(shown, "/step-up", "password", good))
				}
				require.Contains(t, shown.Text(), "It is kept for an hour")
				return sue.Follow(sue.Submit(shown, "/login", "login", sue.Name, "password", good))
			}
			for route := range typings {
				if page := sue.Get("/account"); page.Status != http.StatusOK {
					sue.Login(sue.Name, good)
				}
				sue.Submit(sue.Get("/step-up"), "/step-up", "password", good)
				path, sent := about(route)
				between.happens(o, sue)
				stored := func() []string {
					return []string{o.Dump("answers", "events", "counters", "sessions", "sessionIDs", "browsers", "browserIDs", "browsersOf", "devices", "mails", "preSessions", "operators"), o.Find("id-of-mo").Name, o.Find("id-of-mo").Email, string(o.Find("id-of-mo").State), o.Find("id-of-mo").PrimaryRole}
				}
				before := stored()
				refused := sue.Post(path, sent)
				require.Equal(t, http.StatusSeeOther, refused.Status, refused.Text())
				require.True(t, strings.HasPrefix(refused.Location, between.leads), refused.Location)
				require.NotContains(t, refused.Location, "csrf", route)
				if route == "/audit/export" {
					require.Contains(t, refused.Location, url.QueryEscape("/audit?kind=alias&person=Sue"), "the list, with its filters")
					continue
				}
				shown := again(sue.Follow(refused))
				requireTyped(t, shown, path, sent)
				require.True(t, slices.Equal(before, stored()), "nothing of %s is done", route)
				if !shown.Form(path).Has("confirm") {
					require.Contains(t, shown.Text(), between.says, route)
				}
			}
		})
	}
}

func TestWhatIsOnlyTakenAwayIsKept(t *testing.T) {
	o, sue, _ := typing(t)
	for path, field := range map[string]string{"/parameters/maintenance": "signin.paused", "/operators/id-of-mo/roles": "role", "/roles/within": "permission"} {
		o.Set(map[string]string{"two_factor.who": "recommended", "session.proof": "5m", "signin.paused": "on"})
		o.Clock.Add(31 * time.Minute)
		sue.Login(sue.Name, good)
		sent := sue.Get(path).Filled(path, "")
		require.True(t, sent.Has(field), path)
		sent.Del(field)
		if path == "/roles/within" {
			sent.Set("name", "")
		}
		o.Clock.Add(31 * time.Minute)
		shown := sue.Follow(sue.Submit(sue.Follow(sue.Post(path, sent)), "/login", "login", sue.Name, "password", good))
		require.False(t, shown.Filled(path, "").Has(field), "%s: %s", path, shown.Text())
		require.Contains(t, shown.Text(), "What you typed is here again")
	}
}

func TestWhatIsTypedIsForItsOperatorAndBrowserAlone(t *testing.T) {
	o, sue := seated(t)
	ben := o.Entered("Ben", backoffice.SuperAdministrator)
	rename := func(b *browser) url.Values {
		return url.Values{"csrf": {b.Get("/account/name").Form("/account/name").Get("csrf")}, "name": {"Typed"}}
	}
	answers := func() string { return o.Dump("operators", "events", "counters", "sessions", "sessionIDs") }
	shows := func(b *browser, path string) bool { return strings.Contains(b.Get(path).Body, `value="Typed"`) }

	sent := rename(sue.Browser)
	o.Write(store.EndSessions{OperatorID: sue.ID, All: true})
	refused := sue.Post("/account/name", sent)
	to, err := url.Parse(refused.Location)
	require.NoError(t, err)
	kept := to.Query().Get("next")
	require.True(t, strings.HasPrefix(kept, "/account/name?kept="), kept)
	require.NotContains(t, o.Dump(), "Typed", "it is sealed")

	t.Run("what is only pressed is not kept", func(t *testing.T) {
		before := answers()
		require.NotContains(t, sue.Post("/account/appearance", url.Values{"csrf": sent["csrf"], "scheme": {"dark"}, "next": {"/audit"}}).Location, "kept")
		require.True(t, before == answers())
	})
	t.Run("another operator finds nothing", func(t *testing.T) {
		own := ben.Cookie(keptCookie)
		require.NotEmpty(t, sue.Cookie(keptCookie))
		ben.SetCookie(keptCookie, sue.Cookie(keptCookie))
		require.False(t, shows(ben.Browser, kept))
		ben.SetCookie(keptCookie, own)
	})
	t.Run("another browser finds nothing", func(t *testing.T) {
		there := o.Browser()
		there.Login(sue.Name, good)
		require.False(t, shows(there, kept))
		require.Contains(t, there.Get(kept).Text(), "no longer kept")
	})
	t.Run("with a token that is not ours, or of a stranger, or from elsewhere, nothing is kept", func(t *testing.T) {
		stranger := o.Browser().Get("/login").Form("/login").Get("csrf")
		raw := []byte(sent.Get("csrf"))
		raw[len(raw)-3] ^= 1
		for what, token := range map[string]string{"none": "", "a stranger's": stranger, "changed": string(raw), "short": sent.Get("csrf")[:64]} {
			before := answers()
			answer := sue.Post("/account/name", url.Values{"csrf": {token}, "name": {"Typed"}})
			require.NotContains(t, answer.Location, "kept%3D", what)
			require.True(t, before == answers(), what)
		}
		r := sue.With(http.MethodPost, "/account/name", sent)
		r.Header.Set("Sec-Fetch-Site", "same-site")
		before := answers()
		require.NotContains(t, sue.Send(r).Location, "kept%3D")
		require.True(t, before == answers())
		r = sue.With(http.MethodPost, "/account/name", sent)
		r.Header.Set("Sec-Fetch-Mode", "cors")
		require.NotContains(t, sue.Send(r).Body, "kept", "a script has what it sent")
		require.True(t, before == answers())
	})
	t.Run("a form of hers is not kept in the session of another", func(t *testing.T) {
		session := sue.Cookie(sessionCookie)
		sue.SetCookie(sessionCookie, ben.Cookie(sessionCookie))
		before := answers()
		answer := sue.Post("/account/name", sent)
		require.Equal(t, http.StatusForbidden, answer.Status)
		require.NotContains(t, answer.Body, "kept=")
		require.True(t, before == answers())
		sue.SetCookie(sessionCookie, session)
	})
	t.Run("she finds it, until it is saved", func(t *testing.T) {
		sue.Login(sue.Name, good)
		shown := sue.Get(kept)
		require.True(t, shows(sue.Browser, kept), "and again")
		require.Equal(t, http.StatusSeeOther, sue.Post("/account/name", shown.Filled("/account/name", "")).Status)
		require.Equal(t, "Typed", o.Find(sue.ID).Name)
		require.Contains(t, sue.Get(kept).Text(), "no longer kept")
	})
	t.Run("for an hour, and so many", func(t *testing.T) {
		o.Clock.Add(16 * time.Minute)
		sent := url.Values{"csrf": {ben.Get("/account").Form("/logout").Get("csrf")}, "name": {"Typed"}}
		late := ben.Post("/account/name", sent)
		require.Contains(t, late.Location, "kept%3D", "a step-up")
		for range 39 {
			require.Contains(t, ben.Post("/account/name", sent).Location, "kept%3D")
		}
		require.Equal(t, "/step-up?next=%2Faccount%2Fname", ben.Post("/account/name", sent).Location)
		to, _ := url.Parse(late.Location)
		for range 4 {
			o.Clock.Add(14 * time.Minute)
			ben.Submit(ben.Get("/step-up"), "/step-up", "password", good)
			require.True(t, shows(ben.Browser, to.Query().Get("next")))
		}
		o.Clock.Add(5 * time.Minute)
		require.Contains(t, ben.Get(to.Query().Get("next")).Text(), "no longer kept")
	})
}

func TestAPreviewLeadsBackToTheFormWithWhatWasTyped(t *testing.T) {
	o, sue, about := typing(t)
	for _, route := range []string{"/operators/{id}/roles", "/members/{id}", "/roles/{id}", "/parameters/{section}", "/operators/new/several"} {
		path, sent := about(route)
		sent.Del("confirm")
		preview := sue.Post(path, sent)
		require.Equal(t, "yes", preview.Filled(path, "").Get("confirm"), preview.Text())
		before := o.Dump("answers", "events")
		shown := sue.Post(path, preview.Filled(path, "Go back"))
		requireTyped(t, shown, path, sent)
		require.True(t, before == o.Dump("answers", "events"), route)
	}
}

func TestWhatCouldNotBeSavedIsSentAgain(t *testing.T) {
	o, sue := seated(t)
	sent := url.Values{"csrf": {sue.Get("/account").Form("/logout").Get("csrf")}, "name": {`Sue "S" <b>`}}
	for what, method := range map[string]string{"the session cannot be read": "FindSession", "nothing can be saved": "Commit"} {
		o.Store.FailMethod(method, errDown)
		failed := sue.Post("/account/name", sent)
		require.Equal(t, http.StatusServiceUnavailable, failed.Status, what)
		o.Store.Reset()
		require.Equal(t, sent, failed.Filled("/account/name", "Try again"), "the same, with the same token")
		require.Equal(t, http.StatusSeeOther, sue.Post("/account/name", failed.Filled("/account/name", "Try again")).Status, what)
		renamed := o.Count("operator.renamed")
		require.Equal(t, http.StatusSeeOther, sue.Post("/account/name", failed.Filled("/account/name", "Try again")).Status, what)
		require.Equal(t, renamed, o.Count("operator.renamed"), "and not twice")
		sent.Set("name", "Sue")
	}
	o.Store.FailMethod("FindSession", errDown)
	t.Run("but not from elsewhere, nor what cannot be known to be from here", func(t *testing.T) {
		for _, site := range []string{"same-site", ""} {
			r := sue.With(http.MethodPost, "/account/name", sent)
			r.Header.Set("Sec-Fetch-Site", site)
			require.NotContains(t, sue.Send(r).Body, "Try again</button>", site)
		}
	})
	t.Run("and no secret", func(t *testing.T) {
		p := sue.Post("/account/password", url.Values{"csrf": sent["csrf"], "current_password": {good}, "password": {better}, "password_again": {better}})
		require.Equal(t, http.StatusServiceUnavailable, p.Status)
		require.NotContains(t, p.Body, better)
		require.NotContains(t, p.Body, good)
		require.Contains(t, p.Text(), "so type them again")
	})
}

func TestAScriptKeepsTheSession(t *testing.T) {
	o, sue := seated(t)
	o.Clock.Add(29 * time.Minute)
	require.JSONEq(t, `{"unused": 1800, "at_most": 41460}`, sends(sue.Browser, "GET", "/account/session", nil, fetches, within).Body)
	o.Clock.Add(29 * time.Minute)
	shown := sue.Get("/account")
	require.Contains(t, shown.Body, `data-unused="1800" data-at-most="39720" data-warn="120" data-stay="`+o.Base+`/account/session"`)
	require.Equal(t, http.StatusNotFound, sue.Get("/account/session").Status, "no page")
	for _, site := range []string{"cross-site", "same-site"} {
		o.Clock.Add(time.Minute)
		require.Equal(t, http.StatusForbidden, sends(sue.Browser, "GET", "/account/session", nil, fetches, "Sec-Fetch-Site: "+site).Status)
	}
	o.Clock.Add(29 * time.Minute)
	require.Equal(t, http.StatusUnauthorized, sends(sue.Browser, "GET", "/account/session", nil, fetches, within).Status, "no other origin keeps it")
}

func TestCancellingAStepUpLeadsToThePageAbove(t *testing.T) {
	o, sue := seated(t)
	ben := o.Person("Ben", backoffice.Moderator)
	o.Clock.Add(6 * time.Minute)
	for path, want := range map[string]string{
		"/operators/" + ben.ID + "/two-factor":    "/operators/" + ben.ID,
		"/operators/" + ben.ID + "/roles":         "/operators/" + ben.ID,
		"/operators/bulk?operator=" + ben.ID:      "/operators",
		"/operators/new/several":                  "/operators",
		"/parameters/address":                     "/parameters",
		"/parameters/sessions":                    "/parameters",
		"/account/name":                           "/account",
		"/account/two-factor/some-app/remove":     "/account/two-factor",
		"/roles/" + backoffice.Moderator:          "/roles",
		"/no/such/page":                           "/",
		"/operators/" + ben.ID + "/no/such%2Fone": "/operators/" + ben.ID,
	} {
		asked := sue.Get("/step-up?" + url.Values{"next": {path}}.Encode())
		require.Equal(t, want, asked.Link("Cancel"), path)
		require.Equal(t, http.StatusOK, sue.Get(want).Status, "it opens: %s", want)
	}
	bare := o.Entered("Bare", backoffice.Moderator)
	o.Clock.Add(6 * time.Minute)
	require.Equal(t, "/", bare.Get("/step-up?next=/operators/"+ben.ID+"/roles").Link("Cancel"), "not to a page that is refused")
}
