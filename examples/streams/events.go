package main

import (
	"fmt"
	"net/http"
	"time"
)

// events sends server-sent events. When the session ends, a last event tells the page
// to go to the sign-in page. A stream that just ended would look like a lost connection.
func events(every time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		out := http.NewResponseController(w)
		send := func(event string, now time.Time) error {
			// The server's WriteTimeout is for a whole answer; this one never ends.
			if err := out.SetWriteDeadline(now.Add(10 * time.Second)); err != nil {
				return err
			}
			if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, now.Format(time.TimeOnly)); err != nil {
				return err
			}
			return out.Flush()
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("X-Accel-Buffering", "no") // nginx would wait for more
		if send("beat", time.Now()) != nil {
			return
		}
		if beats(r, every, func(now time.Time) error { return send("beat", now) }) {
			_ = send("over", time.Now()) // if it fails, the reader has left
		}
	}
}
