package backoffice_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

// seeAs begins to see the office as an operator.
func (o *office) seeAs(p *person, as store.Operator) page {
	o.T.Helper()
	at := "/operators/" + as.ID + "/see-as"
	answer := p.Submit(p.Get(at), at, "reason", "They see no posts.")
	require.Equal(o.T, http.StatusSeeOther, answer.Status, answer.Text())
	require.Equal(o.T, "/", answer.Location)
	return p.Follow(answer)
}

const seeAs = browse.SeeAsCookie

// The guard decides, not the handlers: each page opens exactly if the other one could open it, but
// for those of accounts, and no form of any page does anything.
func TestSeeingAsOpensWhatTheOtherCouldOpenAndOnlyToLook(t *testing.T) {
	for _, role := range []string{backoffice.Moderator, backoffice.Administrator, backoffice.SuperAdministrator} {
		t.Run(role, func(t *testing.T) {
			o, _ := everybody(t)
			other, sue := o.Entered("Other", role), o.Entered("Sam", backoffice.SuperAdministrator)
			home := o.seeAs(sue, other.Operator)
			require.Contains(t, home.Text(), "You are seeing the office as Other")
			token := home.Form("/account/see-as").Get("csrf")
			for _, r := range append(tableRoutes(), documentedRoutes()...) {
				method, path, _ := strings.Cut(r, " ")
				what := r + " as " + role
				if method == http.MethodPost {
					if path == "/logout" || path == "/account/see-as" {
						continue
					}
					before := o.Dump("events", "counters")
					answer := sue.Post(path, url.Values{"csrf": {token}})
					require.Equal(t, http.StatusForbidden, answer.Status, what)
					require.Contains(t, answer.Text(), "nothing was changed", what)
					require.True(t, before == o.Dump("events", "counters"), what)
					continue
				}
				want, got := other.Get(path), sue.Get(path)
				switch {
				case path == "/account/session":
				case strings.HasPrefix(path, "/account"), path == "/step-up", strings.HasPrefix(path, "/mail/arrived/"):
					require.Equal(t, http.StatusForbidden, got.Status, what)
					require.Contains(t, got.Text(), "Account pages stay closed", what)
				default:
					require.Equal(t, want.Status, got.Status, what)
					require.Equal(t, want.Location, got.Location, what)
				}
				if got.Status == http.StatusOK && strings.Contains(got.Body, "</html>") && got.Form("/logout") != nil && strings.Contains(got.Body, `class="shell"`) {
					require.Contains(t, got.Text(), "You are seeing the office as Other", what)
				}
			}
		})
	}
}

// tableRoutes and documentedRoutes are all routes, with their methods.
func tableRoutes() (all []string) {
	for _, row := range table() {
		all = append(all, row.method+" "+ids.Replace(row.path))
	}
	return all
}

func documentedRoutes() (all []string) {
	for _, row := range documented {
		path := strings.NewReplacer("FACTOR", "none", "CODE", "none").Replace(row.path)
		if row.get != "" {
			all = append(all, "GET "+path)
		}
		if row.post != "" {
			all = append(all, "POST "+path)
		}
	}
	return all
}

// seeingHost has pages of the host that say who is there.
func seeingHost(t *testing.T, change ...func(*backoffice.Config)) *office {
	o := newOffice(t, change...)
	o.Set(lax)
	return o
}

