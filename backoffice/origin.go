package backoffice

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
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
	if strings.ToLower(host) != host {
		return errors.New("must have scheme and host in lower case, as browsers send them")
	}
	u, err := url.Parse(host)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme+"://"+u.Host != host {
		return errors.New("must be scheme and host, with a path only if the community has no host of its own, e.g. https://community.example or https://example.org/forum")
	}
	if strings.HasSuffix(u.Host, ":") || strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return errors.New("must be as browsers send it: a name in ASCII (xn--...), and no colon without a port")
	}
	if !plainHost(u.Hostname()) {
		return fmt.Errorf("must have one host, as browsers send it: %q is neither a name nor an IP address in its usual spelling", u.Hostname())
	}
	if n, err := strconv.ParseUint(u.Port(), 10, 16); u.Port() != "" && (err != nil || strconv.FormatUint(n, 10) != u.Port() || n == 0) {
		return errors.New("must have a port from 1 to 65535, without a zero in front, or none")
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

// plainName is a name that has only one spelling. Some have an underscore.
var plainName = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.?$`)

// plainHost reports whether browsers spell the host so. To them, whatever ends in a
// number is an IP address.
func plainHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err == nil {
		return ip.String() == host && !ip.Is4In6() && ip.Zone() == ""
	}
	last := host[strings.LastIndexByte(strings.TrimSuffix(host, "."), '.')+1:]
	return plainName.MatchString(host) && (last[0] < '0' || last[0] > '9')
}

func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
