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
	"github.com/postern-go/postern/store"
)

// typings are what a person types into each form in a session that takes more than the press
// of a button, by the pattern of its route.
var typings = map[string]url.Values{
	"/account/name": {"name": {`Sue "S" <b>`}}, "/account/two-factor/add": {"label": {"Old phone"}},
	"/operators/new":               {"email": {"new@example.org"}, "name": {"New & Co"}, "role": {backoffice.Moderator, backoffice.CommunityManager}},
	"/operators/{id}/name":         {"name": {"Maurice"}, "version": {"1"}},
	"/operators/{id}/email":        {"email": {"maurice@example.org"}, "version": {"1"}},
	"/operators/{id}/roles":        {"primary": {backoffice.CommunityManager}, "role": {"within"}, "version": {"1"}, "confirm": {"yes"}},
	"/operators/{id}/new-password": {"reason": {"It was on a list.\r\nOf many."}},
	"/operators/{id}/two-factor":   {"reason": {"Lost."}},
	"/operators/{id}/disable":      {"reason": {"Left."}},
	"/operators/{id}/delete":       {"reason": {"Left & gone."}},
	"/members/{id}":                {"name": {"Mia M."}, "primary": {backoffice.Moderator}, "version": {"0"}, "confirm": {"yes"}},
	"/members/{id}/revoke":         {"reason": {"Moved."}},
	"/roles/new":                   {"name": {"Press"}, "description": {"Writes."}, "permission": {"posts.delete", "audit.view"}, "two_factor": {"on"}},
	"/roles/{id}":                  {"name": {"Other"}, "permission": {"posts.delete"}, "version": {"1"}, "confirm": {"yes"}},
	"/roles/{id}/delete":           {"to": {backoffice.Moderator}, "version": {"1"}},
	"/parameters":                  {"session.per_operator": {"4"}, "confirm": {"yes"}},
	"/parameters/address":          {"action": {"choose"}, "alias": {"a-new-address-of-the-office"}},
	"/parameters/sessions":         {"reason": {"Cookies were stolen."}},
	"/audit/export":                {"format": {"csv"}, "area": {"alias"}, "actor": {"Sue"}},
}

// onlyPressed are forms in a session into which nothing is typed, or only secrets.
var onlyPressed = []string{
	"/step-up", "/logout", "/account/password", "/account/sessions", "/account/two-factor/{id}/remove", "/account/recovery-codes",
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
	o, _, sue = stage(t)
	token := func() string { return sue.Get("/account").Form("/logout").Get("csrf") }
	require.Equal(t, http.StatusSeeOther, sue.Post("/members/m-mel", url.Values{"csrf": {token()}, "primary": {backoffice.Moderator}, "version": {"0"}, "confirm": {"yes"}}).Status)
	o.Person("Wim", "within")
	o.Set(map[string]string{"two_factor.who": "recommended", "session.proof": "5m", "session.per_operator": "1"})
	return o, sue, func(route string) (string, url.Values) {
		path := at.Replace(route)
		sent := maps.Clone(typings[route])
		sent.Set("csrf", token())
		if route == "/parameters" {
			all := sue.Get("/parameters").Filled("/parameters", review)
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
					require.Contains(t, refused.Location, url.QueryEscape("/audit?actor=Sue&area=alias"), "the list, with its filters")
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
