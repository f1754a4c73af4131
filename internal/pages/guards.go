package pages

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/desk"
)

// AnyOperator in place of a permission admits every operator.
const AnyOperator = "*"

// Guard says which permission a page of the host takes, and every path below it. That is
// every path if Path is empty, which backoffice.New refuses. The zero value admits no one.
type Guard struct{ Path, Permission string }

// guards are the host's, the longest path first, so that the first one that covers a path
// decides.
type guards []Guard

func newGuards(of []Guard) guards {
	sorted := slices.Clone(of)
	slices.SortStableFunc(sorted, func(a, b Guard) int { return len(b.Path) - len(a.Path) })
	return sorted
}

// find returns the permission of a path, or false if no guard covers it.
func (gs guards) find(path string, same func(a, b string) bool) (string, bool) {
	for _, g := range gs {
		if same(head(path, strings.Count(g.Path, "/")), g.Path) {
			return g.Permission, true
		}
	}
	return "", false
}

// head returns the first segments of a path. In other capitals they may have more bytes.
func head(path string, segments int) string {
	for i := range len(path) {
		if path[i] != '/' {
			continue
		}
		if segments == 0 {
			return path[:i]
		}
		segments--
	}
	return path
}

// anyCase reports whether a router that ignores case may take one text for the other: folded,
// in small letters, or in capitals. Only beyond ASCII that differs: the capital of ı is I.
func anyCase(a, b string) bool {
	ascii := !strings.ContainsFunc(a, func(r rune) bool { return r >= utf8.RuneSelf })
	return strings.EqualFold(a, b) || !ascii && (strings.EqualFold(strings.ToLower(a), b) || strings.EqualFold(strings.ToUpper(a), b))
}

// passes are the permissions that a path of the host takes, all of them, in the ways in
// which routers read paths: as it is written, in any case, and with escaped slashes as part
// of a name. Otherwise /orders/EXPORT, to a router that ignores case, would be the page that
// /orders/export guards, on the terms of /orders.
type passes [3]string

// passes returns false if the path has no guard.
func (c *call) passes() (passes, bool) {
	if p := c.parts[firstSegment(c.path)]; p != nil {
		return passes{p.permission, p.permission, p.permission}, true
	}
	exact, ok := c.guards.find(c.path, func(a, b string) bool { return a == b })
	if !ok {
		return passes{}, false
	}
	folded, _ := c.guards.find(c.path, anyCase)
	split := exact
	if c.url.RawPath != "" {
		split, ok = c.guards.find(c.routed(), anyCase)
	}
	return passes{exact, folded, split}, ok
}

// lacks returns a permission that the operator does not have, or "".
func (p passes) lacks(id *desk.Identity) (string, bool) {
	for _, permission := range p {
		if permission != AnyOperator && !id.Can(permission) {
			return permission, true
		}
	}
	return "", false
}

// permission returns the one that the path takes as it is written, or "" if it admits
// every operator.
func (p passes) permission() string {
	if p[0] == AnyOperator {
		return ""
	}
	return p[0]
}

// mostUnguarded is how many first segments without a guard are logged.
const mostUnguarded = 100

// warnUnguarded tells the developer, once for each first segment, why the host's handler is
// not asked for a path: nothing says who may open it. It says nothing if there is no page
// anyway, as far as that can be known.
func (c *call) warnUnguarded() {
	if mux, ok := c.Handler.(*http.ServeMux); ok {
		if _, pattern := mux.Handler(c.inner); pattern == "" {
			return
		}
	}
	first := firstSegment(c.path)
	c.unguarded.Lock()
	defer c.unguarded.Unlock()
	if c.unguarded.seen[first] || len(c.unguarded.seen) == mostUnguarded {
		return
	}
	c.unguarded.seen[first] = true
	c.Desk.Log.WarnContext(c.ctx(), "nothing says who may open this path of Config.Handler, so no one can: add it to Config.Menu or Config.Guards", "path", "/"+first)
}

// ourWords are the first segments of the office's own paths: of those that it has, and of
// those that a later version may have. No other word is ever taken from the host: see
// docs/decisions/048-host-routes-and-ours.md.
var ourWords = []string{
	"account", "audit", "csp-report", "forgot", "login", "logout", "mail", "members", "office", "operators",
	"parameters", "reset", "roles", "search", "setup", "static", "step-up", "welcome",
}

// Words returns the words that the host's paths cannot begin with.
func Words() []string { return slices.Clone(ourWords) }

// Reserved reports whether a path begins with a word of the office's own, in capitals or
// not, so that the host cannot have it.
func Reserved(path string) bool {
	first, _, _ := strings.Cut(firstSegment(path), "?")
	return slices.ContainsFunc(ourWords, func(w string) bool { return strings.EqualFold(w, first) })
}
