package backoffice_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

// served is the routes of the office, by path and method.
func served() map[string]map[string]pages.Route {
	all := map[string]map[string]pages.Route{}
	for _, r := range pages.Routes() {
		if all[r.Path] == nil {
			all[r.Path] = map[string]pages.Route{}
		}
		all[r.Path][r.Method] = r
	}
	return all
}

// examples are paths that are there, for routes about something.
var examples = map[string]string{
	"/{$}": "/", "/operators/{id}/invitation": "/operators/id-of-ivan/invitation", "/operators/{id}/enable": "/operators/id-of-disa/enable",
	"/roles/{id}": "/roles/empty", "/roles/{id}/delete": "/roles/empty/delete", "/members/{id}": "/members/m-mia", "/members/{id}/revoke": "/members/m-mel/revoke",
	"/mail/{id}": "/mail/mail-1", "/audit/{id}": "/audit/1",
}

func example(path string) string {
	if at, ok := examples[path]; ok {
		return at
	}
	return strings.NewReplacer("{id}", "id-of-ben", "{section}", "passwords", "{name}", "session.idle").Replace(path)
}

// allow is the header of an answer to a method that a path does not have.
func allow(methods map[string]pages.Route) string {
	var names []string
	for method := range methods {
		if names = append(names, method); method == http.MethodGet {
			names = append(names, http.MethodHead)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// stopped is the answer that somebody gets who is not let in, by the table; ok
// says that they are.
func (s somebody) stopped(r pages.Route, duty string) (status int, location string, ok bool) {
	free := r.Path == "/step-up" || r.Path == "/logout" || r.Path == "/account/session" || r.Path == duty
	switch {
	case !r.SignedIn:
		return 0, "", true
	case s.out:
		return http.StatusSeeOther, "/login", false
	case duty != "" && !free:
		return http.StatusSeeOther, duty, false
	case r.Permission != "" && !slices.Contains(s.can, r.Permission):
		return http.StatusForbidden, "", false
	case r.Proved && s.stale:
		return http.StatusSeeOther, "/step-up", false
	}
	return 0, "", true
}

// knocks sends methods to every route, and looks whether the table of
// routes lets in and stops whom it says, and that who is stopped changes nothing.
func (s somebody) knocks(o *office, duty string, methods ...string) (stopped int) {
	t := s.T
	token := s.token()
	for path, methodsOf := range served() {
		at := example(path)
		before := o.Dump("events", "counters")
		for _, method := range methods {
			known := method
			if method == http.MethodHead {
				known = http.MethodGet
			}
			r, ok := methodsOf[known]
			what := method + " " + at + " for " + s.name
			var body url.Values
			if method != http.MethodGet && method != http.MethodHead {
				body = url.Values{"csrf": {token}}
			}
			status, location, in := s.stopped(r, duty)
			if ok && in && method == http.MethodPost {
				continue // what it does is for other tests
			}
			answer := s.Send(s.With(method, at, body))
			switch {
			case !ok:
				require.Equal(t, http.StatusMethodNotAllowed, answer.Status, what)
				require.Equal(t, allow(methodsOf), answer.Header.Get("Allow"), what)
			case !in:
				stopped++
				require.Equal(t, status, answer.Status, what+": "+answer.Text())
				to, _, _ := strings.Cut(answer.Location, "?")
				require.Equal(t, location, to, what)
			case r.SignedIn:
				require.Contains(t, []int{http.StatusOK, http.StatusSeeOther, http.StatusNotFound}, answer.Status, what+": "+answer.Text())
				if answer.Status == http.StatusNotFound {
					require.Contains(t, []string{"/account/two-factor/{id}/remove", "/account/passkeys/new", "/account/form-token", "/account/session", "/mail/arrived/{id}"}, path, what)
				}
				require.NotContains(t, answer.Location, "/login", what)
			}
			if method == http.MethodHead {
				require.Empty(t, answer.Body, what)
			}
		}
		require.True(t, before == o.Dump("events", "counters"), "%s for %s changed something", at, s.name)
	}
	return stopped
}

func TestEveryMethodOfEveryRouteForEveryRole(t *testing.T) {
	o, all := everybody(t)
	for _, s := range all {
		duty := ""
		if s.bound {
			duty = "/account/password"
		}
		known := []string{http.MethodGet, http.MethodHead, http.MethodPost}
		if s.out || s.name == "super-administrator" {
			// Before anybody is asked who they are.
			known = slices.DeleteFunc(slices.Clone(methods), func(m string) bool { return m == http.MethodConnect }) // it names no path
		}
		stopped := s.knocks(o, duty, known...)
		require.True(t, stopped > 20 || s.name == "super-administrator" || s.name == "administrator", "%s is stopped %d times", s.name, stopped)
	}
	t.Run("who must add an authenticator first reaches nothing else", func(t *testing.T) {
		o.Set(map[string]string{"two_factor.who": "everyone", "session.proof": "15m"})
		sue := all[slices.IndexFunc(all, func(s somebody) bool { return s.name == "super-administrator" })]
		require.Equal(t, "/account/two-factor/add", sue.Get("/").Location)
		require.Greater(t, sue.knocks(o, "/account/two-factor/add", http.MethodGet, http.MethodPost), 60)
	})
	require.NotContains(t, o.Log.String(), "request failed")
	require.NotContains(t, o.Log.String(), "panic")
}

func TestWhoeverMustProveThemselvesComesBackToAPage(t *testing.T) {
	_, all := everybody(t)
	stale := all[slices.IndexFunc(all, func(s somebody) bool { return s.stale })]
	token, tried := stale.token(), 0
	for path, methods := range served() {
		if r, ok := methods[http.MethodPost]; !ok || !r.Proved {
			continue
		}
		tried++
		answer := stale.Post(example(path), url.Values{"csrf": {token}})
		to, err := url.Parse(answer.Location)
		require.NoError(t, err)
		require.Equal(t, "/step-up", to.Path, path)
		next := to.Query().Get("next")
		if next == "" {
			next = "/"
		}
		require.Contains(t, []int{http.StatusOK, http.StatusSeeOther, http.StatusNotFound}, stale.Get(next).Status, "%s leads on to %s", path, next)
		if _, page := methods[http.MethodGet]; page {
			require.Equal(t, example(path), next)
		}
	}
	require.Greater(t, tried, 20)
	require.Equal(t, "/step-up?next=%2Foperators%2Fid-of-ben", stale.Post("/operators/id-of-ben/unlock", url.Values{"csrf": {token}}).Location)
	require.Equal(t, "/audit", stale.Post("/audit/export", url.Values{"csrf": {"x"}}).Link("Open the form again"))
}
