package pages

import (
	"slices"
	"strings"
)

// tokenless reports whether a request needs no form token: the host says so of its path, and
// the browser states that it is at a page of this origin. A page of another program, behind a
// proxy in the host's handler, cannot know the token. The statement is worth as much: any page
// of this origin that knows the office's address can read a token.
func (c *call) tokenless() bool {
	if c.ours() || !listed(c.Tokenless, c.path) {
		return false
	}
	same, _ := c.sameOrigin()
	return same
}

// listed reports whether a path is in a list whose entries may end in a slash: they
// include every path below them.
func listed(paths []string, path string) bool {
	return slices.ContainsFunc(paths, func(p string) bool {
		return path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p)
	})
}
