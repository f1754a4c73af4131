// Package admin is what the community adds to its back office. Posts, gardeners and
// announcements are resources: package resource makes their pages of the descriptions here.
// The dashboard and the analytics are pages of the community's own, ordinary net/http
// handlers; the office has checked who asks, by [Menu], before they run.
package admin

import (
	"io/fs"
	"net/http"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/examples/community/garden"
	"github.com/postern-go/postern/store/sqlstore"
)

// The permissions that the community's own pages ask for.
const (
	viewDashboard = "dashboard.view"
	viewAnalytics = "analytics.view"
)

// Add adds all that the community brings to the configuration of its office. The pages of its
// own are added by [Register], as they need the office.
func Add(cfg *backoffice.Config, g *garden.Garden) {
	members := gardeners(g)
	cfg.Parts = []backoffice.Part{posts(g, members.Relation()), members, announcements(g)}
	cfg.Menu, cfg.Widgets, cfg.Permissions = menu, widgets(g), permissions
	cfg.Events = []backoffice.EventKind{{Code: downloaded, Label: "Analytics downloaded", Says: "{actor} downloaded the analytics of {weeks} weeks"}}
	cfg.HandlerTemplates, cfg.Messages = folder("pages"), folder("messages")
}

// table is where the rows of a resource are.
func table[T any](g *garden.Garden, name string) resource.Data[T] {
	return resource.SQL[T](g.DB(), resource.Table{Name: name, Dialect: sqlstore.SQLite(), Times: resource.UnixSeconds})
}

// permissions are what the office's roles can be given besides those of the resources.
// Administrators have all of them without being named.
var permissions = []backoffice.Permission{
	{Key: viewDashboard, Label: "See the dashboard", Group: "Community", Description: "See how many members and posts there are, and what is new.",
		Roles: []string{backoffice.CommunityManager, backoffice.Moderator}},
	{Key: viewAnalytics, Label: "See analytics", Group: "Community", Description: "See how the community grows from week to week.",
		Roles: []string{backoffice.CommunityManager}},
}

// menu leads to the community's own pages. Its permissions guard them, and every path below.
var menu = []backoffice.MenuItem{
	{Group: "Community", Label: "Dashboard", Path: "/dashboard", Icon: "grid", Text: "Members, posts and what is new.", Permission: viewDashboard},
	{Group: "Community", Label: "Analytics", Path: "/analytics", Icon: "chart", Text: "How the community grows from week to week.", Permission: viewAnalytics},
}

// pages serves the community's own pages.
type pages struct {
	office *backoffice.Office
	garden *garden.Garden
}

// Register adds the pages to the handler that was given to the office as
// Config.Handler.
func Register(mux *http.ServeMux, office *backoffice.Office, g *garden.Garden) {
	p := &pages{office, g}
	mux.Handle("GET /dashboard", p.answer(p.getDashboard))
	mux.Handle("GET /analytics", p.answer(p.getAnalytics))
	mux.Handle("POST /analytics", p.answer(p.postAnalytics))
	mux.HandleFunc("/", office.NotFound)
}

// answer shows the office's own page for an error.
func (p *pages) answer(h func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.office.Fail(w, r, h(w, r)) })
}

func folder(name string) fs.FS {
	sub, err := fs.Sub(embedded, name)
	if err != nil {
		panic(err) // the folder is embedded
	}
	return sub
}
