package main

import (
	"bufio"
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
	"github.com/gofiber/fiber/v3/middleware/compress"
	"github.com/gofiber/fiber/v3/middleware/logger"
	"github.com/gofiber/fiber/v3/middleware/recover"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/tests"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

func TestTheOfficeAroundFiber(t *testing.T) { try(t, nil) }

func TestTheOfficeInsideFiber(t *testing.T) {
	for name, inside := range map[string]func(office *backoffice.Office, outer, community *fiber.App){
		"as middleware": func(office *backoffice.Office, outer, community *fiber.App) {
			outer.Use(adaptor.HTTPMiddleware(office.Wrap))
			outer.Use(adaptor.HTTPHandler(adaptor.FiberApp(community)))
		},
		"as a handler": func(office *backoffice.Office, outer, community *fiber.App) {
			outer.Use(adaptor.HTTPHandler(office.Wrap(adaptor.FiberApp(community))))
		},
	} {
		t.Run(name, func(t *testing.T) { try(t, inside) })
	}
}

func try(t *testing.T, inside func(office *backoffice.Office, outer, community *fiber.App)) {
	outer := fiber.New(fiber.Config{BodyLimit: 17 << 20})
	outer.Use(recover.New())
	f := tests.Framework{
		Log: &testoffice.Text{}, More: make(chan struct{}), HTTP2: inside == nil,
		NotAllowed: http.StatusNotFound, Missing: "Not Found", JSON: true, Zipped: true,
	}
	f.Mount = func(cfg backoffice.Config) (*backoffice.Office, http.Handler) {
		community, admin := fiber.New(), newAdmin()
		admin.Use(logger.New(logger.Config{Stream: f.Log}))
		panics := func(fiber.Ctx) error { panic("fiber fell over") }
		admin.Get("/panic", panics)
		admin.Get("/caught", recover.New(), panics)
		admin.Post("/back", func(c fiber.Ctx) error { return c.Redirect().Status(http.StatusSeeOther).To(c.FormValue("to")) })
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
		if inside != nil {
			inside(office, outer, community)
		}
		return office, office.Wrap(adaptor.FiberApp(community))
	}
	if inside != nil {
		f.Listen = func(site *browse.Site) string {
			l, err := tls.Listen("tcp", "127.0.0.1:0", site.Server.TLS)
			require.NoError(t, err)
			go func() { _ = outer.Listener(l, fiber.ListenConfig{DisableStartupMessage: true}) }()
			t.Cleanup(func() { require.NoError(t, outer.ShutdownWithTimeout(time.Second)) })
			return l.Addr().String()
		}
	}
	tests.Try(t, f)
}
