package backoffice

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

// AnyOperator, in place of a permission in Config.Guards or in a [MenuItem], opens a page to
// every signed-in operator.
const AnyOperator = pages.AnyOperator

// guards are what Config.Guards and the menu say, by path.
type guards map[string]string

// guards returns the permission that each path of Config.Handler requires, and copies it to the
// path's menu entry. Paths below a part require the part's permission. All mistakes are reported
// together.
func (c *Config) guards(parts []PartInfo) (guards, error) {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, fmt.Errorf("Config.%s: %s", field, fmt.Sprintf(format, args...)))
	}
	declared, all := inside(c.Permissions), guards{}
	opens := func(permission string) bool { return permission == AnyOperator || desk.Declared(declared, permission) }
	for _, p := range slices.Sorted(maps.Keys(c.Guards)) {
		at := strings.TrimSuffix(p, "/")
		switch permission, problem := c.Guards[p], pathProblem(p); {
		case problem != "":
			bad("Guards", "%q %s", p, problem)
		case all.has(at):
			bad("Guards", "%q is there twice, or also in other capitals", p)
		case !opens(permission):
			bad("Guards", "%q: nobody could have the permission %q; declare it in Permissions, or use AnyOperator", p, permission)
		}
		all[at] = c.Guards[p]
	}
	host := len(all)
	for _, part := range parts {
		all[part.Path] = part.Permission
	}
	seen, wrong := map[string]bool{}, map[int]bool{}
	for i, m := range c.Menu {
		before := len(errs)
		file, _, query := strings.Cut(m.Path, "?")
		at := strings.TrimSuffix(file, "/")
		given, there := all[at]
		switch problem := pathProblem(file); {
		case m.Label == "":
			bad("Menu", "the entry for %q has no label", m.Path)
		case problem != "":
			bad("Menu", "%q: %q %s", m.Label, m.Path, problem)
		case seen[m.Path]:
			bad("Menu", "%q: the path %q is there twice", m.Label, m.Path)
		case m.Permission != "" && !opens(m.Permission):
			bad("Menu", "%q: nobody could have the permission %q; declare it in Permissions", m.Label, m.Permission)
		case m.Permission == "" || query || slices.ContainsFunc(parts, func(p PartInfo) bool { return pages.Below(m.Path, p.Path) }): // it guards nothing
		case !there && all.has(at):
			bad("Menu", "%q: %q is in Guards or in another entry, in other capitals", m.Label, m.Path)
		case there && given != m.Permission:
			bad("Menu", "%q: %q takes %q here, but %q in Guards or in another entry", m.Label, m.Path, m.Permission, given)
		default:
			all[at] = m.Permission
			host++
		}
		seen[m.Path], wrong[i] = true, len(errs) > before
	}
	c.Menu = slices.Clone(c.Menu)
	for i, m := range c.Menu {
		file, _, _ := strings.Cut(m.Path, "?")
		permission, ok := all.of(file)
		if !ok && !wrong[i] {
			bad("Menu", "%q: nothing says who may open %q; give the entry a Permission, or AnyOperator, or add the path to Guards", m.Label, m.Path)
		}
		c.Menu[i].Permission = cmp.Or(m.Permission, permission)
	}
	for field, paths := range map[string][]string{"Passive": c.Passive, "Tokenless": c.Tokenless} {
		for _, p := range paths {
			if problem := pathProblem(p); problem != "" {
				bad(field, "%q %s", p, problem)
			} else if _, ok := all.of(p); !ok {
				bad(field, "%q: nothing says who may open it, so no one can; add the path to Guards", p)
			}
		}
	}
	if c.Handler != nil && host == 0 && len(errs) == 0 {
		bad("Handler", `nothing says who may open its pages, so no one can; add them to Menu or Guards, e.g. Guards: map[string]string{"/reports": backoffice.AnyOperator}`)
	}
	for _, pattern := range hidden(c.Handler) {
		bad("Handler", "the page %q cannot be opened: the office keeps its first word for pages of its own; use another one (docs/upgrading.md lists them)", pattern)
	}
	return all, errors.Join(errs...)
}

// has reports whether a path has a guard of its own, in any capitals.
func (gs guards) has(at string) bool {
	for p := range gs {
		if strings.EqualFold(p, at) {
			return true
		}
	}
	return false
}

// of returns the permission of the longest path that is this one or above it.
func (gs guards) of(p string) (string, bool) {
	for at := strings.TrimSuffix(p, "/"); at != "/" && at != "." && at != ""; at = path.Dir(at) {
		if permission, ok := gs[at]; ok {
			return permission, true
		}
	}
	return "", false
}

// list returns them as the pages take them.
func (gs guards) list() []pages.Guard {
	var all []pages.Guard
	for p, permission := range gs {
		all = append(all, pages.Guard{Path: p, Permission: permission})
	}
	return all
}

// pathProblem says why the host cannot have a path inside the office, or "".
func pathProblem(p string) string {
	switch {
	case !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//"):
		return `must be a path inside the office, e.g. "/reports"`
	case p == "/":
		return `is the office's home page; name the first words of your pages, e.g. "/reports"`
	case strings.ContainsAny(p, `?#%{}*\ `):
		return "must be a path, not a pattern, without a method, query or escapes; it includes every path below it"
	case path.Clean(p) != strings.TrimSuffix(p, "/"):
		return "has empty or dot segments"
	case pages.Reserved(p):
		return "begins with a word that the office keeps for its own pages; use another one (docs/upgrading.md lists them)"
	}
	return ""
}

// hidden returns the patterns of Config.Handler that can never match, because the office has
// pages there. Only an [http.ServeMux] can be asked; for any other handler there are none.
func hidden(handler http.Handler) []string {
	mux, ok := handler.(*http.ServeMux)
	if !ok {
		return nil
	}
	var all []string
	for _, word := range pages.Words() {
		for _, rest := range []string{"", "/", "/x"} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				_, pattern := mux.Handler(&http.Request{Method: method, URL: &url.URL{Path: "/" + word + rest}})
				_, at, _ := strings.Cut(pattern, "/")
				if first, _, _ := strings.Cut(at, "/"); first == word && !slices.Contains(all, pattern) {
					all = append(all, pattern)
				}
			}
		}
	}
	return all
}

// hiding returns a function that logs, once, the patterns that the office hides: some may have
// been added to the handler since New.
func hiding(handler http.Handler, log *slog.Logger) func() {
	return sync.OnceFunc(func() {
		for _, pattern := range hidden(handler) {
			log.Error("a page of Config.Handler cannot be opened: the office keeps its first word for pages of its own", "pattern", pattern)
		}
	})
}
