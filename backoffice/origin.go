package backoffice

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// splitOrigin splits an Origin that was checked into what browsers send as Origin,
// and the path below it, without a slash at the end.
func splitOrigin(origin string) (host, path string) {
	scheme, rest, _ := strings.Cut(origin, "://")
	at := strings.IndexByte(rest, '/')
	if at < 0 {
		return origin, ""
	}
	return scheme + "://" + rest[:at], rest[at:]
}

// checkOrigin accepts scheme, host and port in the one spelling that browsers
// send as Origin, and after it a path with only one spelling.
func checkOrigin(origin string, insecure bool) error {
	if origin == "" {
		return errors.New("is required, e.g. https://community.example")
	}
	host, path := splitOrigin(origin)
	u, err := url.Parse(host)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme+"://"+u.Host != host {
		return errors.New("must be scheme and host, with a path only if the community has no host of its own, e.g. https://community.example or https://example.org/forum")
	}
	if strings.ToLower(host) != host {
		return errors.New("must have its host in lower case, as browsers send it")
	}
	if strings.HasSuffix(u.Host, ":") || strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return errors.New("must be as browsers send it: a name in ASCII (xn--...), and no colon without a port")
	}
	if strings.HasSuffix(path, "/") {
		return errors.New("must have no slash at the end")
	}
	if !plainPath.MatchString(path) {
		return fmt.Errorf("has the path %q; use letters, digits and -._~ only, with no %%-escapes, no empty segments, and none that begins with a dot", path)
	}
	if u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" {
		return errors.New("must leave out the default port, as browsers do")
	}
	switch {
	case u.Scheme == "https":
		return nil
	case u.Scheme != "http":
		return errors.New("must begin with https://")
	case !insecure:
		return errors.New("must begin with https://; for development on this machine set InsecurePlainHTTP")
	case !loopback(u.Hostname()):
		return errors.New("may be plain HTTP only on localhost or a loopback address")
	}
	return nil
}

// plainPath is a path that no browser, proxy or router spells in another way.
var plainPath = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$`)

func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
