// Command gin mounts the back office around a gin engine, and routes the community's
// own office pages with another.
//
//	go run ./examples/gin
package main

import (
	"context"
	"log"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/demo"
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	community, admin := gin.Default(), gin.New()
	admin.Use(gin.Logger()) // no Recovery: a panic shows the office's error page
	office, err := mount(context.Background(), demo.Config(), community, admin)
	if err != nil {
		log.Fatal(err)
	}
	// Around the engine, not inside it: what logs or rewrites paths must not see the alias.
	demo.Serve(office, office.Wrap(community))
}

// mount adds the routes of the community and of its office pages.
func mount(ctx context.Context, cfg backoffice.Config, community, admin *gin.Engine) (*backoffice.Office, error) {
	community.GET("/", func(c *gin.Context) { c.String(http.StatusOK, "Hello from the community.\n") })

	admin.UseRawPath = true // so that a "/" inside a parameter, sent as %2F, is one
	cfg.Handler, cfg.HandlerTemplates = admin, demo.Pages()
	cfg.NotFound = community // for what it has no route for, gin answers 404
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
	admin.NoRoute(gin.WrapF(office.NotFound))
	p := pages{office: office}
	reports := admin.Group("/reports")
	reports.GET("", p.list)
	reports.POST("", use(office.Require("reports.write")), p.add)
	reports.GET("/:title", p.show)
	return office, nil
}

// begin use

// use makes a middleware of gin from one of net/http that leaves the ResponseWriter as it
// is, as those of the office do. Without Abort, gin would call the handlers that follow
// even though the office has already refused the request.
func use(middleware func(http.Handler) http.Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		passed := false
		middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			passed, c.Request = true, r
			c.Next()
		})).ServeHTTP(c.Writer, c.Request)
		if !passed {
			c.Abort()
		}
	}
}

// end use

type pages struct {
	office  *backoffice.Office
	reports demo.Reports
}

func (p *pages) list(c *gin.Context) {
	p.office.Render(c.Writer, c.Request, "reports.html", "Reports", p.reports.All())
}

func (p *pages) add(c *gin.Context) {
	var report demo.Report
	if err := c.ShouldBind(&report); err != nil {
		c.AbortWithStatus(http.StatusBadRequest)
		return
	}
	if file, err := c.FormFile("file"); err == nil {
		report.File = demo.Describe(file)
	}
	// The operator is in the request's context, which gin.Context does not look into.
	operator, _ := backoffice.OperatorFrom(c.Request.Context())
	report.By = operator.Name
	if err := p.reports.Add(report); err != nil {
		c.String(http.StatusUnprocessableEntity, err.Error())
		return
	}
	c.Redirect(http.StatusSeeOther, backoffice.URL(c.Request.Context(), "/reports"))
}

func (p *pages) show(c *gin.Context) {
	report, ok := p.reports.Find(c.Param("title"))
	if !ok {
		p.office.NotFound(c.Writer, c.Request)
		return
	}
	p.office.Render(c.Writer, c.Request, "report.html", report.Title, report)
}
