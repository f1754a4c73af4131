package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

var date = regexp.MustCompile(`\r\nDate: [^\r]+`)

// raw sends a request as it stands, because Go's client would tidy it up, and
// returns the answer without its date.
func (r *running) raw(method, target string, headers ...string) string {
	r.t.Helper()
	u, err := url.Parse(r.lines["community"])
	require.NoError(r.t, err)
	conn, err := new(net.Dialer).DialContext(r.t.Context(), "tcp", u.Host)
	require.NoError(r.t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n", method, target, u.Host,
		strings.Join(append(headers, ""), "\r\n"))
	require.NoError(r.t, err)
	answer, err := io.ReadAll(conn)
	require.NoError(r.t, err)
	return date.ReplaceAllString(string(answer), "")
}

func TestWhatIsMissingLooksTheSame(t *testing.T) {
	r := start(t, t.TempDir())
	alias := strings.Trim(strings.TrimPrefix(r.lines["back office"], r.lines["community"]), "/")
	letter := strings.IndexFunc(alias, unicode.IsLetter)
	want := r.raw("GET", "/nothing")
	head, _, _ := strings.Cut(want, "\r\n\r\n")
	require.True(t, strings.HasPrefix(want, "HTTP/1.1 404 Not Found\r\n"))

	paths := map[string]string{
		"unknown":                        "/nothing",
		"unknown with a slash":           "/nothing/",
		"unknown and deep":               "/nothing/at/all/",
		"unknown with a query":           "/nothing?done=posted",
		"unknown file":                   "/static/nothing.css",
		"folder of files":                "/static/",
		"page with a slash":              "/sign-in/",
		"page of the office":             "/dashboard",
		"page of the office, deeper":     "/posts/seed-3/delete",
		"sign-in of the office":          "/login",
		"double slash":                   "//nothing",
		"double slash before a page":     "//sign-in",
		"dot segment":                    "/./nothing",
		"dot segments to a page":         "/nothing/../sign-in",
		"encoded dot segments":           "/nothing/%2e%2e/sign-in",
		"encoded slash":                  "/nothing%2fat%2fall",
		"long":                           "/" + strings.Repeat("x", 8000),
		"alias in capitals":              "/" + strings.ToUpper(alias) + "/",
		"alias with a capital":           "/" + alias[:letter] + strings.ToUpper(alias[letter:letter+1]) + alias[letter+1:] + "/",
		"alias too short":                "/" + alias[:len(alias)-1] + "/",
		"alias too long":                 "/" + alias + "a/",
		"alias with a dot":               "/" + alias + "./",
		"alias with a space":             "/" + alias + "%20/",
		"alias, encoded":                 fmt.Sprintf("/%%%02x%s/", alias[0], alias[1:]),
		"alias, all encoded":             "/" + encoded(alias) + "/",
		"alias after two slashes":        "//" + alias + "/",
		"alias after two slashes, login": "//" + alias + "/login",
		"alias after a dot segment":      "/./" + alias + "/",
		"alias after dot segments":       "/x/../" + alias + "/",
		"alias before an encoded slash":  "/" + alias + "%2flogin",
		"alias further down":             "/x/" + alias + "/",
		"alias in a query":               "/nothing?" + alias,
		"everything":                     "*",
	}
	methods := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"}
	for name, path := range paths {
		for _, method := range methods {
			if path == "*" && method != "OPTIONS" {
				continue // no other method may ask for it
			}
			got, wanted := r.raw(method, path), want
			if method == "HEAD" {
				wanted = head + "\r\n\r\n"
			}
			require.Equal(t, wanted, got, "%s: %s", name, method)
		}
	}

	require.Equal(t, want, r.raw("GET", "/nothing", "Cookie: garden_session=x"), "whoever asks")
	require.Equal(t, want, r.raw("POST", "/nothing", "Origin: https://elsewhere.example", "Sec-Fetch-Site: cross-site"), "from wherever")
	require.Equal(t, want, r.raw("PUT", "/sign-in"), "a page in a method that it does not have")
	require.NotContains(t, want, alias)
}

func encoded(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

func TestAnOfficePageOutsideTheOfficeIsMissing(t *testing.T) {
	dir := t.TempDir()
	o := options{db: filepath.Join(dir, "garden.db"), outbox: filepath.Join(dir, "outbox")}
	a, err := open(context.Background(), o, "http://localhost:8080", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer a.close()
	guarded := a.office.Require("dashboard.view")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the page was reached")
	}))
	for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS"} {
		want, got := httptest.NewRecorder(), httptest.NewRecorder()
		a.site.Handler().ServeHTTP(want, httptest.NewRequest(method, "/nothing", nil))
		guarded.ServeHTTP(got, httptest.NewRequest(method, "/dashboard", nil))
		require.Equal(t, http.StatusNotFound, want.Code)
		require.Equal(t, want, got)
	}
}
