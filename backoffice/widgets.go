package backoffice

import (
	"context"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

// Widget is a card of yours on the home page of the office: a figure, a line of text, a
// few rows. It is data, so it needs no template, and nothing in it becomes markup.
type Widget struct {
	// Title heads the card. Required.
	Title string
	// Path is where the title leads inside the office, e.g. "/analytics". If empty, it is
	// not a link.
	Path string
	// Permission hides the card from operators without it, and Load is not called for
	// them. If empty, everyone sees the card.
	Permission string
	// Load returns what the card shows to the operator whom [OperatorFrom] finds in ctx.
	// Required.
	//
	// It is called each time that someone opens the home page, side by side with the other
	// widgets. They have a second, when ctx ends: after that, or if Load returns an error
	// or panics, the card says "Not available at the moment", the cause is in the log, and
	// the rest of the page is as usual. At most eight calls of one Load are under way at a
	// time. It must be safe for concurrent use.
	Load func(ctx context.Context) (WidgetData, error)
}

// WidgetData is what a [Widget] shows. Each text is one line; what is longer is cut. If all
// of it is empty, the card says that there is nothing to show.
type WidgetData struct {
	// Figure is shown large: "1,284". At most 40 bytes.
	Figure string
	// Text says what it means: "23 more than a week ago". At most 300 bytes.
	Text string
	// Rows are up to six lines below. Those without a label are left out.
	Rows []WidgetRow
}

// WidgetRow is a line of a [Widget]. Without a Path inside the office it is not a link.
type WidgetRow struct{ Label, Value, Path string }

// checkWidgets finds mistakes in the widgets.
func (c *Config) checkWidgets(bad func(field, format string, args ...any), permissions []desk.Permission) {
	for _, w := range c.Widgets {
		switch {
		case w.Title == "":
			bad("Widgets", "a widget has no title")
		case w.Load == nil:
			bad("Widgets", "%q: Load is required", w.Title)
		case w.Path != "" && (!strings.HasPrefix(w.Path, "/") || strings.HasPrefix(w.Path, "//")):
			bad("Widgets", "%q: the path %q must be inside the office, e.g. \"/analytics\"", w.Title, w.Path)
		case w.Permission != "" && !desk.Declared(permissions, w.Permission):
			bad("Widgets", "%q: nobody could have the permission %q; declare it in Permissions", w.Title, w.Permission)
		}
	}
}

// widgets are the host's, as the pages take them.
func (c *Config) widgets() []pages.Widget {
	return each(c.Widgets, func(w Widget) pages.Widget {
		return pages.Widget{Title: w.Title, Path: w.Path, Permission: w.Permission, Load: func(ctx context.Context) (pages.WidgetData, error) {
			data, err := w.Load(ctx)
			return pages.WidgetData{
				Figure: data.Figure, Text: data.Text,
				Rows: each(data.Rows, func(r WidgetRow) pages.WidgetRow { return pages.WidgetRow(r) }),
			}, err
		}}
	})
}
