// Command fiber mounts the back office around a Fiber app, through Fiber's adaptor for
// net/http, and routes the community's own office pages with another.
//
//	go run ./examples/fiber
package main

import (
	"context"
	"log"
	"net/http"
	"net/url"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
	"github.com/gofiber/fiber/v3/middleware/logger"
	"github.com/gofiber/fiber/v3/middleware/recover"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/demo"
)

func main() {
	community, admin := fiber.New(), newAdmin()
	community.Use(logger.New(), recover.New())
	office, err := mount(context.Background(), demo.Config(), community, admin)
	if err != nil {
		log.Fatal(err)
	}
	// net/http listens; the app gets whatever is not for the office.
	demo.Serve(office, office.Wrap(adaptor.FiberApp(community)))
}

func newAdmin() *fiber.App {
	return fiber.New(fiber.Config{
		BodyLimit: 17 << 20, // past what the office takes, because beyond it the adaptor cuts bodies off
		Immutable: true,     // or the next request overwrites what was kept of this one
	})
}

// mount adds the routes of the community and of its office pages.
func mount(ctx context.Context, cfg backoffice.Config, community, admin *fiber.App) (*backoffice.Office, error) {
	community.Get("/", func(c fiber.Ctx) error { return c.SendString("Hello from the community.\n") })

	cfg.Handler, cfg.HandlerTemplates = lend(admin), demo.Pages()
	cfg.NotFound = adaptor.FiberApp(community) // for what it has no route for, Fiber answers 404
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
	p := pages{office: office}
	reports := admin.Group("/reports")
	reports.Get("/", p.list)
	reports.Post("/", use(office.Require("reports.write")), p.add)
	reports.Get("/:title", p.show)
	admin.Use(p.missing)
	return office, nil
}

type pages struct {
	office  *backoffice.Office
	reports demo.Reports
}

func (p *pages) list(c fiber.Ctx) error {
	return p.render(c, "reports.html", "Reports", p.reports.All())
}

func (p *pages) add(c fiber.Ctx) error {
	// Bind of v3.1.0 puts the boundary into lower case, and then finds no part of what
	// browsers send. So the parts are read first; anything else is an error, and left alone.
	_, _ = c.MultipartForm()
	var report demo.Report
	if err := c.Bind().Body(&report); err != nil {
		return fiber.ErrBadRequest
	}
	if file, err := c.FormFile("file"); err == nil {
		report.File = demo.Describe(file)
	}
	ctx := lent(c).Context()
	operator, _ := backoffice.OperatorFrom(ctx)
	report.By = operator.Name
	if err := p.reports.Add(report); err != nil {
		return fiber.NewError(fiber.StatusUnprocessableEntity, err.Error())
	}
	return c.Redirect().Status(fiber.StatusSeeOther).To(backoffice.URL(ctx, "/reports"))
}

func (p *pages) show(c fiber.Ctx) error {
	title, _ := url.PathUnescape(c.Params("title"))
	report, ok := p.reports.Find(title)
	if !ok {
		return p.missing(c)
	}
	return p.render(c, "report.html", report.Title, report)
}

func (p *pages) missing(c fiber.Ctx) error { return within(c, http.HandlerFunc(p.office.NotFound)) }

func (p *pages) render(c fiber.Ctx, page, title string, data any) error {
	return within(c, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.office.Render(w, r, page, title, data) }))
}
