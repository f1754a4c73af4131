package main

import (
	"bufio"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
	"github.com/gofiber/fiber/v3/middleware/compress"
	"github.com/gofiber/fiber/v3/middleware/logger"
	"github.com/gofiber/fiber/v3/middleware/recover"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/tests"
	"github.com/postern-go/postern/internal/testoffice"
)

func TestTheOfficeAroundFiber(t *testing.T) {
	f := tests.Framework{
		Log: &testoffice.Text{}, More: make(chan struct{}),
		NotAllowed: http.StatusNotFound, Missing: "Not Found", JSON: true, Zipped: true,
	}
	f.Mount = func(cfg backoffice.Config) (*backoffice.Office, http.Handler) {
		community, admin := fiber.New(), newAdmin()
		admin.Use(logger.New(logger.Config{Stream: f.Log}))
		panics := func(fiber.Ctx) error { panic("fiber fell over") }
		admin.Get("/panic", panics)
		admin.Get("/caught", recover.New(), panics)
		admin.Post("/back", func(c fiber.Ctx) error { return c.Redirect().Status(http.StatusSeeOther).To("/back") })
		admin.Get("/uri", func(c fiber.Ctx) error { return c.SendString(c.OriginalURL()) })
		admin.Get("/stream", func(c fiber.Ctx) error {
			return c.SendStreamWriter(func(w *bufio.Writer) {
				_, _ = w.WriteString("one")
				_ = w.Flush()
				<-f.More
				_, _ = w.WriteString("two")
			})
		})
		var p *pages
		admin.Get("/zipped", compress.New(), func(c fiber.Ctx) error { return p.render(c, "reports.html", "Reports", nil) })
		office, err := mount(t.Context(), cfg, community, admin)
		require.NoError(t, err)
		p = &pages{office: office}
		return office, office.Wrap(adaptor.FiberApp(community))
	}
	tests.Try(t, f)
}
