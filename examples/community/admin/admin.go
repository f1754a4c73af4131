// Package admin is what the community adds to its back office: three pages
// behind permissions of their own. They are ordinary net/http handlers; the
// office has checked who asks, by [Menu], before they run.
package admin

import (
	"errors"
	"io/fs"
	"net/http"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/community/garden"
)

// The permissions that the pages ask for.
const (
	viewDashboard = "dashboard.view"
	viewAnalytics = "analytics.view"
	moderatePosts = "posts.moderate"
)

// Permissions are what the office's roles can be given. Administrators have all
// of them without being named.
func Permissions() []backoffice.Permission {
	both := []string{backoffice.CommunityManager, backoffice.Moderator}
	return []backoffice.Permission{
		{Key: viewDashboard, Label: "See the dashboard", Group: "Community", Description: "See how many members and posts there are, and what is new.", Roles: both},
		{Key: viewAnalytics, Label: "See analytics", Group: "Community", Description: "See how the community grows from week to week.", Roles: both[:1]},
		{Key: moderatePosts, Label: "Moderate posts", Group: "Community", Description: "Hide posts that members reported, put them back, delete them.", Roles: both},
	}
}

// Menu is the community's part of the office's navigation. Its permissions guard the pages
// that it leads to, and every path below them.
func Menu() []backoffice.MenuItem {
	return []backoffice.MenuItem{
		{Group: "Community", Label: "Dashboard", Path: "/dashboard", Icon: "grid", Text: "Members, posts and what is new.", Permission: viewDashboard},
		{Group: "Community", Label: "Analytics", Path: "/analytics", Icon: "chart", Text: "How the community grows from week to week.", Permission: viewAnalytics},
		{Group: "Community", Label: "Moderation", Path: "/moderation", Icon: "flag", Text: "Posts that members reported.", Permission: moderatePosts},
	}
}

// pages serves the three pages.
type pages struct {
	office *backoffice.Office
	garden *garden.Garden
}

// Register adds the pages to the handler that was given to the office as
// Config.Handler.
func Register(mux *http.ServeMux, office *backoffice.Office, g *garden.Garden) {
	p := &pages{office, g}
	stepUp := office.RequireStepUp()

	mux.Handle("GET /dashboard", p.answer(p.getDashboard))
	mux.Handle("GET /analytics", p.answer(p.getAnalytics))
	mux.Handle("GET /moderation", p.answer(p.getModeration))
	mux.Handle("POST /moderation/{id}/hide", p.answer(p.postHide))
	mux.Handle("POST /moderation/{id}/restore", p.answer(p.postRestore))
	// Deleting cannot be undone, so it takes a page of its own, and proof of who
	// is there for that page as well as for its form.
	mux.Handle("GET /moderation/{id}/delete", stepUp(p.answer(p.getDelete)))
	mux.Handle("POST /moderation/{id}/delete", stepUp(p.answer(p.postDelete)))
	mux.HandleFunc("/", office.NotFound)
}

// answer maps what a handler returns to the office's own pages.
func (p *pages) answer(h func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if errors.Is(err, garden.ErrNotFound) {
			p.office.NotFound(w, r)
			return
		}
		p.office.Fail(w, r, err)
	})
}

// Templates are the pages' own templates, for Config.HandlerTemplates.
func Templates() fs.FS { return folder("pages") }

// Messages are the texts of the pages in other languages, for Config.Messages.
func Messages() fs.FS { return folder("messages") }

func folder(name string) fs.FS {
	sub, err := fs.Sub(embedded, name)
	if err != nil {
		panic(err) // the folder is embedded
	}
	return sub
}
