package main

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/tests"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// press sends what htmx sends for a button of the page, with the token that the page
// gives it.
func press(b *browse.Browser, page browse.Page, path string) browse.Page {
	token := regexp.MustCompile(`hx-headers='{"X-CSRF-Token": "([^"]+)"}'`).FindStringSubmatch(page.Body)
	require.NotNil(b.T, token)
	r := b.Request(http.MethodPost, path, nil)
	for name, value := range map[string]string{
		"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Accept": "*/*", "Hx-Request": "true",
		"Hx-Current-Url": b.Site.Server.URL + b.Site.Base + "/reports", "X-Csrf-Token": token[1],
	} {
		r.Header.Set(name, value)
	}
	return b.Send(r)
}

func TestReports(t *testing.T) {
	s := tests.Site(t, newOffice)
	ada, bob := s.Enrolled("Ada", backoffice.Moderator), s.Enrolled("Bob", backoffice.CommunityManager)
	page := ada.Get("/reports")
	require.Equal(t, http.StatusOK, page.Status)
	require.Contains(t, page.Text(), "3 open")
	require.Contains(t, page.Body, "Buy &lt;b&gt;cheap&lt;/b&gt; seeds")
	require.Equal(t, "3 open", ada.Get("/reports/count").Body)
	require.Contains(t, ada.Get("/assets/htmx.min.js").Header.Get("Content-Type"), "javascript")
	require.Equal(t, http.StatusForbidden, bob.Get("/reports").Status)

	gone := press(ada.Browser, page, "/reports/1/dismiss")
	require.Equal(t, http.StatusOK, gone.Status)
	require.Equal(t, "<li>Buy &lt;b&gt;cheap&lt;/b&gt; seeds: dismissed by Ada</li>", gone.Body)
	require.Equal(t, http.StatusConflict, press(ada.Browser, page, "/reports/1/dismiss").Status)
	require.Equal(t, "/reports", ada.Submit(page, "/reports/2/ban").Location, "the form, without script")
	require.Equal(t, "/reports", press(ada.Browser, page, "/reports/3/ban").Location)
	require.Equal(t, "0 open", ada.Get("/reports/count").Body)
}

// TestTheSessionEndedInTheMeantime has the answers to buttons that were pressed too late.
func TestTheSessionEndedInTheMeantime(t *testing.T) {
	s := tests.Site(t, newOffice)
	ada := s.Enrolled("Ada", backoffice.Moderator)
	page := ada.Get("/reports")
	for _, c := range []struct {
		name, path string
		before     func()
		status     int
		to         string
	}{
		{"the step-up is old", "/reports/1/ban", func() { s.Clock.Add(10 * time.Minute) }, http.StatusForbidden, "/step-up?next=%2Freports"},
		{"the session is over", "/reports/1/dismiss", func() { s.Clock.Add(24 * time.Hour) }, http.StatusUnauthorized, "/login?done=unsaved&next=%2Freports"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.before()
			answer := press(ada.Browser, page, c.path)
			require.Equal(t, c.status, answer.Status)
			require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
			require.Equal(t, s.Base+c.to, answer.Header.Get("Hx-Redirect"))
			require.Empty(t, answer.Location)
		})
	}
	require.Equal(t, "3 open", func() string { b := ada.Again(); return b.Get("/reports/count").Body }(), "nothing was done")
}