func TestPagesOfTheHostSeeTheOtherAndWhoReallyLooks(t *testing.T) {
	var decided []backoffice.Access
	o := seeingHost(t, func(c *backoffice.Config) {
		c.Guards = map[string]string{"/who": backoffice.AnyOperator, "/posts": "posts.delete", "/numbers": "analytics.view"}
		c.Decide = func(_ context.Context, a backoffice.Access) error { decided = append(decided, a); return nil }
	})
	values := 0
	o.Inside.HandleFunc("/who", func(w http.ResponseWriter, r *http.Request) {
		who, _ := backoffice.OperatorFrom(r.Context())
		kept, err := o.SessionStore().Get(r, "filters")
		require.NoError(t, err)
		values, _ = kept.Values["n"].(int)
		kept.Values["n"] = values + 1
		require.NoError(t, kept.Save(r, w))
		by := "nobody"
		if who.SeenBy != nil {
			by = who.SeenBy.Name
			require.ErrorIs(t, o.Disable(r.Context(), "Cleo", "no"), backoffice.ErrSeeingAs)
			require.ErrorIs(t, o.Audited(r.Context(), backoffice.Act{Code: "none"}, nil), backoffice.ErrSeeingAs)
		}
		fmt.Fprintf(w, "%s, seen by %s, posts %v, numbers %v", who.Name, by, who.Can("posts.delete"), who.Can("analytics.view"))
	})
	o.Inside.HandleFunc("/posts", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "posts") })
	o.Inside.HandleFunc("/numbers", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "numbers") })
	mo, sue := o.Person("Mo", backoffice.Moderator), o.Entered("Sam", backoffice.SuperAdministrator)
	o.Person("Cleo", backoffice.Moderator)
	require.Equal(t, "Sam, seen by nobody, posts true, numbers true", sue.Get("/who").Body)
	require.Equal(t, "Sam, seen by nobody, posts true, numbers true", sue.Get("/who").Body)
	require.Equal(t, 1, values)
	o.seeAs(sue, mo)

	decided = nil
	require.Equal(t, "Mo, seen by Sam, posts true, numbers false", sue.Get("/who").Body)
	require.Equal(t, "Mo, seen by Sam, posts true, numbers false", sue.Get("/who").Body)
	require.Zero(t, values, "neither read nor kept")
	require.Equal(t, "Sam", decided[0].Operator.Name)
	require.Equal(t, "Mo", decided[0].As.Name)
	require.Equal(t, 200, sue.Get("/posts").Status)
	require.Equal(t, 403, sue.Get("/numbers").Status)
	e := o.Last()
	require.Equal(t, []string{"permission.denied", "Sam", "Mo"}, []string{e.Code, e.ActorName, e.Detail["as"]})
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "MADEUP"} {
		if method != "TRACE" {
			require.Equal(t, 403, sue.Send(sue.Request(method, "/posts", nil)).Status, method)
		}
	}
	require.Equal(t, 200, sue.Send(sue.Request("HEAD", "/posts", nil)).Status)
	socket := sue.Request("GET", "/posts", nil)
	socket.Header.Set("Upgrade", "websocket")
	socket.Header.Set("Connection", "Upgrade")
	socket.Header.Set("Origin", o.Server.URL)
	require.Equal(t, 403, sue.Send(socket).Status)

	back := sue.Submit(sue.Get("/"), "/account/see-as")
	require.Equal(t, "/operators/"+mo.ID+"?done=see-as-stopped", back.Location)
	require.Equal(t, "Sam, seen by nobody, posts true, numbers true", sue.Get("/who").Body)
	require.Equal(t, 2, values, "their own are as they were")
}

func TestAStreamOfTheHostEndsWithSeeingAs(t *testing.T) {
	var o *office
	still := make(chan func() error, 1)
	o = seeingHost(t, func(c *backoffice.Config) { c.Guards = map[string]string{"/stream": backoffice.AnyOperator} })
	o.Inside.HandleFunc("/stream", func(_ http.ResponseWriter, r *http.Request) {
		who, err := backoffice.StillSignedIn(r.Context())
		require.NoError(t, err)
		require.Equal(t, "Sam", who.SeenBy.Name)
		o.Clock.Add(desk.SeeAsLife)
		_, err = backoffice.StillSignedIn(r.Context())
		still <- func() error { return err }
	})
	mo, sue := o.Person("Mo", backoffice.Moderator), o.Entered("Sam", backoffice.SuperAdministrator)
	o.seeAs(sue, mo)
	sue.Get("/stream")
	require.ErrorIs(t, (<-still)(), backoffice.ErrSignedOut)
}

func TestAfterTheEndNothingIsDoneByMistake(t *testing.T) {
	o := seeingHost(t)
	mo, sue := o.Person("Mo", backoffice.Moderator), o.Entered("Sam", backoffice.SuperAdministrator)
	before := sue.Get("/operators/new")
	home := o.seeAs(sue, mo)
	sent := func(p page) url.Values {
		return url.Values{"csrf": {p.Form("/logout").Get("csrf")}, "email": {"new@example.org"}, "role": {backoffice.Moderator}}
	}
	o.Clock.Add(desk.SeeAsLife)
	script := sue.Request("GET", "/search?q=x", nil)
	script.Header.Set("Sec-Fetch-Mode", "cors")
	require.Contains(t, sue.Send(script).Body, "seeing-as-ended", "a script does not take the cookie away")
	require.NotEmpty(t, sue.Cookie(seeAs))

	answer := sue.Post("/operators/new", sent(home))
	require.Equal(t, 403, answer.Status)
	require.Contains(t, answer.Text(), "You are yourself again")
	require.Contains(t, answer.Text(), "was not done")
	require.Empty(t, sue.Cookie(seeAs))
	require.Equal(t, 1, o.Count("see_as.ended"))
	require.Zero(t, o.Count("operator.invited"))

	require.Equal(t, 403, sue.Post("/operators/new", sent(home)).Status, "a form of another tab, from before the end")
	require.Zero(t, o.Count("operator.invited"))
	sue.Submit(sue.Get("/step-up"), "/step-up", "password", good)
	require.Equal(t, 303, sue.Post("/operators/new", sent(before)).Status, "one from before the beginning")
}

