// Command chi mounts the back office around a chi router, and routes the
// community's own office pages with another.
//
//	go run ./examples/chi
package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/demo"
)

func main() {
	community, admin := chi.NewRouter(), chi.NewRouter()
	community.Use(middleware.Logger, middleware.Recoverer)
	office, err := mount(context.Background(), demo.Config(), community, admin)
	if err != nil {
		log.Fatal(err)
	}
	// Around the router, not inside it: what logs or rewrites paths must not see the alias.
	demo.Serve(office, office.Wrap(community))
}

// mount adds the routes of the community and of its office pages.
func mount(ctx context.Context, cfg backoffice.Config, community, admin chi.Router) (*backoffice.Office, error) {
	community.Get("/", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "Hello from the community.\n") })

	cfg.Handler, cfg.HandlerTemplates = admin, demo.Pages()
	cfg.NotFound = community // for what it has no route for, chi answers 404
	cfg.Permissions = []backoffice.Permission{
		{Key: "reports.view", Label: "See reports", Group: "Community", Roles: []string{backoffice.Moderator}},
		{Key: "reports.write", Label: "Write reports", Group: "Community", Roles: []string{backoffice.Moderator}},
	}
	// Whoever has the permission may open /reports and every path below it.
	cfg.Menu = []backoffice.MenuItem{{Group: "Community", Label: "Reports", Path: "/reports", Permission: "reports.view"}}
	office, err := backoffice.New(ctx, cfg)
	if err != nil {
		return nil, err
	}
	admin.NotFound(office.NotFound)
	p := pages{office: office}
	admin.Route("/reports", func(r chi.Router) {
		r.Get("/", p.list)
		r.With(office.Require("reports.write")).Post("/", p.add)
		r.Get("/{title}", p.show)
	})
	return office, nil
}

type pages struct {
	office  *backoffice.Office
	reports demo.Reports
}

func (p *pages) list(w http.ResponseWriter, r *http.Request) {
	p.office.Render(w, r, "reports.html", "Reports", p.reports.All())
}

func (p *pages) add(w http.ResponseWriter, r *http.Request) {
	operator, _ := backoffice.OperatorFrom(r.Context())
	report := demo.Report{Title: r.PostFormValue("title"), By: operator.Name}
	if _, file, err := r.FormFile("file"); err == nil {
		report.File = demo.Describe(file)
	}
	if err := p.reports.Add(report); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	http.Redirect(w, r, backoffice.URL(r.Context(), "/reports"), http.StatusSeeOther)
}

func (p *pages) show(w http.ResponseWriter, r *http.Request) {
	title := chi.URLParam(r, "title")
	if r.URL.RawPath != "" { // chi then leaves the escapes in
		title, _ = url.PathUnescape(title)
	}
	report, ok := p.reports.Find(title)
	if !ok {
		p.office.NotFound(w, r)
		return
	}
	p.office.Render(w, r, "report.html", report.Title, report)
}
