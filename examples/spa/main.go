// Command spa has a single-page app in the office: one page for all of its client-side
// routes, a script that learns from that page where the office is, and a JSON API.
// Nothing is kept: it begins anew at each start.
//
//	go run ./examples/spa
package main

import (
	"context"
	"embed"
	"encoding/json"
	"html/template"
	"log"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/demo"
)

//go:embed app
var files embed.FS

var index = template.Must(template.ParseFS(files, "app/index.html"))

func main() {
	office, err := newOffice(demo.Config())
	if err != nil {
		log.Fatal(err)
	}
	demo.Serve(office, office.Wrap(http.NotFoundHandler())) // your community
}

func newOffice(cfg backoffice.Config) (*backoffice.Office, error) {
	admin := http.NewServeMux()
	cfg.Handler = admin
	cfg.Permissions = []backoffice.Permission{
		{Key: "plots.manage", Label: "Manage plots", Group: "Garden", Roles: []string{backoffice.CommunityManager}},
	}
	cfg.Menu = []backoffice.MenuItem{{Group: "Garden", Label: "Plots", Path: "/plots", Permission: "plots.manage"}}
	// The API is what counts. Files are for everyone who is signed in.
	cfg.Guards = map[string]string{"/api": "plots.manage", "/app": backoffice.AnyOperator}
	office, err := backoffice.New(context.Background(), cfg)
	if err != nil {
		return nil, err
	}
	plots := &plots{all: map[string]plot{"1": {"1", "Ada"}, "2": {"2", ""}, "3": {"3", "Grace"}}}
	admin.HandleFunc("GET /plots", page)
	admin.HandleFunc("GET /plots/", page) // the script's own routes
	admin.Handle("GET /app/", http.FileServerFS(files))
	admin.HandleFunc("GET /api/plots", plots.list)
	admin.HandleFunc("PUT /api/plots/{id}", plots.change(office))
	admin.Handle("DELETE /api/plots/{id}", office.RequireStepUp()(plots.remove(office)))
	admin.HandleFunc("/", office.NotFound)
	return office, nil
}

// page tells the script what only the server knows. The office's policy forbids <base>.
func page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = index.Execute(w, map[string]string{ // if it fails, the visitor has left
		"Office": strings.TrimSuffix(backoffice.URL(r.Context(), "/"), "/"),
		"Nonce":  backoffice.Nonce(r.Context()),
		"Token":  backoffice.FormToken(r.Context()),
	})
}

type plot struct {
	ID     string `json:"id"`
	Tenant string `json:"tenant"`
}

type plots struct {
	mu  sync.Mutex
	all map[string]plot
}

func (ps *plots) list(w http.ResponseWriter, _ *http.Request) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	answer(w, slices.SortedFunc(maps.Values(ps.all), func(a, b plot) int { return int(a.ID[0]) - int(b.ID[0]) }))
}

func (ps *plots) change(office *backoffice.Office) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var sent plot
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			http.Error(w, "not a plot", http.StatusBadRequest)
			return
		}
		ps.mu.Lock()
		defer ps.mu.Unlock()
		id := r.PathValue("id")
		if _, ok := ps.all[id]; !ok {
			office.NotFound(w, r)
			return
		}
		ps.all[id] = plot{id, sent.Tenant}
		answer(w, ps.all[id])
	}
}

func (ps *plots) remove(office *backoffice.Office) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ps.mu.Lock()
		defer ps.mu.Unlock()
		id := r.PathValue("id")
		if _, ok := ps.all[id]; !ok {
			office.NotFound(w, r)
			return
		}
		delete(ps.all, id)
		w.WriteHeader(http.StatusNoContent)
	}
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // if it fails, the visitor has left
}
