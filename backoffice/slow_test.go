package backoffice_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// late is a body that something happens before.
type late struct {
	io.Reader
	happen func()
}

func (l *late) Read(p []byte) (int, error) {
	if happen := l.happen; happen != nil {
		l.happen = nil
		happen()
	}
	return l.Reader.Read(p)
}

// slowly posts a form whose body comes after something else happened.
func slowly(p *person, path string, fields url.Values, happen func()) *httptest.ResponseRecorder {
	p.T.Helper()
	w := httptest.NewRecorder()
	p.Site.Server.Config.Handler.ServeHTTP(w, slowRequest(p, path, fields, happen))
	return w
}

func slowRequest(p *person, path string, fields url.Values, happen func()) *http.Request {
	r := to(p, http.MethodPost, path)
	r.Body, r.ContentLength = io.NopCloser(&late{strings.NewReader(fields.Encode()), happen}), -1
	return r
}

func TestABodyThatComesSlowlyIsJudgedWhenItIsThere(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(o *office, eve *person)
		status    int
		// reached says that the host's page, which asks for nothing, answers.
		reached bool
	}{
		"who was disabled": {func(o *office, eve *person) {
			o.Change(eve.ID, func(x *store.Operator) { x.State = store.OperatorDisabled })
		}, http.StatusSeeOther, false},
		"whose session was ended": {func(o *office, eve *person) {
			o.Write(store.EndSessions{OperatorID: eve.ID, All: true})
		}, http.StatusSeeOther, false},
		"whose session is over": {func(o *office, _ *person) { o.Clock.Add(48 * time.Hour) }, http.StatusSeeOther, false},
		"who lost all roles": {func(o *office, eve *person) {
			o.Change(eve.ID, func(x *store.Operator) { x.PrimaryRole = "" })
		}, http.StatusSeeOther, false},
		"who must change the password": {func(o *office, eve *person) {
			o.Change(eve.ID, func(x *store.Operator) { x.MustChangePassword = true })
		}, http.StatusSeeOther, false},
		"who lost the right": {func(o *office, eve *person) {
			o.Change(eve.ID, func(x *store.Operator) { x.PrimaryRole = backoffice.Moderator })
		}, http.StatusForbidden, true},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			wiped := 0
			o.Inside.HandleFunc("POST /wipe", func(http.ResponseWriter, *http.Request) { wiped++ })
			o.Enrolled("Root", backoffice.SuperAdministrator)
			eve := o.Enrolled("Eve", backoffice.SuperAdministrator)
			token := eve.Get("/operators/new").Form("/operators/new").Get("csrf")
			form := url.Values{"csrf": {token}, "email": {"mallory@example.org"}, "role": {backoffice.SuperAdministrator}}
			answer := slowly(eve, "/operators/new", form, func() { c.meanwhile(o, eve) })
			require.Equal(t, c.status, answer.Code, answer.Body.String())
			_, err := o.Mem.FindOperatorByLogin(ctx, "mallory@example.org")
			require.ErrorIs(t, err, store.ErrNotFound)

			ben := o.Enrolled("Ben", backoffice.SuperAdministrator)
			token = ben.Get("/account").Form("/logout").Get("csrf")
			// What is not a form of ours is read after the session, which is then read
			// again.
			answer = slowly(ben, "/wipe", url.Values{"csrf": {token}}, func() {
				c.meanwhile(o, ben)
				o.Clock.Add(time.Second)
			})
			require.Equal(t, c.reached, wiped == 1)
			if !c.reached {
				require.Equal(t, http.StatusSeeOther, answer.Code)
			}
		})
	}
	t.Run("at the host, whose body is small", func(t *testing.T) {
		o := newOffice(t)
		ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
		o.Inside.HandleFunc("POST /wipe", func(http.ResponseWriter, *http.Request) { t.Error("the host was asked") })
		form := url.Values{"csrf": {ada.Get("/account").Form("/logout").Get("csrf")}}
		r := slowRequest(ada, "/wipe", form, func() { o.Write(store.EndSessions{OperatorID: ada.ID, All: true}) })
		r.ContentLength = int64(len(form.Encode()))
		w := httptest.NewRecorder()
		o.Server.Config.Handler.ServeHTTP(w, r)
		require.Equal(t, http.StatusSeeOther, w.Code)
	})
	t.Run("and at once is not judged twice", func(t *testing.T) {
		o := newOffice(t)
		o.Inside.HandleFunc("POST /wipe", func(http.ResponseWriter, *http.Request) {})
		ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
		form := url.Values{"csrf": {ada.Get("/account").Form("/logout").Get("csrf")}}
		for _, after := range []time.Duration{0, 250 * time.Millisecond, 251 * time.Millisecond, -time.Second} {
			o.Store.Reset()
			require.Equal(t, http.StatusOK, slowly(ada, "/wipe", form, func() { o.Clock.Add(after) }).Code)
			want := []string{"FindSession"}
			if after > 250*time.Millisecond || after < 0 {
				want = append(want, "FindSession")
			}
			require.Equal(t, want, o.Store.Calls(), after)
		}
	})
	t.Run("whose form is only slow", func(t *testing.T) {
		o := newOffice(t)
		ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
		token := ada.Get("/operators/new").Form("/operators/new").Get("csrf")
		form := url.Values{"csrf": {token}, "email": {"ben@example.org"}, "role": {backoffice.Moderator}}
		answer := slowly(ada, "/operators/new", form, func() { o.Clock.Add(4 * time.Minute) })
		to := answer.Header().Get("Location")
		require.True(t, strings.HasPrefix(to, o.Base+"/operators/") && strings.HasSuffix(to, "?done=invited"), "%s %s", to, answer.Body)
	})
}
