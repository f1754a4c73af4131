package backoffice_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

var script = regexp.MustCompile(`src="([^"]*/static/[^"]*\.js)"`)

// TestOnlyStaticFilesAreCompressed holds what keeps pages out of BREACH's reach, and what
// clients and middleware ask of a compressed file.
func TestOnlyStaticFilesAreCompressed(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	home := ada.Get("/")
	file := strings.TrimPrefix(script.FindStringSubmatch(home.Body)[1], o.Base)
	whole := ada.Get(file)
	ask := func(path string, headers ...string) page {
		r := ada.Request(http.MethodGet, path, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return ada.Send(r)
	}
	for accept, zipped := range map[string]bool{
		"gzip": true, "gzip, deflate, br, zstd": true, "br;q=1.0, GZIP;q=0.5": true, "*": true, "x-gzip": true, "br, *;q=0.1": true,
		"identity": false, "br": false, "gzip;q=0": false, "gzip; q=0.0, *": false, "*;q=0": false, "gzip;q=much": false, "gzipped": false,
	} {
		p := ask(file, "Accept-Encoding", accept)
		require.Equal(t, "Accept-Encoding", p.Header.Get("Vary"), accept)
		if !zipped {
			require.Empty(t, p.Header.Get("Content-Encoding"), accept)
			require.Equal(t, whole.Body, p.Body, accept)
			continue
		}
		require.Equal(t, "gzip", p.Header.Get("Content-Encoding"), accept)
		require.Less(t, len(p.Body), len(whole.Body)/2)
		require.NotEqual(t, whole.Header.Get("Etag"), p.Header.Get("Etag"), "another representation")
		unzip, err := gzip.NewReader(strings.NewReader(p.Body))
		require.NoError(t, err)
		body, err := io.ReadAll(unzip)
		require.NoError(t, err)
		require.Equal(t, whole.Body, string(body))
		require.Equal(t, http.StatusNotModified, ask(file, "Accept-Encoding", accept, "If-None-Match", p.Header.Get("Etag")).Status)
		part := ask(file, "Accept-Encoding", accept, "Range", "bytes=0-3")
		require.Equal(t, whole.Body[:4], part.Body, "a part is one of the file")
		for _, path := range []string{"/", "/operators", "/login", "/nothing"} {
			require.Empty(t, ask(path, "Accept-Encoding", accept).Header.Get("Content-Encoding"), path)
		}
	}
	// Middleware around the gate that compresses, some of it twice.
	for name, value := range map[string]string{"Vary": "Origin, accept-encoding", "Content-Encoding": "gzip"} {
		w := httptest.NewRecorder()
		w.Header().Set(name, value)
		r := ada.Request(http.MethodGet, file, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		o.Office.Wrap(http.NotFoundHandler()).ServeHTTP(w, r)
		require.Equal(t, whole.Body, w.Body.String(), name)
	}
}
