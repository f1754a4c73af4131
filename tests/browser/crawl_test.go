package browser_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"
)

// idInPath is what stands for one thing of many in a path.
var idInPath = regexp.MustCompile(`/(operators|members|roles|mail|audit|two-factor|posts|gardeners|announcements)/([^/?]+)`)

// words in the place of an id that are pages of their own.
var ownPages = []string{"new", "address", "test", "export", "verify", "events", "add"}

// kindOf is a link with the ids and the query taken out, so that one of each
// kind can be told from all others.
func kindOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return idInPath.ReplaceAllStringFunc(path, func(found string) string {
		parts := strings.Split(found, "/")
		if slices.Contains(ownPages, parts[2]) {
			return found
		}
		return "/" + parts[1] + "/{id}"
	})
}

// links are the paths inside an office that a page shows, menus and all.
func (p *person) links(office string) (paths []string) {
	p.s.t.Helper()
	var all []string
	p.Evaluate(`[...document.querySelectorAll("a[href]")].map(a => a.href.split("#")[0])`, &all)
	for _, address := range all {
		if path, inside := strings.CutPrefix(address, office); inside && path != "" {
			paths = append(paths, path)
		}
	}
	return paths
}

// walk follows every link that is shown, from the home page on, two of each
// kind, and returns the kinds. No page that is offered may refuse, fail or be
// missing.
func (p *person) walk(office string) (kinds []string) {
	p.s.t.Helper()
	seen, visits := map[string]bool{}, map[string]int{}
	for next := []string{"/"}; len(next) > 0; next = next[1:] {
		path, kind := next[0], kindOf(next[0])
		if seen[path] || visits[kind] == 2 {
			continue
		}
		seen[path] = true
		if visits[kind]++; visits[kind] == 1 {
			kinds = append(kinds, kind)
		}
		require.Equal(p.s.t, 200, p.Open(office+path), path)
		require.Equal(p.s.t, 1, p.Count("h1"), path)
		next = append(next, p.links(office)...)
	}
	slices.Sort(kinds)
	return kinds
}

// asks sends a request that no page offers, with everything right about it but
// perhaps the right to send it, and returns the status.
func (p *person) asks(method, address string) (status int) {
	p.s.t.Helper()
	p.Evaluate(`fetch(`+strconv.Quote(address)+`, {method: `+strconv.Quote(method)+`,
		body: `+strconv.Quote(method)+` === "POST" ? new URLSearchParams({csrf: document.querySelector("input[name=csrf]").value}) : null})
		.then(r => r.status)`, &status)
	p.TakeProblems() // the browser notes what was refused
	return status
}
