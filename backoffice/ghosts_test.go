package backoffice_test

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// answers are all ways in which a host has the office answer.
func answers(o *office) map[string]http.HandlerFunc {
	never := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("let through") })
	return map[string]http.HandlerFunc{
		"Fail":        func(w http.ResponseWriter, r *http.Request) { o.Fail(w, r, errors.New("it took too long")) },
		"NotFound":    o.NotFound,
		"Render":      func(w http.ResponseWriter, r *http.Request) { o.Render(w, r, "stats.html", "Late", 1) },
		"Require":     o.Require("analytics.view")(never).ServeHTTP,
		"RequireRole": o.RequireRole("nobody")(never).ServeHTTP,
		"RequireStepUp": func(w http.ResponseWriter, r *http.Request) {
			o.Clock.Add(6 * time.Minute)
			o.RequireStepUp()(never).ServeHTTP(w, r)
			o.Clock.Add(-6 * time.Minute)
		},
	}
}

// TestAHandlerThatIsTimedOutAnswersLate is of use with the race detector.
func TestAHandlerThatIsTimedOutAnswersLate(t *testing.T) {
	o := newOffice(t, withPages)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	done := make(chan bool)
	for name, answer := range answers(o) {
		late := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			answer(w, r)
			_ = backoffice.FormToken(r.Context()) + backoffice.URL(r.Context(), "/x") + backoffice.Nonce(r.Context())
			done <- true
		})
		o.Inside.Handle("/page/"+name, http.TimeoutHandler(late, time.Millisecond, "too slow"))
		// Another timeout, which hands the same request on to a goroutine.
		o.Inside.HandleFunc("/own/"+name, func(w http.ResponseWriter, r *http.Request) {
			begun := make(chan bool)
			go func() {
				begun <- true
				_ = r.ParseForm()
				r.SetPathValue("late", "yes")
				answer(httptest.NewRecorder(), r)
				done <- true
			}()
			<-begun
			o.Fail(w, r, errors.New("it took too long"))
		})
		for range 5 {
			got := ada.Get("/page/" + name)
			require.Equal(t, http.StatusServiceUnavailable, got.Status, name)
			require.Equal(t, "too slow", got.Body, name)
			<-done
			own := ada.Get("/own/" + name)
			require.Equal(t, http.StatusInternalServerError, own.Status, name)
			require.Equal(t, 1, strings.Count(own.Body, "</html>"), name)
			<-done
		}
		o.Inside.Handle("/soon/"+name, http.TimeoutHandler(answer, time.Minute, "too slow"))
		require.Contains(t, []int{200, 303, 403, 404, 500}, ada.Get("/soon/"+name).Status, "%s in time", name)
	}
	o.Inside.Handle("/panic", http.TimeoutHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("host fell over") }), time.Minute, ""))
	require.Contains(t, ada.Get("/panic").Text(), "Something went wrong")
}

// TestWhatComesAfterTheHandlerHasReturned keeps the writer and the request of a handler, as
// no handler may.
func TestWhatComesAfterTheHandlerHasReturned(t *testing.T) {
	o := newOffice(t, withPages)
	var w http.ResponseWriter
	var r *http.Request
	o.Inside.HandleFunc("/kept", func(kept http.ResponseWriter, of *http.Request) { w, r = kept, of })
	ada := o.Enrolled("Ada", backoffice.Moderator)
	recorded := httptest.NewRecorder()
	o.Server.Config.Handler.ServeHTTP(recorded, to(ada, http.MethodGet, "/kept"))
	require.Equal(t, http.StatusOK, recorded.Code)
	before, audited := recorded.Header().Clone(), len(o.Events())
	for name, answer := range answers(o) {
		o.Log.Reset()
		answer(w, r)
		require.Equal(t, 1, strings.Count(o.Log.String(), "\n"), "%s is one line of the log: %s", name, o.Log)
		require.Contains(t, o.Log.String(), "answer came too late")
	}
	w.WriteHeader(http.StatusTeapot)
	for name, write := range map[string]func() error{
		"Write":       func() error { _, err := w.Write([]byte("late")); return err },
		"WriteString": func() error { _, err := io.WriteString(w, "late"); return err },
		"ReadFrom":    func() error { _, err := io.Copy(w, io.LimitReader(strings.NewReader("late"), 4)); return err },
		"Flush":       func() error { w.(http.Flusher).Flush(); return http.NewResponseController(w).Flush() },
	} {
		require.Error(t, write(), name)
	}
	require.Empty(t, recorded.Body.String())
	require.Equal(t, before, recorded.Header())
	require.Len(t, o.Events(), audited)
	op, ok := backoffice.OperatorFrom(r.Context())
	require.True(t, ok)
	require.Equal(t, "Ada", op.Name, "whose request it was can still be said")
}

