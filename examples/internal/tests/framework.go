// Package tests is what the tests of examples share: what every framework promises, tried
// over real connections.
package tests

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// Framework is an example with routes of the test beside its own. All answer in
// the office: "/panic" panics, "/caught" panics inside the framework's recovery, "POST
// /back" redirects to the field "to", "/uri" says what was asked for as the
// framework knows it, "/stream" sends "one", flushes, and sends "two" after More, and
// "/zipped", if there is one, is the list of reports, compressed by the framework.
type Framework struct {
	// Mount makes the example's office, and what is to be served.
	Mount func(backoffice.Config) (*backoffice.Office, http.Handler)
	// Log is what the framework's logger inside the office wrote.
	Log *testoffice.Text
	// More lets "/stream" go on.
	More chan struct{}
	// NotAllowed is the answer to a method that a path does not take.
	NotAllowed int
	// Missing is part of the community's own missing page.
	Missing string
	// JSON means that the example binds it, Zipped that "/zipped" is there.
	JSON, Zipped bool
	// HTTP2 means that browsers speak it.
	HTTP2 bool
	// Listen starts the framework's own server, if it is not net/http's, with the
	// certificates of the site's, and returns its address.
	Listen func(*browse.Site) string
}

// Try tries a framework.
func Try(t *testing.T, f Framework) {
	site := browse.Mounted(t, f.Mount, func(srv *httptest.Server) { srv.EnableHTTP2 = f.HTTP2 })
	if f.Listen != nil {
		addr := f.Listen(site)
		site.Server.Client().Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, addr)
		}
	}
	stranger := site.Browser()
	mia := site.Enrolled("Mia", backoffice.Moderator)
	ada := site.Plain("Ada", backoffice.SuperAdministrator)
	cora := site.Plain("Cora", backoffice.CommunityManager)
	token := mia.Get("/account/name").Form("/account/name").Get("csrf")
	community := func(path string) browse.Page { return stranger.Moved("").Get(path) }
	// send posts with the token in the header, as a script does.
	send := func(method, path, kind, body string) browse.Page {
		r := mia.Request(method, path, strings.NewReader(body))
		r.Header.Set("X-Csrf-Token", token)
		r.Header.Set("Content-Type", kind)
		return mia.Send(r)
	}
	const form = "application/x-www-form-urlencoded"

	for _, c := range []struct {
		name string
		does func(t *testing.T)
	}{
		{"the community has its pages, and its missing page", func(t *testing.T) {
			p := community("/")
			require.Equal(t, http.StatusOK, p.Status)
			require.Equal(t, "Hello from the community.\n", p.Body)
			for _, path := range []string{"/reports", "/nothing", site.Base + "x/login"} {
				p = community(path)
				require.Equal(t, http.StatusNotFound, p.Status, path)
				require.Contains(t, p.Body, f.Missing, path)
				require.NotContains(t, p.Body, "<html", path)
			}
		}},
		{"strangers are sent to the sign-in page", func(t *testing.T) {
			require.Equal(t, "/login?next=%2Freports%3Fpage%3D2", stranger.Get("/reports?page=2").Location)
			require.Equal(t, http.StatusOK, stranger.Get("/login").Status)
			require.Equal(t, http.StatusSeeOther, stranger.Get("/nothing").Status)
		}},
		{"a page in the layout, for GET and HEAD", func(t *testing.T) {
			p := mia.Get("/reports")
			require.Equal(t, http.StatusOK, p.Status, p.Body)
			require.Contains(t, p.Text(), "Sign out")
			require.Equal(t, site.Base+"/reports", site.Base+p.Link("Reports"))
			require.Contains(t, p.Header.Get("Content-Security-Policy"), "script-src 'nonce-")
			require.Len(t, p.Header["Content-Security-Policy"], 1)
			require.Equal(t, "no-store", p.Header.Get("Cache-Control"))
			p = mia.Send(mia.Request(http.MethodHead, "/account", nil))
			require.Equal(t, http.StatusOK, p.Status)
			require.Empty(t, p.Body)
		}},
		{"the home page keeps its slash", func(t *testing.T) {
			p := mia.Get("/")
			require.Equal(t, http.StatusOK, p.Status, p.Location)
			require.Equal(t, http.StatusSeeOther, stranger.Get("").Status)
		}},
		{"without the permission it is refused", func(t *testing.T) {
			for _, path := range []string{"/reports", "/reports/x"} {
				p := cora.Get(path)
				require.Equal(t, http.StatusForbidden, p.Status, path)
				require.Contains(t, p.Text(), "See reports", path)
				require.Contains(t, p.Body, "</html>", path)
			}
			p := cora.Post("/reports", url.Values{"title": {"Forbidden"}, "csrf": {cora.Get("/account/name").Form("/account/name").Get("csrf")}})
			require.Equal(t, http.StatusForbidden, p.Status)
			require.NotContains(t, mia.Get("/reports").Text(), "Forbidden")
		}},
		{"the guard holds for other spellings of a path", func(t *testing.T) {
			for _, path := range []string{"/Reports", "/reports/", "/REPORTS/x", "/reports%2Fx", "/%72eports", "/reports;x"} {
				p := cora.Get(path)
				require.NotEqual(t, http.StatusOK, p.Status, path)
				require.NotContains(t, p.Text(), "Add report", path)
			}
		}},
		{"a form with the page's token is bound, and its redirect stays inside", func(t *testing.T) {
			title := `Tea & "cake" à 50% <b>`
			p := mia.Submit(mia.Get("/reports"), "/reports", "title", title)
			require.Equal(t, http.StatusSeeOther, p.Status, p.Body)
			require.Equal(t, site.Base+"/reports", p.Header.Get("Location"))
			p = mia.Follow(p)
			require.Contains(t, p.Text(), title+" , by Mia")
			p = mia.Get(p.Link(title))
			require.Equal(t, http.StatusOK, p.Status, p.Path)
			require.Contains(t, p.Text(), "By Mia. No file.")
		}},
		{"a parameter may hold what paths may not", func(t *testing.T) {
			for _, title := range []string{"a/b", "a?b#c", "ümläut 日本", "a+b c", "100%2F", ".. x"} {
				require.Equal(t, http.StatusSeeOther, send(http.MethodPost, "/reports", form, url.Values{"title": {title}}.Encode()).Status, title)
				p := mia.Get("/reports/" + url.PathEscape(title))
				require.Equal(t, http.StatusOK, p.Status, title)
				require.Contains(t, p.Text(), title+" By Mia.", title)
			}
		}},
		{"a form without a token never arrives", func(t *testing.T) {
			for _, fields := range []url.Values{{"title": {"Forged"}}, {"title": {"Forged"}, "csrf": {token[:20]}}} {
				require.Equal(t, http.StatusForbidden, mia.Post("/reports", fields).Status)
			}
			require.NotContains(t, mia.Get("/reports").Text(), "Forged")
		}},
		{"a form that the page refuses", func(t *testing.T) {
			require.Equal(t, http.StatusUnprocessableEntity, send(http.MethodPost, "/reports", form, "title=").Status)
		}},
		{"a script's JSON is bound", func(t *testing.T) {
			if !f.JSON {
				return
			}
			require.Equal(t, http.StatusSeeOther, send(http.MethodPost, "/reports", "application/json", `{"title":"From a script"}`).Status)
			require.Contains(t, mia.Get("/reports").Text(), "From a script")
			require.Equal(t, http.StatusBadRequest, send(http.MethodPost, "/reports", "application/json", `{"title":`).Status)
		}},
		{"a file is uploaded", func(t *testing.T) {
			for name, size := range map[string]int{"small.txt": 10, "large.bin": 6 << 20} {
				kind, body := upload(t, token, "With "+name, name, size)
				r := mia.Request(http.MethodPost, "/reports", body)
				r.Header.Set("Content-Type", kind)
				p := mia.Send(r)
				require.Equal(t, http.StatusSeeOther, p.Status, p.Text())
				require.Contains(t, mia.Get("/reports/With%20"+name).Text(), fmt.Sprintf("File: %s, %d bytes.", name, size))
			}
		}},
		{"no file is chosen, as browsers say it", func(t *testing.T) {
			var lines []string
			for _, part := range []string{"csrf\"\r\n\r\n" + token, "title\"\r\n\r\nBare", "file\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n"} {
				lines = append(lines, "------WebKitFormBoundaryq1\r\nContent-Disposition: form-data; name=\""+part+"\r\n")
			}
			body := strings.Join(lines, "") + "------WebKitFormBoundaryq1--\r\n"
			p := send(http.MethodPost, "/reports", "multipart/form-data; boundary=----WebKitFormBoundaryq1", body)
			require.Equal(t, http.StatusSeeOther, p.Status, p.Text())
			require.Contains(t, mia.Get("/reports/Bare").Text(), "No file.")
		}},
		{"what is missing inside is the office's page", func(t *testing.T) {
			for _, path := range []string{"/nothing", "/nothing/at/all", "/reports/nothing", "/reports/a/b/c", "/reports%2Fx"} {
				p := mia.Get(path)
				require.Equal(t, http.StatusNotFound, p.Status, path)
				require.Contains(t, p.Text(), "Page not found", path)
				require.Contains(t, p.Body, "</html>", path)
				require.NotContains(t, p.Body, f.Missing, path)
			}
		}},
		{"another method is refused by the framework", func(t *testing.T) {
			require.Equal(t, f.NotAllowed, send(http.MethodDelete, "/reports", form, "").Status)
		}},
		{"a slash more stays inside", func(t *testing.T) {
			p := mia.Get("/reports/")
			if p.Status/100 == 3 {
				require.Equal(t, site.Base+"/reports", p.Header.Get("Location"))
			} else {
				require.Contains(t, []int{http.StatusOK, http.StatusNotFound}, p.Status)
				require.Contains(t, p.Body, "</html>")
			}
		}},
		{"a panic is the office's error page, or the framework's", func(t *testing.T) {
			p := mia.Get("/panic")
			require.Equal(t, http.StatusInternalServerError, p.Status)
			require.Contains(t, p.Body, "</html>")
			require.NotContains(t, p.Body, "fell over")
			p = mia.Get("/caught")
			require.Equal(t, http.StatusInternalServerError, p.Status)
			require.NotContains(t, p.Body, "</html>")
			require.Equal(t, http.StatusOK, mia.Get("/reports").Status)
		}},
		{"compressed by the framework", func(t *testing.T) {
			if !f.Zipped {
				return
			}
			r := mia.Request(http.MethodGet, "/zipped", nil)
			r.Header.Set("Accept-Encoding", "gzip")
			p := mia.Send(r)
			require.Equal(t, "gzip", p.Header.Get("Content-Encoding"))
			require.Contains(t, unzip(t, p.Body), "</html>")
		}},
		{"its logger never has the alias", func(t *testing.T) {
			require.Contains(t, f.Log.String(), "/reports")
			require.NotContains(t, f.Log.String(), strings.Trim(site.Base, "/"))
		}},
		{"redirects stay inside, unless they lead to the community", func(t *testing.T) {
			for to, want := range map[string]string{
				"/back": site.Base + "/back", "/back?saved=1": site.Base + "/back?saved=1",
				"/back/list": site.Base + "/back/list", site.Base + "/reports": site.Base + "/reports", "/": "/", "https://example.org/": "https://example.org/",
			} {
				p := send(http.MethodPost, "/back", form, url.Values{"to": {to}}.Encode())
				require.Equal(t, http.StatusSeeOther, p.Status, to)
				require.Equal(t, want, p.Header.Get("Location"), to)
			}
		}},
		{"the framework knows the path and the query", func(t *testing.T) {
			require.Equal(t, "/uri?a=b%20c", mia.Get("/uri?a=b%20c").Body)
		}},
		{"a stream arrives as it is flushed", func(t *testing.T) {
			r := mia.Request(http.MethodGet, "/stream", nil)
			r.Header.Set("User-Agent", mia.Agent)
			res, err := mia.Client.Do(r)
			require.NoError(t, err)
			defer res.Body.Close()
			one := make([]byte, 3)
			_, err = io.ReadFull(res.Body, one)
			require.NoError(t, err)
			require.Equal(t, "one", string(one))
			f.More <- struct{}{}
			rest, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			require.Equal(t, "two", string(rest))
		}},
		{"an alias of one's own is proposed, and the community asked about it", func(t *testing.T) {
			p := ada.Submit(ada.Get("/parameters/address"), "/parameters/address", "action", "choose", "alias", "walnut-otter-news")
			require.Equal(t, http.StatusOK, p.Status)
			require.Contains(t, p.Text(), "Move to this address")
			require.NotContains(t, p.Body, f.Missing)
		}},
		{"signing out, and a script after it", func(t *testing.T) {
			require.Equal(t, "/logout", cora.Submit(cora.Get("/account"), "/logout").Location)
			require.Equal(t, http.StatusSeeOther, cora.Get("/reports").Status)
			r := cora.Request(http.MethodGet, "/reports", nil)
			r.Header.Set("Sec-Fetch-Mode", "cors")
			p := cora.Send(r)
			require.Equal(t, http.StatusUnauthorized, p.Status, "of a script")
			require.Equal(t, "application/problem+json", p.Header.Get("Content-Type"))
		}},
	} {
		t.Run(c.name, c.does)
	}
}

// upload is the body of a form with a file behind the token.
func upload(t *testing.T, token, title, name string, size int) (kind string, body io.Reader) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	require.NoError(t, w.WriteField("csrf", token))
	require.NoError(t, w.WriteField("title", title))
	part, err := w.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = part.Write(bytes.Repeat([]byte{'x'}, size))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return w.FormDataContentType(), &b
}

func unzip(t *testing.T, body string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(body))
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(text)
}
