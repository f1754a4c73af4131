// Command templ shows pages written in templ inside the office's layout. The Go
// code of pages.templ is generated:
//
//	go run github.com/a-h/templ/cmd/templ@v0.3.1100 generate ./examples/templ
//	go run ./examples/templ
package main

import (
	"context"
	"io"
	"log"
	"net/http"

	"github.com/a-h/templ"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/demo"
)

func main() {
	community, admin := http.NewServeMux(), http.NewServeMux()
	office, err := mount(context.Background(), demo.Config(), community, admin)
	if err != nil {
		log.Fatal(err)
	}
	demo.Serve(office, office.Wrap(community))
}

// mount adds the routes of the community and of its office pages.
func mount(ctx context.Context, cfg backoffice.Config, community, admin *http.ServeMux) (*backoffice.Office, error) {
	community.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "Hello from the community.\n") })

	cfg.Handler = admin
	cfg.Permissions = []backoffice.Permission{{Key: "reports.view", Label: "See reports", Group: "Community", Roles: []string{backoffice.Moderator}}}
	cfg.Menu = []backoffice.MenuItem{{Group: "Community", Label: "Reports", Path: "/reports", Permission: "reports.view"}}
	office, err := backoffice.New(ctx, cfg)
	if err != nil {
		return nil, err
	}
	p := pages{office: office}
	guard := office.Require("reports.view")
	admin.Handle("GET /reports", guard(http.HandlerFunc(p.list)))
	admin.Handle("POST /reports", guard(http.HandlerFunc(p.add)))
	admin.HandleFunc("/", office.NotFound)
	return office, nil
}

type pages struct {
	office  *backoffice.Office
	reports demo.Reports
}

// render puts a component into the office's layout.
func (p *pages) render(w http.ResponseWriter, r *http.Request, title string, page templ.Component) {
	p.office.RenderBody(w, r, title, func(w io.Writer) error {
		return page.Render(templ.WithNonce(r.Context(), backoffice.Nonce(r.Context())), w)
	})
}

func (p *pages) list(w http.ResponseWriter, r *http.Request) {
	p.render(w, r, "Reports", list(p.reports.All()))
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
