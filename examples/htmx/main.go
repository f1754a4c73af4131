// Command htmx has a page of the office that htmx changes in place: reported posts,
// with one button that answers with a fragment and one form that also works without
// script. Nothing is kept: it begins anew at each start.
//
//	go run ./examples/htmx
package main

import (
	"context"
	"embed"
	"fmt"
	"html"
	"io/fs"
	"log"
	"net/http"
	"strconv"
	"sync"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/demo"
)

//go:embed pages assets
var files embed.FS

func main() {
	office, err := newOffice(demo.Config())
	if err != nil {
		log.Fatal(err)
	}
	demo.Serve(office, office.Wrap(http.NotFoundHandler())) // your community
}

func newOffice(cfg backoffice.Config) (*backoffice.Office, error) {
	templates, err := fs.Sub(files, "pages")
	if err != nil {
		return nil, err
	}
	admin := http.NewServeMux()
	cfg.Handler, cfg.HandlerTemplates = admin, templates
	cfg.Permissions = []backoffice.Permission{
		{Key: "reports.handle", Label: "Handle reports", Group: "Community", Roles: []string{backoffice.Moderator}},
	}
	cfg.Menu = []backoffice.MenuItem{{Group: "Community", Label: "Reports", Path: "/reports", Permission: "reports.handle"}}
	cfg.Guards = map[string]string{"/assets": backoffice.AnyOperator}
	cfg.Passive = []string{"/reports/count"} // asked for by a timer, so it must not keep the session alive
	office, err := backoffice.New(context.Background(), cfg)
	if err != nil {
		return nil, err
	}
	reports := &reports{open: map[int]string{1: "Buy <b>cheap</b> seeds", 2: "You are all fools", 3: "Free tulips"}}
	admin.HandleFunc("GET /reports", reports.list(office))
	admin.HandleFunc("GET /reports/count", reports.count)
	admin.HandleFunc("POST /reports/{id}/dismiss", reports.dismiss(office))
	admin.Handle("POST /reports/{id}/ban", office.RequireStepUp()(reports.ban(office)))
	admin.Handle("GET /reports/{id}/ban", http.RedirectHandler("/reports", http.StatusSeeOther)) // where a step-up goes on to, without script
	admin.Handle("GET /assets/", http.FileServerFS(files))
	admin.HandleFunc("/", office.NotFound)
	return office, nil
}

// reports are the reported posts that nobody has handled yet.
type reports struct {
	mu   sync.Mutex
	open map[int]string
}

func (rs *reports) list(office *backoffice.Office) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rs.mu.Lock()
		defer rs.mu.Unlock()
		office.Render(w, r, "reports.html", "Reports", rs.open)
	}
}

func (rs *reports) count(w http.ResponseWriter, _ *http.Request) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	fmt.Fprintf(w, "%d open", len(rs.open))
}

// take removes a report, and returns false if someone else was faster.
func (rs *reports) take(r *http.Request) (post string, ok bool) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	id, _ := strconv.Atoi(r.PathValue("id"))
	post, ok = rs.open[id]
	delete(rs.open, id)
	return post, ok
}

// dismiss answers with the row that htmx puts in place of the old one.
func (rs *reports) dismiss(office *backoffice.Office) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		post, ok := rs.take(r)
		if !ok {
			office.Fail(w, r, backoffice.ErrChanged)
			return
		}
		operator, _ := backoffice.OperatorFrom(r.Context())
		w.Header().Set("HX-Trigger", "reports-changed") // for the count, which is elsewhere on the page
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<li>%s: dismissed by %s</li>", html.EscapeString(post), html.EscapeString(operator.Name))
	}
}

// ban answers a form: with a redirect, which htmx follows as a browser does.
func (rs *reports) ban(office *backoffice.Office) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, ok := rs.take(r); !ok {
			office.Fail(w, r, backoffice.ErrChanged)
			return
		}
		http.Redirect(w, r, backoffice.URL(r.Context(), "/reports"), http.StatusSeeOther)
	}
}
