package main

import (
	"io"
	"log/slog"
	"net/http"
	"testing"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/tests"
	"github.com/postern-go/postern/internal/testoffice"
)

func TestTheOfficeAroundEcho(t *testing.T) {
	try(t, true, func(office *backoffice.Office, community *echo.Echo) http.Handler { return office.Wrap(community) })
}

func TestTheOfficeInsideEcho(t *testing.T) {
	for name, inside := range map[string]func(*backoffice.Office, *echo.Echo, http.Handler){
		"as middleware": func(office *backoffice.Office, outer *echo.Echo, community http.Handler) {
			outer.Pre(echo.WrapMiddleware(office.Wrap))
			outer.Any("/*", echo.WrapHandler(community))
		},
		"as a handler": func(office *backoffice.Office, outer *echo.Echo, community http.Handler) {
			outer.Any("/*", echo.WrapHandler(office.Wrap(community)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			try(t, false, func(office *backoffice.Office, community *echo.Echo) http.Handler {
				outer := quiet(echo.New())
				outer.Use(middleware.RequestLogger(), middleware.Recover())
				inside(office, outer, community)
				return outer
			})
		})
	}
}

func quiet(e *echo.Echo) *echo.Echo {
	e.Logger = slog.New(slog.DiscardHandler)
	return e
}

func try(t *testing.T, http2 bool, wrap func(*backoffice.Office, *echo.Echo) http.Handler) {
	f := tests.Framework{
		Log: &testoffice.Text{}, More: make(chan struct{}), HTTP2: http2,
		NotAllowed: http.StatusNotFound, Missing: `{"message":"Not Found"}`, JSON: true, Zipped: true,
	}
	f.Mount = func(cfg backoffice.Config) (*backoffice.Office, http.Handler) {
		community, admin := quiet(echo.New()), newAdmin()
		admin.Logger = slog.New(slog.NewTextHandler(f.Log, nil))
		admin.Use(middleware.RequestLogger())
		office, err := mount(t.Context(), cfg, community, admin)
		require.NoError(t, err)
		panics := func(*echo.Context) error { panic("echo fell over") }
		admin.GET("/panic", panics)
		admin.GET("/caught", panics, middleware.Recover())
		admin.POST("/back", func(c *echo.Context) error { return c.Redirect(http.StatusSeeOther, c.FormValue("to")) })
		admin.GET("/uri", func(c *echo.Context) error { return c.String(http.StatusOK, c.Request().RequestURI) })
		admin.GET("/zipped", func(c *echo.Context) error {
			office.Render(c.Response(), c.Request(), "reports.html", "Reports", nil)
			return nil
		}, middleware.Gzip())
		admin.GET("/stream", func(c *echo.Context) error {
			_, _ = io.WriteString(c.Response(), "one")
			if err := http.NewResponseController(c.Response()).Flush(); err != nil {
				return err
			}
			<-f.More
			_, err := io.WriteString(c.Response(), "two")
			return err
		})
		return office, wrap(office, community)
	}
	tests.Try(t, f)
}
