package backoffice_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestAContextThatAHostKeepsNamesItsOperatorForever(t *testing.T) {
	o := newOffice(t)
	type kept struct {
		ctx          context.Context
		nonce, token string
	}
	var all []kept
	o.Inside.HandleFunc("/keep", func(_ http.ResponseWriter, r *http.Request) {
		all = append(all, kept{r.Context(), backoffice.Nonce(r.Context()), backoffice.FormToken(r.Context())})
	})
	people := []*person{o.Enrolled("Ada", backoffice.Moderator), o.Enrolled("Ben", backoffice.CommunityManager)}
	for range 20 {
		for _, p := range people {
			require.Equal(t, http.StatusOK, p.Get("/keep").Status)
		}
	}
	seen := map[string]bool{}
	for i, k := range all {
		p := people[i%2]
		op, ok := backoffice.OperatorFrom(k.ctx)
		require.True(t, ok)
		require.Equal(t, p.Name, op.Name)
		require.Equal(t, i%2 == 1, op.Can("analytics.view"))
		require.Equal(t, k.nonce, backoffice.Nonce(k.ctx))
		require.Equal(t, k.token, backoffice.FormToken(k.ctx))
		require.False(t, seen[k.nonce], "no two answers have the same nonce")
		seen[k.nonce] = true
		require.ErrorIs(t, k.ctx.Err(), context.Canceled, "the request is over")
		inner, cancel := context.WithCancel(context.WithoutCancel(k.ctx))
		op, ok = backoffice.OperatorFrom(inner)
		require.True(t, ok && inner.Err() == nil)
		require.Equal(t, p.Name, op.Name)
		cancel()
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
			require.NotContains(t, fmt.Sprintf(verb, k.ctx), p.Cookie(sessionCookie), "a log of the context opens nothing")
		}
	}
}

func TestTheContextOfARequestMayBeUsedByManyAndAfterwards(t *testing.T) {
	o := newOffice(t)
	var working sync.WaitGroup
	o.Inside.HandleFunc("/work", func(w http.ResponseWriter, r *http.Request) {
		for range 4 {
			working.Go(func() {
				for range 200 {
					op, ok := backoffice.OperatorFrom(r.Context())
					if !ok || op.Name != "Ada" || !op.Can("posts.delete") || backoffice.Nonce(r.Context()) == "" ||
						backoffice.FormToken(r.Context()) == "" || backoffice.URL(r.Context(), "/x") != o.Base+"/x" || r.Header.Get("Cookie") != "" {
						t.Error("the context changed")
					}
					below, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Minute)
					if _, err := o.Roles(below); err == nil {
						t.Error("she may not see the roles")
					}
					cancel()
				}
			})
		}
		_, _ = io.WriteString(w, "begun")
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for range 3 {
		require.Equal(t, "begun", ada.Get("/work").Body)
	}
	working.Wait()
}

func TestWhatAHostChangesInItsRequestChangesNothingOutside(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	change := func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, []string{"a", "b"}, r.Header["X-Many"])
		require.Equal(t, []string{"theme=dark"}, r.Header["Cookie"])
		r.Header["X-Many"][0] = "changed"
		r.Header["X-Many"] = append(r.Header["X-Many"], "more")
		require.Equal(t, []string{"one"}, r.Header["X-One"], "values lie beside each other, and never over each other")
		r.Header.Set("X-One", "changed")
		r.Header.Set("X-New", "changed")
		r.Header.Del("Accept")
		r.Header["Cookie"][0] = "changed"
		r.URL.Path, r.URL.RawPath, r.URL.RawQuery = "/changed", "/changed", "changed"
		r.Method, r.Host, r.Form = "CHANGED", "changed", url.Values{"changed": {"yes"}}
		r.SetPathValue("changed", "yes")
		for _, values := range w.Header() {
			values[0] = "changed"
		}
		w.Header()["X-Frame-Options"] = append(w.Header()["X-Frame-Options"], "more")
	}
	o.Inside.HandleFunc("/change", change)
	for _, form := range []url.Values{nil, {"mine": {"kept"}}} {
		r := httptest.NewRequest(http.MethodGet, o.Server.URL+o.Base+"/change?a=b", nil)
		r.TLS, r.Form = &tls.ConnectionState{}, form
		r.Header = http.Header{"User-Agent": {ada.Agent}, "X-Many": {"a", "b"}, "X-One": {"one"}, "Accept": {"*/*"}}
		r.Header["Cookie"] = []string{o.Named(sessionCookie) + "=" + ada.Cookie(sessionCookie) + "; theme=dark"}
		before, u := r.Clone(ctx), *r.URL
		w := httptest.NewRecorder()
		o.Server.Config.Handler.ServeHTTP(w, r)
		require.Equal(t, []string{"changed, " + floor}, w.Header()["Content-Security-Policy"], "its answer is the host's, as far as it may be")
		require.Equal(t, before.Header, r.Header)
		require.Equal(t, u, *r.URL)
		require.Equal(t, form, r.Form)
		require.Equal(t, []string{http.MethodGet, before.Host, before.RequestURI}, []string{r.Method, r.Host, r.RequestURI})
		require.Empty(t, r.PathValue("changed"))
	}
	require.Equal(t, http.StatusOK, ada.Get("/account").Status, "and the next answer has its headers")
}
