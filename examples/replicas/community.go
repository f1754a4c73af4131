package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// maxUpload is less than the proxies in ../../deploy let through.
const maxUpload = 10 << 20

// community has one of each kind of page that a proxy must let through. Those that stay
// open end with ending.
func community(ending context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "Hello from the community.\n")
	})
	mux.HandleFunc("POST /files", func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxUpload))
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			http.Error(w, "At most 10 MiB.", http.StatusRequestEntityTooLarge)
		} else if err == nil {
			fmt.Fprintf(w, "%d bytes\n", n)
		}
	})
	mux.HandleFunc("GET /clock", func(w http.ResponseWriter, r *http.Request) { clock(ending, w, r) })
	mux.HandleFunc("GET /echo", func(w http.ResponseWriter, r *http.Request) { echo(ending, w, r) })
	return mux
}

// clock sends the time as a server-sent event, every second.
func clock(ending context.Context, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would wait for more
	out := http.NewResponseController(w)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for now := time.Now(); ; {
		// The server's WriteTimeout is for a whole answer; this one never ends.
		if out.SetWriteDeadline(now.Add(10*time.Second)) != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", now.Format(time.TimeOnly)); err != nil || out.Flush() != nil {
			return
		}
		select {
		case now = <-tick.C:
		case <-r.Context().Done():
			return
		case <-ending.Done():
			return
		}
	}
}

// echo sends back what a WebSocket sends.
func echo(ending context.Context, w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil) // it has answered an error
	if err != nil {
		return
	}
	defer conn.CloseNow()
	for {
		kind, text, err := conn.Read(ending)
		if err != nil {
			return
		}
		if err := conn.Write(ending, kind, text); err != nil {
			return
		}
	}
}
