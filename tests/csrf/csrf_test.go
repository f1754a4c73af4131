// Package csrf_test has other libraries against cross-site requests inside the office.
package csrf_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/csrf"
	"github.com/justinas/nosurf"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// TestASecondLibraryInside says what docs/embedding.md says: what each library makes of
// a form of an office page, which comes with "Origin: null", and of a script's request.
func TestASecondLibraryInside(t *testing.T) {
	const form, fetch = "form", "fetch"
	key := []byte(strings.Repeat("k", 32))
	theirs := "" // the token of the library
	shows := func(token func(*http.Request) string) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { theirs = token(r) })
	}
	for name, c := range map[string]struct {
		wrap func() http.Handler
		// field and header are those of the library, ours the header of the office.
		field, header, ours string
		want                map[string]int
	}{
		"http.CrossOriginProtection": {
			wrap: func() http.Handler {
				return http.NewCrossOriginProtection().Handler(shows(func(*http.Request) string { return "" }))
			},
			ours: "X-CSRF-Token", want: map[string]int{form: 200, fetch: 200},
		},
		"gorilla/csrf, with the office's header": {
			wrap:  func() http.Handler { return csrf.Protect(key, csrf.Path("/"))(shows(csrf.Token)) },
			field: "gorilla.csrf.Token", header: "X-CSRF-Token", ours: "X-CSRF-Token", want: map[string]int{form: 403, fetch: 403},
		},
		"gorilla/csrf, with the other one": {
			wrap:  func() http.Handler { return csrf.Protect(key, csrf.Path("/"))(shows(csrf.Token)) },
			field: "gorilla.csrf.Token", header: "X-CSRF-Token", ours: "X-XSRF-TOKEN", want: map[string]int{form: 403, fetch: 200},
		},
		"nosurf, with the other one": {
			wrap: func() http.Handler {
				h := nosurf.New(shows(nosurf.Token))
				h.SetBaseCookie(http.Cookie{Path: "/"})
				return h
			},
			field: "csrf_token", header: "X-CSRF-Token", ours: "X-XSRF-TOKEN", want: map[string]int{form: 200, fetch: 200},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := browse.New(t, func(cfg *backoffice.Config) { cfg.Handler = c.wrap() })
			ada := o.Enrolled("Ada", backoffice.Moderator)
			own := ada.Get("/account").Form("/logout").Get("csrf")
			require.Equal(t, http.StatusOK, ada.Get("/posts").Status)
			for how, want := range c.want {
				var r *http.Request
				if how == form {
					body := "csrf=" + own + "&" + c.field + "=" + strings.ReplaceAll(theirs, "+", "%2B")
					r = ada.Request(http.MethodPost, "/posts", strings.NewReader(body))
				} else {
					r = ada.Request(http.MethodPost, "/posts", strings.NewReader("{}"))
					r.Header.Set("Sec-Fetch-Mode", "cors")
					r.Header.Set("Origin", o.Cfg.Origin)
					r.Header.Set("Content-Type", "application/json")
					if c.header != "" {
						r.Header.Set(c.header, theirs)
					}
					r.Header.Set(c.ours, own)
				}
				require.Equal(t, want, ada.Send(r).Status, how)
			}
		})
	}
}
