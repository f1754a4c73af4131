package backoffice

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
)

// checkOrigin accepts scheme, host and port in the one spelling that browsers
// send as Origin.
func checkOrigin(origin string, insecure bool) error {
	if origin == "" {
		return errors.New("is required, e.g. https://community.example")
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme+"://"+u.Host != origin {
		return errors.New("must be scheme and host only, e.g. https://community.example")
	}
	if strings.ToLower(origin) != origin {
		return errors.New("must be in lower case, as browsers send it")
	}
	if strings.HasSuffix(u.Host, ":") || strings.ContainsFunc(origin, func(r rune) bool { return r > unicode.MaxASCII }) {
		return errors.New("must be as browsers send it: a name in ASCII (xn--...), and no colon without a port")
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

func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