func TestATakenConnectionIsTheHosts(t *testing.T) {
	o := newOffice(t, withPages)
	handled := make(chan bool, 1)
	for name, then := range answers(o) {
		o.Inside.HandleFunc("/page/"+name, func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			require.NoError(t, err)
			then(w, r)
			_, err = io.WriteString(w, "not the host's")
			require.ErrorIs(t, err, http.ErrHijacked)
			_, _ = io.WriteString(conn, "the host's")
			go func() {
				<-handled
				_, _ = io.WriteString(conn, " own")
				_ = conn.Close()
			}()
			panic("host fell over")
		})
	}
	ada := o.Enrolled("Ada", backoffice.Moderator)
	gated := o.Server.Config.Handler
	o.Server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				t.Error("the panic went on, to middleware that would answer it")
			}
			handled <- true
		}()
		gated.ServeHTTP(w, r)
	})
	for name := range answers(o) {
		o.Log.Reset()
		failed := o.Count("request.failed")
		_, answer := begun(ada, o.Server, "GET /page/"+name)
		all, err := io.ReadAll(answer)
		require.NoError(t, err)
		require.Equal(t, "the host's own", string(all), name)
		require.Contains(t, o.Log.String(), "host fell over", name)
		require.Contains(t, o.Log.String(), "answer came too late", name)
		require.Equal(t, failed+1, o.Count("request.failed"), name)
	}
}

// refusing is a server's writer whose connection cannot be taken.
type refusing struct{ *httptest.ResponseRecorder }

func (refusing) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, errors.New("not this one")
}

func TestAConnectionThatCannotBeTakenIsAnswered(t *testing.T) {
	o := newOffice(t)
	o.Inside.HandleFunc("/live", func(w http.ResponseWriter, r *http.Request) {
		_, _, err := w.(http.Hijacker).Hijack()
		o.Fail(w, r, err)
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	w := httptest.NewRecorder()
	o.Server.Config.Handler.ServeHTTP(refusing{w}, to(ada, http.MethodGet, "/live"))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Contains(t, w.Body.String(), "</html>")
}

// zipping is simple compressing middleware: it sets Content-Encoding before it knows
// what the handler will write.
func zipping(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		body := gzip.NewWriter(w)
		next.ServeHTTP(zippedWriter{w, body}, r)
		_ = body.Close()
	})
}

type zippedWriter struct {
	http.ResponseWriter
	body io.Writer
}

func (z zippedWriter) WriteHeader(status int) {
	z.Header().Del("Content-Length")
	z.ResponseWriter.WriteHeader(status)
}

func (z zippedWriter) Write(b []byte) (int, error) { return z.body.Write(b) }

// TestAnErrorPageIsNoneOfTheBodyThatWasToCome has the office answer where the host has
// said already what it was about to send.
func TestAnErrorPageIsNoneOfTheBodyThatWasToCome(t *testing.T) {
	o := newOffice(t, withPages)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	all := answers(o)
	delete(all, "Render") // The host's own page has what the host says of it.
	all["a panic"] = func(http.ResponseWriter, *http.Request) { panic("host fell over") }
	gated, n := o.Server.Config.Handler, 0
	for name, answer := range all {
		described := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for name, value := range map[string]string{"Content-Encoding": "br", "Content-Disposition": "attachment", "Etag": `"1"`, "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"} {
				w.Header().Set(name, value)
			}
			answer(w, r)
		})
		for place, c := range map[string]struct {
			encoding      string
			inner, around http.Handler
		}{
			"":                         {"", described, gated},
			", compressed around it":   {"gzip", described, zipping(gated)},
			", silent, compressed":     {"gzip", answer, zipping(gated)},
			", silent, compressed too": {"gzip", zipping(answer), gated},
		} {
			if name == "a panic" && strings.HasSuffix(place, "too") {
				continue // It passes by what compresses.
			}
			n++
			path, what := fmt.Sprint("/page/", n), name+place
			o.Inside.Handle(path, c.inner)
			w := httptest.NewRecorder()
			c.around.ServeHTTP(w, to(ada, http.MethodGet, path))
			h := w.Header()
			require.Equal(t, c.encoding, h.Get("Content-Encoding"), what)
			require.Empty(t, h.Get("Content-Disposition")+h.Get("Etag")+h.Get("Last-Modified"), what)
			body := io.Reader(w.Body)
			if c.encoding != "" {
				unzipped, err := gzip.NewReader(body)
				require.NoError(t, err, what)
				body = unzipped
			}
			text, err := io.ReadAll(body)
			require.NoError(t, err, what)
			if w.Code != http.StatusSeeOther {
				require.Contains(t, string(text), "</html>", what)
			}
		}
	}
}
