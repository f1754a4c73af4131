package backoffice_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

func TestSearchFindsWhatTheReaderMayOpen(t *testing.T) {
	o, sue := seated(t)
	passmore := o.Add(store.Operator{State: store.OperatorActive, Password: "x"}, "passmore", backoffice.Moderator)
	mod := o.Entered("mod", backoffice.Moderator)
	found := func(p *person, q string) (paths []string) {
		answer := sends(p.Browser, "GET", "/search?q="+q, nil, "Accept: application/json", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin")
		require.Equal(t, http.StatusOK, answer.Status)
		require.Equal(t, "application/json", answer.Header.Get("Content-Type"))
		var groups []struct {
			Items []struct{ Label, Text, Path string }
		}
		require.NoError(t, json.Unmarshal([]byte(answer.Body), &groups))
		shown := p.Get("/search?q=" + q)
		for _, g := range groups {
			for _, item := range g.Items {
				paths = append(paths, strings.TrimPrefix(item.Path, shown.Base))
				require.Contains(t, shown.Body, `href="`+item.Path+`"`, "the page has the same")
				require.Contains(t, []int{http.StatusOK, http.StatusSeeOther}, p.Get(paths[len(paths)-1]).Status, "it can be opened, perhaps after a step-up")
			}
		}
		return paths
	}
	require.Equal(t, []string{"/account/password", "/operators/" + passmore.ID, "/parameters/passwords#field-password.min_length"}, found(sue, "pass")[:3])
	require.Equal(t, []string{"/account/password"}, found(mod, "pass"), "a moderator sees no operators and no parameters")
	require.Equal(t, []string{"/roles/moderator"}, found(sue, "Moderator"))
	require.Empty(t, found(mod, "Moderator"))
	require.Equal(t, []string{"/operators?two_factor=yes", "/parameters/two-person#field-approval.two_factor"}, found(sue, "lost+phone"))
	require.Equal(t, []string{"/audit?kind=alias"}, found(sue, "who+changed+address"))
	require.Equal(t, []string{"/operators"}, found(sue, "staff"))
	require.Empty(t, found(mod, "lost+phone"))
	require.Empty(t, found(mod, "who+changed+address"))
	require.Contains(t, found(sue, "throttle"), "/parameters?q=throttle", "more than are listed")
	require.Contains(t, found(sue, "second_admin_alias"), "/parameters#section-address")
	require.Contains(t, found(sue, "idle"), "/parameters/session-limits#field-session.idle")
	require.Equal(t, []string{"/"}, found(mod, ""), "without words, the navigation")
	for _, q := range []string{"%00", "%FF", strings.Repeat("x", 3000), "%3Cscript%3E", "a&q=b"} {
		require.Equal(t, http.StatusOK, sue.Get("/search?q="+q).Status)
	}
}

func TestABreadcrumbLeadsBackToTheFilteredList(t *testing.T) {
	o, sue := seated(t)
	id := o.Add(store.Operator{State: store.OperatorActive, Password: "x"}, "ben", backoffice.Moderator).ID
	for _, tt := range []struct{ list, want string }{
		{"", "/operators"},
		{"?list=q%3Dben%26state%3Dactive", "/operators?q=ben&state=active"},
		{"?list=q%3Dben%26done%3Ddisabled", "/operators?q=ben"},
		{"?list=%2F%2Fevil.example", "/operators?%2F%2Fevil.example="},
		{"?list=" + strings.Repeat("x", 600), "/operators"},
		{"?list=%25zz", "/operators"},
	} {
		p := sue.Get("/operators/" + id + tt.list)
		_, p.Body, _ = strings.Cut(p.Body, `class="crumbs`)
		require.Equal(t, tt.want, p.Link("Operators"), tt.list)
	}
	require.Contains(t, sue.Get("/operators?q=ben").Body, `/operators/`+id+`?list=q%3Dben"`)
	require.NotContains(t, sue.Get("/operators").Body, "list=")
}
