package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/tests"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// fetch is what api.js does on a page that was loaded earlier.
func fetch(b *browse.Browser, page browse.Page, method, path, body string) browse.Page {
	token := regexp.MustCompile(`data-token="([^"]+)"`).FindStringSubmatch(page.Body)
	require.NotNil(b.T, token)
	return fetchWith(b, token[1], method, path, body)
}

func fetchWith(b *browse.Browser, token, method, path, body string) browse.Page {
	r := b.Request(method, path, strings.NewReader(body))
	for name, value := range map[string]string{
		"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Accept": "application/json", "Content-Type": "application/json",
		"X-Csrf-Token": token, "Origin": b.Site.Cfg.Origin,
	} {
		r.Header.Set(name, value)
	}
	return b.Send(r)
}

func TestPlots(t *testing.T) {
	s := tests.Site(t, newOffice)
	ada, bob := s.Enrolled("Ada", backoffice.CommunityManager), s.Enrolled("Bob", backoffice.Moderator)
	for _, route := range []string{"/plots", "/plots/2", "/plots/2/history?since=may"} {
		page := ada.Get(route)
		require.Equal(t, http.StatusOK, page.Status, route)
		require.Contains(t, page.Body, `data-office="`+s.Base+`"`, route)
		require.Equal(t, http.StatusForbidden, bob.Get(route).Status, route)
	}
	page := ada.Get("/plots")
	for name, kind := range map[string]string{"main.js": "text/javascript", "api.js": "text/javascript", "style.css": "text/css"} {
		require.Contains(t, ada.Get("/app/"+name).Header.Get("Content-Type"), kind, name)
	}
	stranger := s.Browser()
	for _, c := range []struct {
		name         string
		by           *browse.Browser
		method, path string
		body         string
		status       int
		answer       string
	}{
		{"the list", ada.Browser, "GET", "/api/plots", "", http.StatusOK, `[{"id":"1","tenant":"Ada"},{"id":"2","tenant":""},{"id":"3","tenant":"Grace"}]`},
		{"a change", ada.Browser, "PUT", "/api/plots/2", `{"tenant":"Joan"}`, http.StatusOK, `{"id":"2","tenant":"Joan"}`},
		{"a change that makes no sense", ada.Browser, "PUT", "/api/plots/2", `{`, http.StatusBadRequest, "not a plot"},
		{"a removal soon after sign-in", ada.Browser, "DELETE", "/api/plots/3", "", http.StatusNoContent, ""},
		{"one that is gone", ada.Browser, "DELETE", "/api/plots/3", "", http.StatusNotFound, ""},
		{"no such path", ada.Browser, "GET", "/api/nothing", "", http.StatusNotFound, ""},
		{"without the permission", bob.Browser, "GET", "/api/plots", "", http.StatusForbidden, ""},
		{"the token of someone else", bob.Browser, "PUT", "/api/plots/2", `{}`, http.StatusForbidden, ""},
		{"without a session", stranger, "GET", "/api/plots", "", http.StatusUnauthorized, ""},
		{"without a session, a change", stranger, "PUT", "/api/plots/2", `{}`, http.StatusUnauthorized, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := fetch(c.by, page, c.method, c.path, c.body)
			require.Equal(t, c.status, answer.Status, answer.Text())
			if c.answer != "" || c.status < 300 {
				require.Equal(t, c.answer, strings.TrimSpace(answer.Body))
			} else {
				require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
			}
		})
	}
	t.Run("a removal long after sign-in", func(t *testing.T) {
		s.Clock.Add(10 * time.Minute)
		answer := fetch(ada.Browser, page, "DELETE", "/api/plots/2", "")
		require.Equal(t, http.StatusForbidden, answer.Status)
		require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
		require.Equal(t, s.Base+"/step-up", problem(answer)["location"])
		require.Contains(t, fetch(ada.Browser, page, "GET", "/api/plots", "").Body, "Joan", "it is still there")

		// In another tab. This one still has the token of its page.
		next := "/step-up?next=" + url.QueryEscape(s.Base+"/plots/2")
		done := ada.Submit(ada.Get(next), "/step-up", "password", ada.Password, "code", s.Code(ada.Secret))
		require.Equal(t, "/plots/2", done.Location)
		require.Equal(t, http.StatusNoContent, fetch(ada.Browser, page, "DELETE", "/api/plots/2", "").Status)
	})
	t.Run("a change after another sign-in", func(t *testing.T) {
		s.Clock.Add(24 * time.Hour)
		answer := fetch(ada.Browser, page, "PUT", "/api/plots/1", `{"tenant":"Eve"}`)
		require.Equal(t, http.StatusUnauthorized, answer.Status)
		require.Equal(t, s.Base+"/login?done=unsaved", problem(answer)["location"])

		ada.Submit(ada.Follow(ada.Login("Ada", ada.Password)), "/login/code", "code", s.Code(ada.Secret))
		require.True(t, ada.SignedIn())
		answer = fetch(ada.Browser, page, "PUT", "/api/plots/1", `{"tenant":"Eve"}`)
		require.Equal(t, http.StatusForbidden, answer.Status, "the token is that of another session")
		fresh, _ := problem(answer)["form_token"].(string)
		require.Equal(t, http.StatusOK, fetchWith(ada.Browser, fresh, "PUT", "/api/plots/1", `{"tenant":"Eve"}`).Status)
	})
}

// problem is the document with which the office refused.
func problem(answer browse.Page) (document map[string]any) {
	require.NoError(answer.T, json.Unmarshal([]byte(answer.Body), &document), answer.Body)
	return document
}
