package pages

import (
	"net/url"
	"slices"
	"strings"
)

// tokenless reports whether a request needs no form token: the host says so of its path, and
// the browser states that it is at a page of this origin. A page of another program, behind a
// proxy in the host's handler, cannot know the token. The statement is worth as much: any page
// of this origin that knows the office's address can read a token.
func (c *call) tokenless() bool {
	if c.ours() || !listed(c.Tokenless, c.path) || !listed(c.Tokenless, c.routed()) {
		return false
	}
	same, _ := c.sameOrigin()
	return same
}

// routed returns the path with NUL for each slash that came as an escape. Many routers,
// such as [http.ServeMux], take it for a part of a name: to them, /tool%2fa is not below
// /tool/, but a page of the host's own.
func (c *call) routed() string {
	if c.url.RawPath == "" {
		return c.path
	}
	routed, err := url.PathUnescape(escapedSlash.Replace(c.url.EscapedPath()))
	if err != nil {
		return ""
	}
	return routed
}

var escapedSlash = strings.NewReplacer("%2f", "%00", "%2F", "%00")

// listed reports whether a path is in a list whose entries may end in a slash: they
// include every path below them.
func listed(paths []string, path string) bool {
	return slices.ContainsFunc(paths, func(p string) bool {
		return path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p)
	})
}
