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

// at is the same browser at another server.
func (b *browser) at(srv *httptest.Server) *browser {
	other, o := *b, *b.o
	o.srv = srv
	other.o = &o
	return &other
}

// replica is the same office again, on a server of its own.
func (o *office) replica() *httptest.Server {
	o.t.Helper()
	admin := http.NewServeMux()
	o.cfg.Handler = admin
	o.cfg.Origin = "https://" + o.srv.Listener.Addr().String()
	other := o.another()
	admin.Handle("/analytics", other.Require("analytics.view")(hello))
	srv := httptest.NewTLSServer(other.Wrap(http.HandlerFunc(community)))
	o.t.Cleanup(srv.Close)
	return srv
}

func TestAGuardedHandlerOutsideTheOfficeIsMissing(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.SuperAdministrator)
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
	b := ada.at(outside)
	b.o.base = ""
	want := b.get("/no-such-page")
	for name := range guards {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			got := b.send(b.request(method, "/"+name, nil))
			require.Equal(t, want.status, got.status)
			require.Equal(t, want.body, got.body)
			got.header.Set("Date", want.header.Get("Date"))
			require.Equal(t, want.header, got.header)
		}
	}
}

func TestGuardsInsideTheOffice(t *testing.T) {
	o := newOffice(t)
	o.admin.Handle("/analytics", o.Require("analytics.view")(hello))
	o.admin.Handle("/posts", o.Require("posts.delete")(hello))
	o.admin.Handle("/undeclared", o.Require("nobody.declared")(hello))
	o.admin.Handle("/managers", o.RequireRole(backoffice.CommunityManager, "no-such-role")(hello))
	o.admin.Handle("/nobody", o.RequireRole()(hello))
	o.admin.Handle("/proved", o.RequireStepUp()(hello))
	o.admin.Handle("/free", hello)
	require.Contains(t, o.log.String(), "nobody.declared", "a mistake of the host's is told at the start")

	super := o.enrolled("Ada", backoffice.SuperAdministrator)
	both := o.enrolled("Ben", backoffice.CommunityManager, backoffice.Moderator)
	mod := o.enrolled("Mo", backoffice.Moderator)
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
			denied := o.count("permission.denied")
			answer := p.get(path)
			require.Equal(t, status, answer.status, "%s for %s: %s", path, p.Name, answer.text())
			if status == http.StatusForbidden {
				denied++
			}
			require.Equal(t, denied, o.count("permission.denied"), "%s for %s", path, p.Name)
		}
		signedOut := o.browser().get(path)
		require.Equal(t, http.StatusSeeOther, signedOut.status)
		require.Equal(t, "/login?next=%2F"+path[1:], signedOut.location)
	}
	require.Contains(t, mod.get("/analytics").text(), "See the numbers", "the page names what is missing")

	t.Run("a step-up is asked for when the last proof is old, and leads back", func(t *testing.T) {
		o.clock.Add(6 * time.Minute)
		asked := mod.get("/proved?tab=2")
		require.Equal(t, http.StatusSeeOther, asked.status)
		shown := mod.follow(asked)
		require.Equal(t, "/step-up", shown.path)
		answer := mod.submit(shown, "/step-up", "password", good, "code", o.code(mod.secret))
		require.Equal(t, "/proved?tab=2", answer.location, answer.text())
		require.Equal(t, http.StatusOK, mod.follow(answer).status)
	})
}

func TestWhatChangesElsewhereCountsFromTheNextRequest(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*office, *person)
		status int
	}{
		"another role": {func(o *office, p *person) {
			o.change(p.ID, func(op *store.Operator) { op.PrimaryRole = backoffice.Moderator })
		}, http.StatusForbidden},
		"no role": {func(o *office, p *person) {
			o.change(p.ID, func(op *store.Operator) { op.PrimaryRole = "" })
		}, http.StatusSeeOther},
		"disabled": {func(o *office, p *person) {
			o.change(p.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
		}, http.StatusSeeOther},
		"deleted": {func(o *office, p *person) {
			require.NoError(o.t, o.mem.Commit(ctx, store.DeleteOperator{ID: p.ID, Version: o.find(p.ID).Version}))
		}, http.StatusSeeOther},
		"a password to change": {func(o *office, p *person) {
			o.change(p.ID, func(op *store.Operator) { op.MustChangePassword = true })
		}, http.StatusSeeOther},
		"two-factor reset": {func(o *office, p *person) {
			require.NoError(o.t, o.CommandLine().ResetTwoFactor(ctx, p.ID, "lost phone"))
		}, http.StatusSeeOther},
		"a shorter idle time": {func(o *office, _ *person) {
			o.rules(map[string]string{"session.idle": "5m"})
			o.clock.Add(6 * time.Minute)
		}, http.StatusSeeOther},
		"another address": {func(o *office, _ *person) {
			_, err := o.RotateAlias(ctx)
			require.NoError(o.t, err)
		}, http.StatusNotFound},
		"nothing": {func(*office, *person) {}, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			ben := o.enrolled("Ben", backoffice.CommunityManager)
			there := ben.at(o.replica())
			require.Equal(t, http.StatusOK, there.get("/analytics").status)
			c.change(o, ben)
			require.Equal(t, c.status, there.get("/analytics").status)
		})
	}
}

func TestASessionEndsWhenItsBrowserBecomesAnotherOne(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	thief := *ada.browser
	thief.agent = "curl/8"
	require.Equal(t, http.StatusSeeOther, thief.get("/account").status)
	require.False(t, ada.signedIn())
	require.Equal(t, 1, o.count("session.browser_changed"))
}
