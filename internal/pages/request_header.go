package pages

import (
	"context"
	"maps"
	"net/http"
	"slices"
)

// What the community and the host's handler get of a request may go on to another server,
// and into its logs. Neither gets the office's cookies, the form token, or the alias.

// ForCommunity returns the request as the community may see it: without the office's
// cookies, which are live even where the office is not, and without the address of a page
// of the office that made the request. Browsers do not send that, as they are told, but
// htmx does. If there is none of it, the request is r itself, and nothing is allocated.
// Otherwise it is a shallow copy, because middleware outside the gate holds r. A nil server is
// that of no office, for a request that is for none.
func (s *Server) ForCommunity(r *http.Request) *http.Request {
	before, ok := r.Context().Value(cameKey{}).(came)
	if !ok && !slices.ContainsFunc(r.Header["Cookie"], hasOurs) && !s.fromOffice(r.Header["Referer"]) && !s.fromOffice(r.Header["Hx-Current-Url"]) {
		return r
	}
	whole := r.Header
	if ok {
		whole = restored(whole, before(nil))
	}
	r = r.WithContext(context.WithValue(r.Context(), cameKey{}, came(func(at *Server) http.Header {
		if at == s || ok && before(at) == nil {
			return nil
		}
		return whole
	})))
	r.Header = filtered(r.Header, s.communityLine)
	return r
}

// fromOffice reports whether an address is that of a page of the office.
func (s *Server) fromOffice(addresses []string) bool {
	return s != nil && slices.ContainsFunc(addresses, func(at string) bool { return s.aliases().In(at) })
}

// cameKey is where a request has its header as it came to an office around this one.
type cameKey struct{}

// came returns that header, but nothing to an office that has kept it from its community:
// what the community makes of the request's context is not signed in. It is a function, so
// that it is in no dump of the context.
type came func(at *Server) http.Header

// Whole returns a request to this office with the cookies and the form token that an office
// around it has kept from its community. Middleware may be between the two.
func (s *Server) Whole(r *http.Request) *http.Request {
	before, ok := r.Context().Value(cameKey{}).(came)
	if !ok {
		return r
	}
	whole := before(s)
	if whole == nil {
		return r
	}
	r = r.WithContext(r.Context())
	r.Header = restored(r.Header, whole)
	return r
}

// restored returns a copy of a header with what was kept of it.
func restored(h, whole http.Header) http.Header {
	h = maps.Clone(h)
	for _, kept := range [...]string{"Cookie", tokenHeaders[0], tokenHeaders[1]} {
		if lines := whole[kept]; lines != nil {
			h[kept] = lines
		}
	}
	return h
}

// communityLine returns a line of a header as the community may see it, or "".
func (s *Server) communityLine(name, line string) string {
	switch {
	case name == "Cookie":
		return withoutOurs(line)
	case isFormToken(name, line), s != nil && s.aliases().In(line):
		return ""
	}
	return line
}

// hostLine returns a line of a header as the host sees it, or "". The address of the
// office is cut off, as it is from the URL. A cookie is left as the host has made it: it
// may be signed.
func (s *Server) hostLine(name, line string) string {
	switch {
	case name == "Cookie":
		return withoutOurs(line)
	case isFormToken(name, line):
		return ""
	case name == "X-Forwarded-Prefix":
		return "" // Routers such as gin redirect to below it, and it lacks the alias.
	}
	cut, _ := s.aliases().Cut(line) // if it has the bare alias, nothing is left
	return cut
}

// Redacted returns a header, of a request or an answer, as it may be logged, and whether
// it differs: without the alias, the office's cookies and form token.
func (s *Server) Redacted(h http.Header) (own http.Header, changed bool) {
	for name, lines := range h {
		for _, line := range lines {
			if s.logLine(name, line) != line {
				return filtered(h, s.logLine), true
			}
		}
	}
	return h, false
}

// logLine returns a line of a header as it may be logged, or "".
func (s *Server) logLine(name, line string) string {
	switch {
	case name == "Cookie" && hasOurs(line):
		line = withoutOurs(line)
	case isFormToken(name, line), name == "Set-Cookie" && setsOurs(line):
		return ""
	}
	return s.aliases().Text(line)
}

// isFormToken reports whether a line of a header has the form of a form token. Another
// library may have a token in the same header.
func isFormToken(name, line string) bool {
	return slices.Contains(tokenHeaders[:], name) && decodeFormToken(line) != nil
}

// filtered returns a copy of a header whose lines are what seen returns for each. Those
// of which nothing is left are left out.
func filtered(header http.Header, seen func(name, line string) string) http.Header {
	n := 0
	for _, values := range header {
		n += len(values)
	}
	h, all := make(http.Header, len(header)), make([]string, 0, n)
	for name, values := range header {
		first := len(all)
		for _, line := range values {
			if left := seen(name, line); left != "" || line == "" {
				all = append(all, left)
			}
		}
		if len(all) > first || len(values) == 0 {
			h[name] = all[first:len(all):len(all)]
		}
	}
	return h
}
