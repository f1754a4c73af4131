package pages

import (
	"net/http"
	"strings"
)

// part is pages of a package of ours, such as a resource, which a host mounts.
type part struct {
	permission string
	handler    http.Handler
}

// Mount has a handler serve every path at and below path, which is one segment such as
// "/posts", to operators with a permission. backoffice.New checks both. The handler is
// otherwise treated like Config.Handler. Mount must not be called once the server is in use.
func (s *Server) Mount(path, permission string, h http.Handler) {
	if s.parts == nil {
		s.parts = map[string]*part{}
	}
	s.parts[firstSegment(path)] = &part{permission, h}
}

// host returns the handler of a path that is not one of the office's own, and the permission
// that it requires. The handler is nil if there is none, the permission empty if it is the
// host's handler, which looks at permissions itself.
func (c *call) host() (h http.Handler, permission string) {
	if p := c.parts[firstSegment(c.path)]; p != nil {
		return p.handler, p.permission
	}
	return c.Handler, ""
}

// PathOfPart reports whether a path is one segment that no page of the office begins with.
func PathOfPart(path string) bool {
	first := firstSegment(path)
	return path == "/"+first && first != "" && strings.Trim(first, "abcdefghijklmnopqrstuvwxyz0123456789-_") == "" && !Reserved(path)
}

// Below reports whether a path is part or below it.
func Below(path, part string) bool {
	path, _, _ = strings.Cut(path, "?")
	return firstSegment(path) == firstSegment(part)
}
