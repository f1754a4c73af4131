package backoffice_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestTicksSurviveAStepUp(t *testing.T) {
	o, sue := seated(t)
	q := url.Values{"act": {"add-role"}, "role": {backoffice.CommunityManager}}
	for n := range 50 {
		q.Add("operator", o.Person(fmt.Sprintf("Person %d", n), backoffice.Moderator).ID+strings.Repeat("x", 8)) // as long as real ones
	}
	o.Clock.Add(20 * time.Minute)
	at := "/operators/bulk?" + q.Encode()
	asked := sue.Open(at)
	require.Equal(t, "/step-up", asked.Path)
	shown := sue.Does(asked, "/step-up", "", "password="+good)
	require.Equal(t, at, shown.Path+"?"+q.Encode())
	require.Equal(t, 50, strings.Count(shown.Text(), "no longer exists"), "every tick is there")
}

func TestAnActOnSeveralIsShownBeforeItIsDone(t *testing.T) {
	o, sue := seated(t)
	require.NotContains(t, sue.Get("/operators").Body, `id="bulk"`, "there is no one to tick")
	ben := o.Entered("Ben", backoffice.Moderator)
	before := o.Dump()
	token := sue.Get("/account").Form("/logout").Get("csrf")
	shown := sue.Post("/operators/bulk", url.Values{"csrf": {token}, "act": {"disable"}, "operator": {ben.ID}, "reason": {"Left the company."}})
	require.Equal(t, http.StatusOK, shown.Status)
	require.Contains(t, shown.Text(), "Nothing has been done yet. Operators affected: 1.")
	require.Equal(t, "Left the company.", shown.Filled("/operators/bulk", "Disable").Get("reason"), "what was typed stays")
	require.True(t, before == o.Dump())
	done := sue.Press(shown, "/operators/bulk", "Disable")
	require.Contains(t, done.Text(), "Done: 1.")
	require.False(t, ben.SignedIn())

	list := sue.Get("/operators")
	require.Contains(t, list.Body, `value="`+ben.ID+`" form="bulk"`)
	require.NotContains(t, list.Body, `value="`+sue.ID+`" form="bulk"`, "no one acts on themselves")
	o.customRole("look", "operators.view")
	looker := o.Entered("Looker", "look")
	require.NotContains(t, looker.Get("/operators").Body, `form="bulk"`)
}
