package backoffice_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/store"
)

var (
	linkTag   = regexp.MustCompile(`<a [^>]*href="([^"]+)"`)
	actionTag = regexp.MustCompile(`<form[^>]* method="(get|post)" action="([^"]+)"`)
)

// leads are the paths inside the office that the links of a page lead to. No link
// leads to the rest of the community.
func leads(p page) []string {
	var paths []string
	for _, m := range linkTag.FindAllStringSubmatch(p.Body, -1) {
		if strings.HasPrefix(m[1], "/") {
			require.True(p.T, strings.HasPrefix(m[1], p.Base+"/"), "%s leads to %s", p.Path, m[1])
		}
		if to, inside := strings.CutPrefix(html.UnescapeString(m[1]), p.Base); inside {
			to, _, _ = strings.Cut(to, "#")
			paths = append(paths, to)
		}
	}
	return paths
}

// ours finds the route of a path, as the office's own mux does.
func ours() func(path string) string {
	mux := http.NewServeMux()
	for path := range served() {
		mux.Handle(path, http.NotFoundHandler())
	}
	return func(path string) string {
		_, pattern := mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}, Host: "office.example"})
		return pattern
	}
}

// It crawls an office below a path: elsewhere the same links have less in front.
func TestNoPageLeadsWhereItsReaderMayNotGo(t *testing.T) {
	o, all := everybody(t, below)
	// Somebody for every button, who holds nothing and a lot.
	for name, roles := range map[string][]string{"low": {"empty"}, "high": {"administrator", "parameters-manage"}} {
		o.Add(store.Operator{Password: "x", LockedUntil: o.Clock.Now().Add(1e9)}, "Locked"+name, roles...)
		for kind, state := range map[string]store.MailState{"invitation": store.MailFailed, "password-reset": store.MailSent, "test": store.MailFailed} {
			o.Write(store.EnqueueMail{Mail: store.Mail{ID: kind + name, Kind: kind, OperatorID: "id-of-locked" + name, To: "x@example.org", State: state, CreatedAt: o.Clock.Now()}})
		}
	}
	route, table := ours(), served()
	may := func(s somebody, r pages.Route) bool {
		return r.Permission == "" || slices.Contains(s.can, r.Permission)
	}
	for _, s := range all {
		if s.out || s.bound || s.stale {
			continue
		}
		seen, queue, events := map[string]bool{"/": true}, []string{"/"}, 0
		trails := 0
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			p := s.Get(at)
			what := at + " for " + s.name + ": " + p.Text()
			if p.Status == http.StatusSeeOther {
				require.Equal(t, "/account/recovery-codes/new", at, what)
				continue
			}
			require.Equal(t, http.StatusOK, p.Status, what)
			for _, to := range leads(p) {
				path, _, _ := strings.Cut(to, "?")
				pattern := route(path)
				if pattern == "" || seen[to] {
					continue // the host's, or an asset
				}
				seen[to] = true
				if strings.HasPrefix(to, "/audit?") {
					if trails++; trails > 20 {
						continue // Its filters lead to one another without end.
					}
				}
				if strings.HasPrefix(pattern, "/audit/{id}") {
					if events++; events > 5 {
						continue
					}
				}
				require.True(t, may(s, table[pattern]["GET"]), "%s leads to %s", what, to)
				queue = append(queue, to)
			}
			for _, m := range actionTag.FindAllStringSubmatch(p.Body, -1) {
				path := strings.TrimPrefix(html.UnescapeString(m[2]), o.Base)
				if seen[m[1]+" "+path] {
					continue
				}
				seen[m[1]+" "+path] = true
				pattern := route(path)
				r, ok := table[pattern][strings.ToUpper(m[1])]
				require.True(t, ok, "%s posts to %s", what, path)
				require.True(t, may(s, r), "%s posts to %s", what, path)
				if _, readable := table[pattern]["GET"]; readable && !strings.HasPrefix(path, "/logout") {
					require.Equal(t, http.StatusOK, s.Get(path).Status, "%s posts to %s", what, path)
				}
			}
			require.Less(t, len(seen), 1000, "%s has no end", s.name)
		}
		require.Greater(t, len(seen), 7, s.name)
	}
}
