// Command echo mounts the back office around an Echo instance, and routes the
// community's own office pages with another.
//
//	go run ./examples/echo
package main

import (
	"context"
	"log"
	"net/http"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/demo"
)

func main() {
	community, admin := echo.New(), newAdmin()
	community.Use(middleware.RequestLogger(), middleware.Recover())
	office, err := mount(context.Background(), demo.Config(), community, admin)
	if err != nil {
		log.Fatal(err)
	}
	// Around the instance, not inside it: what logs or rewrites paths must not see the alias.
	demo.Serve(office, office.Wrap(community))
}

func newAdmin() *echo.Echo {
	return echo.NewWithConfig(echo.Config{
		Router: echo.NewRouter(echo.RouterConfig{UnescapePathParamValues: true}), // or parameters keep their escapes
		// Otherwise a group with middleware has a missing page of its own.
		NoGroupAutoRegister404Routes: true,
	})
}

// mount adds the routes of the community and of its office pages.
func mount(ctx context.Context, cfg backoffice.Config, community, admin *echo.Echo) (*backoffice.Office, error) {
	community.GET("/", func(c *echo.Context) error { return c.String(http.StatusOK, "Hello from the community.\n") })

	cfg.Handler, cfg.HandlerTemplates = admin, demo.Pages()
	cfg.NotFound = community // for what it has no route for, Echo answers 404
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
	admin.RouteNotFound("/*", echo.WrapHandler(http.HandlerFunc(office.NotFound)))
	p := pages{office: office}
	reports := admin.Group("/reports")
	reports.GET("", p.list)
	reports.POST("", p.add, echo.WrapMiddleware(office.Require("reports.write")))
	reports.GET("/:title", p.show)
	return office, nil
}

type pages struct {
	office  *backoffice.Office
	reports demo.Reports
}

func (p *pages) list(c *echo.Context) error {
	p.office.Render(c.Response(), c.Request(), "reports.html", "Reports", p.reports.All())
	return nil
}

func (p *pages) add(c *echo.Context) error {
	var report demo.Report
	if err := c.Bind(&report); err != nil {
		return err
	}
	if file, err := c.FormFile("file"); err == nil {
		report.File = demo.Describe(file)
	}
	ctx := c.Request().Context()
	operator, _ := backoffice.OperatorFrom(ctx)
	report.By = operator.Name
	if err := p.reports.Add(report); err != nil {
		return echo.NewHTTPError(http.StatusUnprocessableEntity, err.Error())
	}
	return c.Redirect(http.StatusSeeOther, backoffice.URL(ctx, "/reports"))
}

func (p *pages) show(c *echo.Context) error {
	report, ok := p.reports.Find(c.Param("title"))
	if !ok {
		p.office.NotFound(c.Response(), c.Request())
		return nil
	}
	p.office.Render(c.Response(), c.Request(), "report.html", report.Title, report)
	return nil
}
