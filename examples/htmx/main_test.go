package main

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
)

// press sends what htmx sends for a button of the page, with the token that the page
// gives it.
func press(t *testing.T, office *officetest.Office, by *officetest.Browser, page *officetest.Page, path string) *officetest.Page {
	token := regexp.MustCompile(`hx-headers='{"X-CSRF-Token": "([^"]+)"}'`).FindStringSubmatch(page.Body)
	require.NotNil(t, token)
	r := httptest.NewRequest(http.MethodPost, path, nil)
	for name, value := range map[string]string{
		"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Accept": "*/*", "Hx-Request": "true",
		"Hx-Current-Url": office.URL("/reports"), "X-Csrf-Token": token[1],
	} {
		r.Header.Set(name, value)
	}
	return by.Do(r)
}

func TestReports(t *testing.T) {
	office := officetest.Mount(t, backoffice.Config{}, newOffice)
	ada := office.SignIn(t, officetest.Operator{Name: "Ada", Roles: []string{backoffice.Moderator}})
	bob := office.SignIn(t, officetest.Operator{Name: "Bob", Roles: []string{backoffice.CommunityManager}})
	page := ada.Get("/reports").Want(t, http.StatusOK).WantText(t, "3 open")
	require.Contains(t, page.Body, "Buy &lt;b&gt;cheap&lt;/b&gt; seeds")
	require.Equal(t, "3 open", ada.Get("/reports/count").Body)
	require.Contains(t, ada.Get("/assets/htmx.min.js").Header.Get("Content-Type"), "javascript")
	bob.Get("/reports").Want(t, http.StatusForbidden)

	gone := press(t, office, ada, page, "/reports/1/dismiss").Want(t, http.StatusOK)
	require.Equal(t, "<li>Buy &lt;b&gt;cheap&lt;/b&gt; seeds: dismissed by Ada</li>", gone.Body)
	press(t, office, ada, page, "/reports/1/dismiss").Want(t, http.StatusConflict)
	require.Equal(t, "/reports", ada.Submit("/reports/2/ban").Path, "the form, without script")
	require.Equal(t, "/reports", press(t, office, ada, page, "/reports/3/ban").To)
	require.Equal(t, "0 open", ada.Get("/reports/count").Body)
}

// TestTheSessionEndedInTheMeantime has the answers to buttons that were pressed too late.
func TestTheSessionEndedInTheMeantime(t *testing.T) {
	office := officetest.Mount(t, backoffice.Config{}, newOffice)
	ada := office.SignIn(t, officetest.Operator{Name: "Ada", Roles: []string{backoffice.Moderator}})
	page := ada.Get("/reports")
	for _, c := range []struct {
		name, path string
		later      time.Duration
		status     int
		to         string
	}{
		{"the step-up is old", "/reports/1/ban", 10 * time.Minute, http.StatusForbidden, "/step-up?next=%2Freports"},
		{"the session is over", "/reports/1/dismiss", 24 * time.Hour, http.StatusUnauthorized, "/login?done=unsaved&next=%2Freports"},
	} {
		t.Run(c.name, func(t *testing.T) {
			office.Advance(c.later)
			answer := press(t, office, ada, page, c.path).Want(t, c.status)
			require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
			require.Equal(t, strings.TrimPrefix(office.URL(c.to), officetest.Origin), answer.Header.Get("Hx-Redirect"))
			require.Empty(t, answer.To)
		})
	}
	require.Equal(t, "3 open", office.SignIn(t, ada.Operator).Get("/reports/count").Body, "nothing was done")
}
