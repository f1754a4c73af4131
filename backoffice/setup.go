package backoffice

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// setup is the configuration as the audit log records it at each start, so that changes to it
// appear there. It holds no secrets: keys are the ids of the master secrets.
func (c *Config) setup(keys []string) map[string]string {
	set := func(given bool) string {
		if given {
			return "set"
		}
		return "none"
	}
	var permissions, proxies []string
	for _, p := range c.Permissions {
		permissions = append(permissions, p.Key)
	}
	for _, p := range c.TrustedProxies {
		proxies = append(proxies, p.String())
	}
	about := map[string]string{
		"origin": c.Origin, "name": c.Name, "keys": strings.Join(keys, " "),
		"store": fmt.Sprintf("%T", c.Store), "store timeout": c.StoreTimeout.String(),
		"mail": fmt.Sprintf("%T", c.Mail), "log": fmt.Sprintf("%T", c.Log.Handler()),
		"members": set(c.Members != nil), "sign-in of members": "password of the community",
		"handler": set(c.Handler != nil), "rule": set(c.Decide != nil), "breached passwords": set(c.Breaches != nil), "passkeys": set(c.Passkeys != nil),
		"permissions": strings.Join(permissions, " "), "trusted proxies": strings.Join(proxies, " "),
		"unix sockets trusted": fmt.Sprint(c.TrustUnixSockets), "client": set(c.Client != nil),
		"plain http": fmt.Sprint(c.InsecurePlainHTTP), "hsts for the host only": fmt.Sprint(c.HSTSHostOnly),
	}
	if c.SSO != nil {
		about["sign-in of members"] = c.SSO.URL
	}
	return about
}

// Format leaves everything out: a Config holds the master secret, which must not end up in a log
// by accident.
func (Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "backoffice.Config{redacted}") }

// LogValue leaves everything out, for log/slog.
func (Config) LogValue() slog.Value { return slog.StringValue("backoffice.Config{redacted}") }
