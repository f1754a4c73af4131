package gallery_test

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
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

// rendered is the gallery: every state by its name, and the assets by their
// path.
type rendered struct {
	states            []gallery.State
	documents, assets map[string][]byte
	types             map[string]string
}

var render = sync.OnceValues(func() (rendered, error) {
	r, err := pages.NewRenderer(view.Config{Clock: clock})
	if err != nil {
		return rendered{}, err
	}
	all := rendered{gallery.All(), map[string][]byte{}, map[string][]byte{}, map[string]string{}}
	for _, s := range all.states {
		if all.documents[s.Name], err = r.Render(s.Frame, s.Page); err != nil {
			return rendered{}, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	for name, asset := range r.Assets() {
		path := all.states[0].Frame.URL("/static/" + name)
		all.assets[path], all.types[path] = asset.Body, asset.ContentType
	}
	return all, nil
})

// serve shows the gallery at /<name> with the headers that an office sends,
// and returns the address. Everything else is an empty page that says where a
// form or link would have led.
func serve(t testing.TB) (address string, states []gallery.State) {
	t.Helper()
	all, err := render()
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if body, ok := all.assets[r.URL.Path]; ok {
			w.Header().Set("Content-Type", all.types[r.URL.Path])
			_, _ = w.Write(body)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		body, ok := all.documents[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			_ = r.ParseForm()
			_, _ = w.Write([]byte("<!DOCTYPE html><title>Elsewhere</title><h1>" + r.Method + " " + r.URL.Path + "</h1><p>" + html.EscapeString(r.PostForm.Encode()) + "</p>"))
			return
		}
		w.Header().Set("Content-Security-Policy", strings.ReplaceAll(policy, "%", all.states[0].Frame.Nonce))
		// The page that goes on by itself waits until it has been looked at.
		_, _ = w.Write(bytes.Replace(body, []byte(`content="0; url=`), []byte(`content="90000; url=`), 1))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/", all.states
}
