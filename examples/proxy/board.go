package main

import (
	"fmt"
	"html"
	"io"
	"net/http"

	"github.com/coder/websocket"
)

// board is the other tool. In its pages it puts the prefix that the proxy names in front of
// its paths, as many tools can; others take it from their configuration.
func board() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		prefix := html.EscapeString(r.Header.Get("X-Forwarded-Prefix"))
		http.SetCookie(w, &http.Cookie{Name: "board", Value: "of-its-own", Path: prefix + "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
		w.Header().Set("Cache-Control", "public, max-age=600")
		fmt.Fprintf(w, boardPage, prefix, html.EscapeString(r.Header.Get("X-Webauth-User")))
	})
	mux.HandleFunc("GET /public/app.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, boardScript)
	})
	mux.HandleFunc("GET /old", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.Header.Get("X-Forwarded-Prefix")+"/?from=old")
		w.WriteHeader(http.StatusFound)
	})
	mux.HandleFunc("POST /api/notes", func(w http.ResponseWriter, r *http.Request) {
		note, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<20))
		if err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(note)
	})
	mux.HandleFunc("POST /save", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.Header.Get("X-Forwarded-Prefix")+"/?saved="+r.FormValue("note"), http.StatusSeeOther)
	})
	mux.HandleFunc("/api/live", func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil) // it has answered an error
		if err != nil {
			return
		}
		_ = conn.Write(r.Context(), websocket.MessageText, []byte("live")) // or the reader has left
		conn.Close(websocket.StatusNormalClosure, "")
	})
	return mux
}

const (
	boardPage = `<!doctype html>
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Board</title>
<script src="%s/public/app.js" defer></script>
<h1>Board of %s</h1>
<form method="post" action="save"><input name="note" aria-label="Note"><button>Save</button></form>
<p id="api"></p>
<p id="live"></p>
`
	boardScript = `
const at = location.pathname;
fetch(at + "api/notes", {method: "POST", headers: {"Content-Type": "application/json"}, body: '{"note":"kept"}'})
  .then(answer => answer.json()).then(note => { document.getElementById("api").textContent = note.note; });
const live = new WebSocket(location.origin.replace(/^http/, "ws") + at + "api/live");
live.onmessage = event => { document.getElementById("live").textContent = event.data; };
`
)
