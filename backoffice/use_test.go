package backoffice_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestPagesThatPollKeepNoSessionAlive(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) { c.Passive = []string{"/notifications", "/live/"} })
	for _, path := range []string{"/notifications", "/live/", "/notifications/all"} {
		o.Inside.Handle(path, silent)
	}
	for path, kept := range map[string]bool{
		"/notifications": false, "/live/numbers": false, "/notifications?x=/y": false,
		"/notifications/all": true, "/account": true, "/live": true, "/": true,
	} {
		t.Run(path, func(t *testing.T) {
			name := strings.Trim(strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(path), "-") + "x"
			ada := o.Enrolled(name, backoffice.Moderator)
			for range 3 {
				o.Clock.Add(20 * time.Minute)
				ada.Get(path)
			}
			require.Equal(t, kept, ada.SignedIn())
		})
	}
}

func TestReportsOfABrowserKeepNoSessionAlive(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) { c.PolicyReports = true })
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for range 3 {
		o.Clock.Add(20 * time.Minute)
		r := ada.Request(http.MethodPost, "/csp-report", strings.NewReader(`{"csp-report":{"effective-directive":"img-src","blocked-uri":"data"}}`))
		r.Header.Set("Content-Type", "application/csp-report")
		require.Equal(t, http.StatusNoContent, ada.Send(r).Status)
	}
	require.False(t, ada.SignedIn())
}

func TestABrowserWhoseSessionMadeRoomSaysWhy(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {})
	o.Set(map[string]string{"session.per_operator": "1", "two_factor.who": "recommended"})
	first := o.Entered("Ada", backoffice.Moderator)
	require.Equal(t, "/login?next=%2Faccount&done=evicted", func() string {
		o.Browser().Login("Ada", good)
		return first.Get("/account").Location
	}())
	require.Contains(t, first.Open("/account").Text(), "signed out here because you signed in on other devices")
	require.Equal(t, "/login?done=evicted", first.Get("/").Location)
	require.Zero(t, o.Count("session.unknown"))
	o.Clock.Add(12 * time.Hour)
	require.Equal(t, "/login", first.Get("/").Location, "it is not said for ever")
}

func TestATokenThatNoSessionHasIsNoted(t *testing.T) {
	o := newOffice(t)
	b := o.Browser()
	b.SetCookie(sessionCookie, strings.Repeat("A", 43))
	for range 70 {
		require.Equal(t, http.StatusSeeOther, b.Get("/account").Status)
		require.Equal(t, http.StatusOK, b.Get("/login").Status)
	}
	require.Equal(t, 60, o.Count("session.unknown"), "as often as any refusal that costs nothing")
	b.SetCookie(sessionCookie, "no token")
	o.Clock.Add(time.Hour)
	b.Get("/account")
	require.Equal(t, 60, o.Count("session.unknown"))
}

func TestSigningEveryoneOut(t *testing.T) {
	o, sue := seated(t)
	ben := o.Entered("Ben", backoffice.Moderator)
	shown := sue.Get(sue.Get("/parameters/session-limits").Link("Sign everyone out"))
	refused := sue.Press(shown, "/parameters/sessions", "Sign everyone out")
	require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
	require.Contains(t, refused.Problems()["reason"], "Say why")
	require.True(t, ben.SignedIn())
	left := sue.Does(refused, "/parameters/sessions", "Sign everyone out", "reason=Cookies were stolen")
	require.Equal(t, "/login", left.Path)
	require.Contains(t, left.Text(), "Everyone was signed out, including you")
	require.False(t, ben.SignedIn() || sue.SignedIn())
	o.Clock.Add(time.Second)
	ben.Login("Ben", good)
	require.True(t, ben.SignedIn())
}

func TestAHostAllowsActsOnItsOwnObjects(t *testing.T) {
	o, sue := seated(t)
	ben := o.Entered("Ben", backoffice.Moderator)
	cleo := o.Entered("Cleo", backoffice.CommunityManager)
	o.Inside.HandleFunc("/posts/{author}/delete", func(w http.ResponseWriter, r *http.Request) {
		err := o.Allow(r.Context(), "posts.delete", func(op backoffice.Operator) bool { return op.Name == r.PathValue("author") })
		if err != nil {
			o.Fail(w, r, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	denied := 0
	for _, c := range []struct {
		who  *person
		path string
		want int
	}{
		{ben, "/posts/Ben/delete", 204}, {ben, "/posts/Cleo/delete", 403}, {cleo, "/posts/Cleo/delete", 403}, {sue, "/posts/Sue/delete", 204},
	} {
		require.Equal(t, c.want, c.who.Get(c.path).Status, c.path)
		if c.want == http.StatusForbidden {
			denied++
		}
		require.Equal(t, denied, o.Count("permission.denied"), c.path)
	}
	require.Equal(t, "posts.delete", o.Last().Detail["permission"])
	require.ErrorIs(t, o.Allow(ctx, "posts.delete", func(backoffice.Operator) bool { return true }), backoffice.ErrSignedOut)
}
