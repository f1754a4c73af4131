package gallery_test

import (
	"bytes"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/postern-go/postern/internal/gallery"
)

// policy is the one that pages must hold under.
const policy = "default-src 'none'; script-src 'nonce-%'; style-src 'nonce-%'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

// documents are the states by their name.
func documents(t *testing.T) map[string]gallery.State {
	t.Helper()
	gallery.Language = *lang
	all := map[string]gallery.State{}
	for _, s := range gallery.All(t) {
		all[s.Name] = s
	}
	return all
}

// serve shows the gallery at /<name> with the headers that an office sends,
// and returns the address. Everything else is an empty page that says where a
// form or link would have led.
func serve(t *testing.T) (address string, states []gallery.State) {
	t.Helper()
	all, assets := documents(t), gallery.Assets(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if asset, ok := assets[r.URL.Path]; ok {
			w.Header().Set("Content-Type", asset.ContentType)
			_, _ = w.Write(asset.Body)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		state, ok := all[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			_ = r.ParseForm()
			_, _ = w.Write([]byte("<!DOCTYPE html><title>Elsewhere</title><h1>" + r.Method + " " + r.URL.Path + "</h1><p>" + html.EscapeString(r.PostForm.Encode()) + "</p>"))
			return
		}
		w.Header().Set("Content-Security-Policy", strings.ReplaceAll(policy, "%", state.Frame.Nonce))
		// The page that goes on by itself waits until it has been looked at.
		page := bytes.Replace(state.HTML, []byte(`content="0; url=`), []byte(`content="90000; url=`), 1)
		_, _ = w.Write(page)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/", gallery.All(t)
}
