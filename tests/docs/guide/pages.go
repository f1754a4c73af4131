package guide

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"strconv"

	"github.com/postern-go/postern/backoffice"
)

//go:embed pages
var embedded embed.FS

// Orders is what the community's own page is about.
type Orders interface {
	Open(ctx context.Context) ([]string, error)
	Cancel(ctx context.Context, id string) error
}

// begin pages

// NewOfficeWithPages adds pages to the office that cfg describes.
func NewOfficeWithPages(ctx context.Context, cfg backoffice.Config, orders Orders) (*backoffice.Office, error) {
	templates, err := fs.Sub(embedded, "pages")
	if err != nil {
		return nil, err
	}
	admin := http.NewServeMux()
	cfg.Handler, cfg.HandlerTemplates = admin, templates
	cfg.Permissions = []backoffice.Permission{
		{Key: "orders.view", Label: "See orders", Group: "Shop", Roles: []string{backoffice.CommunityManager}},
		{Key: "orders.cancel", Label: "Cancel orders", Group: "Shop"},
	}
	cfg.Menu = []backoffice.MenuItem{
		{Group: "Shop", Label: "Orders", Text: "Orders not yet delivered.", Path: "/orders", Permission: "orders.view", Icon: "cart"},
	}
	office, err := backoffice.New(ctx, cfg)
	if err != nil {
		return nil, err
	}
	view, cancel, stepUp := office.Require("orders.view"), office.Require("orders.cancel"), office.RequireStepUp()
	admin.Handle("GET /orders", view(listOrders(office, orders)))
	admin.Handle("GET /orders/{id}/cancel", cancel(stepUp(askCancel(office))))
	admin.Handle("POST /orders/{id}/cancel", cancel(stepUp(cancelOrder(office, orders))))
	admin.HandleFunc("/", office.NotFound)
	return office, nil
}

// end pages

// Cards are what the community shows on the home page of its office.
func Cards(orders Orders) []backoffice.Widget {
	// begin widgets
	return []backoffice.Widget{{
		Title: "Open orders", Path: "/orders", Permission: "orders.view",
		Load: func(ctx context.Context) (backoffice.WidgetData, error) {
			open, err := orders.Open(ctx)
			if err != nil {
				return backoffice.WidgetData{}, err
			}
			card := backoffice.WidgetData{Figure: strconv.Itoa(len(open)), Text: "Not yet delivered."}
			for _, id := range open[:min(len(open), 3)] {
				card.Rows = append(card.Rows, backoffice.WidgetRow{Label: "Order " + id, Path: "/orders/" + id})
			}
			return card, nil
		},
	}}
	// end widgets
}

// begin page
func listOrders(office *backoffice.Office, orders Orders) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		open, err := orders.Open(r.Context())
		if err != nil {
			office.Fail(w, r, err) // an error page, and a log line with the error
			return
		}
		office.Render(w, r, "orders.html", "Orders", open)
	}
}

func askCancel(office *backoffice.Office) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		office.Render(w, r, "cancel.html", "Cancel this order?", r.PathValue("id"))
	}
}

func cancelOrder(office *backoffice.Office, orders Orders) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := orders.Cancel(r.Context(), r.PathValue("id")); err != nil {
			office.Fail(w, r, err)
			return
		}
		http.Redirect(w, r, backoffice.URL(r.Context(), "/orders"), http.StatusSeeOther)
	}
}

// end page

// Filter remembers a choice beside the operator's session.
func Filter(office *backoffice.Office) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// begin session values
		values, err := office.SessionStore().Get(r, "orders")
		if err != nil && !errors.Is(err, backoffice.ErrUnreadable) {
			office.Fail(w, r, err)
			return
		}
		values.Values["filter"] = r.PostFormValue("filter")
		if err := values.Save(r, w); err != nil {
			office.Fail(w, r, err)
			return
		}
		// end session values
		http.Redirect(w, r, backoffice.URL(r.Context(), "/orders"), http.StatusSeeOther)
	}
}