func TestTheButtonsThatEndSeeingAsWorkAfterTheEnd(t *testing.T) {
	for path, want := range map[string]string{"/logout": "/logout", "/account/see-as": "/operators/id-of-mo?done=see-as-stopped"} {
		o := seeingHost(t)
		mo, sue := o.Person("Mo", backoffice.Moderator), o.Entered("Sam", backoffice.SuperAdministrator)
		shown := o.seeAs(sue, mo)
		o.Clock.Add(desk.SeeAsLife)
		require.Equal(t, want, sue.Submit(shown, path).Location)
		require.Empty(t, sue.Cookie(seeAs))
		require.Equal(t, 1, o.Count("see_as.ended"))
		require.Equal(t, path != "/logout", sue.SignedIn())
	}
}

func TestTheCookieOfSeeingAsIsOfNoUseElsewhere(t *testing.T) {
	o := seeingHost(t)
	mo, sue := o.Person("Mo", backoffice.Moderator), o.Entered("Sam", backoffice.SuperAdministrator)
	o.seeAs(sue, mo)
	kept := sue.Cookie(seeAs)
	require.NotContains(t, kept, mo.ID)

	for name, who := range map[string]*browser{"no session": o.Browser(), "another operator": o.Entered("Ann", backoffice.Moderator).Browser, "another session": signedIn(o, sue)} {
		who.SetCookie(seeAs, kept)
		shown := who.Get("/")
		require.NotContains(t, shown.Text(), "You are seeing the office as", name)
		if name != "no session" {
			require.Equal(t, 403, shown.Status, name)
			require.Equal(t, 200, who.Get("/").Status, name+": once")
		}
	}

	require.Equal(t, "/logout", sue.Submit(sue.Get("/"), "/logout").Location)
	require.Equal(t, 1, o.Count("see_as.ended"))
	require.Equal(t, "signed out", o.Events()[len(o.Events())-2].Reason)
	require.Equal(t, 1, o.Count("session.ended"))
	require.Empty(t, sue.Cookie(seeAs))
}

func signedIn(o *office, p *person) *browser {
	b := o.Browser()
	b.Login(p.Name, good)
	return b
}

func TestAProofThatIsTooOldDoesNotLeadToAnAccountPage(t *testing.T) {
	o := seeingHost(t)
	o.Set(map[string]string{"two_factor.who": "recommended", "session.proof": "5m"})
	ann, sue := o.Person("Ann", backoffice.Administrator), o.Entered("Sam", backoffice.SuperAdministrator)
	o.seeAs(sue, ann)
	require.Equal(t, 200, sue.Get("/operators/new").Status)
	o.Clock.Add(6 * time.Minute)
	shown := sue.Get("/operators/new")
	require.Equal(t, 403, shown.Status)
	require.Contains(t, shown.Text(), "confirmed your identity recently")
	require.Equal(t, 200, sue.Get("/operators").Status)
}

func TestSeeingAsIsNeverNested(t *testing.T) {
	o := seeingHost(t)
	ann, mo, sue := o.Person("Ann", backoffice.Administrator), o.Person("Mo", backoffice.Moderator), o.Entered("Sam", backoffice.SuperAdministrator)
	home := o.seeAs(sue, ann)
	require.Equal(t, 200, sue.Get("/operators/"+mo.ID+"/see-as").Status, "Ann could")
	answer := sue.Post("/operators/"+mo.ID+"/see-as", url.Values{"csrf": {home.Form("/account/see-as").Get("csrf")}, "reason": {"x"}})
	require.Equal(t, 403, answer.Status)
	require.Equal(t, 1, o.Count("see_as.began"))
}
