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

func TestTheOfficeAroundEcho(t *testing.T) { try(t, false) }

func TestTheOfficeInsideEcho(t *testing.T) { try(t, true) }

func try(t *testing.T, inside bool) {
	f := tests.Framework{
		Log: &testoffice.Text{}, More: make(chan struct{}),
		NotAllowed: http.StatusNotFound, Missing: `{"message":"Not Found"}`, JSON: true,
		Zipped: !inside, // Echo would compress what is compressed
	}
	quiet := func(e *echo.Echo) *echo.Echo {
		e.Logger = slog.New(slog.DiscardHandler)
		return e
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
		admin.POST("/back", func(c *echo.Context) error { return c.Redirect(http.StatusSeeOther, "/back") })
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
		if !inside {
			return office, office.Wrap(community)
		}
		outer := quiet(echo.New())
		outer.Use(middleware.RequestLogger(), middleware.Recover(), middleware.Gzip())
		outer.Any("/*", echo.WrapHandler(office.Wrap(community)))
		return office, outer
	}
	tests.Try(t, f)
}
