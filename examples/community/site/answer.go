package site

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/postern-go/postern/examples/community/garden"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/reset"
)

// plainError is a page that says what went wrong, and nothing else.
type plainError struct {
	status      int
	title, text string
}

func (e *plainError) Error() string { return e.title }

// limitedError says that there were too many attempts.
type limitedError struct{ retryAt time.Time }

func (e *limitedError) Error() string { return "too many attempts" }

// answer turns what a handler returns into a page. What is nobody's fault but
// ours goes to the log, and not to the browser.
func (s *Site) answer(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		var (
			plain   *plainError
			limited *limitedError
			reset   *reset.LimitedError
			busy    *password.BusyError
		)
		switch {
		case err == nil:
			return
		case errors.Is(err, garden.ErrNotFound):
			s.missing.ServeHTTP(w, r)
			return
		case errors.As(err, &plain):
		case errors.As(err, &limited):
			plain = s.tooMany(w, limited.retryAt)
		case errors.As(err, &reset):
			plain = s.tooMany(w, reset.RetryAt)
		case errors.As(err, &busy):
			w.Header().Set("Retry-After", seconds(busy.RetryAfter))
			plain = &plainError{http.StatusServiceUnavailable, "Too busy just now", "Many people are signing in at once. Try again in a moment."}
		default:
			s.Log.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "error", err)
			plain = &plainError{http.StatusInternalServerError, "Something went wrong", "It is our fault, and nothing was changed. Try again in a moment."}
		}
		p := page{Title: plain.title, Data: plain.text}
		if err := s.templates.write(w, plain.status, "failed", p); err != nil {
			s.Log.ErrorContext(r.Context(), "page not rendered", "error", err)
			http.Error(w, plain.title, plain.status)
		}
	})
}

func (s *Site) tooMany(w http.ResponseWriter, retryAt time.Time) *plainError {
	wait := max(retryAt.Sub(s.Now()), time.Second)
	w.Header().Set("Retry-After", seconds(wait))
	minutes := "a minute"
	if m := int((wait + time.Minute - 1) / time.Minute); m > 1 {
		minutes = fmt.Sprintf("%d minutes", m)
	}
	return &plainError{http.StatusTooManyRequests, "Too many tries", "Wait " + minutes + ", and try again."}
}

func seconds(d time.Duration) string { return strconv.Itoa(int((d + time.Second - 1) / time.Second)) }
