package pages

import (
	"encoding/json"
	"net/http"
	"net/textproto"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// keepInside puts the office's address in front of links in the header of an answer by
// the host, whose handler does not know the alias. See [call.inside] for which.
func (c *call) keepInside(h http.Header, status int) {
	for _, of := range &linkHeaders {
		method := http.MethodGet
		if of.name == "Location" && (status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect) {
			method = c.r.Method // browsers repeat it
		}
		for i, v := range h[of.name] {
			if to := of.inside(c, textproto.TrimString(v), method); to != v {
				values := slices.Clone(h[of.name]) // the host may use its own again
				values[i] = to
				h[of.name] = values
			}
		}
	}
}

// linkHeaders are the headers that browsers and htmx follow. htmx resolves a relative
// reference against the page that it is on, which is inside already.
var linkHeaders = [...]struct {
	name   string
	inside func(c *call, value, method string) string
}{
	{"Location", (*call).inside},
	{"Content-Location", (*call).inside},
	{"Refresh", (*call).refreshInside},
	{"Hx-Redirect", (*call).absoluteInside},
	{"Hx-Push", (*call).absoluteInside}, // of older htmx, and still followed
	{"Hx-Push-Url", (*call).absoluteInside},
	{"Hx-Replace-Url", (*call).absoluteInside},
	{"Hx-Location", (*call).htmxInside},
}

// inside returns a link of the host with the office's address in front, if it leads to a
// page inside, and otherwise as it is. A relative reference does. So does a path whose
// first segment is that of the path that was asked for, in capitals or not: http.Redirect,
// and most frameworks, make every reference absolute, from the path that they see, and some
// routers correct its case. And so does a path for which the host's [http.ServeMux] has a
// pattern. Any other path is the community's.
//
// What is put in front has the alias between its first slash and the next, so no link can
// begin to lead to another host.
func (c *call) inside(to, method string) string {
	link := to
	_, here, _ := strings.Cut(c.Desk.Origin, ":")
	if own, ok := strings.CutPrefix(to, here+"/"); ok {
		link = "/" + own // so chi before 5.2.2 writes a path
	} else if hasScheme(to) || strings.HasPrefix(to, "//") {
		return to
	}
	asked := (&url.URL{Path: c.path, RawPath: c.rawPath()}).EscapedPath()
	target, rest := link, ""
	if end := strings.IndexAny(link, "?#"); end >= 0 {
		target, rest = link[:end], link[end:]
	}
	relative := !strings.HasPrefix(target, "/")
	switch {
	case target == "":
		if query := c.r.URL.RawQuery; query != "" && !strings.HasPrefix(rest, "?") {
			rest = "?" + query + rest
		}
		target = asked
	case relative:
		dir, _ := path.Split(asked)
		target = dir + target
	}
	target = withoutDots(target)
	same := strings.EqualFold(unescaped(firstSegment(target)), unescaped(firstSegment(asked)))
	if !relative && (within(target, c.base) || !same && !c.hostHas(target, method)) {
		return to
	}
	return c.base + escaped(target) + rest
}

// absoluteInside is inside for what is not resolved against the path that was asked for.
func (c *call) absoluteInside(to, method string) string {
	if strings.HasPrefix(to, "/") {
		return c.inside(to, method)
	}
	return to
}

var refresh = regexp.MustCompile(`(?i)^(\s*[\d.]+\s*[;,\s]\s*(?:url\s*=\s*)?['"]?)([^'"]+)`)

// refreshInside is inside for "5; url=list", of which "url=" may be missing.
func (c *call) refreshInside(value, method string) string {
	m := refresh.FindStringSubmatch(value)
	if m == nil {
		return value
	}
	return m[1] + c.inside(m[2], method) + value[len(m[0]):]
}

// htmxInside is absoluteInside for a URL or a JSON object with a path.
func (c *call) htmxInside(value, method string) string {
	if !strings.HasPrefix(value, "{") {
		return c.absoluteInside(value, method)
	}
	var fields map[string]json.RawMessage
	var to string
	if json.Unmarshal([]byte(value), &fields) != nil || json.Unmarshal(fields["path"], &to) != nil {
		return value
	}
	kept := c.absoluteInside(to, method)
	if kept == to {
		return value
	}
	fields["path"], _ = json.Marshal(kept)
	all, err := json.Marshal(fields)
	if err != nil {
		return value
	}
	return string(all)
}

// hostHas reports whether the host's handler is an [http.ServeMux] that names the first
// segment of this path, and takes the method. One that takes every path does not say whose it is.
func (c *call) hostHas(target, method string) bool {
	mux, ok := c.Handler.(*http.ServeMux)
	u, err := url.Parse(target)
	if !ok || err != nil {
		return false
	}
	_, pattern := mux.Handler(&http.Request{Method: method, Host: c.inner.Host, URL: u})
	_, pattern, _ = strings.Cut(pattern, "/")
	first := firstSegment(pattern)
	return first != "" && !strings.HasPrefix(first, "{")
}

// hasScheme reports whether a link begins with a scheme (RFC 3986, section 3.1).
func hasScheme(link string) bool {
	for i, b := range []byte(link) {
		switch {
		case 'a' <= b|0x20 && b|0x20 <= 'z':
		case i == 0:
			return false
		case b == ':':
			return true
		case ('0' > b || b > '9') && b != '+' && b != '-' && b != '.':
			return false
		}
	}
	return false
}

// withoutDots resolves dot segments as browsers do, escaped ones too, but never above
// the first slash. Empty segments stay.
func withoutDots(p string) string {
	var kept []string
	segments := strings.Split(p, "/")[1:]
	for i, s := range segments {
		switch dots := strings.ReplaceAll(strings.ToLower(s), "%2e", "."); {
		case dots != "." && dots != "..":
			kept = append(kept, s)
			continue
		case dots == ".." && len(kept) > 0:
			kept = kept[:len(kept)-1]
		}
		if i == len(segments)-1 {
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/")
}

// escaped escapes what browsers would change in a path: they drop a tab, and take a
// backslash for a slash. It also escapes a percent sign that begins no escape, as in the
// path of a URL that was read.
func escaped(p string) string {
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(p))
	for i := range len(p) {
		alone := p[i] == '%' && (len(p) < i+3 || unescaped(p[i:i+3]) == p[i:i+3])
		if alone || p[i] <= ' ' || p[i] == '\\' || p[i] >= 0x7f {
			b = append(b, '%', hex[p[i]>>4], hex[p[i]&15])
		} else {
			b = append(b, p[i])
		}
	}
	return string(b)
}

// unescaped returns a path as the host saw it, or as it is if its escapes are not valid.
func unescaped(p string) string {
	if u, err := url.PathUnescape(p); err == nil {
		return u
	}
	return p
}
