package gallery_test

import (
	"bytes"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/gallery"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

// policy is the one that pages must hold under.
const policy = "default-src 'none'; script-src 'nonce-%'; style-src 'nonce-%'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

func clock() time.Time { return time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC) }

// render returns every state of the gallery by its name, and the assets by
// their path.
func render(t testing.TB) (states []gallery.State, documents, assets map[string][]byte, types map[string]string) {
	t.Helper()
	r, err := pages.NewRenderer(view.Config{Clock: clock})
	require.NoError(t, err)
	documents, assets, types = map[string][]byte{}, map[string][]byte{}, map[string]string{}
	states = gallery.All()
	for _, s := range states {
		documents[s.Name], err = r.Render(s.Frame, s.Page)
		require.NoError(t, err, s.Name)
	}
	for name, asset := range r.Assets() {
		path := states[0].Frame.URL("/static/" + name)
		assets[path], types[path] = asset.Body, asset.ContentType
	}
	return states, documents, assets, types
}

// serve shows the gallery at /<name> with the headers that an office sends,
// and returns the address. Everything else is an empty page that says where a
// form or link would have led.
func serve(t testing.TB) (address string, states []gallery.State) {
	t.Helper()
	states, documents, assets, types := render(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if body, ok := assets[r.URL.Path]; ok {
			w.Header().Set("Content-Type", types[r.URL.Path])
			_, _ = w.Write(body)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		body, ok := documents[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			_ = r.ParseForm()
			_, _ = w.Write([]byte("<!DOCTYPE html><title>Elsewhere</title><h1>" + r.Method + " " + r.URL.Path + "</h1><p>" + html.EscapeString(r.PostForm.Encode()) + "</p>"))
			return
		}
		w.Header().Set("Content-Security-Policy", strings.ReplaceAll(policy, "%", states[0].Frame.Nonce))
		// The page that goes on by itself waits until it has been looked at.
		_, _ = w.Write(bytes.Replace(body, []byte(`content="0; url=`), []byte(`content="90000; url=`), 1))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/", states
}
