package main

import (
	"net/http"
	"time"

	coderws "github.com/coder/websocket"
	gorillaws "github.com/gorilla/websocket"
)

// policyViolation is the code with which both sockets end if the session did, so that the
// page knows not to connect again (RFC 6455, section 7.4.1).
const policyViolation = 1008

// coder answers with github.com/coder/websocket.
func coder(every time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := coderws.Accept(w, r, nil) // it has answered an error
		if err != nil {
			return
		}
		defer conn.CloseNow()
		r = r.WithContext(conn.CloseRead(r.Context())) // nothing is read: it ends with the connection
		over := beats(r, every, func(now time.Time) error {
			return conn.Write(r.Context(), coderws.MessageText, []byte(now.Format(time.TimeOnly)))
		})
		if over {
			_ = conn.Close(policyViolation, "signed out") // if it fails, the reader has left
		}
	}
}

// gorilla answers with github.com/gorilla/websocket.
func gorilla(every time.Duration) http.HandlerFunc {
	upgrader := gorillaws.Upgrader{} // it accepts this origin only, as the office does
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil) // it has answered an error
		if err != nil {
			return
		}
		defer conn.Close()
		conn.SetReadLimit(4 << 10)
		gone := make(chan struct{}) // the request's context does not end with a hijacked connection
		go func() {
			defer close(gone)
			for { // answers pings, and notices that the reader has left
				if _, _, err := conn.NextReader(); err != nil {
					return
				}
			}
		}()
		over := beats(r, every, func(now time.Time) error {
			if err := conn.SetWriteDeadline(now.Add(10 * time.Second)); err != nil {
				return err
			}
			return conn.WriteMessage(gorillaws.TextMessage, []byte(now.Format(time.TimeOnly)))
		})
		if over {
			text := gorillaws.FormatCloseMessage(policyViolation, "signed out")
			_ = conn.WriteControl(gorillaws.CloseMessage, text, time.Now().Add(time.Second))
		}
		conn.Close()
		<-gone
	}
}
