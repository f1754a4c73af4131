// Command streams has what stays open inside the office, and what is large: server-sent
// events, WebSockets by two libraries, and files. Each stream ends soon after its session
// did. Nothing is kept: it begins anew at each start.
//
//	go run ./examples/streams
package main

import (
	"context"
	"embed"
	"io/fs"
	"log"
	"net/http"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/demo"
)

//go:embed pages files
var embedded embed.FS

func main() {
	office, err := newOffice(demo.Config(), 5*time.Second)
	if err != nil {
		log.Fatal(err)
	}
	demo.Serve(office, office.Wrap(http.NotFoundHandler())) // your community
}

// newOffice makes the office. Its streams send something every so often, and ask each time
// whether their session is still there.
func newOffice(cfg backoffice.Config, every time.Duration) (*backoffice.Office, error) {
	templates, err := fs.Sub(embedded, "pages")
	if err != nil {
		return nil, err
	}
	files, err := fs.Sub(embedded, "files")
	if err != nil {
		return nil, err
	}
	admin := http.NewServeMux()
	cfg.Handler, cfg.HandlerTemplates = admin, templates
	cfg.Permissions = []backoffice.Permission{
		{Key: "pulse.view", Label: "See what happens", Group: "Community", Roles: []string{backoffice.Moderator}},
	}
	cfg.Menu = []backoffice.MenuItem{{Group: "Community", Label: "Pulse", Path: "/pulse", Permission: "pulse.view"}}
	cfg.Guards = map[string]string{"/events": "pulse.view", "/live": "pulse.view", "/files": "pulse.view"}
	cfg.Passive = []string{"/events", "/live/"} // the browser opens them again on its own
	office, err := backoffice.New(context.Background(), cfg)
	if err != nil {
		return nil, err
	}
	admin.HandleFunc("GET /pulse", func(w http.ResponseWriter, r *http.Request) {
		office.Render(w, r, "pulse.html", "Pulse", nil)
	})
	admin.Handle("GET /events", events(every))
	admin.Handle("/live/coder", coder(every))
	admin.Handle("/live/gorilla", gorilla(every))
	admin.Handle("GET /files/", http.StripPrefix("/files/", http.FileServerFS(files)))
	admin.HandleFunc("/", office.NotFound)
	return office, nil
}

// beats calls send every so often until it fails, the request ends, or the operator may no
// longer see what is sent. Only then it returns true.
func beats(r *http.Request, every time.Duration, send func(time.Time) error) (ended bool) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-r.Context().Done():
			return false
		case now := <-ticker.C:
			if _, err := backoffice.StillSignedIn(r.Context()); err != nil {
				return true
			}
			if send(now) != nil {
				return false
			}
		}
	}
}
