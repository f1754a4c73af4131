package backoffice

import (
	"net/http"
	"net/netip"
	"net/textproto"

	"github.com/postern-go/postern/internal/pages"
)

// Client is who a request comes from, for [Config.Client].
type Client struct {
	// IP is the browser's IP address. The zero Addr means that it is not known.
	IP netip.Addr
	// TLS means that the browser used HTTPS.
	TLS bool
}

// trustsProxies reports whether any proxy is believed.
func (c *Config) trustsProxies() bool { return len(c.TrustedProxies) > 0 || c.TrustUnixSockets }

func (c *Config) checkProxies(bad func(field, format string, args ...any)) {
	for _, p := range c.TrustedProxies {
		switch {
		case !p.IsValid():
			bad("TrustedProxies", "a network is not valid")
		case p.Bits() == 0:
			bad("TrustedProxies", "%v would trust everybody; name the networks of your proxies", p)
		case p.Addr().Is4In6():
			bad("TrustedProxies", "%v matches nobody; write the network as IPv4", p)
		}
	}
	if c.ForwardedHeader != "" && !c.trustsProxies() {
		bad("ForwardedHeader", "%q is set, but neither TrustedProxies nor TrustUnixSockets says who may use it", c.ForwardedHeader)
	}
	if textproto.CanonicalMIMEHeaderKey(c.ForwardedHeader) == "Forwarded" {
		bad("ForwardedHeader", "the header Forwarded (RFC 7239) is not a list of IP addresses; let the proxy set X-Forwarded-For")
	}
}

// client is the host's function in the type of the pages.
func (c *Config) client() func(*http.Request, pages.Client) pages.Client {
	ask := c.Client
	if ask == nil {
		return nil
	}
	return func(r *http.Request, found pages.Client) pages.Client {
		return pages.Client(ask(r, Client(found)))
	}
}
