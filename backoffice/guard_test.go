package backoffice_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// hello is a page of the host's.
var hello = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	op, ok := backoffice.OperatorFrom(r.Context())
	if !ok {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	_, _ = io.WriteString(w, "hello "+op.Name)
})

// replica is the same office again, on a server of its own.
func (o *office) replica() *httptest.Server {
	o.T.Helper()
	admin := http.NewServeMux()
	o.Cfg.Handler = admin
	if o.Cfg.Passkeys == nil { // which are bound to a host name
		o.Cfg.Origin = "https://" + o.Server.Listener.Addr().String()
	}
	other := o.Another()
	admin.Handle("/analytics", other.Require("analytics.view")(hello))
	srv := httptest.NewTLSServer(other.Wrap(http.HandlerFunc(community)))
	o.T.Cleanup(srv.Close)
	return srv
}

func TestAGuardedHandlerOutsideTheOfficeIsMissing(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	guards := map[string]func(http.Handler) http.Handler{
		"Require":       o.Require("analytics.view"),
		"RequireRole":   o.RequireRole(backoffice.SuperAdministrator),
		"RequireStepUp": o.RequireStepUp(),
		"Undeclared":    o.Require("nobody.declared"),
	}
	mux := http.NewServeMux()
	for name, guard := range guards {
		mux.Handle("/"+name, guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") })))
	}
	mux.HandleFunc("/", missing)
	outside := httptest.NewTLSServer(o.Wrap(mux))
	defer outside.Close()
	b := ada.At(outside)
	b.Site.Base = ""
	want := b.Get("/no-such-page")
	for name := range guards {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			got := b.Send(b.Request(method, "/"+name, nil))
			require.Equal(t, want.Status, got.Status)
			require.Equal(t, want.Body, got.Body)
			got.Header.Set("Date", want.Header.Get("Date"))
			require.Equal(t, want.Header, got.Header)
		}
	}
}

func TestGuardsInsideTheOffice(t *testing.T) {
	o := newOffice(t)
	o.Inside.Handle("/analytics", o.Require("analytics.view")(hello))
	o.Inside.Handle("/posts", o.Require("posts.delete")(hello))
	o.Inside.Handle("/undeclared", o.Require("nobody.declared")(hello))
	o.Inside.Handle("/managers", o.RequireRole(backoffice.CommunityManager, "no-such-role")(hello))
	o.Inside.Handle("/nobody", o.RequireRole()(hello))
	o.Inside.Handle("/proved", o.RequireStepUp()(hello))
	o.Inside.Handle("/free", hello)
	require.Contains(t, o.Log.String(), "nobody.declared", "a mistake of the host's is told at the start")

	super := o.Enrolled("Ada", backoffice.SuperAdministrator)
	both := o.Enrolled("Ben", backoffice.CommunityManager, backoffice.Moderator)
	mod := o.Enrolled("Mo", backoffice.Moderator)
	for path, want := range map[string]map[*person]int{
		"/analytics":  {super: 200, both: 200, mod: 403},
		"/posts":      {super: 200, both: 200, mod: 200},
		"/undeclared": {super: 403, both: 403, mod: 403},
		"/managers":   {super: 403, both: 200, mod: 403},
		"/nobody":     {super: 403, both: 403, mod: 403},
		"/proved":     {super: 200, both: 200, mod: 200},
		"/free":       {super: 200, both: 200, mod: 200},
		"/missing":    {super: 404, both: 404, mod: 404},
	} {
		for p, status := range want {
			denied := o.Count("permission.denied")
			answer := p.Get(path)
			require.Equal(t, status, answer.Status, "%s for %s: %s", path, p.Name, answer.Text())
			if status == http.StatusForbidden {
				denied++
			}
			require.Equal(t, denied, o.Count("permission.denied"), "%s for %s", path, p.Name)
		}
		signedOut := o.Browser().Get(path)
		require.Equal(t, http.StatusSeeOther, signedOut.Status)
		require.Equal(t, "/login?next=%2F"+path[1:], signedOut.Location)
	}
	require.Contains(t, mod.Get("/analytics").Text(), "See the numbers", "the page names what is missing")

	t.Run("a step-up is asked for when the last proof is old, and leads back", func(t *testing.T) {
		o.Clock.Add(6 * time.Minute)
		asked := mod.Get("/proved?tab=2")
		require.Equal(t, http.StatusSeeOther, asked.Status)
		shown := mod.Follow(asked)
		require.Equal(t, "/step-up", shown.Path)
		answer := mod.Submit(shown, "/step-up", "password", good, "code", o.Code(mod.Secret))
		require.Equal(t, "/proved?tab=2", answer.Location, answer.Text())
		require.Equal(t, http.StatusOK, mod.Follow(answer).Status)
	})
}

func TestWhatChangesElsewhereCountsFromTheNextRequest(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*office, *person)
		status int
	}{
		"another role": {func(o *office, p *person) {
			o.Change(p.ID, func(op *store.Operator) { op.PrimaryRole = backoffice.Moderator })
		}, http.StatusForbidden},
		"no role": {func(o *office, p *person) {
			o.Change(p.ID, func(op *store.Operator) { op.PrimaryRole = "" })
		}, http.StatusSeeOther},
		"disabled": {func(o *office, p *person) {
			o.Change(p.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
		}, http.StatusSeeOther},
		"deleted": {func(o *office, p *person) {
			o.Write(store.DeleteOperator{ID: p.ID, Version: o.Find(p.ID).Version})
		}, http.StatusSeeOther},
		"a password to change": {func(o *office, p *person) {
			o.Change(p.ID, func(op *store.Operator) { op.MustChangePassword = true })
		}, http.StatusSeeOther},
		"two-factor reset": {func(o *office, p *person) {
			require.NoError(o.T, o.CommandLine().ResetTwoFactor(ctx, p.ID, "lost phone"))
		}, http.StatusSeeOther},
		"a shorter idle time": {func(o *office, _ *person) {
			o.Set(map[string]string{"session.idle": "5m"})
			o.Clock.Add(6 * time.Minute)
		}, http.StatusSeeOther},
		"another address": {func(o *office, _ *person) {
			_, err := o.RotateAlias(ctx)
			require.NoError(o.T, err)
		}, http.StatusNotFound},
		"nothing": {func(*office, *person) {}, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			ben := o.Enrolled("Ben", backoffice.CommunityManager)
			there := ben.At(o.replica())
			require.Equal(t, http.StatusOK, there.Get("/analytics").Status)
			c.change(o, ben)
			require.Equal(t, c.status, there.Get("/analytics").Status)
		})
	}
}

func TestASessionEndsWhenItsBrowserBecomesAnotherOne(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	thief := *ada.Browser
	thief.Agent = "curl/8"
	require.Equal(t, http.StatusSeeOther, thief.Get("/account").Status)
	require.False(t, ada.SignedIn())
	require.Equal(t, 1, o.Count("session.browser_changed"))
}
