package backoffice_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// allowAll tells browsers that a page of this origin may read an answer, with cookies.
func allowAll(h http.Header, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Timing-Allow-Origin", "*")
	}
}

// opening is a writer that opens an answer when it begins.
type opening struct {
	http.ResponseWriter
	r *http.Request
}

func (o opening) WriteHeader(status int) {
	allowAll(o.Header(), o.r)
	o.ResponseWriter.WriteHeader(status)
}

func (o opening) Write(b []byte) (int, error) {
	allowAll(o.Header(), o.r)
	return o.ResponseWriter.Write(b)
}

func TestCORSAroundTheGateOpensNoPageOfTheOffice(t *testing.T) {
	preflighted := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			allowAll(w.Header(), r)
			if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	styles := map[string]func(http.Handler) http.Handler{
		"before, as most": preflighted,
		"after": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r)
				allowAll(w.Header(), r)
			})
		},
		"by a writer of its own": func(next http.Handler) http.Handler {
			return preflighted(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(opening{w, r}, r) }))
		},
	}
	o := newOffice(t)
	page := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "Ada "+backoffice.FormToken(r.Context()))
	}
	o.Inside.HandleFunc("/orders", page)
	o.Inside.HandleFunc("/api/orders", func(w http.ResponseWriter, r *http.Request) {
		allowAll(w.Header(), r) // a host that means it
		w.Header().Set("Access-Control-Allow-Methods", "*")
		page(w, r)
	})
	o.Inside.HandleFunc("/silent", func(http.ResponseWriter, *http.Request) {})
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	ada.Bare = true
	require.Contains(t, ada.Get("/orders").Body, "Ada")
	gated := o.Server.Config.Handler
	for style, around := range styles {
		o.Server.Config.Handler = around(gated)
		for who, from := range map[string]http.Header{
			"another site":                    {"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"cors"}},
			"a sibling host":                  {"Origin": {"https://wiki.community.example"}, "Sec-Fetch-Site": {"same-site"}, "Sec-Fetch-Mode": {"cors"}},
			"a sibling, as a picture":         {"Sec-Fetch-Site": {"same-site"}, "Sec-Fetch-Mode": {"no-cors"}},
			"another site, an older browser":  {"Origin": {"https://evil.example"}},
			"the other scheme, an older one":  {"Origin": {strings.Replace(o.Cfg.Origin, "https", "http", 1)}},
			"a sandboxed frame, an older one": {"Origin": {"null"}},
		} {
			for _, path := range []string{"/", "/account", "/audit", "/orders", "/api/orders", "/nothing", "/silent"} {
				for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions} {
					if method == http.MethodPost && from.Get("Origin") == "null" {
						continue // A form of ours is sent so, and a sandbox is sent without cookies.
					}
					r := ada.Request(method, path, strings.NewReader(""))
					for _, name := range []string{"Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode"} {
						r.Header[name] = from[name]
					}
					answer := ada.Send(r)
					what := []any{"%s %s, %s, CORS %s", method, path, who, style}
					require.GreaterOrEqual(t, answer.Status, 400, what...)
					require.NotContains(t, answer.Body, "Ada", what...)
					require.NotContains(t, answer.Body, "csrf", what...)
					if style != "by a writer of its own" { // No one inside can help that.
						for name := range answer.Header {
							require.NotContains(t, name, "Access-Control", what...)
							require.NotEqual(t, "Timing-Allow-Origin", name, what...)
						}
					}
				}
			}
		}
		require.Contains(t, ada.Get("/account").Body, "Ada", "It is open to itself.")
		r := ada.Request(http.MethodGet, "/account", nil)
		r.Header.Del("Sec-Fetch-Site")
		r.Header.Set("Origin", o.Cfg.Origin)
		require.Contains(t, ada.Send(r).Body, "Ada", "as some older browsers send it")
		r = ada.Request(http.MethodGet, "/account", nil)
		r.Header.Set("Sec-Fetch-Site", "same-site")
		r.Header.Set("Sec-Fetch-Mode", "navigate")
		require.Contains(t, ada.Send(r).Body, "Ada", "A link of a sibling leads here.")
	}
	o.Server.Config.Handler = preflighted(gated)
	r := ada.Request(http.MethodOptions, "/account", nil)
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Access-Control-Request-Method", "POST")
	require.Equal(t, http.StatusNoContent, ada.Send(r).Status, "A preflight that never reaches the office tells nothing of it.")
	for range 4 {
		o.Clock.Add(10 * time.Minute)
		sends(ada.Browser, http.MethodGet, "/orders", nil, "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors")
	}
	require.False(t, ada.SignedIn(), "What is refused does not keep the session alive.")
}
