package backoffice_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

// random are pages with a new QR code each time, so that no two are of one length.
var random = map[string]bool{"/account/two-factor/add": true}

// TestHeadAnswersWhatGetDoes asks for every page, every asset, and what there is not,
// by GET and HEAD, whole and in part, as link checkers, monitors and download managers do.
func TestHeadAnswersWhatGetDoes(t *testing.T) {
	o, all := everybody(t)
	file := bytes.Repeat([]byte("host "), 1000)
	o.Inside.HandleFunc("/host", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	o.Inside.HandleFunc("/host/gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	o.Inside.HandleFunc("/host/file", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "file.txt", time.Time{}, bytes.NewReader(file))
	})
	shown := o.Browser().Get("/login")
	paths := []string{"", "/", "/nothing", "/operators/nobody", "/operators//x", "/static/", "/static/nothing.css", "/audit/export", "/operators/id-of-ben/unlock",
		"/login?done=ended", "/operators?q=ben", "/mail?state=failed", "/host", "/host/gone", "/host/file", "/audit/999999999"}
	for _, m := range regexp.MustCompile(`(?:href|src)="([^"]*/static/[^"]*)"`).FindAllStringSubmatch(shown.Body, -1) {
		paths = append(paths, strings.TrimPrefix(m[1], o.Base))
	}
	require.Greater(t, len(paths), 19)
	for _, r := range pages.Routes() {
		if r.Method == http.MethodGet {
			paths = append(paths, example(r.Path))
		}
	}
	tested := 0
	for _, who := range all {
		switch who.name {
		case "super-administrator", "nobody", "moderator", "stale proof", "must change password":
		default:
			continue
		}
		for _, path := range paths {
			o.Clock.Add(time.Second) // lists are limited by the minute
			ask := func(method, name, value string) page {
				r := who.Request(method, path, nil)
				if name != "" {
					r.Header.Set(name, value)
				}
				return who.Send(r)
			}
			what := path + " for " + who.name
			get := ask("GET", "", "")
			same := func(head page, than page) {
				t.Helper()
				require.Equal(t, than.Status, head.Status, what)
				require.Empty(t, head.Body, what)
				for _, name := range []string{"Location", "Content-Type", "Content-Length", "Content-Range", "Accept-Ranges", "Cache-Control", "Etag", "Allow", "Retry-After", "Vary", "Referrer-Policy"} {
					if name == "Content-Length" && random[path] {
						continue
					}
					require.Equal(t, than.Header.Values(name), head.Header.Values(name), "%s of %s", name, what)
				}
			}
			before := o.Dump("events", "counters")
			same(ask("HEAD", "", ""), get)
			part := ask("GET", "Range", "bytes=2-5")
			same(ask("HEAD", "Range", "bytes=2-5"), part)
			require.True(t, before == o.Dump("events", "counters"), "HEAD %s changed something", what)
			if get.Status != http.StatusNoContent {
				require.NotEmpty(t, get.Header.Get("Content-Length"), what)
			}
			if get.Status != http.StatusOK || get.Header.Get("Etag") == "" && path != "/host/file" {
				require.Equal(t, get.Status, part.Status, "%s comes whole", what)
				require.Empty(t, part.Header.Get("Content-Range"))
				continue
			}
			tested++
			require.Equal(t, http.StatusPartialContent, part.Status, what)
			require.Equal(t, get.Body[2:6], part.Body, what)
			if tag := get.Header.Get("Etag"); tag != "" {
				for _, method := range []string{"GET", "HEAD"} {
					known := ask(method, "If-None-Match", tag)
					require.Equal(t, http.StatusNotModified, known.Status, what)
					require.Empty(t, known.Body)
					require.Equal(t, get.Header.Get("Cache-Control"), known.Header.Get("Cache-Control"))
					require.Equal(t, http.StatusOK, ask(method, "If-None-Match", `"other"`).Status, what)
				}
			}
		}
	}
	require.Greater(t, tested, 20)
}
