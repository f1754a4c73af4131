package backoffice_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestListsAreBoundedPerOperator(t *testing.T) {
	o, sue := seated(t, withDirectory)
	ben := o.Entered("Ben", backoffice.Administrator)
	paths := []string{"/operators?q=a", "/members?q=m", "/mail", "/audit?kind=signin"}
	for i := range 120 {
		require.Equal(t, http.StatusOK, sue.Get(paths[i%4]).Status)
	}
	for _, path := range paths {
		p := sue.Get(path)
		require.Equal(t, []any{http.StatusTooManyRequests, "60"}, []any{p.Status, p.Header.Get("Retry-After")}, path)
	}
	require.Equal(t, len(paths), o.Count("request.limited"))
	types := func() page {
		return sends(sue.Browser, "GET", "/search?q=a", nil, "Accept: application/json", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin")
	}
	for range 120 {
		require.Equal(t, http.StatusOK, types().Status, "what a script asks for counts apart")
	}
	require.Equal(t, http.StatusTooManyRequests, types().Status)
	require.Equal(t, http.StatusTooManyRequests, sue.Get("/search?q=a").Status)
	require.Equal(t, http.StatusOK, sue.Get("/operators/"+ben.ID).Status, "a single record is no list")
	require.Equal(t, http.StatusOK, ben.Get("/operators").Status, "each operator has their own")
	o.Clock.Add(time.Minute)
	require.Equal(t, http.StatusOK, sue.Get("/audit").Status)
}

func TestFormsComeAtAHumansPaceIfTheParameterSaysSo(t *testing.T) {
	o, sue := seated(t)
	o.Inside.Handle("/posts", silent)
	send := func(p page) int {
		return sue.Post("/step-up", url.Values{"csrf": p.Form("/logout")["csrf"], "password": {good}}).Status
	}
	require.Equal(t, http.StatusSeeOther, send(sue.Get("/account")), "off unless chosen")
	other := o.Entered("Ben", backoffice.Moderator)
	o.Set(map[string]string{"two_factor.who": "recommended", "session.proof": "15m", "forms.human_pace": "on"})

	shown := sue.Get("/account")
	o.Clock.Add(500*time.Millisecond - time.Millisecond)
	require.Equal(t, http.StatusTooManyRequests, send(shown), "too soon")
	require.Equal(t, 1, o.Count("request.limited"))
	o.Clock.Add(time.Millisecond)
	require.Equal(t, http.StatusSeeOther, send(shown))

	o.Clock.Add(10 * time.Second)
	token := sue.Get("/account").Form("/logout")
	o.Clock.Add(time.Second)
	for range 30 {
		require.Equal(t, http.StatusOK, sue.Post("/posts", token).Status)
	}
	require.Equal(t, http.StatusTooManyRequests, sue.Post("/posts", token).Status, "too many, your own pages included")
	p := other.Get("/account")
	o.Clock.Add(time.Second)
	require.Equal(t, http.StatusOK, other.Post("/posts", p.Form("/logout")).Status, "of one session")
	o.Clock.Add(9 * time.Second)
	require.Equal(t, http.StatusOK, sue.Post("/posts", token).Status)
}

func TestTheTimeInAFormTokenCannotBeChanged(t *testing.T) {
	o, sue := seated(t)
	o.Set(map[string]string{"two_factor.who": "recommended", "session.proof": "15m", "forms.human_pace": "on"})
	token := []byte(sue.Get("/account").Form("/logout").Get("csrf"))
	token[0] ^= 1
	require.Equal(t, http.StatusForbidden, sue.Post("/step-up", url.Values{"csrf": {string(token)}, "password": {good}}).Status)
	for _, short := range []string{"", "AAAA", "AAAAAAAAAAA"} {
		require.Equal(t, http.StatusForbidden, sue.Post("/step-up", url.Values{"csrf": {short}, "password": {good}}).Status)
	}
	require.Equal(t, 4, o.Count("request.forged"))
}
