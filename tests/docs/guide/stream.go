package guide

import (
	"fmt"
	"net/http"
	"time"

	"github.com/postern-go/postern/backoffice"
)

// Feed sends events to a page for as long as its operator may see them.
//
// begin stream
func Feed(events <-chan string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		out := http.NewResponseController(w)
		ask := time.NewTicker(30 * time.Second)
		defer ask.Stop()
		for {
			select {
			case <-r.Context().Done():
				return // the browser has left
			case <-ask.C:
				if _, err := backoffice.StillSignedIn(r.Context()); err != nil {
					return
				}
			case event := <-events:
				_, _ = fmt.Fprintf(w, "data: %s\n\n", event)
				if out.Flush() != nil {
					return
				}
			}
		}
	}
}

// end stream
