package backoffice_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/sessions"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// draft are pages of the host's that keep a value beside the session.
func draft(t *testing.T, o *office) {
	values := o.SessionStore()
	o.Inside.HandleFunc("/draft", func(w http.ResponseWriter, r *http.Request) {
		s, err := values.Get(r, "draft")
		if errors.Is(err, backoffice.ErrUnreadable) && r.URL.Query().Has("anyway") {
			err = nil
		}
		if err != nil {
			require.NotNil(t, s, "code written for gorilla goes on with empty values")
			o.Fail(w, r, err)
			return
		}
		again, _ := values.Get(r, "draft")
		require.Same(t, s, again, "one reading for a request")
		if text := r.URL.Query().Get("set"); text != "" {
			s.Values["text"] = strings.ReplaceAll(text, "LONG", strings.Repeat("x", 64<<10))
		}
		if r.URL.Query().Has("delete") {
			s.Options.MaxAge = -1
		}
		if r.URL.RawQuery != "" {
			if err := s.Save(r, w); err != nil {
				o.Fail(w, r, err)
				return
			}
		}
		text, _ := s.Values["text"].(string)
		w.Header().Set("X-New", map[bool]string{true: "yes", false: "no"}[s.IsNew])
		_, _ = w.Write([]byte("<" + text + ">"))
	})
}

func TestValuesBesideASession(t *testing.T) {
	o := newOffice(t)
	draft(t, o)
	ada, ben := o.Enrolled("Ada", backoffice.Moderator), o.Enrolled("Ben", backoffice.Moderator)
	first := ada.Get("/draft")
	require.Equal(t, "<>", first.Body)
	require.Equal(t, "yes", first.Header.Get("X-New"))
	set := ada.Get("/draft?set=spring-canary")
	require.Empty(t, set.Header.Values("Set-Cookie"), "nothing of it is in a cookie")
	require.Equal(t, "<spring-canary>", ada.Get("/draft").Body)
	require.Equal(t, "no", ada.Get("/draft").Header.Get("X-New"))
	require.Equal(t, "<>", ben.Get("/draft").Body, "values are of one session")
	require.NotContains(t, o.Dump(), "spring-canary", "and encrypted")

	t.Run("stay with the session when its token changes", func(t *testing.T) {
		answer := ada.Submit(ada.Get("/step-up"), "/step-up", "password", good, "code", o.Code(ada.Secret))
		require.Equal(t, http.StatusSeeOther, answer.Status, answer.Text())
		require.Equal(t, "<spring-canary>", ada.Get("/draft").Body)
		o.Clock.Add(totp.Period)
	})
	t.Run("are bounded", func(t *testing.T) {
		require.Equal(t, http.StatusInternalServerError, ada.Get("/draft?set=LONG").Status)
		require.Equal(t, "<spring-canary>", ada.Get("/draft").Body)
	})
	t.Run("of another session or name do not open", func(t *testing.T) {
		session := func(p *person) string {
			list := o.SessionsOf(p.ID)
			return list[0].ID
		}
		sealed, err := o.Mem.FindSessionValues(ctx, session(ada), "draft")
		require.NoError(t, err)
		for what, put := range map[string]store.PutSessionValues{
			"another session": {SessionID: session(ben), Name: "draft", Data: sealed},
			"changed":         {SessionID: session(ben), Name: "draft", Data: append(sealed[:len(sealed)-1:len(sealed)-1], sealed[len(sealed)-1]^1)},
			"cut":             {SessionID: session(ben), Name: "draft", Data: sealed[:3]},
		} {
			o.Write(put)
			require.Equal(t, http.StatusInternalServerError, ben.Get("/draft").Status, what)
			require.Equal(t, "<>", ben.Get("/draft?anyway").Body, what)
			require.Equal(t, "<>", ben.Get("/draft").Body, "saving replaced what could not be read")
		}
	})
	t.Run("can be deleted", func(t *testing.T) {
		ada.Get("/draft?delete")
		require.Equal(t, "<>", ada.Get("/draft").Body)
	})
	t.Run("end with the session", func(t *testing.T) {
		ada.Get("/draft?set=summer")
		ada.Submit(ada.Get("/account"), "/logout")
		in := ada.Again()
		require.Equal(t, "<>", in.Get("/draft").Body)
	})
	t.Run("outside the office there are none", func(t *testing.T) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		s, err := o.SessionStore().New(r, "draft")
		require.Error(t, err)
		require.NotNil(t, s)
		require.Error(t, o.SessionStore().Save(r, httptest.NewRecorder(), sessions.NewSession(o.SessionStore(), "draft")))
	})
}
