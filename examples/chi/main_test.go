package main

import (
	"io"
	"log"
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/tests"
	"github.com/postern-go/postern/internal/testoffice"
)

func TestTheOfficeAroundChi(t *testing.T) {
	try(t, true, func(office *backoffice.Office, community *chi.Mux) http.Handler { return office.Wrap(community) })
}

func TestTheOfficeInsideChi(t *testing.T) {
	for name, inside := range map[string]func(*backoffice.Office, *chi.Mux, *chi.Mux){
		"as middleware": func(office *backoffice.Office, outer, community *chi.Mux) {
			outer.Use(office.Wrap)
			outer.Mount("/", community)
		},
		"as a handler": func(office *backoffice.Office, outer, community *chi.Mux) { outer.Handle("/*", office.Wrap(community)) },
		"mounted":      func(office *backoffice.Office, outer, community *chi.Mux) { outer.Mount("/", office.Wrap(community)) },
		"as no route": func(office *backoffice.Office, outer, community *chi.Mux) {
			outer.NotFound(office.Wrap(community).ServeHTTP)
		},
	} {
		t.Run(name, func(t *testing.T) {
			try(t, false, func(office *backoffice.Office, community *chi.Mux) http.Handler {
				outer := chi.NewRouter()
				outer.Use(middleware.RequestID, logger(&testoffice.Text{}), middleware.Recoverer, middleware.Compress(5))
				inside(office, outer, community)
				return outer
			})
		})
	}
}

func logger(to io.Writer) func(http.Handler) http.Handler {
	return middleware.RequestLogger(formatter{&middleware.DefaultLogFormatter{Logger: log.New(to, "", 0), NoColor: true}})
}

// formatter keeps chi's Recoverer from printing a panic to the output of the test.
type formatter struct{ middleware.LogFormatter }

func (f formatter) NewLogEntry(r *http.Request) middleware.LogEntry {
	return entry{f.LogFormatter.NewLogEntry(r)}
}

type entry struct{ middleware.LogEntry }

func (entry) Panic(any, []byte) {}

func try(t *testing.T, http2 bool, wrap func(*backoffice.Office, *chi.Mux) http.Handler) {
	f := tests.Framework{
		Log: &testoffice.Text{}, More: make(chan struct{}), HTTP2: http2,
		NotAllowed: http.StatusMethodNotAllowed, Missing: "404 page not found", Zipped: true,
	}
	f.Mount = func(cfg backoffice.Config) (*backoffice.Office, http.Handler) {
		community, admin := chi.NewRouter(), chi.NewRouter()
		admin.Use(logger(f.Log))
		office, err := mount(t.Context(), cfg, community, admin)
		require.NoError(t, err)
		panics := func(http.ResponseWriter, *http.Request) { panic("chi fell over") }
		admin.Get("/panic", panics)
		admin.With(middleware.Recoverer).Get("/caught", panics)
		admin.Post("/back", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.PostFormValue("to"), http.StatusSeeOther)
		})
		admin.Get("/uri", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.RequestURI) })
		admin.With(middleware.Compress(5)).Get("/zipped", func(w http.ResponseWriter, r *http.Request) {
			office.Render(w, r, "reports.html", "Reports", nil)
		})
		admin.Get("/stream", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "one")
			w.(http.Flusher).Flush()
			<-f.More
			io.WriteString(w, "two")
		})
		return office, wrap(office, community)
	}
	tests.Try(t, f)
}
