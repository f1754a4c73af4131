package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
)

// fetch is what api.js does on a page that was loaded earlier.
func fetch(t *testing.T, by *officetest.Browser, page *officetest.Page, method, path, body string) *officetest.Page {
	token := regexp.MustCompile(`data-token="([^"]+)"`).FindStringSubmatch(page.Body)
	require.NotNil(t, token)
	return fetchWith(by, token[1], method, path, body)
}

func fetchWith(by *officetest.Browser, token, method, path, body string) *officetest.Page {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for name, value := range map[string]string{
		"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Accept": "application/json",
		"Content-Type": "application/json", "X-Csrf-Token": token, "Origin": officetest.Origin,
	} {
		r.Header.Set(name, value)
	}
	return by.Do(r)
}

func TestPlots(t *testing.T) {
	office := officetest.Mount(t, backoffice.Config{}, newOffice)
	base := strings.TrimPrefix(office.URL(""), officetest.Origin)
	ada := office.SignIn(t, officetest.Operator{Name: "Ada", Roles: []string{backoffice.CommunityManager}})
	bob := office.SignIn(t, officetest.Operator{Name: "Bob", Roles: []string{backoffice.Moderator}})
	for _, route := range []string{"/plots", "/plots/2", "/plots/2/history?since=may"} {
		page := ada.Get(route).Want(t, http.StatusOK)
		require.Contains(t, page.Body, `data-office="`+base+`"`, route)
		bob.Get(route).Want(t, http.StatusForbidden)
	}
	page := ada.Get("/plots")
	for name, kind := range map[string]string{"main.js": "text/javascript", "api.js": "text/javascript", "style.css": "text/css"} {
		require.Contains(t, ada.Get("/app/"+name).Header.Get("Content-Type"), kind, name)
	}
	stranger := office.Browser(t)
	for _, c := range []struct {
		name         string
		by           *officetest.Browser
		method, path string
		body         string
		status       int
		answer       string
	}{
		{"the list", ada, "GET", "/api/plots", "", http.StatusOK, `[{"id":"1","tenant":"Ada"},{"id":"2","tenant":""},{"id":"3","tenant":"Grace"}]`},
		{"a change", ada, "PUT", "/api/plots/2", `{"tenant":"Joan"}`, http.StatusOK, `{"id":"2","tenant":"Joan"}`},
		{"a change that makes no sense", ada, "PUT", "/api/plots/2", `{`, http.StatusBadRequest, "not a plot"},
		{"a removal soon after sign-in", ada, "DELETE", "/api/plots/3", "", http.StatusNoContent, ""},
		{"one that is gone", ada, "DELETE", "/api/plots/3", "", http.StatusNotFound, ""},
		{"no such path", ada, "GET", "/api/nothing", "", http.StatusNotFound, ""},
		{"without the permission", bob, "GET", "/api/plots", "", http.StatusForbidden, ""},
		{"the token of someone else", bob, "PUT", "/api/plots/2", `{}`, http.StatusForbidden, ""},
		{"without a session", stranger, "GET", "/api/plots", "", http.StatusUnauthorized, ""},
		{"without a session, a change", stranger, "PUT", "/api/plots/2", `{}`, http.StatusUnauthorized, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := fetch(t, c.by, page, c.method, c.path, c.body).Want(t, c.status)
			if c.answer != "" || c.status < 300 {
				require.Equal(t, c.answer, strings.TrimSpace(answer.Body))
			} else {
				require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
			}
		})
	}
	t.Run("a removal long after sign-in", func(t *testing.T) {
		office.Advance(10 * time.Minute)
		answer := fetch(t, ada, page, "DELETE", "/api/plots/2", "").Want(t, http.StatusForbidden)
		require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
		require.Equal(t, base+"/step-up", problem(t, answer)["location"])
		require.Contains(t, fetch(t, ada, page, "GET", "/api/plots", "").Body, "Joan", "it is still there")

		// In another tab. This one still has the token of its page.
		ada.Get("/step-up?next=" + url.QueryEscape(base+"/plots/2"))
		done := ada.Submit("/step-up", "password", officetest.Password, "code", office.Code("Ada")).Want(t, http.StatusOK)
		require.Equal(t, "/plots/2", done.Path)
		fetch(t, ada, page, "DELETE", "/api/plots/2", "").Want(t, http.StatusNoContent)
	})
	t.Run("a change after another sign-in", func(t *testing.T) {
		office.Advance(24 * time.Hour)
		answer := fetch(t, ada, page, "PUT", "/api/plots/1", `{"tenant":"Eve"}`).Want(t, http.StatusUnauthorized)
		require.Equal(t, base+"/login?done=unsaved", problem(t, answer)["location"])

		ada.Submit("/login", "login", "Ada", "password", officetest.Password)
		ada.Submit("/login/code", "code", office.Code("Ada")).Want(t, http.StatusOK)
		answer = fetch(t, ada, page, "PUT", "/api/plots/1", `{"tenant":"Eve"}`).Want(t, http.StatusForbidden)
		fresh, _ := problem(t, answer)["form_token"].(string)
		fetchWith(ada, fresh, "PUT", "/api/plots/1", `{"tenant":"Eve"}`).Want(t, http.StatusOK)
	})
}

// problem is the document with which the office refused.
func problem(t *testing.T, answer *officetest.Page) (document map[string]any) {
	require.NoError(t, json.Unmarshal([]byte(answer.Body), &document), answer.Body)
	return document
}
